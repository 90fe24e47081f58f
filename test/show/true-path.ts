/**
 * Where a DJ's acts take the playheads: pieces of straight play, worked out from the acts alone. It shares no line of code
 * with the program that is judged by it, nor with the simulated unit, against which each evening checks it.
 */
import type { DemoTrack } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import type { DeckAction } from '../../bridges/opus-quad/simulator/simulated-deck.ts';

export type PlayedDeck = 1 | 2;

export interface PlannedAct {
  readonly at: number;
  readonly deck: PlayedDeck;
  readonly act: DeckAction;
}

/** A steady grid by its two figures, and what of a track the DJ's acts depend on. */
export interface PlainTrack {
  readonly id: number;
  readonly title: string;
  readonly firstBeatMs: number;
  readonly tempoBpm: number;
}

/** The tracks with one tempo, as their makers wrote them down. */
export const PLAIN_TRACKS: readonly PlainTrack[] = [
  { id: 829, title: 'Night Tram', firstBeatMs: 123, tempoBpm: 128 },
  { id: 414, title: 'Glass Quay', firstBeatMs: 57, tempoBpm: 124 },
  { id: 184, title: 'Slow Lantern', firstBeatMs: 310, tempoBpm: 120 },
  { id: 1203, title: 'Copper Awning', firstBeatMs: 24, tempoBpm: 125 },
  { id: 77, title: 'Paper Satellites', firstBeatMs: 441, tempoBpm: 132 },
  { id: 65536, title: 'Concrete Orchard', firstBeatMs: 208, tempoBpm: 140 },
  { id: 3001, title: 'Fast Allotment', firstBeatMs: 89, tempoBpm: 174 },
  { id: 2020, title: 'Untitled Yard', firstBeatMs: 176, tempoBpm: 126 },
  { id: 9, title: 'Second Platform', firstBeatMs: 18, tempoBpm: 127.93 },
];

export const msOfBeat = ({ firstBeatMs, tempoBpm }: PlainTrack, beat: number): number =>
  firstBeatMs + ((beat - 1) * 60_000) / tempoBpm;

export const beatOfMs = ({ firstBeatMs, tempoBpm }: PlainTrack, ms: number): number =>
  1 + ((ms - firstBeatMs) * tempoBpm) / 60_000;

/**
 * How a piece of play begins. `fresh`: from where a load or CUE has put the playhead; `resumed`: from where it was stopped;
 * `landed`: at a jump or the turn of a loop.
 */
export type Beginning = 'fresh' | 'resumed' | 'landed';

/** Play without a break, at one speed. */
export interface Piece {
  readonly deck: PlayedDeck;
  readonly track: PlainTrack;
  /** Counts the loads of its deck. */
  readonly load: number;
  readonly beginning: Beginning;
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
  readonly track: PlainTrack;
  readonly load: number;
  readonly at: number;
  readonly fromMs: number;
  readonly speed: number;
  readonly isStop: boolean;
}

export interface TruePath {
  readonly pieces: readonly Piece[];
  readonly leavings: readonly Leaving[];
  /** Where a deck is at a moment; null: no track. */
  placeAt(deck: PlayedDeck, at: number): number | null;
}

interface Playhead {
  track: PlainTrack | null;
  load: number;
  /** Of the fader. */
  speed: number;
  isPlaying: boolean;
  /** When the fields below were true. */
  at: number;
  ms: number;
  isFresh: boolean;
  loop: { readonly inMs: number; readonly outMs: number } | null;
  piece: Omit<Piece, 'until'> | null;
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
export function truePath(acts: readonly PlannedAct[], until: number): TruePath {
  const pieces: Piece[] = [];
  const leavings: Leaving[] = [];
  const places = new Map<PlayedDeck, NotedPlace[]>();

  for (const deck of [1, 2] as const) {
    const head: Playhead = {
      ...{ track: null, load: 0, speed: 1, isPlaying: false, at: 0, ms: 0, isFresh: true, loop: null, piece: null },
    };
    const noted: NotedPlace[] = [];
    places.set(deck, noted);

    const begin = (beginning: Beginning): void => {
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
      apply(head, act, begin, end);
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

function apply(
  head: Playhead,
  act: DeckAction,
  begin: (beginning: Beginning) => void,
  end: (why: 'stop' | 'elsewhere' | 'same place') => void,
): void {
  const { track } = head;
  switch (act.kind) {
    case 'load':
      end('stop');
      head.track = plain(act.track);
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
      const beat = beatOfMs(track, head.ms);
      const { to } = act;
      head.ms = 'ms' in to ? to.ms : msOfBeat(track, 'beat' in to ? to.beat : beat + to.byBeats);
      head.loop = null;
      if (head.isPlaying) begin('landed');
      else head.isFresh = true;
      return;
    }
    case 'loop':
      if (track !== null) head.loop = act.beats === null ? null : loopAt(track, head.ms, act.beats);
      return;
    case 'on-air':
      return;
    default:
      throw new Error(`no path is known for ${act.kind}`);
  }
}

/** A loop begins with the beat that is there; one that is shorter than a beat with the part of it that is there. */
function loopAt(track: PlainTrack, ms: number, beats: number): Playhead['loop'] {
  const part = Math.min(1, beats);
  const beatIn = Math.floor((beatOfMs(track, ms) - 1) / part + ON_THE_BEAT) * part + 1;
  return { inMs: msOfBeat(track, beatIn), outMs: msOfBeat(track, beatIn + beats) };
}

function plain({ id, title }: DemoTrack): PlainTrack {
  const track = PLAIN_TRACKS.find(each => each.id === id);
  if (track === undefined) throw new Error(`${title} has no steady grid`);
  return track;
}
