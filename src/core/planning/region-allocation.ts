/**
 * Gives each track of a list a region of a timecode: a stretch of the day that no other track runs into. Pure.
 *
 * A region that has been given stays where it is, for a console is programmed by it: neither a list that grows nor one in another
 * order moves a region.
 */
import { countOf, type FrameRate, framesPerDay, framesPerHour, labelOf } from '../timecode/timecode.ts';

/** A stretch of the day. Places are frames since midnight. */
export interface FrameSpan {
  readonly start: number;
  readonly lengthFrames: number;
}

/** The region of a track. */
export interface Region extends FrameSpan {
  readonly key: string;
}

export interface Wanted {
  /** Name by which the track is known again. */
  readonly key: string;
  /** At least 1. */
  readonly lengthFrames: number;
}

export interface Request {
  /** In the order of the list; a key that comes again is the same track. */
  readonly tracks: readonly Wanted[];
  readonly rate: FrameRate;
  /** Stretches that tracks must keep clear of: regions of the profile, that of unknown tracks. */
  readonly taken: readonly FrameSpan[];
  /** No region is given before this place. */
  readonly from: number;
  /** `hour`: each begins on a whole hour, which is its own; `packed`: on the next whole minute after the one before. */
  readonly each: 'hour' | 'packed';
  /** Regions given earlier, to these tracks and to others. */
  readonly before: readonly Region[];
}

/**
 * Reason why a track has no region, or none that will do: `midnight`, it would run past the end of the day wherever it began;
 * `full`, nothing that is left is long enough; `overlap`, it has a region, and runs from it into something else by now.
 */
export type Refusal = 'midnight' | 'full' | 'overlap';

export interface Allocation {
  /** Of the tracks of the list, in its order; none runs into another, into what is taken, or past midnight. */
  readonly regions: readonly (Region & { readonly isNew: boolean })[];
  readonly refused: readonly (Wanted & { readonly why: Refusal })[];
}

export function allocate({ tracks, rate, taken, from, each, before }: Request): Allocation {
  const day = framesPerDay(rate);
  const unique = [...new Map([...tracks].reverse().map(track => [track.key, track])).values()].reverse();
  const given = new Map(before.map(region => [region.key, region]));
  const busy: FrameSpan[] = [...taken, ...before];
  const regions: (Region & { isNew: boolean })[] = [];
  const refused: (Wanted & { why: Refusal })[] = [];
  let next = from;
  for (const { key, lengthFrames } of unique) {
    const old = given.get(key);
    if (old !== undefined) {
      // What has become shorter keeps its room.
      const region = { key, start: old.start, lengthFrames: Math.max(old.lengthFrames, lengthFrames) };
      const others = busy.filter(stretch => stretch !== old);
      if (old.start + region.lengthFrames > day || others.some(other => meet(region, other))) {
        refused.push({ key, lengthFrames, why: 'overlap' });
      } else {
        busy[busy.indexOf(old)] = region;
        regions.push({ ...region, isNew: false });
      }
      next = Math.max(from, old.start + old.lengthFrames);
      continue;
    }
    const step = each === 'hour' ? framesPerHour(rate) : null;
    const room = { rate, step, lengthFrames: step === null ? lengthFrames : Math.ceil(lengthFrames / step) * step };
    const start = firstFree(room, next, busy) ?? firstFree(room, from, busy);
    if (start === null) {
      refused.push({ key, lengthFrames, why: firstFree(room, from, []) === null ? 'midnight' : 'full' });
      continue;
    }
    const region = { key, start, lengthFrames };
    busy.push({ start, lengthFrames: room.lengthFrames });
    regions.push({ ...region, isNew: true });
    next = start + room.lengthFrames;
  }
  return { regions, refused };
}

const meet = (a: FrameSpan, b: FrameSpan): boolean =>
  a.start < b.start + b.lengthFrames && b.start < a.start + a.lengthFrames;

/** Room that a region needs. */
interface Room {
  readonly rate: FrameRate;
  /** Frames of an hour, where it begins on a whole one; null: on a whole minute, which are not equally long in drop-frame. */
  readonly step: number | null;
  readonly lengthFrames: number;
}

/** The first place from `from` on that has the room before the end of the day. */
function firstFree({ rate, step, lengthFrames }: Room, from: number, busy: readonly FrameSpan[]): number | null {
  const upTo = (place: number): number => (step === null ? wholeMinute(rate, place) : Math.ceil(place / step) * step);
  for (let start = upTo(from); start + lengthFrames <= framesPerDay(rate); ) {
    const wanted = { start, lengthFrames };
    const inTheWay = busy.filter(other => meet(wanted, other)).map(other => other.start + other.lengthFrames);
    if (inTheWay.length === 0) return start;
    start = upTo(Math.max(...inTheWay, start + 1));
  }
  return null;
}

/** The first frame of the minute that begins at a place or next after it. Minutes of drop-frame begin with frame 02. */
function wholeMinute(rate: FrameRate, place: number): number {
  const { hours, minutes } = labelOf(rate, place);
  const startOf = (minute: number): number => {
    const label = { hours: Math.floor(minute / 60), minutes: minute % 60, seconds: 0 };
    return countOf(rate, { ...label, frames: 0 }) ?? countOf(rate, { ...label, frames: 2 }) ?? framesPerDay(rate);
  };
  if (place >= framesPerDay(rate)) return place;
  const start = startOf(60 * hours + minutes);
  return start >= place ? start : startOf(60 * hours + minutes + 1);
}
