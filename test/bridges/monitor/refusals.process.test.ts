/** What servers of ours turn away, over real sockets: refused, told once, and the rest goes on. And what listens at all. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openMonitor } from '../../../bridges/monitor/device.ts';
import { openRelay } from '../../../bridges/relay/device.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import { freePort } from '../../free-port.ts';
import { until } from '../../until.ts';
import { testHost } from '../fake-host.ts';

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const TOKEN = 'abcdefgh-1234';

async function servers(token: string | null = TOKEN) {
  const [page, relay] = [await freePort(), await freePort()];
  const clock = virtualClock();
  const { host, log } = testHost(clock);
  const options = { address: '127.0.0.1', port: page, token, isLookOnlyFree: false, overlayStyle: null };
  const bridges = [
    openMonitor('page', options, host),
    openRelay({ address: '127.0.0.1', port: relay, include: new Set(['status']), origins: new Set() }, host),
  ];
  for (const bridge of bridges) closing.push(() => bridge.close());
  await until(() => bridges.every(bridge => bridge.status().state === 'ready'));
  const told = (why: string): number =>
    log.filter(line => line.startsWith('a request from 127.0.0.1 was refused: ') && line.includes(why)).length;
  return { page, relay, log, told };
}

/** A client that says just this; what it is answered grows as it comes. */
function saying(port: number, text: string): { answer: string; isOver: boolean; readonly socket: Socket } {
  const socket = connect(port, '127.0.0.1', () => socket.write(text));
  const client = { answer: '', isOver: false, socket };
  socket.on('data', bytes => {
    client.answer += bytes;
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    client.isOver = true;
  });
  closing.push(() => socket.destroy());
  return client;
}

