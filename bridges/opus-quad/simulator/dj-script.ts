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
 * | `load` | the title of a track in library.ts |
 * | `play`, `pause`, `cue`, `eject`, `master` | none; `cue` goes back to the start of the track and waits |
 * | `pitch` | `+3.2 %` |
 * | `bend` | `+4 % for 500 ms`: a nudge |
 * | `jump` | `to beat 129`, `to 1:30`, `by 16 beats`, `by -16 beats` |
 * | `loop` | `4 beats`, `1/2 beat`, `out` |
 * | `reverse`, `on-air` | `on` or `off` |
 *
 * and of the unit, without a deck: `silence: 5 s` (its network is gone for a while), `reboot: 20 s` (off and on again).
 * The quirks are those of sim-quirks.ts; QUIRK_WORDS in dj-words.ts lists what each is called here.
 */
import { isMap, isNode, isScalar, isSeq, LineCounter, type Pair, parseDocument, type YAMLMap } from 'yaml';
import type { Ms } from '../../../src/core/clock.ts';
import type { DeckNumber } from '../../../src/core/deck-report.ts';
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

const SET_WORDS = ['set', 'seed', 'length', 'repeat', 'quirks', 'acts'];
const ACT_WORDS = ['at', 'deck', ...Object.keys(DECK_WORDS), ...Object.keys(UNIT_WORDS)];

/** An act and where in the file it stands. */
type PlacedAct = TimedAction & { readonly offset: number };

/** The file as it is read: what is wrong is noted, and reading goes on. */
interface Reading {
  mistake(node: unknown, text: string): void;
  /** The value of a key by its word; a mistake and null when it is not that. */
  value<T>(pair: Pair, word: ScriptWord<T>): T | null;
}

/** A set as written; every mistake at once, or the set. */
export function parseDjScript(source: string, file: string): ParsedScript {
  const lines = new LineCounter();
  const document = parseDocument(source, {
    schema: 'failsafe',
    version: '1.2',
    lineCounter: lines,
    prettyErrors: false,
  });
  const mistakes = document.errors.map(error => ({ offset: error.pos[0], text: error.message }));
  const reading: Reading = {
    mistake: (node, text) => void mistakes.push({ offset: offsetOf(node), text }),
    value(pair, word) {
      const text = textOf(pair.value);
      const value = text === null ? null : word.read(text);
      if (value !== null) return value;
      const found = text === null ? 'more than a text' : text === '' ? 'nothing' : `"${text}"`;
      const place = text === '' ? pair.key : pair.value;
      reading.mistake(place, `${textOf(pair.key)}: found ${found}, expected ${word.expected}`);
      return null;
    },
  };
  const set = readSet(document.contents, file, reading);
  if (mistakes.length === 0) return { ok: true, set };
  const inOrder = mistakes.sort((a, b) => a.offset - b.offset);
  return {
    ok: false,
    mistakes: inOrder.map(({ offset, text }) => {
      const { line, col } = lines.linePos(offset);
      return `${file}:${line}:${col}: error: ${text}`;
    }),
  };
}

function readSet(root: unknown, file: string, reading: Reading): DjScript {
  let name: string | null = null;
  let seed: number | null = null;
  let lengthMs: Ms | null = null;
  let repeats = false;
  let quirks: Quirks = NO_QUIRKS;
  let acts: PlacedAct[] = [];
  if (!isMap(root)) reading.mistake(root, `a set is written with the keys ${SET_WORDS.join(', ')}`);
  else if (!root.has('acts')) reading.mistake(root, 'a set needs acts');

  for (const pair of isMap(root) ? root.items : []) {
    switch (textOf(pair.key)) {
      case 'set':
        name = reading.value(pair, anyText);
        break;
      case 'seed':
        seed = reading.value(pair, wholeNumber);
        break;
      case 'length':
        lengthMs = reading.value(pair, time);
        break;
      case 'repeat':
        repeats = reading.value(pair, onOff) ?? false;
        break;
      case 'quirks':
        if (isMap(pair.value)) quirks = readQuirks(pair.value, reading);
        else reading.mistake(pair.key, 'quirks: expected a map such as { status: on-change }');
        break;
      case 'acts':
        if (isSeq(pair.value)) acts = pair.value.items.flatMap(item => readAct(item, reading));
        else reading.mistake(pair.key, 'acts: expected a list of acts');
        break;
      default:
        unknownWord(pair.key, SET_WORDS, reading);
    }
  }

  acts.sort((a, b) => a.at - b.at);
  checkTracks(acts, reading);
  const last = acts[acts.length - 1];
  if (lengthMs !== null && last !== undefined && last.at > lengthMs) {
    reading.mistake(last.offset, `this act comes after the end of the set, which is at ${lengthMs / 1000} s`);
  }
  if (repeats && !(lengthMs !== null && lengthMs > 0)) reading.mistake(root, 'a set that repeats needs a length');
  return {
    ...{ name: name ?? file, seed: seed ?? 1, quirks, repeats },
    lengthMs: lengthMs ?? last?.at ?? 0,
    acts: acts.map(({ at, act, text }) => ({ at, act, text })),
  };
}

