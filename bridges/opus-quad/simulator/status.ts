/**
 * Packets of a simulated unit about a deck: its status and its position packet at a moment, and the time at which the status
 * next changes by itself.
 */

import type { ValueOf } from '../../../src/bytes/packet-layout.ts';
import type { Ms } from '../../../src/core/clock.ts';
import { type DeckNumber, NO_TRACK_NUMBER } from '../../../src/core/deck-report.ts';
import { seededRandom } from '../../../src/core/random.ts';
import { position, type StatusValue, status } from '../layout.ts';
import { nameOfModel } from '../models.ts';
import { beatInBarOf, trackTempoAt } from './demo-tracks.ts';
import type { Quirks } from './quirks.ts';
import {
  beatNumberAt,
  isEndedAt,
  isLoadedAt,
  isMovingAt,
  isNudgedAt,
  LOAD_PHASES_MS,
  nextBeatAt,
  positionMsAt,
  runSpeedAt,
  type SimulatedDeck,
  stopsAt,
  type TrackOrigin,
  truthAt,
} from './simulated-deck.ts';

/** The raw number of a deck in the packets of this unit. */
export const rawNumber = (deck: DeckNumber, quirks: Quirks): number => (quirks.numbering === 'nine' ? deck + 8 : deck);

/** Facts that a status needs besides the deck itself. */
export interface Display {
  readonly number: DeckNumber;
  readonly isMaster: boolean;
  readonly syncNumber: number;
  readonly quirks: Quirks;
  readonly seed: number;
}

/** A new beat number shows this long after the beat, measured on a CDJ-2000nexus [C UE]; a delay belongs to its beat. */
export const BEAT_SHOWS_AFTER_MS = { min: 3, max: 13 } as const;
/** The beat in the bar shows sooner than the number: 27 of 34 statuses between the two had the one without the other [C UE]. */
const BAR_SHOWS_SOONER = 0.2;

function showsAfter({ number, seed, quirks }: Display, beat: number): Ms {
  if (quirks.statusMode !== 'on-change') return 0;
  const { min, max } = BEAT_SHOWS_AFTER_MS;
  return min + (max - min) * seededRandom(seed + Math.imul(beat + 1, 0x9e3779b1) + number)();
}

/** The moment whose beat is displayed: a little ago, but never before the deck's last act. */
function displayedMoment(deck: SimulatedDeck, display: Display, at: Ms, share: number): Ms {
  const delay = showsAfter(display, beatNumberAt(deck, at) ?? 0) * share;
  return Math.max(deck.anchor.at, at - delay);
}

/** Gives the time after `at` at which the status of a deck changes by itself; infinity: never. */
export function nextChangeAt(deck: SimulatedDeck, display: Display, at: Ms): Ms {
  if (deck.track === null) return Infinity;
  const { first, last } = LOAD_PHASES_MS;
  const phases = [
    deck.loadedAt + first,
    deck.readyAt - last,
    deck.readyAt,
    deck.bend?.until ?? Infinity,
    stopsAt(deck),
  ];
  if (deck.showsJunk) phases.push(nextJunkAt(deck, at));
  const next = phases.filter(time => time > at).reduce((a, b) => Math.min(a, b), Infinity);
  if (at < deck.readyAt) return next;

  // A beat that has passed may not show yet, so the search begins where the last unshown one may lie.
  let beatAt = nextBeatAt(deck, Math.max(deck.anchor.at, at - BEAT_SHOWS_AFTER_MS.max));
  while (beatAt < next) {
    const shows = beatAt + showsAfter(display, beatNumberAt(deck, beatAt) ?? 0);
    if (shows > at) return Math.min(next, shows);
    beatAt = nextBeatAt(deck, beatAt);
  }
  return next;
}

const NO_ORIGIN: TrackOrigin = { sourceSlot: 'none', trackType: 'none' };

/** The status of a deck at a moment, but for its counter. */
export function statusAt(deck: SimulatedDeck, display: Display, at: Ms): Omit<StatusValue, 'packetCounter'> {
  const { number, isMaster, syncNumber, quirks } = display;
  const raw = rawNumber(number, quirks);
  const { track } = deck;
  const isLoaded = isLoadedAt(deck, at);
  const isMoving = isMovingAt(deck, at);
  const phase = isLoaded ? null : loadPhaseAt(deck, at);
  const { beat, beatInBar } = displayedBeat(deck, display, at);
  const isOfRekordbox = deck.origin.trackType === 'rekordbox';
  const audioSpeed = track === null ? 1 : deck.motion === 'cued' ? deck.pitchSpeed : runSpeedAt(deck, at);
  return {
    name: nameOfModel(quirks.model),
    number: quirks.constantDeckByte ? 9 : raw,
    numberAgain: quirks.constantDeckByteAgain ? 9 : raw,
    activity: isMoving ? 1 : 0,
    sourcePlayer: track === null ? 0 : raw,
    ...(track === null ? NO_ORIGIN : deck.origin),
    trackId: track === null || track.id === NO_TRACK_NUMBER ? null : track.id,
    trackNumber: 0,
    playState: playStateAt(deck, quirks, at),
    syncNumber,
    flags: {
      isPlaying: isMoving,
      isMaster,
      isSynced: false,
      isOnAir: quirks.onAirStuck || (deck.isOnAir && quirks.reportsOnAir),
      isTempoSyncOnly: false,
    },
    motion: isMoving || phase !== null ? 'moving' : 'stopped',
    pitchSpeed: deck.pitchSpeed,
    hasTempo: track === null ? 'no-track' : phase === 'junk' || !isOfRekordbox ? 'other' : 'rekordbox',
    trackTempoBpm: track === null ? null : trackTempoAt(track, isLoaded ? (beat ?? 1) : 1),
    momentarySpeed: audioSpeed,
    direction: !isLoaded
      ? 'none'
      : !isMoving || deck.isReversed
        ? 'reverse-or-still'
        : isNudgedAt(deck, at)
          ? 'forward-cdj-or-nudge'
          : 'forward-vinyl',
    masterKind: !isMaster ? 0 : track === null ? 2 : 1,
    beat,
    cueCountdownBeats: null,
    beatInBar,
    speedAgain: deck.pitchSpeed,
    audioSpeed,
    barLengthMs: 0,
    barPositionMs: 0,
  };
}

