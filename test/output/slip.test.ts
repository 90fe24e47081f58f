/** What receivers hear of a timecode that runs at normal speed while its deck does not. */
import { describe, expect, it } from 'vitest';
import { artnetStream } from '../../bridges/artnet/artnet-timecode.ts';
import { mtcStream } from '../../bridges/midi/mtc.ts';
import { virtualClock } from '../../src/core/clock.ts';
import { generatorPlaceAt } from '../../src/core/timecode/generator.ts';
import { USUAL_BEHAVIOUR } from '../../src/core/timecode/stream-entry.ts';
import { inlinePort } from '../../src/output/inline-port.ts';
import { idleScheduler } from '../../src/output/port-scheduler.ts';
import type { Cursor, Stream } from '../../src/output/stream.ts';
import { countOfHeard as countOfPacket, hear } from '../bridges/artnet/artnet-receiver.ts';
import { countOfHeard, mtcReceiver, type Receiver } from '../bridges/midi/mtc-receiver.ts';
import { frameRate, profileOf, timecode } from '../core/core-samples.ts';
import { type Driver, drive } from '../core/show-driver.ts';
import { fewOf } from '../rounds.ts';

const LISTENER = { opened() {}, troubled() {}, failed() {}, counted() {} };

/** A deck that plays for 20 s at normal speed, to two outputs: `near` as the profile says, `far` so much earlier. */
function playing(rate: string, latencyMs: number): Driver {
  const behaviour = { ...USUAL_BEHAVIOUR, onPitch: 'nominal', onReverse: 'follow' } as const;
  const entry = timecode({ rate: frameRate(rate), to: ['near', 'far'], regions: new Map(), behaviour });
  const bridge = (name: string, latencyMs: number) => ({ name, type: 'port', options: {}, latencyMs });
  const driver = drive(profileOf([], { timecodes: [entry], bridges: [bridge('near', 0), bridge('far', latencyMs)] }));
  driver.start();
  driver.play(20_000);
  return driver;
}

/** What leaves through a port that is told each anchor when it is made. */
function leaving<C extends Cursor>(
  driver: Driver,
  bridge: string,
  stream: Stream<C>,
  heard: (at: number, bytes: Uint8Array) => void,
): void {
  const clock = virtualClock();
  const port = inlinePort(
    idleScheduler(stream),
    { send: bytes => heard(clock.now(), bytes), close() {} },
    clock,
    LISTENER,
  );
  for (const { at, intent } of driver.left) {
    if (intent.kind === 'run' && intent.bridge === bridge) clock.at(at, () => port.run(intent.anchor));
  }
  clock.advance(driver.now());
}

function mtcOf(driver: Driver, bridge: string): Receiver {
  const receiver = mtcReceiver();
  leaving(driver, bridge, mtcStream, receiver.hear);
  return receiver;
}

/** By how many frames each label of MTC lies beyond the one before, from a moment on. */
const stepsOf = ({ labels }: Pick<Receiver, 'labels'>, base: number, since: number): readonly number[] => {
  const counts = labels.map(label => countOfHeard(label, base, false));
  return labels.flatMap(({ at }, i) => (i > 0 && at > since ? [(counts[i] ?? 0) - (counts[i - 1] ?? 0)] : []));
};

const packetSteps = (driver: Driver, bridge: string, since: number): readonly number[] => {
  const counts: number[] = [];
  leaving(driver, bridge, artnetStream(0), (at, bytes) => at > since && counts.push(countOfPacket(hear(bytes))));
  return counts.slice(1).map((count, i) => count - (counts[i] ?? 0));
};

const LATENCIES = fewOf([0, 400], [9, 25, 60, -40]);

describe.each([
  ['25', 25],
  ['30', 30],
  ['29.97ndf', 30],
] as const)('at %s and normal speed', (rate, base) => {
  it.each(LATENCIES)('whatever the pitch, no cycle is cut and no label goes back; latency %f ms', latencyMs => {
    for (const speed of fewOf([1.06, 0.987], [1.013, 0.94])) {
      const driver = playing(rate, latencyMs);
      const turnedAt = driver.now();
      driver.turn(speed);
      driver.play(20_000);
      for (const bridge of ['near', 'far']) {
        const receiver = mtcOf(driver, bridge);
        expect([receiver.cuts, receiver.strays]).toEqual([[], []]);
        const slips = stepsOf(receiver, base, turnedAt).filter(step => step !== 2);
        expect(new Set(slips)).toEqual(new Set([speed > 1 ? 4 : 0]));
        // 20 s at this pitch, two frames for each slip, from wherever it was within a frame or two.
        expect(Math.abs(slips.length - (20 * base * Math.abs(speed - 1)) / 2)).toBeLessThan(2.5);
      }
    }
  });

  it.each(LATENCIES)('packets skip two labels or say two again, never more; latency %f ms', latencyMs => {
    for (const speed of [1.06, 0.94]) {
      const driver = playing(rate, latencyMs);
      const turnedAt = driver.now();
      driver.turn(speed);
      driver.play(20_000);
      for (const bridge of ['near', 'far']) {
        expect(new Set(packetSteps(driver, bridge, turnedAt))).toEqual(new Set([1, speed > 1 ? 3 : -1]));
      }
    }
  });

  it.each(LATENCIES)('backwards likewise; latency %f ms', latencyMs => {
    for (const speed of [-1.05, -0.95]) {
      const driver = playing(rate, latencyMs);
      driver.turn(speed);
      driver.play(10_000);
      for (const bridge of ['near', 'far']) {
        const { cuts, labels } = mtcOf(driver, bridge);
        // The stop before the turn cuts the last cycle that runs forwards.
        expect(cuts.length).toBeLessThanOrEqual(1);
        const back = labels.filter(({ isBackwards }) => isBackwards);
        const steps = stepsOf({ labels: back }, base, 0);
        expect(new Set(steps)).toEqual(new Set([-2, speed < -1 ? -4 : 0]));
      }
    }
  });

  it.each(LATENCIES)('while a slip is still to come the place that is shown goes on; latency %f ms', latencyMs => {
    const driver = playing(rate, latencyMs);
    driver.turn(1.06);
    const shown = (): number => {
      const generator = driver.state().timecodes.get('main');
      return (generator === undefined ? null : generatorPlaceAt(generator, driver.now())) ?? Number.NaN;
    };
    for (let i = 0, before = shown(); i < 1000; i++) {
      driver.play(20);
      const step = shown() - before;
      before += step;
      // 20 ms are half a frame or more; and a slip of two now and then.
      expect(step).toBeGreaterThan(0.2);
      expect(step).toBeLessThan(3);
    }
  });

  it.each(LATENCIES)('what a hand moves it back by is said once more, label by label; latency %f ms', latencyMs => {
    for (const steps of fewOf([[-7], [-1, -1, -1, -1, -1, -1, -1]], [[-3, -4]])) {
      const driver = playing(rate, latencyMs);
      const movedAt = driver.now();
      for (const frames of steps) {
        driver.act({ kind: 'nudge', timecode: null, frames });
        driver.play(15);
      }
      driver.play(5000);
      for (const bridge of ['near', 'far']) {
        const receiver = mtcOf(driver, bridge);
        expect([receiver.cuts, receiver.strays]).toEqual([[], []]);
        const heard = stepsOf(receiver, base, movedAt);
        expect(new Set(heard)).toEqual(new Set([2, 0]));
        // Seven frames: three cycles or four, by where it was.
        expect([3, 4]).toContain(heard.filter(step => step === 0).length);
      }
    }
  });
});
