/** An OSC bridge over TCP, both framings, read by oscdump (liblo). Prints what was sent and what it reported. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { oscBridge } from '../../bridges/osc/index.ts';
import { liveClock } from '../../src/live/live-clock.ts';
import { liveNetwork } from '../../src/live/live-network.ts';
import { testHost } from '../bridges/fake-host.ts';
import { until } from '../until.ts';
import { becauseOf, tell } from './receiver-room.ts';

const reason = spawnSync('oscdump', ['--help']).error === undefined ? null : 'oscdump not installed';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

describe.skipIf(reason !== null)(`oscdump over TCP${becauseOf(reason)}`, () => {
  it.each(['length', 'slip'] as const)('reads every type, framed by %s', async framing => {
    const port = await freePort();
    const dump = spawn('oscdump', ['-L', `osc.tcp://:${port}/`]);
    let output = '';
    for (const stream of [dump.stdout, dump.stderr]) stream.on('data', chunk => (output += String(chunk)));
    const clock = liveClock();
    const { host } = testHost(clock, liveNetwork(clock));
    const bridge = oscBridge.open(
      'x',
      {
        ...{ kind: null, receivers: [{ address: '127.0.0.1', port }], framing, bundles: 'none' },
        ...{ timecode: [{ address: '/timecode', as: 'text' }], latencyMs: 0, listen: null },
      },
      host,
    );
    try {
      await until(
        () => bridge.status().state === 'ready',
        () => bridge.status().text + output,
      );
      const args = [
        { type: 'int', value: 7 },
        { type: 'float', value: 0.5 },
        { type: 'string', value: 'drop' },
        { type: 'bool', value: true },
        { type: 'blob', value: Uint8Array.of(0xc0, 0xdb, 3) },
        { type: 'double', value: 0.25 },
        { type: 'int64', value: 12345678901n },
      ] as const;
      for (const address of ['/a', '/b']) bridge.send({ address, args }, clock.now());
      await until(
        () => output.includes('/b '),
        () => output,
      );
      const heard = output.split('\n').flatMap(line => /^\S+ (\/.*)$/.exec(line)?.[1] ?? []);
      tell(`sent /a and /b over TCP, framed by ${framing}; oscdump reports ${heard.join(' | ')}`);
      const rest = 'ifsTbdh 7 0.500000 "drop" #T [3b 0xc0 0xdb 0x3] 0.250000 12345678901';
      expect(heard).toEqual([`/a ${rest}`, `/b ${rest}`]);
    } finally {
      await bridge.close();
      dump.kill();
      await once(dump, 'exit');
    }
  });
});
