/** A probe finds each quirk of a simulated unit, says nothing that it has not listed, and of what it has not seen that it is not known. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { UNIT_PLAN } from '../../../src/cli/probe/unit-plan.ts';
import { UNIT_TALK } from '../../../src/cli/probe/unit-words.ts';
import { replayCommand } from '../../../src/cli/replay/replay.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { collect } from '../replay/recorded-show.ts';
import { probed, RIGHT_HANDS } from './probe-rig.ts';

const QUESTIONS = [...new Set(UNIT_PLAN.steps.flatMap(({ questions }) => questions))];
const skippingAllBut = (steps: readonly string[]) =>
  Object.fromEntries(
    UNIT_PLAN.steps.map(({ id }) => [
      id,
      steps.includes(id) ? (RIGHT_HANDS[id] ?? {}) : { keys: [[0.5, 's']] as const },
    ]),
  );

describe('a probe at a unit without quirks', () => {
  it('answers every question, writes a profile that loads, and a bundle that replays', async () => {
    const { code, answers, profile, left, files, folder, lines, errors } = await probed('status: on-change');
    expect([code, errors]).toEqual([0, []]);
    expect([...answers.keys()].filter(key => QUESTIONS.includes(key)).sort()).toEqual([...QUESTIONS].sort());
    expect([...answers].filter(([, answer]) => answer.startsWith('not known'))).toEqual([]);
    expect(profile).toContain('all is as usual');
    expect(profile).toContain('  device: { type: opus-quad }');
    // Every kind of packet that left was on the list that was shown first.
    const listed = UNIT_TALK.flatMap(({ kinds }) => kinds as readonly string[]);
    expect(left.filter(kind => !listed.includes(kind))).toEqual([]);
    expect(left).toEqual(expect.arrayContaining(['keep-alive', 'status-request', 'claim-3']));
    const shown = lines.findIndex(line => line.includes('What this machine sends'));
    expect(shown).toBeLessThan(lines.findIndex(line => line.startsWith('1 of ')));
    expect(files).toEqual(['opus-quad-probe.bundle.pcapng.gz', 'opus-quad-probe.yaml']);
    const { out, lines: replayed, errors: told } = collect();
    const contextFor = async () => ({ out, bridges: BRIDGES, library: NO_LIBRARY });
    expect(await replayCommand(join(folder, files[0] ?? ''), { json: false, relay: false }, out, contextFor)).toBe(0);
    expect(told.join('\n')).toContain('on-air: reported: the bit follows the fader');
    expect(told.at(-1)).toMatch(/^the same as where the bundle was made/);
    expect(replayed.at(-1)).toContain('recording whole');
  });
});

describe('a probe finds that', () => {
  const SHORT = ['found', 'load', 'play', 'second'];
  it.each([
    ['0x24 alone tells the deck', 'constant-deck-byte: on', [...SHORT], 'deck-byte', /^0x24 alone/, null],
    [
      '0x21 alone tells the deck',
      'constant-deck-byte-again: on',
      [...SHORT],
      'deck-byte',
      /^0x21 alone/,
      'deck-byte: 0x21',
    ],
    [
      'on air is never reported',
      'reports-on-air: off',
      [...SHORT, 'fader-down', 'fader-up'],
      'on-air',
      /^never set/,
      null,
    ],
    [
      'on air is always set',
      'on-air-stuck: on',
      [...SHORT, 'fader-down', 'fader-up'],
      'on-air',
      /^set on every deck/,
      'on-air: ignored',
    ],
    ['loops are reported', 'reports-loops: on', [...SHORT, 'loop'], 'loops', /^reported by the play state/, null],
    ['statuses are longer', 'status-bytes: 0x200', [...SHORT], 'status', /^0x200 bytes/, null],
    [
      'statuses come in a raster',
      'status: raster',
      [...SHORT],
      'status-cadence',
      /^in a raster, every (19|20)\d ms/,
      null,
    ],
    ['statuses are not counted', 'counter: zero', [...SHORT], 'status-cadence', /not counted at 0xc8/, null],
    ['empty decks say nothing', 'empty-statuses: off', [...SHORT], 'empty-decks', /^say nothing/, null],
    [
      'the keep-alive has another number',
      'keep-alive-number: 12',
      [...SHORT],
      'keep-alive',
      /number 12, every 2\d\d\d ms/,
      null,
    ],
    [
      'positions come every 50 ms',
      'position-every: 50 ms',
      [...SHORT, 'positions'],
      'positions',
      /^every 50 ms of decks 1, 3/,
      null,
    ],
    ['positions never come', 'positions: off', [...SHORT, 'positions'], 'positions', /^none: statuses came/, null],
    [
      'empty decks send positions',
      'empty-positions: on',
      [...SHORT, 'positions'],
      'empty-positions',
      /^sent by decks 2, 4/,
      null,
    ],
    [
      'positions end while a deck stands',
      'still-positions: off',
      [...SHORT, 'positions', 'pause'],
      'still-positions',
      /^end/,
      null,
    ],
  ] as const)('%s', async (_, quirk, steps, question, answer, setting) => {
    const { answers, profile, errors } = await probed(quirk, skippingAllBut(steps));
    expect(errors).toEqual([]);
    expect(answers.get(question)).toMatch(answer);
    const entry = profile.split('\n').find(line => line.startsWith('  device:')) ?? '';
    expect(entry).toBe(
      setting === null ? '  device: { type: opus-quad }' : `  device: { type: opus-quad, quirks: { ${setting} } }`,
    );
    const loaded = loadProfile(`decklight: 1\n${profile}`, 'probe.yaml', BRIDGES, NO_LIBRARY);
    expect(loaded.ok ? [] : loaded.problems.map(({ message }) => message)).toEqual([]);
  });
});

describe('a probe whose operator', () => {
  it('does something else, presses Enter all the same or lets the time pass, says what is not known and why', async () => {
    const keys = [[2, '\r']] as const;
    const { answers, code } = await probed('status: on-change', {
      ...skippingAllBut(['found', 'load', 'second', 'play']),
      'fader-down': { keys },
      'fader-up': { keys },
      loop: { keys },
      streamed: {},
    });
    expect(code).toBe(0);
    expect(answers.get('on-air')).toBe('not known: the bit stayed set; was the fader of deck 1 moved?');
    expect(answers.get('loops')).toBe(
      'not known: it was said to be done, and neither the play state nor the beats showed one',
    );
    expect(answers.get('streamed-track')).toBe('not known: no track came on that deck in time');
    expect(answers.get('unanalysed-track')).toBe('not known: its step was skipped');
  });

  it('pulls the cable is told, and the step goes on when it is in again', async () => {
    const { lines, answers } = await probed('status: on-change', {
      ...skippingAllBut(['found', 'load', 'second']),
      play: { cable: [1, 12], acts: ['deck: 1, play'] },
    });
    const text = lines.join('\n');
    expect(text).toMatch(
      /Play deck 1[\s\S]*nothing is heard of it for 3 s: is its cable in[\s\S]*it is heard again; the step goes on[\s\S]*status-cadence/,
    );
    expect(answers.get('status-cadence')).toMatch(/^on changes too/);
  });

  it('pulls it for good, or ends the probe, gets a result of what was seen until then', async () => {
    for (const [hands, why] of [
      [{ cable: [1, 900] }, 'the device was gone'],
      [{ keys: [[1, 'q']] }, 'the probe was ended before'],
    ] as const) {
      const { answers, profile, code } = await probed('status: on-change', {
        ...skippingAllBut(['found', 'load']),
        second: hands,
      });
      expect(code).toBe(0);
      expect(answers.get('stick-track')).toBe('slot usb, kind rekordbox, number 829');
      expect(answers.get('loops')).toBe(`not known: ${why}`);
      expect(answers.get('deck-byte')).toMatch(/^0x21 and 0x24 both tell it/);
      expect(profile).toContain('bridges:');
    }
  });

  it('has no unit gets exit code 3 and a result that knows nothing', async () => {
    const { code, answers } = await probed('status: on-change', skippingAllBut(['found', 'load']), { hasUnit: false });
    expect(code).toBe(3);
    expect([...answers.values()].filter(answer => !/^not known|^\d/.test(answer))).toEqual([]);
  });
});

it('the list of words that a probe shows is that of the page of the bridge', () => {
  const page = readFileSync('bridges/opus-quad/README.md', 'utf8');
  for (const word of [
    'keep-alive',
    'status request',
    'song structure request',
    'number in use',
    'at most 8 datagrams',
  ]) {
    expect(page).toContain(word);
  }
});
