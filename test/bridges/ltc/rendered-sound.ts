/** Anchors as LTC: what is rendered of them when all are known before anything is. */
import { amplitudeOf, render, type Sound } from '../../../bridges/ltc/render.ts';
import { type LtcSignal, NO_LTC_SIGNAL, withAnchor } from '../../../bridges/ltc/signal.ts';
import type { TimecodeAnchor } from '../../../src/core/timecode/stream-anchor.ts';

/** 48 kHz, 12 dB below full scale, no user bits. */
export const SOUND: Sound = { sampleRateHz: 48_000, amplitude: amplitudeOf(-12), userBits: 0 };

/** The signal of anchors that were all known before anything was rendered. */
export const signalOf = (anchors: readonly TimecodeAnchor[]): LtcSignal =>
  anchors.reduce((signal, anchor) => withAnchor(signal, anchor, Number.NEGATIVE_INFINITY), NO_LTC_SIGNAL);

/** The samples of anchors. @param from the first sample, in ms @param to the sound ends here, in ms */
export function soundOf(anchors: readonly TimecodeAnchor[], from: number, to: number, sound = SOUND): Int16Array {
  return render(signalOf(anchors), sound, {
    startsAt: from,
    first: 0,
    count: Math.ceil(((to - from) * sound.sampleRateHz) / 1000),
  });
}
