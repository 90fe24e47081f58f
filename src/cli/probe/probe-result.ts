/** The result of a probe: lines for the profile with what was seen, and a bundle for those who keep Decklight. */
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { whyUnwritable } from '../../files/file-errors.ts';
import { packageVersion } from '../../files/package-file.ts';
import { OWNER_ONLY_FILE } from '../../files/regular-file.ts';
import { type BundleInfo, bundleBytes } from '../replay/bundle-file.ts';
import { digester } from '../replay/bundle-text.ts';
import { type ContextFor, eveningIn } from '../replay/recorded-evening.ts';
import { replay } from '../replay/replay.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { answerLine, type ProbeAnswer } from './probe.ts';
import type { ProbeWorld } from './probe-run.ts';

export interface ProbeFiles {
  /** The lines for the profile. */
  readonly result: string;
  readonly recording: string;
  readonly bundle: string;
}

const MOST_TRIES = 100;

/** Files of a probe that are not there yet: `opus-quad-probe.yaml`, `opus-quad-probe-2.yaml`. @throws as node:fs does */
export function probeFiles(folder: string, device: string): ProbeFiles {
  for (let n = 1; n <= MOST_TRIES; n++) {
    const base = join(folder, `${device}-probe${n === 1 ? '' : `-${n}`}`);
    try {
      closeSync(openSync(`${base}.yaml`, 'wx', OWNER_ONLY_FILE));
      return { result: `${base}.yaml`, recording: `${base}.pcapng`, bundle: `${base}.bundle.pcapng.gz` };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  throw new Error(`${folder} holds ${MOST_TRIES} results already`);
}

export interface ProbeReport {
  /** `opus-quad`, `cdj-hid`: the type of its bridge. */
  readonly type: string;
  /** What was probed, in words: a simulated one is never called real. */
  readonly device: string;
  readonly startedUnixMs: number;
  readonly answers: readonly ProbeAnswer[];
  /** What left, by kind, with how often. */
  readonly sent: ReadonlyMap<string, number>;
}

/** Options of a bridge that are no quirk, though a probe finds them. */
const OPTIONS: ReadonlySet<string> = new Set(['track-kind', 'login']);

/** Lines of the result, a part of a profile. */
export function resultLines({ type, device, startedUnixMs, answers, sent }: ProbeReport): readonly string[] {
  const pairs = answers.flatMap(({ quirk }) => (quirk === null ? [] : [quirk]));
  const buttons = pairs.filter(([key]) => key === 'buttons').map(([, value]) => value);
  const single = pairs
    .filter(([key]) => !OPTIONS.has(key) && key !== 'buttons')
    .map(([key, value]) => `${key}: ${value}`);
  const quirks = buttons.length === 0 ? single : [...single, `buttons: { ${buttons.join(', ')} }`];
  const options = pairs.filter(([key]) => OPTIONS.has(key)).map(([key, value]) => `, ${key}: ${value}`);
  const all = quirks.length === 0 ? '' : `, quirks: { ${quirks.join(', ')} }`;
  const left = [...sent].map(([kind, count]) => `${count} ${kind}`).join(', ');
  const unknown = answers.filter(({ isKnown }) => !isKnown).length;
  return [
    `# decklight probe, ${new Date(startedUnixMs).toISOString()}, Decklight ${packageVersion()}: ${device}`,
    `# ${answers.length - unknown} answers known, ${unknown} not; sent: ${left === '' ? 'nothing' : left}`,
    ...answers.map(each => `#${answerLine(each).slice(1)}`),
    ...(pairs.length === 0
      ? ['# Nothing is to be written into the profile: as far as it was seen, all is as usual.']
      : []),
    'bridges:',
    `  device: { type: ${type}${options.join('')}${all} }`,
  ];
}

/** What a probe has found, and how it is told. */
export interface ProbeFound extends ProbeReport {
  /** What was not on the list, and did not leave. */
  readonly refused: readonly string[];
  /** Further lines for the bundle alone. */
  readonly raw: readonly string[];
  /** What is to be known by who sends the bundle in; null: nothing. */
  readonly bundleNote: string | null;
}

/**
 * Tells what was found, and writes it.
 *
 * @returns exit code: 0 something is known; 1 the result cannot be written; 3 nothing is known
 */
export async function tellResult(
  found: ProbeFound,
  files: ProbeFiles,
  { out, contextFor }: Pick<ProbeWorld, 'out' | 'contextFor'>,
): Promise<number> {
  const lines = resultLines(found);
  for (const line of ['', ...lines]) out.line(line);
  for (const each of found.refused) {
    out.error(`held back, since it is not on the list: ${each}; tell those who keep Decklight`);
  }
  const trouble = writeResult(files.result, lines);
  if (trouble !== null) {
    out.error(`${files.result}: error: ${trouble}`);
    return 1;
  }
  out.line(`wrote ${files.result}`);
  const unbundled = await bundleProbe(files, [...lines, ...found.raw], contextFor);
  const note = found.bundleNote === null ? '' : ` (${found.bundleNote})`;
  if (unbundled === null) out.line(`wrote ${files.bundle}: send it to those who keep Decklight${note}`);
  else out.error(`${files.bundle}: not written: ${unbundled}; ${files.recording} is the recording`);
  return found.answers.some(({ isKnown }) => isKnown) ? 0 : 3;
}

/** Writes the lines. @returns the reason why not; null: they are written */
function writeResult(file: string, lines: readonly string[]): string | null {
  try {
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: OWNER_ONLY_FILE });
    return null;
  } catch (error) {
    return whyUnwritable(error);
  }
}

/** Makes a bundle of the recording of a probe, which is then deleted. @returns null: done; else what is wrong */
async function bundleProbe(
  { recording, bundle }: ProbeFiles,
  probed: readonly string[],
  contextFor: ContextFor,
): Promise<string | null> {
  try {
    const bytes = readFileSync(recording);
    const { terminal, digest } = digester();
    const lines: string[] = [];
    const silent: Terminal = { ...terminal, error: text => void lines.push(text) };
    const evening = await eveningIn(recording, { kind: 'recording', recording: bytes }, silent, contextFor);
    if (typeof evening === 'number') return lines.join('; ');
    await replay(evening, { json: true, relay: false }, silent);
    const info: Pick<BundleInfo, 'version' | 'machine' | 'sticks' | 'replay' | 'findings' | 'masked' | 'probed'> = {
      ...{ version: packageVersion(), machine: { node: process.versions.node, platform: process.platform } },
      ...{ sticks: [], replay: digest(), findings: null, masked: null, probed: [...probed] },
    };
    const parts = { info, name: 'probe.pcapng', start: evening.start, recording: bytes, tracks: [] };
    writeFileSync(bundle, bundleBytes(parts), { flag: 'wx', mode: OWNER_ONLY_FILE });
    rmSync(recording);
    return null;
  } catch (error) {
    return whyUnwritable(error);
  }
}
