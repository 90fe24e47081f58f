/**
 * The trace: one JSON object a line, for holding the program against the truth from outside.
 *
 * `monotonicNs` everywhere is an integer of the clock that process.hrtime reads, so that the traces of two programs on
 * one machine compare directly.
 *
 * - 100 times a second, per loaded deck: `{ monotonicNs, kind: "position", deck, beat, beatUncertainty, positionMs,
 *   uncertaintyMs, basis, playing, tempoBpm }`, each null when not known;
 * - beside it, per timecode: `{ monotonicNs, kind: "timecode", name, label, frames, run, deck }`, where `frames` counts from
 *   midnight with its fraction, `label` and `frames` null where it is nowhere;
 * - with `--simulate`, beside it: `{ monotonicNs, kind: "truth", deck, beat, positionMs, playing, tempoBpm, trackId }`;
 * - for everything that leaves: `{ monotonicNs, kind: "sent", bridge, message, because, trueTimeNs }`, where `trueTimeNs`
 *   is the moment it was meant for.
 */
import type { DeckTruth } from '../../bridge.ts';
import type { Cancel, Clock, Ms } from '../../core/clock.ts';
import type { Show } from '../../core/deck/decks.ts';
import { positionAt } from '../../core/deck/position.ts';
import type { EngineState } from '../../core/engine/engine-state.ts';
import { becauseText } from '../../core/engine/intents.ts';
import { tempoBpmOf } from '../../core/rules/fact-values.ts';
import { generatorPlaceAt, NO_GENERATOR } from '../../core/timecode/generator.ts';
import type { TimecodeEntry } from '../../core/timecode/stream-entry.ts';
import { labelOf, labelText } from '../../core/timecode/timecode.ts';
import type { Departure } from '../../live/engine.ts';
import { toMonotonicNs } from '../../live/live-clock.ts';

export const TRACE_EVERY_MS: Ms = 10;

/** Calls `run` on every multiple of 10 ms from now, never "last + 10", which drifts; beats missed are not made up for. */
export function every10Ms(clock: Clock, run: (at: Ms) => void): Cancel {
  const start = clock.now();
  let cancel: Cancel = () => {};
  const next = (): void => {
    const due = start + (Math.floor((clock.now() - start) / TRACE_EVERY_MS) + 1) * TRACE_EVERY_MS;
    cancel = clock.at(due, () => {
      run(clock.now());
      next();
    });
  };
  next();
  return () => cancel();
}

/** The decks of a show at a moment, as lines of the trace. */
export function positionLines(show: Show, at: Ms): string[] {
  const lines: string[] = [];
  for (const deck of show.decks.values()) {
    if (deck.track === null) continue;
    const { beat, beatUncertainty, positionMs, uncertaintyMs, basis } = positionAt(deck, at);
    const { number } = deck.ref;
    const place = { beat, beatUncertainty, positionMs, uncertaintyMs, basis };
    lines.push(
      JSON.stringify({
        monotonicNs: toMonotonicNs(at),
        kind: 'position',
        deck: number,
        ...place,
        playing: deck.isPlaying,
        tempoBpm: tempoBpmOf(deck),
      }),
    );
  }
  return lines;
}

/** Place of each timecode of a show at a moment, as lines of the trace. */
export function timecodeLines(entries: readonly TimecodeEntry[], { timecodes }: EngineState, at: Ms): string[] {
  return entries.map(({ name, rate }) => {
    const generator = timecodes.get(name) ?? NO_GENERATOR;
    const { run, deck } = generator;
    const frames = generatorPlaceAt(generator, at);
    const label = frames === null ? null : labelText(rate, labelOf(rate, frames));
    return JSON.stringify({ monotonicNs: toMonotonicNs(at), kind: 'timecode', name, label, frames, run, deck });
  });
}

/** The true positions of a simulated unit, as lines of the trace. */
export const truthLines = (truths: readonly DeckTruth[], at: Ms): string[] =>
  truths
    .filter(({ trackId }) => trackId !== null)
    .map(({ deck, beat, positionMs, isPlaying, tempoBpm, trackId }) =>
      JSON.stringify({
        monotonicNs: toMonotonicNs(at),
        kind: 'truth',
        deck,
        beat,
        positionMs,
        playing: isPlaying,
        tempoBpm,
        trackId,
      }),
    );

export const sentTraceLine = ({ at, intent }: Departure, message: string): string =>
  JSON.stringify({
    monotonicNs: toMonotonicNs(at),
    kind: 'sent',
    bridge: intent.bridge,
    message,
    because: becauseText(intent.because),
    trueTimeNs: toMonotonicNs(intent.trueTime),
  });
