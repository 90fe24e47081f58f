/**
 * An absolute position becomes a deck, in a straight line: which track it is of, what its pace shows of a start or a stop,
 * what it sights, the line, the marks.
 */
import type { Ms, Stamp } from '../clock.ts';
import type { PlayheadReport } from '../deck-report.ts';
import { type Know, withSaid } from '../track/track.ts';
import { type Arrival, arrivalOf, POSITION_SPACING } from './arrival.ts';
import { type Deck, heardWithoutBreakSince, withTrack } from './deck.ts';
import { boundsAt } from './line.ts';
import { withObserved } from './mark.ts';
import { observe } from './observe.ts';
import { type Pace, paceOf } from './playhead.ts';
import { positionDelayOf } from './report-delay.ts';
import { positionSighting, type Queue } from './sighting.ts';
import { heldUpMs, usualDelayMs, type Weather, withDeviation, withHoldUp } from './weather.ts';

/** Takes in one absolute position. The playhead's pace tells of a start or a stop before the next status does. */
export function reducePosition(met: Deck, report: PlayheadReport, received: Stamp, know: Know): Deck {
  const { positionMs, lengthS, pitchSpeed } = report;
  if (met.track === null) return met;
  const before = met.track.said.lengthS === lengthS ? met : withTrack(met, withSaid(met.track, { lengthS }, know));
  const arrival = arrivalOf(before.positionArrival, received, {
    spacing: POSITION_SPACING,
    usualDelayMs: positionDelayOf(before.positionWeather).mostMs,
    isAfterLoss: false,
    tellsLateMs: 0,
  });
  const { stamp } = arrival;
  const isFair = usualDelayMs(before.positionWeather) <= PACE_DELAY_MOST_MS;
  const shown = paceOf(before.playhead, positionMs, pitchSpeed, stamp);
  // Of two positions that overtook each other the playhead seems to go back.
  const pace = shown === 'backwards' && !isFair ? 'unknown' : shown;
  const heard: Deck = {
    ...before,
    positionReportedAt: stamp.at,
    positionArrival: arrival,
    reportedAt: stamp.at,
    heardSince: heardWithoutBreakSince(before, stamp.at),
    playhead: { positionMs, stamp, pace },
  };
  const deck = asPlayheadShows(heard, before.playhead?.pace ?? 'unknown', pitchSpeed, stamp);
  // Either a copy, or the first sign of a stop: the next one tells.
  if (deck.isPlaying && deck.playhead?.pace === 'same') return deck;
  const rate = positionRate(deck, pitchSpeed);
  const sinceLastMs = before.playhead === null ? null : stamp.at - before.playhead.stamp.at;
  const weather = weatherBeside(deck, positionMs, rate, arrival);
  const sighting = positionSighting({
    ...{ positionMs, stamp, rate, playRate: pitchSpeed, sinceLastMs },
    lateness: positionDelayOf(weather),
    queue: queueOf(weather, arrival),
  });
  return withObserved({ ...deck, positionWeather: weather }, observe(deck.line, sighting), stamp.at);
}

/** What a position shows of the weather: it is late by as much as it lies behind the least late of those before it. */
function weatherBeside({ line, positionWeather }: Deck, positionMs: Ms, rate: number, arrival: Arrival): Weather {
  const { isHeldUp, lateMs, stamp } = arrival;
  if (isHeldUp) return withHoldUp(positionWeather, lateMs, stamp.at);
  if (line === null || line.coordinate !== 'ms' || rate <= 0 || line.rate !== rate) return positionWeather;
  const lateBy = (boundsAt(line, stamp.at).low - positionMs) / rate;
  return lateBy < 0 || lateBy > JITTER_MOST_MS
    ? positionWeather
    : withDeviation(positionWeather, lateBy * ADJACENT_SHARE, stamp.at);
}

/** Two delays in a row differ by two thirds of what one differs from the least on average, where all are as likely. */
const ADJACENT_SHARE = 2 / 3;
/** Positions leave every 30 ms: with shorter delays none overtakes another. */
const PACE_DELAY_MOST_MS: Ms = 20;

/** A position that seems later than this has not been delayed by jitter [design choice]. */
const JITTER_MOST_MS: Ms = 150;

/** By so many usual delays one report in a hundred thousand is late, where each is delayed by itself [exponential delays]. */
const OVERTAKES_DELAYS = 3;

const queueOf = (weather: Weather, { isHeldUp, backlogMs }: Arrival): Queue => ({
  leastApartMs: POSITION_SPACING.leastMs,
  inTurnMostMs: positionDelayOf(weather).mostMs,
  isHeldUp,
  backlogMs,
  heldUpMs: heldUpMs(weather),
  // Positions are not counted, so that one may overtake another.
  overtakesMs: Math.max(JITTER_MOST_MS, OVERTAKES_DELAYS * usualDelayMs(weather)),
});

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
