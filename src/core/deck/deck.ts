/** One deck: what its reports have said, kept as anchors. Where it is now is computed, see position.ts. */
import type { Ms, Stamp } from '../clock.ts';
import type { DeckRef, DeckReport, PlayheadReport, PlayState } from '../deck-report.ts';
import type { Coordinate, SteadyGrid } from '../track/beat-grid.ts';
import type { Fingerprint } from '../track/media-track.ts';
import type { SongStructure } from '../track/phrase.ts';
import {
  freshTrack,
  type Know,
  relearnt,
  type Track,
  toBeat,
  toCoordinate,
  withSaid,
  withTempo,
} from '../track/track.ts';
import { type GridSamples, learntGrid, withGridSample } from './grid-learning.ts';
import { boundsAt, halt, type Line, observe, placeAt, type Sighting } from './position-estimator.ts';
import {
  APART_MS,
  type Arrival,
  arrivalOf,
  doubt,
  hear,
  POSITION_DELAY,
  type Rhythm,
  reportDelayOf,
  type SentAtOnce,
  SURELY_LATE_AFTER_MS,
  sentAtOnceOf,
  UNHEARD,
} from './report-delay.ts';

/** `opus/1`: the unit's name in the profile and the deck's number. */
export type DeckKey = string;

export const deckKey = ({ unit, number }: DeckRef): DeckKey => `${unit}/${number}`;

/**
 * How far a pass has been looked at for moments: only ever forward within a pass. A fresh mark stands on the landing
 * place and has not looked at it yet.
 */
export interface Mark {
  readonly crossed: number;
  /** When the playhead was there. */
  readonly at: Ms;
  readonly isFresh: boolean;
}

/** An absolute position as it came. */
interface Playhead {
  readonly positionMs: Ms;
  readonly stamp: Stamp;
  /**
   * What it has done since the position before: nothing, so that it may be a copy; nothing once more; gone as far as play
   * does, or less far; gone back as reverse play does; or none of these.
   */
  readonly pace: 'same' | 'stands' | 'as-in-play' | 'forward' | 'backwards' | 'unknown';
}

export interface Deck {
  readonly ref: DeckRef;
  readonly key: DeckKey;
  readonly track: Track | null;
  readonly playState: PlayState;
  readonly isPlaying: boolean;
  /** Since when it has been playing without a break; null: it stands. */
  readonly playingSince: Ms | null;
  readonly isMaster: boolean;
  readonly isSynced: boolean;
  /** What the lamp says; whether it means anything, see `onAir` in show.ts. */
  readonly isOnAirLamp: boolean;
  readonly pitchSpeed: number;
  /** Speed of the audio: 0 still, negative backwards. */
  readonly runSpeed: number;
  readonly line: Line | null;
  /** Raised by every load. */
  readonly loads: number;
  /** Raised by every load, jump and loop wrap. */
  readonly pass: number;
  readonly mark: Mark | null;
  /** The last jump within this load that no crossing has seen yet: from where to where, and when it was noticed. */
  readonly leap: { readonly from: number; readonly to: number; readonly at: Ms } | null;
  readonly reportedAt: Ms;
  /** Since when it has been heard without a break. */
  readonly heardSince: Ms;
  /** When its last status came, and since when it may have been on its way; null: none yet. */
  readonly arrival: Arrival | null;
  readonly positionReportedAt: Ms | null;
  /** The last absolute position; null: none of this load. */
  readonly playhead: Playhead | null;
  /** What beats and positions have said of its grid; null: nothing in this load. */
  readonly clues: GridSamples | null;
  /** How its beats are told; kept over loads, since it is the player's way. */
  readonly rhythm: Rhythm;
  /** The beat at which we came upon it, when that was in the middle of its play; null: we have seen it from its start. */
  readonly joinedAtBeat: number | null;
  /** Two reports in a row must agree before the first downbeat is moved: beat and beat in bar do not change together. */
  readonly downbeatClaim: number | null;
}

export function emptyDeck(ref: DeckRef): Deck {
  return {
    ref,
    key: deckKey(ref),
    track: null,
    playState: 'empty',
    isPlaying: false,
    playingSince: null,
    isMaster: false,
    isSynced: false,
    isOnAirLamp: false,
    pitchSpeed: 1,
    runSpeed: 0,
    line: null,
    loads: 0,
    pass: 0,
    mark: null,
    leap: null,
    reportedAt: -Infinity,
    heardSince: -Infinity,
    arrival: null,
    positionReportedAt: null,
    playhead: null,
    clues: null,
    rhythm: UNHEARD,
    joinedAtBeat: null,
    downbeatClaim: null,
  };
}

