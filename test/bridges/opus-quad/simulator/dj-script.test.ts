import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type DjScript, parseDjScript } from '../../../../bridges/opus-quad/simulator/dj-script.ts';
import { DECK_WORDS, QUIRK_WORDS, UNIT_WORDS } from '../../../../bridges/opus-quad/simulator/dj-script-words.ts';
import { NO_QUIRKS } from '../../../../bridges/opus-quad/simulator/quirks.ts';

const folder = new URL('../../../../profiles/sets/', import.meta.url);

function parsed(source: string): DjScript {
  const result = parseDjScript(source, 'a.yaml');
  if (!result.ok) throw new Error(result.mistakes.join('\n'));
  return result.set;
}
const mistakes = (source: string): readonly string[] => {
  const result = parseDjScript(source, 'a.yaml');
  return result.ok ? [] : result.mistakes;
};
const withAct = (act: string): string => `acts:\n  - { at: 0:00, deck: 1, load: Night Tram }\n  - { ${act} }\n`;

describe('a set', () => {
  test('is read with its times, its seed and its quirks', () => {
    const set = parsed(
      [
        'set: Friday warm-up',
        'seed: 7',
        'length: 3:00',
        'repeat: true',
        'quirks: { status: raster, drop: 0.01, delay: 0-10 ms, junk-beats-while-loading: on, status-bytes: 0x200 }',
        'acts:',
        '  - { at: 1:02:03.5, deck: 1, play }',
        '  - { at: 0:00, deck: 1, load: night tram, on-air: on }',
        'length: 2:00:00',
      ]
        .join('\n')
        .replace('length: 3:00\n', ''),
    );
    expect(set).toMatchObject({ name: 'Friday warm-up', seed: 7, repeats: true, lengthMs: 7_200_000 });
    expect(set.quirks).toEqual({
      ...NO_QUIRKS,
      ...{
        statusMode: 'raster',
        drop: 0.01,
        delayMs: { min: 0, max: 10 },
        junkBeatsWhileLoading: true,
        statusBytes: 0x200,
      },
    });
    expect(set.acts.map(({ at, text }) => [at, text])).toEqual([
      [0, 'deck 1: load night tram'],
      [0, 'deck 1: on-air on'],
      [3_723_500, 'deck 1: play'],
    ]);
  });

  test('ends with its last act unless it says otherwise', () => {
    expect(parsed(withAct('at: 0:30, deck: 1, play')).lengthMs).toBe(30_000);
  });

  test.each([
    ['play', { kind: 'play', deck: 1 }],
    ['pitch: -2.5 %', { kind: 'pitch', percent: -2.5, deck: 1 }],
    ['bend: +4 % for 500 ms', { kind: 'bend', percent: 4, forMs: 500, deck: 1 }],
    ['bend: -4 % for 1.5 s', { kind: 'bend', percent: -4, forMs: 1500, deck: 1 }],
    ['jump: to beat 129', { kind: 'jump', to: { beat: 129 }, deck: 1 }],
    ['jump: to 1:30', { kind: 'jump', to: { ms: 90_000 }, deck: 1 }],
    ['jump: by -16 beats', { kind: 'jump', to: { byBeats: -16 }, deck: 1 }],
    ['loop: 4 beats', { kind: 'loop', beats: 4, deck: 1 }],
    ['loop: 1/2 beat', { kind: 'loop', beats: 0.5, deck: 1 }],
    ['loop: out', { kind: 'loop', beats: null, deck: 1 }],
    ['reverse: on', { kind: 'reverse', isOn: true, deck: 1 }],
    ['on-air: off', { kind: 'on-air', isOn: false, deck: 1 }],
    ['master', { kind: 'master', deck: 1 }],
  ])('%s', (words, act) => {
    expect(parsed(withAct(`at: 0:30, deck: 1, ${words}`)).acts[1]?.act).toEqual(act);
  });

  test.each([
    ['Night Tram', 829, 'usb', 'rekordbox', true],
    ['Night Tram as streamed', 829, 'streaming', 'streaming', false],
    ['night tram as link', 829, 'rekordbox', 'rekordbox', true],
    ['Night Tram as unanalysed with number 7', 7, 'usb', 'unanalysed', false],
    ['Night Tram with number 0', 0, 'usb', 'rekordbox', true],
  ])('load: %s', (words, id, sourceSlot, trackType, hasPhrases) => {
    const [act] = parsed(`acts:\n  - { at: 0:00, deck: 1, load: ${words} }\n`).acts.map(each => each.act);
    if (act?.kind !== 'load') throw new Error('a load is read as one');
    expect([act.track.id, act.origin, act.track.structure !== null]).toEqual([
      id,
      { sourceSlot, trackType },
      hasPhrases,
    ]);
  });

  test.each([
    ['silence: 5 s', { kind: 'silence', forMs: 5000 }],
    ['reboot: 20 s', { kind: 'reboot', forMs: 20_000 }],
  ])('%s', (words, act) => {
    expect(parsed(withAct(`at: 0:30, ${words}`)).acts[1]?.act).toEqual(act);
  });
});

