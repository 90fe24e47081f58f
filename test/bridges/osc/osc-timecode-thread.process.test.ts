/** OSC timecode over the loopback of this machine, from a thread of its own. Nothing here asserts how fast anything is. */
import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { decode, encode, type OscMessage } from '../../../bridges/osc/codec.ts';
import { openOsc } from '../../../bridges/osc/device.ts';
import { USUAL_FORMS } from '../../../bridges/osc/osc-timecode.ts';
import { threadPort } from '../../../bridges/osc/timecode-port.ts';
import type { OpenBridge } from '../../../src/bridge.ts';
import { liveClock } from '../../../src/live/live-clock.ts';
import { liveNetwork } from '../../../src/live/live-network.ts';
import { udpEar } from '../../output/udp-receiver.ts';
import { testHost } from '../fake-host.ts';
import { rateNamed, runAt } from '../midi/sample-anchors.ts';

const hasOscdump = spawnSync('oscdump', ['--help']).error === undefined;
const clock = liveClock();

/** A bridge to one port of this machine, its timecode silent until the thread is there. */
async function open(port: number): Promise<OpenBridge> {
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

/** Until something is so; the test's own time limit is the only one. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(done => setTimeout(done, 10));
}

describe('OSC timecode in a thread of its own', () => {
  it('goes on while the main thread is blocked: both messages of each frame, once and in order', async () => {
    const oscIn = await udpEar();
    const bridge = await open(oscIn.port);
    bridge.timecode(runAt(rateNamed('30'), '01:00:00:00', clock.now() + 10));
    const from = clock.now();
    while (clock.now() < from + 200);
    const to = clock.now();
    await bridge.close();
    const packets = await oscIn.heard();
    expect(packets.filter(({ at }) => at > from && at < to).length).toBeGreaterThan(0);
    const messages = packets.map(({ bytes }): OscMessage => {
      const decoded = decode(bytes);
      if (!decoded.ok) throw new Error(decoded.reason);
      return decoded.message;
    });
    expect(messages.map(({ address }) => address)).toEqual(
      messages.map((_, i) => (i % 2 === 0 ? '/timecode' : '/timecode/hmsf')),
    );
    const texts = messages.filter((_, i) => i % 2 === 0).map(({ args }) => String(args[0]?.value));
    const numbers = messages.filter((_, i) => i % 2 === 1).map(({ args }) => args.map(({ value }) => Number(value)));
    expect(numbers.map(label => label.map(n => String(n).padStart(2, '0')).join(':'))).toEqual(texts);
    const counts = numbers.map(([, , seconds = 0, frames = 0]) => 30 * seconds + frames);
    expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
  });
});

// oscdump belongs to liblo, which shares no code with us; where it is not installed there is nothing to ask.
describe.skipIf(!hasOscdump)(
  `OSC timecode in oscdump${hasOscdump ? '' : ' (skipped: oscdump is not installed)'}`,
  () => {
    // A machine that stalls for more than 50 ms has frames left out, as it should.
    it('a second of it: labels rise by one, none comes twice, and the status says how late they were', {
      retry: 2,
    }, async () => {
      const socket = createSocket('udp4').bind(0, '127.0.0.1');
      await once(socket, 'listening');
      const { port } = socket.address();
      await new Promise<void>(done => socket.close(() => done()));
      const dump = spawn('stdbuf', ['-oL', 'oscdump', String(port)]);
      let output = '';
      dump.stdout.on('data', (bytes: Buffer) => {
        output += bytes.toString();
      });
      const knock = createSocket('udp4');
      const bridge = await open(port);
      try {
        await until(() => {
          if (!output.includes('/there'))
            knock.send(encode({ address: '/there', args: [] }), port, '127.0.0.1', () => {});
          return output.includes('/there');
        });
        bridge.timecode(runAt(rateNamed('30'), '00:59:59:20', clock.now() + 10));
        const lines = (): readonly string[] =>
          output
            .split('\n')
            .slice(0, -1)
            .filter(line => line.includes('/timecode'));
        await until(() => lines().length >= 62 && bridge.status().text.includes('late'));
        expect(bridge.status().text).toMatch(/, timecode runs, late p99 [\d.]+ ms/);
        const heard = lines().map(line => line.slice(line.indexOf(' ') + 1));
        // The frames from 00:59:59:20 on, at 30.
        const expected = Array.from({ length: 31 }, (_, i) => {
          const [hours, minutes, seconds, frames] = i < 10 ? [0, 59, 59, 20 + i] : [1, 0, 0, i - 10];
          const text = [hours, minutes, seconds, frames].map(n => String(n).padStart(2, '0')).join(':');
          return [`/timecode s "${text}"`, `/timecode/hmsf iiii ${hours} ${minutes} ${seconds} ${frames}`];
        });
        expect(heard.slice(0, 62)).toEqual(expected.flat());
      } finally {
        await bridge.close();
        knock.close();
        dump.kill();
        await once(dump, 'exit');
      }
    });
  },
);
