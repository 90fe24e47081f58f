/**
 * Every fact an expression may read, with its unit, when it is null, and when it changes.
 *
 * One table: the loader checks names against it, the editor schema and docs/profile.md list it, and the engine looks
 * again at a `while` rule only when a fact that it reads has changed.
 */

/**
 * - `report`: changes when a packet says so;
 * - `phrase`: also when the playhead passes from one phrase or fill into another;
 * - `position`: moves with the playhead. A `while` that reads it is looked at on every report and every beat.
 */
export type Changes = 'report' | 'phrase' | 'position';

export interface Fact {
  readonly changes: Changes;
  readonly doc: string;
}

const fact = (changes: Changes, doc: string): Fact => ({ changes, doc });

export const DECK_FACTS = {
  number: fact('report', '1..4'),
  playState: fact('report', 'empty, loading, playing, paused, cued, searching, ended or unknown, as text'),
  isPlaying: fact('report', 'the playhead runs, forwards or backwards'),
  isOnAir: fact('report', 'null until any deck has once reported it'),
  isMaster: fact('report', 'tempo master'),
  isSynced: fact('report', 'sync is on'),
  isStale: fact('report', 'no report for a second'),
  isHeard: fact('report', 'the deck is among those that rules hear'),
  tempoBpm: fact('report', 'effective tempo now; null without a track'),
  pitchPercent: fact('report', 'the fader, in percent; null without a track'),
  beat: fact('position', 'place in beats, 1-based, with its fraction; null when not known'),
  beatUncertainty: fact('position', 'half-width of its error bar, in beats'),
  beatInBar: fact('position', '1..4'),
  bar: fact('position', 'bar number, 1-based'),
  positionMs: fact('position', 'place in ms; see basis'),
  uncertaintyMs: fact('position', 'half-width of its error bar, in ms'),
  basis: fact(
    'report',
    "where positionMs comes from: 'grid', 'absolute', or 'beats' (counted from beat 1 at the track tempo)",
  ),
  pass: fact('report', 'raised by every load, jump and loop wrap'),
} as const satisfies Record<string, Fact>;

export const TRACK_FACTS = {
  id: fact('report', 'as the unit numbers it'),
  title: fact('report', 'null when not known'),
  artist: fact('report', 'null when not known'),
  tempoBpm: fact('report', 'as analysed'),
  mood: fact('report', 'high, mid or low; null without phrases'),
  bank: fact(
    'report',
    'lighting style: cool, natural, hot, subtle, warm, vivid, club1, club2, default; null without phrases',
  ),
  hasPhrases: fact('report', 'null until the unit has answered'),
} as const satisfies Record<string, Fact>;

export const PHRASE_FACTS = {
  kind: fact('phrase', 'intro, verse, up, down, bridge, chorus, outro or unknown; null outside every phrase'),
  label: fact('phrase', "as rekordbox shows it: 'Chorus 2'"),
  index: fact('phrase', 'place in the track, 1-based'),
  startBeat: fact('phrase', 'its first beat'),
  endBeat: fact('phrase', 'the first beat after it'),
  isFill: fact('phrase', 'the playhead is in its fill'),
  beatsIn: fact('position', 'whole beats since it began'),
  beatsLeft: fact('position', 'beats to its end, rounded up'),
} as const satisfies Record<string, Fact>;

/** Names that stand for a deck, beside `deck` itself. Each has the facts of a deck, and `track` and `phrase` in it. */
export const DECK_NAMES = ['deck', 'master', 'deck1', 'deck2', 'deck3', 'deck4'] as const;

const paths = (prefix: string, table: Readonly<Record<string, Fact>>): [string, Fact][] =>
  Object.entries(table).map(([name, entry]) => [`${prefix}.${name}`, entry]);

/** Every path an expression may read: `deck.beat`, `track.id`, `deck2.phrase.kind`. */
export const FACTS: ReadonlyMap<string, Fact> = new Map([
  ...paths('track', TRACK_FACTS),
  ...paths('phrase', PHRASE_FACTS),
  ...DECK_NAMES.flatMap(name => [
    ...paths(name, DECK_FACTS),
    ...paths(`${name}.track`, TRACK_FACTS),
    ...paths(`${name}.phrase`, PHRASE_FACTS),
  ]),
]);
