import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cdjHidBridgeOver } from '../../../bridges/cdj-hid/index.ts';
import type { CdjProfileOptions } from '../../../bridges/cdj-hid/options.ts';
import { SHOWN_NAMES } from '../../../bridges/cdj-hid/output-state.ts';
import { USUAL_QUIRKS } from '../../../bridges/cdj-hid/quirks.ts';
import { memoryHid } from '../../../bridges/cdj-hid/simulator/memory-hid.ts';
import { openPlayer } from '../../../bridges/cdj-hid/simulator/player.ts';
import { USUAL_PLAYER } from '../../../bridges/cdj-hid/simulator/player-options.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { testHost } from '../fake-host.ts';

const clock = virtualClock();
const hid = memoryHid(clock);
const heard: unknown[] = [];
const bridge = cdjHidBridgeOver(async () => hid);

function load(entry: string, action = '{ play-led: on }') {
  const source = `decklight: 1\nname: test\nbridges:\n  booth: ${entry}\ncues:\n  go1:\n    - booth: ${action}\n`;
  const loaded = loadProfile(source, 'test.yaml', [bridge], NO_LIBRARY);
  return loaded.ok
    ? { options: loaded.profile.bridges[0]?.options as CdjProfileOptions, problems: [] }
    : { options: null, problems: loaded.problems.map(({ message }) => message) };
}

/** Keys of `quirks:` as a profile has them. */
const QUIRK_KEYS = Object.keys(USUAL_QUIRKS).map(key => key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`));

describe('the page of the bridge', () => {
  const page = readFileSync(new URL('../../../bridges/cdj-hid/README.md', import.meta.url), 'utf8');
  const profiles = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml);

  it('has profiles', () => expect(profiles.length).toBeGreaterThanOrEqual(2));

  it.each(profiles.map((yaml, i) => [i + 1, yaml] as const))('profile %i loads', (_, yaml) => {
    const loaded = loadProfile(`decklight: 1\nname: test\n${yaml}`, 'README.md', [bridge], NO_LIBRARY);
    expect(loaded.ok ? [] : loaded.problems.map(({ message }) => message)).toEqual([]);
  });

  it('names every output and every quirk', () => {
    for (const name of [...SHOWN_NAMES, ...QUIRK_KEYS]) {
      expect(page, name).toMatch(new RegExp(`\`${name.replace(/-led$/, '(-led)?')}\``));
    }
  });
});

describe('options of a CDJ', () => {
  it('any player, as traktor, without quirks unless said', () => {
    expect(load('{ type: cdj-hid }')).toEqual({
      options: { serial: null, path: null, login: 'traktor', longTime: 'hour-in-title', quirks: USUAL_QUIRKS },
      problems: [],
    });
  });

  it('everything said', () => {
    const quirks =
      '{ library-view: inverted, time-mode: inverted, tempo-slider: inverted, tempo-delta: unsigned, jog-wrap: turn, needle: always, longest-minutes: 127, bpm-hundredths: on, artwork-length: big-endian, between-fragments: never, device-id: 02f0F4510ED30A2C1042, announce-length: 4, accepted-index: single, buttons: { track-search-reverse: 0x02/0x04 } }';
    const { options, problems } = load(
      `{ type: cdj-hid, serial: ABC, path: /dev/hidraw1, login: serato, long-time: stop, quirks: ${quirks} }`,
    );
    expect(problems).toEqual([]);
    expect(options).toEqual({
      serial: 'ABC',
      path: '/dev/hidraw1',
      login: 'serato',
      longTime: 'stop',
      quirks: {
        libraryView: 'inverted',
        timeMode: 'inverted',
        tempoSlider: 'inverted',
        tempoDelta: 'unsigned',
        jogWrap: 'turn',
        needle: 'always',
        longestMinutes: 127,
        bpmHundredths: true,
        artworkLength: 'big-endian',
        betweenFragments: 'never',
        deviceId: '02F0F4510ED30A2C1042',
        announceLength: 4,
        acceptedIndex: 'single',
        buttons: { 'track-search-reverse': { offset: 2, bytes: 1, mask: 4 } },
      },
    });
    // Each quirk there is can be said.
    expect(Object.keys(options?.quirks ?? {}).sort()).toEqual(Object.keys(USUAL_QUIRKS).sort());
  });

  it.each([
    ['{ type: cdj-hid, login: tracktor }', /unknown login "tracktor"; did you mean "traktor"\?/],
    ['{ type: cdj-hid, quirks: { libary-view: inverted } }', /libary-view/],
    [
      '{ type: cdj-hid, quirks: { buttons: { cue: 0x02/0x06 } } }',
      /"0x02\/0x06" is no place of a button; expected a byte/,
    ],
    ['{ type: cdj-hid, quirks: { device-id: 12 } }', /"12" is no id of a device: 20 hex digits/],
  ])('%s is refused in one line', (entry, line) => {
    const { problems } = load(entry);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(line);
  });

  it('a serial number is claimed: two bridges of a profile cannot have it', () => {
    expect(bridge.claims(load('{ type: cdj-hid, serial: A }').options)).toEqual(['the player with serial A']);
    expect(bridge.claims(load('{ type: cdj-hid }').options)).toEqual([]);
  });
});

