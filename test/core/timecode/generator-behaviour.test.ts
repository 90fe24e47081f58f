/** What a stream does where its deck does not simply play: every behaviour that a profile can choose. */
import { describe, expect, it } from 'vitest';
import { EMPTY_SHOW, reduce } from '../../../src/core/deck/decks.ts';
import type { DeckReport } from '../../../src/core/deck-report.ts';
import { type Generator, NO_GENERATOR, stepGenerator } from '../../../src/core/timecode/generator.ts';
import { anchoredAt, type TimecodeAnchor } from '../../../src/core/timecode/stream-anchor.ts';
import { type Behaviour, type ClockEntry, USUAL_BEHAVIOUR } from '../../../src/core/timecode/stream-entry.ts';
import { TIMECODE_UNITS } from '../../../src/core/timecode/stream-units.ts';
import { profileOf, report, reportEvent, stampAt, timecode } from '../core-samples.ts';
import { type Driver, drive } from '../show-driver.ts';

const TWO_OCLOCK = 2 * 3600 * 25;
/** At 25 frames a second, 120 BPM: frames of a beat. */
const FRAMES_OF_BEAT = 12.5;
const NOMINAL = 25 / 1000;

const show = (behaviour: Partial<Behaviour> = {}) =>
  drive(
    profileOf([], { timecodes: [timecode({ behaviour: { ...USUAL_BEHAVIOUR, ...behaviour }, regions: new Map() })] }),
  );

const anchorsOf = (driver: Driver): TimecodeAnchor[] =>
  driver.left.flatMap(({ intent }) => (intent.kind === 'run' ? [intent.anchor] : []));

const trueFrames = (driver: Driver): number => TWO_OCLOCK + (driver.trueBeat() - 1) * FRAMES_OF_BEAT;

/** Where an output that knows only the anchors is now. */
function toldFrames(driver: Driver): number {
  const now = driver.now();
  const holding = anchorsOf(driver).findLast(({ from }) => from <= now);
  if (holding === undefined) throw new Error('nothing holds yet');
  return anchoredAt(holding, now);
}

const runOf = (driver: Driver) => driver.state().timecodes.get('main')?.run;

/** Playing since 20 s: the beats are known to less than a frame or two. */
function playing(behaviour: Partial<Behaviour> = {}): Driver {
  const driver = show(behaviour);
  driver.start();
  driver.play(20_000);
  return driver;
}

const NEAR = 3;

describe('on-pitch', () => {
  it('follow: the stream runs as fast as the deck', () => {
    const driver = playing();
    driver.turn(1.06);
    driver.play(20_000);
    const late = anchorsOf(driver).slice(-20);
    expect(late.every(({ join }) => join === 'on')).toBe(true);
    for (const { speed } of late) expect(Math.abs(speed / (NOMINAL * 1.06) - 1)).toBeLessThan(0.021);
    expect(Math.abs(toldFrames(driver) - trueFrames(driver))).toBeLessThan(NEAR);
  });

  for (const speed of [1.06, 0.94]) {
    it(`nominal: at ${speed} it keeps its pace, and moves by two frames where a cycle ends`, () => {
      const driver = playing({ onPitch: 'nominal' });
      const before = anchorsOf(driver).length;
      driver.turn(speed);
      driver.play(20_000);
      const anchors = anchorsOf(driver);
      expect(anchors.filter(anchor => anchor.speed !== 0 && anchor.speed !== NOMINAL)).toEqual([]);
      const moved = anchors.slice(before);
      expect(moved.every(({ join }) => join === 'jump')).toBe(true);
      for (const [i, anchor] of moved.entries()) {
        const last = anchors[before + i - 1] as TimecodeAnchor;
        const led = anchoredAt(last, anchor.from);
        expect(Math.abs(led / 2 - Math.round(led / 2))).toBeLessThan(1e-6);
        expect(anchor.place - led).toBeCloseTo(speed > 1 ? 2 : -2, 6);
      }
      // 6 % of 20 s are 30 frames.
      expect(moved.length).toBeGreaterThanOrEqual(14);
      expect(moved.length).toBeLessThanOrEqual(16);
      expect(Math.abs(toldFrames(driver) - trueFrames(driver))).toBeLessThan(NEAR + 1);
    });
  }
});

