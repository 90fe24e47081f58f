/**
 * The moments of a track: where each place that a rule names lies in it, in the coordinate its deck's line counts in.
 *
 * Moments are worked out once per track (and again when more is learnt about it), sorted, and then found by halving.
 */

import type { Coordinate } from '../track/beat-grid.ts';
import { type NamedCuePoint, namedCuePoints } from '../track/cue-points.ts';
import type { Phrase } from '../track/phrase.ts';
import { type Track, toCoordinate } from '../track/track.ts';
import type { MomentRule, Offset, Place } from './rule.ts';

const BEATS_PER_BAR = 4;

export interface Moment {
  /** In beats or ms, as the line counts. */
  readonly position: number;
  readonly rule: MomentRule;
  /** Name among the moments of its place: `chorus 2`, `bar 17`, `4 beats before chorus 1`. */
  readonly label: string;
  /** The phrase it belongs to: with an offset, the one the place names, not the one it happens in. */
  readonly phrase: Phrase | null;
}

/** A rule that comes again and again: `downbeat`, `every 8 bars`. In beats. */
interface Series {
  readonly rule: MomentRule;
  readonly firstBeat: number;
  readonly everyBeats: number;
  readonly name: (beat: number) => string;
}

/** The moments of a track as one coordinate counts them. */
export interface Moments {
  readonly track: Track;
  readonly coordinate: Coordinate;
  /** Sorted by position, then by the order of the rules. */
  readonly single: readonly Moment[];
  readonly series: readonly Series[];
  /** Rules that name a place nobody knows in this track, with what is missing. */
  readonly unknown: readonly { readonly rule: MomentRule; readonly missing: string }[];
}

/** Anchor of a place in the track: its beat or its ms. */
interface Spot {
  readonly beat: number | null;
  readonly ms: number | null;
  readonly label: string;
  readonly phrase: Phrase | null;
}

export function momentsOf(track: Track, coordinate: Coordinate, rules: readonly MomentRule[]): Moments {
  const single: Moment[] = [];
  const series: Series[] = [];
  const unknown: { rule: MomentRule; missing: string }[] = [];
  for (const rule of rules) {
    if (rule.track !== null && rule.track !== track.known.entry) continue;
    const repeated = seriesOf(track, rule);
    if (repeated !== null) {
      if (typeof repeated === 'string') unknown.push({ rule, missing: repeated });
      else series.push(repeated);
      continue;
    }
    const spots = spotsOf(track, rule.place);
    if (typeof spots === 'string') {
      unknown.push({ rule, missing: spots });
      continue;
    }
    for (const spot of spots) {
      const position = place(track, coordinate, spot, rule.place.offset);
      if (position === null) unknown.push({ rule, missing: 'a beat grid' });
      else single.push({ position, rule, label: labelled(spot.label, rule.place.offset), phrase: spot.phrase });
    }
  }
  // The sort is stable: moments at one position keep the order of their rules.
  single.sort((a, b) => a.position - b.position);
  return { track, coordinate, single, series, unknown };
}

/** Finds each spot that a place names in this track; a text: what is missing to know. */
function spotsOf(track: Track, { anchor }: Place): readonly Spot[] | string {
  const { structure } = track;
  const phrases = structure?.phrases ?? [];
  const needsPhrases = structure === undefined ? 'the phrases, not received yet' : 'phrases: the track has none';
  switch (anchor.kind) {
    case 'time': {
      const beat = track.timeline?.beatOfMs(anchor.positionMs) ?? null;
      return [
        { beat: null, ms: anchor.positionMs, label: clockText(anchor.positionMs), phrase: phraseOf(track, beat) },
      ];
    }
    case 'beat':
      return [atBeat(anchor.beat, `beat ${anchor.beat}`, phraseOf(track, anchor.beat))];
    case 'phrase-kind': {
      if (structure == null) return needsPhrases;
      const all = phrases.filter(phrase => phrase.kind === anchor.phraseKind);
      return all
        .map((phrase, i) => atBeat(phrase.startBeat, `${anchor.phraseKind} ${i + 1}`, phrase))
        .filter((_, i) => anchor.nth === null || anchor.nth === i + 1);
    }
    case 'phrase':
      if (structure == null) return needsPhrases;
      return phrases
        .map((phrase, i) => atBeat(phrase.startBeat, `phrase ${i + 1}`, phrase))
        .filter((_, i) => anchor.nth === null || anchor.nth === i + 1);
    case 'fill':
      if (structure == null) return needsPhrases;
      return phrases
        .flatMap(phrase => (phrase.fillBeat === null ? [] : [{ phrase, beat: phrase.fillBeat }]))
        .map(({ phrase, beat }, i) => atBeat(beat, `fill ${i + 1}`, phrase))
        .filter((_, i) => anchor.nth === null || anchor.nth === i + 1);
    case 'end': {
      // Without phrases the last beat of the grid is the last place that anyone knows.
      const beat = structure?.endBeat ?? track.known.grid?.beats ?? null;
      return beat === null
        ? 'the end: neither phrases nor a beat grid say it'
        : [atBeat(beat, 'end', phrases.at(-1) ?? null)];
    }
    case 'hot-cue':
      return cueSpots(track, ({ point }) => {
        return point.kind === 'hot' && (anchor.button === null || anchor.button === point.button);
      });
    case 'memory-cue':
      return cueSpots(track, ({ point, label }) => {
        return point.kind === 'memory' && (anchor.nth === null || label === `memory cue ${anchor.nth}`);
      });
    case 'downbeat':
    case 'every':
      return [];
  }
}

