import { describe, expect, it } from 'vitest';
import type { OperatorAction } from '../../../src/core/operator-action.ts';
import { anchoredAt, type TimecodeAnchor } from '../../../src/core/timecode/stream-anchor.ts';
import type { TimecodeEntry } from '../../../src/core/timecode/stream-entry.ts';
import { frameRate, profileOf, timecode } from '../core-samples.ts';
import { type Driver, drive } from '../show-driver.ts';

const ONE_OCLOCK = 3600 * 25;
const TWO_OCLOCK = 2 * ONE_OCLOCK;

const anchorsOf = (driver: Driver): TimecodeAnchor[] =>
  driver.left.flatMap(({ intent }) => (intent.kind === 'run' ? [intent.anchor] : []));

/** Where an output that knows only the anchors is at a moment. */
function placeAt(anchors: readonly TimecodeAnchor[], at: number): number {
  const holding = anchors.filter(({ from }) => from <= at).at(-1);
  if (holding === undefined) throw new Error('nothing holds yet');
  return anchoredAt(holding, at);
}

/** The driver's track: 120 BPM from beat 1, its region at one o'clock. */
const trueFrames = (driver: Driver): number => ONE_OCLOCK + ((driver.trueBeat() - 1) * 500 * 25) / 1000;

const show = (change: Partial<TimecodeEntry> = {}) => drive(profileOf([], { timecodes: [timecode(change)] }));

describe('a generator of timecode', () => {
  it('tells where the deck stands, says outright where it starts, and runs with it', () => {
    const driver = show();
    expect(anchorsOf(driver).map(({ join, speed }) => [join, speed])).toEqual([['locate', 0]]);
    driver.start();
    driver.play(10_000);
    const joins = anchorsOf(driver).map(({ join }) => join);
    expect(joins[1]).toBe('locate');
    expect(new Set(joins.slice(2))).toEqual(new Set(['on']));
    // Reports every 200 ms at 120 BPM: the beat is known to about 50 ms, which is a frame and a bit.
    expect(Math.abs(placeAt(anchorsOf(driver), driver.now()) - trueFrames(driver))).toBeLessThan(3);
  });

  it('runs on without a step: each anchor begins where the one before leads', () => {
    const driver = show();
    driver.start();
    driver.play(60_000);
    const anchors = anchorsOf(driver);
    const steps = anchors.slice(1).flatMap((anchor, i) => {
      const before = anchors[i] as TimecodeAnchor;
      return anchor.join === 'on' ? [anchor.place - anchoredAt(before, anchor.from)] : [];
    });
    expect(steps.length).toBeGreaterThan(250);
    expect(steps.every(step => step === 0)).toBe(true);
    expect(anchors.every(({ speed }) => speed >= 0)).toBe(true);
    expect(anchors.every(({ from }, i) => i === 0 || from >= (anchors[i - 1] as TimecodeAnchor).from)).toBe(true);
  });

  it('holds from 10 ms ahead, so that every output knows in time', () => {
    const driver = show();
    driver.start();
    driver.play(5000);
    const ahead = driver.left.flatMap(({ at, intent }) => (intent.kind === 'run' ? [intent.anchor.from - at] : []));
    expect(Math.min(...ahead)).toBeCloseTo(10, 9);
    expect(Math.max(...ahead)).toBeCloseTo(10, 9);
  });

  it('jumps with the deck, and with nothing else', () => {
    const driver = show();
    driver.start();
    driver.play(20_000);
    driver.jumpTo(9);
    driver.play(20_000);
    const jumps = anchorsOf(driver).filter(({ join }) => join === 'jump');
    expect(jumps).toHaveLength(1);
    // Beat 9 is 4 s into the track; a report says which beat it is, not where in it.
    expect(Math.abs((jumps[0]?.place ?? 0) - (ONE_OCLOCK + 4 * 25))).toBeLessThan(13);
  });

  it('stops where the deck stops, and says where', () => {
    const driver = show();
    driver.start();
    driver.play(8000);
    driver.pause();
    driver.play(3000);
    const last = anchorsOf(driver).at(-1);
    expect([last?.join, last?.speed]).toEqual(['locate', 0]);
    expect(Math.abs((last?.place ?? 0) - trueFrames(driver))).toBeLessThan(13);
    expect(driver.state().timecodes.get('main')?.run).toBe('stopped');
  });

  it('goes to the region of the track, with offset and nudge; a track without one to the region of the rest', () => {
    // Cued on beat 1 the deck is somewhere within it: the middle, 250 ms, is 6 frames in.
    const whole = (driver: Driver): number => Math.floor(anchorsOf(driver).at(-1)?.place ?? 0);
    const driver = show({ offsetFrames: -10 });
    expect(whole(driver)).toBe(ONE_OCLOCK + 6 - 10);
    driver.act({ kind: 'nudge', timecode: null, frames: 3 });
    driver.play(400);
    expect(whole(driver)).toBe(ONE_OCLOCK + 6 - 7);
    driver.act({ kind: 'nudge', timecode: 'main', frames: -3 });
    driver.play(400);
    expect(whole(driver)).toBe(ONE_OCLOCK + 6 - 10);
    expect(whole(show({ regions: new Map() }))).toBe(TWO_OCLOCK + 6);
  });

  it('loses a unit that falls silent: plays on for a second, then stands and says so', () => {
    const driver = show();
    driver.start();
    driver.play(10_000);
    driver.silence(700);
    expect(driver.state().timecodes.get('main')?.run).toBe('freewheeling');
    driver.silence(800);
    expect(driver.state().timecodes.get('main')?.run).toBe('lost');
    expect(anchorsOf(driver).at(-1)?.speed).toBe(0);
    driver.play(600);
    expect(driver.state().timecodes.get('main')?.run).toBe('running');
  });

  it('a start says its place once, at 29.97 drop-frame too', () => {
    const driver = show({ rate: frameRate('29.97df'), unknownTrack: 107_892, regions: new Map() });
    driver.start();
    driver.play(2000);
    const [located] = anchorsOf(driver).filter(({ speed }) => speed > 0);
    expect(located?.join).toBe('locate');
    // Nominal speed, but for the 2 % by which the place is drawn to the middle of what is known.
    expect(Math.abs((located?.speed ?? 0) / (30_000 / 1001 / 1000) - 1)).toBeLessThanOrEqual(0.0201);
  });
});

describe('whom timecode follows', () => {
  const pin = (deck: 1 | 2 | 3 | 4): OperatorAction => ({ kind: 'pin', deck });

  it('a pinned deck at once, and its policy again after the time of a hand-over', () => {
    const driver = drive(profileOf([], { timecodes: [timecode()] }));
    driver.start();
    driver.play(3000);
    driver.otherDeckOnAir();
    expect(driver.state().timecodes.get('main')?.deck).toBe('opus/1');
    driver.act(pin(4));
    expect(driver.state().timecodes.get('main')?.deck).toBe('opus/4');
    driver.act({ kind: 'automatic' });
    driver.play(400);
    expect(driver.state().timecodes.get('main')?.deck).toBe('opus/4');
    driver.play(400);
    expect(driver.state().timecodes.get('main')?.deck).toBe('opus/1');
  });

  it('a deck by number, whoever else plays', () => {
    const driver = drive(profileOf([], { timecodes: [timecode({ follow: 4 })] }));
    driver.start();
    driver.play(3000);
    expect(anchorsOf(driver)).toEqual([]);
    driver.otherDeckOnAir();
    expect(driver.state().timecodes.get('main')?.deck).toBe('opus/4');
  });
});
