/** A recorded evening, read from its file: the profile it ran by, and what has to be known of it before it runs again. */
import { readFile } from 'node:fs/promises';
import { mediaTrackOf } from '../../../bridges/rekordbox-media/store/store.ts';
import type { Bridge } from '../../bridge.ts';
import type { Ms } from '../../core/clock.ts';
import type { Profile } from '../../core/profile.ts';
import { libraryOf, type MediaLibrary } from '../../core/track/media-library.ts';
import { type FileKind, whyUnreadable } from '../../files/file-errors.ts';
import { loadProfile } from '../../profile/load.ts';
import { problemText } from '../../profile/problem-text.ts';
import type { ProfileSources } from '../../profile/profile-sources.ts';
import { withRegions } from '../../profile/regions-csv.ts';
import { differences, knownSticks } from '../../recording/known-sticks.ts';
import {
  type RecordingItem,
  readRecording,
  type ShowRecord,
  type StartRecord,
} from '../../recording/recording-format.ts';
import type { RecordedNetwork } from '../../recording/replay-network.ts';
import type { ProfileContext } from '../command-line/profile-context.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type BundleInfo, type OpenedBundle, openBundle } from './bundle-file.ts';

export type RecordedAbsence = Extract<ShowRecord, { decklight: 'took' }>;

export interface RecordedEvening {
  /** The recording, or the bundle that it is in. */
  readonly file: string;
  /** Of the recording. */
  readonly bytes: Uint8Array;
  /** What its bundle says; null: it is a recording by itself. */
  readonly bundle: BundleInfo | null;
  readonly start: StartRecord;
  /** The last moment of it. */
  readonly untilMs: Ms;
  /** The machine's interfaces from each moment on at which others were seen. */
  readonly networks: readonly RecordedNetwork[];
  /** Times at which bridges could not take messages, and at which they could again, in order. */
  readonly absences: readonly RecordedAbsence[];
  /** The one it began with. */
  readonly profile: Profile;
  readonly sources: ProfileSources;
  readonly bridges: readonly Bridge[];
  readonly library: MediaLibrary;
  /** Runs by its own timers, by this profile alone, and not as it ran that evening. */
  readonly isOther?: true;
}

/** The same evening by another profile: its wakes come when they are due, and what was saved that evening is left out. */
export const byOtherProfile = (
  evening: RecordedEvening,
  profile: Profile,
  sources: ProfileSources,
): RecordedEvening => ({ ...evening, profile, sources, isOther: true });

/** Loads what a command by a profile is given; only the recording says by which. null: by none, a bundle has it all. */
export type ContextFor = (profileFile: string | null) => Promise<ProfileContext>;

const RECORDING_FILE: FileKind = {
  what: 'a recording (.pcapng) or a bundle of one (.pcapng.gz)',
  ifMissing: 'check its name; decklight run writes recordings into <profile>.recordings',
};

/** Exit codes of what begins with a recording. */
export const EXIT = { done: 0, unreadable: 1, notARecording: 2 } as const;

/** A time later than this in a recording is damage: nobody waits for it. */
const LONGEST_MS: Ms = 31 * 24 * 3_600_000;

/**
 * Opens a recording; what is wrong with it is said on `out`.
 *
 * @returns a number: the exit code of a command that cannot go on; 1 the file cannot be read; 2 it is no recording of Decklight,
 *          or its profile is none that this version takes
 */
export async function openEvening(
  file: string,
  out: Terminal,
  contextFor: ContextFor,
): Promise<RecordedEvening | number> {
  let found: Uint8Array;
  try {
    found = await readFile(file);
  } catch (error) {
    out.error(`${file}: error: ${whyUnreadable(error, RECORDING_FILE)}`);
    return EXIT.unreadable;
  }
  const opened = openBundle(found);
  if (opened.kind === 'unusable') {
    out.error(`${file}: error: ${opened.why}`);
    return EXIT.notARecording;
  }
  return eveningIn(file, opened, out, contextFor);
}

/** The evening in an opened file. @returns a number: 2 it is no recording of Decklight, or its profile is not taken */
export async function eveningIn(
  file: string,
  opened: Exclude<OpenedBundle, { kind: 'unusable' }>,
  out: Terminal,
  contextFor: ContextFor,
): Promise<RecordedEvening | number> {
  const bytes = opened.recording;
  const bundle = opened.kind === 'bundle' ? opened.info : null;
  const { start, untilMs, networks, absences } = overview(bytes);
  if (start === null) {
    out.error(
      `${file}: error: no recording of Decklight: no start of a show is in it; expected a file that decklight run has ` +
        'written into <profile>.recordings; decklight decode reads other captures',
    );
    return EXIT.notARecording;
  }
  const { bridges, library } = await surroundings(opened, start, contextFor);
  const loaded = loadProfile(start.profile.source, start.profile.file, bridges, library);
  if (!loaded.ok) {
    for (const problem of loaded.problems) out.error(problemText(problem));
    out.error(`${file}: error: the profile recorded in it, by Decklight ${start.version}, is none this version takes`);
    return EXIT.notARecording;
  }
  const profile = withRegions(loaded.profile, start.allocated);
  const now = bundle?.sticks ?? knownSticks(library);
  for (const line of differences(start.sticks ?? now, now)) {
    out.error(`${file}: warning: ${line}: what this says may differ from that evening`);
  }
  return {
    ...{ file, bytes, bundle, start, untilMs, networks, absences },
    ...{ profile, sources: loaded.sources, bridges, library },
  };
}

/** Gives what is known of tracks: what a bundle brings along, and nothing of this machine; else what is imported here. */
async function surroundings(
  opened: Exclude<OpenedBundle, { kind: 'unusable' }>,
  start: StartRecord,
  contextFor: ContextFor,
): Promise<Pick<RecordedEvening, 'bridges' | 'library'>> {
  if (opened.kind === 'recording') return contextFor(start.profile.file);
  const { bridges } = await contextFor(null);
  return { bridges, library: libraryOf(opened.tracks.map(({ stick, track }) => mediaTrackOf(stick, track))) };
}

interface Overview {
  /** The first one; null: there is none. */
  readonly start: StartRecord | null;
  /** The last moment of it. */
  readonly untilMs: Ms;
  /** The machine's interfaces from each moment on at which others were seen. */
  readonly networks: readonly RecordedNetwork[];
  readonly absences: readonly RecordedAbsence[];
}

function overview(bytes: Uint8Array): Overview {
  let start: StartRecord | null = null;
  let untilMs = 0;
  const networks: RecordedNetwork[] = [];
  const absences: RecordedAbsence[] = [];
  for (const item of readRecording(bytes)) {
    const record = item.kind === 'record' ? item.record : null;
    if (record?.decklight === 'start') start ??= record;
    const at = momentOf(item);
    if (start === null || at === null || !isOf(start, at)) continue;
    untilMs = Math.max(untilMs, at);
    if (record !== null && 'interfaces' in record) networks.push({ at, interfaces: record.interfaces });
    if (record?.decklight === 'took') absences.push(record);
  }
  return { start, untilMs, networks, absences };
}

/** Gives the time at which an item came; null: it has none of its own. */
export function momentOf(item: RecordingItem): Ms | null {
  switch (item.kind) {
    case 'datagram':
      return item.stamp.at;
    case 'record':
      return item.record.decklight === 'start' ? item.record.startedAtMs : item.record.at;
    default:
      return null;
  }
}

/** Tells whether a time may be one of the show. */
export const isOf = ({ startedAtMs }: StartRecord, at: Ms): boolean =>
  at >= startedAtMs && at <= startedAtMs + LONGEST_MS;