/** A deck without a report for this long is stale: its line is not followed any further. */
export const STALE_AFTER_MS: Ms = 1000;

export const isStale = (deck: Deck, at: Ms): boolean => at - deck.reportedAt > STALE_AFTER_MS;

/** The latest moment up to which the line of a deck may be followed. */
export const followedUntil = (deck: Deck, at: Ms): Ms => Math.min(at, deck.reportedAt + STALE_AFTER_MS);

/** A deck first seen playing beyond its second bar was not started under our eyes. */
const JOINED_AFTER_BEATS = 8;

/** A deck whose unit says "before beat 1" may be this far before it: four bars. */
const BEFORE_BEAT_ONE_BEATS = 16;
/** Absolute positions that stop for this long, while the deck is heard, leave it to its beat numbers. */
const POSITION_PATIENCE_MS: Ms = 250;

const heardSince = (before: Deck, at: Ms): Ms =>
  at - before.reportedAt > POSITION_PATIENCE_MS ? at : before.heardSince;

/** Takes in one status. */
export function reduceReport(before: Deck, report: DeckReport, received: Stamp, know: Know): Deck {
  const arrival = arrivalOf(before.arrival, received, report.isAfterLoss);
  const { stamp } = arrival;
  const isSameTrack = (before.track?.id ?? null) === report.trackId;
  const isLoading = report.playState === 'loading' && before.playState !== 'loading';
  const loaded = isSameTrack && !isLoading ? before : load(before, report.trackId, know);
  const isPlaying = report.playState === 'playing';
  // A playhead of before a start or a stop says nothing of its pace after.
  const hasTurned = before.isPlaying !== isPlaying;
  const deck: Deck = {
    ...(loaded.track === null ? loaded : withTrack(loaded, withTempo(loaded.track, report, know))),
    playState: report.playState,
    isPlaying,
    playingSince: isPlaying ? (before.playingSince ?? stamp.at) : null,
    // A status without flags changes none of them.
    isMaster: report.flags?.isMaster ?? before.isMaster,
    isSynced: report.flags?.isSynced ?? before.isSynced,
    isOnAirLamp: report.flags?.isOnAir ?? before.isOnAirLamp,
    pitchSpeed: report.pitchSpeed,
    runSpeed: report.runSpeed,
    reportedAt: stamp.at,
    heardSince: heardSince(before, stamp.at),
    arrival,
    playhead: hasTurned ? null : loaded.playhead,
  };
  if (deck.track === null) return deck;
  if (report.beat === null) {
    const runs = !isPlaying && deck.line !== null && deck.line.rate !== 0;
    return runs ? { ...deck, line: halt(deck.line, stamp.at) } : deck;
  }
  // What comes first after a stall may be a status; the positions that were held up with it follow.
  const speaksPositions =
    deck.positionReportedAt !== null &&
    stamp.at - Math.max(deck.positionReportedAt, deck.heardSince) <= POSITION_PATIENCE_MS;
  const counted = countBars(deck, report);
  if (speaksPositions) return withGridClue(counted, report.beat, stamp);
  const { beat, isOrderProved } = report;
  return sightBeat(counted, { beat, isOrderProved, isPut: isPutBack(before, report, stamp) }, stamp);
}

/** A beat as a status tells it. */
type TellsBeat = Pick<Sighting, 'isOrderProved' | 'isPut'> & { readonly beat: number };

/** Whether CUE has put the playhead where a deck now stands; pressed where a deck has paused it sets the cue point there. */
function isPutBack({ isPlaying, playState, line }: Deck, report: DeckReport, { at }: Stamp): boolean {
  if (report.playState !== 'cued' || playState === 'cued') return false;
  const beat = line?.coordinate === 'beats' ? Math.floor(placeAt(line, at)) : null;
  return isPlaying || (playState === 'paused' && beat !== null && beat !== report.beat);
}