/** The loop is not told unless a quirk says so: the unit is said not to report it, so the state stays "playing" [D]. */
function playStateAt(deck: SimulatedDeck, quirks: Quirks, at: Ms): StatusValue['playState'] {
  if (deck.track === null) return 'empty';
  if (!isLoadedAt(deck, at)) return loadPhaseAt(deck, at) === 'junk' ? 'playing' : 'loading';
  if (isMovingAt(deck, at)) return quirks.reportsLoops && deck.loop !== null ? 'looping' : 'playing';
  if (isEndedAt(deck, at)) return 'ended';
  return deck.motion === 'cued' ? 'cued' : 'paused';
}

function displayedBeat(
  deck: SimulatedDeck,
  display: Display,
  at: Ms,
): { beat: number | null; beatInBar: number | null } {
  const { track } = deck;
  if (track === null) return { beat: deck.leftOverBeat, beatInBar: null };
  const phase = isLoadedAt(deck, at) ? null : loadPhaseAt(deck, at);
  if (phase === 'first') return { beat: deck.leftOverBeat, beatInBar: null };
  if (phase === 'junk') return { beat: junkBeatAt(deck, at), beatInBar: null };
  if (phase === 'last') return { beat: null, beatInBar: null };
  const beat = beatNumberAt(deck, displayedMoment(deck, display, at, 1));
  const ofBar = beatNumberAt(deck, displayedMoment(deck, display, at, BAR_SHOWS_SOONER));
  return { beat, beatInBar: ofBar === null ? null : beatInBarOf(track, ofBar) };
}

function loadPhaseAt(deck: SimulatedDeck, at: Ms): 'first' | 'junk' | 'last' | null {
  if (deck.track === null) return null;
  if (at < deck.loadedAt + LOAD_PHASES_MS.first) return 'first';
  return at < deck.readyAt - LOAD_PHASES_MS.last ? 'junk' : 'last';
}

/** Numbers that the display runs through as a grid is read: old number, 0, then bursts, as captured [C UE]. */
const JUNK_BEATS = [null, 0, 188, 189, 190, 0, 380, 381, 382, 384] as const;
const JUNK_STEP_MS = LOAD_PHASES_MS.junk / JUNK_BEATS.length;

const junkStepAt = (deck: SimulatedDeck, at: Ms): number =>
  Math.floor((at - deck.loadedAt - LOAD_PHASES_MS.first) / JUNK_STEP_MS);

const junkBeatAt = (deck: SimulatedDeck, at: Ms): number | null =>
  JUNK_BEATS[junkStepAt(deck, at)] ?? deck.leftOverBeat;

const nextJunkAt = (deck: SimulatedDeck, at: Ms): Ms =>
  deck.loadedAt + LOAD_PHASES_MS.first + Math.max(0, junkStepAt(deck, at) + 1) * JUNK_STEP_MS;

/** A status as bytes: the length and the motion byte of this unit, and its flag byte emptied if so told. */
export function statusBytes(value: StatusValue, quirks: Quirks, hasZeroFlags: boolean): Uint8Array {
  const bytes = status.encode(hasZeroFlags ? { ...value, flags: null } : value, quirks.statusBytes);
  if (quirks.p2Family !== 'fx') {
    bytes[0x8b] = (Number.parseInt(quirks.p2Family, 16) << 4) | ((bytes[0x8b] ?? 0) & 0xf);
  }
  return bytes;
}

/** The position packet of a deck at a moment; null: no track, or still loading. */
export function positionBytes(deck: SimulatedDeck, number: DeckNumber, quirks: Quirks, at: Ms): Uint8Array | null {
  const { track } = deck;
  const { loaded, tempoBpm } = truthAt(deck, at);
  if (track === null) return quirks.emptyPositions ? emptyPosition(number, quirks) : null;
  if (!loaded || (!quirks.stillPositions && !isMovingAt(deck, at))) return null;
  const value: ValueOf<typeof position> = {
    name: nameOfModel(quirks.model),
    number: rawNumber(number, quirks),
    trackLengthS: Math.floor(track.lengthMs / 1000),
    playheadMs: Math.floor(positionMsAt(deck, at)),
    pitchPercent: (deck.pitchSpeed - 1) * 100,
    tempoBpm,
  };
  return position.encode(value);
}

const emptyPosition = (number: DeckNumber, quirks: Quirks): Uint8Array =>
  position.encode({
    ...{ name: nameOfModel(quirks.model), number: rawNumber(number, quirks), trackLengthS: 0, playheadMs: 0 },
    ...{ pitchPercent: 0, tempoBpm: null },
  });
