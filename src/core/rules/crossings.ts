/**
 * The moments that a deck has passed since it was last looked at: each once, in order, with its true time.
 *
 * Moments are counted in position, not in time. A deck keeps a mark that only rises within a pass, so neither a late
 * call nor a correction of the line loses or doubles one. A jump begins a new pass with a fresh mark on the landing
 * place, which itself belongs to it: nothing was queued, so nothing has to be taken back.
 */
import type { Ms } from '../clock.ts';
import { type Deck, followedUntil } from '../deck/deck.ts';
import { placeAt, timeOfPlace } from '../deck/line.ts';
import type { Looked, Mark } from '../deck/mark.ts';
import type { Coordinate } from '../track/beat-grid.ts';
import type { Phrase } from '../track/phrase.ts';
import { type Track, toBeat, toCoordinate } from '../track/track.ts';
import { momentName, relook } from './learnt-moments.ts';
import { type Moment, type Moments, momentsOf, nextOfSeries } from './moments.ts';
import type { MomentRule } from './rule.ts';
import { firstIndex, isAfter, momentsBetween, SAME_BEAT } from './stretch.ts';

/** A moment that was reached. */
export interface Crossing {
  readonly deck: Deck;
  readonly moment: Moment;
  /** Time at which the playhead was there. */
  readonly trueTime: Ms;
}

/** Two places closer than this are one: rounding of doubles over a whole day, in beats and in ms. */
const SAME_PLACE = 1e-7;

/** Moments by track, worked out anew when more is known of the track: its object is another one then. */
export type MomentTable = (track: Track, coordinate: Coordinate) => Moments;

export function momentTable(rules: readonly MomentRule[]): MomentTable {
  const tables: Record<Coordinate, WeakMap<Track, Moments>> = { beats: new WeakMap(), ms: new WeakMap() };
  return (track, coordinate) => {
    const known = tables[coordinate].get(track);
    if (known !== undefined) return known;
    const fresh = momentsOf(track, coordinate, rules);
    tables[coordinate].set(track, fresh);
    return fresh;
  };
}

/** Moves a deck's mark up to its line at `at`, and lists what it passed. Only a deck that plays forward passes anything. */
export function crossDeck(table: MomentTable, deck: Deck, at: Ms): { deck: Deck; crossings: readonly Crossing[] } {
  const { line, track, mark } = deck;
  if (line === null || track === null || mark === null || !deck.isPlaying || line.rate <= 0)
    return { deck, crossings: [] };
  const until = followedUntil(deck, at);
  const reached = placeAt(line, until) + SAME_PLACE;
  const isBehind = mark.isFresh ? reached < mark.crossed : reached <= mark.crossed;
  const isRelearnt = mark.looked !== null && mark.looked.track !== track;
  if (isBehind && !isRelearnt) return { deck, crossings: [] };
  const moments = table(track, line.coordinate);
  const { late, looked } = lookedBy(table, moments, mark, deck.playingSince);
  const isToCome = (moment: Moment): boolean => !looked.spent.has(momentName(moment));
  const passed = isBehind ? [] : momentsBetween(moments, mark, reached).filter(isToCome);
  const jumped = deck.jump === null || isBehind ? [] : momentsJumpedOver(moments, deck.jump);
  const moved: Deck = isBehind
    ? { ...deck, mark: { ...mark, looked } }
    : { ...deck, mark: { crossed: reached, at: until, isFresh: false, looked }, jump: null };
  // A moment between the mark and here was passed between then and now: not before the landing, not before the start.
  const trueTimeOf = ({ position }: Moment, since: Ms): Ms => {
    const notBefore = Math.max(since, deck.playingSince ?? since);
    return Math.min(at, Math.max(notBefore, timeOfPlace(line, position) ?? notBefore));
  };
  const jumpedAt = Math.max(mark.at, deck.playingSince ?? mark.at, deck.jump?.at ?? at);
  const crossings = [
    ...late
      .map(moment => ({ deck: moved, moment, trueTime: trueTimeOf(moment, looked.since.at) }))
      .filter(({ moment, trueTime }) => at - trueTime <= Math.max(LEARNT_WITHIN_MS, moment.rule.dropIfLateByMs)),
    ...jumped.map(moment => ({ deck: moved, moment, trueTime: jumpedAt })),
    ...passed.map(moment => ({ deck: moved, moment, trueTime: trueTimeOf(moment, mark.at) })),
  ];
  return { deck: moved, crossings };
}

