/** OSC timecode on a network in memory: what reaches the receivers, and what the bridge says of it. */
import { describe, expect, it } from 'vitest';
import { decode, describe as describeMessage, type OscMessage } from '../../../bridges/osc/codec.ts';
import { type OscDeviceOptions, openOsc } from '../../../bridges/osc/device.ts';
import { USUAL_FORMS } from '../../../bridges/osc/osc-timecode.ts';
import { networkPort } from '../../../bridges/osc/timecode-port.ts';
import type { OpenBridge } from '../../../src/bridge.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import type { TimecodeAnchor } from '../../../src/core/timecode/stream-anchor.ts';
import { memoryNetwork } from '../../../src/network/memory-network.ts';
import type { Connection, Network } from '../../../src/network/network.ts';
import { testHost } from '../fake-host.ts';
import { placeOf, rateNamed, runAt } from '../midi/sample-anchors.ts';

const nic = (address: string) => ({ name: 'eth0', address, netmask: '255.255.255.0', mac: '02:00:00:00:00:01' });
const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};
const textOf = (bytes: Uint8Array): string => {
  const decoded = decode(bytes);
  return decoded.ok ? describeMessage(decoded.message) : decoded.reason;
};

/** Two receivers on one network, and a host of ours. */
async function bench(change: (network: Network) => Network = network => network) {
  const clock = virtualClock();
  const memory = memoryNetwork(clock);
  const heard: string[] = [];
  const hear = (who: string, bytes: Uint8Array): void =>
    void heard.push(`${Math.round(clock.now())} ${who} ${textOf(bytes)}`);
  const [a, b] = [memory.host(nic('10.0.0.8')), memory.host(nic('10.0.0.9'))];
  for (const [who, desk] of [['a', a] as const, ['b', b] as const]) {
    await desk.open({ address: '0.0.0.0', port: 8000 }, { datagram: ({ bytes }) => hear(who, bytes), failed() {} });
  }
  const { host, log } = testHost(clock, change(memory.host(nic('10.0.0.1'))));
  const open = (options: Partial<OscDeviceOptions> = {}): OpenBridge =>
    openOsc({ ...USUAL, ...options }, host, message => message as OscMessage, networkPort);
  /** Takes TCP connections, each message with its size before it. */
  const accept = (streams: Connection[]): (() => void) =>
    a.listen(3032, stream => {
      streams.push(stream);
      return {
        bytes(bytes) {
          for (let offset = 0; offset < bytes.length; ) {
            const size = new DataView(bytes.buffer, bytes.byteOffset).getInt32(offset);
            hear('tcp', bytes.subarray(offset + 4, offset + 4 + size));
            offset += 4 + size;
          }
        },
        closed() {},
      };
    });
  return { clock, log, heard, open, accept };
}

const RECEIVER = { address: '10.0.0.8', port: 8000 };
const USUAL: OscDeviceOptions = {
  ...{ receivers: [RECEIVER], framing: null, bundles: 'none', timecode: USUAL_FORMS, latencyMs: 0, listen: null },
};
const TEXT: Partial<OscDeviceOptions> = { timecode: [{ address: '/t', as: 'text' }] };
const RATE = rateNamed('25');
const RUN = runAt(RATE, '01:00:00:00', 100);

