/** The bridge as a player against the simulated unit, on a network in memory, in fair weather and in foul. */
import { describe, expect, it } from 'vitest';
import { decode } from '../../../bridges/opus-quad/codec.ts';
import { openOpusQuad } from '../../../bridges/opus-quad/device.ts';
import { keepAlive, PLAYER_NUMBERS, PORTS } from '../../../bridges/opus-quad/layout.ts';
import { type Mode, USUAL_OPTIONS } from '../../../bridges/opus-quad/session/session-state.ts';
import { parseDjScript } from '../../../bridges/opus-quad/simulator/dj-script.ts';
import { simulateOpusQuad } from '../../../bridges/opus-quad/simulator/loopback-pair.ts';
import { openSimulatedUnit } from '../../../bridges/opus-quad/simulator/unit-on-network.ts';
import { type Ms, virtualClock } from '../../../src/core/clock.ts';
import { EMPTY_SHOW, reduce, type Show } from '../../../src/core/deck/decks.ts';
import { positionAt } from '../../../src/core/deck/position.ts';
import type { ShowEvent } from '../../../src/core/events.ts';
import { IDEAL_NETWORK, memoryNetwork, type NetworkConditions } from '../../../src/network/memory-network.ts';
import type { Network } from '../../../src/network/network.ts';
import { testHost } from '../fake-host.ts';

const US = '10.0.0.1';
const UNIT = '10.0.0.2';
const RIVAL = '10.0.0.9';
const nic = (address: string) => ({
  name: 'eth0',
  address,
  netmask: '255.255.255.0',
  mac: `02:00:00:00:00:0${address.at(-1)}`,
});

const SET = (quirks = '', acts = ''): string => `
seed: 4
quirks: { ${quirks} }
acts:
  - { at: 0:00, deck: 1, load: Night Tram, on-air: on }
  - { at: 0:00, deck: 3, load: Glass Quay }
  - { at: 0:12, deck: 1, play }
${acts}`;

interface Told {
  readonly at: Ms;
  readonly event: ShowEvent;
}

/** A unit, our bridge and a player of the old sort on one network. */
async function stage(
  source: string,
  change: { readonly weather?: Partial<NetworkConditions>; readonly mode?: Mode } = {},
) {
  const set = parseDjScript(source, 'set');
  if (!set.ok) throw new Error(set.mistakes.join('\n'));
  const clock = virtualClock();
  const memory = memoryNetwork(clock, { ...IDEAL_NETWORK, seed: 3, delayMaxMs: 2, ...change.weather });
  const [ours, theirs, rival] = [US, UNIT, RIVAL].map(address => memory.host(nic(address)));
  if (ours === undefined || theirs === undefined || rival === undefined) throw new Error();
  const told: Told[] = [];
  const sent: { readonly at: Ms; readonly to: string; readonly port: number; readonly bytes: Uint8Array }[] = [];
  const deaf = { to: new Set<number>() };
  let show: Show = EMPTY_SHOW;
  const network: Network = {
    ...ours,
    async open(local, listener) {
      const socket = await ours.open(local, {
        ...listener,
        datagram: datagram => {
          if (!deaf.to.has(datagram.port)) listener.datagram(datagram);
        },
      });
      return {
        ...socket,
        send(to, bytes) {
          sent.push({ at: clock.now(), to: to.address, port: to.port, bytes });
          socket.send(to, bytes);
        },
      };
    },
  };
  const { host, log } = testHost(clock, network, (event, stamp) => {
    told.push({ at: stamp.at, event });
    show = reduce(show, { stamp, source: 'opus', event });
  });
  const settled = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  const open = async (mode: Mode) => {
    const options = { ...USUAL_OPTIONS, unit: 'opus', computerName: 'booth', mode };
    const bridge = openOpusQuad(options, host);
    await settled();
    return bridge;
  };
  const unit = await openSimulatedUnit({ network: theirs, clock, interfaceAddress: UNIT, peer: null, set: set.set });
  const bridge = await open(change.mode ?? 'cdj');
  const rivalSocket = await rival.open({ address: '0.0.0.0', port: 50000 }, { datagram() {}, failed() {} });
  const of = <K extends ShowEvent['kind']>(kind: K) =>
    told.flatMap(({ at, event }) => (event.kind === kind ? [{ at, event: event as ShowEvent & { kind: K } }] : []));
  return {
    ...{ clock, memory, unit, bridge, open, told, of, log, sent, settled, show: () => show },
    deafTo: (port: number, isDeaf: boolean) => (isDeaf ? deaf.to.add(port) : deaf.to.delete(port)),
    pass: (ms: Ms) => clock.advance(ms),
    plugUs: (isIn: boolean) => ours.plug(isIn),
    /** A real player that has our number, and says so every 2 s. */
    rivalFor(number: number, untilMs: Ms) {
      const bytes = keepAlive.encode({
        ...{ name: 'CDJ-3000', structure: 2, number, seniority: 1, mac: nic(RIVAL).mac, address: RIVAL, peers: 3 },
        ...{ reserved: new Uint8Array(3), deviceKind: 'player', generation: 0x64 },
      });
      const repeat = (): void => {
        rivalSocket.send({ address: '10.0.0.255', port: 50000 }, bytes);
        if (clock.now() + 2000 < untilMs) clock.at(clock.now() + 2000, repeat);
      };
      repeat();
    },
  };
}
type Stage = Awaited<ReturnType<typeof stage>>;

