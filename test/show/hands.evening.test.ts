/** Hands in the middle of a show: each act by a key and by OSC, seen in what leaves. */
import { describe, expect, it } from 'vitest';
import { encode, type OscArg } from '../../bridges/osc/codec.ts';
import { toHex } from '../../src/bytes/hex.ts';
import { actionsOfKeys } from '../../src/cli/terminal/keys.ts';
import { KEYS } from '../../src/core/engine/operator-actions.ts';
import { IDEAL_NETWORK } from '../../src/network/memory-network.ts';
import { mtcReceiver } from '../bridges/midi/mtc-receiver.ts';
import { type Evening, openEvening } from './hour-show.ts';

const EAR = 9001;

const PROFILE = `
decklight: 1
name: hands
bridges:
  opus: { type: opus-quad }
  console: { type: osc, host: 127.0.0.1, port: 9000, listen: ${EAR}, trust: [10.0.0.9] }
  daw: { type: midi, device: Show Control }
timecode:
  main: { follow: on-air, rate: 25, to: [daw] }
tracks:
  - { match: { id: 829 }, timecode: { main: "01:00:00:00" } }
  - { match: { id: 414 }, timecode: { main: "02:00:00:00" } }
cues:
  safe: [ { console: /safe } ]
  drop: [ { console: /drop }, { daw: { note: C3, channel: 2 } } ]
panic: safe
rules:
  - name: every beat
    when: every 1 beats
    do: [ { console: /beat } ]
  - name: playing
    while: deck.isPlaying
    do: [ { console: /playing } ]
    undo: [ { console: /stopped } ]
`;

const SET = `
set: hands
seed: 5
acts:
  - { at: 0:00, deck: 1, load: Night Tram, on-air: on }
  - { at: 0:00, deck: 2, load: Glass Quay, on-air: on }
  - { at: 0:03, deck: 1, play }
  - { at: 0:05, deck: 2, play }
`;

/** An act, as typed on the keyboard or as sent by the console. */
type Hand = (evening: Evening, key: string, address: string, ...args: OscArg[]) => void;

const byKey: Hand = (evening, key) => {
  const at = evening.clock.now();
  for (const act of actionsOfKeys(key)) {
    evening.show.engine.emit(KEYS, { kind: 'operator.act', act }, { notBefore: at, at });
  }
};
const byOsc: Hand = (evening, _, address, ...args) => {
  evening.fromConsole(EAR, encode({ address: `/decklight/in/${address}`, args }));
  evening.pass(5);
};

const RIGHT = '\u001b[C';

/** What the console and the MIDI port were given because of something. */
function given(evening: Evening, run: () => void): { osc: string[]; midi: string[] } {
  const [osc, midi] = [evening.received.length, evening.midi.length];
  run();
  return {
    osc: evening.received.slice(osc).map(({ text }) => text),
    midi: evening.midi.slice(midi).map(({ bytes }) => toHex(bytes)),
  };
}

/** Hours of the labels that a receiver puts together meanwhile. */
function hoursIn(evening: Evening, ms: number): number[] {
  const receiver = mtcReceiver();
  const from = evening.midi.length;
  evening.pass(ms);
  for (const { at, bytes } of evening.midi.slice(from)) receiver.hear(at, bytes);
  return [...new Set(receiver.labels.map(({ hours }) => hours))];
}