describe('nominal at a pitch so small that it hardly shows', () => {
  it('moves one way alone, and no more often than the deck gets two frames ahead', () => {
    const driver = playing({ onPitch: 'nominal' });
    driver.turn(1.0005);
    driver.play(20_000);
    const before = anchorsOf(driver).length;
    driver.play(800_000);
    const anchors = anchorsOf(driver);
    const moves = anchors.slice(before).map((anchor, i) => {
      const last = anchors[before + i - 1] as TimecodeAnchor;
      return Math.round(anchor.place - anchoredAt(last, anchor.from));
    });
    // 0.05 % of 800 s are ten frames, from wherever it stood within a frame or two.
    expect(new Set(moves)).toEqual(new Set([2]));
    expect(moves.length).toBeGreaterThanOrEqual(3);
    expect(moves.length).toBeLessThanOrEqual(6);
  });
});

describe('on-jump', () => {
  const jumped = (behaviour: Partial<Behaviour>): TimecodeAnchor[] => {
    const driver = playing(behaviour);
    const before = anchorsOf(driver).length;
    driver.jumpTo(65);
    driver.play(2000);
    return anchorsOf(driver)
      .slice(before)
      .filter(({ join }) => join !== 'on');
  };

  it('jump: it goes on elsewhere, and nothing is said outright', () => {
    expect(jumped({}).map(({ join, speed }) => [join, speed > 0])).toEqual([['jump', true]]);
  });

  it('locate: it says outright where it goes on', () => {
    expect(jumped({ onJump: 'locate' }).map(({ join, speed }) => [join, speed > 0])).toEqual([['locate', true]]);
  });
});

describe('on-loop', () => {
  it('follow: each turn is a jump back', () => {
    const driver = playing();
    const before = anchorsOf(driver).length;
    driver.loop(8, 3);
    driver.play(1000);
    const jumps = anchorsOf(driver)
      .slice(before)
      .filter(({ join }) => join === 'jump');
    expect(jumps.length).toBeGreaterThanOrEqual(2);
    expect(Math.abs(toldFrames(driver) - trueFrames(driver))).toBeLessThan(13);
  });

  it('run-on: it runs on as if there were no loop, after it too, until the deck stops; then it is where the deck is', () => {
    const driver = playing({ onLoop: 'run-on' });
    const before = anchorsOf(driver).length;
    const startsAt = driver.now();
    const startsFrom = toldFrames(driver);
    driver.loop(8, 3);
    driver.play(6000);
    const after = anchorsOf(driver).slice(before);
    expect(after.filter(({ join }) => join !== 'on')).toEqual([]);
    expect(Math.abs(toldFrames(driver) - (startsFrom + (driver.now() - startsAt) * NOMINAL))).toBeLessThan(13);
    expect(toldFrames(driver) - trueFrames(driver)).toBeGreaterThan(8 * FRAMES_OF_BEAT);
    driver.pause();
    driver.play(1000);
    expect(Math.abs(toldFrames(driver) - trueFrames(driver))).toBeLessThan(13);
  });

  it('run-on: a jump onward takes it along', () => {
    const driver = playing({ onLoop: 'run-on' });
    driver.loop(8, 3);
    driver.jumpTo(400);
    driver.play(2000);
    expect(Math.abs(toldFrames(driver) - trueFrames(driver))).toBeLessThan(13);
  });
});

describe('on-reverse', () => {
  it('stop: it stands while the deck runs backwards, and goes on with it', () => {
    const driver = playing();
    driver.turn(-1);
    driver.play(2000);
    const stood = anchorsOf(driver).at(-1);
    expect([stood?.join, stood?.speed]).toEqual(['locate', 0]);
    driver.play(2000);
    expect(anchorsOf(driver).at(-1)).toEqual(stood);
    driver.turn(1);
    driver.play(4000);
    expect(runOf(driver)).toBe('running');
    expect(Math.abs(toldFrames(driver) - trueFrames(driver))).toBeLessThan(13);
  });

  it('follow: it runs backwards, and forwards again', () => {
    const driver = playing({ onReverse: 'follow' });
    driver.turn(-1);
    driver.play(4000);
    expect(anchorsOf(driver).at(-1)?.speed).toBeLessThan(0);
    expect(Math.abs(toldFrames(driver) - trueFrames(driver))).toBeLessThan(13);
    driver.turn(1);
    driver.play(4000);
    expect(anchorsOf(driver).at(-1)?.speed).toBeGreaterThan(0);
  });

  it('at a turn nothing runs until the direction has been kept for 100 ms: a hand that scratches is not followed', () => {
    const driver = playing({ onReverse: 'follow' });
    for (let i = 0; i < 20; i++) {
      driver.turn(i % 2 === 0 ? -1 : 1);
      driver.play(80);
      expect(anchorsOf(driver).at(-1)?.speed).toBe(0);
    }
    driver.turn(1);
    driver.play(800);
    expect(runOf(driver)).toBe('running');
  });
});

