/**
 * A deck of a simulated unit, exactly: where its playhead is at any moment, and what an act of the DJ changes.
 *
 * A deck keeps an anchor and computes the rest. Between two acts its path is a line with at most one kink (a nudge that
 * ends), folded into a loop or stopped at the ends of the track. Nothing ticks.
 */

import { assertNever } from '../../../src/core/assert-never.ts';
import type { Ms } from '../../../src/core/clock.ts';
import type { StatusValue } from '../layout.ts';
import { type DemoTrack, trackTempoAt } from './demo-tracks.ts';

export interface SimulatedDeck {
  readonly track: DemoTrack | null;
  /** Source of the track, as the unit says it. */
  readonly origin: TrackOrigin;
  /** Time at which the load began. */
  readonly loadedAt: Ms;
  /** Time at which the deck can play; from here on it has a position. */
  readonly readyAt: Ms;
  /** The load shows a stretch of junk beat numbers. */
  readonly showsJunk: boolean;
  readonly motion: 'playing' | 'paused' | 'cued';
  readonly anchor: { readonly at: Ms; readonly positionMs: Ms };
  /** Speed that the fader asks for: 1 is 0 %. */
  readonly pitchSpeed: number;
  readonly isReversed: boolean;
  /** A nudge: what is added to the speed, and until when. */
  readonly bend: { readonly speed: number; readonly until: Ms } | null;
  readonly loop: { readonly inMs: Ms; readonly outMs: Ms } | null;
  /** Position to which the cue button goes. */
  readonly cueMs: Ms;
  readonly isOnAir: boolean;
  /** The last number a track before this one left in the display; null: none yet. */
  readonly leftOverBeat: number | null;
}

/** Fields of a status for the source of a track. */
export type TrackOrigin = Pick<StatusValue, 'sourceSlot' | 'trackType'>;

export const FROM_USB: TrackOrigin = { sourceSlot: 'usb', trackType: 'rekordbox' };

/** Act of the DJ on a deck. */
export type DeckAction =
  | TrackAction
  /** `origin` not given: from a stick. */
  | { readonly kind: 'load'; readonly track: DemoTrack; readonly origin?: TrackOrigin }
  | { readonly kind: 'eject' }
  | { readonly kind: 'pitch'; readonly percent: number }
  | { readonly kind: 'on-air'; readonly isOn: boolean };

/** Act that a deck without a track passes over. */
type TrackAction =
  /** Before the load has ended: the deck starts as soon as it can. */
  | { readonly kind: 'play' }
  | { readonly kind: 'pause' }
  /** Back to the cue point (the start of the track), and wait there. */
  | { readonly kind: 'cue' }
  /** A nudge: so much faster or slower for a while. */
  | { readonly kind: 'bend'; readonly percent: number; readonly forMs: Ms }
  /** Ends a loop. By beats the place between two beats is kept; a stopped deck waits at the new place. */
  | { readonly kind: 'jump'; readonly to: JumpTarget }
  /** Begins at the start of the present beat, or of the present part of it when the loop is shorter than a beat; null: out. */
  | { readonly kind: 'loop'; readonly beats: number | null }
  | { readonly kind: 'reverse'; readonly isOn: boolean };

export type JumpTarget = { readonly beat: number } | { readonly ms: Ms } | { readonly byBeats: number };

/** Truth about a playhead, whatever the unit reports of it. */
export interface PlayheadTruth {
  /** A track is there and the load is over. */
  readonly loaded: boolean;
  /** Place in beats by the grid, 1-based, with its fraction; null: not loaded. */
  readonly beat: number | null;
  readonly positionMs: Ms | null;
  /** The playhead moves by itself. */
  readonly playing: boolean;
  /** Track tempo here, by what the fader asks for; null: not loaded. */
  readonly tempoBpm: number | null;
  /** Known from the moment the load begins. */
  readonly trackId: number | null;
}

/** A load as captured [UE]: a first phase, sometimes two seconds of junk, then 0.4 s more. */
export const LOAD_PHASES_MS = { first: 600, junk: 2000, last: 400 } as const;

export const EMPTY_DECK: SimulatedDeck = {
  track: null,
  origin: FROM_USB,
  loadedAt: 0,
  readyAt: 0,
  showsJunk: false,
  motion: 'cued',
  anchor: { at: 0, positionMs: 0 },
  pitchSpeed: 1,
  isReversed: false,
  bend: null,
  loop: null,
  cueMs: 0,
  isOnAir: false,
  leftOverBeat: null,
};

/** A position this little before a beat, in beats, is on it: rounding must not turn a jump to beat 145 into beat 144. */
const ON_THE_BEAT = 1e-6;
/** Moments at which something changes are answered this much late, so that rounding has surely passed them. */
const JUST_AFTER_MS: Ms = 1e-6;

