/** Beats that still have to pass on whatever deck the show is about: they outlive jumps, loops and hand-overs. Pure. */
import type { Ms } from '../clock.ts';
import { type Deck, type DeckKey, followedUntil } from '../deck/deck.ts';
import { placeAt, timeOfPlace } from '../deck/line.ts';
import { toBeat, toCoordinate } from '../track/track.ts';

export interface BeatCount {
  readonly left: number;
  /** Place at the last look at the count; null: no deck has been heard since it began. */
  readonly seen: BeatSight | null;
  /** Part of a beat at which it ends; null: not known yet. */
  readonly phase: number | null;
}

interface BeatSight {
  readonly deck: DeckKey;
  readonly pass: number;
  readonly beat: number;
  readonly at: Ms;
  readonly beatsPerMs: number;
}

export const beatsToCount = (beats: number): BeatCount => ({ left: beats, seen: null, phase: null });

/**
 * Counts up to a moment.
 *
 * In one pass places are compared, so that no correction of the line is counted. What passed between the last look and a
 * jump is known by time alone: the count then ends at the same part of a beat as it would have.
 */
export function countBeats(count: BeatCount, deck: Deck | null, at: Ms): BeatCount {
  const seen = deck === null ? null : sightOf(deck, at);
  if (seen === null) return count;
  const { left, seen: last, phase } = count;
  if (last === null) return { left, seen, phase: phase ?? phaseOf(seen.beat + left) };
  if (last.deck === seen.deck && last.pass === seen.pass) {
    return seen.beat === last.beat ? count : { left: left - (seen.beat - last.beat), seen, phase };
  }
  const passed = Math.max(0, last.beatsPerMs * (seen.at - last.at));
  return { left: inPhase(left - passed, seen.beat, phase ?? 0), seen, phase };
}

/** Gives the time at which the count ends if the deck plays on as it does; null: not before more is heard of it. */
export function countEndsAt({ left, seen }: BeatCount, deck: Deck | null): Ms | null {
  if (seen === null || deck?.key !== seen.deck || deck.pass !== seen.pass) return null;
  const { line, track, isPlaying } = deck;
  if (line === null || track === null || !isPlaying || line.rate <= 0) return null;
  const place = toCoordinate(track, line.coordinate, seen.beat + left);
  const time = place === null ? null : timeOfPlace(line, place);
  return time === null || time > followedUntil(deck, Infinity) ? null : time;
}

function sightOf(deck: Deck, at: Ms): BeatSight | null {
  const { line, track, key, pass, isPlaying } = deck;
  if (line === null || track === null) return null;
  const until = followedUntil(deck, at);
  const beat = toBeat(track, line.coordinate, placeAt(line, until));
  if (beat === null) return null;
  const ahead = toBeat(track, line.coordinate, placeAt(line, until) + line.rate * 1000);
  return { deck: key, pass, beat, at, beatsPerMs: !isPlaying || ahead === null ? 0 : (ahead - beat) / 1000 };
}

const phaseOf = (beat: number): number => beat - Math.floor(beat);

/** The number of beats nearest to `left` after which a beat has this part behind it; below 0: it has been passed. */
function inPhase(left: number, beat: number, phase: number): number {
  const end = beat + left;
  const nearest = Math.round(end - phase) + phase;
  return nearest - beat;
}
