/**
 * Table of all facts an expression may read: unit, meaning of null, and when each changes.
 *
 * There is one table: the loader checks names against it, the editor schema and docs/profile.md list it, and the engine looks
 * again at a `while` rule only when a fact that it reads has changed.
 */

import { BANKS, MOODS, PHRASE_KINDS } from '../track/phrase.ts';
import { CONFIDENCES } from '../track/track-identity.ts';
import { TRACK_COLOURS } from '../track/track-notes.ts';

/**
 * - `report`: changes when a packet says so;
 * - `phrase`: also when the playhead passes from one phrase or fill into another;
 * - `position`: moves with the playhead. A `while` that reads it is looked at on every report and every beat.
 */
export type Changes = 'report' | 'phrase' | 'position';

export interface Fact {
  readonly changes: Changes;
  readonly doc: string;
  readonly is: Sort;
}

/** Kind of value of a fact if it is known; any may be null. */
export type Sort =
  | { readonly kind: 'truth' }
  /** `values` null: any text. */
  | { readonly kind: 'text'; readonly values: readonly string[] | null }
  /** Both ends belong to it. */
  | { readonly kind: 'number'; readonly least: number; readonly most: number; readonly isWhole: boolean };

/** Play states, as an expression names them. */
export const PLAY_STATES = ['playing', 'paused', 'cued', 'empty', 'loading', 'searching', 'ended', 'unknown'] as const;

const COLOURS = TRACK_COLOURS.filter(name => name !== null);

const TRUTH: Sort = { kind: 'truth' };
const TEXT: Sort = { kind: 'text', values: null };
const oneOf = (values: readonly string[]): Sort => ({ kind: 'text', values });
const number = (least: number, most = Infinity): Sort => ({ kind: 'number', least, most, isWhole: false });
const whole = (least: number, most = Infinity): Sort => ({ kind: 'number', least, most, isWhole: true });

const fact = (changes: Changes, doc: string, is: Sort): Fact => ({ changes, doc, is });

export const DECK_FACTS = {
  number: fact('report', '1..4', whole(1, 4)),
  playState: fact(
    'report',
    'empty, loading, playing, paused, cued, searching, ended or unknown, as text',
    oneOf(PLAY_STATES),
  ),
  isPlaying: fact('report', 'the playhead runs, forwards or backwards', TRUTH),
  isOnAir: fact('report', 'null until any deck has once reported it', TRUTH),
  isMaster: fact('report', 'tempo master', TRUTH),
  isSynced: fact('report', 'sync is on', TRUTH),
  isStale: fact('report', 'no report for a second', TRUTH),
  isHeard: fact('report', 'the deck is among those that rules hear', TRUTH),
  tempoBpm: fact('report', 'effective tempo now; null without a track', number(0)),
  pitchPercent: fact('report', 'the fader, in percent; null without a track', number(-100)),
  beat: fact('position', 'place in beats, 1-based, with its fraction; null when not known', number(-Infinity)),
  beatUncertainty: fact('position', 'half-width of its error bar, in beats', number(0)),
  beatInBar: fact('position', '1..4', whole(1, 4)),
  bar: fact('position', 'bar number, 1-based', whole(-Infinity)),
  positionMs: fact('position', 'place in ms; see basis', number(-Infinity)),
  uncertaintyMs: fact('position', 'half-width of its error bar, in ms', number(0)),
  basis: fact(
    'report',
    "where positionMs comes from: 'grid', 'absolute', or 'beats' (counted from beat 1 at the track tempo)",
    oneOf(['grid', 'absolute', 'beats']),
  ),
  remainingMs: fact('position', 'to the end of the track, in ms at 0 %; null when its length is not known', number(0)),
  cuePoint: fact('position', "the cue point passed last: 'hot cue A', 'memory cue 2'; null before the first", TEXT),
  cuePointName: fact('position', 'what the DJ has called it; null: nothing', TEXT),
  cuePointColour: fact('position', "'#ff0040', or a colour of memory cues: 'pink'; null: none", TEXT),
  pass: fact('report', 'raised by every load, jump and loop wrap', whole(0)),
} as const satisfies Record<string, Fact>;

