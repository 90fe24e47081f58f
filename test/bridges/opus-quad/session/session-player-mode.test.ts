/** The session as a player: its silences, the positions that come to it, and the harm it does not do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LAYOUTS,
  OPUS_NAME,
  PLAYER_NAME,
  PLAYER_NUMBERS,
  PORTS,
  position,
} from '../../../../bridges/opus-quad/layout.ts';
import { readCaptures } from '../../../capture-folders.ts';
import { rounds } from '../../../rounds.ts';
import { expectWithinBudget } from './packet-budget.ts';
import {
  bench,
  cdjClaim2,
  cdjClaim3,
  cdjKeepAlive,
  inUse,
  joined,
  nextStatus,
  passWithUnit,
  positionOf,
  RIVAL,
  textOf,
} from './player-mode-rig.ts';
import { type Bench, hello, nic, opusKeepAlive, UNIT } from './session-rig.ts';

describe('between two modes', () => {
  /** What a unit sends to an address it knows from an earlier run. */
  const servedAs = (mode: 'lighting' | 'cdj') => (session: Bench) => {
    session.hear(PORTS.status, nextStatus());
    if (mode === 'cdj') session.hear(PORTS.timing, positionOf(session.now()));
    session.pass(100);
  };
  const firstWord = (session: Bench): number => session.sent[0]?.at ?? Number.NaN;

  it('cdj after lighting: 20 s of silence, and the status says so', () => {
    const session = bench({ mode: 'cdj' });
    const serve = servedAs('lighting');
    while (session.now() < 8000) serve(session);
    expect(textOf(session)).toMatch(/silent for 12 s more: it takes this machine for something else/);
    passWithUnit(session, 20_000);
    expect(firstWord(session)).toBe(20_000);
  });

  it('lighting after cdj: the same', () => {
    const session = bench({ mode: 'lighting' });
    const serve = servedAs('cdj');
    while (session.now() < 8000) serve(session);
    passWithUnit(session, 20_000);
    expect(firstWord(session)).toBe(20_000);
  });

  it('the same mode again goes on as soon as it may: no 20 s', () => {
    const again = bench({ mode: 'cdj' });
    while (again.now() < 6000) servedAs('cdj')(again);
    expect(firstWord(again)).toBe(4000);
    const lit = bench({ mode: 'lighting' });
    while (lit.now() < 3000) servedAs('lighting')(lit);
    expect(firstWord(lit)).toBeGreaterThan(2000);
    expect(firstWord(lit)).toBeLessThanOrEqual(2300);
  });

  it.each(['cdj', 'lighting'] as const)(
    'a unit that gives no status for 10 s after we joined in %s mode gets 20 s of silence, and then we join anew',
    mode => {
      const session = bench({ mode });
      passWithUnit(session, 60_000, false);
      const joinedAt = session.sent.find(({ packet }) => packet.kind === 'keep-alive')?.at ?? Number.NaN;
      const late = session.sent.filter(({ at }) => at > joinedAt + 10_000);
      expect(late[0]?.at).toBe(joinedAt + 30_000);
      expect(late[0]?.packet.kind).toBe(mode === 'cdj' ? 'hello' : 'keep-alive');
      expect(session.notes.join()).toMatch(new RegExp(`does not answer in ${mode} mode.*silent for 20 s`));
    },
  );
});

describe('positions', () => {
  const positions = (session: Bench) =>
    session.events.flatMap(event => (event.kind === 'deck.position' ? [[event.deck.number, event.positionMs]] : []));

  it('go on as they come, each to its deck, whichever numbers the unit uses', () => {
    const session = joined();
    for (const [raw, ms] of [
      [9, 100],
      [12, 200],
      [2, 300],
      [33, 400],
    ] as const) {
      session.hear(PORTS.timing, positionOf(ms, raw));
    }
    expect(positions(session)).toEqual([
      [1, 100],
      [4, 200],
      [2, 300],
    ]);
  });

  it('that the network has doubled count once; those of a deck that stands count each', () => {
    const session = joined();
    for (const gapMs of [0, 4, 26, 30, 5]) {
      session.pass(gapMs);
      session.hear(PORTS.timing, positionOf(1000));
    }
    expect(positions(session)).toHaveLength(3);
    expect(session.state().counts.duplicates).toBe(2);
  });

  it('of another player on the network are not those of the unit', () => {
    const session = joined();
    const foreign = { name: 'CDJ-3000', number: 2, trackLengthS: 300, playheadMs: 5, pitchPercent: 0, tempoBpm: 128 };
    session.hear(PORTS.timing, position.encode(foreign), RIVAL);
    expect(positions(session)).toEqual([]);
  });
});

