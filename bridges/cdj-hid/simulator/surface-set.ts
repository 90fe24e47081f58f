/**
 * Hands at a simulated player, as acts of a set (the file of `--set`), among those of its decks:
 *
 * ```yaml
 * acts:
 *   - { at: 0:04, surface: booth, press: play-pause }
 *   - { at: 0:06, surface: all, turn: browse-encoder by 2 }   # at every simulated player
 *   - { at: 0:09, surface: booth, press: cue for 700 ms }
 *   - { at: 0:20, surface: booth, unplug: for 2 s }
 * ```
 *
 * The words are those of surface-script.ts: `press`, `turn`, `put`, `touch`, `jog`, `unplug`, `leave`, `reset`.
 */
import { SET_WORDS, SURFACE_WORD } from '../../../src/files/dj-set-file.ts';
import type { TimedScript } from '../../../src/live/timed-script.ts';
import { lineOf, linesOf } from '../../../src/profile/problem-text.ts';
import { type MapNode, type Node, readYaml } from '../../../src/profile/yaml/yaml-reader.ts';
import { clockTimeMs } from '../../../src/text/clock-time.ts';
import { didYouMean } from '../../../src/text/did-you-mean.ts';
import { HAND_WORDS, readActs, type TimedScriptAct, timedActs } from './surface-script.ts';

/** Name in an act that is meant for all surfaces. */
export const ALL_SURFACES = 'all';

export interface MeantSurface {
  /** null: whichever surface an act names, this one is meant. */
  readonly name: string | null;
  /** Names of all simulated surfaces; null: there may be any. */
  readonly names: readonly string[] | null;
}

export type ParsedHands =
  | { readonly ok: true; readonly hands: TimedScript<TimedScriptAct> }
  /** Every mistake, one line each: `file:line:column: error: what, what was expected`. */
  | { readonly ok: false; readonly mistakes: readonly string[] };

/** Notes a mistake at an offset of the file. */
type Complain = (at: number, text: string) => void;

/** Takes from a set what hands do at one surface; what it says of decks is passed over. */
export function parseHands(source: string, file: string, meant: MeantSurface): ParsedHands {
  const { root, faults } = readYaml(source);
  const mistakes = faults.map(({ start, message }) => ({ at: start, text: message }));
  const complain: Complain = (at, text) => void mistakes.push({ at, text });
  const top = root?.kind === 'map' ? root : null;
  if (top === null && mistakes.length === 0) complain(0, `a set is written with the keys ${SET_WORDS.join(', ')}`);
  for (const [key, { start }] of top?.entries ?? []) {
    if (!SET_WORDS.includes(key)) complain(start, `unknown word "${key}", expected one of: ${SET_WORDS.join(', ')}`);
  }
  const acts = listOf(top, 'acts')
    .flatMap(item => (item.kind === 'map' && item.entries.has(SURFACE_WORD) ? readAct(item, meant, complain) : []))
    .sort((a, b) => a.at - b.at);
  if (mistakes.length === 0) {
    const lengthMs = clockTimeMs(textOf(top, 'length') ?? '') ?? acts.at(-1)?.at ?? 0;
    const repeats = ['true', 'on'].includes(textOf(top, 'repeat') ?? '');
    return { ok: true, hands: { acts, lengthMs, repeats } };
  }
  const lines = linesOf(source);
  const inOrder = mistakes.sort((a, b) => a.at - b.at);
  return {
    ok: false,
    mistakes: inOrder.map(({ at, text }) => {
      const line = lineOf(lines, at);
      return `${file}:${line}:${at - (lines.starts[line - 1] ?? 0) + 1}: error: ${text}`;
    }),
  };
}

/** Reads one line of the list: as many acts as its words come to; none if it is meant for another surface. */
function readAct(item: MapNode, { name, names }: MeantSurface, complain: Complain): readonly TimedScriptAct[] {
  const at = clockTimeMs(textOf(item, 'at') ?? '');
  if (at === null) complain(item.start, 'an act needs a time, such as at: 0:30');
  const surface = textOf(item, SURFACE_WORD) ?? '';
  if (surface !== ALL_SURFACES && names !== null && !names.includes(surface)) {
    const known = [...names, ALL_SURFACES];
    const hint = didYouMean(surface, known);
    complain(
      item.start,
      `there is no simulated surface "${surface}"${hint === '' ? `; there are: ${known.join(', ')}` : hint}`,
    );
  }
  const words = [...item.entries].filter(([key]) => key !== 'at' && key !== SURFACE_WORD);
  if (words.length === 0) complain(item.start, `an act needs a word, one of: ${HAND_WORDS.join(', ')}`);
  return words.flatMap(([key, { start, node }]) => {
    if (!HAND_WORDS.includes(key)) {
      complain(start, `unknown word "${key}", expected one of: ${HAND_WORDS.join(', ')}`);
      return [];
    }
    const text = `${key} ${node.kind === 'text' ? node.data.source : ''}`.trim();
    const read = readActs(text);
    if (typeof read === 'string') complain(start, read);
    const isMeant = name === null || surface === name || surface === ALL_SURFACES;
    return typeof read === 'string' || at === null || !isMeant ? [] : timedActs(read, at, text);
  });
}

function listOf(map: MapNode | null, key: string): readonly Node[] {
  const node = map?.entries.get(key)?.node;
  return node?.kind === 'list' ? node.items : [];
}

/** The text under a key; null: there is none. */
function textOf(map: MapNode | null, key: string): string | null {
  const node = map?.entries.get(key)?.node;
  return node?.kind === 'text' ? node.data.source : null;
}