const kindsSent = ({ sent }: Stage): string[] =>
  sent.map(({ port, bytes }) => {
    const decoded = decode({ port }, bytes);
    return decoded.ok && decoded.packet !== null ? decoded.packet.kind : 'unknown';
  });

/** Where deck 1 is said to be against where it is, in ms; samples every 10 ms. */
function errors(on: Stage, ms: Ms): number[] {
  const found: number[] = [];
  for (let elapsed = 0; elapsed < ms; elapsed += 10) {
    on.pass(10);
    const deck = on.show().decks.get('opus/1');
    const truth = on.unit.truth(on.clock.now())[0];
    const position = deck === undefined ? null : positionAt(deck, on.clock.now()).positionMs;
    if (position !== null && truth?.positionMs != null) found.push(position - truth.positionMs);
  }
  return found;
}

const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.map(Math.abs).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
};

describe('a player that joins a unit', () => {
  it('first keep-alive to first status within 8 s, also where the unit insists on a claim', async () => {
    for (const quirks of ['', 'needs-claim: on']) {
      const on = await stage(SET(quirks));
      on.pass(12_000);
      const foundAt = on.of('unit.found')[0]?.at ?? Number.NaN;
      expect((on.of('deck.report')[0]?.at ?? Number.NaN) - foundAt, quirks).toBeLessThanOrEqual(8000);
      await on.bridge.close();
    }
  });

  it('gets the status of all decks, a position every 30 ms of the loaded ones, and says what it lacks', async () => {
    const on = await stage(SET());
    on.pass(20_000);
    expect(new Set(on.of('deck.report').map(({ event }) => event.deck.number))).toEqual(new Set([1, 2, 3, 4]));
    for (const number of [1, 3]) {
      const times = on.of('deck.position').flatMap(({ at, event }) => (event.deck.number === number ? [at] : []));
      expect(times.length / ((times.at(-1) ?? 0) - (times[0] ?? 0))).toBeCloseTo(1 / 30, 3);
    }
    expect(new Set(on.of('deck.position').map(({ event }) => event.deck.number))).toEqual(new Set([1, 3]));
    expect(on.of('deck.structure')).toEqual([]);
    expect(on.bridge.status().text).toMatch(/player 7: positions, but no song structures and no artwork\), 2 of 4/);
  });

  it.each(['', 'numbering: one-two-thirty-three', 'constant-deck-byte: on', 'positions: broadcast', 'counter: zero'])(
    'is not misled by a unit with %s',
    async quirks => {
      const on = await stage(SET(quirks));
      on.pass(20_000);
      expect(quantile(errors(on, 5000), 0.99)).toBeLessThan(15);
      const { playState, track } = on.show().decks.get('opus/3') ?? {};
      expect([playState, track?.id]).toEqual(['cued', on.unit.truth(on.clock.now())[2]?.trackId]);
    },
  );

  it('when positions stop, its beats carry the deck on, and when they come again, they do', async () => {
    const on = await stage(SET());
    on.pass(20_000);
    const coordinate = (): string | undefined => on.show().decks.get('opus/1')?.line?.coordinate;
    expect(coordinate()).toBe('ms');
    on.deafTo(PORTS.timing, true);
    on.pass(240);
    expect(coordinate()).toBe('ms');
    // 250 ms of patience, and a status every 200 ms at most.
    on.pass(230);
    expect(coordinate()).toBe('beats');
    on.deafTo(PORTS.timing, false);
    on.pass(100);
    expect(coordinate()).toBe('ms');
    const never = await stage(SET('positions: off'));
    never.pass(20_000);
    expect(never.show().decks.get('opus/1')?.line?.coordinate).toBe('beats');
  });

  it('meets a simulated unit on loopback, where there is no broadcast', async () => {
    const clock = virtualClock();
    const noPorts: Network = {
      ...memoryNetwork(clock).host(nic(US)),
      open: async () => {
        throw new Error('no port is free');
      },
    };
    const simulation = await simulateOpusQuad({
      ...{
        name: 'opus',
        names: ['opus'],
        clock,
        network: noPorts,
        set: { file: 'set', source: SET() },
        acted: () => {},
      },
      options: { interface: 'auto', unitAddress: 'auto', mode: 'cdj' },
    });
    const kinds = new Set<string>();
    const { host } = testHost(clock, simulation.network, ({ kind }) => void kinds.add(kind));
    const bridge = openOpusQuad(
      { unit: 'opus', computerName: 'booth', ...(simulation.options as object) } as never,
      host,
    );
    for (let i = 0; i < 20; i++) await Promise.resolve();
    clock.advance(12_000);
    expect([...kinds].sort()).toEqual(['deck.position', 'deck.report', 'unit.found']);
    await bridge.close();
    await simulation.close();
  });

  it('leaves no timer and nothing to be said', async () => {
    const on = await stage(SET());
    on.pass(20_000);
    await on.bridge.close();
    await on.unit.close();
    const before = on.sent.length;
    on.pass(60_000);
    expect(on.sent).toHaveLength(before);
    expect(on.clock.pending()).toBe(0);
  });
});

