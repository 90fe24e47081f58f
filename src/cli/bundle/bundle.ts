/** `decklight bundle`: a recorded evening with all that it needs to run again elsewhere, in one file, masked on wish. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { NO_LIBRARY } from '../../core/track/media-library.ts';
import { whyUnwritable } from '../../files/file-errors.ts';
import { packageVersion } from '../../files/package-file.ts';
import { OWNER_ONLY_FILE } from '../../files/regular-file.ts';
import { type KnownStick, knownSticks } from '../../recording/known-sticks.ts';
import { megabytes } from '../../recording/recording-writer.ts';
import { examine } from '../doctor/doctor.ts';
import { mediaFolders, thisMachine } from '../media/media-folder.ts';
import {
  type BundledTrack,
  type BundleInfo,
  bundleBytes,
  openBundle,
  type ReplayDigest,
} from '../replay/bundle-file.ts';
import { digester } from '../replay/bundle-text.ts';
import { type ContextFor, EXIT, eveningIn, openEvening, type RecordedEvening } from '../replay/recorded-evening.ts';
import { replay } from '../replay/replay.ts';
import type { ReplayCounts } from '../replay/replay-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { askedLibrary, storedTracks } from './asked-tracks.ts';
import { type MaskedNight, maskNight } from './mask-night.ts';
import { type MaskWords, maskWords, wholeWord } from './mask-words.ts';

export interface BundleOptions {
  /** null: beside the recording. */
  readonly to: string | null;
  readonly mask: boolean;
  /** Asks the doctor about this machine. */
  readonly doctor: boolean;
  /** Folder of imported sticks, as it was named; null: see `mediaFolders`. */
  readonly media: string | null;
}

/** A night that is to be bundled. */
interface Night {
  readonly evening: RecordedEvening;
  readonly tracks: readonly BundledTrack[];
  readonly sticks: readonly KnownStick[];
  readonly digest: ReplayDigest;
  readonly counts: ReplayCounts;
}

/**
 * Writes a bundle. The night runs again for it, so that it can be told elsewhere whether what leaves is the same.
 *
 * @returns exit code: 0 done; 1 a file cannot be read or written; 2 it is no recording, its profile is none that this version
 *          takes, it cannot be masked, or there is such a file already
 */
export async function bundleCommand(
  file: string,
  options: BundleOptions,
  out: Terminal,
  contextFor: ContextFor,
): Promise<number> {
  const evening = await openEvening(file, out, contextFor);
  if (typeof evening === 'number') return evening;
  if (evening.bundle?.masked != null && options.mask)
    out.error(`${file}: it is masked already, and is masked once more`);
  const own = await nightOf(evening, options.media);
  const findings = options.doctor ? await findingsOf(evening, out) : (evening.bundle?.findings ?? null);
  const masked = options.mask ? await maskedNight(own, out) : null;
  if (options.mask && masked === null) return EXIT.notARecording;
  const { evening: told, tracks, sticks, digest } = masked?.night ?? own;
  const words = masked?.words ?? null;
  const bytes = bundleBytes({
    info: {
      version: packageVersion(),
      machine: thisProgram(),
      sticks: [...sticks],
      replay: digest,
      // The doctor's sentences name disks, devices and programs in words of their own.
      findings:
        words === null || findings === null
          ? findings
          : findings.map(({ level, topic }) => ({ level, topic, what: MASKED, advice: null })),
      ...(evening.bundle?.probed === undefined
        ? {}
        : { probed: evening.bundle.probed.map(line => words?.text(line) ?? line) }),
      masked: words === null ? null : [...words.counts(), ...(findings === null ? [] : ["the doctor's sentences"])],
    },
    name: words === null ? file.replace(/^.*[\\/]/, '') : 'recording.pcapng',
    start: told.start,
    recording: told.bytes,
    tracks,
  });
  return write(options.to ?? bundleName(file), bytes, { ...own, tracks, words, findings }, out);
}

const MASKED = 'masked';

const bundleName = (file: string): string => `${file.replace(/(?:\.bundle)?\.pcapng(?:\.gz)?$/i, '')}.bundle.pcapng.gz`;

/** Runs the night again, and keeps which tracks it asked for and what left. */
async function nightOf(evening: RecordedEvening, media: string | null): Promise<Night> {
  const { library, asked } = askedLibrary(evening.library);
  const witness = digester();
  const counts = await replay({ ...evening, library }, { json: true, relay: false }, witness.terminal);
  const opened = evening.bundle === null ? null : openBundle(readFileSync(evening.file));
  const tracks =
    opened?.kind === 'bundle'
      ? opened.tracks
      : storedTracks(mediaFolders(media, evening.start.profile.file, thisMachine()), asked);
  const sticks = evening.bundle?.sticks ?? knownSticks(evening.library);
  return { evening, tracks, sticks, digest: witness.digest(), counts };
}

async function findingsOf({ file, profile }: RecordedEvening, out: Terminal): Promise<BundleInfo['findings']> {
  const found = await examine(profile, dirname(resolve(file)), out);
  return found.map(each => ({ ...each, advice: each.level === 'ok' ? null : each.advice }));
}

