/** Laws of straight play: whatever delays its reports, a deck that only plays never raises `pass`, and is in its bar. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Deck, emptyDeck } from '../../../src/core/deck/deck.ts';
import { reducePosition } from '../../../src/core/deck/deck-from-position.ts';
import { reduceReport } from '../../../src/core/deck/deck-from-status.ts';
import { positionAt } from '../../../src/core/deck/position.ts';
import { seededRandom } from '../../../src/core/random.ts';
import { NOTHING_KNOWN } from '../../../src/core/track/track-knowledge.ts';
import { WEATHER_NAMES, WEATHERS } from '../../../src/network/weather.ts';
import { report, stampAt } from '../core-samples.ts';

interface Play {
  readonly tempoBpm: number;
  readonly pitchSpeed: number;
  readonly tells: 'lighting' | 'cdj';
  readonly startAt: number;
  readonly forMs: number;
  /** When what is sent at a moment arrives. */
  readonly arrivalOf: (sentAt: number) => number;
}

interface Look {
  readonly at: number;
  readonly deck: Deck;
  readonly errorMs: number;
  readonly barMs: number;
}

const GRID_MS = 123;
const CUE_BEAT = 9;

/** What a deck becomes by the reports of a playhead that starts from a cue and plays on, each as late as its weather has it. */
function play({ tempoBpm, pitchSpeed, tells, startAt, forMs, arrivalOf }: Play): Look[] {
  const beatAt = (at: number): number => CUE_BEAT + (Math.max(0, at - startAt) * tempoBpm * pitchSpeed) / 60_000;
  const msAt = (at: number): number => GRID_MS + ((beatAt(at) - 1) * 60_000) / tempoBpm;
  const coming: { sentAt: number; at: number; isPosition: boolean }[] = [];
  for (let sentAt = 0; sentAt < forMs; sentAt += 10) {
    if (sentAt % 200 === 40) coming.push({ sentAt, at: arrivalOf(sentAt), isPosition: false });
    if (tells === 'cdj' && sentAt % 30 === 0) coming.push({ sentAt, at: arrivalOf(sentAt), isPosition: true });
  }
  coming.sort((a, b) => a.at - b.at);
  let deck = emptyDeck({ unit: 'opus', number: 1 });
  let newest = -Infinity;
  const looks: Look[] = [];
  for (const { sentAt, at, isPosition } of coming) {
    // A session drops statuses that another has overtaken: they are counted.
    if (!isPosition && sentAt < newest) continue;
    if (!isPosition) newest = sentAt;
    const isPlaying = sentAt >= startAt;
    deck = isPosition
      ? reducePosition(
          deck,
          { positionMs: Math.floor(msAt(sentAt)), lengthS: 300, pitchSpeed },
          stampAt(at),
          () => NOTHING_KNOWN,
        )
      : reduceReport(
          deck,
          report({
            trackTempoBpm: tempoBpm,
            beat: Math.floor(beatAt(sentAt)),
            playState: isPlaying ? 'playing' : 'cued',
            pitchSpeed,
            runSpeed: isPlaying ? pitchSpeed : 0,
          }),
          stampAt(at),
          () => NOTHING_KNOWN,
        );
    const { beat, beatUncertainty, positionMs, uncertaintyMs } = positionAt(deck, at);
    const beatMs = 60_000 / (tempoBpm * pitchSpeed);
    looks.push(
      tells === 'cdj'
        ? { at, deck, errorMs: (positionMs ?? 0) - msAt(at), barMs: uncertaintyMs ?? 0 }
        : { at, deck, errorMs: ((beat ?? 0) - beatAt(at)) * beatMs, barMs: (beatUncertainty ?? 0) * beatMs },
    );
  }
  return looks;
}

/** A queue that keeps the order and stands still at some times, for some time. */
function standing(stalls: readonly { readonly from: number; readonly forMs: number }[]): (sentAt: number) => number {
  let lastAt = 0;
  return sentAt => {
    const stall = stalls.find(({ from, forMs }) => sentAt >= from && sentAt < from + forMs);
    lastAt = Math.max(lastAt, stall === undefined ? sentAt : stall.from + stall.forMs);
    return lastAt;
  };
}

const passesOf = (looks: readonly Look[]): number[] => [...new Set(looks.slice(30).map(({ deck }) => deck.pass))];