describe('while a hand turns the record', () => {
  const locatesOf = (driver: Driver): readonly TimecodeAnchor[] =>
    anchorsOf(driver).filter(({ join }) => join === 'locate');

  for (const everyMs of [80, 100.3, 108, 130, 160, 199, 230]) {
    it(`every ${everyMs} ms its place is told at most ten times a second`, () => {
      const driver = playing({ onReverse: 'follow' });
      const from = driver.now();
      for (let i = 0; i < 60; i++) {
        driver.turn(i % 2 === 0 ? -1 : 1);
        driver.play(everyMs);
      }
      const turned = anchorsOf(driver).filter(anchor => anchor.from > from);
      const moments = turned.flatMap(anchor => (anchor.join === 'locate' ? [anchor.from] : []));
      const apart = moments.slice(1).map((moment, i) => moment - (moments[i] ?? 0));
      expect(Math.min(...apart)).toBeGreaterThanOrEqual(100 - 1e-6);
      // Where it runs between two turns, each of its starts is told.
      const starts = turned.filter((each, i) => each.speed !== 0 && turned[i - 1]?.speed === 0);
      expect(starts.every(({ join }) => join === 'locate')).toBe(true);
      if (everyMs > 101) expect(starts.length).toBeGreaterThan(50);
    });
  }

  it('a stop that follows a start closely ends the stream at once, and is told 100 ms after the start', () => {
    const driver = playing();
    driver.turn(-1);
    driver.play(1000);
    driver.turn(1);
    driver.play(130);
    const started = locatesOf(driver).at(-1) as TimecodeAnchor;
    expect(started.speed).toBeGreaterThan(0);
    driver.turn(-1);
    const stopped = anchorsOf(driver).at(-1);
    expect(stopped).toMatchObject({ speed: 0, join: 'on', from: driver.now() + 10 });
    driver.play(2000);
    const told = anchorsOf(driver).slice(-1);
    expect(told).toMatchObject([{ speed: 0, join: 'locate', place: stopped?.place }]);
    // The turn has to last for 100 ms before it is no scratch any more.
    expect((told[0]?.from ?? 0) - started.from).toBeGreaterThanOrEqual(100 - 1e-6);
    expect((told[0]?.from ?? 0) - (stopped?.from ?? 0)).toBeLessThanOrEqual(100 + 1e-6);
  });
});

describe('freewheel', () => {
  it('plays on by itself for as long as it says', () => {
    const driver = playing({ freewheelMs: 3000 });
    driver.silence(2800);
    expect(runOf(driver)).toBe('freewheeling');
    expect(Math.abs(toldFrames(driver) - trueFrames(driver))).toBeLessThan(NEAR);
    driver.silence(600);
    expect(runOf(driver)).toBe('lost');
    expect(anchorsOf(driver).at(-1)?.speed).toBe(0);
  });
});

describe('a deck that is lost', () => {
  const entry = timecode({ regions: new Map() });
  const profile = profileOf([], { timecodes: [entry] });

  it('keeps its place, whatever is saved or nudged ten minutes later: nobody knows where it has got to', () => {
    const driver = drive(profile);
    driver.start();
    driver.play(10_000);
    driver.silence(3000);
    const stood = anchorsOf(driver).at(-1)?.place ?? Number.NaN;
    driver.silence(600_000);
    driver.reload(profileOf([], { timecodes: [{ ...entry }] }));
    driver.act({ kind: 'nudge', timecode: null, frames: 1 });
    driver.silence(1000);
    expect(runOf(driver)).toBe('lost');
    expect(anchorsOf(driver).at(-1)?.place).toBe(stood);
  });

  it('stands for an output whose latency is changed in the very step in which it is found lost', () => {
    const driver = drive(profile);
    driver.start();
    driver.play(10_000);
    // The timer that would have found it is late: the program slept.
    driver.sleep(1100);
    driver.act({ kind: 'latency', bridge: 'daw', addMs: 5 });
    const told = anchorsOf(driver).at(-1);
    expect([told?.speed, told?.join]).toEqual([0, 'locate']);
  });
});