/** Gives the position of the playhead; before the anchor it is at the anchor. A deck without a track stays at 0. */
export function positionMsAt(deck: SimulatedDeck, at: Ms): Ms {
  const { track, loop, anchor, isReversed } = deck;
  if (track === null) return 0;
  const way = distanceAt(deck, at);
  const place = anchor.positionMs + (isReversed ? -way : way);
  if (loop !== null) return loop.inMs + modulo(place - loop.inMs, loop.outMs - loop.inMs);
  return Math.min(track.lengthMs, Math.max(0, place));
}

/** Gives the speed of the audio, nudges included and whatever its direction: 1 is 0 %. A still deck has speed 0. */
export function runSpeedAt(deck: SimulatedDeck, at: Ms): number {
  return isMovingAt(deck, at) ? speedAt(deck, at) : 0;
}

export const isNudgedAt = (deck: SimulatedDeck, at: Ms): boolean => deck.bend !== null && at < deck.bend.until;

export const isLoadedAt = (deck: SimulatedDeck, at: Ms): boolean => deck.track !== null && at >= deck.readyAt;

export const isMovingAt = (deck: SimulatedDeck, at: Ms): boolean =>
  isLoadedAt(deck, at) && deck.motion === 'playing' && at < stopsAt(deck);

/** At the end of the track, with play still pressed. */
export const isEndedAt = (deck: SimulatedDeck, at: Ms): boolean =>
  isLoadedAt(deck, at) && deck.motion === 'playing' && !deck.isReversed && at >= stopsAt(deck);

/** The number of the beat a place in beats lies in, 0 before the first. */
export const beatNumber = (beat: number): number => Math.max(0, Math.floor(beat + ON_THE_BEAT));

/** The beat number at a moment; null: no track. */
export function beatNumberAt(deck: SimulatedDeck, at: Ms): number | null {
  return deck.track === null ? null : beatNumber(deck.track.grid.beatOfMs(positionMsAt(deck, at)));
}

/** Gives the time at which the playhead reaches the end of the track, or its start in reverse; infinity: it will not. */
export function stopsAt(deck: SimulatedDeck): Ms {
  if (deck.track === null || deck.motion !== 'playing' || deck.loop !== null) return Infinity;
  const { positionMs } = deck.anchor;
  return timeOfDistance(deck, deck.isReversed ? positionMs : deck.track.lengthMs - positionMs);
}

/** The next moment after `from` at which the playhead enters another beat or wraps; infinity: it will not. */
export function nextBeatAt(deck: SimulatedDeck, from: Ms): Ms {
  const { track, loop } = deck;
  if (track === null || deck.motion !== 'playing') return Infinity;
  const position = positionMsAt(deck, from);
  const beat = Math.floor(track.grid.beatOfMs(position) + ON_THE_BEAT);
  const border = track.grid.msOfBeat(deck.isReversed ? beat - 2 * ON_THE_BEAT : beat + 1);
  let way = Math.max(0, deck.isReversed ? position - border : border - position);
  if (loop !== null) way = Math.min(way, deck.isReversed ? position - loop.inMs : loop.outMs - position);
  else if (border < 0 || border > track.lengthMs) return Infinity;
  return timeOfDistance(deck, distanceAt(deck, from) + way) + JUST_AFTER_MS;
}

/** Gives the truth at a moment, not before the deck's last act. */
export function truthAt(deck: SimulatedDeck, at: Ms): PlayheadTruth {
  const trackId = deck.track?.id ?? null;
  if (deck.track === null || !isLoadedAt(deck, at)) {
    return { loaded: false, beat: null, positionMs: null, playing: false, tempoBpm: null, trackId };
  }
  const positionMs = positionMsAt(deck, at);
  const beat = deck.track.grid.beatOfMs(positionMs);
  const tempoBpm = trackTempoAt(deck.track, beatNumber(beat)) * deck.pitchSpeed;
  return { loaded: true, beat, positionMs, playing: isMovingAt(deck, at), tempoBpm, trackId };
}

/**
 * The deck after an act. An act that needs a track changes nothing on a deck without one.
 *
 * @param showsJunk the load of this unit shows a stretch of junk beat numbers
 */
