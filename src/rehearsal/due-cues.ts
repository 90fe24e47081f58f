/**
 * The cues that are due on a true path. It shares no line of code with src/core; a caller brings the places that rules
 * name in a track.
 */
import type { PathTrack, PlayedDeck, PlayPiece, TruePath } from './true-path.ts';

/** A cue as it is told apart: rule and place by the names the program gives them. */
export interface CueName {
  readonly deck: PlayedDeck;
  readonly rule: string;
  /** `beat 12`, `4 beats before chorus 1`. */
  readonly place: string;
}

export interface Due extends CueName {
  readonly load: number;
  readonly at: number;
  /**
   * `must`: the playhead passes the place. `landing`: it does not, but stands so closely before where the playhead lands that
   * a listener is free to say it. `beyond`: it lies where the playhead would have come to, had it not gone elsewhere.
   */
  readonly kind: 'must' | 'landing' | 'beyond';
  /** When the path last began anew before: at a start, a jump or a turn. */
  readonly sinceAt: number;
  readonly placeMs: number;
}

/** A place of a rule in a track, by the name that the program gives it. */
export interface PlaceInTrack {
  readonly rule: string;
  readonly place: string;
  readonly ms: number;
}

/** Finds every place of a track that the rules name, in order. */
export type PlacesOf = (track: PathTrack) => readonly PlaceInTrack[];

/** Rounding of a place in ms, as of a jump that lands on a beat. */
const SAME_MS = 1e-6;
/** A place in ms is told up to this much late: of a landing, what lies so closely before it may be told with it. */
const BEFORE_LANDING_MS = 100;

/** @param followedMs how long a listener may follow play that has gone elsewhere */
export function dueCues(path: TruePath, followedMs: number, placesOf: PlacesOf): readonly Due[] {
  const due: Due[] = [];
  const sinceAt = new Map<PlayedDeck, number>();
  for (const piece of path.pieces) {
    const { deck, track, load, beginning, from, fromMs, speed } = piece;
    if (beginning !== 'resumed') sinceAt.set(deck, from);
    const common = { deck, load, sinceAt: sinceAt.get(deck) ?? from };
    const includesStart = beginning !== 'resumed';
    // A loop turns as it comes to its end, which therefore is not passed.
    for (const { rule, place, ms } of between(placesOf(track), fromMs, endMsOf(piece) - 2 * SAME_MS, includesStart)) {
      due.push({ ...common, rule, place, placeMs: ms, kind: 'must', at: from + (ms - fromMs) / speed });
    }
    if (beginning !== 'landed') continue;
    const least = Math.min(track.msOfBeat(Math.floor(track.beatOfMs(fromMs) + SAME_MS)), fromMs - BEFORE_LANDING_MS);
    for (const { rule, place, ms } of between(placesOf(track), least, fromMs - 2 * SAME_MS, true)) {
      due.push({ ...common, rule, place, placeMs: ms, kind: 'landing', at: from });
    }
  }
  for (const { deck, track, load, at, fromMs, speed } of path.leavings) {
    for (const { rule, place, ms } of between(placesOf(track), fromMs, fromMs + followedMs * speed, true)) {
      due.push({ deck, load, rule, place, placeMs: ms, kind: 'beyond', at: at + (ms - fromMs) / speed, sinceAt: at });
    }
  }
  return due.sort((a, b) => a.at - b.at);
}

const endMsOf = ({ from, until, fromMs, speed }: PlayPiece): number => fromMs + (until - from) * speed;

/** Places up to `toMs`; at `fromMs` itself only if so told. */
function between(
  places: readonly PlaceInTrack[],
  fromMs: number,
  toMs: number,
  includesFrom: boolean,
): readonly PlaceInTrack[] {
  const first = includesFrom ? fromMs - SAME_MS : fromMs + SAME_MS;
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle]?.ms ?? Infinity) >= first) high = middle;
    else low = middle + 1;
  }
  const found: PlaceInTrack[] = [];
  for (let i = low; i < places.length; i++) {
    const place = places[i];
    if (place === undefined || place.ms > toMs + SAME_MS) break;
    found.push(place);
  }
  return found;
}