function cueSpots(track: Track, isMeant: (cue: NamedCuePoint) => boolean): readonly Spot[] | string {
  if (track.known.media === null) return 'its cue points: only an imported stick tells them';
  return namedCuePoints(track.known.cuePoints)
    .filter(isMeant)
    .map(({ label, point: { positionMs } }) => {
      const beat = track.timeline?.beatOfMs(positionMs) ?? null;
      return { beat: null, ms: positionMs, label, phrase: phraseOf(track, beat) };
    });
}

const atBeat = (beat: number, label: string, phrase: Phrase | null): Spot => ({ beat, ms: null, label, phrase });

const phraseOf = (track: Track, beat: number | null): Phrase | null =>
  (beat === null ? undefined : track.structure?.phrases.find(p => p.startBeat <= beat && beat < p.endBeat)) ?? null;

function place(track: Track, coordinate: Coordinate, spot: Spot, offset: Offset | null): number | null {
  const beats =
    offset === null || offset.unit === 'ms' ? 0 : offset.amount * (offset.unit === 'bars' ? BEATS_PER_BAR : 1);
  const shiftMs = offset?.unit === 'ms' ? offset.amount : 0;
  if (spot.beat !== null && shiftMs === 0) return toCoordinate(track, coordinate, spot.beat + beats);
  // From here on ms are needed: the line's own, or the timeline's.
  const { timeline } = track;
  if (coordinate === 'ms' && track.known.grid === null && (spot.beat !== null || beats !== 0)) return null;
  if (coordinate === 'ms' && track.known.grid === null) return spot.ms === null ? null : spot.ms + shiftMs;
  if (timeline === null) return null;
  const ms = (spot.ms ?? timeline.msOfBeat(spot.beat ?? 0)) + shiftMs;
  if (coordinate === 'ms' && beats === 0) return ms;
  return toCoordinate(track, coordinate, timeline.beatOfMs(ms) + beats);
}

/** A rule that repeats; null: it does not; a text: what is missing to know when. */
function seriesOf(track: Track, rule: MomentRule): Series | string | null {
  const { anchor, offset } = rule.place;
  if (anchor.kind !== 'downbeat' && anchor.kind !== 'every') return null;
  const everyBeats =
    anchor.kind === 'downbeat' ? BEATS_PER_BAR : anchor.count * (anchor.unit === 'bars' ? BEATS_PER_BAR : 1);
  // Every single beat is one whatever begins a bar.
  const first = everyBeats === 1 ? 1 : track.firstDownbeat;
  if (first === null) return 'which beats begin a bar';
  if (offset?.unit === 'ms') return 'a place in beats: say beats or bars before or after, not ms';
  const shift = (offset?.amount ?? 0) * (offset?.unit === 'bars' ? BEATS_PER_BAR : 1);
  return {
    rule,
    firstBeat: first + shift,
    everyBeats,
    name: beat => {
      const anchorBeat = beat - shift;
      const bar = Math.floor((anchorBeat - first) / BEATS_PER_BAR) + 1;
      return labelled(anchor.kind === 'every' && anchor.unit === 'beats' ? `beat ${anchorBeat}` : `bar ${bar}`, offset);
    },
  };
}

/** The moments of a series between two beats, both included. */
export function seriesBetween(
  { track, coordinate }: Moments,
  { rule, firstBeat, everyBeats, name }: Series,
  from: number,
  to: number,
): Moment[] {
  const moments: Moment[] = [];
  const least = Math.max(0, Math.ceil((from - firstBeat) / everyBeats));
  for (let i = least; firstBeat + i * everyBeats <= to; i++) {
    const beat = firstBeat + i * everyBeats;
    const position = toCoordinate(track, coordinate, beat);
    if (position !== null) moments.push({ position, rule, label: name(beat), phrase: phraseOf(track, beat) });
  }
  return moments;
}

/** The first beat of a series after a place. */
export const seriesAfter = ({ firstBeat, everyBeats }: Series, beat: number): number =>
  firstBeat + Math.max(0, Math.floor((beat - firstBeat) / everyBeats) + 1) * everyBeats;

function labelled(label: string, offset: Offset | null): string {
  if (offset === null) return label;
  const { amount, unit } = offset;
  const count = Math.abs(amount);
  const word = unit === 'ms' || count !== 1 ? unit : unit.slice(0, -1);
  return `${count} ${word} ${amount < 0 ? 'before' : 'after'} ${label}`;
}

/** 207500 ms as `3:27.500`. */
export function clockText(ms: number): string {
  const whole = Math.round(Math.abs(ms));
  const minutes = Math.floor(whole / 60000);
  const seconds = ((whole % 60000) / 1000).toFixed(3).padStart(6, '0');
  return `${ms < 0 ? '-' : ''}${minutes}:${seconds}`;
}
