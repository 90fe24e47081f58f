import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEMO_TRACKS, type DemoTrack, trackTitled } from '../../../../bridges/opus-quad/simulator/demo-tracks.ts';
import {
  applyDjAction,
  beatNumberAt,
  type DeckAction,
  EMPTY_DECK,
  isEndedAt,
  nextBeatAt,
  positionMsAt,
  type SimulatedDeck,
  stopsAt,
  truthAt,
} from '../../../../bridges/opus-quad/simulator/simulated-deck.ts';

const titled = (title: string): DemoTrack => {
  const track = trackTitled(title);
  if (track === null) throw new Error(`no track is called ${title}`);
  return track;
};
/** 128 BPM, first beat at 123 ms. */
const tram = titled('Night Tram');
const BEAT_MS = 60000 / 128;

/** A deck after acts at their times. */
const played = (...acts: readonly (readonly [number, DeckAction])[]): SimulatedDeck =>
  acts.reduce((deck, [at, act]) => applyDjAction(deck, act, at, false), EMPTY_DECK);

const load: DeckAction = { kind: 'load', track: tram };
const play: DeckAction = { kind: 'play' };
const toBeat = (beat: number): DeckAction => ({ kind: 'jump', to: { beat } });

describe('a load', () => {
  test('gives the track at once and a position a second later', () => {
    const deck = played([100, load]);
    expect(truthAt(deck, 1099)).toMatchObject({ loaded: false, trackId: 829, beat: null, positionMs: null });
    expect(truthAt(deck, 1100)).toMatchObject({ loaded: true, trackId: 829, positionMs: 0, playing: false });
  });

  test('is waited for by a press of play', () => {
    const deck = played([0, load], [200, play]);
    expect(truthAt(deck, 999).playing).toBe(false);
    expect(truthAt(deck, 1500)).toMatchObject({ playing: true, positionMs: 500 });
  });

  test('takes two seconds more with junk beats', () => {
    expect(applyDjAction(EMPTY_DECK, load, 0, true).readyAt).toBe(3000);
  });

  test('keeps the fader and the channel', () => {
    const deck = played([0, { kind: 'pitch', percent: 4 }], [0, { kind: 'on-air', isOn: true }], [1, load]);
    expect(deck).toMatchObject({ pitchSpeed: 1.04, isOnAir: true });
  });
});

describe('play', () => {
  test('counts beats by the grid', () => {
    const deck = played([0, load], [1000, play]);
    expect(truthAt(deck, 1000 + 123).beat).toBeCloseTo(1, 9);
    expect(truthAt(deck, 1000 + 123 + 144.5 * BEAT_MS).beat).toBeCloseTo(145.5, 9);
    expect(beatNumberAt(deck, 1000 + 122)).toBe(0);
  });

  test('runs by the fader, and a move of it changes nothing behind', () => {
    const deck = played([0, load], [1000, play], [11_000, { kind: 'pitch', percent: -50 }]);
    expect(positionMsAt(deck, 11_000)).toBe(10_000);
    expect(positionMsAt(deck, 13_000)).toBe(11_000);
    expect(truthAt(deck, 13_000).tempoBpm).toBe(64);
  });

  test('a nudge adds its part and then is over', () => {
    const deck = played([0, load], [1000, play], [2000, { kind: 'bend', percent: 10, forMs: 500 }]);
    expect(positionMsAt(deck, 2500)).toBeCloseTo(1550, 9);
    expect(positionMsAt(deck, 3500)).toBeCloseTo(2550, 9);
  });

  test('ends with the track', () => {
    const deck = played([0, load], [1000, { kind: 'jump', to: { ms: tram.lengthMs - 500 } }], [2000, play]);
    expect(stopsAt(deck)).toBe(2500);
    expect(isEndedAt(deck, 2499)).toBe(false);
    expect(isEndedAt(deck, 2500)).toBe(true);
    expect(truthAt(deck, 9000)).toMatchObject({ playing: false, positionMs: tram.lengthMs });
  });

  test('backwards stops at the start', () => {
    const deck = played([0, load], [1000, play], [2000, { kind: 'reverse', isOn: true }]);
    expect(positionMsAt(deck, 2600)).toBe(400);
    expect(truthAt(deck, 3001)).toMatchObject({ playing: false, positionMs: 0 });
  });
});

describe('jumps', () => {
  test('a jump to a beat is on that beat and on no other', () => {
    for (const track of DEMO_TRACKS) {
      for (let beat = 1; beat < 400; beat++) {
        const deck = played([0, { kind: 'load', track }], [1000, play], [1234.5, toBeat(beat)]);
        expect(beatNumberAt(deck, 1234.5)).toBe(beat);
      }
    }
  });

  test('by beats keeps the place between two beats', () => {
    const deck = played([0, load], [1000, play], [5000, { kind: 'jump', to: { byBeats: 16 } }]);
    expect(positionMsAt(deck, 5000)).toBeCloseTo(4000 + 16 * BEAT_MS, 9);
  });

  test('stay inside the track', () => {
    const deck = played([0, load], [1000, { kind: 'jump', to: { byBeats: -64 } }]);
    expect(positionMsAt(deck, 1000)).toBe(0);
  });

  test('cue goes back to the start and waits', () => {
    const deck = played([0, load], [1000, play], [9000, { kind: 'cue' }]);
    expect(truthAt(deck, 12_000)).toMatchObject({ playing: false, positionMs: 0 });
  });
});

