/** OSC timecode over the loopback of this machine, read by oscdump. Nothing here asserts how fast anything is. */
import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { encode } from '../../../bridges/osc/codec.ts';
import { until } from '../../until.ts';
import { rateNamed, runAt } from '../midi/sample-anchors.ts';
import { clock, openOnThread } from './osc-thread-rig.ts';

const hasOscdump = spawnSync('oscdump', ['--help']).error === undefined;

// oscdump belongs to liblo, which shares no code with us; where it is not installed there is nothing to ask.
describe.skipIf(!hasOscdump)(
  `OSC timecode in oscdump${hasOscdump ? '' : ' (skipped: oscdump is not installed)'}`,
  () => {
    it('is heard over the full hour: both messages of each label, in order, and the status says how late they were', async () => {
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
      const bridge = await openOnThread(port);
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
        // The frames from 00:59:59:20 on, at 30; a machine that stalls for more than 50 ms has some left out, as it should.
        const expected = Array.from({ length: 3000 }, (_, i) => {
          const count = 59 * 60 * 30 + 59 * 30 + 20 + i;
          const label = [108_000, 1800, 30, 1].map((each, n) => Math.floor(count / each) % ([24, 60, 60, 30][n] ?? 1));
          const text = label.map(n => String(n).padStart(2, '0')).join(':');
          return [`/timecode s "${text}"`, `/timecode/hmsf iiii ${label.join(' ')}`];
        });
        const places = heard.slice(0, 62).map(line => expected.findIndex(messages => messages.includes(line)));
        const labels = places.filter((_, i) => i % 2 === 0);
        expect(heard.slice(0, 62)).toEqual(labels.flatMap(place => expected[place] ?? ['a label of another time']));
        expect(labels).toEqual([...new Set(labels)].sort((a, b) => a - b));
      } finally {
        await bridge.close();
        knock.close();
        dump.kill();
        await once(dump, 'exit');
      }
    });
  },
);
