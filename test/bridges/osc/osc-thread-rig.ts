/** An OSC bridge over the loopback of this machine, its timecode in a thread of its own. */
import type { OscMessage } from '../../../bridges/osc/codec.ts';
import { openOsc } from '../../../bridges/osc/device.ts';
import { USUAL_FORMS } from '../../../bridges/osc/osc-timecode.ts';
import { threadPort } from '../../../bridges/osc/timecode-port.ts';
import type { OpenBridge } from '../../../src/bridge.ts';
import { liveClock } from '../../../src/live/live-clock.ts';
import { liveNetwork } from '../../../src/live/live-network.ts';
import { until } from '../../until.ts';
import { testHost } from '../fake-host.ts';
import { rateNamed, runAt } from '../midi/sample-anchors.ts';

export const clock = liveClock();

/** A bridge to one port of this machine, its timecode silent until the thread is there. */
export async function openOnThread(port: number): Promise<OpenBridge> {
  const bridge = openOsc(
    {
      ...{ receivers: [{ address: '127.0.0.1', port }], framing: null, bundles: 'none' },
      ...{ timecode: USUAL_FORMS, latencyMs: 0, listen: null },
    },
    testHost(clock, liveNetwork(clock)).host,
    message => message as OscMessage,
    threadPort,
  );
  bridge.timecode({ ...runAt(rateNamed('30'), '00:00:00:00', 0), speed: 0, join: 'silence' });
  await until(() => bridge.status().state === 'ready');
  return bridge;
}
