import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode, type OscArg, type OscMessage } from '../../../bridges/osc/codec.ts';
import { openOsc } from '../../../bridges/osc/device.ts';
import { USUAL_FORMS } from '../../../bridges/osc/osc-timecode.ts';
import { networkPort } from '../../../bridges/osc/timecode-port.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import type { ShowEvent } from '../../../src/core/events.ts';
import { memoryNetwork } from '../../../src/network/memory-network.ts';
import { type Network, PortHeld } from '../../../src/network/network.ts';
import { testHost } from '../fake-host.ts';

const nic = (address: string) => ({ name: 'eth0', address, netmask: '255.255.255.0', mac: '02:00:00:00:00:01' });
const settled = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

function bench(trust: readonly string[], at = '10.0.0.1', change: (network: Network) => Network = network => network) {
  const clock = virtualClock();
  const memory = memoryNetwork(clock);
  const own = memory.host(nic(at));
  const events: ShowEvent[] = [];
  const { host, log } = testHost(clock, change(own), event => void events.push(event));
  const options = {
    receivers: [{ address: '10.0.0.8', port: 8000 }],
    framing: null,
    bundles: 'none',
    timecode: USUAL_FORMS,
    latencyMs: 0,
    listen: { port: 9001, trust },
  } as const;
  const bridge = openOsc(options, host, message => message as OscMessage, networkPort);
  /** Sends from another host of the network, or from this one. */
  async function from(address: string, ...packets: readonly Uint8Array[]): Promise<void> {
    const socket = await (address === at ? own : memory.host(nic(address))).dial({ address: at, port: 9001 }, () => {});
    for (const packet of packets) socket.send({ address: at, port: 9001 }, packet);
    clock.advance(1);
  }
  return { clock, log, events, bridge, from };
}

const message = (rest: string, ...args: OscArg[]): Uint8Array => encode({ address: `/decklight/in/${rest}`, args });
const acts = (events: readonly ShowEvent[]) => events.map(event => event.kind === 'operator.act' && event.act);

