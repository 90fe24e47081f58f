import { describe, expect, it } from 'vitest';
import { artnetBridgeOver } from '../../../bridges/artnet/index.ts';
import { networkPort } from '../../../bridges/artnet/port.ts';
import type { OpenBridge } from '../../../src/bridge.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import type { TimecodeAnchor } from '../../../src/core/timecode/stream-anchor.ts';
import { memoryNetwork } from '../../../src/network/memory-network.ts';
import type { Network } from '../../../src/network/network.ts';
import { testHost } from '../fake-host.ts';
import { placeOf, rateNamed, runAt } from '../midi/sample-anchors.ts';
import { hear, textOfHeard } from './artnet-receiver.ts';

const nic = (address: string) => ({ name: 'eth0', address, netmask: '255.255.255.0', mac: '02:00:00:00:00:01' });
const settled = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

/** Two consoles on one network, and a host of ours. */
async function bench(change: (network: Network) => Network = network => network) {
  const clock = virtualClock();
  const memory = memoryNetwork(clock);
  const heard: string[] = [];
  for (const address of ['10.0.0.20', '10.0.0.21']) {
    await memory.host(nic(address)).open(
      { address: '0.0.0.0', port: 6454 },
      {
        datagram: ({ bytes, stamp }) => {
          const packet = hear(bytes);
          heard.push(`${Math.round(stamp.at)} ${address.slice(-2)} ${textOfHeard(packet)} stream ${packet.streamId}`);
        },
        failed() {},
      },
    );
  }
  const { host, log, readied } = testHost(clock, change(memory.host(nic('10.0.0.1'))));
  const open = (options: object = {}): OpenBridge =>
    artnetBridgeOver(networkPort).open('lasers', { ...USUAL, ...options }, host);
  return { clock, log, heard, open, readied, host };
}

const USUAL = { to: { address: '10.0.0.20', port: 6454 }, streamId: 0, latencyMs: 0 };
const RUN = runAt(rateNamed('25'), '01:00:00:00', 100);
const stopAt = (from: number): TimecodeAnchor => ({
  ...RUN,
  from,
  place: placeOf(RUN.rate, '01:00:00:02'),
  speed: 0,
  join: 'locate',
});