describe('OSC timecode', () => {
  it('says each frame at its edge, in both forms and in their order, to every receiver', async () => {
    const { clock, heard, open } = await bench();
    const bridge = open({ receivers: [RECEIVER, { address: '10.0.0.9', port: 8000 }] });
    await settled();
    bridge.timecode(RUN);
    await settled();
    clock.advance(150);
    for (const who of ['a', 'b']) {
      expect(heard.filter(line => line.includes(` ${who} `))).toEqual([
        `100 ${who} /timecode ,s "01:00:00:00"`,
        `100 ${who} /timecode/hmsf ,iiii 1 0 0 0`,
        `140 ${who} /timecode ,s "01:00:00:01"`,
        `140 ${who} /timecode/hmsf ,iiii 1 0 0 1`,
      ]);
    }
    await bridge.close();
    await bridge.close();
    clock.advance(0);
    // As if the deck had stopped: where it stands, once.
    expect(heard.filter(line => line.includes(' a ')).slice(4)).toEqual([
      '150 a /timecode ,s "01:00:00:01"',
      '150 a /timecode/hmsf ,iiii 1 0 0 1',
    ]);
    expect(clock.pending()).toBe(0);
  });

  it('at pitch the frames are closer, at a jump the new place, backwards they fall, at a stop one, silent none', async () => {
    const { clock, heard, open } = await bench();
    const bridge = open(TEXT);
    await settled();
    const at = (from: number, place: number, pace: number, join: TimecodeAnchor['join']): void =>
      bridge.timecode({ ...RUN, from, place: RUN.place + place, speed: pace / 40, join, since: RUN.place + place });
    at(100, 0, 1.25, 'locate'); // a frame each 32 ms
    await settled();
    clock.advance(165);
    at(180, 1000.5, 1, 'jump');
    clock.advance(80);
    at(250, 1002.25, -1, 'on');
    clock.advance(80);
    at(330, 1000.25, 0, 'locate');
    clock.advance(1000);
    at(1400, 0, 0, 'silence');
    clock.advance(1000);
    expect(heard.map(line => line.replace('a /t ,s ', ''))).toEqual([
      '100 "01:00:00:00"',
      '132 "01:00:00:01"',
      '164 "01:00:00:02"',
      // Place 1000.5 at 180 ms: 1001 is 40 s and one frame.
      '200 "01:00:40:01"',
      '240 "01:00:40:02"',
      // It turns at 1002.25, at 250 ms: 1002 has been said, 1001 is passed 50 ms later.
      '300 "01:00:40:01"',
      '330 "01:00:40:00"',
    ]);
    await bridge.close();
  });

  it('the status says how it stands and how late it was; a bridge that carries none says nothing of it', async () => {
    const { clock, open } = await bench();
    const bridge = open();
    await settled();
    expect(bridge.status().text).toBe('10.0.0.8:8000, 0 sent');
    bridge.timecode(RUN);
    await settled();
    expect(bridge.status()).toMatchObject({ state: 'ready', text: '10.0.0.8:8000, 0 sent, timecode runs' });
    clock.advance(145);
    expect(bridge.status().text).toBe('10.0.0.8:8000, 0 sent, timecode runs, late p99 0.1 ms');
    bridge.timecode({ ...RUN, from: 150, place: placeOf(RATE, '01:00:00:02'), speed: 0, join: 'locate' });
    expect(bridge.status().text).toBe('10.0.0.8:8000, 0 sent, timecode stands');
    await bridge.close();
  });

  it('a receiver that no network leads to is told of once and waited for; the other one goes on', async () => {
    let isThere = false;
    const { clock, log, heard, open } = await bench(network => ({
      ...network,
      async dial(to, failed) {
        if (to.address === '10.0.0.9' && !isThere) {
          throw Object.assign(new Error('connect ENETUNREACH'), { code: 'ENETUNREACH' });
        }
        return network.dial(to, failed);
      },
    }));
    const bridge = open({ ...TEXT, receivers: [RECEIVER, { address: '10.0.0.9', port: 8000 }] });
    await settled();
    bridge.timecode(RUN);
    for (let i = 0; i < 3; i++) {
      await settled();
      clock.advance(5000);
    }
    expect(heard.filter(line => line.includes(' a ')).length).toBe(373);
    expect(heard.filter(line => line.includes(' b '))).toEqual([]);
    expect(bridge.status().state).toBe('waiting');
    const trouble = "no network leads there; check this machine's address and cable";
    expect(log.filter(line => line.startsWith('OSC timecode to'))).toEqual([
      `OSC timecode to 10.0.0.9:8000: ${trouble}; tried again every 5 s`,
    ]);
    await settled();
    isThere = true;
    clock.advance(5000);
    await settled();
    clock.advance(50);
    // 20 000 ms on the clock are 19 900 ms of timecode: 497 frames and a half.
    expect(heard.filter(line => line.includes(' b '))).toEqual(['20020 b /t ,s "01:00:19:23"']);
    expect(bridge.status().state).toBe('ready');
    await bridge.close();
    clock.advance(0);
    expect(clock.pending()).toBe(0);
  });

  it('told after its end it opens nothing', async () => {
    const { clock, open } = await bench();
    const bridge = open();
    await settled();
    await bridge.close();
    bridge.timecode(RUN);
    await settled();
    expect(clock.pending()).toBe(0);
  });
});

describe('OSC timecode over TCP', () => {
  const TCP: Partial<OscDeviceOptions> = { receivers: [{ address: '10.0.0.8', port: 3032 }], framing: 'length' };

  it('goes through the connection of the cues, framed as they are', async () => {
    const { clock, heard, open, accept } = await bench();
    accept([]);
    const bridge = open(TCP);
    await settled();
    bridge.timecode(RUN);
    clock.advance(120);
    bridge.send({ address: '/go', args: [] }, 120);
    clock.advance(25);
    expect(heard).toEqual([
      '100 tcp /timecode ,s "01:00:00:00"',
      '100 tcp /timecode/hmsf ,iiii 1 0 0 0',
      '120 tcp /go',
      '140 tcp /timecode ,s "01:00:00:01"',
      '140 tcp /timecode/hmsf ,iiii 1 0 0 1',
    ]);
    expect(bridge.status().text).toBe('10.0.0.8:3032, 1 sent, timecode runs, late p99 0.1 ms');
    await bridge.close();
    clock.advance(1);
    expect(clock.pending()).toBe(0);
  });

  it('that is lost says nothing meanwhile, counts nothing as missed, and is told where it stands when it is back', async () => {
    const { clock, log, heard, open, accept } = await bench();
    const streams: Connection[] = [];
    accept(streams);
    const bridge = open({ ...TCP, ...TEXT });
    await settled();
    bridge.timecode(RUN);
    clock.advance(110);
    await streams[0]?.close();
    clock.advance(1);
    bridge.timecode({ ...RUN, from: 200, place: RUN.place + 2.5, speed: 0, join: 'locate' });
    clock.advance(500);
    expect(bridge.status().state).toBe('waiting');
    clock.advance(4500);
    await settled();
    clock.advance(10);
    expect(heard).toEqual(['100 tcp /t ,s "01:00:00:00"', '5111 tcp /t ,s "01:00:00:02"']);
    expect(bridge.status()).toMatchObject({
      state: 'ready',
      text: expect.stringMatching(/^10\.0\.0\.8:3032, 0 sent, timecode stands/),
    });
    expect(log.filter(line => line.includes('missed'))).toEqual([]);
    await bridge.close();
    clock.advance(1);
    expect(clock.pending()).toBe(0);
  });
});
