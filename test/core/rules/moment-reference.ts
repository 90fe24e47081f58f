/**
 * Facts of a moment from the track and the place alone, in fractions: an account of its own of what docs/profile.md says
 * of places and of facts, to hold the rules against.
 */
import type { Value } from '../../../src/core/rules/expression.ts';
import type { Offset, PlaceAnchor } from '../../../src/core/rules/rule.ts';
import type { CuePoint } from '../../../src/core/track/media-track.ts';
import type { Phrase, SongStructure } from '../../../src/core/track/phrase.ts';
import { ceiling, floor, minus, ofDecimal, order, over, plus, type Rational, ratio, times } from './rational.ts';

/** A grid, by its numbers: of one tempo, or with a time for each beat. */
export type GridNumbers =
  | { readonly kind: 'steady'; readonly firstBeatMs: number; readonly tempoBpm: number }
  | {
      readonly kind: 'measured';
      readonly timesMs: readonly number[];
      readonly firstTempoBpm: number;
      readonly lastTempoBpm: number;
    };

/** A track as the facts at its moments follow from it. */
export interface ReferenceTrack {
  /** Carries beats into ms; null: nothing does. */
  readonly grid: GridNumbers | null;
  /** Number of beats in the grid; null: it has no end. */
  readonly gridBeats: number | null;
  /** True if ms count from beat 1 at the track tempo: they are no places of the recording. */
  readonly isCounted: boolean;
  readonly structure: SongStructure | null;
  readonly firstDownbeat: number | null;
  readonly durationMs: number | null;
  readonly cuePoints: readonly CuePoint[];
}

/** A place in both; null: nothing carries it there. */
export interface ReferencePlace {
  readonly beat: Rational | null;
  readonly ms: Rational | null;
}

export interface ReferenceMoment {
  readonly place: ReferencePlace;
  readonly phrase: Phrase | null;
}

const MINUTE_MS = ratio(60_000n, 1n);
const whole = (value: number): Rational => ratio(BigInt(value), 1n);
const ONE = whole(1);

function msOf(grid: GridNumbers, beat: Rational): Rational {
  if (grid.kind === 'steady') {
    const beatMs = over(MINUTE_MS, ofDecimal(grid.tempoBpm));
    return plus(ofDecimal(grid.firstBeatMs), times(minus(beat, ONE), beatMs));
  }
  const { timesMs } = grid;
  const timeOf = (n: number): Rational => whole(timesMs[n - 1] ?? Number.NaN);
  const n = floor(beat);
  if (n < 1) return minus(timeOf(1), times(minus(ONE, beat), over(MINUTE_MS, ofDecimal(grid.firstTempoBpm))));
  const last = timesMs.length;
  if (n >= last) {
    return plus(timeOf(last), times(minus(beat, whole(last)), over(MINUTE_MS, ofDecimal(grid.lastTempoBpm))));
  }
  return plus(timeOf(n), times(minus(beat, whole(n)), minus(timeOf(n + 1), timeOf(n))));
}

function beatOf(grid: GridNumbers, ms: Rational): Rational {
  if (grid.kind === 'steady') {
    const beatMs = over(MINUTE_MS, ofDecimal(grid.tempoBpm));
    return plus(ONE, over(minus(ms, ofDecimal(grid.firstBeatMs)), beatMs));
  }
  const { timesMs } = grid;
  const timeOf = (n: number): Rational => whole(timesMs[n - 1] ?? Number.NaN);
  const last = timesMs.length;
  if (order(ms, timeOf(1)) < 0) {
    return minus(ONE, over(minus(timeOf(1), ms), over(MINUTE_MS, ofDecimal(grid.firstTempoBpm))));
  }
  if (order(ms, timeOf(last)) >= 0) {
    return plus(whole(last), over(minus(ms, timeOf(last)), over(MINUTE_MS, ofDecimal(grid.lastTempoBpm))));
  }
  // Times of beats are whole.
  const n = timesMs.findLastIndex(time => time <= floor(ms)) + 1;
  return plus(whole(n), over(minus(ms, timeOf(n)), minus(timeOf(n + 1), timeOf(n))));
}

