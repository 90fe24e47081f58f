/** What a rehearsal begins with: the profile, the tracks that are played, the mode it joins in, and what a sound-check has taught. */
import { NO_QUIRKS } from '../../../bridges/opus-quad/simulator/quirks.ts';
import { EMPTY_BOOK, type TrackBook } from '../../core/track/track-book.ts';
import { type EveningKind, planSoundCheck, type TrackShelf } from '../../rehearsal/evening-plan.ts';
import { type Judge, judgeOf } from '../../rehearsal/findings.ts';
import { playRehearsal, type Rehearsed } from '../../rehearsal/play-rehearsal.ts';
import { type PlayableTrack, pathTrackOf } from '../../rehearsal/playable-tracks.ts';
import type { RehearsalPlan } from '../../rehearsal/rehearsal-plan.ts';

export interface ReadyRehearsal {
  readonly judging: Judge;
  readonly shelf: TrackShelf;
  readonly mode: EveningKind['mode'];
}

/** Loads each track once in fair weather, as a sound-check does, and sees in which mode the show joins. */
export async function readyRehearsal(
  rehearsed: Omit<Rehearsed, 'book'>,
  tracks: readonly PlayableTrack[],
): Promise<ReadyRehearsal> {
  const shelf: TrackShelf = { tracks: tracks.map(({ track }) => track), pathOf: pathTrackOf };
  const check = planSoundCheck(shelf);
  const plan: RehearsalPlan = {
    ...{ ...check, incidents: [], pathActs: [], text: 'a sound-check' },
    lengthMs: Math.max(check.lengthMs, JOINED_MS),
    set: { ...check.set, quirks: NO_QUIRKS },
  };
  const played = await playRehearsal({ ...rehearsed, book: EMPTY_BOOK }, plan, shelf.pathOf);
  const book: TrackBook = played.book;
  return {
    judging: judgeOf({ ...rehearsed, book }, tracks),
    shelf,
    mode: played.told.some(({ kind }) => kind === 'position') ? 'cdj' : 'lighting',
  };
}

/** By then a show that joins as a player is served. */
const JOINED_MS = 30_000;
