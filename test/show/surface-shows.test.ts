/** Lamps and screen of a surface: what a player shows of its show, press by press. */
import { describe, expect, it } from 'vitest';
import type { OutputId } from '../../bridges/cdj-hid/controls/output-controls.ts';
import type { ShowEvent } from '../../src/core/events.ts';
import { type Booth, hold, openBooth } from './booth.ts';

const PROFILE = `
decklight: 1
name: surface
bridges:
  booth: { type: cdj-hid }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
cues:
  intro: [{ console: /intro }]
  drop: [{ console: /drop }]
  outro: [{ console: /outro }]
  hit: [{ console: /hit }]
  safe: [{ console: /safe }]
panic: safe
cue-lists:
  main:
    - intro
    - { cue: drop, name: The drop }
    - outro
controls:
  booth:
    buttons:
      play-pause: { press: go main }
      cue: { press: back main }
      hot-cue-a: { press: hit, long-press: mute console }
    turns:
      browse-encoder: { select: main }
    layers:
      shift: { while: slip, buttons: { hot-cue-a: { press: outro } } }
    leds:
      play: { blink: list.main.isArmed, on: list.main.isRunning }
      cue-led: cue.drop.isRunning
      sync: cue.hit.isRunning
      slip: cue.outro.isArmed
      quantize: { pulse: cue.hit.isMuted }
      master: bridge.console.isReady
      reverse: list.main.isDone
      jog-ring-white: cue.intro.isFailed
    screen:
      rows: list main
      title: "next \${list.main.next}"
      artist: plain
      loop-size: 4
      bpm: "\${master.tempoBpm}"
`;

async function lampsOf(booth: Booth): Promise<Partial<Record<OutputId, number>>> {
  await booth.pass(60);
  return booth.player.player().shown;
}

const rowsOf = (booth: Booth) =>
  booth.player
    .player()
    .screen.rows.flatMap(row =>
      row === null || row.text === '' ? [] : [`${row.isSelected ? '>' : ' '}${row.text} ${row.color}`],
    );

const textsOf = (booth: Booth) => booth.player.player().screen.texts;

describe('the lamps of a surface', () => {
  it('show what is armed, running and done, and change with the press that changes it', async () => {
    const booth = openBooth(PROFILE);
    await booth.pass(2500);
    expect((await lampsOf(booth))['cue-led']).toBe(0);
    await hold(booth, 'play-pause', 50);
    expect(await lampsOf(booth)).toMatchObject({ 'play-led': 1, 'cue-led': 0, 'reverse-led': 0, 'slip-led': 0 });
    await booth.pass(200);
    await hold(booth, 'play-pause', 50);
    expect(await lampsOf(booth)).toMatchObject({ 'play-led': 1, 'cue-led': 1, 'slip-led': 1, 'reverse-led': 0 });
    await booth.pass(200);
    await hold(booth, 'play-pause', 50);
    expect(await lampsOf(booth)).toMatchObject({ 'cue-led': 0, 'slip-led': 0, 'reverse-led': 1 });
    expect(booth.said()).toEqual([
      '/intro step 1 of main, play-pause of booth',
      '/drop step 2 of main, play-pause of booth',
      '/outro step 3 of main, play-pause of booth',
    ]);
    await booth.show.close();
    await booth.pass(50);
    expect(
      Object.entries(booth.player.player().shown).filter(([id, value]) => id.endsWith('-led') && value !== 0),
    ).toEqual([]);
  });

  it('blink while a list is armed and nothing of it has begun', async () => {
    const booth = openBooth(PROFILE);
    await booth.pass(2500);
    const seen = new Set<number | undefined>();
    for (let i = 0; i < 10; i++) seen.add((await lampsOf(booth))['play-led']);
    expect([...seen].sort()).toEqual([0, 1]);
    await booth.show.close();
  });

  it('of a cue that is over at once is lit for 200 ms all the same', async () => {
    const booth = openBooth(PROFILE);
    await booth.pass(2500);
    await hold(booth, 'hot-cue-a', 20);
    expect(await lampsOf(booth)).toMatchObject({ 'sync-led': 1 });
    await booth.pass(250);
    expect(await lampsOf(booth)).toMatchObject({ 'sync-led': 0 });
    await booth.show.close();
  });

  it('tell a muted cue by its bridge, and a bridge that is ready', async () => {
    const booth = openBooth(PROFILE);
    await booth.pass(2500);
    expect(await lampsOf(booth)).toMatchObject({ 'master-led': 1 });
    await hold(booth, 'hot-cue-a', 700);
    const seen = new Set<number | undefined>();
    // No deck plays: what should pulse blinks.
    for (let i = 0; i < 12; i++) seen.add((await lampsOf(booth))['quantize-led']);
    expect([...seen].sort()).toEqual([0, 1]);
    await booth.show.close();
  });
});

