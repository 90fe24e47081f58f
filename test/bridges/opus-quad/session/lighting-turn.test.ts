/** Whose turn it is: the rules by themselves, and the mark by which Decklights know each other. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PORTS, statusRequest } from '../../../../bridges/opus-quad/layout.ts';
import {
  freeAt,
  listenMs,
  markText,
  NO_TURN,
  readMark,
  withoutGone,
  withRival,
  yieldsTo,
} from '../../../../bridges/opus-quad/session/lighting-turn.ts';
import { bench, hello, opusKeepAlive, statusOf } from './session-rig.ts';

const RIVAL = { name: 'rekordbox', address: '10.0.0.9', mark: null };
const luck = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('a silence', () => {
  it('before the first word is longer than the 2 s between two keep-alives, and leaves 0.2 s of 2.5 s to the rest', () => {
    fc.assert(
      fc.property(luck, drawn => {
        expect(listenMs({ ...NO_TURN, luck: drawn })).toBeGreaterThan(2000);
        expect(listenMs({ ...NO_TURN, luck: drawn })).toBeLessThanOrEqual(2300);
      }),
    );
  });

  it('after a rival of many words ends once two of its keep-alives are missing, within 5 s', () => {
    fc.assert(
      fc.property(luck, drawn => {
        const twice = withRival(withRival({ ...NO_TURN, luck: drawn }, RIVAL, 0), RIVAL, 2000);
        expect(freeAt(twice) - 2000).toBeGreaterThan(4000);
        expect(freeAt(twice) - 2000).toBeLessThan(4800);
        expect(withoutGone(twice, freeAt(twice)).gone).toHaveLength(1);
        expect(withoutGone(twice, freeAt(twice) - 0.001).gone).toEqual([]);
      }),
    );
  });

  it('after a single word is as long as listening, and luck parts two by up to 1.5 s', () => {
    const of = (drawn: number): number => freeAt(withRival({ ...NO_TURN, luck: drawn }, RIVAL, 0));
    expect(of(0)).toBe(2100);
    expect(of(0.999) - of(0)).toBeCloseTo(1498.5, 6);
  });
});

describe('a Decklight that speaks and hears another', () => {
  /** Ages in ms at one moment, and how long each mark is on its way. */
  const pair = fc.record({
    ages: fc.tuple(fc.integer({ min: 4200, max: 90_000 }), fc.integer({ min: 4200, max: 90_000 })),
    waysMs: fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 })),
  });
  const AT = 100_000;
  const stays = (ownAge: number, otherAge: number, wayMs: number): boolean => {
    const turn = { ...NO_TURN, beganAt: AT - ownAge };
    const mark = { machine: 'other', ageS: Math.floor((otherAge - wayMs) / 1000) };
    return !yieldsTo(turn, { ...RIVAL, mark }, 'stay', AT);
  };

  it('never goes on where the other goes on too, whatever their ages and however long a mark takes', () => {
    fc.assert(
      fc.property(pair, ({ ages: [one, other], waysMs: [way, back] }) => {
        expect(stays(one, other, way) && stays(other, one, back)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('goes on when it is older by 3 s or more, and yields when it is younger', () => {
    fc.assert(
      fc.property(pair, fc.integer({ min: 3500, max: 60_000 }), ({ ages: [age], waysMs: [way] }, older) => {
        expect(stays(age + older, age, way)).toBe(true);
        expect(stays(age, age + older, way)).toBe(false);
      }),
    );
  });

  it('goes on beside a rekordbox that begins later, unless it is told to yield and that one stays', () => {
    const turn = { ...NO_TURN, beganAt: 0 };
    const once = withRival(turn, RIVAL, 20_000);
    const twice = withRival(once, RIVAL, 22_000);
    expect(yieldsTo(once, RIVAL, 'stay', 20_000)).toBe(false);
    expect(yieldsTo(twice, RIVAL, 'stay', 22_000)).toBe(false);
    expect(yieldsTo(once, RIVAL, 'yield', 20_000)).toBe(false);
    expect(yieldsTo(twice, RIVAL, 'yield', 22_000)).toBe(true);
  });
});

describe('the mark', () => {
  it('survives the way through a status request, for any name of a machine', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 120, unit: 'grapheme' }).filter(text => !/[\0\r\n]/.test(text)),
        fc.nat(1e6),
        (machine, ageS) => {
          const bytes = statusRequest.encode({
            ...{ name: 'rekordbox', number: 0x17, numberAgain: 0x17 },
            computerName: markText({ machine, ageS }),
          });
          const read = statusRequest.decode(bytes);
          expect(read.ok && readMark(read.value.computerName)).toEqual({ machine: machine.slice(0, 80), ageS });
        },
      ),
    );
  });

  it('is not seen in the computer names of others', () => {
    for (const name of ['', 'DJ-LAPTOP', 'Decklight', 'Decklight on booth', 'Decklight on booth for a while s']) {
      expect(readMark(name)).toBeNull();
    }
  });

  it('goes to the unit alone until it serves us, and to everybody with each request after that', () => {
    const session = bench();
    session.hear(PORTS.presence, opusKeepAlive);
    session.hear(PORTS.status, hello);
    for (let i = 0; i < 60; i++) {
      session.pass(200);
      session.hear(PORTS.status, statusOf({ packetCounter: i, trackId: null }));
    }
    const requests = session.sent.flatMap(({ to, packet }) =>
      packet.kind === 'status-request' ? [[to, packet.computerName]] : [],
    );
    expect(requests).toEqual([
      ['10.0.0.2', 'Decklight on booth for 0 s'],
      ['10.0.0.255', 'Decklight on booth for 5 s'],
      ['10.0.0.255', 'Decklight on booth for 10 s'],
    ]);
  });
});
