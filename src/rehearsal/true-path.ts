/**
 * Where a DJ's acts take the playheads: pieces of straight play, worked out from the acts alone. It shares no line of code
 * with the program that is judged by it, nor with the simulated unit; a caller brings the grids of the tracks.
 */
import type { DemoTrack } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import type { DeckAction } from '../../bridges/opus-quad/simulator/simulated-deck.ts';

export type PlayedDeck = 1 | 2;

export interface PlannedAct {
  readonly at: number;
  readonly deck: PlayedDeck;
  readonly act: DeckAction;
}

/** What of a track the places of its playheads depend on. */
export interface PathTrack {
  readonly id: number;
  readonly lengthMs: number;
  msOfBeat(beat: number): number;
  /** The inverse of `msOfBeat`. */
  beatOfMs(ms: number): number;
}

/** Finds what is known of a track that a deck loads. */
export type PathOf = (track: DemoTrack) => PathTrack;

/**
 * How a piece of play begins. `fresh`: from where a load or CUE has put the playhead; `resumed`: from where it was stopped;
 * `landed`: at a jump or the turn of a loop.
 */
export type PlayBeginning = 'fresh' | 'resumed' | 'landed';

/** Play without a break, at one speed. */
export interface PlayPiece {
  readonly deck: PlayedDeck;
  readonly track: PathTrack;
  /** Counts the loads of its deck. */
  readonly load: number;
  readonly beginning: PlayBeginning;
  readonly from: number;
  /** Infinity: nothing ends it. */
  readonly until: number;
  readonly fromMs: number;
  /** ms of track per ms. */
  readonly speed: number;
}

/** A stop of the playhead, or a jump: until it is told, a listener believes that play goes on. */
export interface Leaving {
  readonly deck: PlayedDeck;
  readonly track: PathTrack;
  readonly load: number;
  readonly at: number;
  readonly fromMs: number;
  readonly speed: number;
  readonly isStop: boolean;
}

export interface TruePath {
  readonly pieces: readonly PlayPiece[];
  readonly leavings: readonly Leaving[];
  /** Where a deck is at a moment; null: no track. */
  placeAt(deck: PlayedDeck, at: number): number | null;
}

interface Playhead {
  track: PathTrack | null;
  load: number;
  /** Of the fader. */
  speed: number;
  isPlaying: boolean;
  /** When the fields below were true. */
  at: number;
  ms: number;
  isFresh: boolean;
  loop: { readonly inMs: number; readonly outMs: number } | null;
  piece: Omit<PlayPiece, 'until'> | null;
}

/** Where a deck was after an act. */
interface NotedPlace {
  readonly at: number;
  readonly ms: number;
  readonly speed: number;
  readonly loop: Playhead['loop'];
}

function placeAfter({ at: then, ms: from, speed, loop }: NotedPlace, at: number): number {
  const ms = from + (at - then) * speed;
  return loop === null || ms < loop.outMs ? ms : loop.inMs + ((ms - loop.inMs) % (loop.outMs - loop.inMs));
}

/** Rounding of a place in beats. */
const ON_THE_BEAT = 1e-6;