describe('what breaks on a network', () => {
  it.each<readonly [string, Partial<NetworkConditions>]>([
    ['10 % loss', { loss: 0.1 }],
    ['30 % doubled', { duplication: 0.3 }],
    ['delays of up to 20 ms', { delayMaxMs: 20 }],
    ['order mixed up by delays of up to 60 ms', { delayMaxMs: 60 }],
    ['all at once', { loss: 0.1, duplication: 0.2, delayMaxMs: 40 }],
  ])('%s: joined all the same, and the deck is followed', async (_, weather) => {
    const on = await stage(SET(), { weather });
    on.pass(20_000);
    expect(on.of('deck.report').length).toBeGreaterThan(0);
    expect(quantile(errors(on, 10_000), 0.99)).toBeLessThan(15 + 3 * (weather.delayMaxMs ?? 2));
    expect(on.of('unit.lost')).toEqual([]);
  });

  it('a real player comes with number 7: we take another, and the decks are never lost', async () => {
    const on = await stage(SET());
    on.pass(20_000);
    on.rivalFor(7, 60_000);
    const cameAt = on.clock.now();
    on.pass(30_000);
    const own = on.sent.flatMap(({ at, port, bytes }) => {
      const decoded = decode({ port }, bytes);
      return at > cameAt + 10 && decoded.ok && decoded.packet !== null && 'number' in decoded.packet
        ? [decoded.packet]
        : [];
    });
    expect(own.every(({ number }) => (PLAYER_NUMBERS as readonly number[]).includes(number))).toBe(true);
    expect(own.filter(({ kind }) => kind === 'keep-alive').every(({ number }) => number === 8)).toBe(true);
    const times = on.of('deck.position').map(({ at }) => at);
    for (const [i, at] of times.entries()) expect((times[i + 1] ?? at) - at).toBeLessThan(100);
    expect(on.log.join()).toContain('"CDJ-3000" at 10.0.0.9 has player number 7');
  });

  it('a unit that restarts is joined again within 8 s of its return', async () => {
    const on = await stage(SET('', '  - { at: 0:30, reboot: 20 s }\n  - { at: 0:51, deck: 2, load: Glass Quay }'));
    on.pass(70_000);
    expect(on.of('unit.lost')).toHaveLength(1);
    const back = on.of('unit.found').at(-1)?.at ?? Number.NaN;
    expect(back).toBeGreaterThanOrEqual(50_000);
    const first = on.of('deck.report').find(({ at }) => at > 50_000);
    expect((first?.at ?? Infinity) - back).toBeLessThanOrEqual(8000);
  });

  it('a unit that forgets us in a short restart is not waited for in vain', async () => {
    const on = await stage(SET('', '  - { at: 0:30, reboot: 5 s }\n  - { at: 0:36, deck: 2, load: Glass Quay }'));
    on.pass(45_000);
    expect(on.of('unit.lost')).toEqual([]);
    expect(on.of('deck.report').filter(({ at }) => at > 35_000).length).toBeGreaterThan(100);
  });

  it('our cable out for 5 s and for 30 s: the decks are back within 2 s and within 8 s', async () => {
    const on = await stage(SET());
    on.pass(20_000);
    for (const [outMs, backWithinMs] of [
      [5000, 2000 + 2000],
      [30_000, 8000 + 2000],
    ] as const) {
      on.plugUs(false);
      on.pass(outMs);
      await on.settled();
      on.plugUs(true);
      const pluggedAt = on.clock.now();
      for (let ms = 0; ms < 20_000; ms += 100) {
        on.pass(100);
        await on.settled();
      }
      const first = on.of('deck.position').find(({ at }) => at > pluggedAt);
      // The machine's interfaces are looked at every 2 s.
      expect((first?.at ?? Infinity) - pluggedAt, `${outMs} ms`).toBeLessThanOrEqual(backWithinMs);
    }
  });
});

