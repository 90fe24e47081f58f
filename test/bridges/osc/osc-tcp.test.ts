/** OSC over real TCP, on loopback, read by framings that are not ours. */
import { createRequire } from 'node:module';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { decode, encode, type OscMessage } from '../../../bridges/osc/codec.ts';
import { openOsc } from '../../../bridges/osc/device.ts';
import { USUAL_FORMS } from '../../../bridges/osc/osc-timecode.ts';
import { WAITING_MOST_BYTES } from '../../../bridges/osc/receiver.ts';
import type { Framing } from '../../../bridges/osc/tcp-framing.ts';
import { networkPort } from '../../../bridges/osc/timecode-port.ts';
import type { OpenBridge } from '../../../src/bridge.ts';
import { type VirtualClock, virtualClock } from '../../../src/core/clock.ts';
import { liveNetwork } from '../../../src/live/live-network.ts';
import type { Connection, Network } from '../../../src/network/network.ts';
import { until } from '../../until.ts';
import { testHost } from '../fake-host.ts';

interface Slip {
  readonly Decoder: new (options: { onMessage(bytes: Uint8Array): void }) => { decode(bytes: Uint8Array): void };
}
const { resolve } = createRequire(import.meta.url);
const slip = createRequire(resolve('osc'))('slip') as Slip;

/** Reads a stream in pieces, however it is cut. */
type Reader = (piece: Uint8Array) => void;

function reader(framing: Framing, message: (bytes: Uint8Array) => void): Reader {
  if (framing === 'slip') {
    // Every frame begins with an END of its own: between two of them lies an empty one.
    const decoder = new slip.Decoder({ onMessage: bytes => bytes.length > 0 && message(bytes.slice()) });
    return piece => decoder.decode(piece);
  }
  let rest = Buffer.alloc(0);
  return piece => {
    rest = Buffer.concat([rest, piece]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      message(rest.subarray(4, end));
      rest = rest.subarray(end);
    }
  };
}

const addressOf = (bytes: Uint8Array): string => {
  const decoded = decode(bytes);
  return decoded.ok ? decoded.message.address : decoded.reason;
};

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Desk {
  readonly port: number;
  readonly sockets: Socket[];
  close(): Promise<void>;
}

async function desk(port: number, isReading: boolean, data: (bytes: Uint8Array) => void): Promise<Desk> {
  const sockets: Socket[] = [];
  const server: Server = createServer({ pauseOnConnect: !isReading }, socket => {
    sockets.push(socket);
    socket.on('data', data);
    socket.on('error', () => {});
    if (!isReading) socket.pause();
  });
  await new Promise<void>(done => server.listen(port, '127.0.0.1', done));
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise(done => server.close(done));
  };
  closers.push(close);
  return { port: (server.address() as AddressInfo).port, sockets, close };
}

function open(
  port: number,
  framing: Framing,
): { bridge: OpenBridge; clock: VirtualClock; streams: Connection[]; log: readonly string[] } {
  const clock = virtualClock();
  const live = liveNetwork(clock);
  const streams: Connection[] = [];
  const network: Network = {
    ...live,
    async connect(to, listener) {
      const stream = await live.connect(to, listener);
      streams.push(stream);
      return stream;
    },
  };
  const { host, log } = testHost(clock, network);
  const bridge = openOsc(
    {
      ...{ receivers: [{ address: '127.0.0.1', port }], framing, bundles: 'none' },
      ...{ timecode: USUAL_FORMS, latencyMs: 0, listen: null },
    },
    host,
    message => message as OscMessage,
    networkPort,
  );
  closers.push(() => bridge.close());
  return { bridge, clock, streams, log };
}

const isReady = (bridge: OpenBridge): boolean => bridge.status().state === 'ready';
const say = (address: string, text: string) => ({ address, args: [{ type: 'string', value: text }] });