const atBeat = ({ grid }: ReferenceTrack, beat: Rational): ReferencePlace => ({
  beat,
  ms: grid === null ? null : msOf(grid, beat),
});
const atMs = ({ grid }: ReferenceTrack, ms: Rational): ReferencePlace => ({
  beat: grid === null ? null : beatOf(grid, ms),
  ms,
});

/** The phrase that a place lies in; its end belongs to the next one. */
export function phraseAround({ structure }: ReferenceTrack, { beat }: ReferencePlace): Phrase | null {
  if (structure === null || beat === null) return null;
  const isIn = ({ startBeat, endBeat }: Phrase): boolean =>
    order(whole(startBeat), beat) <= 0 && order(beat, whole(endBeat)) < 0;
  return structure.phrases.find(isIn) ?? null;
}

/**
 * The moment that a rule's place means; null: the track has none there, or nothing carries it into the unit of its offset.
 *
 * @param number the one in the name of the place: `chorus 2`, `bar 17`, `beat 12`; null: its name has none
 */
export function momentOf(
  track: ReferenceTrack,
  anchor: PlaceAnchor,
  offset: Offset | null,
  number: number | null,
): ReferenceMoment | null {
  const anchored = anchorOf(track, anchor, number);
  const place = anchored === null ? null : moved(track, anchored.place, offset);
  return anchored === null || place === null ? null : { place, phrase: anchored.phrase };
}

function anchorOf(track: ReferenceTrack, anchor: PlaceAnchor, number: number | null): ReferenceMoment | null {
  const nth = (number ?? 1) - 1;
  const around = (place: ReferencePlace): ReferenceMoment => ({ place, phrase: phraseAround(track, place) });
  const startOf = (phrase: Phrase | undefined, beat: number | null | undefined): ReferenceMoment | null =>
    phrase === undefined || beat == null ? null : { place: atBeat(track, whole(beat)), phrase };
  const phrases = track.structure?.phrases ?? [];
  switch (anchor.kind) {
    case 'happening':
      return null;
    case 'time':
      return around(atMs(track, ofDecimal(anchor.positionMs)));
    case 'beat':
      return around(atBeat(track, whole(anchor.beat)));
    case 'phrase-kind': {
      const phrase = phrases.filter(({ kind }) => kind === anchor.phraseKind)[nth];
      return startOf(phrase, phrase?.startBeat);
    }
    case 'phrase':
      return startOf(phrases[nth], phrases[nth]?.startBeat);
    case 'fill': {
      const phrase = phrases.filter(({ fillBeat }) => fillBeat !== null)[nth];
      return startOf(phrase, phrase?.fillBeat);
    }
    case 'end': {
      const beat = track.structure?.endBeat ?? track.gridBeats;
      return beat === null ? null : { place: atBeat(track, whole(beat)), phrase: phrases.at(-1) ?? null };
    }
    case 'hot-cue':
    case 'memory-cue': {
      const kind = anchor.kind === 'hot-cue' ? 'hot' : 'memory';
      const ofKind = track.cuePoints.filter(point => point.kind === kind);
      const point = kind === 'hot' ? ofKind.find(({ button }) => button === number) : ofKind[nth];
      return point === undefined ? null : around(atMs(track, ofDecimal(point.positionMs)));
    }
    case 'downbeat':
    case 'every': {
      const isBeat = anchor.kind === 'every' && anchor.unit === 'beats';
      const beat = isBeat ? number : track.firstDownbeat === null ? null : track.firstDownbeat + 4 * nth;
      return beat === null ? null : around(atBeat(track, whole(beat)));
    }
  }
}