describe.each([
  ['by key', byKey],
  ['by OSC', byOsc],
])('hands %s', (_, hand) => {
  async function open(): Promise<Evening> {
    const evening = await openEvening(PROFILE, SET, { ...IDEAL_NETWORK, delayMaxMs: 2 });
    evening.pass(15_000);
    return evening;
  }

  it('mute holds cues back and timecode runs on; at its end the levels are right and nothing comes late', async () => {
    const evening = await open();
    hand(evening, 'm', 'mute');
    const muted = given(evening, () => evening.pass(5000));
    expect(muted.osc).toEqual([]);
    expect(muted.midi.filter(hex => hex.startsWith('f1')).length).toBeGreaterThan(450);
    const freed = given(evening, () => hand(evening, 'm', 'mute'));
    expect(freed.osc.filter(text => text !== '/beat')).toEqual([]);
    expect(given(evening, () => evening.pass(2000)).osc).toContain('/beat');
    await evening.close();
  });

  it('panic lets notes go, mutes, and sends the panic cue past the mute; timecode runs on', async () => {
    const evening = await open();
    byOsc(evening, '', 'fire/drop');
    const panic = given(evening, () => {
      hand(evening, 'p', 'panic');
      evening.pass(20);
    });
    expect(panic.osc.filter(text => text !== '/beat')).toEqual(['/safe']);
    expect(panic.midi.filter(hex => hex.startsWith('81 3c'))).toHaveLength(1);
    const after = given(evening, () => evening.pass(3000));
    expect(after.osc).toEqual([]);
    expect(after.midi.filter(hex => hex.startsWith('f1')).length).toBeGreaterThan(250);
    await evening.close();
  });

  it('a pin takes timecode to another deck, automatic leaves the choice to the policy again', async () => {
    const evening = await open();
    expect(hoursIn(evening, 1000)).toEqual([1]);
    hand(evening, '2', 'pin', { type: 'int', value: 2 });
    evening.pass(200);
    expect(hoursIn(evening, 1000)).toEqual([2]);
    hand(evening, '1', 'pin/1');
    evening.pass(200);
    expect(hoursIn(evening, 1000)).toEqual([1]);
    hand(evening, 'a', 'automatic');
    expect(hoursIn(evening, 2000)).toEqual([1]);
    await evening.close();
  });

  it('a nudge moves the labels by a frame', async () => {
    const evening = await open();
    const offset = (): number => {
      const anchor = evening.show.engine.state().timecodes.get('main')?.anchor;
      const truth = evening.truth()[0]?.beat ?? 0;
      const frames = (anchor?.place ?? 0) + (anchor?.speed ?? 0) * (evening.clock.now() - (anchor?.from ?? 0));
      // Night Tram plays at 128 BPM from one o'clock, at 25 frames a second.
      return frames - 90_000 - ((truth - 1) * 60 * 25) / 128;
    };
    evening.pass(30_000);
    const before = offset();
    for (let i = 0; i < 5; i++) hand(evening, RIGHT, 'nudge', { type: 'int', value: 1 });
    evening.pass(3000);
    expect(offset() - before).toBeGreaterThan(4.7);
    expect(offset() - before).toBeLessThan(5.3);
    await evening.close();
  });

  it('the holds are sent again, and no one-shot with them', async () => {
    const evening = await open();
    const again = given(evening, () => {
      hand(evening, 'r', 'resend');
      evening.pass(5);
    });
    expect(again.osc.filter(text => text !== '/beat')).toEqual(['/playing']);
    await evening.close();
  });

  it('a track is captured as YAML', async () => {
    const evening = await open();
    hand(evening, 'c', 'capture');
    expect(evening.answers.at(-1)?.text).toMatch(/829/);
    await evening.close();
  });
});

describe('OSC in', () => {
  it('of one bridge by name mutes its timecode too', async () => {
    const evening = await openEvening(PROFILE, SET, IDEAL_NETWORK);
    evening.pass(10_000);
    byOsc(evening, '', 'mute/daw', { type: 'int', value: 1 });
    evening.pass(50);
    expect(given(evening, () => evening.pass(3000)).midi).toEqual([]);
    byOsc(evening, '', 'mute/daw', { type: 'int', value: 0 });
    evening.pass(50);
    expect(given(evening, () => evening.pass(1000)).midi.length).toBeGreaterThan(90);
    await evening.close();
  });

  it('from an address that is not trusted does nothing, and is logged once', async () => {
    const evening = await openEvening(PROFILE, SET, IDEAL_NETWORK);
    evening.pass(10_000);
    for (let i = 0; i < 5; i++) evening.inject(EAR, encode({ address: '/decklight/in/mute', args: [] }));
    evening.pass(10);
    expect(evening.answers).toEqual([]);
    expect(given(evening, () => evening.pass(2000)).osc).toContain('/beat');
    const refusals = evening.log.filter(line => line.includes('10.0.0.66'));
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatch(/trust/);
    await evening.close();
  });
});
