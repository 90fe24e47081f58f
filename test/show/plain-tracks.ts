/** Tracks with one tempo as an oracle knows them: by two figures each, and sharing no line of code with src/core. */
import { type DemoTrack, trackTitled } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import type { TrackShelf } from '../../src/rehearsal/evening-plan.ts';
import { type PathTrack, type PlannedAct, type TruePath, truePath } from '../../src/rehearsal/true-path.ts';

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

export function plainTrack({ id, title }: Pick<DemoTrack, 'id' | 'title'>): PlainTrack {
  const track = PLAIN_TRACKS.find(each => each.id === id);
  if (track === undefined) throw new Error(`${title} has no steady grid`);
  return track;
}

function demoTrack(title: string): DemoTrack {
  const track = trackTitled(title);
  if (track === null) throw new Error(`no track ${title}`);
  return track;
}

const pathTrack = (plain: PlainTrack): PathTrack => ({
  id: plain.id,
  lengthMs: demoTrack(plain.title).lengthMs,
  msOfBeat: beat => msOfBeat(plain, beat),
  beatOfMs: ms => beatOfMs(plain, ms),
});

/** All of them, for evenings. */
export const PLAIN_SHELF: TrackShelf = {
  tracks: PLAIN_TRACKS.map(({ title }) => demoTrack(title)),
  pathOf: track => pathTrack(plainTrack(track)),
};

/** The path of decks that play these tracks. */
export const plainPath = (acts: readonly PlannedAct[], until: number): TruePath =>
  truePath(acts, until, PLAIN_SHELF.pathOf);