export const TRACK_FACTS = {
  id: fact('report', 'as the unit numbers it', whole(0)),
  title: fact('report', 'null when not known', TEXT),
  artist: fact('report', 'null when not known', TEXT),
  album: fact('report', 'null when not known', TEXT),
  genre: fact('report', 'null when not known', TEXT),
  musicalKey: fact('report', "as rekordbox says it: 'Fm', '4A'; null when not known", TEXT),
  durationMs: fact('report', 'its length; null when not known', number(0)),
  confidence: fact(
    'report',
    'how sure it is which track this is: confirmed, assumed, mismatch, ambiguous or unknown',
    oneOf(CONFIDENCES),
  ),
  tempoBpm: fact('report', 'as analysed', number(0)),
  mood: fact('report', 'high, mid or low; null without phrases', oneOf(MOODS)),
  bank: fact(
    'report',
    'lighting style: cool, natural, hot, subtle, warm, vivid, club1, club2, default; null without phrases',
    oneOf(BANKS),
  ),
  hasPhrases: fact('report', 'null until the unit has answered', TRUTH),
  rating: fact('report', 'stars, 0 to 5; null when not known, as are all facts from here on', whole(0, 5)),
  colour: fact('report', 'pink, red, orange, yellow, green, aqua, blue or purple; null: none', oneOf(COLOURS)),
  comment: fact('report', 'what the DJ has written to it', TEXT),
  label: fact('report', 'its record label', TEXT),
  year: fact('report', 'of its release', whole(0)),
  playCount: fact('report', 'times it was played, at the export', whole(0)),
  dateAdded: fact('report', "day on which it came into the collection: '2026-01-31'", TEXT),
  tags: fact('report', "its My Tags: 'Peak, Vocal'; has(track.tags, 'Peak') asks for one", TEXT),
  playlists: fact('report', "playlists that it is in: 'Friday/Opening'; has() asks for one", TEXT),
  histories: fact('report', "sessions in which it was played: 'HISTORY 001'; has() asks for one", TEXT),
  energy: fact('report', 'mean height of its waveform, in percent of the tallest', number(0, 100)),
} as const satisfies Record<string, Fact>;

export const PHRASE_FACTS = {
  kind: fact(
    'phrase',
    'intro, verse, up, down, bridge, chorus, outro or unknown; null outside every phrase',
    oneOf(PHRASE_KINDS),
  ),
  label: fact('phrase', "as rekordbox shows it: 'Chorus 2'", TEXT),
  index: fact('phrase', 'place in the track, 1-based', whole(1)),
  startBeat: fact('phrase', 'its first beat', whole(1)),
  endBeat: fact('phrase', 'the first beat after it', whole(1)),
  isFill: fact('phrase', 'the playhead is in its fill', TRUTH),
  beatsIn: fact('position', 'whole beats since it began', whole(0)),
  beatsLeft: fact('position', 'beats to its end, rounded up', whole(0)),
  energy: fact('phrase', 'mean height of the waveform in it, in percent of the tallest', number(0, 100)),
  energyPeak: fact('phrase', 'greatest height of the waveform in it, likewise', number(0, 100)),
} as const satisfies Record<string, Fact>;

/** What is said of the phrase before another, and of the one after it: what does not move with the playhead. */
export const NEIGHBOUR_FACTS = {
  kind: PHRASE_FACTS.kind,
  label: PHRASE_FACTS.label,
  index: PHRASE_FACTS.index,
  startBeat: PHRASE_FACTS.startBeat,
  endBeat: PHRASE_FACTS.endBeat,
} as const satisfies Partial<typeof PHRASE_FACTS>;

/** Phrases beside a phrase, each null where there is none. */
export const NEIGHBOURS = ['previous', 'next'] as const;

/** How far a deck has jumped, where a rule fires at that. */
export const JUMP_FACTS = {
  beats: fact(
    'report',
    'how far the deck has jumped, in beats; below 0 back; null but at jump and loop',
    number(-Infinity),
  ),
  ms: fact('report', 'likewise in ms of the track', number(-Infinity)),
} as const satisfies Record<string, Fact>;

/** How a control of a surface stands, where a message follows it. */
export const CONTROL_FACTS = {
  value: fact(
    'report',
    'where it stands: a dial or the needle pad 0 to 1, a slider -1 to 1, a direction as text, a view true or false; of the jog wheel the turns since it was last told, below 0 in reverse',
    number(-Infinity),
  ),
  turnsPerSecond: fact(
    'report',
    'how fast the jog wheel is turned, below 0 in reverse, 0 once it stands; null of all others',
    number(-Infinity),
  ),
} as const satisfies Record<string, Fact>;

/** Names that stand for a deck, beside `deck` itself. Each has the facts of a deck, and `track` and `phrase` in it. */
export const DECK_NAMES = ['deck', 'master', 'deck1', 'deck2', 'deck3', 'deck4'] as const;

const paths = (prefix: string, table: Readonly<Record<string, Fact>>): [string, Fact][] =>
  Object.entries(table).map(([name, entry]) => [`${prefix}.${name}`, entry]);

const ofPhrase = (prefix: string): [string, Fact][] => [
  ...paths(prefix, PHRASE_FACTS),
  ...NEIGHBOURS.flatMap(name => paths(`${prefix}.${name}`, NEIGHBOUR_FACTS)),
];

/** All paths an expression may read: `deck.beat`, `track.id`, `deck2.phrase.kind`. */
export const FACTS: ReadonlyMap<string, Fact> = new Map([
  ...paths('track', TRACK_FACTS),
  ...ofPhrase('phrase'),
  ...ofPhrase('now.phrase'),
  ...paths('jump', JUMP_FACTS),
  ...paths('control', CONTROL_FACTS),
  ...DECK_NAMES.flatMap(name => [
    ...paths(name, DECK_FACTS),
    ...paths(`${name}.track`, TRACK_FACTS),
    ...ofPhrase(`${name}.phrase`),
  ]),
]);