function moved(track: ReferenceTrack, from: ReferencePlace, offset: Offset | null): ReferencePlace | null {
  if (offset === null || offset.amount === 0) return from;
  const amount = times(ofDecimal(offset.amount), whole(offset.unit === 'bars' ? 4 : 1));
  const [origin, at] = offset.unit === 'ms' ? [from.ms, atMs] : [from.beat, atBeat];
  return origin === null ? null : at(track, plus(origin, amount));
}

/** A fact as it should be: a value, or a number as a fraction. */
export type Expected = Value | Rational;

/** Facts of a deck that its place decides. */
export function expectedPlace(track: ReferenceTrack, { beat, ms }: ReferencePlace): Readonly<Record<string, Expected>> {
  const beatsIn = beat === null || track.firstDownbeat === null ? null : floor(beat) - track.firstDownbeat;
  const recorded = track.isCounted ? null : ms;
  const { durationMs } = track;
  const left = recorded === null || durationMs === null ? null : minus(ofDecimal(durationMs), recorded);
  const passed =
    recorded === null
      ? undefined
      : track.cuePoints.findLast(({ positionMs }) => order(ofDecimal(positionMs), recorded) <= 0);
  return {
    beat,
    beatInBar: beatsIn === null ? null : (((beatsIn % 4) + 4) % 4) + 1,
    bar: beatsIn === null ? null : Math.floor(beatsIn / 4) + 1,
    positionMs: ms,
    remainingMs: left === null ? null : order(left, whole(0)) < 0 ? 0 : left,
    cuePoint: passed === undefined ? null : nameOf(track, passed),
    cuePointName: passed?.name ?? null,
    cuePointColour: passed?.colour ?? null,
  };
}

function nameOf({ cuePoints }: ReferenceTrack, point: CuePoint): string {
  if (point.kind === 'hot') return `hot cue ${'ABCDEFGH'[(point.button ?? 0) - 1]}`;
  return `memory cue ${cuePoints.filter(({ kind }) => kind === 'memory').indexOf(point) + 1}`;
}

/** Facts of a phrase for a deck at a place, which may lie before or after it. */
export function expectedPhrase(phrase: Phrase | null, beat: Rational | null): Readonly<Record<string, Expected>> {
  if (phrase === null) {
    const names = ['kind', 'label', 'index', 'startBeat', 'endBeat', 'isFill', 'beatsIn', 'beatsLeft'];
    return Object.fromEntries(names.map(name => [name, null]));
  }
  const { kind, label, index, startBeat, endBeat, fillBeat } = phrase;
  const told = { kind, label, index, startBeat, endBeat };
  if (beat === null) return { ...told, isFill: false, beatsIn: null, beatsLeft: null };
  const isBefore = order(beat, whole(startBeat)) < 0;
  const isOver = order(beat, whole(endBeat)) >= 0;
  return {
    ...told,
    isFill: fillBeat !== null && order(whole(fillBeat), beat) <= 0 && !isOver,
    beatsIn: isBefore ? 0 : floor(minus(beat, whole(startBeat))),
    beatsLeft: isOver ? 0 : isBefore ? endBeat - startBeat : ceiling(minus(whole(endBeat), beat)),
  };
}

/** Facts of the phrases beside a phrase, which are those with the numbers beside its own. */
export function expectedNeighbours(
  phrases: readonly Phrase[],
  phrase: Phrase | null,
): Readonly<Record<string, Expected>> {
  const beside = (name: string, by: number): [string, Expected][] => {
    const found = phrase === null ? undefined : phrases.find(({ index }) => index === phrase.index + by);
    const { kind, label, index, startBeat, endBeat } = found ?? {};
    return Object.entries({ kind, label, index, startBeat, endBeat }).map(([fact, value]) => [
      `${name}.${fact}`,
      value ?? null,
    ]);
  };
  return Object.fromEntries([...beside('previous', -1), ...beside('next', 1)]);
}