export function applyDjAction(before: SimulatedDeck, act: DeckAction, at: Ms, showsJunk: boolean): SimulatedDeck {
  const deck = anchoredAt(before, at);
  switch (act.kind) {
    case 'on-air':
      return { ...deck, isOnAir: act.isOn };
    case 'pitch':
      return { ...deck, pitchSpeed: Math.max(0, 1 + act.percent / 100) };
    case 'load': {
      const { first, junk, last } = LOAD_PHASES_MS;
      const readyAt = at + first + (showsJunk ? junk : 0) + last;
      const kept = { pitchSpeed: deck.pitchSpeed, isOnAir: deck.isOnAir, leftOverBeat: displayedBeat(before, at) };
      const anchor = { at: readyAt, positionMs: 0 };
      return {
        ...EMPTY_DECK,
        ...kept,
        track: act.track,
        origin: act.origin ?? FROM_USB,
        loadedAt: at,
        readyAt,
        showsJunk,
        anchor,
      };
    }
    case 'eject': {
      const kept = { pitchSpeed: deck.pitchSpeed, isOnAir: deck.isOnAir, leftOverBeat: displayedBeat(before, at) };
      return { ...EMPTY_DECK, ...kept };
    }
  }
  return deck.track === null ? deck : applyToTrack(deck, deck.track, act);
}

/** Applies an act that needs a track; the deck is anchored at the moment of the act. */
function applyToTrack(deck: SimulatedDeck, { grid, lengthMs }: DemoTrack, act: TrackAction): SimulatedDeck {
  const { positionMs } = deck.anchor;
  switch (act.kind) {
    case 'play':
      return { ...deck, motion: 'playing' };
    case 'pause':
      return { ...deck, motion: 'paused', bend: null };
    case 'cue':
      return { ...movedTo(deck, deck.cueMs), motion: 'cued', bend: null, isReversed: false };
    case 'bend':
      return { ...deck, bend: { speed: act.percent / 100, until: deck.anchor.at + act.forMs } };
    case 'jump': {
      const { to } = act;
      const wanted =
        'ms' in to ? to.ms : grid.msOfBeat('beat' in to ? to.beat : grid.beatOfMs(positionMs) + to.byBeats);
      const moved = movedTo(deck, Math.min(lengthMs, Math.max(0, wanted)));
      return deck.motion === 'cued' ? { ...moved, motion: 'paused' } : moved;
    }
    case 'loop': {
      if (act.beats === null) return { ...deck, loop: null };
      const step = Math.min(1, act.beats);
      const beatIn = Math.floor((grid.beatOfMs(positionMs) - 1) / step + ON_THE_BEAT) * step + 1;
      const inMs = grid.msOfBeat(beatIn);
      const anchor = { ...deck.anchor, positionMs: Math.max(positionMs, inMs) };
      return { ...deck, anchor, loop: { inMs, outMs: grid.msOfBeat(beatIn + act.beats) } };
    }
    case 'reverse':
      return { ...deck, isReversed: act.isOn };
    default:
      return assertNever(act);
  }
}

const movedTo = (deck: SimulatedDeck, positionMs: Ms): SimulatedDeck => ({
  ...deck,
  loop: null,
  anchor: { ...deck.anchor, positionMs },
});

/** Anchors the deck at `at` on the same path; a deck that is still loading waits for the end of that. */
function anchoredAt(deck: SimulatedDeck, at: Ms): SimulatedDeck {
  const anchor = { at: Math.max(at, deck.readyAt), positionMs: positionMsAt(deck, at) };
  return { ...deck, anchor, bend: isNudgedAt(deck, at) ? deck.bend : null };
}

/** Gives the beat display as a track leaves: its number, or the rest of the number before. */
function displayedBeat(deck: SimulatedDeck, at: Ms): number | null {
  return isLoadedAt(deck, at) ? beatNumberAt(deck, at) : deck.leftOverBeat;
}

const modulo = (n: number, by: number): number => ((n % by) + by) % by;

const speedAt = (deck: SimulatedDeck, at: Ms): number =>
  Math.max(0, deck.pitchSpeed + (deck.bend !== null && at < deck.bend.until ? deck.bend.speed : 0));

/** ms of track that have run since the anchor, whatever the direction, loops and ends. */
function distanceAt(deck: SimulatedDeck, at: Ms): Ms {
  const { anchor, bend, pitchSpeed } = deck;
  if (deck.motion !== 'playing' || at <= anchor.at) return 0;
  const kink = bend === null ? anchor.at : Math.min(at, Math.max(anchor.at, bend.until));
  return (kink - anchor.at) * speedAt(deck, anchor.at) + (at - kink) * pitchSpeed;
}

/** The inverse: when so much of the track will have run; infinity when it stands. */
function timeOfDistance(deck: SimulatedDeck, way: Ms): Ms {
  const { anchor, bend, pitchSpeed } = deck;
  if (way <= 0) return anchor.at;
  const bentMs = bend === null ? 0 : Math.max(0, bend.until - anchor.at);
  const bentSpeed = speedAt(deck, anchor.at);
  if (way <= bentMs * bentSpeed) return anchor.at + way / bentSpeed;
  return pitchSpeed > 0 ? anchor.at + bentMs + (way - bentMs * bentSpeed) / pitchSpeed : Infinity;
}
