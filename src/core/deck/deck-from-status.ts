/**
 * A status becomes a deck, in a straight line: how it came, whose track it is of, what it says of the grid, what it sights,
 * the line, the marks.
 */
import type { Ms, Stamp } from '../clock.ts';
import type { DeckReport } from '../deck-report.ts';
import { type Know, type Track, withSaid, withSource, withTempo } from '../track/track.ts';
import { type Arrival, arrivalOf, HELD_UP_MOST_MS, RASTER_SPACING, type Spacing, STATUS_SPACING } from './arrival.ts';
import { type Deck, heardWithoutBreakSince, loadTrack, POSITION_PATIENCE_MS, withTrack } from './deck.ts';
import { betterGrid, withGridSample } from './grid-learning.ts';
import { isTakenBeforeFirst, runningSinceStart } from './lead-in.ts';
import { boundsAt, placeAt } from './line.ts';
import { withObserved } from './mark.ts';
import { halt, observe } from './observe.ts';
import {
  APART_MS,
  doubt,
  FREE_AFTER_MS,
  hear,
  LAG_MOST_MS,
  type Rhythm,
  reportDelayOf,
  type SentAtOnce,
  sentAtOnceOf,
} from './report-delay.ts';
import { beatSighting, type Queue, type Sighting } from './sighting.ts';
import { heldUpMs, usualDelayMs, type Weather, withContradiction, withDeviation, withHoldUp } from './weather.ts';

/** Takes in one status. */
export function reduceReport(before: Deck, report: DeckReport, received: Stamp, know: Know): Deck {
  const arrival = statusArrival(before, report, received);
  const { stamp } = arrival;
  const heard = { ...before, arrival, weather: weatherAfter(before.weather, arrival) };
  const loaded = withReportedTrack(heard, report, know);
  const deck = withReportedState(loaded, before, report, stamp);
  if (deck.track === null) return deck;
  const { beat } = report;
  if (beat === null) return withoutBeat(deck, stamp);
  const counted = withFirstDownbeat(deck, report);
  if (speaksPositions(counted, stamp)) return withGridClue(counted, beat, stamp, know);
  const told: ToldBeat = {
    beat,
    isOrderProved: report.isOrderProved,
    isCueReturn: isCueReturn(before, report, stamp) || isTakenBeforeFirst(before, report, stamp),
  };
  return runningSinceStart(counted, withBeatSighted(counted, told, stamp));
}

const spacingOf = ({ tells }: Rhythm): Spacing => (tells === 'on-raster' ? RASTER_SPACING : STATUS_SPACING);

function statusArrival(before: Deck, report: DeckReport, received: Stamp): Arrival {
  const { arrival, rhythm, weather } = before;
  return arrivalOf(arrival, received, {
    spacing: spacingOf(rhythm),
    usualDelayMs: usualDelayMs(weather),
    isAfterLoss: report.isAfterLoss,
    tellsLateMs: toldLateMs(before, report, received),
  });
}

/** How much later a new beat came than a player that tells changes was free to tell it; 0: that is not known. */
function toldLateMs({ rhythm, line, runSpeed, track }: Deck, report: DeckReport, { at }: Stamp): Ms {
  const rate = beatsPerMs(track, runSpeed);
  const { tells, last } = rhythm;
  const isSteady = line !== null && line.coordinate === 'beats' && rate > 0 && line.rate === rate;
  if (!isSteady || tells !== 'on-change' || last === null || report.beat !== last.beat + 1) return 0;
  if (report.runSpeed !== runSpeed || report.playState !== 'playing') return 0;
  const agoMs = (boundsAt(line, at).low - report.beat) / rate;
  return Math.min(agoMs - LAG_MOST_MS, at - last.stamp.at - FREE_AFTER_MS);
}

/** What the arrival of a report has shown of the weather. */
function weatherAfter(before: Weather, { stamp, deviationMs, isHeldUp, lateMs }: Arrival): Weather {
  const weather = deviationMs === null ? before : withDeviation(before, deviationMs, stamp.at);
  return isHeldUp ? withHoldUp(weather, lateMs, stamp.at) : weather;
}

