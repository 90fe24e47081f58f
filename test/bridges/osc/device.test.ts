import { describe, expect, it } from 'vitest';
import type { OscMessage } from '../../../bridges/osc/codec.ts';
import { type OscDeviceOptions, openOsc } from '../../../bridges/osc/device.ts';
import { USUAL_FORMS } from '../../../bridges/osc/osc-timecode.ts';
import { networkPort } from '../../../bridges/osc/timecode-port.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import { memoryNetwork } from '../../../src/network/memory-network.ts';
import type { Network } from '../../../src/network/network.ts';
import { testHost } from '../fake-host.ts';

const nic = (address: string) => ({ name: 'eth0', address, netmask: '255.255.255.0', mac: '02:00:00:00:00:01' });
const settled = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};
const go = { address: '/go', args: [] };

function bench(change: (network: Network) => Network = network => network, addresses = ['10.0.0.8', '10.0.0.9']) {
  const clock = virtualClock();
  const memory = memoryNetwork(clock);
  const heard: string[] = [];
  const desks = addresses.map(address => memory.host(nic(address)));
  const listening = desks.map((desk, i) =>
    desk.open(
      { address: '0.0.0.0', port: 8000 },
      { datagram: ({ bytes }) => heard.push(`${i}:${bytes.length}`), failed() {} },
    ),
  );
  const { host, log } = testHost(clock, change(memory.host(nic('10.0.0.1'))));
  const endpoints = addresses.map(address => ({ address, port: 8000 }));
  const options: OscDeviceOptions = {
    ...{ receivers: endpoints, framing: null, bundles: 'none', timecode: USUAL_FORMS, latencyMs: 0 },
    listen: null,
  };
  const bridge = openOsc(options, host, message => message as OscMessage, networkPort);
  return { clock, heard, log, bridge, ready: Promise.all(listening).then(settled) };
}

describe('OSC to its receivers', () => {
  it('every receiver gets every message', async () => {
    const { clock, heard, bridge, ready } = bench();
    await ready;
    expect(bridge.send(go, clock.now())).toBe(true);
    clock.advance(1);
    expect(heard).toEqual(['0:8', '1:8']);
    expect(bridge.status()).toEqual({ state: 'ready', text: '10.0.0.8:8000, 10.0.0.9:8000, 1 sent' });
    await bridge.close();
  });

  it('a receiver that cannot be found neither throws nor keeps the other from its messages, and is tried again', async () => {
    let isThere = false;
    const failing = Object.assign(new Error('getaddrinfo ENOTFOUND desk'), { code: 'ENOTFOUND' });
    const { clock, heard, log, bridge, ready } = bench(network => ({
      ...network,
      dial: async (to, failed) => {
        if (to.address === '10.0.0.9' && !isThere) throw failing;
        return network.dial(to, failed);
      },
    }));
    await ready;
    bridge.send(go, clock.now());
    clock.advance(30_000);
    await settled();
    expect(heard).toEqual(['0:8']);
    expect(bridge.status().state).toBe('waiting');
    expect(bridge.status().text).toMatch(/^10\.0\.0\.8:8000, 10\.0\.0\.9:8000 \(1 missed\), 1 sent \(/);
    expect(bridge.status().text).toMatch(/no machine of that name is known/);
    expect(log.filter(line => line.includes('10.0.0.9'))).toHaveLength(1);
    isThere = true;
    clock.advance(5000);
    await settled();
    bridge.send(go, clock.now());
    clock.advance(1);
    expect(heard).toEqual(['0:8', '0:8', '1:8']);
    await bridge.close();
    clock.advance(10_000);
    expect(clock.pending()).toBe(0);
  });

  it('a message nobody could be given is counted as such', async () => {
    const { clock, bridge, ready } = bench(network => ({
      ...network,
      dial: async () => {
        throw new Error('no network');
      },
    }));
    await ready;
    expect(bridge.send(go, clock.now())).toBe(false);
    expect(bridge.status().text).toMatch(/0 sent, 1 not \(no network/);
    await bridge.close();
  });

  it('an address that receivers cannot take is not sent, and that is said', async () => {
    const { clock, heard, log, bridge, ready } = bench();
    await ready;
    bridge.send({ address: '/track/two words', args: [] }, clock.now());
    clock.advance(1);
    expect(heard).toEqual([]);
    expect(log.join()).toMatch(/"\/track\/two words" is no OSC address/);
    await bridge.close();
  });
});