/** @param until the end of the evening: pieces that nothing ends end there */
export function truePath(acts: readonly PlannedAct[], until: number, pathOf: PathOf): TruePath {
  const pieces: PlayPiece[] = [];
  const leavings: Leaving[] = [];
  const places = new Map<PlayedDeck, NotedPlace[]>();

  for (const deck of [1, 2] as const) {
    const head: Playhead = {
      ...{ track: null, load: 0, speed: 1, isPlaying: false, at: 0, ms: 0, isFresh: true, loop: null, piece: null },
    };
    const noted: NotedPlace[] = [];
    places.set(deck, noted);

    const begin = (beginning: PlayBeginning): void => {
      if (head.track === null) return;
      const { track, load, at, ms, speed } = head;
      head.piece = { deck, track, load, beginning, from: at, fromMs: ms, speed };
      head.isFresh = false;
    };
    const end = (why: 'stop' | 'elsewhere' | 'same place'): void => {
      const { piece, at, ms } = head;
      head.piece = null;
      if (piece === null) return;
      pieces.push({ ...piece, until: at });
      if (why !== 'same place') leavings.push({ ...piece, at, fromMs: ms, isStop: why === 'stop' });
    };
    /** Plays on to a moment, through the turns of a loop. */
    const runTo = (at: number): void => {
      while (head.isPlaying && head.loop !== null) {
        const wrapAt = head.at + (head.loop.outMs - head.ms) / head.speed;
        if (wrapAt > at) break;
        head.at = wrapAt;
        head.ms = head.loop.outMs;
        end('elsewhere');
        head.ms = head.loop.inMs;
        begin('landed');
      }
      if (head.isPlaying) head.ms += (at - head.at) * head.speed;
      head.at = at;
    };
    for (const { at, act } of acts.filter(planned => planned.deck === deck)) {
      runTo(at);
      apply(head, act, { pathOf, begin, end });
      noted.push({ at, ms: head.ms, speed: head.isPlaying ? head.speed : 0, loop: head.loop });
    }
    runTo(until);
    end('same place');
  }
  pieces.sort((a, b) => a.from - b.from);
  leavings.sort((a, b) => a.at - b.at);
  return {
    pieces,
    leavings,
    placeAt(deck, at) {
      const last = places.get(deck)?.findLast(noted => noted.at <= at);
      return last === undefined ? null : placeAfter(last, at);
    },
  };
}

interface PieceMaker {
  readonly pathOf: PathOf;
  readonly begin: (beginning: PlayBeginning) => void;
  readonly end: (why: 'stop' | 'elsewhere' | 'same place') => void;
}

function apply(head: Playhead, act: DeckAction, { pathOf, begin, end }: PieceMaker): void {
  const { track } = head;
  switch (act.kind) {
    case 'load':
      end('stop');
      head.track = pathOf(act.track);
      head.load++;
      Object.assign(head, { isPlaying: false, ms: 0, isFresh: true, loop: null });
      return;
    case 'pitch':
      head.speed = 1 + act.percent / 100;
      if (head.piece === null) return;
      end('same place');
      begin('resumed');
      return;
    case 'play':
      if (head.isPlaying || track === null) return;
      head.isPlaying = true;
      begin(head.isFresh ? 'fresh' : 'resumed');
      return;
    case 'pause':
      end('stop');
      head.isPlaying = false;
      return;
    case 'cue':
      end('stop');
      Object.assign(head, { isPlaying: false, ms: 0, isFresh: true, loop: null });
      return;
    case 'jump': {
      if (track === null) return;
      end('elsewhere');
      const beat = track.beatOfMs(head.ms);
      const { to } = act;
      head.ms = 'ms' in to ? to.ms : track.msOfBeat('beat' in to ? to.beat : beat + to.byBeats);
      head.loop = null;
      if (head.isPlaying) begin('landed');
      else head.isFresh = true;
      return;
    }
    case 'loop':
      if (track !== null) head.loop = act.beats === null ? null : loopAt(track, head.ms, act.beats);
      return;
    case 'reverse':
      // Backwards nothing is passed; where it goes forward again it has landed.
      end('elsewhere');
      head.speed = act.isOn ? -Math.abs(head.speed) : Math.abs(head.speed);
      if (!act.isOn && head.isPlaying) begin('landed');
      return;
    case 'eject':
      end('stop');
      Object.assign(head, { track: null, isPlaying: false, ms: 0, isFresh: true, loop: null });
      return;
    case 'on-air':
      return;
    default:
      throw new Error(`no path is known for ${act.kind}`);
  }
}

/** A loop begins with the beat that is there; one that is shorter than a beat with the part of it that is there. */
function loopAt(track: PathTrack, ms: number, beats: number): Playhead['loop'] {
  const part = Math.min(1, beats);
  const beatIn = Math.floor((track.beatOfMs(ms) - 1) / part + ON_THE_BEAT) * part + 1;
  return { inMs: track.msOfBeat(beatIn), outMs: track.msOfBeat(beatIn + beats) };
}
