/**
 * A scripted evening for the simulated unit, from YAML: who plays what, when, and what the network does to it.
 *
 * ```yaml
 * set: Friday warm-up          # a name for people
 * seed: 7                      # the same seed gives the same bytes; 1 unless said
 * length: 3:00                 # where it ends; else with its last act
 * repeat: true                 # and begins again there; false unless said
 * quirks: { status: on-change, drop: 0.01, delay: 0-10 ms }
 * acts:
 *   - { at: 0:00,     deck: 1, load: Night Tram, on-air: on }     # several words: done in this order
 *   - { at: 0:02.500, deck: 1, play }
 *   - { at: 0:30,     deck: 1, loop: 4 beats }
 * ```
 *
 * Times are m:ss, m:ss.mmm or h:mm:ss. The words of a deck:
 *
 * | word | value |
 * | --- | --- |
 * | `load` | the title of a track in demo-tracks.ts; `Night Tram as streamed`, `as unanalysed`, `as link`, `as audio-cd`, `as untold`: from elsewhere than a stick; `with number 0`: under another number |
 * | `play`, `pause`, `cue`, `eject`, `master` | none; `cue` goes back to the start of the track and waits |
 * | `pitch` | `+3.2 %` |
 * | `bend` | `+4 % for 500 ms`: a nudge |
 * | `jump` | `to beat 129`, `to 1:30`, `by 16 beats`, `by -16 beats` |
 * | `loop` | `4 beats`, `1/2 beat`, `out` |
 * | `reverse`, `on-air` | `on` or `off` |
 *
 * and of the unit, without a deck: `silence: 5 s` (its network is gone for a while), `reboot: 20 s` (off and on again).
 * Acts with `surface: booth` are hands at a simulated CDJ: bridges/cdj-hid/simulator/surface-set.ts reads them.
 * The quirks are those of quirks.ts; QUIRK_WORDS in dj-script-words.ts lists what each is called here.
 */
import type { Ms } from '../../../src/core/clock.ts';
import type { DeckNumber } from '../../../src/core/deck-report.ts';
import { SET_WORDS, SURFACE_WORD } from '../../../src/files/dj-set-file.ts';
import { lineOf, linesOf } from '../../../src/profile/problem-text.ts';
import { type Entry, type MapNode, type Node, readYaml } from '../../../src/profile/yaml/yaml-reader.ts';
import {
  anyText,
  DECK_WORDS,
  deckNumber,
  ifPresent,
  NEEDS_TRACK,
  onOff,
  QUIRK_WORDS,
  type ScriptWord,
  time,
  UNIT_WORDS,
  wholeNumber,
} from './dj-script-words.ts';
import { NO_QUIRKS, type Quirks } from './quirks.ts';
import type { DjAction } from './unit-state.ts';

export interface DjScript {
  readonly name: string;
  readonly seed: number;
  readonly quirks: Quirks;
  readonly lengthMs: Ms;
  readonly repeats: boolean;
  /** In order of time. */
  readonly acts: readonly TimedAction[];
}

export interface TimedAction {
  /** From the start of the set. */
  readonly at: Ms;
  readonly act: DjAction;
  /** As the set says it: `deck 1: load Night Tram`. */
  readonly text: string;
}

export type ParsedScript =
  | { readonly ok: true; readonly set: DjScript }
  /** Every mistake, one line each: `file:line:column: error: what, what was expected`. */
  | { readonly ok: false; readonly mistakes: readonly string[] };

const ACT_WORDS = ['at', 'deck', SURFACE_WORD, ...Object.keys(DECK_WORDS), ...Object.keys(UNIT_WORDS)];

/** An act and where in the file it stands. */
type PlacedAct = TimedAction & { readonly offset: number };

/** The file as it is read: what is wrong is noted, and reading goes on. */
interface Reading {
  /** @param at offset from the start of the file */
  mistake(at: number, text: string): void;
  /** The value of a key by its word; a mistake and null when it is not that. */
  value<T>(key: string, entry: Entry, word: ScriptWord<T>): T | null;
}

