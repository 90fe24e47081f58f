import { describe, expect, it } from 'vitest';
import { virtualClock } from '../src/core/clock.ts';
import { broadcastOf, FAIR_WEATHER, isOnSubnet, memoryNetwork, PortHeld } from '../src/wire.ts';

const nic = (address: string) => ({ name: 'eth0', address, netmask: '255.255.255.0', mac: '02:00:00:00:00:01' });

describe('addresses', () => {
  it('the broadcast address comes from the netmask the interface really has', () => {
    expect(broadcastOf({ ...nic('192.168.1.20') })).toBe('192.168.1.255');
    expect(broadcastOf({ ...nic('169.254.7.8'), netmask: '255.255.0.0' })).toBe('169.254.255.255');
    expect(broadcastOf({ ...nic('10.1.2.3'), netmask: '255.255.252.0' })).toBe('10.1.3.255');
    expect(isOnSubnet({ ...nic('10.1.2.3'), netmask: '255.255.252.0' }, '10.1.0.9')).toBe(true);
    expect(isOnSubnet(nic('10.1.2.3'), '10.1.3.9')).toBe(false);
  });
});

describe('the network in memory', () => {
  async function pair(weather = FAIR_WEATHER) {
    const clock = virtualClock();
    const network = memoryNetwork(clock, weather);
    const [a, b] = [network.host(nic('10.0.0.1')), network.host(nic('10.0.0.2'))];
    const heard: string[] = [];
    const listener = (name: string) => ({
      datagram: ({ bytes }: { bytes: Uint8Array }) => heard.push(`${name}:${bytes[0]}@${Math.round(clock.now())}`),
      failed() {},
    });
    const from = await a.open({ address: '0.0.0.0', port: 50000 }, listener('a'));
    await b.open({ address: '0.0.0.0', port: 50000 }, listener('b'));
    return { clock, network, a, b, from, heard };
  }

  it('carries unicast to one, broadcasts to all, and nothing to a port nobody opened', async () => {
    const { clock, from, heard } = await pair();
    from.send({ address: '10.0.0.2', port: 50000 }, Uint8Array.of(1));
    from.send({ address: '10.0.0.255', port: 50000 }, Uint8Array.of(2));
    from.send({ address: '10.0.0.2', port: 50001 }, Uint8Array.of(3));
    clock.advance(1);
    expect(heard).toEqual(['b:1@0', 'a:2@0', 'b:2@0']);
  });

  it('delays, loses and doubles by its seed, the same every time', async () => {
    const weather = { seed: 9, delayMinMs: 0, delayMaxMs: 50, loss: 0.3, duplication: 0.3 };
    const runs: string[][] = [];
    for (let i = 0; i < 2; i++) {
      const { clock, from, heard } = await pair(weather);
      for (let n = 0; n < 50; n++) from.send({ address: '10.0.0.2', port: 50000 }, Uint8Array.of(n));
      clock.advance(100);
      runs.push(heard);
    }
    expect(runs[0]).toEqual(runs[1]);
    const numbers = (runs[0] ?? []).map(line => Number(line.slice(2, line.indexOf('@'))));
    expect(new Set(numbers).size).toBeLessThan(50);
    expect(numbers.length).toBeGreaterThan(new Set(numbers).size);
    expect(numbers).not.toEqual([...numbers].sort((x, y) => x - y));
  });

  it('a pulled cable carries nothing, and a port is had once', async () => {
    const { clock, a, b, from, heard } = await pair();
    b.plug(false);
    from.send({ address: '10.0.0.2', port: 50000 }, Uint8Array.of(1));
    clock.advance(1);
    expect(heard).toEqual([]);
    expect(b.interfaces()).toEqual([]);
    await expect(a.open({ address: '0.0.0.0', port: 50000 }, { datagram() {}, failed() {} })).rejects.toThrow(PortHeld);
  });
});