/** A deck with the track that a status names: a load, where that is another or is being loaded again. */
function withReportedTrack(before: Deck, report: DeckReport, know: Know): Deck {
  const isSameTrack = (before.track?.id ?? null) === report.trackId;
  const isLoading = report.playState === 'loading' && before.playState !== 'loading';
  const loaded = isSameTrack && !isLoading ? before : loadTrack(before, report.trackId, know);
  if (loaded.track === null) return loaded;
  const told = withSource(loaded.track, report.source, know);
  return withTrack(loaded, withTempo(told, report, know));
}

/** @param before the deck as it was before this status, and before the load that it may tell of */
function withReportedState(loaded: Deck, before: Deck, report: DeckReport, { at }: Stamp): Deck {
  const isPlaying = report.playState === 'playing';
  // A playhead of before a start or a stop says nothing of its pace after.
  const hasTurned = before.isPlaying !== isPlaying;
  return {
    ...loaded,
    playState: report.playState,
    isPlaying,
    playingSince: isPlaying ? (before.playingSince ?? at) : null,
    // A status without flags changes none of them.
    isMaster: report.flags?.isMaster ?? before.isMaster,
    isSynced: report.flags?.isSynced ?? before.isSynced,
    isOnAirLamp: report.flags?.isOnAir ?? before.isOnAirLamp,
    pitchSpeed: report.pitchSpeed,
    runSpeed: report.runSpeed,
    reportedAt: at,
    heardSince: heardWithoutBreakSince(before, at),
    playhead: hasTurned ? null : loaded.playhead,
  };
}

/** A deck that does not play and does not say where it is stands where it was. */
function withoutBeat(deck: Deck, { at }: Stamp): Deck {
  const { line } = deck;
  return !deck.isPlaying && line !== null && line.rate !== 0 ? { ...deck, line: halt(line, at) } : deck;
}

/** Learns on which beats bars begin. */
function withFirstDownbeat(deck: Deck, { beat, beatInBar }: DeckReport): Deck {
  if (deck.track === null || beat === null || beat < 1 || beatInBar === null) return deck;
  const claim = ((((beat - beatInBar) % 4) + 4) % 4) + 1;
  const { firstDownbeat } = deck.track;
  if (firstDownbeat === claim) return deck.downbeatClaim === null ? deck : { ...deck, downbeatClaim: null };
  const isBelieved = firstDownbeat === null || deck.downbeatClaim === claim;
  if (!isBelieved) return { ...deck, downbeatClaim: claim };
  return { ...deck, track: { ...deck.track, firstDownbeat: claim }, downbeatClaim: null };
}

/** Absolute positions tell where the deck is. What comes first after a stall may be a status; positions held up with it follow. */
function speaksPositions({ positionReportedAt, heardSince }: Deck, { at }: Stamp): boolean {
  return positionReportedAt !== null && at - Math.max(positionReportedAt, heardSince) <= POSITION_PATIENCE_MS;
}

/** A status and a position round the same pitch in different ways. */
const SAME_SPEED = 0.001;

/** A beat while positions tell where the playhead is: both together say where the beats of the track lie. */
function withGridClue(deck: Deck, beat: number, stamp: Stamp, know: Know): Deck {
  const { clues, line, track, runSpeed, rhythm, weather } = deck;
  const tempoBpm = track?.tempoBpm ?? null;
  const isSteady =
    line !== null && line.coordinate === 'ms' && line.rate > 0 && Math.abs(line.rate - runSpeed) < SAME_SPEED;
  const isHeldUp = stamp.at - deck.heardSince < APART_MS;
  if (!isSteady || isHeldUp || tempoBpm === null || beat < 1) return { ...deck, rhythm: { ...rhythm, last: null } };
  // On what raster beats are told only beats themselves can show.
  const heard = { ...deck, rhythm: hear(rhythm, { beat, stamp, agoMs: 0, weather }) };
  const sentAtOnce = sentAtOnceOf(rhythm, weather, beat, stamp);
  const { likelyLeastMs, likelyMostMs } = reportDelayOf(rhythm, weather);
  const place = placeAt(line, stamp.at);
  const waitedMs = stamp.at - stamp.notBefore;
  const next = withGridSample(clues, {
    tempoBpm,
    beat,
    // Told at once it is the beginning of the beat that was then there.
    upTo: sentAtOnce === null ? 1 : 0,
    leastMs: place - runSpeed * (likelyMostMs + (sentAtOnce?.withinMs ?? 0) + waitedMs),
    mostMs: place - runSpeed * likelyLeastMs,
  });
  const grid = betterGrid(track?.said.heard ?? null, next);
  const told = track === null || grid === (track.said.heard ?? null) ? track : withSaid(track, { heard: grid }, know);
  return { ...heard, clues: next, track: told };
}

