/** Values that tests of the core are made of: events as a unit would send them, and rules by hand. */
import type { Stamp } from '../../src/core/clock.ts';
import type { DeckNumber, DeckReport } from '../../src/core/deck-report.ts';
import type { ShowEvent } from '../../src/core/events.ts';
import { KEEP_RECORDINGS, type Profile } from '../../src/core/profile.ts';
import { compileExpression } from '../../src/core/rules/compile-expression.ts';
import type { Expression } from '../../src/core/rules/expression.ts';
import type { Action, MomentRule, Offset, PlaceAnchor, Rule, StateRule } from '../../src/core/rules/rule.ts';
import { type TimecodeEntry, USUAL_BEHAVIOUR } from '../../src/core/timecode/stream-entry.ts';
import { FRAME_RATES, type FrameRate } from '../../src/core/timecode/timecode.ts';
import type { BeatGrid } from '../../src/core/track/beat-grid.ts';
import { type SongStructure, songStructure } from '../../src/core/track/phrase.ts';
import type { TrackEntry } from '../../src/core/track/track-entry.ts';

export const stampAt = (at: number): Stamp => ({ notBefore: at, at });

export const report = (change: Partial<DeckReport> = {}): DeckReport => ({
  trackId: 7,
  source: null,
  trackTempoBpm: 120,
  pitchSpeed: 1,
  runSpeed: change.playState === 'paused' || change.playState === 'cued' ? 0 : 1,
  playState: 'playing',
  beat: 1,
  beatInBar: 1,
  flags: { isMaster: true, isSynced: false, isOnAir: true },
  isOrderProved: true,
  isAfterLoss: false,
  ...change,
});

export const reportEvent = (number: DeckNumber, value: DeckReport): ShowEvent => ({
  kind: 'deck.report',
  deck: { unit: 'opus', number },
  report: value,
});

const raw = (index: number, beat: number, kind: number, fillBeat = 0) => ({
  index,
  beat,
  kind,
  k1: 1,
  k2: 0,
  k3: 0,
  b: 0,
  beat2: 0,
  beat3: 0,
  beat4: 0,
  fill: fillBeat === 0 ? 0 : 1,
  fillBeat,
});

/** Intro 1–17 with a fill from 15, chorus 17–33, down 33–49, chorus 49–65, outro 65–81. */
export const structure: SongStructure = (() => {
  const entries = [raw(1, 1, 1, 15), raw(2, 17, 5), raw(3, 33, 3), raw(4, 49, 5), raw(5, 65, 6)];
  const made = songStructure({ mood: 1, endBeat: 81, bank: 1, entries }).structure;
  if (made === null) throw new Error('the sample has phrases');
  return made;
})();

export const structureEvent = (number: DeckNumber): ShowEvent => ({
  kind: 'deck.structure',
  deck: { unit: 'opus', number },
  trackId: 7,
  structure,
  fingerprint: null,
});

export function expression(text: string): Expression {
  const compiled = compileExpression(text);
  if (!compiled.ok) throw new Error(compiled.message);
  return compiled.expression;
}

const say = (word: string): Action => ({
  bridge: 'console',
  message: { address: `/${word.replaceAll(' ', '-')}`, args: [] },
  roots: [],
});

export const momentRule = (
  name: string,
  anchor: PlaceAnchor,
  offset: Offset | null = null,
  change: Partial<MomentRule> = {},
): MomentRule => ({
  kind: 'when',
  name,
  place: { anchor, offset, text: name },
  if: null,
  do: [say(name)],
  decks: 'on-air',
  track: null,
  once: null,
  onJump: 'skip',
  dropIfLateByMs: 500,
  begins: null,
  ...change,
});

export const stateRule = (name: string, text: string, change: Partial<StateRule> = {}): StateRule => ({
  kind: 'while',
  name,
  while: expression(text),
  if: null,
  do: [say(`${name} on`)],
  undo: [say(`${name} off`)],
  decks: 'on-air',
  ...change,
});

export const profileOf = (rules: readonly Rule[], change: Partial<Profile> = {}): Profile => ({
  name: 'test',
  bridges: [],
  tracks: [trackEntry(7)],
  allocated: [],
  cues: new Map(),
  lists: [],
  rules,
  timecodes: [],
  clocks: [],
  panic: null,
  feeds: [],
  surfaces: [],
  recording: KEEP_RECORDINGS,
  expectations: [],
  ...change,
});

export const frameRate = (name: string): FrameRate => {
  const found = FRAME_RATES.find(rate => rate.name === name);
  if (found === undefined) throw new Error(`no rate ${name}`);
  return found;
};

/** A generator at 25 frames a second, so that a second is a round number of them; the sample track runs from one o'clock. */
export const timecode = (change: Partial<TimecodeEntry> = {}): TimecodeEntry => ({
  name: 'main',
  follow: 'on-air',
  handOverAfterMs: 500,
  rate: frameRate('25'),
  to: ['daw'],
  offsetFrames: 0,
  regions: new Map([[0, 3600 * 25]]),
  unknownTrack: 2 * 3600 * 25,
  behaviour: USUAL_BEHAVIOUR,
  ...change,
});

/** A track of the profile, by the number that the unit gives it. */
export const trackEntry = (
  id: number,
  title: string | null = null,
  artist: string | null = null,
  grid: BeatGrid | null = null,
): TrackEntry => ({
  match: { id, fingerprint: null, file: null, title: null, artist: null, playlist: null },
  ...{ title, artist, grid },
});