describe('Art-Net timecode on a network', () => {
  it('reaches one receiver, and by the broadcast address of a subnet all of it', async () => {
    for (const [address, streamId, receivers] of [
      ['10.0.0.21', 0, ['21']],
      ['10.0.0.255', 3, ['20', '21']],
    ] as const) {
      const { clock, heard, open, readied } = await bench();
      const bridge = open({ to: { address, port: 6454 }, streamId });
      await settled();
      expect(readied()).toBe(1);
      bridge.timecode(RUN);
      clock.advance(150);
      expect(heard).toEqual(
        ['100 xx 01:00:00:00', '140 xx 01:00:00:01'].flatMap(line =>
          receivers.map(each => `${line.replace('xx', each)} stream ${streamId}`),
        ),
      );
      await bridge.close();
      clock.advance(0);
      // As if the deck had stopped: where it stands, once.
      expect(heard.slice(2 * receivers.length)).toEqual(
        receivers.map(each => `150 ${each} 01:00:00:01 stream ${streamId}`),
      );
      expect(clock.pending()).toBe(0);
    }
  });

  it('says where it stands once, then nothing; the status says which', async () => {
    const { clock, heard, open } = await bench();
    const bridge = open();
    expect(bridge.status()).toEqual({ state: 'waiting', text: 'opening 10.0.0.20:6454' });
    await settled();
    expect(bridge.status()).toEqual({ state: 'ready', text: '10.0.0.20:6454, timecode silent' });
    bridge.timecode(RUN);
    expect(bridge.status().text).toBe('10.0.0.20:6454, timecode runs');
    clock.advance(145);
    expect(bridge.status().text).toBe('10.0.0.20:6454, timecode runs, late p99 0.1 ms');
    bridge.timecode(stopAt(150));
    bridge.release();
    clock.advance(60_000);
    expect(heard.slice(2)).toEqual(['150 20 01:00:00:02 stream 0']);
    expect(bridge.status().text).toBe('10.0.0.20:6454, timecode stands');
    expect(bridge.send({ address: '/x' }, 0)).toBe(false);
    await bridge.close();
  });

  it('says where it stands once, whether the show tells it anew as it opens or not', async () => {
    for (const isToldAnew of [false, true]) {
      const { clock, heard, host } = await bench();
      const ready = (): void => {
        if (isToldAnew) bridge.timecode(stopAt(clock.now() + 10));
      };
      const bridge = artnetBridgeOver(networkPort).open('lasers', USUAL, { ...host, ready });
      bridge.timecode(stopAt(0));
      await settled();
      clock.advance(1000);
      expect(heard).toEqual([`${isToldAnew ? 10 : 0} 20 01:00:00:02 stream 0`]);
      await bridge.close();
    }
  });

  it('sends when it is told to: a latency has been taken off already', async () => {
    const { clock, heard, open } = await bench();
    const bridge = open({ latencyMs: 8 });
    await settled();
    clock.advance(90);
    bridge.timecode(RUN);
    clock.advance(51);
    expect(heard).toEqual(['100 20 01:00:00:00 stream 0', '140 20 01:00:00:01 stream 0']);
    await bridge.close();
  });

  it('over corrections that come to be known early or late no frame is said twice or left out', async () => {
    for (const earlierMs of [0, 7.3, 25, -40]) {
      const { clock, heard, open } = await bench();
      const bridge = open();
      await settled();
      clock.advance(90);
      let anchor = RUN;
      for (let i = 0; i < 200; i++) {
        bridge.timecode({ ...anchor, from: anchor.from - earlierMs });
        clock.advance(35);
        const from = clock.now() + 10;
        const place = anchor.place + anchor.speed * (from - anchor.from);
        anchor = { ...anchor, from, place, speed: 0.025 * (1 + ((i % 5) - 2) / 100), join: 'on' };
      }
      const frames = heard.map(line => {
        const [, , seconds, count] = (line.split(' ')[2] ?? '').split(':').map(Number);
        return 25 * (seconds ?? 0) + (count ?? 0);
      });
      expect(frames).toEqual(Array.from(frames, (_, i) => i));
      expect(frames.length).toBeGreaterThan(165);
      await bridge.close();
    }
  });

  it('backwards the labels fall, at their edges', async () => {
    const { clock, heard, open } = await bench();
    const bridge = open();
    await settled();
    bridge.timecode({ ...RUN, speed: -RUN.speed, place: placeOf(RUN.rate, '01:00:00:01') + 0.5 });
    expect(bridge.status().text).toBe('10.0.0.20:6454, timecode runs');
    clock.advance(201);
    expect(heard).toEqual([
      '120 20 01:00:00:01 stream 0',
      '160 20 01:00:00:00 stream 0',
      '200 20 00:59:59:24 stream 0',
    ]);
    await bridge.close();
  });

  it('without a network it waits, says so in one line and once, and goes on where timecode is by then', async () => {
    let isThere = false;
    let asked = 0;
    const { clock, log, heard, open } = await bench(network => ({
      ...network,
      async dial(to, failed) {
        asked++;
        if (!isThere) throw Object.assign(new Error('connect ENETUNREACH 10.0.0.20'), { code: 'ENETUNREACH' });
        return network.dial(to, failed);
      },
    }));
    const bridge = open();
    bridge.timecode(RUN);
    for (let i = 0; i < 3; i++) {
      await settled();
      clock.advance(5000);
    }
    const trouble = "no network leads there; check this machine's address and cable; tried again every 5 s";
    expect(log).toEqual([`Art-Net timecode to 10.0.0.20:6454: ${trouble}`]);
    expect(bridge.status()).toEqual({ state: 'waiting', text: trouble });
    expect(asked).toBe(4);
    await settled();
    isThere = true;
    clock.advance(5000);
    await settled();
    clock.advance(50);
    // 20 000 ms on the clock are 19 900 ms of timecode: 19 s and 22 frames and a half.
    expect(heard).toEqual(['20020 20 01:00:19:23 stream 0']);
    expect(bridge.status().state).toBe('ready');
    expect(log.at(-1)).toBe('Art-Net timecode goes to 10.0.0.20:6454');
    await bridge.close();
    clock.advance(0);
    expect(clock.pending()).toBe(0);
  });

  it('a receiver that is off is told of and sent to all the same; a port that is lost is opened again', async () => {
    let fail: (error: Error) => void = () => {};
    let asked = 0;
    const { clock, log, heard, open } = await bench(network => ({
      ...network,
      dial(to, failed) {
        asked++;
        fail = failed;
        return network.dial(to, failed);
      },
    }));
    const bridge = open();
    await settled();
    bridge.timecode(RUN);
    clock.advance(110);
    for (let i = 0; i < 3; i++) fail(Object.assign(new Error('send ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    expect(bridge.status()).toEqual({
      state: 'ready',
      frames: { lateness: expect.any(Array), sumMs: 0, gaps: 0 },
      text: '10.0.0.20:6454, timecode runs, late p99 0.1 ms (nobody listens on that port; is the receiver on, and its Art-Net input?)',
    });
    clock.advance(40);
    expect(heard.length).toBe(2);
    expect(log.length).toBe(2);

    fail(Object.assign(new Error('send EADDRNOTAVAIL'), { code: 'EADDRNOTAVAIL' }));
    expect(bridge.status().state).toBe('waiting');
    clock.advance(4000);
    expect([heard.length, asked]).toEqual([2, 1]);
    clock.advance(1000);
    await settled();
    clock.advance(40);
    expect(heard.slice(2)).toEqual(['5180 20 01:00:05:02 stream 0']);
    await bridge.close();
    await settled();
    clock.advance(0);
    expect(clock.pending()).toBe(0);
  });
});