describe('an action', () => {
  it.each([
    ['{ play: blink, title: "Drop in ${deck.tempoBpm}", loop-size: 1/4, rows: [one, two] }', null],
    ['{ play: blinking }', /play-led: expected one of on, off, blink, pulse, found "blinking"/],
    ['{ loop-size: 5 }', /loop-size: expected one of hidden, /],
    ['{ hot-cue-a: on }', /hot-cue-a/],
  ])('%s', (action, line) => {
    const { problems } = load('{ type: cdj-hid }', action);
    if (line === null) expect(problems).toEqual([]);
    else expect(problems.join('\n')).toMatch(line);
  });

  it('is shown by the player, what was said before stays, and what hands do is told', async () => {
    const settled = async (): Promise<void> => {
      for (let i = 0; i < 50; i++) await Promise.resolve();
    };
    const pass = async (ms: number): Promise<void> => {
      for (let i = 0; i < ms; i += 5) {
        clock.advance(5);
        await settled();
      }
    };
    const player = hid.plug(openPlayer({ ...USUAL_PLAYER, reportEveryMs: 50 }, clock.now()), { path: 'p' });
    const { host, readied } = testHost(clock, undefined, event => void heard.push(event));
    const opened = bridge.open('booth', load('{ type: cdj-hid }').options, host);
    expect(opened.send({ play: 'on', 'sync-led': 'blink' }, 0)).toBe(false);
    await pass(2500);
    expect(readied()).toBe(1);
    expect(opened.send({ title: 'Cue 12', bpm: '128.5', 'elapsed-time': 83_456, rows: ['one', 'two'] }, 0)).toBe(true);
    player.feed({ kind: 'act', act: { kind: 'hold', control: 'cue' } });
    await pass(300);
    const { shown, screen } = player.player();
    expect(shown).toMatchObject({ 'play-led': 1, 'bpm-integer': 128, 'bpm-tenths': 5, 'elapsed-time': 83_456 });
    expect([screen.texts.title, screen.rows[1]?.text]).toEqual(['Cue 12', 'two']);
    expect(heard).toMatchObject([{ kind: 'control', surface: 'booth', deck: 0, control: 'cue', gesture: 'press' }]);
    expect(opened.status()).toEqual({ state: 'ready', text: 'CDJ2000NXS2, firmware 1.85, as traktor, 1 press' });
    await opened.close();
    await opened.close();
    player.unplug();
    expect(clock.pending()).toBe(0);
  });

  it('is described in one line', () => {
    expect(bridge.describe({ 'play-led': 'on', title: 'Cue 12', rows: ['one', 'two'], bpm: undefined })).toBe(
      'play-led on, title Cue 12, rows one / two',
    );
  });
});
