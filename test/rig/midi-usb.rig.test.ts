/** A USB device that blinks: what a loose cable does to a show. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rateNamed, runAt } from '../bridges/midi/timecode-run.ts';
import { until } from '../until.ts';
import { startAseqdump } from './aseqdump.ts';
import { readyOn, sequencer, sequencerPort, waitMs } from './midi-port.ts';
import { plugInUsbMidi } from './usb-midi.ts';

const PRODUCT = 'Rig Control';
/** As long as a loose cable was seen to be away. */
const BLINKS_MS = [700, 740, 780, 820, 860, 900];

describe('a USB device', () => {
  it('that blinks is used again each time, is told where timecode is by then, and hears what is sent', async t => {
    const device = plugInUsbMidi(PRODUCT);
    t.after(device.remove);
    await until(() => sequencerPort(PRODUCT) !== undefined, sequencer);
    const inside = await startAseqdump('-p', sequencerPort('f_midi')?.address ?? '');
    t.after(inside.stop);
    const bridge = await readyOn(PRODUCT);
    t.after(bridge.close);
    bridge.timecode(runAt(rateNamed('25'), '01:00:00:00', bridge.clockOf.now() + 20));
    const fullFrames = (): number => inside.events().filter(({ event }) => event === 'System exclusive').length;
    const programs = (): readonly string[] =>
      inside.events().flatMap(({ event, data }) => (event === 'Program change' ? [data] : []));
    for (const [i, ms] of BLINKS_MS.entries()) {
      device.authorize(false);
      await waitMs(ms);
      device.authorize(true);
      const located = fullFrames();
      await until(() => sequencerPort(PRODUCT) !== undefined, sequencer);
      const backAt = bridge.clockOf.now();
      await until(
        () => bridge.news.filter(each => each === 'ready').length === i + 2,
        () => `${bridge.status().text}\n${sequencer()}`,
      );
      t.diagnostic(`away for ${ms} ms: used again ${Math.round(bridge.clockOf.now() - backAt)} ms after it was there`);
      bridge.sendNow({ kind: 'program', program: i + 1, channel: 1 });
      await until(
        () => programs().at(-1) === `0, program ${i}` && fullFrames() > located,
        () => `${bridge.status().text}\n${JSON.stringify(programs())}`,
      );
    }
    assert.deepEqual(
      programs(),
      BLINKS_MS.map((_, i) => `0, program ${i}`),
    );
    assert.deepEqual(bridge.news, ['ready', ...BLINKS_MS.flatMap(() => ['lost', 'ready'])]);
    device.plug(false);
    await until(() => bridge.status().state === 'waiting');
    device.plug(true);
    await until(
      () => bridge.status().state === 'ready',
      () => `${bridge.status().text}\n${sequencer()}`,
    );
  });
});