describe('what has gone wrong', () => {
  const tell = ({ show, clock }: Booth, event: ShowEvent): void =>
    show.engine.emit('console', event, { notBefore: clock.now(), at: clock.now() });

  it('with a message of a cue is shown until the cue is fired again: its lamp, and its row in red', async () => {
    const booth = openBooth(PROFILE);
    await booth.pass(2500);
    await hold(booth, 'play-pause', 50);
    const { id } = booth.departures[0]?.intent ?? { id: '' };
    tell(booth, { kind: 'cue.unsent', bridge: 'console', cue: 'intro', id });
    expect(await lampsOf(booth)).toMatchObject({ 'jog-ring-white-led': 1 });
    await booth.pass(200);
    expect(rowsOf(booth)[0]).toBe(' 1 intro red');
    await hold(booth, 'cue', 50);
    await booth.pass(200);
    await hold(booth, 'play-pause', 50);
    expect(await lampsOf(booth)).toMatchObject({ 'jog-ring-white-led': 0 });
    await booth.show.close();
  });

  it('with the unit blinks where nothing else does, until the unit is found again', async () => {
    const booth = openBooth(PROFILE);
    await booth.pass(2500);
    tell(booth, { kind: 'unit.found', unit: 'opus', address: '10.0.0.1' });
    const seen = async () => {
      const values = new Set<number | undefined>();
      for (let i = 0; i < 10; i++) values.add((await lampsOf(booth))['jog-ring-red-led']);
      return [...values].sort();
    };
    expect(await seen()).toEqual([0]);
    tell(booth, { kind: 'unit.lost', unit: 'opus' });
    expect(await seen()).toEqual([0, 1]);
    tell(booth, { kind: 'unit.found', unit: 'opus', address: '10.0.0.1' });
    expect(await seen()).toEqual([0]);
    await booth.show.close();
  });

  it('with a bridge that is not there is told to the show as an event, and as one that came back', async () => {
    const booth = openBooth(PROFILE);
    await booth.pass(2500);
    const states = booth.inputs.flatMap(({ event }) => (event.kind === 'bridge.state' ? [event] : []));
    expect(states.at(-1)).toEqual({ kind: 'bridge.state', bridge: 'console', isReady: true });
    await booth.show.close();
  });
});

describe('a layer', () => {
  it('is there while its button is held; what was pressed in it is let go in it', async () => {
    const booth = openBooth(PROFILE);
    await booth.pass(2500);
    await hold(booth, 'hot-cue-a', 50);
    booth.player.feed({ kind: 'act', act: { kind: 'hold', control: 'slip' } });
    await booth.pass(50);
    await hold(booth, 'hot-cue-a', 50);
    booth.player.feed({ kind: 'act', act: { kind: 'let-go', control: 'slip' } });
    await booth.pass(50);
    await hold(booth, 'hot-cue-a', 50);
    expect(booth.said().map(line => line.split(' ')[0])).toEqual(['/hit', '/outro', '/hit']);
    await booth.show.close();
  });
});

describe('the screen of a surface', () => {
  it('has the steps of a list, the armed one marked, done ones grey, the one that stands green', async () => {
    const booth = openBooth(PROFILE);
    await booth.pass(2500);
    expect(rowsOf(booth)).toEqual(['>1 intro white', ' 2 The drop white', ' 3 outro white']);
    expect(textsOf(booth)).toMatchObject({ title: 'next intro', artist: 'plain' });
    await hold(booth, 'play-pause', 50);
    await booth.pass(200);
    await hold(booth, 'play-pause', 50);
    await booth.pass(200);
    expect(rowsOf(booth)).toEqual([' 1 intro grey', ' 2 The drop light-green', '>3 outro white']);
    expect(textsOf(booth)).toMatchObject({ title: 'next outro' });
    booth.player.feed({ kind: 'act', act: { kind: 'turn', control: 'browse-encoder', by: -2 } });
    await booth.pass(300);
    expect(rowsOf(booth)).toEqual(['>1 intro grey', ' 2 The drop light-green', ' 3 outro white']);
    await booth.show.close();
  });

  it('has whatever else the profile says, and no tempo where none is known', async () => {
    const booth = openBooth(PROFILE);
    await booth.pass(2500);
    expect(booth.player.player().shown).toMatchObject({ 'loop-size': 14, 'bpm-visible': 0 });
    await booth.show.close();
  });

  it('is told again when the player comes back, and nothing leaves twice', async () => {
    const booth = openBooth(PROFILE);
    await booth.pass(2500);
    await hold(booth, 'play-pause', 50);
    await booth.pass(200);
    booth.player.unplug();
    await booth.pass(1000);
    const again = booth.plugAgain();
    await booth.pass(4000);
    expect(again.player().shown).toMatchObject({ 'play-led': 1 });
    expect(
      again
        .player()
        .screen.rows.flatMap(row => row?.text ?? [])
        .filter(text => text !== ''),
    ).toEqual(['1 intro', '2 The drop', '3 outro']);
    expect(booth.said()).toHaveLength(1);
    await booth.show.close();
  });
});
