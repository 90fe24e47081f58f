/**
 * A simulated unit in a process of its own, so that what the show costs is counted without it. Both ends are here: forked,
 * it is the unit; imported, it starts one. Moments are of the clock that all processes of a machine share.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DjAction } from '../../bridges/opus-quad/simulator/unit-state.ts';
import type { Ms } from '../../src/core/clock.ts';
import { sendingThrough } from '../../src/network/sending-through.ts';
import { clock, network, openLiveUnit, setOf } from './live-show.ts';

/** When what it has sent left. */
export interface UnitTimes {
  readonly firstKeepAliveAt: Ms;
  readonly statusAt: readonly Ms[];
}

export interface UnitProcess {
  act(act: DjAction): void;
  /** Switches it off. */
  close(): Promise<UnitTimes>;
}

/** @param set YAML of a set, which begins at once */
export async function openUnitProcess(set: string): Promise<UnitProcess> {
  const child = fork(fileURLToPath(import.meta.url), [set], { execArgv: ['--import', 'tsx'] });
  await once(child, 'message');
  return {
    act: act => void child.send(act),
    async close() {
      child.send('close');
      const [times] = (await once(child, 'message')) as [UnitTimes];
      return times;
    },
  };
}

async function play(set: string, tell: (told: unknown) => void): Promise<void> {
  let firstKeepAliveAt: Ms | null = null;
  const statusAt: Ms[] = [];
  const watched = sendingThrough(network, (to, _, send) => {
    if (to.port === 50_000) firstKeepAliveAt ??= clock.now();
    if (to.port === 50_002) statusAt.push(clock.now());
    send();
  });
  const unit = await openLiveUnit(setOf(set), watched);
  process.on('message', async (told: DjAction | 'close') => {
    if (told !== 'close') return unit.act(told);
    await unit.close();
    tell({ firstKeepAliveAt, statusAt });
    process.disconnect();
  });
  tell('open');
}

const [, file, set] = process.argv;
if (file === fileURLToPath(import.meta.url) && set !== undefined && process.send) {
  await play(set, told => process.send?.(told));
}
