/** The relay over real sockets of loopback: clients of the `ws` package, and of Node alone. */
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { CLIENTS_MOST, openRelay, type RelayOptions } from '../../../bridges/relay/device.ts';
import type { OpenBridge, UnitPacketKind } from '../../../src/bridge.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import { PORT_RETRY_MS } from '../../../src/network/web-server.ts';
import { freePort } from '../../free-port.ts';
import { until } from '../../until.ts';
import { testHost } from '../fake-host.ts';

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function openAt(change: Partial<RelayOptions> = {}) {
  const port = change.port ?? (await freePort());
  const options: RelayOptions = {
    ...{ address: '127.0.0.1', port, include: new Set<UnitPacketKind>(['status']), origins: new Set() },
    ...change,
  };
  const clock = virtualClock();
  const { host, log } = testHost(clock);
  const bridge: OpenBridge = openRelay(options, host);
  closing.push(() => bridge.close());
  return { port, bridge, host, log, clock };
}

async function relayAt(change: Partial<RelayOptions> = {}) {
  const relay = await openAt(change);
  await until(() => relay.bridge.status().state === 'ready');
  return relay;
}

interface TestClient {
  readonly heard: readonly { readonly bytes: readonly number[]; readonly isBinary: boolean }[];
  readonly socket: WebSocket;
}

function client(port: number, path = '/', options: ClientOptions = {}): Promise<TestClient> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, options);
  const heard: { bytes: number[]; isBinary: boolean }[] = [];
  socket.on('message', (data: Buffer, isBinary) => heard.push({ bytes: [...data], isBinary }));
  closing.push(() => socket.terminate());
  return new Promise((done, fail) => {
    socket.on('open', () => done({ heard, socket }));
    socket.on('unexpected-response', (_, { statusCode }) => fail(new Error(`answer ${statusCode}`)));
    socket.on('error', fail);
  });
}

const STATUS = { kind: 'status', bytes: Uint8Array.of(0x51, 0x73, 0x70, 0x74, 0) } as const;
const POSITION = { kind: 'position', bytes: Uint8Array.of(1, 2) } as const;

