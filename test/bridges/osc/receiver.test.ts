import { describe, expect, it } from 'vitest';
import { encode } from '../../../bridges/osc/codec.ts';
import { openReceiver, WAITING_MOST_BYTES } from '../../../bridges/osc/receiver.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import { memoryNetwork } from '../../../src/network/memory-network.ts';
import type { Connection } from '../../../src/network/network.ts';
import { testHost } from '../fake-host.ts';

const nic = (address: string) => ({ name: 'eth0', address, netmask: '255.255.255.0', mac: '02:00:00:00:00:01' });
const settled = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};
const ping = encode({ address: '/eos/ping', args: [] });
/** Its length, then itself. */
const FRAMED_BYTES = 20;

function bench() {
  const clock = virtualClock();
  const network = memoryNetwork(clock);
  const desk = network.host(nic('10.0.0.8'));
  const { host, log } = testHost(clock, network.host(nic('10.0.0.1')));
  const streams: Connection[] = [];
  let heardBytes = 0;
  const listen = (): (() => void) =>
    desk.listen(3032, stream => {
      streams.push(stream);
      return {
        bytes(bytes) {
          heardBytes += bytes.length;
        },
        closed() {},
      };
    });
  const open = () => openReceiver({ address: '10.0.0.8', port: 3032 }, 'length', host);
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await settled();
  };
  return { clock, desk, log, streams, listen, open, pass, heard: () => heardBytes };
}

describe('a receiver over TCP', () => {
  it('that nobody is at yet is tried every five seconds, and said once', async () => {
    const { log, listen, open, pass, heard } = bench();
    const receiver = open();
    await pass(0);
    expect(receiver.send(ping)).toBe(false);
    for (let i = 0; i < 20; i++) await pass(5000);
    expect(receiver.isReady()).toBe(false);
    expect(receiver.trouble()).toMatch(/nobody listens on that port.*trying again every 5 s/);
    expect(log).toHaveLength(1);
    listen();
    await pass(4999);
    expect(receiver.isReady()).toBe(false);
    await pass(1);
    expect(receiver.isReady()).toBe(true);
    expect(receiver.send(ping)).toBe(true);
    await pass(1);
    // What could not leave before is not sent later.
    expect(heard()).toBe(FRAMED_BYTES);
    expect(receiver.missed()).toBe(1);
    expect(log).toEqual([log[0], 'sending OSC to 10.0.0.8:3032 over TCP']);
    await receiver.close();
  });

  it('that closes is met again, and what falls due meanwhile is lost and counted', async () => {
    const { log, streams, listen, open, pass, heard } = bench();
    listen();
    const receiver = open();
    await pass(60_000);
    await streams[0]?.close();
    await pass(1);
    expect(receiver.send(ping)).toBe(false);
    expect(receiver.trouble()).toMatch(/it has closed the connection; if it does so each time, try framing: slip/);
    await pass(5000);
    expect(receiver.send(ping)).toBe(true);
    await pass(1);
    expect(heard()).toBe(FRAMED_BYTES);
    expect(receiver.missed()).toBe(1);
    expect(log.filter(line => line.includes('has closed'))).toHaveLength(1);
    await receiver.close();
  });

  it('that takes every connection and closes it at once does not fill the log', async () => {
    const { log, desk, open, pass } = bench();
    desk.listen(3032, stream => {
      void stream.close();
      return { bytes() {}, closed() {} };
    });
    const receiver = open();
    for (let i = 0; i < 200; i++) await pass(5000);
    expect(log.length).toBeLessThan(5);
    await receiver.close();
  });

  it('that does not read is given no more than the bound, and is heard of once', async () => {
    const { log, desk, listen, open, pass, heard } = bench();
    listen();
    const receiver = open();
    await pass(0);
    desk.plug(false);
    let taken = 0;
    for (let i = 0; i < 50_000; i++) if (receiver.send(ping)) taken++;
    expect(taken * FRAMED_BYTES).toBeLessThanOrEqual(WAITING_MOST_BYTES);
    expect(taken * FRAMED_BYTES).toBeGreaterThan(WAITING_MOST_BYTES - 2 * FRAMED_BYTES);
    expect(receiver.missed()).toBe(50_000 - taken);
    expect(receiver.trouble()).toMatch(/does not read/);
    expect(log.filter(line => line.includes('does not read'))).toHaveLength(1);
    desk.plug(true);
    expect(heard()).toBe(taken * FRAMED_BYTES);
    expect(receiver.send(ping)).toBe(true);
    await receiver.close();
  });

  it('closed, it leaves no timer and no connection, whether it was reached or not', async () => {
    const { clock, streams, listen, open, pass } = bench();
    const waiting = open();
    await pass(0);
    await waiting.close();
    listen();
    const ready = open();
    await pass(0);
    await ready.close();
    const hasty = open();
    await hasty.close();
    await pass(1);
    for (const stream of streams) {
      stream.send(ping);
      await stream.close();
    }
    await pass(20_000);
    expect(streams).toHaveLength(2);
    expect(clock.pending()).toBe(0);
    expect(ready.send(ping)).toBe(false);
  });
});
