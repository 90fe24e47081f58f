/** The relay of a replay: the unit's packets go to WebSocket clients, each when it came that evening. */
import { openRelay, type RelayOptions } from '../../../bridges/relay/device.ts';
import { USUAL_RELAY } from '../../../bridges/relay/index.ts';
import type { PacketTap } from '../../bridge.ts';
import type { Ms } from '../../core/clock.ts';
import type { Profile } from '../../core/profile.ts';
import { liveClock } from '../../live/live-clock.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface ReplayRelay {
  /** Waits until so much time has passed since the relay was opened; a time that has passed is not waited for. */
  waitUntil(elapsedMs: Ms): Promise<void>;
  close(): Promise<void>;
}

/** Opens the relay of the recorded profile, or where it has none the usual one. */
export async function openReplayRelay(profile: Profile, packets: PacketTap, out: Terminal): Promise<ReplayRelay> {
  const clock = liveClock();
  const entry = profile.bridges.find(({ type }) => type === 'relay');
  const options = entry === undefined ? USUAL_RELAY : (entry.options as RelayOptions);
  const say = (_: unknown, text: string): void => out.error(text);
  const bridge = openRelay(options, { clock, packets, log: { info: say, warn: say, error: say }, ready() {} });
  const begunAt = clock.now();
  return {
    waitUntil: elapsedMs =>
      begunAt + elapsedMs <= clock.now()
        ? Promise.resolve()
        : new Promise(done => clock.at(begunAt + elapsedMs, () => done())),
    close: () => bridge.close(),
  };
}
