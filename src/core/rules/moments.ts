/**
 * The moments of a track: where each place that a rule names lies in it, in the coordinate its deck's line counts in.
 *
 * Moments are worked out once per track (and again when more is learnt about it), sorted, and then found by halving.
 */

import { asRead } from '../../text/as-read.ts';
import type { Ms } from '../clock.ts';
import type { JumpDistance } from '../deck/happenings.ts';
import type { BeatGrid, Coordinate } from '../track/beat-grid.ts';
import { type NamedCuePoint, namedCuePoints } from '../track/cue-points.ts';
import type { Phrase } from '../track/phrase.ts';
import type { Track } from '../track/track.ts';
import { carrierOf, type ExactPlace, placeOfBeat, placeOfMs } from './exact-place.ts';
import { BEATS_PER_BAR, EXACT, phraseIn } from './place-facts.ts';
import type { MomentRule, Offset, Place, PlaceAnchor } from './rule.ts';

export interface Moment {
  /** In beats or ms, as the line counts. */
  readonly position: number;
  readonly place: ExactPlace;
  readonly rule: MomentRule;
  /** Name among the moments of its place: `chorus 2`, `bar 17`, `4 beats before chorus 1`. */
  readonly label: string;
  /** The phrase it belongs to: that of the place's anchor. With an offset the moment itself may lie in another one. */
  readonly phrase: Phrase | null;
  /** Of a happening: how far the deck has jumped; left out at a place. null: it has not. */
  readonly jump?: JumpDistance | null;
}

/** A rule that comes again and again: `downbeat`, `every 8 bars`. */
interface Series {
  readonly rule: MomentRule;
  /** First beat that is repeated, and the distance to the next one. */
  readonly firstAnchor: number;
  readonly everyBeats: number;
  /** Distance from each of these to its moment, in beats; negative: before it. */
  readonly shift: number;
  readonly label: (anchorBeat: number) => string;
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

/** Anchor of a place in the track. */
interface Spot {
  readonly place: ExactPlace;
  readonly label: string;
  readonly phrase: Phrase | null;
}

export function momentsOf(track: Track, coordinate: Coordinate, rules: readonly MomentRule[]): Moments {
  const single: Moment[] = [];
  const series: Series[] = [];
  const unknown: { rule: MomentRule; missing: string }[] = [];
  const carrier = carrierOf(track, coordinate);
  for (const rule of rules) {
    if (rule.place.anchor.kind === 'happening') continue;
    if (rule.track !== null && rule.track !== track.known.entry) continue;
    const repeated = seriesOf(track, rule);
    if (repeated !== null) {
      if (typeof repeated === 'string') unknown.push({ rule, missing: repeated });
      else series.push(repeated);
      continue;
    }
    const spots = spotsOf(track, carrier, rule.place);
    if (typeof spots === 'string') {
      unknown.push({ rule, missing: spots });
      continue;
    }
    for (const spot of spots) {
      const { offset } = rule.place;
      const place = shifted(spot, offset, carrier);
      const position = positionIn(coordinate, place);
      if (place === null || position === null) unknown.push({ rule, missing: 'a beat grid' });
      else single.push({ position, place, rule, label: labelled(spot.label, offset), phrase: spot.phrase });
    }
  }
  // The sort is stable: moments at one position keep the order of their rules.
  single.sort((a, b) => a.position - b.position);
  return { track, coordinate, single, series, unknown };
}

/** Finds each spot that a place names in this track; a text: what is missing to know. */
function spotsOf(track: Track, carrier: BeatGrid | null, { anchor }: Place): readonly Spot[] | string {
  switch (anchor.kind) {
    case 'time':
      return [spotAtMs(track, carrier, anchor.positionMs, clockText(anchor.positionMs))];
    case 'beat':
      return [spotAtBeat(track, carrier, anchor.beat, `beat ${anchor.beat}`)];
    case 'phrase-kind':
    case 'phrase':
    case 'fill':
      return phraseSpots(track, carrier, anchor);
    case 'end': {
      // Without phrases the last beat of the grid is the last place that anyone knows.
      const beat = track.structure?.endBeat ?? track.known.grid?.beats ?? null;
      if (beat === null) return 'the end: neither phrases nor a beat grid say it';
      return [{ ...spotAtBeat(track, carrier, beat, 'end'), phrase: track.structure?.phrases.at(-1) ?? null }];
    }
    case 'hot-cue':
    case 'memory-cue':
      if (track.known.media === null) return 'its cue points: only an imported stick tells them';
      return namedCuePoints(track.known.cuePoints)
        .filter(cue => isMeant(anchor, cue))
        .map(({ label, point }) => spotAtMs(track, carrier, point.positionMs, label));
    case 'downbeat':
    case 'every':
    case 'happening':
      return [];
  }
}

type AnchorOf<Kind extends PlaceAnchor['kind']> = Extract<PlaceAnchor, { readonly kind: Kind }>;

function phraseSpots(
  { structure }: Track,
  carrier: BeatGrid | null,
  anchor: AnchorOf<'phrase-kind' | 'phrase' | 'fill'>,
): readonly Spot[] | string {
  if (structure === undefined) return 'the phrases, not received yet';
  if (structure === null) return 'phrases: the track has none';
  const isOfKind = ({ kind, fillBeat }: Phrase): boolean =>
    anchor.kind === 'phrase' || (anchor.kind === 'fill' ? fillBeat !== null : kind === anchor.phraseKind);
  const name = anchor.kind === 'phrase-kind' ? anchor.phraseKind : anchor.kind;
  return structure.phrases
    .filter(isOfKind)
    .map((phrase, i): Spot => {
      const beat = anchor.kind === 'fill' ? (phrase.fillBeat ?? phrase.startBeat) : phrase.startBeat;
      return { place: placeOfBeat(carrier, beat), label: `${name} ${i + 1}`, phrase };
    })
    .filter((_, i) => anchor.nth === null || anchor.nth === i + 1);
}

const isMeant = (anchor: AnchorOf<'hot-cue' | 'memory-cue'>, { point, label }: NamedCuePoint): boolean =>
  anchor.kind === 'hot-cue'
    ? point.kind === 'hot' &&
      (anchor.button === null || anchor.button === point.button) &&
      (anchor.called === undefined || asRead(point.name ?? '') === asRead(anchor.called))
    : point.kind === 'memory' && (anchor.nth === null || label === `memory cue ${anchor.nth}`);

function spotAtBeat(track: Track, carrier: BeatGrid | null, beat: number, label: string): Spot {
  const place = placeOfBeat(carrier, beat);
  return { place, label, phrase: phraseIn(track, place, EXACT) };
}

function spotAtMs(track: Track, carrier: BeatGrid | null, positionMs: Ms, label: string): Spot {
  const place = placeOfMs(carrier, positionMs);
  return { place, label, phrase: phraseIn(track, place, EXACT) };
}

/** Place so far before or after a spot; null: nothing carries the spot into the unit of the offset. */
function shifted({ place }: Spot, offset: Offset | null, carrier: BeatGrid | null): ExactPlace | null {
  if (offset === null || offset.amount === 0) return place;
  if (offset.unit === 'ms') {
    return place.positionMs === null ? null : placeOfMs(carrier, place.positionMs + offset.amount);
  }
  return place.beat === null ? null : placeOfBeat(carrier, place.beat + inBeats(offset));
}

const inBeats = ({ amount, unit }: Offset): number => amount * (unit === 'bars' ? BEATS_PER_BAR : 1);

const positionIn = (coordinate: Coordinate, place: ExactPlace | null): number | null =>
  place === null ? null : coordinate === 'beats' ? place.beat : place.positionMs;

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
  return {
    rule,
    firstAnchor: first,
    everyBeats,
    shift: offset === null ? 0 : inBeats(offset),
    label: beat => {
      const isBeat = anchor.kind === 'every' && anchor.unit === 'beats';
      return labelled(isBeat ? `beat ${beat}` : `bar ${Math.floor((beat - first) / BEATS_PER_BAR) + 1}`, offset);
    },
  };
}

