/** A surface and a console alone, a whole show: hands at a simulated player in memory, and what the console is sent. */
import { describe, expect, it } from 'vitest';
import { recordBlocks, recordingHead } from '../../src/recording/recording-format.ts';
import { recordsOf } from '../recording/sample-recordings.ts';
import { hold, openBooth } from './booth.ts';

const PROFILE = `
decklight: 1
name: surface
bridges:
  booth: { type: cdj-hid }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
cues:
  drop: [{ console: /drop }]
  flash_on: [{ console: /flash/on }]
  flash_off: [{ console: /flash/off }]
  safe: [{ console: /safe }]
panic: safe
controls:
  booth:
    buttons:
      play-pause: { press: drop, long-press: panic }
      hot-cue-a: { press: flash_on, release: flash_off }
    turns:
      browse-encoder: { forward: flash_on, reverse: flash_off }
`;

describe('a player and a console', () => {
  it('press by press, what is bound leaves, each time with the control that it was; a recording of it gives the same', async () => {
    const booth = openBooth(PROFILE);
    await booth.pass(2500);
    await hold(booth, 'play-pause', 100);
    await hold(booth, 'hot-cue-a', 200);
    booth.player.feed({ kind: 'act', act: { kind: 'turn', control: 'browse-encoder', by: 2 } });
    await booth.pass(100);
    await hold(booth, 'play-pause', 700);
    await hold(booth, 'hot-cue-a', 50);
    expect(booth.said()).toEqual([
      '/drop play-pause of booth',
      '/flash/on hot-cue-a of booth',
      '/flash/off hot-cue-a of booth',
      '/flash/on browse-encoder of booth',
      '/flash/on browse-encoder of booth',
      // All is muted from here on but the cue of the panic.
      '/safe play-pause of booth',
    ]);
    await booth.show.close();

    const base = { startedAtMs: 0, startedAtUnixNs: 0n };
    const controls = booth.inputs.flatMap(({ event, stamp }) =>
      event.kind === 'control' ? [{ decklight: 'control' as const, ...stamp, event }] : [],
    );
    const file = Buffer.concat([...recordingHead(), ...controls.flatMap(each => recordBlocks(base, each.at, each))]);
    const again = openBooth(PROFILE);
    await again.pass(100);
    for (const record of recordsOf(file)) {
      if (record.decklight !== 'control') continue;
      const { at, notBefore, event } = record;
      again.show.engine.emit(event.surface, event, { notBefore, at });
    }
    expect(again.departures.map(({ at, intent }) => [at, intent])).toEqual(
      booth.departures.map(({ at, intent }) => [at, intent]),
    );
    await again.show.close();
  });

  it('that is unplugged with a button held: what it began ends, and no press comes of it', async () => {
    const booth = openBooth(PROFILE);
    await booth.pass(2500);
    booth.player.feed({ kind: 'act', act: { kind: 'hold', control: 'hot-cue-a' } });
    booth.player.feed({ kind: 'act', act: { kind: 'hold', control: 'play-pause' } });
    await booth.pass(100);
    booth.player.unplug();
    await booth.pass(1000);
    expect(booth.said()).toEqual(['/flash/on hot-cue-a of booth', '/flash/off hot-cue-a of booth']);
    await booth.show.close();
  });
});
