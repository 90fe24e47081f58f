/** A probe on a clock: its lines on a terminal, the keys of an operator, and an end. */
import type { Cancel, Clock, Ms } from '../../core/clock.ts';
import type { ContextFor } from '../replay/recorded-evening.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { beginProbe, isEnded, type ProbeAnswer, type ProbeInput, type ProbePlan, stepProbe } from './probe.ts';

/** Everything outside of a probe but the device. */
export interface ProbeWorld {
  readonly clock: Clock;
  readonly unixMs: (at: Ms) => number;
  readonly out: Terminal;
  /** Hands over keys until it is taken back. */
  readonly keys: (heard: (key: string) => void) => Cancel;
  readonly stop: AbortSignal;
  readonly contextFor: ContextFor;
}

const TICK_EVERY_MS: Ms = 250;

export interface RunningProbe<E> {
  /** Takes in something of the device. */
  take(input: ProbeInput<E>, at: Ms): void;
  readonly answers: Promise<readonly ProbeAnswer[]>;
}

/** Begins the first step. @param entered told of each step as it begins, by its index */
export function runProbe<E, W>(
  plan: ProbePlan<E, W>,
  { clock, out, keys, stop }: ProbeWorld,
  entered: (index: number, at: Ms) => void,
): RunningProbe<E> {
  const begun = beginProbe(plan, clock.now());
  let state = begun.state;
  let cancel: Cancel = () => {};
  let ended: (answers: readonly ProbeAnswer[]) => void = () => {};
  const answers = new Promise<readonly ProbeAnswer[]>(resolve => {
    ended = resolve;
  });

  function take(input: ProbeInput<E>, at: Ms): void {
    if (isEnded(plan, state)) return;
    const before = state.index;
    const stepped = stepProbe(plan, state, input, at);
    state = stepped.state;
    for (const line of stepped.lines) out.line(line);
    if (isEnded(plan, state)) {
      cancel();
      mute();
      stop.removeEventListener('abort', stopped);
      ended(state.answers);
    } else if (state.index !== before) entered(state.index, at);
  }

  function tick(): void {
    cancel = clock.at(clock.now() + TICK_EVERY_MS, tick);
    take({ kind: 'tick' }, clock.now());
  }

  const stopped = (): void => take({ kind: 'key', key: 'q' }, clock.now());
  for (const line of begun.lines) out.line(line);
  const mute = keys(key => take({ kind: 'key', key }, clock.now()));
  stop.addEventListener('abort', stopped, { once: true });
  tick();
  if (stop.aborted) stopped();
  return { take, answers };
}
