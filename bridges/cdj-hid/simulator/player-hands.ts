/** Hands at a simulated player: what a script says, and what keys of a terminal do. */
import type { Cancel, Clock } from '../../../src/core/clock.ts';
import { playScript, type TimedScript } from '../../../src/live/timed-script.ts';
import type { PlayerInput, SimulatedPlayer } from './player.ts';
import { actsOfKey } from './surface-keys.ts';
import type { ScriptedAct, TimedScriptAct } from './surface-script.ts';

/** A simulated player that can be plugged in and out. */
export interface HandledPlayer {
  player(): SimulatedPlayer;
  feed(input: PlayerInput): void;
  plug(): void;
  unplug(): void;
}

export interface PlayerHands {
  /** @param key as a terminal sends it; false: this key is none of its controls */
  press(key: string): boolean;
  stop(): void;
}

export interface HandsSetup {
  readonly clock: Clock;
  readonly script: TimedScript<TimedScriptAct>;
  readonly handled: HandledPlayer;
  /** Told each line of the script as it begins. */
  readonly acted: (text: string) => void;
}

export function openHands({ clock, script, handled, acted }: HandsSetup): PlayerHands {
  const cancels = new Set<Cancel>();
  const stopScript = playScript(script, clock, ({ act, text }) => {
    if (text !== null) acted(text);
    perform(handled, act);
  });
  return {
    press(key) {
      const acts = actsOfKey(key, control => handled.player().controls[control] ?? 0);
      for (const [afterMs, act] of acts ?? []) {
        const cancel = clock.at(clock.now() + afterMs, () => {
          cancels.delete(cancel);
          perform(handled, act);
        });
        cancels.add(cancel);
      }
      return acts !== null;
    },
    stop() {
      stopScript();
      for (const cancel of cancels) cancel();
    },
  };
}

function perform(handled: HandledPlayer, act: ScriptedAct): void {
  switch (act.kind) {
    case 'unplug':
      return handled.unplug();
    case 'plug':
      return handled.plug();
    case 'reset':
    case 'control-mode':
      return handled.feed(act);
    default:
      handled.feed({ kind: 'act', act });
  }
}