describe('doing no harm', () => {
  const badDay = fc.array(
    fc.record({
      bytes: fc.constantFrom(inUse(7), inUse(8), cdjClaim2(7), cdjClaim3(8), cdjKeepAlive(7), cdjKeepAlive(13), hello),
      waitMs: fc.integer({ min: 0, max: 1200 }),
      port: fc.constantFrom(PORTS.presence, PORTS.status),
    }),
    { minLength: 20, maxLength: 80 },
  );

  it('whatever others claim, the budget is kept and only our own words are said, never with a number of theirs', () => {
    const ours = new Set(['hello', 'claim-1', 'claim-2', 'claim-3', 'keep-alive', 'number-in-use']);
    fc.assert(
      fc.property(badDay, day => {
        const session = bench({ mode: 'cdj' });
        passWithUnit(session, 5000);
        for (const { bytes, waitMs, port } of day) {
          session.hear(port, bytes, RIVAL);
          session.hear(PORTS.presence, opusKeepAlive);
          session.pass(waitMs);
        }
        for (const { packet } of session.sent) {
          expect(ours).toContain(packet.kind);
          if ('number' in packet) expect(PLAYER_NUMBERS).toContain(packet.number);
        }
        expectWithinBudget(session.sent.map(({ at }) => at));
      }),
      { numRuns: rounds(50) },
    );
  });

  it('a flood of claims does not keep it from keeping itself alive', () => {
    const session = joined();
    const before = session.sent.length;
    for (let ms = 0; ms < 10_000; ms += 10) {
      session.hear(PORTS.presence, cdjClaim2(7), RIVAL);
      if (ms % 200 === 0) passWithUnit(session, 10);
      else session.pass(10);
    }
    const alive = session.sent.slice(before).filter(({ packet }) => packet.kind === 'keep-alive');
    expect(alive.length).toBeGreaterThanOrEqual(6);
  });

  it('a flood of devices is remembered up to a bound', () => {
    const session = joined();
    for (let i = 0; i < 5000; i++) {
      session.hear(PORTS.presence, cdjKeepAlive(1 + (i % 6)), `10.${i >> 8}.${i & 0xff}.9`);
    }
    expect(session.state().player.others.size).toBeLessThanOrEqual(64);
  });

  it('arbitrary bytes, bare or in the shape of any packet, on all three ports and from anyone, never throw', () => {
    const magic = [0x51, 0x73, 0x70, 0x74, 0x31, 0x57, 0x6d, 0x4a, 0x4f, 0x4c];
    const names = [OPUS_NAME, PLAYER_NAME, 'rekordbox', 'CDJ-3000'].map(name => [
      ...Buffer.from(name.padEnd(20, '\0')),
    ]);
    const shaped = fc
      .record({
        table: fc.constantFrom(...LAYOUTS),
        name: fc.constantFrom(...names),
        body: fc.uint8Array({ minLength: 0, maxLength: 600 }),
      })
      .map(({ table, name, body }) => {
        const head = [...magic, table.type, ...(table.port === PORTS.presence ? [0] : []), ...name];
        return { port: table.port as number, bytes: Uint8Array.of(...head, ...body) };
      });
    const bare = fc.record({ port: fc.constantFrom<number>(...Object.values(PORTS)), bytes: fc.uint8Array() });
    const datagram = fc.record({
      packet: fc.oneof(bare, shaped),
      from: fc.constantFrom(UNIT, RIVAL, nic.address),
      waitMs: fc.integer({ min: 0, max: 3000 }),
    });
    fc.assert(
      fc.property(fc.constantFrom('cdj' as const, 'lighting' as const), fc.array(datagram), (mode, datagrams) => {
        const session = bench({ mode });
        session.hear(PORTS.presence, opusKeepAlive);
        for (const { packet, from, waitMs } of datagrams) {
          session.hear(packet.port, packet.bytes, from);
          session.pass(waitMs);
        }
        expect(textOf(session)).not.toMatch(/NaN|undefined|Infinity/);
      }),
      { numRuns: rounds(300) },
    );
  });

  it('a fragment that comes all the same is taken as what it is', () => {
    const session = joined();
    const golden = readCaptures('opus-quad').find(({ name }) => name === 'song-structure-fragment');
    session.hear(PORTS.status, golden?.bytes ?? new Uint8Array());
    expect(session.events.map(({ kind }) => kind)).toContain('deck.structure');
  });
});