/** A set as written; every mistake at once, or the set. */
export function parseDjScript(source: string, file: string): ParsedScript {
  const { root, faults } = readYaml(source);
  const mistakes = faults.map(({ start, message }) => ({ at: start, text: message }));
  const reading: Reading = {
    mistake: (at, text) => void mistakes.push({ at, text }),
    value(key, { start, node }, word) {
      const text = textOf(node);
      const value = text === null ? null : word.read(text);
      if (value !== null) return value;
      const found = text === null ? 'more than a text' : text === '' ? 'nothing' : `"${text}"`;
      reading.mistake(text === '' ? start : node.start, `${key}: found ${found}, expected ${word.expected}`);
      return null;
    },
  };
  // Without a root the faults say why; a mistake of an empty file would only repeat them.
  const set = root === null && faults.length > 0 ? null : readSet(root, file, reading);
  if (set !== null && mistakes.length === 0) return { ok: true, set };
  const lines = linesOf(source);
  const inOrder = mistakes.sort((a, b) => a.at - b.at);
  return {
    ok: false,
    mistakes: inOrder.map(({ at, text }) => {
      const line = lineOf(lines, at);
      const column = at - (lines.starts[line - 1] ?? 0) + 1;
      return `${file}:${line}:${column}: error: ${text}`;
    }),
  };
}

/** The keys of a set as they have been read so far. */
type SetDraft = { -readonly [K in keyof DjScript]: DjScript[K] | null } & { placed: PlacedAct[] };

function readSet(root: Node | null, file: string, reading: Reading): DjScript {
  const top = root?.kind === 'map' ? root : null;
  if (top === null) reading.mistake(root?.start ?? 0, `a set is written with the keys ${SET_WORDS.join(', ')}`);
  else if (!top.entries.has('acts')) reading.mistake(top.start, 'a set needs acts');

  const draft: SetDraft = {
    ...{ name: null, seed: null, lengthMs: null, repeats: null, quirks: null, acts: null },
    placed: [],
  };
  for (const [key, entry] of top?.entries ?? []) readKey(draft, key, entry, reading);

  const acts = draft.placed.sort((a, b) => a.at - b.at);
  checkTracks(acts, reading);
  const last = acts[acts.length - 1];
  const { lengthMs } = draft;
  if (lengthMs !== null && last !== undefined && last.at > lengthMs) {
    reading.mistake(last.offset, `this act comes after the end of the set, which is at ${lengthMs / 1000} s`);
  }
  const repeats = draft.repeats ?? false;
  if (repeats && !(lengthMs !== null && lengthMs > 0)) {
    reading.mistake(top?.start ?? 0, 'a set that repeats needs a length');
  }
  return {
    ...{ name: draft.name ?? file, seed: draft.seed ?? 1, quirks: draft.quirks ?? NO_QUIRKS, repeats },
    lengthMs: lengthMs ?? last?.at ?? 0,
    acts: acts.map(({ at, act, text }) => ({ at, act, text })),
  };
}

function readKey(draft: SetDraft, key: string, entry: Entry, reading: Reading): void {
  const { start, node } = entry;
  switch (key) {
    case 'set':
      draft.name = reading.value(key, entry, anyText);
      break;
    case 'seed':
      draft.seed = reading.value(key, entry, wholeNumber);
      break;
    case 'length':
      draft.lengthMs = reading.value(key, entry, time);
      break;
    case 'repeat':
      draft.repeats = reading.value(key, entry, onOff);
      break;
    case 'quirks':
      if (node.kind === 'map') draft.quirks = readQuirks(node, reading);
      else reading.mistake(start, 'quirks: expected a map such as { status: on-change }');
      break;
    case 'acts':
      if (node.kind === 'list') draft.placed = node.items.flatMap(item => readAct(item, reading));
      else reading.mistake(start, 'acts: expected a list of acts');
      break;
    default:
      unknownWord(key, start, SET_WORDS, reading);
  }
}

