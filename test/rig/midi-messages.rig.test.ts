/** Cues, timecode and clock through real ports, as aseqdump hears them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FRAME_RATES } from '../../src/core/timecode/timecode.ts';
import { clockReceiver } from '../bridges/midi/clock-receiver.ts';
import { countOfHeard, mtcReceiver } from '../bridges/midi/mtc-receiver.ts';
import { runAt } from '../bridges/midi/timecode-run.ts';
import { until } from '../until.ts';
import { type Aseqdump, startAseqdump } from './aseqdump.ts';
import { type RigBridge, readyOn, sequencerPort } from './midi-port.ts';

/** Runs with a bridge and a receiver on two sides of a port, and takes both away. */
async function through(
  kind: 'existing' | 'virtual',
  run: (bridge: RigBridge, receiver: Aseqdump) => Promise<void>,
): Promise<void> {
  const made = kind === 'virtual' ? await readyOn('Decklight Rig', true) : null;
  const receiver = await startAseqdump(...(made === null ? [] : ['-p', sequencerPort('Decklight Rig')?.address ?? '']));
  const bridge = made ?? (await readyOn(`aseqdump:aseqdump ${receiver.address}`));
  try {
    await run(bridge, receiver);
  } finally {
    await bridge.close();
    await receiver.stop();
  }
}

const lines = (receiver: Aseqdump): readonly string[] =>
  receiver.events().map(({ event, data }) => `${event}: ${data.length > 40 ? data.length : data}`);

