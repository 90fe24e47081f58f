/** The simulated unit on a network in memory, met through sockets as any client would. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decode, type Packet } from '../../../../bridges/opus-quad/codec.ts';
import { statusRequest } from '../../../../bridges/opus-quad/layout.ts';
import { parseDjScript } from '../../../../bridges/opus-quad/simulator/dj-script.ts';
import { openSimulatedUnit, type UnitTruth } from '../../../../bridges/opus-quad/simulator/unit-on-network.ts';
import { type Ms, virtualClock } from '../../../../src/core/clock.ts';
import { memoryNetwork } from '../../../../src/network/memory-network.ts';
import { type Datagram, type Network, PortHeld } from '../../../../src/network/network.ts';
import { lightingKeepAlive } from './simulator-rig.ts';

const CLIENT = '10.0.0.1';
const UNIT = '10.0.0.2';

function setOf(source: string) {
  const parsed = parseDjScript(source, 'set');
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'));
  return parsed.set;
}
const demo = setOf(readFileSync(new URL('../../../../profiles/sets/demo.yaml', import.meta.url), 'utf8'));

function hall(clientAddress = CLIENT, unitAddress = UNIT, netmask = '255.255.255.0') {
  const clock = virtualClock(1000);
  const memory = memoryNetwork(clock);
  const host = (address: string): Network => memory.host({ name: 'eth0', address, netmask, mac: '00:e0:4c:65:3b:75' });
  return { clock, client: host(clientAddress), stage: host(unitAddress) };
}

/** A client that keeps itself alive, asks once, and notes what comes. */
async function client(
  network: Network,
  clock: ReturnType<typeof virtualClock>,
  at: string,
  unit: string,
  broadcast: string,
) {
  const heard: { readonly at: Ms; readonly from: number; readonly packet: Packet }[] = [];
  const listener = {
    datagram({ from, port, bytes, stamp }: Datagram) {
      const decoded = decode({ port }, bytes);
      if (from.address !== at && decoded.ok && decoded.packet !== null) {
        heard.push({ at: stamp.at, from: from.port, packet: decoded.packet });
      }
    },
    failed: () => {},
  };
  const local = broadcast === unit ? at : '0.0.0.0';
  const presence = await network.open({ address: local, port: 50000 }, listener);
  const status = await network.open({ address: local, port: 50002 }, listener);
  const keepAlive = (): void => {
    presence.send({ address: broadcast, port: 50000 }, lightingKeepAlive(at));
    clock.at(clock.now() + 1500, keepAlive);
  };
  keepAlive();
  const request = { name: 'rekordbox', number: 0x17, numberAgain: 0x17, computerName: 'test' };
  clock.at(clock.now() + 100, () => status.send({ address: unit, port: 50002 }, statusRequest.encode(request)));
  return heard;
}

describe('a simulated unit', () => {
  test('plays the demo to a client: something happens within five seconds', async () => {
    const { clock, client: network, stage } = hall();
    const heard = await client(network, clock, CLIENT, UNIT, '10.0.0.255');
    const log: string[] = [];
    const truths: (readonly UnitTruth[])[] = [];
    const unit = await openSimulatedUnit({
      ...{ network: stage, clock, interfaceAddress: UNIT, peer: null, set: demo },
      log: text => log.push(text),
      onTruth: (_, decks) => truths.push(decks),
    });
    clock.advance(5000);
    const beats = heard.flatMap(({ packet }) =>
      packet.kind === 'status' && packet.numberAgain === 9 ? [packet.beat] : [],
    );
    expect(beats).toContain(129);
    expect(log.slice(0, 2)).toEqual(['deck 1: load Night Tram', 'deck 1: pitch 0 %']);
    expect(truths).toHaveLength(500);
    expect(unit.truth(clock.now())[0]).toMatchObject({ deck: 1, loaded: true, trackId: 829, playing: true });
    expect(new Set(heard.map(({ packet }) => packet.kind))).toEqual(
      new Set(['keep-alive', 'lighting-hello', 'status', 'fragment']),
    );
    await unit.close();
  });

  test('keep-alives come from port 50000, all else from changing ports', async () => {
    const { clock, client: network, stage } = hall();
    const heard = await client(network, clock, CLIENT, UNIT, '10.0.0.255');
    const unit = await openSimulatedUnit({ network: stage, clock, interfaceAddress: UNIT, peer: null, set: demo });
    clock.advance(5000);
    const portsOf = (kind: string) =>
      new Set(heard.filter(({ packet }) => packet.kind === kind).map(({ from }) => from));
    expect(portsOf('keep-alive')).toEqual(new Set([50000]));
    expect(portsOf('status').size).toBe(4);
    await unit.close();
  });

  test('on loopback it meets its peer without any broadcast', async () => {
    const { clock, client: network, stage } = hall('127.0.0.1', '127.0.0.2', '255.0.0.0');
    const heard = await client(network, clock, '127.0.0.1', '127.0.0.2', '127.0.0.2');
    const options = { network: stage, clock, interfaceAddress: '127.0.0.2', set: demo };
    await expect(openSimulatedUnit({ ...options, peer: null })).rejects.toThrow(/which address to talk to/);
    const unit = await openSimulatedUnit({ ...options, peer: '127.0.0.1' });
    clock.advance(5000);
    expect(heard.some(({ packet }) => packet.kind === 'status')).toBe(true);
    await unit.close();
  });

  test('a set that repeats begins again', async () => {
    const { clock, stage } = hall();
    const log: string[] = [];
    const set = setOf('length: 0:10\nrepeat: on\nacts: [{ at: 0:01, deck: 1, load: Glass Quay }]');
    const unit = await openSimulatedUnit({
      ...{ network: stage, clock, interfaceAddress: UNIT, peer: null, set },
      log: text => log.push(text),
    });
    clock.advance(35_000);
    expect(log).toHaveLength(4);
    await unit.close();
  });

  test('closed it leaves no timer and no port behind', async () => {
    const { clock, stage } = hall();
    const options = { network: stage, clock, interfaceAddress: UNIT, peer: null, set: demo };
    for (let i = 0; i < 2; i++) {
      const unit = await openSimulatedUnit({ ...options, onTruth: () => {} });
      clock.advance(3000);
      await unit.close();
      await unit.close();
      expect(clock.pending()).toBe(0);
    }
  });

  test('a port that is taken is told, and the others are given back', async () => {
    const { clock, stage } = hall();
    const other = await stage.open({ address: '0.0.0.0', port: 50002 }, { datagram() {}, failed() {} });
    const options = { network: stage, clock, interfaceAddress: UNIT, peer: null, set: demo };
    await expect(openSimulatedUnit(options)).rejects.toBeInstanceOf(PortHeld);
    await other.close();
    const unit = await openSimulatedUnit(options);
    await unit.close();
  });

  test('an address that the host does not have is told with those it has', async () => {
    const { clock, stage } = hall();
    const options = { network: stage, clock, interfaceAddress: '10.9.9.9', peer: null, set: demo };
    await expect(openSimulatedUnit(options)).rejects.toThrow(
      'no interface with the address 10.9.9.9; it has 10.0.0.2 (eth0)',
    );
  });
});
