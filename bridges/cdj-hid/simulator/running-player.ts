/** A simulated player on a clock: woken when it wants to be, its reports handed on. */
import type { Cancel, Clock } from '../../../src/core/clock.ts';
import { type PlayerInput, type SimulatedPlayer, stepPlayer } from './player.ts';

export interface RunningPlayer {
  player(): SimulatedPlayer;
  feed(input: PlayerInput): void;
  /** From now on nothing reaches it, and it says nothing. */
  stop(): void;
}

/**
 * Runs from the first time it is fed, if only with `wake`.
 *
 * @param send takes each of its reports, 64 bytes
 */
export function runPlayer(opened: SimulatedPlayer, clock: Clock, send: (report: Uint8Array) => void): RunningPlayer {
  let player = opened;
  let isStopped = false;
  let cancel: Cancel = () => {};

  function feed(input: PlayerInput): void {
    if (isStopped) return;
    const stepped = stepPlayer(player, input, clock.now());
    player = stepped.player;
    cancel();
    cancel = stepped.wakeAt === null ? () => {} : clock.at(stepped.wakeAt, () => feed({ kind: 'wake' }));
    for (const report of stepped.send) send(report);
  }

  return {
    player: () => player,
    feed,
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