/** Takes in a beat. A report that only a lag explains puts an end to the belief that there is none. */
function sightBeat(before: Deck, told: TellsBeat, stamp: Stamp): Deck {
  const deck = { ...before, rhythm: heardBeat(before, told.beat, stamp) };
  const sighting = beatSighting(deck, told, sentAtOnceOf(before.rhythm, told.beat, stamp), stamp);
  const seen = sight(deck, sighting);
  if (deck.line === null || deck.rhythm.tells !== 'on-raster') return seen;
  if (!observe(deck.line, sighting).justMissed) return seen;
  const doubting = { ...deck, rhythm: doubt(deck.rhythm) };
  return sight(doubting, beatSighting(doubting, told, null, stamp));
}

/** What the time of a beat's report shows of the player's rhythm: only steady play forward shows any. */
function heardBeat({ rhythm, line, runSpeed, track }: Deck, beat: number, stamp: Stamp): Rhythm {
  const rate = ratePerMs(track, runSpeed);
  if (line === null || line.coordinate !== 'beats' || rate <= 0 || line.rate !== rate) return { ...rhythm, last: null };
  const isLate = boundsAt(line, stamp.at).low > beat + rate * (SURELY_LATE_AFTER_MS + stamp.at - stamp.notBefore);
  return hear(rhythm, beat, stamp, isLate);
}

/** Beats per ms. */
const ratePerMs = (track: Track | null, runSpeed: number): number => ((track?.tempoBpm ?? 0) * runSpeed) / 60000;

/** Positions leave every 30 ms, however close together they come; one of them may be lost. */
const POSITIONS_APART_MS = { least: 30, most: 60 } as const;
/** How far from where play leads a playhead may seem after one packet: one of the two was later than the other. */
const ADVANCE_ERROR_MS: Ms = 12;

/** Takes in one absolute position. What the playhead does tells of a start or a stop before the next status does. */
export function reducePosition(
  met: Deck,
  { positionMs, lengthS, pitchSpeed }: PlayheadReport,
  stamp: Stamp,
  know: Know,
): Deck {
  if (met.track === null) return met;
  const before = met.track.said.lengthS === lengthS ? met : withTrack(met, withSaid(met.track, { lengthS }, know));
  const pace = paceOf(before.playhead, positionMs, pitchSpeed, stamp);
  const heard = {
    ...before,
    positionReportedAt: stamp.at,
    reportedAt: stamp.at,
    heardSince: heardSince(before, stamp.at),
    playhead: { positionMs, stamp, pace },
  };
  const deck = asPlayheadShows(heard, before.playhead?.pace ?? 'unknown', pitchSpeed, stamp);
  // Either a copy, or the first sign of a stop: the next one tells.
  if (deck.isPlaying && deck.playhead?.pace === 'same') return deck;
  const rate = positionRate(deck, pitchSpeed);
  const waitedMs = rate * (stamp.at - stamp.notBefore);
  const low = positionMs + Math.min(0, waitedMs);
  // A playhead is told in whole milliseconds.
  const high = positionMs + 1 + Math.max(0, waitedMs);
  // Where the playhead landed it was at some time since the position before.
  const sinceMs = Math.min(
    Math.max(stamp.at - (before.playhead?.stamp.at ?? stamp.at), POSITIONS_APART_MS.least),
    POSITIONS_APART_MS.most,
  );
  const landing = low - Math.max(0, rate) * (sinceMs + POSITION_DELAY.mostMs);
  const sighting = {
    coordinate: 'ms',
    stamp,
    low,
    high,
    rate,
    reach: low,
    landing,
    isOrderProved: false,
    isPut: false,
  } as const;
  const bounds = { low, high };
  return sight(deck, { ...sighting, prompt: null, likely: bounds, landed: bounds, lateness: POSITION_DELAY });
}

/** The fader as the position tells it, which is newer than the status; but only the status tells of a nudge. */
function positionRate({ isPlaying, runSpeed, pitchSpeed: reported }: Deck, pitchSpeed: number): number {
  if (!isPlaying) return 0;
  return Math.abs(runSpeed) === reported ? Math.sign(runSpeed) * pitchSpeed : runSpeed;
}

function paceOf(last: Playhead | null, positionMs: Ms, pitchSpeed: number, stamp: Stamp): Playhead['pace'] {
  if (last === null) return 'unknown';
  const advanceMs = positionMs - last.positionMs;
  if (advanceMs === 0) {
    if (stamp.notBefore - last.stamp.at < APART_MS) return last.pace;
    return last.pace === 'same' || last.pace === 'stands' ? 'stands' : 'same';
  }
  const errorMs = ADVANCE_ERROR_MS + (stamp.at - stamp.notBefore) + (last.stamp.at - last.stamp.notBefore);
  const playedMs = (stamp.at - last.stamp.at) * pitchSpeed;
  if (advanceMs < 0) return Math.abs(advanceMs + playedMs) <= errorMs ? 'backwards' : 'unknown';
  const aheadMs = advanceMs - playedMs;
  if (aheadMs > errorMs) return 'unknown';
  return aheadMs >= -errorMs ? 'as-in-play' : 'forward';
}

