import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../src/core/clock.ts';
import { IDEAL_NETWORK, memoryNetwork } from '../../src/network/memory-network.ts';
import { type Connection, PortHeld } from '../../src/network/network.ts';

const nic = (address: string) => ({ name: 'eth0', address, netmask: '255.255.255.0', mac: '02:00:00:00:00:01' });

describe('the network in memory', () => {
  async function pair(weather = IDEAL_NETWORK) {
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

  it('a port opened for loopback alone is not reached from another host', async () => {
    const { clock, a, b, from, heard } = await pair();
    const listener = { datagram: () => heard.push('reached'), failed() {} };
    await b.open({ address: '127.0.0.1', port: 9001 }, listener);
    from.send({ address: '10.0.0.2', port: 9001 }, Uint8Array.of(1));
    await a.open({ address: '10.0.0.1', port: 9001 }, listener);
    from.send({ address: '10.0.0.1', port: 9001 }, Uint8Array.of(1));
    clock.advance(1);
    expect(heard).toEqual(['reached']);
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

describe('connections in memory', () => {
  function pair(weather = IDEAL_NETWORK) {
    const clock = virtualClock();
    const network = memoryNetwork(clock, weather);
    const [a, b] = [network.host(nic('10.0.0.1')), network.host(nic('10.0.0.2'))];
    const said: string[] = [];
    const listener = (name: string) => ({
      bytes: (bytes: Uint8Array) => said.push(`${name}:${bytes.join(',')}@${clock.now()}`),
      closed: (error: Error | null) => said.push(`${name} closed ${error?.message ?? 'by the other'}`),
    });
    const taken: Connection[] = [];
    const stop = b.listen(3032, stream => {
      taken.push(stream);
      return listener('b');
    });
    const connect = () => a.connect({ address: '10.0.0.2', port: 3032 }, listener('a'));
    return { clock, a, b, said, taken, stop, connect };
  }

  it('bytes go both ways, in order whatever the weather', async () => {
    const { clock, said, taken, connect } = pair({
      seed: 3,
      delayMinMs: 0,
      delayMaxMs: 40,
      loss: 0.5,
      duplication: 0.5,
    });
    const stream = await connect();
    for (let n = 0; n < 5; n++) stream.send(Uint8Array.of(n));
    taken[0]?.send(Uint8Array.of(9));
    expect(stream.waitingBytes()).toBe(5);
    clock.advance(100);
    expect(said).toEqual(['b:0@40', 'b:1@40', 'b:2@40', 'b:3@40', 'b:4@40', 'a:9@40']);
    expect(stream.waitingBytes()).toBe(0);
  });

  it('nobody who listens, and nobody there, are told apart', async () => {
    const { a, b, stop, connect } = pair();
    const idle = { bytes() {}, closed() {} };
    await expect(a.connect({ address: '10.0.0.2', port: 1 }, idle)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(a.connect({ address: '10.0.0.3', port: 1 }, idle)).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
    stop();
    await expect(connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    b.plug(false);
    await expect(connect()).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
  });

  it('who closes is told nothing, the other once and after the last bytes', async () => {
    const { clock, said, taken, connect } = pair();
    const stream = await connect();
    taken[0]?.send(Uint8Array.of(7));
    await taken[0]?.close();
    await taken[0]?.close();
    clock.advance(1);
    stream.send(Uint8Array.of(1));
    await stream.close();
    clock.advance(1);
    expect(said).toEqual(['a:7@0', 'a closed by the other']);
    expect(clock.pending()).toBe(0);
  });

  it('while a cable is out bytes wait, and come when it is in again', async () => {
    const { clock, b, said, connect } = pair();
    const stream = await connect();
    b.plug(false);
    stream.send(Uint8Array.of(1, 2));
    clock.advance(1000);
    stream.send(Uint8Array.of(3));
    clock.advance(1000);
    expect(said).toEqual([]);
    expect(stream.waitingBytes()).toBe(3);
    b.plug(true);
    expect(said).toEqual(['b:1,2@2000', 'b:3@2000']);
    expect(stream.waitingBytes()).toBe(0);
  });
});