/** Whether CUE has put the playhead where a deck now stands; pressed where a deck has paused it sets the cue point there. */
function isCueReturn({ isPlaying, playState, line }: Deck, report: DeckReport, { at }: Stamp): boolean {
  if (report.playState !== 'cued' || playState === 'cued') return false;
  const beat = line?.coordinate === 'beats' ? Math.floor(placeAt(line, at)) : null;
  return isPlaying || (playState === 'paused' && beat !== null && beat !== report.beat);
}

/** A beat as a status tells it. */
type ToldBeat = Pick<Sighting, 'isOrderProved' | 'isCueReturn'> & { readonly beat: number };

/** Takes in a beat. A report that only a lag explains puts an end to the belief that there is none. */
function withBeatSighted(before: Deck, told: ToldBeat, stamp: Stamp): Deck {
  const deck = { ...before, rhythm: rhythmHeard(before, told.beat, stamp) };
  const sentAtOnce = sentAtOnceOf(before.rhythm, before.weather, told.beat, stamp);
  const observed = observe(deck.line, sightedBeat(deck, told, sentAtOnce, stamp));
  if (deck.line === null || observed.missedMs === 0) return withObserved(deck, observed, stamp.at);
  const doubting =
    deck.rhythm.tells === 'on-raster'
      ? { ...deck, rhythm: doubt(deck.rhythm) }
      : { ...deck, weather: withContradiction(deck.weather, observed.missedMs, stamp.at) };
  // What missed was late: nothing is in doubt any more.
  const line = { ...deck.line, suspect: null };
  return withObserved(doubting, observe(line, sightedBeat(doubting, told, null, stamp)), stamp.at);
}

/** What the time of a beat's report shows of the player's rhythm: only steady play forward shows any. */
function rhythmHeard({ rhythm, line, runSpeed, track, weather }: Deck, beat: number, stamp: Stamp): Rhythm {
  const rate = beatsPerMs(track, runSpeed);
  const isSteady = line !== null && line.coordinate === 'beats' && rate > 0 && line.rate === rate;
  // What is measured against a line in doubt shows nothing.
  if (!isSteady || line.suspect !== null) return { ...rhythm, last: null };
  const agoMs = (boundsAt(line, stamp.at).low - beat) / rate;
  return hear(rhythm, { beat, stamp, agoMs, weather });
}

const beatsPerMs = (track: Track | null, runSpeed: number): number => ((track?.tempoBpm ?? 0) * runSpeed) / 60000;

const TRACK_START_MS: Ms = 0;

function startBeatOf(track: Track | null): number | null {
  const { grid } = track?.known ?? { grid: null };
  return grid === null ? null : Math.min(1, grid.beatOfMs(TRACK_START_MS));
}

/** The last beat that a player tells of a track, as its grid or its phrases have it; infinity: nobody knows. */
const lastBeatOf = ({ known: { grid }, structure }: Track): number =>
  grid?.beats ?? (structure == null ? Infinity : structure.endBeat - 1);

function queueOf({ arrival, rhythm, weather }: Deck): Queue {
  const { leastMs, usualMs } = spacingOf(rhythm);
  return {
    leastApartMs: leastMs,
    // One that was sent as soon as can be and held up comes as one that was sent in its turn.
    inTurnMostMs: usualDelayMs(weather) + usualMs - leastMs,
    isHeldUp: arrival?.isHeldUp ?? false,
    backlogMs: arrival?.backlogMs ?? 0,
    heldUpMs: heldUpMs(weather),
    overtakesMs: HELD_UP_MOST_MS,
  };
}

function sightedBeat(deck: Deck, told: ToldBeat, sentAtOnce: SentAtOnce | null, stamp: Stamp): Sighting {
  const { track, runSpeed, rhythm, playState, weather } = deck;
  return beatSighting({
    ...told,
    stamp,
    sentAtOnce,
    rate: beatsPerMs(track, runSpeed),
    playRate: beatsPerMs(track, deck.pitchSpeed),
    lateness: reportDelayOf(rhythm, weather),
    queue: queueOf(deck),
    isCued: playState === 'cued',
    startBeat: startBeatOf(track),
    // A player that tells a beat beyond it goes on telling beats.
    isLastBeat: track !== null && told.beat === lastBeatOf(track),
  });
}