describe('straight play', () => {
  for (const tells of ['lighting', 'cdj'] as const) {
    for (const name of WEATHER_NAMES) {
      it(`in ${tells} mode in the weather ${name} is one pass, and the truth is in the bar`, () => {
        let outside = 0;
        let all = 0;
        for (const seed of [1, 2, 3, 4, 5, 6]) {
          const random = seededRandom(seed);
          const road = WEATHERS[name].open(seed);
          const looks = play({
            ...{
              tempoBpm: 100 + 80 * random(),
              pitchSpeed: 0.92 + 0.16 * random(),
              tells,
              startAt: 3000 + 200 * random(),
            },
            forMs: 25_000,
            arrivalOf: sentAt => road.arrivalOf(sentAt),
          });
          const begun = looks.filter(({ at }) => at > 2000);
          expect(new Set(begun.map(({ deck }) => deck.pass)).size, `seed ${seed}`).toBe(1);
          const known = looks.filter(({ at }) => at > 6000);
          outside += known.filter(({ errorMs, barMs }) => Math.abs(errorMs) > barMs + 1e-6).length;
          all += known.length;
        }
        expect(all).toBeGreaterThan(500);
        expect(outside / all).toBeLessThanOrEqual(0.001);
      });
    }
  }

  it('is one pass whatever a queue that keeps the order does to its statuses', () => {
    const stall = fc.record({
      from: fc.integer({ min: 1000, max: 12_000 }),
      forMs: fc.integer({ min: 20, max: 1500 }),
    });
    fc.assert(
      fc.property(
        fc.array(stall, { maxLength: 6 }),
        fc.integer({ min: 70, max: 190 }),
        fc.constantFrom('lighting' as const, 'cdj' as const),
        fc.integer({ min: 500, max: 4000 }),
        (stalls, tempoBpm, tells, startAt) => {
          const arrivalOf = standing(stalls);
          const looks = play({ tempoBpm, pitchSpeed: 1, tells, startAt, forMs: 14_000, arrivalOf });
          expect(new Set(looks.filter(({ at }) => at > 400).map(({ deck }) => deck.pass)).size).toBe(1);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('joined at 3.0 s, with the network still from 3551 to 4251 ms and then a burst, is one pass', () => {
    for (let phase = 0; phase < 200; phase += 10) {
      for (const tempoBpm of [96, 120, 128, 174]) {
        const arrivalOf = standing([{ from: 3551 - 3000 + phase, forMs: 700 }]);
        const looks = play({ tempoBpm, pitchSpeed: 1, tells: 'lighting', startAt: -4000, forMs: 6000, arrivalOf });
        expect(new Set(looks.map(({ deck }) => deck.pass)).size, `${tempoBpm} BPM, ${phase}`).toBe(1);
        for (const { errorMs, barMs, at } of looks.filter(look => look.at > 2000)) {
          expect(Math.abs(errorMs), `${tempoBpm} BPM, ${phase}, at ${at}`).toBeLessThanOrEqual(barMs + 1e-6);
        }
      }
    }
  });

  it('in cdj mode with positions held up eight at once never steps back, and is one pass', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = seededRandom(seed);
      const stalls = [];
      for (let from = 4000; from < 20_000; from += 600 + 1500 * random())
        stalls.push({ from, forMs: 150 + 250 * random() });
      const arrivalOf = standing(stalls);
      const looks = play({ tempoBpm: 126, pitchSpeed: 1.02, tells: 'cdj', startAt: 1000, forMs: 20_000, arrivalOf });
      expect(passesOf(looks), `seed ${seed}`).toHaveLength(1);
      for (let i = 60; i < looks.length; i++) {
        const [before, look] = [looks[i - 1] as Look, looks[i] as Look];
        const [was, is] = [before, look].map(each => positionAt(each.deck, look.at).positionMs ?? 0) as [
          number,
          number,
        ];
        expect(is, `seed ${seed}, at ${look.at}`).toBeGreaterThanOrEqual(was - 1e-6);
      }
    }
  });

  it('is not turned by stalls of 100 to 600 ms all the time', () => {
    for (let seed = 1; seed <= 15; seed++) {
      const random = seededRandom(seed);
      const stalls = [];
      for (let from = 2500; from < 20_000; from += 700 + 300 * random())
        stalls.push({ from, forMs: 100 + 500 * random() });
      const arrivalOf = standing(stalls);
      const looks = play({ tempoBpm: 128, pitchSpeed: 1, tells: 'lighting', startAt: -2000, forMs: 20_000, arrivalOf });
      expect(new Set(looks.map(({ deck }) => deck.pass)).size, `seed ${seed}`).toBe(1);
    }
  });
});