describe.each<Framing>(['length', 'slip'])('over TCP with framing: %s', framing => {
  it('every message arrives whole and in order, however the bytes are cut', async () => {
    const stream: Uint8Array[] = [];
    const { port } = await desk(0, true, bytes => stream.push(bytes));
    const { bridge } = open(port, framing);
    await until(() => isReady(bridge));
    // It has both bytes that SLIP escapes.
    const blob = { address: '/blob', args: [{ type: 'blob', value: Uint8Array.of(0xc0, 0xdb, 0xdc, 0xdd, 0xc0) }] };
    const sent = [say('/a', 'one'), say('/b', 'two two two'), blob, { address: '/c', args: [] }];
    for (const message of sent) expect(bridge.send(message, 0)).toBe(true);
    const expected = sent.map(message => Buffer.from(encode(message as OscMessage)).toString('hex'));
    const heard: string[] = [];
    const live = reader(framing, bytes => heard.push(Buffer.from(bytes).toString('hex')));
    let fed = 0;
    await until(() => {
      for (; fed < stream.length; fed++) live(stream[fed] as Uint8Array);
      return heard.length >= sent.length;
    });
    expect(heard).toEqual(expected);
    const whole = Buffer.concat(stream);
    for (let cut = 0; cut <= whole.length; cut++) {
      const again: string[] = [];
      const read = reader(framing, bytes => again.push(Buffer.from(bytes).toString('hex')));
      read(whole.subarray(0, cut));
      read(whole.subarray(cut));
      expect(again).toEqual(expected);
    }
  });

  it('what the receiver says is read and thrown away', async () => {
    const heard: string[] = [];
    const read = reader(framing, bytes => heard.push(addressOf(bytes)));
    const { port, sockets } = await desk(0, true, read);
    const { bridge } = open(port, framing);
    await until(() => isReady(bridge) && sockets.length === 1);
    // More than every buffer on the way holds: it leaves only if somebody reads.
    let hasLeft = false;
    sockets[0]?.write(Buffer.alloc(32 * 1024 * 1024), () => {
      hasLeft = true;
    });
    await until(() => hasLeft);
    bridge.send(say('/still', 'there'), 0);
    await until(() => heard.length === 1);
    expect(heard).toEqual(['/still']);
  });

  it('a receiver that is not there, comes, goes and comes back is found each time', async () => {
    const heard: string[] = [];
    const take = (): Reader => reader(framing, bytes => heard.push(addressOf(bytes)));
    const first = await desk(0, true, take());
    await first.close();
    const { bridge, clock, log } = open(first.port, framing);
    await until(() => bridge.status().text.includes('nobody listens'));
    expect(bridge.send(say('/lost', ''), 0)).toBe(false);
    expect(bridge.status()).toMatchObject({ state: 'waiting', text: expect.stringMatching(/0 sent, 1 not \(/) });

    const second = await desk(first.port, true, take());
    clock.advance(5000);
    await until(() => isReady(bridge));
    expect(bridge.send(say('/one', ''), 0)).toBe(true);
    await until(() => heard.length === 1);

    await second.close();
    await until(() => !isReady(bridge));
    expect(bridge.send(say('/lost', ''), 0)).toBe(false);

    await desk(first.port, true, take());
    clock.advance(5000);
    await until(() => isReady(bridge));
    expect(bridge.send(say('/two', ''), 0)).toBe(true);
    await until(() => heard.length === 2);
    expect(heard).toEqual(['/one', '/two']);
    expect(bridge.status().text).toMatch(/2 sent, 2 not/);
    expect(log.filter(line => line.startsWith('sending OSC'))).toHaveLength(2);
  });

  it('a receiver that stops reading costs no more memory than the bound, and gets all it was said to get', async () => {
    const heard: string[] = [];
    const { port, sockets } = await desk(
      0,
      false,
      reader(framing, bytes => heard.push(addressOf(bytes))),
    );
    const { bridge, streams } = open(port, framing);
    await until(() => isReady(bridge) && sockets.length === 1);
    const long = 'x'.repeat(8000);
    let taken = 0;
    // The buffers of the system fill first, a few MB; a gigabyte would mean that nothing ever holds us back.
    while (taken < 125_000 && bridge.send(say(`/${taken}`, long), 0)) taken++;
    expect(taken).toBeLessThan(125_000);
    for (let i = 0; i < 1000; i++) bridge.send(say('/beyond', long), 0);
    expect(streams[0]?.waitingBytes()).toBeLessThanOrEqual(WAITING_MOST_BYTES + 100);
    expect(bridge.status().text).toMatch(/does not read/);
    sockets[0]?.resume();
    await until(() => heard.length === taken);
    expect(heard).toEqual(Array.from({ length: taken }, (_, i) => `/${i}`));
    expect(bridge.send(say('/again', ''), 0)).toBe(true);
    await until(() => heard.length === taken + 1);
  });
});

describe('a live connection', () => {
  it('to a port that nobody listens on fails with the reason of the system', async () => {
    const { port, close } = await desk(0, true, () => {});
    await close();
    const listener = { bytes() {}, closed() {} };
    await expect(liveNetwork(virtualClock()).connect({ address: '127.0.0.1', port }, listener)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  it('closed twice says nothing to its listener, and its last bytes arrive', async () => {
    let heardBytes = 0;
    const { port, sockets } = await desk(0, true, bytes => {
      heardBytes += bytes.length;
    });
    const closed: unknown[] = [];
    const listener = { bytes() {}, closed: (error: Error | null) => void closed.push(error) };
    const stream = await liveNetwork(virtualClock()).connect({ address: '127.0.0.1', port }, listener);
    await until(() => sockets.length === 1);
    let hasEnded = false;
    sockets[0]?.on('close', () => {
      hasEnded = true;
    });
    stream.send(new Uint8Array(1000));
    await stream.close();
    await stream.close();
    stream.send(new Uint8Array(1000));
    await until(() => hasEnded);
    expect(heardBytes).toBe(1000);
    expect(closed).toEqual([]);
  });
});