describe('after silence', () => {
  /** What is told of a deck that is met just so, on the very unit that fell silent. */
  const told = (met: Partial<DeckReport>) => {
    // All that is known of a deck that stands is its beat: it is put into the middle, here the first frame.
    const entry = timecode({ regions: new Map(), unknownTrack: 0, offsetFrames: -FRAMES_OF_BEAT / 2 });
    const shown = reduce(EMPTY_SHOW, { source: 'opus', event: reportEvent(1, report(met)), stamp: stampAt(5000) });
    const silent: Generator = {
      ...NO_GENERATOR,
      deck: 'opus/1',
      anchor: { from: 4000, place: 0, speed: 0, join: 'silence', since: 0 },
      madeFrom: { deck: null, entry, unit: '25', nudge: 0 },
    };
    return stepGenerator(
      { units: TIMECODE_UNITS, entry, nudge: 0, aheadMs: () => 0, pinned: null },
      silent,
      shown,
      5000,
    ).anchor;
  };

  it('a deck that is met running backwards is told no place: a zero would be a bogus one', () => {
    expect(told({ beat: 20, runSpeed: -1 })).toBeNull();
  });

  it('a deck that stands at its first frame is told there: this zero is a place', () => {
    expect(told({ beat: 1, playState: 'paused', runSpeed: 0 })).toMatchObject({
      place: 0,
      speed: 0,
      join: 'locate',
    });
  });
});

describe('the latency of an output', () => {
  const entries = { timecodes: [timecode({ to: ['daw', 'lasers'] })] };
  const bridge = (name: string, latencyMs: number) => ({ name, type: 'port', options: {}, latencyMs });
  const anchorsTo = (driver: Driver, name: string): TimecodeAnchor[] =>
    driver.left.flatMap(({ intent }) => (intent.kind === 'run' && intent.bridge === name ? [intent.anchor] : []));

  it('moves what it is told, and that of no other', () => {
    const driver = drive(profileOf([], { ...entries, bridges: [bridge('daw', 0), bridge('lasers', 40)] }));
    driver.start();
    driver.play(1000);
    const [daw, lasers] = [anchorsTo(driver, 'daw'), anchorsTo(driver, 'lasers')];
    expect(lasers).toEqual(daw.map(anchor => ({ ...anchor, from: anchor.from - 40 })));
  });

  it('is changed by hand while it runs, at once and without a full frame, and is remembered', () => {
    const driver = drive(profileOf([], { ...entries, bridges: [bridge('daw', 0), bridge('lasers', 40)] }));
    driver.start();
    driver.play(1000);
    const before = { daw: anchorsTo(driver, 'daw').length, lasers: anchorsTo(driver, 'lasers').length };
    driver.act({ kind: 'latency', bridge: 'lasers', addMs: -15 });
    expect(anchorsTo(driver, 'daw')).toHaveLength(before.daw);
    const [moved] = anchorsTo(driver, 'lasers').slice(before.lasers);
    expect(moved?.join).toBe('jump');
    expect(moved?.from).toBeCloseTo(driver.now() + 10 - 25, 9);
    expect(driver.memory()?.hands.latencies).toEqual([['lasers', -15]]);
    driver.act({ kind: 'latency', bridge: 'desk', addMs: 5 });
    expect(driver.answers.at(-1)?.refusal).toBe(
      'there is no bridge that timecode or clock goes to called "desk"; there are: daw, lasers',
    );
  });
});

describe('MIDI clock', () => {
  const clock: ClockEntry = {
    ...{ name: 'tempo', follow: 'on-air', handOverAfterMs: 500, to: ['daw'] },
    behaviour: USUAL_BEHAVIOUR,
  };

  it('counts 24 to the beat from beat 1, with the deck that it follows', () => {
    const driver = drive(profileOf([], { clocks: [clock] }));
    driver.start();
    driver.play(20_000);
    const ticks = driver.left.flatMap(({ intent }) => (intent.kind === 'tick' ? [intent] : []));
    expect(new Set(ticks.map(({ bridge, clock }) => `${bridge} ${clock}`))).toEqual(new Set(['daw tempo']));
    const holding = ticks.findLast(({ anchor }) => anchor.from <= driver.now());
    if (holding === undefined) throw new Error('it was told nothing');
    // A beat is known to about 50 ms at 120 BPM, which is two clocks and a half.
    const place = anchoredAt(holding.anchor, driver.now());
    expect(Math.abs(place - (driver.trueBeat() - 1) * 24)).toBeLessThan(3);
    expect(Math.abs(holding.anchor.speed / ((120 * 24) / 60_000) - 1)).toBeLessThan(0.021);
    driver.pause();
    driver.play(600);
    expect(driver.left.findLast(({ intent }) => intent.kind === 'tick')?.intent).toMatchObject({
      anchor: { speed: 0, join: 'locate' },
    });
  });
});