describe('a relay', () => {
  it('hands each status packet to every client as one binary message, unchanged, on any path', async () => {
    const { port, host } = await relayAt();
    const clients = [await client(port), await client(port, '/any/path?x=1')];
    host.packets.heard(STATUS);
    host.packets.heard(POSITION);
    host.packets.heard({ kind: 'keep-alive', bytes: Uint8Array.of(9) });
    host.packets.heard({ ...STATUS, bytes: Uint8Array.of(7) });
    for (const { heard } of clients) {
      await until(() => heard.length === 2);
      expect(heard).toEqual([
        { bytes: [...STATUS.bytes], isBinary: true },
        { bytes: [7], isBinary: true },
      ]);
    }
  });

  it('speaks no subprotocol and does not compress', async () => {
    const { port } = await relayAt();
    const { socket } = await client(port, '/', { perMessageDeflate: true });
    expect([socket.protocol, socket.extensions]).toEqual(['', '']);
  });

  it('passes on the kinds that are named under include, and nothing else', async () => {
    const { port, host } = await relayAt({ include: new Set(['position']) });
    const { heard } = await client(port);
    host.packets.heard(STATUS);
    host.packets.heard(POSITION);
    await until(() => heard.length > 0);
    expect(heard).toEqual([{ bytes: [1, 2], isBinary: true }]);
  });

  it.each([
    ['without an origin', undefined],
    ['of a page of this machine', 'http://localhost:3000'],
    ['of a page of this machine by number', 'http://127.0.0.1'],
    ['of a page of this machine by IPv6', 'https://[::1]:8443'],
  ])('a client %s is let in', async (_, origin) => {
    const { port } = await relayAt();
    await expect(client(port, '/', origin === undefined ? {} : { origin })).resolves.toBeDefined();
  });

  it.each(['null', 'http://10.0.0.5', 'http://localhost.example.org', 'http://127.0.0.1.example.org', 'nonsense'])(
    'a page of origin %s is refused with 403, and named once in the log',
    async origin => {
      const { port, log } = await relayAt();
      await expect(client(port, '/', { origin })).rejects.toThrow('answer 403');
      await expect(client(port, '/', { origin })).rejects.toThrow('answer 403');
      expect(log.filter(line => line.includes(`a page of "${origin}" wanted in`))).toHaveLength(1);
    },
  );

  it('a page of an origin that the profile names is let in', async () => {
    const { port } = await relayAt({ origins: new Set(['null', 'http://10.0.0.5:3000']) });
    await expect(client(port, '/', { origin: 'null' })).resolves.toBeDefined();
    await expect(client(port, '/', { origin: 'http://10.0.0.5:3000' })).resolves.toBeDefined();
    await expect(client(port, '/', { origin: 'http://10.0.0.5:3001' })).rejects.toThrow('answer 403');
  });

  it(`${CLIENTS_MOST} clients have room; the next one is refused, and the others go on`, async () => {
    const { port, host, log } = await relayAt();
    const clients = await Promise.all(Array.from({ length: CLIENTS_MOST }, () => client(port)));
    await expect(client(port)).rejects.toThrow('answer 403');
    expect(log.some(line => line.includes(`${CLIENTS_MOST} clients already`))).toBe(true);
    host.packets.heard(STATUS);
    for (const { heard } of clients) await until(() => heard.length === 1);
  });

  it('a client that says too much, or speaks broken frames, loses its connection, and the others hear on', async () => {
    const { port, host } = await relayAt();
    const good = await client(port);
    const loud = await client(port);
    let isLoudGone = false;
    loud.socket.on('close', () => {
      isLoudGone = true;
    });
    loud.socket.on('error', () => {});
    loud.socket.send(new Uint8Array(100_000));
    const broken = await client(port);
    let isBrokenGone = false;
    broken.socket.on('close', () => {
      isBrokenGone = true;
    });
    // Three reserved bits at once stand for no extension that was agreed.
    (broken.socket as unknown as { _socket: { write(bytes: Uint8Array): void } })._socket.write(Uint8Array.of(0xf2, 0));
    await until(() => isLoudGone && isBrokenGone);
    host.packets.heard(STATUS);
    await until(() => good.heard.length === 1);
  });

  it('a program that speaks HTTP is told what is here, and one that speaks neither is cut off', async () => {
    const { port } = await relayAt();
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect([response.status, await response.text()]).toEqual([426, expect.stringContaining('WebSocket')]);
    const socket = connect(port, '127.0.0.1');
    let isClosed = false;
    socket.on('close', () => {
      isClosed = true;
    });
    socket.on('error', () => {});
    socket.resume();
    socket.write('\x00\x01\x02 rubbish\r\n\r\n');
    await until(() => isClosed);
  });

  it('a port that another program has is said with what to do, and taken as soon as it is free', async () => {
    const port = await freePort();
    const other: Server = createServer();
    await new Promise<void>(done => other.listen(port, '127.0.0.1', done));
    const { bridge, log, clock } = await openAt({ port });
    await until(() => log.length > 0);
    expect(bridge.status().state).toBe('waiting');
    expect(bridge.status().text).toContain(`TCP port ${port} at 127.0.0.1 is in use by another program`);
    await new Promise(done => other.close(done));
    clock.advance(PORT_RETRY_MS);
    await until(() => bridge.status().state === 'ready');
    await client(port);
  });

  it('once closed it has said goodbye and let go of its port', async () => {
    const { port, bridge } = await relayAt();
    const { socket } = await client(port);
    const code = new Promise(done => socket.on('close', done));
    await bridge.close();
    expect(await code).toBe(1001);
    const again = createServer();
    await new Promise<void>((done, fail) => again.on('error', fail).listen(port, '127.0.0.1', done));
    await new Promise(done => again.close(done));
  });
});