describe('OSC in', () => {
  it('puts what a trusted machine asks for into the inbox, and ignores a button that is let go', async () => {
    const { events, bridge, from } = bench(['10.0.0.31']);
    await settled();
    await from('10.0.0.31', message('pin', { type: 'int', value: 2 }), message('panic', { type: 'float', value: 0 }));
    expect(acts(events)).toEqual([{ kind: 'pin', deck: 2 }]);
    expect(bridge.status()).toEqual({ state: 'ready', text: '10.0.0.8:8000, 0 sent; in on 9001, 1 heard' });
    await bridge.close();
  });

  it('refuses everybody else, names each once, and counts', async () => {
    const { log, events, bridge, from } = bench(['10.0.0.31']);
    await settled();
    for (let i = 0; i < 3; i++) await from('10.0.0.66', message('panic'));
    await from('10.0.0.67', message('panic'));
    expect(events).toEqual([]);
    expect(log.filter(line => line.includes('not heard'))).toEqual([
      'OSC in: 10.0.0.66 is not heard; to hear it, write trust: [10.0.0.66]',
      'OSC in: 10.0.0.67 is not heard; to hear it, write trust: [10.0.0.67]',
    ]);
    expect(bridge.status().text).toMatch(/0 heard, 4 refused/);
    await bridge.close();
  });

  it('a sender that makes up addresses fills neither log nor memory', async () => {
    const listeners: Parameters<Network['open']>[1][] = [];
    const { clock, log, bridge } = bench(['10.0.0.31'], '10.0.0.1', network => ({
      ...network,
      open: (local, listener) => {
        listeners.push(listener);
        return network.open(local, listener);
      },
    }));
    await settled();
    const stamp = { notBefore: clock.now(), at: clock.now() };
    for (let i = 0; i < 5000; i++) {
      const address = `10.1.${i >> 8}.${i & 255}`;
      listeners[0]?.datagram({ from: { address, port: 9 }, port: 9001, bytes: message('panic'), stamp });
    }
    expect(log.length).toBeLessThan(100);
    expect(bridge.status().text).toMatch(/5000 refused/);
    await bridge.close();
  });

  it('without trust the network does not reach the port at all', async () => {
    const { log, events, bridge, from } = bench([]);
    await settled();
    await from('10.0.0.31', message('panic'));
    expect(events).toEqual([]);
    expect(log.filter(line => line.includes('10.0.0.31'))).toEqual([]);
    expect(bridge.status().text).toMatch(/in on 9001, 0 heard$/);
    await bridge.close();
  });

  it('without trust it hears this machine', async () => {
    const { events, bridge, from } = bench([], '127.0.0.1');
    await settled();
    await from('127.0.0.1', message('resend'));
    expect(acts(events)).toEqual([{ kind: 'resend' }]);
    await bridge.close();
  });

  it('what means nothing has a line at most every five seconds, which counts the others', async () => {
    const { clock, log, bridge, from } = bench(['10.0.0.31']);
    await settled();
    const said = (): string[] => log.filter(line => line.startsWith('OSC in from'));
    for (let i = 0; i < 100; i++) await from('10.0.0.31', message('panick'));
    expect(said()).toEqual([
      'OSC in from 10.0.0.31: unknown address "/decklight/in/panick"; did you mean "/decklight/in/panic"?',
    ]);
    clock.advance(5000);
    await from('10.0.0.31', Uint8Array.of(1, 2, 3, 4));
    expect(said()[1]).toMatch(/no OSC message.* \(and 99 more before it\)$/);
    await bridge.close();
  });

  it('survives arbitrary bytes from a trusted machine, and still hears it', async () => {
    const { events, bridge, from } = bench(['10.0.0.31']);
    await settled();
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), bytes => from('10.0.0.31', bytes)));
    await from('10.0.0.31', message('capture'));
    expect(acts(events).at(-1)).toEqual({ kind: 'capture' });
    await bridge.close();
  });

  it('a port that is held is told in one line with its holder, and had as soon as it is free', async () => {
    let isHeld = true;
    const { clock, log, events, bridge, from } = bench([], '127.0.0.1', network => ({
      ...network,
      open: async (local, listener) => {
        if (isHeld) throw new PortHeld(local.port, 'TouchOSC Bridge (pid 7)');
        return network.open(local, listener);
      },
    }));
    for (let i = 0; i < 10; i++) {
      await settled();
      clock.advance(5000);
    }
    expect(bridge.status().state).toBe('waiting');
    expect(bridge.status().text).toMatch(/UDP port 9001 is held by TouchOSC Bridge \(pid 7\).*trying again every 5 s/);
    expect(log.filter(line => line.includes('TouchOSC'))).toHaveLength(1);
    isHeld = false;
    await settled();
    clock.advance(5000);
    await settled();
    await from('127.0.0.1', message('state'));
    expect(acts(events)).toEqual([{ kind: 'tell' }]);
    await bridge.close();
    await bridge.close();
    clock.advance(20_000);
    await settled();
    expect(clock.pending()).toBe(0);
  });

  it('what went wrong with the open port is said once, and shown for ten seconds', async () => {
    const listeners: Parameters<Network['open']>[1][] = [];
    const { clock, log, bridge } = bench([], '127.0.0.1', network => ({
      ...network,
      open: (local, listener) => {
        listeners.push(listener);
        return network.open(local, listener);
      },
    }));
    await settled();
    for (let i = 0; i < 3; i++) listeners[0]?.failed(Object.assign(new Error('recv'), { code: 'ENETDOWN' }));
    expect(log.filter(line => line.includes('down'))).toEqual(['OSC in: the network is down; check the cable']);
    clock.advance(9999);
    expect(bridge.status().text).toMatch(/in on 9001, 0 heard \(the network is down; check the cable\)$/);
    clock.advance(1);
    expect(bridge.status().text).toMatch(/in on 9001, 0 heard$/);
    await bridge.close();
  });

  it('closed, it hears nothing more', async () => {
    const { events, bridge, from } = bench([], '127.0.0.1');
    await settled();
    await bridge.close();
    await from('127.0.0.1', message('panic'));
    expect(events).toEqual([]);
  });
});