describe('a mistake gets one line that points at it', () => {
  test.each([
    [
      withAct('at: 0:30, deck: 1, plya'),
      'a.yaml:3:26: error: unknown word "plya", expected one of: at, deck, surface, load',
    ],
    [withAct('at: 0:30, deck: 5, play'), 'a.yaml:3:23: error: deck: found "5", expected 1, 2, 3 or 4'],
    [withAct('at: 30, deck: 1, play'), 'a.yaml:3:11: error: at: found "30", expected a time such as 1:30'],
    [withAct('deck: 1, play'), 'a.yaml:3:5: error: an act needs a time'],
    [withAct('at: 0:30, play'), 'a.yaml:3:17: error: play needs a deck'],
    [withAct('at: 0:30, deck: 1'), 'a.yaml:3:5: error: an act needs a word'],
    [withAct('at: 0:30, deck: 1, loop'), 'a.yaml:3:26: error: loop: found nothing, expected "4 beats"'],
    [withAct('at: 0:30, deck: 1, loop: 0 beats'), 'a.yaml:3:32: error: loop: found "0 beats"'],
    [withAct('at: 0:30, deck: 1, load: Nihgt Tram'), 'error: load: found "Nihgt Tram", expected a title: Night Tram'],
    [withAct('at: 0:30, deck: 2, play'), 'a.yaml:3:26: error: play: deck 2 has no track at that time'],
    [withAct('at: 0:30, deck: 1, play: now'), 'error: play: found "now", expected no value'],
    [withAct('at: 0:30, deck: 1, pitch: { up: 3 }'), 'error: pitch: found more than a text'],
    ['acts: 5', 'a.yaml:1:1: error: acts: expected a list of acts'],
    ['quirks: { drop: 2 }\nacts: []', 'a.yaml:1:17: error: drop: found "2", expected a share from 0 to 1'],
    ['quirks: { dorp: 1 }\nacts: []', 'a.yaml:1:11: error: unknown word "dorp", expected one of: status'],
    ['repeat: true\nacts: []', 'a.yaml:1:1: error: a set that repeats needs a length'],
    [`length: 0:10\n${withAct('at: 0:30, deck: 1, play')}`, 'error: this act comes after the end of the set'],
    ['', 'a.yaml:1:1: error: a set is written with the keys'],
    ['acts: [', 'a.yaml:1:'],
  ])('%s', (source, line) => {
    expect(mistakes(source).join('\n')).toContain(line);
  });

  test('all of them at once, in the order of the file', () => {
    const lines = mistakes('seed: x\nacts:\n  - { at: 1, deck: 9, fly }\n').map(line => line.split(':')[1]);
    expect(lines).toEqual(['1', '3', '3', '3']);
  });
});

describe.each(readdirSync(folder))('profiles/sets/%s', file => {
  const source = readFileSync(new URL(file, folder), 'utf8');
  test('has no mistake', () => expect(mistakes(source)).toEqual([]));
});

test('the hour uses every word there is', () => {
  const source = readFileSync(new URL('one-hour.yaml', folder), 'utf8');
  const { acts, lengthMs } = parsed(source);
  expect(lengthMs).toBe(3_600_000);
  expect(new Set(acts.map(({ act }) => act.kind))).toEqual(
    new Set([...Object.keys(DECK_WORDS), ...Object.keys(UNIT_WORDS)]),
  );
});

test('every quirk has a word, and each word is one quirk', () => {
  const sample = [
    'on',
    '0.5',
    '1 ms',
    '0x200',
    'raster',
    'zero',
    '7x',
    'one-two-thirty-three',
    'broadcast',
    'omnis-duo',
    '12',
  ];
  const named = Object.values(QUIRK_WORDS).flatMap(word =>
    sample.flatMap(text => Object.keys(word.read(text) ?? {})).slice(0, 1),
  );
  expect(named.sort()).toEqual(Object.keys(NO_QUIRKS).sort());
});

test('the example at the top of dj-script.ts is a set', () => {
  const code = readFileSync(new URL('../../../../bridges/opus-quad/simulator/dj-script.ts', import.meta.url), 'utf8');
  const example = /```yaml\n([\s\S]*?)```/.exec(code)?.[1]?.replaceAll(/^ \* ?/gm, '') ?? '';
  expect(parsed(example).acts.map(({ text }) => text)).toEqual([
    ...['deck 1: load Night Tram', 'deck 1: on-air on', 'deck 1: play', 'deck 1: loop 4 beats'],
  ]);
});
