import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { OpenSink, SinkListener } from '../../../bridges/ltc/audio-sink.ts';
import { LIVE_PACE, openLtc } from '../../../bridges/ltc/device.ts';
import { ltcBridge } from '../../../bridges/ltc/index.ts';
import { type Clock, virtualClock } from '../../../src/core/clock.ts';
import { anchoredAt, type TimecodeAnchor } from '../../../src/core/timecode/stream-anchor.ts';
import { labelOf } from '../../../src/core/timecode/timecode.ts';
import { testHost } from '../fake-host.ts';
import { rateNamed, runAt } from '../midi/sample-anchors.ts';
import { decode, labelIn } from './ltc-decoder.ts';
import { ltcOptions, readWav } from './ltc-files.ts';
import { SOUND } from './rendered-sound.ts';

const folder = mkdtempSync(join(tmpdir(), 'decklight-ltc-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A sink in memory that says when each sample was handed over. */
function standIn(clock: Clock) {
  const heard: { at: number; samples: Int16Array }[] = [];
  const state = { isFree: true, listener: null as SinkListener | null, opened: 0, closed: 0 };
  const open: OpenSink = (_, listener) => {
    state.listener = listener;
    state.opened++;
    clock.at(clock.now(), () => listener.opened('a stand-in'));
    return {
      isFree: () => state.isFree,
      write: samples => void heard.push({ at: clock.now(), samples }),
      async close() {
        state.closed++;
      },
    };
  };
  return { open, heard, state };
}

describe('LTC that is played', () => {
  const run = runAt(rateNamed('25'), '01:00:00:00', 100);

  function bench() {
    const clock = virtualClock();
    const { host, log } = testHost(clock);
    const sink = standIn(clock);
    const bridge = openLtc({ sound: SOUND, pace: LIVE_PACE }, host, sink.open);
    return { clock, log, ...sink, bridge };
  }

  /** Each label with the moment at which it is heard, when what is queued is played without a gap. */
  function labelsOf(heard: readonly { readonly at: number; readonly samples: Int16Array }[], startsAt: number) {
    const samples = Int16Array.from(heard.flatMap(each => [...each.samples]));
    return decode(samples, SOUND.amplitude).map(word => ({ at: startsAt + word.from / 48, label: labelIn(word) }));
  }

  it('is heard at its time, though it is handed over before, and never more than 60 ms are queued', async () => {
    const { clock, bridge, heard } = bench();
    bridge.timecode(run);
    clock.advance(1000);
    let handed = 0;
    for (const { at, samples } of heard) {
      handed += samples.length;
      expect(handed / 48 - at).toBeLessThanOrEqual(60.1);
      expect(handed / 48 - at).toBeGreaterThan(59.9);
    }
    const labels = labelsOf(heard, 0);
    expect(labels.length).toBe(23);
    for (const { at, label } of labels) expect(at).toBeCloseTo(100 + 40 * (label.frames + 25 * label.seconds), 1);
    await bridge.close();
    expect(clock.pending()).toBe(0);
  });

  it('corrections and jumps that are told 10 ms ahead leave no wrong label', async () => {
    const { clock, bridge, heard } = bench();
    const anchors: TimecodeAnchor[] = [run];
    bridge.timecode(run);
    for (let i = 1; i <= 10; i++) {
      clock.advance(200);
      const from = clock.now() + 10;
      const last = anchors.at(-1) as TimecodeAnchor;
      const jump = runAt(rateNamed('25'), `0${i % 10}:00:00:00`, from);
      const on: TimecodeAnchor = {
        ...last,
        from,
        place: anchoredAt(last, from),
        speed: run.speed * (1 + (i % 3) / 50),
        join: 'on',
      };
      anchors.push(i % 4 === 0 ? jump : on);
      bridge.timecode(anchors.at(-1) as TimecodeAnchor);
    }
    clock.advance(200);
    const labels = labelsOf(heard, 0);
    expect(labels.length).toBeGreaterThan(45);
    for (const { at, label } of labels) {
      // One that is learned of when its time is rendered already holds 50 ms later.
      const isRight = [0, 51].some(lateMs => {
        const anchor = anchors.findLast(({ from }) => from + lateMs <= at) ?? run;
        // Off by no more than what 50 ms of another pace make.
        return [-3, 0, 3].some(off => {
          const { hours, minutes, seconds, frames } = labelOf(anchor.rate, anchoredAt(anchor, at + 0.5 + off));
          return (
            hours === label.hours && minutes === label.minutes && seconds === label.seconds && frames === label.frames
          );
        });
      });
      expect(isRight).toBe(true);
    }
    await bridge.close();
  });

  it('what a stall has made late is left out, and the phase is right afterwards', async () => {
    const { clock, bridge, heard, state } = bench();
    bridge.timecode(run);
    clock.advance(500);
    state.isFree = false;
    clock.advance(333);
    state.isFree = true;
    const before = heard.length;
    clock.advance(500);
    const first = heard[before];
    const labels = labelsOf(heard.slice(before), first?.at ?? 0);
    expect(labels.length).toBeGreaterThan(10);
    for (const { at, label } of labels) expect(at).toBeCloseTo(100 + 40 * (label.frames + 25 * label.seconds), 1);
    expect(bridge.status().text).toBe('a stand-in, LTC runs, 1 gap');
    await bridge.close();
  });

  it('a sink that is lost is said once, opened again after 2 s, and in phase', async () => {
    const { clock, log, bridge, heard, state } = bench();
    bridge.timecode(run);
    clock.advance(500);
    state.listener?.failed('it has ended');
    expect(bridge.status()).toEqual({ state: 'waiting', text: 'it has ended; tried again every 2 s' });
    const before = heard.length;
    clock.advance(1990);
    expect([state.opened, heard.length]).toEqual([1, before]);
    clock.advance(1010);
    expect(state.opened).toBe(2);
    const labels = labelsOf(heard.slice(before), heard[before]?.at ?? 0);
    expect(labels.length).toBeGreaterThan(20);
    for (const { at, label } of labels) expect(at).toBeCloseTo(100 + 40 * (label.frames + 25 * label.seconds), 1);
    state.listener?.failed('it has ended');
    expect(log.filter(line => line.includes('ended'))).toEqual([
      'it has ended; tried again every 2 s',
      'it has ended; tried again every 2 s',
    ]);
    await bridge.close();
    await bridge.close();
    expect(clock.pending()).toBe(0);
  });
});

describe('LTC in a file', () => {
  it('has every word at its place, and is whole when it is closed', async () => {
    const clock = virtualClock();
    const { host } = testHost(clock);
    const path = join(folder, 'night.wav');
    const bridge = ltcBridge.open('it', ltcOptions(`{ type: ltc, file: "${path}" }`), host);
    clock.advance(0);
    bridge.timecode(runAt(rateNamed('30'), '10:00:00:00', 250));
    clock.advance(5030);
    await bridge.close();
    const samples = readWav(path);
    expect(samples.length).toBe(Math.ceil(5030 * 48));
    const words = decode(samples, SOUND.amplitude);
    expect(words.length).toBe(143);
    for (const [i, word] of words.entries()) {
      expect(word.from / 48).toBeCloseTo(250 + (i * 1000) / 30, 1);
      expect(labelIn(word)).toMatchObject({ hours: 10, seconds: Math.floor(i / 30), frames: i % 30 });
    }
    expect(clock.pending()).toBe(0);
  });

  it('does not write over one that is there', async () => {
    const path = join(folder, 'twice.wav');
    writeFileSync(path, 'last night');
    const clock = virtualClock();
    const { host, log } = testHost(clock);
    const bridge = ltcBridge.open('it', ltcOptions(`{ type: ltc, file: "${path}" }`), host);
    clock.advance(1500);
    await bridge.close();
    expect(readFileSync(path, 'utf8')).toBe('last night');
    expect(readWav(join(folder, 'twice-2.wav')).length).toBe(72_000);
    expect(log).toEqual([`LTC goes to ${join(folder, 'twice-2.wav')}`]);
  });

  it('that cannot be written is said in one line, once', async () => {
    const clock = virtualClock();
    const { host, log } = testHost(clock);
    const path = join(folder, 'nowhere', 'night.wav');
    const bridge = ltcBridge.open('it', ltcOptions(`{ type: ltc, file: "${path}" }`), host);
    clock.advance(10_000);
    expect(log).toEqual([`${path}: its folder is not there; make it first; tried again every 2 s`]);
    expect(bridge.status()).toEqual({ state: 'waiting', text: log[0] });
    await bridge.close();
    expect(clock.pending()).toBe(0);
  });
});
