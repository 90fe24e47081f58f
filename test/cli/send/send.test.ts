/** `decklight send` on loopback: what the network refuses is said, and is no success. */

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { sendCommand } from '../../../src/cli/send/send.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { listen } from '../doctor/doctor-rig.ts';

const folder = mkdtempSync(join(tmpdir(), 'decklight-send-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function receiver() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { socket, port: socket.address().port };
}

async function sent(port: number, json = false) {
  const file = join(folder, 'show.yaml');
  writeFileSync(
    file,
    `decklight: 1
name: line check
bridges:
  opus: { type: opus-quad }
  console: { type: osc, host: 127.0.0.1, port: ${port} }
cues: { drop: [{ console: /cue/7/go }] }
rules: [{ name: chorus, when: chorus, do: drop }]
panic: drop
`,
  );
  const out = listen();
  return {
    code: await sendCommand(file, { cue: 'drop', json }, { out, aside: out, bridges: BRIDGES, library: NO_LIBRARY }),
    ...out,
  };
}

describe('a cue sent by hand', () => {
  it('to somebody who listens is done', async () => {
    const { socket, port } = await receiver();
    const heard = once(socket, 'message');
    expect(await sent(port)).toMatchObject({ code: 0, errors: [], lines: ['console  /cue/7/go'] });
    expect(String((await heard)[0])).toContain('/cue/7/go');
    socket.close();
  });

  it.skipIf(process.platform === 'win32')('to a port that nobody has is refused: one line, exit code 1', async () => {
    const { socket, port } = await receiver();
    await new Promise<void>(done => socket.close(() => done()));
    const { code, errors } = await sent(port);
    expect(code).toBe(1);
    expect(errors).toEqual([expect.stringContaining(`127.0.0.1:${port}: nobody listens on that port`)]);
  });
});