/** A night in other words, which has run again as well; null: it cannot be masked, which was said. */
async function maskedNight(
  own: Night,
  out: Terminal,
): Promise<{ readonly night: Night; readonly words: MaskWords } | null> {
  const { file, start, bytes } = own.evening;
  const words = maskWords();
  const parts = { start, recording: bytes, tracks: own.tracks };
  let masked = maskNight(parts, words);
  let changed = await maskedEvening(own, masked, words);
  if (typeof changed === 'string') {
    // A title may be a word of the language as well: such words then stay in running text.
    words.spare(new Set(words.originals().filter(word => /^[\p{L}\p{N}]+$/u.test(word))));
    masked = maskNight(parts, words);
    changed = await maskedEvening(own, masked, words);
  }
  if (typeof changed === 'string') {
    out.error(changed);
    out.error(`${file}: error: it cannot be masked; bundle it without --mask, or tell those who keep Decklight`);
    return null;
  }
  const witness = digester();
  const counts = await replay(changed, { json: true, relay: false }, witness.terminal);
  for (const line of doubts(own.counts, counts, masked.leftOut)) out.error(`${file}: warning: ${line}`);
  const left = leftIn(masked.texts, words);
  if (left.length > 0) {
    const what = 'words of the profile as well, and so still in it';
    out.error(`${file}: warning: ${what}: ${left.join(', ')}; look before you send it`);
  }
  const sticks = changed.bundle?.sticks ?? [];
  return { night: { evening: changed, tracks: masked.tracks, sticks, digest: witness.digest(), counts }, words };
}

/** The evening as whoever gets the bundle opens it; a text: why they could not. */
async function maskedEvening(
  { evening, sticks, digest }: Night,
  { recording, tracks }: MaskedNight,
  words: MaskWords,
): Promise<RecordedEvening | string> {
  const lines: string[] = [];
  const { terminal } = digester();
  const info = {
    ...{ version: packageVersion(), machine: thisProgram(), replay: digest, findings: null, masked: [] },
    sticks: sticks.map(stick => ({ ...stick, name: words.name('Stick', stick.name) })),
  };
  const opened = openBundle(bundleBytes({ info, name: '', start: evening.start, recording, tracks }));
  if (opened.kind === 'unusable') return opened.why;
  const silent: Terminal = { ...terminal, error: text => void lines.push(text) };
  const changed = await eveningIn(evening.file, opened, silent, async () => ({
    ...{ out: silent, bridges: evening.bridges, library: NO_LIBRARY },
  }));
  return typeof changed === 'number' ? lines.join('\n') : changed;
}

const thisProgram = (): BundleInfo['machine'] => ({ node: process.versions.node, platform: process.platform });

function doubts(own: ReplayCounts, masked: ReplayCounts, leftOut: number): readonly string[] {
  const same = own.sent === masked.sent && own.dropped === masked.dropped;
  return [
    ...(leftOut === 0 ? [] : [`${leftOut} packets could not be masked and are left out`]),
    ...(same
      ? []
      : [
          `masked, ${masked.sent} messages leave and ${masked.dropped} do not, instead of ${own.sent} and ${own.dropped}: send it unmasked if that matters`,
        ]),
  ];
}

const SHOWN = 5;

/** Words that should be masked and stand in the texts all the same. */
function leftIn(texts: string, words: MaskWords): readonly string[] {
  const all = texts.toLowerCase();
  const left = words.originals().filter(word => all.includes(word) && wholeWord(word).test(all));
  return left.length > SHOWN ? [...left.slice(0, SHOWN), `and ${left.length - SHOWN} more`] : left;
}

interface Written extends Night {
  readonly words: MaskWords | null;
  readonly findings: BundleInfo['findings'];
}

function write(to: string, bytes: Uint8Array, night: Written, out: Terminal): number {
  try {
    writeFileSync(to, bytes, { flag: 'wx', mode: OWNER_ONLY_FILE });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      out.error(`${to}: error: there is such a file already, and it was left as it is; name another with --to`);
      return EXIT.notARecording;
    }
    out.error(`${to}: error: ${whyUnwritable(error)}`);
    return EXIT.unreadable;
  }
  const { tracks, counts, words, findings } = night;
  const size = bytes.length < 1e6 ? `${Math.ceil(bytes.length / 1000)} kB` : megabytes(bytes.length);
  out.line(`wrote ${to}, ${size}`);
  out.line(
    `  in it: the recording, its profile, ${tracks.length} tracks of imported sticks, ${counts.sent} messages sent and ${counts.dropped} not${findings === null ? '' : `, ${findings.length} findings of doctor`}`,
  );
  if (words === null) {
    out.line('  not masked: profile, titles, addresses and names of devices are in it as they are (--mask)');
  } else {
    out.line(`  masked: ${words.counts().join(', ')}, comments of the profile, covers`);
    out.line(
      '  kept: names of rules, cues and bridges, texts of messages, times, tempos and phrases; look them over before you send it',
    );
  }
  out.line(`  elsewhere, in any folder: decklight replay ${to.replace(/^.*[\\/]/, '')}`);
  return EXIT.done;
}
