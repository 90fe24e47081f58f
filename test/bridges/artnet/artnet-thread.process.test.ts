/** The live end, over the loopback of this machine: a thread of its own. Nothing here asserts how fast anything is. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { threadPort } from '../../../bridges/artnet/port.ts';
import { liveClock } from '../../../src/live/live-clock.ts';
import type { TimedPort } from '../../../src/output/output-port.ts';
import { udpEar } from '../../output/udp-receiver.ts';
import { testHost } from '../fake-host.ts';
import { rateNamed, runAt } from '../midi/sample-anchors.ts';
import { hear } from './artnet-receiver.ts';

const clock = liveClock();
// Nothing of this goes through the wire of the host.
const { host } = testHost(clock);

/** Opens a port and waits until it is there, or until it is known that it is not. */
async function opened(address: string, port: number) {
  const troubles: string[] = [];
  const failures: string[] = [];
  let trouble: () => void = () => {};
  const troubled = new Promise<void>(resolve => {
    trouble = resolve;
  });
  const made = await new Promise<TimedPort>(resolve => {
    const opening = threadPort({ to: { address, port }, format: 'Art-Net', streamId: 0 }, host, {
      opened: () => resolve(opening),
      troubled(reason) {
        troubles.push(reason);
        trouble();
      },
      failed(reason) {
        failures.push(reason);
        resolve(opening);
      },
      counted() {},
    });
  });
  return { port: made, troubles, failures, troubled };
}

describe('Art-Net timecode in a thread of its own', () => {
  it('goes on while the main thread is blocked: each frame once and in order', async () => {
    const receiver = await udpEar();
    const { port, failures } = await opened('127.0.0.1', receiver.port);
    port.run(runAt(rateNamed('30'), '01:00:00:00', clock.now() + 10));
    const from = clock.now();
    while (clock.now() < from + 300);
    const to = clock.now();
    await port.close();
    const packets = await receiver.heard();
    expect(failures).toEqual([]);
    expect(packets.filter(({ at }) => at > from && at < to).length).toBeGreaterThan(0);
    const labels = packets.map(({ bytes }) => hear(bytes));
    for (const label of labels) expect(label).toMatchObject({ streamId: 0, hours: 1, minutes: 0, type: 3 });
    const counts = labels.map(({ seconds, frames }) => 30 * seconds + frames);
    // The last one says where it stands, as when the deck stops.
    const stands = counts.pop();
    expect(stands).toBeGreaterThanOrEqual(counts.at(-1) ?? 0);
    expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
  });

  it('is told that nobody listens, and stays', async () => {
    // A port that was ours a moment ago: nobody listens there.
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port: free } = socket.address();
    await new Promise<void>(resolve => socket.close(() => resolve()));
    const { port, troubles, failures, troubled } = await opened('127.0.0.1', free);
    port.run(runAt(rateNamed('25'), '01:00:00:00', clock.now()));
    await troubled;
    await port.close();
    expect(troubles[0]).toMatch(/^nobody listens on that port.*Art-Net/);
    expect(failures).toEqual([]);
  });

  it('a broadcast address is no fault by itself, and one that no socket can have is told in one line', async () => {
    const broadcast = await opened('127.255.255.255', 6454);
    await broadcast.port.close();
    expect(broadcast.failures).toEqual([]);
    // Port 0 is nobody's.
    const refused = await opened('127.0.0.1', 0);
    await refused.port.close();
    expect(refused.failures.length).toBe(1);
    expect(refused.failures[0]).not.toMatch(/\n/);
  });
});