describe('a change of mode on a running unit', () => {
  it.each([
    ['lighting', 'cdj'],
    ['cdj', 'lighting'],
  ] as const)('from %s to %s: 20 s without a word, and then the unit serves the other', async (from, to) => {
    const on = await stage(SET(), { mode: from });
    on.pass(30_000);
    await on.bridge.close();
    const leftAt = on.clock.now();
    const before = on.sent.length;
    const next = await on.open(to);
    on.pass(40_000);
    expect((on.sent[before]?.at ?? 0) - leftAt).toBeGreaterThanOrEqual(20_000);
    const arrived = on.of(to === 'cdj' ? 'deck.position' : 'deck.structure').filter(({ at }) => at > leftAt + 20_000);
    expect(arrived.length).toBeGreaterThan(0);
    expect(next.status()).toMatchObject({ state: 'ready' });
  });

  it('a machine that was too late for the unit to remember it aloud still finds its way back', async () => {
    const on = await stage(SET(), { mode: 'lighting' });
    on.pass(30_000);
    await on.bridge.close();
    // The unit has stopped sending, and not yet forgotten.
    on.pass(12_000);
    const next = await on.open('cdj');
    on.pass(60_000);
    expect(next.status()).toMatchObject({ state: 'ready' });
    expect(next.status().text).toMatch(/cdj mode/);
  });

  it('the same mode again: positions do not stop for longer than the program was away', async () => {
    const on = await stage(SET());
    on.pass(30_000);
    await on.bridge.close();
    on.pass(1000);
    await on.open('cdj');
    const openedAt = on.clock.now();
    on.pass(20_000);
    const times = on.of('deck.position').flatMap(({ at }) => (at > openedAt ? [at] : []));
    for (const [i, at] of times.entries()) expect((times[i + 1] ?? at) - at).toBeLessThan(100);
  });

  it('nothing but what a player says is ever said', async () => {
    const on = await stage(SET());
    on.pass(60_000);
    expect([...new Set(kindsSent(on))].sort()).toEqual(['claim-1', 'claim-2', 'claim-3', 'hello', 'keep-alive']);
  });
});
