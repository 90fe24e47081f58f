/**
 * An absolute position becomes a deck, in a straight line: which track it is of, what its pace shows of a start or a stop,
 * what it sights, the line, the marks.
 */
import type { Stamp } from '../clock.ts';
import type { PlayheadReport } from '../deck-report.ts';
import { type Know, withSaid } from '../track/track.ts';
import { type Deck, heardWithoutBreakSince, withTrack } from './deck.ts';
import { withObserved } from './mark.ts';
import { observe } from './observe.ts';
import { type Pace, paceOf } from './playhead.ts';
import { positionSighting } from './sighting.ts';

/** Takes in one absolute position. The playhead's pace tells of a start or a stop before the next status does. */
export function reducePosition(met: Deck, report: PlayheadReport, stamp: Stamp, know: Know): Deck {
  const { positionMs, lengthS, pitchSpeed } = report;
  if (met.track === null) return met;
  const before = met.track.said.lengthS === lengthS ? met : withTrack(met, withSaid(met.track, { lengthS }, know));
  const pace = paceOf(before.playhead, positionMs, pitchSpeed, stamp);
  const heard: Deck = {
    ...before,
    positionReportedAt: stamp.at,
    reportedAt: stamp.at,
    heardSince: heardWithoutBreakSince(before, stamp.at),
    playhead: { positionMs, stamp, pace },
  };
  const deck = asPlayheadShows(heard, before.playhead?.pace ?? 'unknown', pitchSpeed, stamp);
  // Either a copy, or the first sign of a stop: the next one tells.
  if (deck.isPlaying && deck.playhead?.pace === 'same') return deck;
  const rate = positionRate(deck, pitchSpeed);
  const sinceLastMs = before.playhead === null ? null : stamp.at - before.playhead.stamp.at;
  return withObserved(deck, observe(deck.line, positionSighting({ positionMs, stamp, rate, sinceLastMs })), stamp.at);
}

/** The fader as the position tells it, which is newer than the status; but only the status tells of a nudge. */
function positionRate({ isPlaying, runSpeed, pitchSpeed: reported }: Deck, pitchSpeed: number): number {
  if (!isPlaying) return 0;
  return Math.abs(runSpeed) === reported ? Math.sign(runSpeed) * pitchSpeed : runSpeed;
}

/**
 * A deck whose playhead has not moved stands; one that has begun to move and then goes on as in play, plays; one that plays
 * and goes back, or no longer does, has been turned.
 */
function asPlayheadShows(deck: Deck, paceBefore: Pace, pitchSpeed: number, stamp: Stamp): Deck {
  const pace = deck.playhead?.pace;
  if (deck.isPlaying && pace === 'stands') {
    return { ...deck, playState: 'paused', isPlaying: false, playingSince: null, runSpeed: 0 };
  }
  if (deck.isPlaying && pace === paceBefore && (pace === 'backwards' || pace === 'as-in-play')) {
    const speed = Math.abs(deck.runSpeed);
    return { ...deck, runSpeed: pace === 'backwards' ? -speed : speed };
  }
  const goesOn = pace === 'as-in-play' && (paceBefore === 'as-in-play' || paceBefore === 'forward');
  if (deck.isPlaying || !goesOn) return deck;
  return { ...deck, playState: 'playing', isPlaying: true, playingSince: stamp.at, pitchSpeed, runSpeed: pitchSpeed };
}