describe('loops', () => {
  const loop = (beats: number | null): DeckAction => ({ kind: 'loop', beats });

  test('four beats wrap exactly, an hour later too', () => {
    const deck = played([0, load], [1000, toBeat(33)], [1000, play], [1000, loop(4)]);
    const turn = 4 * BEAT_MS;
    for (const turns of [1, 2, 1000, 1920]) {
      expect(truthAt(deck, 1000 + turns * turn + 10).beat).toBeCloseTo(33 + 10 / BEAT_MS, 6);
      expect(truthAt(deck, 1000 + turns * turn - 10).beat).toBeCloseTo(37 - 10 / BEAT_MS, 6);
    }
  });

  test('begin with the beat the playhead is in', () => {
    const deck = played([0, load], [1000, toBeat(33.4)], [1000, play], [1000, loop(4)]);
    expect(deck.loop?.inMs).toBeCloseTo(tram.grid.msOfBeat(33), 9);
    expect(truthAt(deck, 1000).beat).toBeCloseTo(33.4, 9);
  });

  test('shorter than a beat hold the part the playhead is in', () => {
    const deck = played([0, load], [1000, toBeat(33.7)], [1000, play], [1000, loop(0.5)]);
    expect(deck.loop?.inMs).toBeCloseTo(tram.grid.msOfBeat(33.5), 9);
    for (let at = 1000; at < 3000; at += 7) expect(truthAt(deck, at).beat).toBeGreaterThanOrEqual(33.5);
    for (let at = 1000; at < 3000; at += 7) expect(truthAt(deck, at).beat).toBeLessThanOrEqual(34);
  });

  test('out lets the deck run on from where it is', () => {
    const deck = played([0, load], [1000, toBeat(33)], [1000, play], [1000, loop(4)], [4000, loop(null)]);
    const inLoop = ((3000 / BEAT_MS) % 4) + 33;
    expect(truthAt(deck, 5000).beat).toBeCloseTo(inLoop + 1000 / BEAT_MS, 6);
  });

  test('never end with the track', () => {
    const deck = played([0, load], [1000, toBeat(33)], [1000, play], [1000, loop(4)]);
    expect(isEndedAt(deck, 9e6)).toBe(false);
  });
});

describe('the next beat', () => {
  const tracks = fc.constantFrom(...DEMO_TRACKS);
  const acts = fc.array(
    fc.tuple(
      fc.double({ min: 0, max: 4000, noNaN: true }),
      fc.oneof(
        fc.record({ kind: fc.constant('pitch' as const), percent: fc.double({ min: -20, max: 20, noNaN: true }) }),
        fc.record({
          kind: fc.constant('bend' as const),
          percent: fc.double({ min: -20, max: 20, noNaN: true }),
          forMs: fc.double({ min: 1, max: 2000, noNaN: true }),
        }),
        fc.record({ kind: fc.constant('loop' as const), beats: fc.constantFrom(0.25, 0.5, 1, 4, null) }),
        fc.record({ kind: fc.constant('reverse' as const), isOn: fc.boolean() }),
        fc.integer({ min: 20, max: 300 }).map(toBeat),
      ),
    ),
    { maxLength: 5 },
  );

  test('between two of them the number stands still, and at a border it changes', () => {
    fc.assert(
      fc.property(tracks, acts, (track, moves) => {
        let at = 1000;
        let deck = played([0, { kind: 'load', track }], [1000, toBeat(64)], [1000, play]);
        for (const [wait, act] of moves) {
          at += wait;
          deck = applyDjAction(deck, act, at, false);
        }
        for (let i = 0; i < 20; i++) {
          const next = nextBeatAt(deck, at);
          if (next === Infinity) return;
          expect(next).toBeGreaterThan(at);
          const before = beatNumberAt(deck, at);
          // A thousandth of a millisecond is more than rounding moves a border.
          for (const share of [0.01, 0.5, 0.99]) {
            const between = at + (next - at) * share;
            if (next - between > 2e-3) expect(beatNumberAt(deck, between)).toBe(before);
          }
          if (deck.loop === null) expect(Math.abs((beatNumberAt(deck, next) ?? 0) - (before ?? 0))).toBe(1);
          at = next;
        }
      }),
    );
  });
});

test('acts that need a track leave an empty deck as it is', () => {
  for (const act of [play, toBeat(5), { kind: 'loop', beats: 4 }, { kind: 'cue' }] as const) {
    expect(truthAt(played([10, act]), 20)).toMatchObject({ loaded: false, trackId: null, beat: null });
  }
});

test('every made-up track has a grid that rises and phrases inside it', () => {
  for (const { title, grid, structure, lengthMs, artwork } of DEMO_TRACKS) {
    expect(grid.msOfBeat(1), title).toBeGreaterThan(0);
    expect(grid.beatOfMs(grid.msOfBeat(100)), title).toBeCloseTo(100, 9);
    const end = structure?.endBeat ?? 1;
    expect(grid.msOfBeat(end), title).toBeLessThan(lengthMs);
    expect([artwork[0], artwork[1], artwork.at(-2), artwork.at(-1)], title).toEqual([0xff, 0xd8, 0xff, 0xd9]);
  }
  expect(new Set(DEMO_TRACKS.map(each => each.structure?.mood ?? 0))).toEqual(new Set([0, 1, 2, 3]));
});