/** The moments of a series between two beats, both included. */
export function seriesBetween(moments: Moments, series: Series, from: number, to: number): Moment[] {
  const found: Moment[] = [];
  for (let i = indexFrom(series, from); beatOfNth(series, i) <= to; i++) {
    const moment = nthMoment(moments, series, i);
    if (moment !== null) found.push(moment);
  }
  return found;
}

/** The first moment of a series from about a beat on that is still to come; null: nothing carries it into the line. */
export function nextOfSeries(
  moments: Moments,
  series: Series,
  from: number,
  isToCome: (moment: Moment) => boolean,
): Moment | null {
  const first = indexFrom(series, from);
  // One of them may have been passed: the beat to start from is only as exact as a grid has carried it.
  for (const i of [first, first + 1]) {
    const moment = nthMoment(moments, series, i);
    if (moment !== null && isToCome(moment)) return moment;
  }
  return null;
}

const beatOfNth = ({ firstAnchor, everyBeats, shift }: Series, i: number): number =>
  firstAnchor + i * everyBeats + shift;

function indexFrom(series: Series, from: number): number {
  const { firstAnchor, everyBeats, shift } = series;
  let i = Math.max(0, Math.floor((from - shift - firstAnchor) / everyBeats));
  while (beatOfNth(series, i) < from) i++;
  return i;
}

function nthMoment({ track, coordinate }: Moments, series: Series, i: number): Moment | null {
  const place = placeOfBeat(carrierOf(track, coordinate), beatOfNth(series, i));
  const position = positionIn(coordinate, place);
  if (position === null) return null;
  const anchorBeat = series.firstAnchor + i * series.everyBeats;
  const phrase = phraseIn(track, { beat: anchorBeat }, EXACT);
  return { position, place, rule: series.rule, label: series.label(anchorBeat), phrase };
}

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