function readQuirks({ entries }: MapNode, reading: Reading): Quirks {
  let quirks = NO_QUIRKS;
  for (const [key, entry] of entries) {
    const word = wordIn(QUIRK_WORDS, key);
    if (word === null) unknownWord(key, entry.start, Object.keys(QUIRK_WORDS), reading);
    else quirks = { ...quirks, ...reading.value(key, entry, word) };
  }
  return quirks;
}

/** Reads one line of the list: as many acts as it has words, in their order. */
function readAct(item: Node, reading: Reading): PlacedAct[] {
  if (item.kind !== 'map') {
    reading.mistake(item.start, 'an act is written { at: 0:30, deck: 1, play }');
    return [];
  }
  if (item.entries.has(SURFACE_WORD)) return [];
  const atEntry = item.entries.get('at') ?? null;
  const deckEntry = item.entries.get('deck') ?? null;
  const at = ifPresent(atEntry, entry => reading.value('at', entry, time));
  const deck = ifPresent(deckEntry, entry => reading.value('deck', entry, deckNumber));
  if (atEntry === null) reading.mistake(item.start, 'an act needs a time, such as at: 0:30');

  const acts: PlacedAct[] = [];
  const words = [...item.entries].filter(([key]) => key !== 'at' && key !== 'deck');
  for (const [key, entry] of words) {
    const act = readWord(key, entry, { deck, isSaid: deckEntry !== null }, reading);
    if (act === null || at === null) continue;
    const who = 'deck' in act ? `deck ${act.deck}: ` : '';
    acts.push({ at, act, text: `${who}${key} ${textOf(entry.node) ?? ''}`.trim(), offset: entry.start });
  }
  if (words.length === 0) reading.mistake(item.start, 'an act needs a word, such as play');
  return acts;
}

/** The deck of an act; null: it says none, or none that there is. */
interface ActDeck {
  readonly deck: DeckNumber | null;
  readonly isSaid: boolean;
}

function readWord(key: string, entry: Entry, { deck, isSaid }: ActDeck, reading: Reading): DjAction | null {
  const deckWord = wordIn(DECK_WORDS, key);
  if (deckWord !== null) {
    if (!isSaid) reading.mistake(entry.start, `${key} needs a deck, such as deck: 1`);
    const act = reading.value(key, entry, deckWord);
    return act === null || deck === null ? null : { ...act, deck };
  }
  const unitWord = wordIn(UNIT_WORDS, key);
  if (unitWord !== null) return reading.value(key, entry, unitWord);
  unknownWord(key, entry.start, ACT_WORDS, reading);
  return null;
}

/** An act on a deck that has no track by then would do nothing. */
function checkTracks(acts: readonly PlacedAct[], reading: Reading): void {
  const loaded = new Set<DeckNumber>();
  for (const { act, offset } of acts) {
    if (act.kind === 'reboot') loaded.clear();
    if (!('deck' in act)) continue;
    if (act.kind === 'load') loaded.add(act.deck);
    else if (NEEDS_TRACK.includes(act.kind) && !loaded.has(act.deck)) {
      reading.mistake(offset, `${act.kind}: deck ${act.deck} has no track at that time`);
    }
    if (act.kind === 'eject') loaded.delete(act.deck);
  }
}

const wordIn = <T>(words: Readonly<Record<string, T>>, key: string): T | null =>
  Object.hasOwn(words, key) ? (words[key] ?? null) : null;

const unknownWord = (key: string, at: number, known: readonly string[], reading: Reading): void =>
  reading.mistake(at, `unknown word "${key}", expected one of: ${known.join(', ')}`);

/** The text of a value, empty for none; null: it is a map or a list. */
const textOf = (node: Node): string | null => (node.kind === 'text' ? node.data.source : null);
