/** Meaning of a status packet: from the fields on the wire to a report of the deck. Pure. */
import { type DeckReport, NO_TRACK_NUMBER, type PlayState, type TrackSource } from '../../../src/core/deck-report.ts';
import type { StatusValue } from '../layout.ts';
import type { UnitQuirks } from './unit-quirks.ts';

/** Trust in the unit's word for the source of a track. */
export const TRACK_KIND_POLICIES = ['trusted', 'ignored'] as const;
export type TrackKindPolicy = (typeof TRACK_KIND_POLICIES)[number];

/** Knowledge of the session about a status beyond its fields. */
export interface StatusContext extends Pick<DeckReport, 'isOrderProved' | 'isAfterLoss'> {
  readonly trackKind: TrackKindPolicy;
  readonly onAir: UnitQuirks['onAir'];
}

/**
 * @param context what the packet counter of this deck shows, where it is known to count
 *
 * Source: dysentery and beat-link for the fields, usr-ein/prolink captures of two CDJ-2000nexus for what they do in each
 * phase of loading and playing.
 */
export function toReport(status: StatusValue, { trackKind, onAir, ...order }: StatusContext): DeckReport {
  const isPlaying = isPlayingIn(status);
  const trackId = status.trackId ?? (isLoadedIn(status, isPlaying) ? NO_TRACK_NUMBER : null);
  // A player that loads shows junk beat numbers, old or far off; beat in bar is 0 then and only then [C UE]. Should the
  // unit never fill beat in bar, a deck that says it plays is believed all the same.
  const isBeatValid = status.beatInBar !== null || status.flags?.isPlaying === true;
  return {
    trackId,
    source: trackId === null || trackKind === 'ignored' ? null : sourceIn(status),
    trackTempoBpm: trackId === null || status.trackTempoBpm === 0 ? null : status.trackTempoBpm,
    pitchSpeed: status.pitchSpeed,
    runSpeed: isPlaying ? runSpeed(status) : 0,
    playState: isPlaying ? 'playing' : stillState(status),
    beat: isBeatValid ? status.beat : null,
    beatInBar: status.beatInBar,
    flags: flagsIn(status, onAir),
    ...order,
  };
}

/** Gives the flags; a bit that tells nothing is as one that was never set. */
function flagsIn({ flags }: StatusValue, onAir: UnitQuirks['onAir']): DeckReport['flags'] {
  if (flags === null) return undefined;
  return onAir === 'ignored' ? { ...flags, isOnAir: false } : flags;
}

/** Tells whether there is a track though it has no number: a deck that plays has one, and so has one that shows a tempo. */
function isLoadedIn({ playState, trackTempoBpm }: StatusValue, isPlaying: boolean): boolean {
  if (isPlaying) return true;
  return trackTempoBpm !== null && playState !== 'empty' && playState !== 'load-failed' && playState !== 'loading';
}

const SLOTS: Readonly<Record<StatusValue['sourceSlot'], TrackSource['slot']>> = {
  none: null,
  cd: 'cd',
  sd: 'sd',
  usb: 'usb',
  rekordbox: 'link',
  streaming: 'streaming',
  'usb-2': 'usb',
  beatport: 'streaming',
  unknown: null,
};

/** Gives the source of the track; null: the unit does not fill these fields. */
function sourceIn({ sourceSlot, trackType }: StatusValue): TrackSource | null {
  const slot = SLOTS[sourceSlot];
  const kind = trackType === 'none' || trackType === 'unknown' ? null : trackType;
  return slot === null && kind === null ? null : { slot, kind };
}

/** Tells whether the playhead runs by itself: the flag where it is given, the play state where it is not. */
function isPlayingIn({ flags, playState, motion, beatInBar }: StatusValue): boolean {
  if (flags !== null) return flags.isPlaying;
  // quirk(opus-quad): some packets carry no flags at all while the deck plays [I BL VirtualRekordbox].
  const saysSo =
    playState === 'playing' || playState === 'looping' || (playState === 'searching' && motion === 'moving');
  return saysSo && beatInBar !== null;
}

/** Speed of the audio of a deck that plays; negative backwards. */
function runSpeed({ pitchSpeed, audioSpeed, direction, playState }: StatusValue): number {
  // Pitch4 follows a nudge while Pitch1 keeps the fader; it may read 0 in the first packet of a start [C UE].
  if (direction === 'forward-cdj-or-nudge' && audioSpeed !== 0) return audioSpeed;
  // In a loop shorter than a beat the same code stands without the deck running backwards [C UE].
  if (direction === 'reverse-or-still' && playState === 'playing') return -pitchSpeed;
  return pitchSpeed;
}

function stillState({ playState, trackId, beatInBar }: StatusValue): PlayState {
  switch (playState) {
    case 'empty':
    case 'load-failed':
      return 'empty';
    case 'loading':
      return 'loading';
    case 'playing':
      // For about two seconds of a load some players already say "playing" [C UE].
      return beatInBar === null ? 'loading' : 'paused';
    case 'looping':
    case 'emergency-loop':
    case 'paused':
    case 'cue-scratch':
      return 'paused';
    case 'cued':
    case 'cue-play':
      return 'cued';
    case 'searching':
      return 'searching';
    case 'ended':
      return 'ended';
    case 'unknown':
      return trackId === null ? 'empty' : 'unknown';
  }
}