function readQuirks(map: YAMLMap, reading: Reading): Quirks {
  let quirks = NO_QUIRKS;
  for (const pair of map.items) {
    const word = wordIn(QUIRK_WORDS, textOf(pair.key));
    if (word === null) unknownWord(pair.key, Object.keys(QUIRK_WORDS), reading);
    else quirks = { ...quirks, ...reading.value(pair, word) };
  }
  return quirks;
}

/** One line of the list: as many acts as it has words, in the order in which they stand. */
function readAct(item: unknown, reading: Reading): PlacedAct[] {
  if (!isMap(item)) {
    reading.mistake(item, 'an act is written { at: 0:30, deck: 1, play }');
    return [];
  }
  const keyed = (key: string): Pair | null => item.items.find(pair => textOf(pair.key) === key) ?? null;
  const at = ifPresent(keyed('at'), pair => reading.value(pair, time));
  const deck = ifPresent(keyed('deck'), pair => reading.value(pair, deckNumber));
  if (keyed('at') === null) reading.mistake(item, 'an act needs a time, such as at: 0:30');

  const acts: PlacedAct[] = [];
  let words = 0;
  for (const pair of item.items) {
    const key = textOf(pair.key) ?? '';
    if (key === 'at' || key === 'deck') continue;
    words++;
    const act = readWord(pair, key, deck, keyed('deck') !== null, reading);
    if (act === null || at === null) continue;
    const who = 'deck' in act ? `deck ${act.deck}: ` : '';
    acts.push({ at, act, text: `${who}${key} ${textOf(pair.value) ?? ''}`.trim(), offset: offsetOf(pair.key) });
  }
  if (words === 0) reading.mistake(item, 'an act needs a word, such as play');
  return acts;
}

function readWord(
  pair: Pair,
  key: string,
  deck: DeckNumber | null,
  saysDeck: boolean,
  reading: Reading,
): DjAction | null {
  const deckWord = wordIn(DECK_WORDS, key);
  if (deckWord !== null) {
    if (!saysDeck) reading.mistake(pair.key, `${key} needs a deck, such as deck: 1`);
    const act = reading.value(pair, deckWord);
    return act === null || deck === null ? null : { ...act, deck };
  }
  const unitWord = wordIn(UNIT_WORDS, key);
  if (unitWord !== null) return reading.value(pair, unitWord);
  unknownWord(pair.key, ACT_WORDS, reading);
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

const wordIn = <T>(words: Readonly<Record<string, T>>, key: string | null): T | null =>
  key !== null && Object.hasOwn(words, key) ? (words[key] ?? null) : null;

const unknownWord = (key: unknown, known: readonly string[], reading: Reading): void =>
  reading.mistake(key, `unknown word "${textOf(key)}", expected one of: ${known.join(', ')}`);

/** The text of a scalar, empty for none; null: it is a map or a list. */
function textOf(node: unknown): string | null {
  if (node === null || node === undefined) return '';
  return isScalar(node) ? String(node.value ?? '') : null;
}

/** Where a node begins; a number is a place already. */
function offsetOf(node: unknown): number {
  if (typeof node === 'number') return node;
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