/**
 * A deck whose playhead has not moved stands; one that has begun to move and then goes on as in play, plays; one that plays
 * and goes back, or no longer does, has been turned.
 */
function asPlayheadShows(deck: Deck, paceBefore: Playhead['pace'], pitchSpeed: number, stamp: Stamp): Deck {
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

/** Takes in a song structure; one of another track is late and means nothing any more. */
export function reduceStructure(
  before: Deck,
  trackId: number,
  structure: SongStructure | null,
  fingerprint: Fingerprint | null,
  know: Know,
): Deck {
  if (before.track === null || before.track.id !== trackId) return before;
  return withTrack(before, withSaid(before.track, { structure, fingerprint }, know));
}

/** A grid that beats and positions have taught of the track on a deck; null: none. */
export const learntGridOf = ({ clues }: Deck): SteadyGrid | null => (clues === null ? null : learntGrid(clues));

/** A status and a position round the same pitch in different ways. */
const SAME_SPEED = 0.001;

/** A beat while positions tell where the playhead is: both together say where the beats of the track lie. */
function withGridClue(deck: Deck, beat: number, stamp: Stamp): Deck {
  const { clues, line, track, runSpeed, rhythm } = deck;
  const tempoBpm = track?.tempoBpm ?? null;
  const isSteady =
    line !== null && line.coordinate === 'ms' && line.rate > 0 && Math.abs(line.rate - runSpeed) < SAME_SPEED;
  const isHeldUp = stamp.at - deck.heardSince < APART_MS;
  if (!isSteady || isHeldUp || tempoBpm === null || beat < 1) return { ...deck, rhythm: { ...rhythm, last: null } };
  // On what raster beats are told only beats themselves can show.
  const heard = { ...deck, rhythm: hear(rhythm, beat, stamp, false) };
  const prompt = sentAtOnceOf(rhythm, beat, stamp);
  const { likelyLeastMs, likelyMostMs } = reportDelayOf(rhythm);
  const place = placeAt(line, stamp.at);
  const waitedMs = stamp.at - stamp.notBefore;
  const next = withGridSample(clues, {
    tempoBpm,
    beat,
    // Told at once it is the beginning of the beat that was then there.
    upTo: prompt === null ? 1 : 0,
    leastMs: place - runSpeed * (likelyMostMs + (prompt?.withinMs ?? 0) + waitedMs),
    mostMs: place - runSpeed * likelyLeastMs,
  });
  return { ...heard, clues: next };
}

function load(before: Deck, trackId: number | null, know: Know): Deck {
  return {
    ...before,
    track: trackId === null ? null : freshTrack(trackId, before.track, know),
    clues: null,
    loads: before.loads + 1,
    pass: before.pass + 1,
    line: null,
    mark: null,
    leap: null,
    positionReportedAt: null,
    playhead: null,
    rhythm: { ...before.rhythm, last: null },
    joinedAtBeat: null,
    downbeatClaim: null,
  };
}

/** A deck whose track is known otherwise than before. */
export const relearnDeck = (deck: Deck, know: Know): Deck =>
  deck.track === null ? deck : withTrack(deck, relearnt(deck.track, know));

/** The deck with more known of its track. */
function withTrack(deck: Deck, track: Track): Deck {
  if (track === deck.track) return deck;
  const isOnSameGrid = track.known.grid === deck.track?.known.grid;
  return { ...deck, track, mark: isOnSameGrid ? deck.mark : markBy(track, deck) };
}

/**
 * The mark of a deck by another grid of its track: what lay behind it, in beats or in ms, still does. Moments in between
 * are skipped, for none may come twice.
 */
function markBy(learnt: Track, { line, mark, track }: Deck): Mark | null {
  if (line === null || mark === null || track === null || mark.isFresh) return mark;
  const beat = toBeat(track, line.coordinate, mark.crossed);
  const ms = line.coordinate === 'ms' ? mark.crossed : track.timeline?.msOfBeat(mark.crossed);
  const places = [
    mark.crossed,
    beat === null ? null : toCoordinate(learnt, line.coordinate, beat),
    ms === undefined ? null : line.coordinate === 'ms' ? ms : (learnt.timeline?.beatOfMs(ms) ?? null),
  ];
  return { ...mark, crossed: Math.max(...places.filter(place => place !== null)) };
}

/** Learns on which beats bars begin. */
function countBars(deck: Deck, { beat, beatInBar }: DeckReport): Deck {
  if (deck.track === null || beat === null || beat < 1 || beatInBar === null) return deck;
  const claim = ((((beat - beatInBar) % 4) + 4) % 4) + 1;
  const { firstDownbeat } = deck.track;
  if (firstDownbeat === claim) return deck.downbeatClaim === null ? deck : { ...deck, downbeatClaim: null };
  const isBelieved = firstDownbeat === null || deck.downbeatClaim === claim;
  if (!isBelieved) return { ...deck, downbeatClaim: claim };
  return { ...deck, track: { ...deck.track, firstDownbeat: claim }, downbeatClaim: null };
}

/**
 * "Beat n at the time of sending": the playhead was in [n, n + 1), and has moved on since.
 *
 * @param prompt see `sentAtOnceOf`
 */
function beatSighting(deck: Deck, { beat, ...told }: TellsBeat, prompt: SentAtOnce | null, stamp: Stamp): Sighting {
  const rate = ratePerMs(deck.track, deck.runSpeed);
  const lateness = reportDelayOf(deck.rhythm);
  const waited = rate * (stamp.at - stamp.notBefore);
  if (beat < 1) {
    // Before beat 1, nobody knows how far: the line waits there, and the first report of beat 1 sets it going.
    const low = Math.min(0, deck.track?.known.grid?.beatOfMs(0) ?? 1 - BEFORE_BEAT_ONE_BEATS);
    const high = 1 + Math.max(0, waited + rate * lateness.mostMs);
    const landed = { low, high };
    return {
      coordinate: 'beats',
      stamp,
      low,
      high,
      prompt: null,
      likely: landed,
      landed,
      rate: 0,
      lateness,
      reach: 1,
      landing: low,
      ...told,
    };
  }
  const low = beat + Math.min(0, waited);
  const high = beat + 1 + Math.max(0, waited);
  return {
    coordinate: 'beats',
    stamp,
    low,
    high,
    prompt: prompt?.isSure !== true ? null : { low, high: Math.min(high, beat + Math.max(0, waited)) },
    likely: prompt === null ? { low, high } : { low, high: Math.min(high, beat + rate * prompt.withinMs + waited) },
    // A cue point lies on a beat, as a rule; where else a deck stands nobody knows.
    landed: deck.playState === 'cued' ? { low, high: low } : { low, high },
    rate,
    lateness,
    reach: beat + 1,
    landing: beat,
    ...told,
  };
}

function sight(deck: Deck, sighting: Sighting): Deck {
  const { line, landing } = observe(deck.line, sighting);
  if (landing === null) return { ...deck, line };
  const { at } = sighting.stamp;
  const carried = carriedMark(deck, line.coordinate);
  if (carried !== null) return { ...deck, line, mark: carried, leap: null };
  const isFirst = deck.line === null;
  const landingBeat = deck.track === null ? null : toBeat(deck.track, line.coordinate, landing);
  const isJoin = isFirst && deck.isPlaying && landingBeat !== null && landingBeat > JOINED_AFTER_BEATS;
  return {
    ...deck,
    joinedAtBeat: isFirst ? (isJoin ? landingBeat : null) : deck.joinedAtBeat,
    line,
    pass: isFirst ? deck.pass : deck.pass + 1,
    mark: { crossed: landing, at, isFresh: true },
    leap: isFirst ? null : leapOf(deck, landing, at),
  };
}

/** The mark in another coordinate: a source that changes is no jump where a grid carries one into the other. */
function carriedMark({ line, mark, track }: Deck, coordinate: Coordinate): Mark | null {
  if (line === null || mark === null || track === null || line.coordinate === coordinate) return null;
  const beat = toBeat(track, line.coordinate, mark.crossed);
  const crossed = beat === null ? null : toCoordinate(track, coordinate, beat);
  return crossed === null ? null : { ...mark, crossed };
}

function leapOf(deck: Deck, to: number, at: Ms): Deck['leap'] {
  const from = deck.mark?.crossed ?? (deck.line === null ? to : placeAt(deck.line, at));
  return to > from ? { from, to, at } : null;
}