const request = (head: string, headers: Readonly<Record<string, string>> = {}, body = ''): string =>
  [
    `${head} HTTP/1.1`,
    ...Object.entries({ host: '127.0.0.1:80', connection: 'close', ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
    '',
    body,
  ].join('\r\n');
const act = (body: string, headers: Readonly<Record<string, string>> = {}): string =>
  request(
    'POST /act',
    {
      'content-type': 'application/json',
      'content-length': String(body.length),
      'x-decklight-token': TOKEN,
      ...headers,
    },
    body,
  );

describe('a monitor', () => {
  it.each([
    ['a foreign name, on / too', 403, 'by a name that is not its address', request('GET /', { host: 'evil.example' })],
    [
      'a foreign page, on / too',
      403,
      'a page of "http://evil.example"',
      request('GET /', { origin: 'http://evil.example' }),
    ],
    ['no token', 401, 'did not bring the token', request('GET /state')],
    ['no token at an act', 401, 'did not bring the token', act('{"kind":"panic"}', { 'x-decklight-token': '' })],
    ['an act of a foreign page', 403, 'a page of "null"', act('{"kind":"panic"}', { origin: 'null' })],
    ['an act that is none', 400, 'this is no act', act('{"kind":"explode"}')],
    ['an act that is too long', 413, 'at most 4096 bytes', act(`{"kind":"fire","cue":"${'x'.repeat(9000)}"}`)],
    ['an act of a form', 415, 'an act is application/json', act('a=b', { 'content-type': 'text/plain' })],
    ['headers without end', 431, 'headers have more than', request('GET /', { 'x-long': 'y'.repeat(20_000) })],
    ['what is no HTTP', 400, 'no HTTP', '\u0016\u0003\u0001 hello\r\n\r\n'],
  ])('refuses %s with %i, and tells it once', async (_, status, why, text) => {
    const { page, told } = await servers();
    for (let i = 0; i < 3; i++) {
      const client = saying(page, text);
      await until(() => client.isOver);
      expect(client.answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    }
    expect(told(why)).toBe(1);
  });

  it('refuses the token of the start before', async () => {
    const first = await servers('token-of-the-first-start');
    const second = await servers('token-of-the-second');
    const asking = (port: number): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}/state`, { headers: { 'x-decklight-token': 'token-of-the-first-start' } });
    expect([(await asking(first.page)).status, (await asking(second.page)).status]).toEqual([200, 401]);
    expect(second.told('did not bring the token')).toBe(1);
  });

  it('cuts off a client whose headers come slowly, and one that says nothing', async () => {
    const { page, relay, told } = await servers();
    const clients = [page, relay].flatMap(port => [saying(port, 'GET / HTTP/1.1\r\nhost: 127'), saying(port, '')]);
    await until(() => clients.every(({ isOver }) => isOver));
    for (const { answer } of clients) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    // Each server tells it for itself.
    expect(told('did not come to its end within 5 s')).toBe(2);
  });

  it('holds 100 of 1,000 connections, tells that once, and answers again when they have gone', async () => {
    const { page, told } = await servers(null);
    const clients = Array.from({ length: 1000 }, () => saying(page, ''));
    await until(() => clients.filter(({ isOver }) => isOver).length >= 900);
    expect(told('there are 100 connections already')).toBe(1);
    for (const { socket } of clients) socket.destroy();
    await expect
      .poll(() =>
        fetch(`http://127.0.0.1:${page}/state`).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
  });
});

describe('a relay', () => {
  it.each([
    ['a frame that is too long', (socket: WebSocket) => socket.send('x'.repeat(2000))],
    [
      'a frame that is broken',
      (socket: WebSocket) => (socket as unknown as { _socket: Socket })._socket.write(Buffer.from([0xff, 0xff, 0xff])),
    ],
  ])('closes a connection on %s, and tells it', async (_, speak) => {
    const { relay, told } = await servers();
    const socket = new WebSocket(`ws://127.0.0.1:${relay}`);
    socket.on('error', () => {});
    const over = once(socket, 'close');
    await once(socket, 'open');
    speak(socket);
    await over;
    expect(told('is broken or longer than 1024 bytes')).toBe(1);
  });
});

/** Sockets of a process on which others are heard: `tcp 127.0.0.1:8090`. Source: proc(5), /proc/net. */
function listening({ pid }: ChildProcess): readonly string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap(fd => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap(kind =>
    readFileSync(`/proc/${pid}/net/${kind}`, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .flatMap(line => {
        const [, local = '', remote = '', state, , , , , , inode = ''] = line.trim().split(/\s+/);
        // A socket that is connected hears its other side alone; 0A: listens.
        const isHeard = kind.startsWith('tcp') ? state === '0A' : /^0+:0000$/.test(remote);
        if (!isHeard || !inodes.has(inode)) return [];
        const [address = '', port = ''] = local.split(':');
        const bytes = address.match(/../g)?.reverse() ?? [];
        return [`${kind} ${bytes.map(byte => Number.parseInt(byte, 16)).join('.')}:${Number.parseInt(port, 16)}`];
      }),
  );
}

const TOP = fileURLToPath(new URL('../../..', import.meta.url));

describe.skipIf(process.platform !== 'linux')('a show that names no address', () => {
  it('is heard on this machine alone, by the ports of its profile and those of DJ Link', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'decklight-listens-'));
    closing.push(() => rmSync(folder, { recursive: true }));
    const [page, relay, osc] = [await freePort(), await freePort(), await freePort()];
    const file = join(folder, 'show.yaml');
    writeFileSync(
      file,
      `decklight: 1
name: what listens
bridges:
  opus: { type: opus-quad }
  console: { type: osc, host: 127.0.0.1, port: 9, listen: ${osc} }
  page: { type: monitor, port: ${page} }
  relay: { type: relay, port: ${relay} }
timecode:
  main: { follow: on-air, rate: 30, to: [console] }
rules:
  - { name: phrase, when: phrase, do: [ { console: /phrase } ] }
`,
    );
    const show = spawn(
      process.execPath,
      ['--import', 'tsx', 'src/cli/main.ts', 'run', '--simulate', '--no-record', file],
      {
        cwd: TOP,
        stdio: 'ignore',
      },
    );
    closing.push(async () => {
      const ended = once(show, 'exit');
      show.kill('SIGKILL');
      await ended;
    });
    const wanted = [`tcp 127.0.0.1:${page}`, `tcp 127.0.0.1:${relay}`];
    await until(() => show.exitCode !== null || wanted.every(each => listening(show).includes(each)));
    expect(show.exitCode).toBeNull();
    const heard = listening(show);
    expect(heard.filter(each => each.startsWith('tcp')).sort()).toEqual([...wanted].sort());
    expect(heard.filter(each => !/ 127\.\d+\.\d+\.\d+:/.test(each))).toEqual([]);
    // 127.0.0.2 is the simulated unit; where another program of this machine has the ports of DJ Link, it is in memory.
    const ofShow = heard.filter(each => each.startsWith('udp 127.0.0.1:'));
    const others = ofShow.filter(each => !/:5000[012]$/.test(each));
    expect(others).toEqual([`udp 127.0.0.1:${osc}`]);
  });
});
