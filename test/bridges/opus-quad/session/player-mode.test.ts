/** The session's number among players: the words that claim it, and who else wants it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assignment,
  assignmentOffer,
  claimStage1,
  PLAYER_NAME,
  PLAYER_NUMBERS,
  PORTS,
} from '../../../../bridges/opus-quad/layout.ts';
import { toHex } from '../../../../src/bytes/hex.ts';
import { readCaptures } from '../../../capture-folders.ts';
import { rounds } from '../../../rounds.ts';
import {
  bench,
  cdjClaim2,
  cdjClaim3,
  cdjKeepAlive,
  inUse,
  joined,
  numbers,
  passWithUnit,
  RIVAL,
  RIVAL_MAC,
  textOf,
} from './player-mode-rig.ts';
import { type Bench, nic, opusKeepAlive, statusOf, unitKeepAlive } from './session-rig.ts';

describe('joining as a player', () => {
  it('listens for 4 s, then says hello and claims, each word three times and 300 ms apart, then keeps itself alive', () => {
    const session = bench({ mode: 'cdj' });
    passWithUnit(session, 12_000);
    const claim = ['hello', 'claim-1', 'claim-2', 'claim-3'].flatMap(kind => [kind, kind, kind]);
    expect(session.kinds().slice(0, 13)).toEqual([...claim, 'keep-alive']);
    expect(session.sent.slice(0, 13).map(({ at }) => at - 4000)).toEqual(claim.concat('').map((_, i) => i * 300));
    expect(session.sent.slice(12).map(({ at }) => at - 7600)).toEqual([0, 1500, 3000]);
    expect(new Set(session.sent.map(({ to, port }) => `${to}:${port}`))).toEqual(new Set(['10.0.0.255:50000']));
    const attempts = session.sent.flatMap(({ packet }) => ('attempt' in packet ? [packet.attempt] : []));
    expect(attempts).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3]);
  });

  it('says to the byte what the published examples say, but for the name', () => {
    // The examples were made for this host.
    const host = { ...nic, address: '192.168.112.173', mac: '00:e0:4c:65:3b:75' };
    const session = bench({ mode: 'cdj' }, [host]);
    for (let i = 0; i < 6; i++) {
      session.hear(PORTS.presence, opusKeepAlive, '192.168.112.180');
      session.pass(1500);
    }
    session.hear(PORTS.presence, cdjClaim2(7), '192.168.112.9');
    for (const [kind, capture] of [
      ['hello', 'claim-hello'],
      ['claim-1', 'claim-1'],
      ['claim-2', 'claim-2'],
      ['claim-3', 'claim-3'],
      ['keep-alive', 'player-keep-alive'],
      ['number-in-use', 'number-in-use'],
    ] as const) {
      const golden =
        readCaptures('opus-quad')
          .find(({ name }) => name === capture)
          ?.bytes.slice() ?? new Uint8Array();
      golden.fill(0, 0x0c, 0x20);
      golden.set(new TextEncoder().encode(PLAYER_NAME), 0x0c);
      const said = session.sent.find(({ packet }) => packet.kind === kind);
      expect(toHex(said?.bytes ?? new Uint8Array()), kind).toBe(toHex(golden));
    }
  });

  it('first keep-alive of the unit to our own within 8 s, and less when the network has been heard before', () => {
    const session = bench({ mode: 'cdj' });
    session.pass(30_000);
    expect(session.sent).toEqual([]);
    passWithUnit(session, 4000);
    expect(session.sent.find(({ packet }) => packet.kind === 'keep-alive')?.at).toBe(33_600);
  });

  it('asks for nothing: neither status nor song structures, whatever is loaded', () => {
    const session = joined();
    passWithUnit(session, 60_000);
    expect(new Set(session.kinds())).toEqual(new Set(['hello', 'claim-1', 'claim-2', 'claim-3', 'keep-alive']));
  });

  it('counts itself and every device it hears among the peers', () => {
    const session = bench({ mode: 'cdj' });
    session.hear(PORTS.presence, cdjKeepAlive(2), RIVAL);
    session.hear(PORTS.presence, cdjKeepAlive(3, 'CDJ-3000', '10.0.0.10'), '10.0.0.10');
    passWithUnit(session, 8000);
    const first = session.sent.find(({ packet }) => packet.kind === 'keep-alive');
    expect(first?.packet).toMatchObject({ peers: 4, seniority: 1, deviceKind: 'player' });
  });

  it('says what it gives and what it lacks', () => {
    expect(textOf(joined())).toBe(
      'OPUS-QUAD at 10.0.0.2, cdj mode (player 7: positions, but no song structures and no artwork), 1 of 4 decks loaded',
    );
  });
});

describe('the number', () => {
  it('is never one that a deck or another device has, and always one of those nobody else may have', () => {
    const present = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 40 });
    fc.assert(
      fc.property(present, taken => {
        const session = bench({ mode: 'cdj' });
        for (let round = 0; round < 8; round++) {
          session.hear(PORTS.presence, opusKeepAlive);
          for (const number of taken) session.hear(PORTS.presence, cdjKeepAlive(number), `10.0.0.${number + 100}`);
          session.pass(1000);
        }
        const claimed = new Set(session.sent.flatMap(({ packet }) => ('number' in packet ? [packet.number] : [])));
        const free = PLAYER_NUMBERS.filter(number => !taken.includes(number));
        expect([...claimed]).toEqual(free.slice(0, 1));
        for (const number of claimed) expect([1, 2, 3, 4, 5, 6, 9, 10, 11, 12, ...taken]).not.toContain(number);
      }),
      { numRuns: rounds(100) },
    );
  });

  it('with none free, nothing is said, the status names who has them, and the first to go leaves its own', () => {
    const session = bench({ mode: 'cdj' });
    const hearAll = (except = 0): void => {
      for (const number of PLAYER_NUMBERS.filter(each => each !== except)) {
        session.hear(PORTS.presence, cdjKeepAlive(number), `10.0.0.${number + 100}`);
      }
    };
    for (let i = 0; i < 10; i++) {
      hearAll();
      passWithUnit(session, 2000, false);
    }
    expect(session.sent).toEqual([]);
    expect(textOf(session)).toMatch(/no player number is free \(.*"CDJ-3000" at 10\.0\.0\.114 has 14/);
    for (let i = 0; i < 8; i++) {
      hearAll(14);
      passWithUnit(session, 2000, false);
    }
    expect(new Set(numbers(session))).toEqual(new Set([14]));
  });

  it.each([
    ['defends it', inUse(7)],
    ['claims it too', cdjClaim2(7)],
    ['takes it', cdjClaim3(7)],
    ['keeps itself alive with it', cdjKeepAlive(7)],
  ])('is left, in the middle of the claim, to a device that %s', (_, bytes) => {
    const session = bench({ mode: 'cdj' });
    passWithUnit(session, 6200);
    const before = session.sent.length;
    session.hear(PORTS.presence, bytes, RIVAL);
    passWithUnit(session, 6000);
    const after = session.sent.slice(before).flatMap(({ packet }) => ('number' in packet ? [packet.number] : []));
    expect(new Set(after)).toEqual(new Set([8]));
    expect(session.kinds().slice(before, before + 3)).toEqual(['claim-1', 'claim-1', 'claim-1']);
    expect(session.notes.join()).toContain('"CDJ-3000" at 10.0.0.9 has player number 7: leaving it that one, taking 8');
  });

  it.each([
    ['stage 2', cdjClaim2(7)],
    ['stage 3', cdjClaim3(7)],
  ])('once ours is defended against a claim of %s, to the claimant alone, and kept', (_, bytes) => {
    const session = joined();
    session.hear(PORTS.presence, bytes, RIVAL);
    expect(session.sent.at(-1)).toMatchObject({
      ...{ to: RIVAL, port: PORTS.presence },
      packet: { kind: 'number-in-use', number: 7, address: nic.address },
    });
    passWithUnit(session, 6000);
    expect(new Set(numbers(session))).toEqual(new Set([7]));
  });

  it('once ours is left at once to a device that says it had it first', () => {
    const session = joined();
    session.hear(PORTS.presence, inUse(7), RIVAL);
    passWithUnit(session, 6000);
    expect(numbers(session).at(-1)).toBe(8);
    expect(session.kinds()).not.toContain('number-in-use');
  });

  it('used by a real player is defended once, in silence; the player stays, so it is left to it, and never used again', () => {
    const session = joined();
    const before = session.sent.length;
    const cameAt = session.now();
    for (let i = 0; i < 30; i++) {
      if (i % 10 === 0) session.hear(PORTS.presence, cdjKeepAlive(7), RIVAL);
      passWithUnit(session, 200);
      if (i === 5) expect(textOf(session)).toMatch(/silent: "CDJ-3000" at 10\.0\.0\.9 uses player number 7 too/);
    }
    const said = session.sent.slice(before);
    expect(said[0]).toMatchObject({ at: cameAt, to: RIVAL, packet: { kind: 'number-in-use', number: 7 } });
    // Silent until the player has spoken again, then another number from the first stage on.
    expect(said[1]).toMatchObject({ at: cameAt + 2000, packet: { kind: 'claim-1' } });
    expect(said.slice(1).some(({ packet }) => 'number' in packet && packet.number === 7)).toBe(false);
    expect(numbers(session).at(-1)).toBe(8);
  });

  it('used by somebody who then gives way is kept after 6 s of silence', () => {
    const session = joined();
    const before = session.sent.length;
    const cameAt = session.now();
    session.hear(PORTS.presence, cdjKeepAlive(7), RIVAL);
    session.hear(PORTS.presence, cdjKeepAlive(7), RIVAL);
    passWithUnit(session, 8000);
    const said = session.sent.slice(before);
    expect(said.map(({ packet }) => packet.kind).slice(0, 2)).toEqual(['number-in-use', 'keep-alive']);
    expect(said[1]?.at).toBe(cameAt + 6000);
    expect(new Set(numbers(session))).toEqual(new Set([7]));
  });

  it('two of our own that start together end with two numbers', () => {
    const other = { ...nic, address: '10.0.0.3', mac: '02:00:00:00:00:03' };
    const [a, b] = [bench({ mode: 'cdj' }), bench({ mode: 'cdj' }, [other])];
    const heard = new Map<Bench, number>();
    for (let ms = 0; ms < 20_000; ms += 10) {
      for (const [me, peer, address] of [
        [a, b, other.address],
        [b, a, nic.address],
      ] as const) {
        if (ms % 2000 === 0) me.hear(PORTS.presence, opusKeepAlive);
        if (ms % 200 === 0 && numbers(me).length > 0) me.hear(PORTS.status, statusOf({ packetCounter: ms }));
        for (const { port, bytes } of peer.sent.slice(heard.get(me) ?? 0)) me.hear(port, bytes, address);
        heard.set(me, peer.sent.length);
      }
      a.pass(10);
      b.pass(10);
    }
    expect([numbers(a).at(-1), numbers(b).at(-1)].sort()).toEqual([7, 8]);
  });

  it('is not taken by a mixer that assigns it to somebody, nor by a claim that names none yet', () => {
    const session = bench({ mode: 'cdj' });
    const mixer = { name: 'DJM-900NXS2', assignment: 1, structure: 2 } as const;
    const claim1 = claimStage1.encode({ name: 'CDJ-3000', structure: 3, attempt: 1, deviceKind: 1, mac: RIVAL_MAC });
    for (let i = 0; i < 5; i++) {
      session.hear(PORTS.presence, assignment.encode({ ...mixer, number: 7 }), RIVAL);
      session.hear(PORTS.presence, assignmentOffer.encode({ ...mixer, address: RIVAL, mac: RIVAL_MAC }), RIVAL);
      session.hear(PORTS.presence, claim1, RIVAL);
      passWithUnit(session, 2000);
    }
    expect(new Set(numbers(session))).toEqual(new Set([7]));
    expect(session.kinds()).not.toContain('number-in-use');
  });
});

describe('leaving and coming back', () => {
  it('sends nothing after it was closed, defence included', () => {
    const session = joined();
    session.feed({ kind: 'close' });
    const before = session.sent.length;
    session.hear(PORTS.presence, cdjClaim2(7), RIVAL);
    session.pass(60_000);
    expect(session.sent).toHaveLength(before);
  });

  it('a unit that is gone is not kept alive for, and is joined anew when it is back', () => {
    const session = joined();
    session.pass(10_000);
    const before = session.sent.length;
    session.pass(60_000);
    expect(session.sent).toHaveLength(before);
    passWithUnit(session, 5000);
    expect(session.kinds().slice(before, before + 13)).toEqual([
      ...['hello', 'claim-1', 'claim-2', 'claim-3'].flatMap(kind => [kind, kind, kind]),
      'keep-alive',
    ]);
  });

  it('a cable out for 5 s: the number is kept and kept alive at once', () => {
    const session = joined();
    session.see([]);
    const before = session.sent.length;
    session.pass(5000);
    expect(session.sent).toHaveLength(before);
    session.see([nic]);
    expect(session.kinds().slice(before)).toEqual(['keep-alive']);
  });

  it('under another address of the same network it keeps its number and claims it anew from there at once', () => {
    const session = joined();
    const before = session.sent.length;
    session.see([{ ...nic, address: '10.0.0.44' }]);
    const movedAt = session.now();
    passWithUnit(session, 9000);
    expect(session.sent[before]).toMatchObject({ at: movedAt, packet: { kind: 'claim-1' } });
    expect(session.kinds().slice(before, before + 10)).toEqual([
      ...['claim-1', 'claim-2', 'claim-3'].flatMap(kind => [kind, kind, kind]),
      'keep-alive',
    ]);
    expect(new Set(numbers(session))).toEqual(new Set([7]));
  });

  it('on another network, to which the unit has moved as well, it listens and claims once more', () => {
    const session = joined();
    const before = session.sent.length;
    session.see([{ ...nic, address: '10.0.9.44' }]);
    const movedAt = session.now();
    for (let ms = 0; ms < 5000; ms += 1000) {
      session.hear(PORTS.presence, unitKeepAlive('10.0.9.2'), '10.0.9.2');
      session.pass(1000);
    }
    expect(session.sent[before]).toMatchObject({ at: movedAt + 4000, packet: { kind: 'hello' } });
  });
});