/** What was learnt later than this after a moment was passed makes no cue late: nobody could have known of it. */
const LEARNT_WITHIN_MS: Ms = 2000;

/**
 * The moments that a mark has passed since its deck last began to play without anybody knowing it, and what it has been
 * looked at by, with what is known now.
 */
function lookedBy(
  table: MomentTable,
  moments: Moments,
  { crossed, at, isFresh, looked }: Mark,
  playingSince: Ms | null,
): { readonly late: readonly Moment[]; readonly looked: Looked } {
  const { track, coordinate } = moments;
  const isStart = looked === null || at < (playingSince ?? -Infinity);
  const since = isStart ? { crossed, at, isFresh } : looked.since;
  if (looked === null) return { late: [], looked: { track, since, spent: NOTHING } };
  if (looked.track === track) return { late: [], looked: isStart ? { ...looked, since } : looked };
  const { spent: spentBefore } = looked;
  const before = table(looked.track, coordinate);
  const { late, spent } = relook(moments, { moments: before, since, crossed, spent: spentBefore });
  return { late, looked: { track, since, spent } };
}

const NOTHING: ReadonlySet<string> = new Set();

/** Moments that a jump forward passed over and a rule wants all the same. A rule that repeats is not caught up. */
const momentsJumpedOver = (
  { single }: Moments,
  { from, to }: { readonly from: number; readonly to: number },
): Moment[] => single.filter(({ position, rule }) => rule.onJump === 'fire' && position > from && position < to);

/** The next moments of a deck in order, with their times, for the timer and for the status. */
export function upcoming(
  table: MomentTable,
  deck: Deck,
  most: number,
): readonly { readonly moment: Moment; readonly at: Ms }[] {
  const { line, track, mark } = deck;
  if (line === null || track === null || mark === null || !deck.isPlaying || line.rate <= 0) return [];
  const moments = table(track, line.coordinate);
  const start = firstIndex(moments.single, mark);
  const next = moments.single.slice(start, start + most);
  const from = toBeat(track, line.coordinate, mark.crossed);
  if (from !== null) {
    for (const each of moments.series) {
      const first = nextOfSeries(moments, each, from - SAME_BEAT, ({ position }) => isAfter(mark, position));
      if (first !== null) next.push(first);
    }
  }
  next.sort((a, b) => a.position - b.position);
  return next.slice(0, most).flatMap(moment => {
    const due = timeOfPlace(line, moment.position);
    return due === null ? [] : [{ moment, at: due }];
  });
}

/**
 * Time at which a deck next needs to be looked at if no report comes before: at a moment, at the edge of a phrase or
 * fill, and at each beat if a condition reads the position. null: not before its next report.
 */
export function nextDueOf(table: MomentTable, deck: Deck, at: Ms, readsPosition: boolean): Ms | null {
  const { line, track } = deck;
  if (line === null || track === null || !deck.isPlaying || line.rate <= 0) return null;
  const due: Ms[] = upcoming(table, deck, 1).map(next => next.at);
  const beat = toBeat(track, line.coordinate, placeAt(line, at) + SAME_PLACE);
  if (beat !== null) {
    const edge = edgeAfter(track.structure?.phrases ?? [], beat);
    for (const next of [edge, readsPosition ? Math.floor(beat) + 1 : null]) {
      const place = next === null ? null : toCoordinate(track, line.coordinate, next);
      const time = place === null ? null : timeOfPlace(line, place);
      if (time !== null) due.push(time);
    }
  }
  const next = Math.min(...due);
  // A line is not followed beyond the time in which a report was due.
  return next > followedUntil(deck, Infinity) ? null : Math.max(at, next);
}

function edgeAfter(phrases: readonly Phrase[], beat: number): number | null {
  for (const { startBeat, fillBeat, endBeat } of phrases) {
    if (endBeat <= beat) continue;
    for (const edge of [startBeat, fillBeat, endBeat]) if (edge !== null && edge > beat) return edge;
  }
  return null;
}