describe('a real port', () => {
  for (const kind of ['existing', 'virtual'] as const) {
    it(`that is ${kind} hears notes with their ends, controls, programs and sysex of up to 5,000 bytes, whole and in order`, async () => {
      const long = Uint8Array.from({ length: 5000 }, (_, i) => i % 128);
      long[0] = 0xf0;
      long[4999] = 0xf7;
      await through(kind, async (bridge, receiver) => {
        bridge.sendNow({ kind: 'note', note: 60, velocity: 100, channel: 1, forMs: 50 });
        await until(() => lines(receiver).length >= 2);
        bridge.sendNow({ kind: 'control', control: 7, value: 100, channel: 2 });
        bridge.sendNow({ kind: 'program', program: 5, channel: 10 });
        bridge.sendNow({ kind: 'sysex', bytes: Uint8Array.of(0xf0, 0x7f, 0x7f, 2, 1, 1, 0x31, 0xf7) });
        bridge.sendNow({ kind: 'sysex', bytes: long });
        bridge.sendNow({ kind: 'note', note: 0, velocity: 1, channel: 16, forMs: null });
        await until(
          () => lines(receiver).some(line => line.includes('15, note 0')),
          () => lines(receiver).join('\n'),
        );
        assert.deepEqual(
          lines(receiver).filter(line => !line.startsWith('System exclusive')),
          [
            'Note on: 0, note 60, velocity 100',
            'Note off: 0, note 60, velocity 64',
            'Control change: 1, controller 7, value 100',
            'Program change: 9, program 4',
            'Note on: 15, note 0, velocity 1',
          ],
        );
        // The sequencer may cut a long one.
        const sysex = receiver.streams().filter(([first = 0]) => first === 0xf0 || first < 0x80 || first === 0xf7);
        assert.deepEqual(
          sysex.flatMap(bytes => [...bytes]),
          [0xf0, 0x7f, 0x7f, 2, 1, 1, 0x31, 0xf7, ...long],
        );
      });
    });
  }

  it('hears notes end at a release, and at the end of the bridge, each once', async () => {
    await through('existing', async (bridge, receiver) => {
      const note = (number: number) =>
        bridge.sendNow({ kind: 'note', note: number, velocity: 100, channel: 1, forMs: null });
      note(60);
      note(64);
      bridge.release();
      bridge.release();
      note(67);
      await bridge.close();
      await until(() => lines(receiver).length >= 6);
      assert.deepEqual(lines(receiver), [
        ...['Note on: 0, note 60, velocity 100', 'Note on: 0, note 64, velocity 100'],
        ...['Note off: 0, note 60, velocity 64', 'Note off: 0, note 64, velocity 64'],
        ...['Note on: 0, note 67, velocity 100', 'Note off: 0, note 67, velocity 64'],
      ]);
    });
  });

  /** By MIDI Time Code, detailed specification: bits 5 and 6 of the hours. */
  const CODES: Readonly<Record<string, number>> = { '24': 0, '25': 1, '29.97df': 2, '29.97ndf': 3, '30': 3 };
  for (const rate of FRAME_RATES) {
    it(`hears MTC at ${rate.name}: a full frame, whole cycles that rise, and a full frame at the end`, async () => {
      await through('existing', async (bridge, receiver) => {
        const heard = () => {
          const mtc = mtcReceiver();
          receiver.streams().forEach((bytes, i) => void mtc.hear(i, bytes));
          return mtc;
        };
        bridge.timecode({ ...runAt(rate, '01:00:59:00', bridge.clockOf.now() + 20), join: 'locate' });
        await until(() => heard().labels.length >= 25);
        await bridge.close();
        await until(() => heard().fullFrames.length >= 2);
        const { labels, fullFrames, strays } = heard();
        assert.deepEqual(strays, []);
        assert.equal(receiver.streams().at(-1)?.[0], 0xf0);
        const counts = labels.map(label => countOfHeard(label, rate.base, rate.isDrop));
        const first = countOfHeard(
          { ...labels[0], hours: 1, minutes: 0, seconds: 59, frames: 0 } as never,
          rate.base,
          rate.isDrop,
        );
        assert.deepEqual(
          counts,
          [...new Set(counts)].sort((a, b) => a - b),
        );
        for (const count of counts) assert.ok(count >= first && count % 2 === 0 && count < first + 3000, String(count));
        for (const { rateCode, hours } of [...labels, ...fullFrames])
          assert.deepEqual([rateCode, hours], [CODES[rate.name], 1]);
        const last = fullFrames.map(label => countOfHeard(label, rate.base, rate.isDrop));
        assert.equal(last[0], first);
        assert.ok((last.at(-1) ?? 0) >= (counts.at(-1) ?? 0));
      });
    });
  }

  it('hears a clock with its song position, counted from there, and at the end stop and where it stands', async () => {
    await through('existing', async (bridge, receiver) => {
      const heard = () => {
        const ticks = clockReceiver();
        // Its rule on the first clock is one of time, of which nothing is judged here.
        receiver.streams().forEach((bytes, i) => void ticks.hear(2 * i, bytes));
        return ticks;
      };
      // 125 BPM; clock 1000.5 of the track: the next sixteenth is the 167th, clock 1002.
      const from = bridge.clockOf.now() + 20;
      bridge.clock({ from, place: 1000.5, speed: 0.05, join: 'locate', since: 1000.5 });
      await until(() => heard().clocks.length >= 60);
      await bridge.close();
      await until(() => heard().positions.length >= 2);
      const { clocks, stops, positions, faults } = heard();
      assert.deepEqual(faults, []);
      assert.ok(stops.length >= 2);
      assert.equal(clocks[0]?.isFirst, true);
      assert.ok((clocks[0]?.clock ?? 0) >= 1002 && (clocks[0]?.clock ?? 0) % 6 === 0, String(clocks[0]?.clock));
      const last = clocks.at(-1)?.clock ?? 0;
      assert.ok(Math.abs((positions.at(-1)?.sixteenth ?? 0) - Math.floor(last / 6)) <= 3, `${last}`);
      const numbers = clocks.map(({ clock }) => clock);
      assert.deepEqual(
        numbers,
        [...new Set(numbers)].sort((a, b) => a - b),
      );
    });
  });
});
