/** What happened in an evening as one HTML file. */
import { expect, it } from 'vitest';
import { eveningPicture, type HappenedMoment } from '../../../src/cli/pictures/evening-picture.ts';
import type { Reason } from '../../../src/core/engine/intents.ts';

const EVIL = '<script>alert(1)</script>';

const moment = (atMs: number, lateMs: number, heldBack: readonly Reason[] = [], rule = 'drop'): HappenedMoment => ({
  ...{ atMs, lateMs },
  outcome: {
    ...{ id: `${rule}/${atMs}`, trueTime: atMs - lateMs, heldBack },
    because: { rule, deck: 1, place: 'chorus 1', phase: 'fire' },
    sentTo: heldBack.length === 0 ? ['console'] : [],
  },
});

const EVENING = {
  title: `Friday ${EVIL}`,
  lengthMs: 120_000,
  stretches: [
    { deck: 'opus/1', fromMs: 0, toMs: 60_000, track: EVIL, phrase: { kind: 'chorus', label: 'Chorus 1' } },
    { deck: 'opus/2', fromMs: 30_000, toMs: 90_000, track: 'Copper Awning', phrase: null },
  ],
  moments: [
    moment(12_000, 3),
    moment(24_000, 21),
    moment(36_000, 0, [{ kind: 'muted', bridge: 'console' }]),
    moment(48_000, 600, [{ kind: 'late', lateMs: 600 }]),
    moment(60_000, 0, [{ kind: 'absent', bridge: 'console' }], EVIL),
    moment(72_000, 0, [{ kind: 'not-heard', by: 'on-air', heard: [2] }]),
  ],
  gaps: [{ atMs: 5000, packets: 7 }],
};

it('an evening draws what was sent, late, held back and dropped at its time, each in its colour, and says how many', () => {
  const html = eveningPicture(EVENING);
  expect(html).toContain(
    '00:02:00.000 long; 1 sent, 1 sent more than 20 ms late, 1 held back, 2 dropped: too late, or not taken; 1 of decks that rules did not hear',
  );
  expect(html).toContain('00:00:05.000: 7 packets could not be recorded');
  // Two minutes on 1000 units.
  for (const [x, colour] of [
    [100, '#007a3d'],
    [200, '#b36b00'],
    [300, '#6a6a6a'],
    [400, '#c00020'],
    [500, '#c00020'],
  ] as const) {
    expect(html).toMatch(new RegExp(`<line x1="${x}" x2="${x}" y1="\\d+" y2="\\d+" stroke="${colour}"`));
  }
  expect(html).not.toMatch(/<line x1="600" x2="600" y1="\d+" y2="\d+" stroke="#6a6a6a"/);
  expect(html).toMatch(/<title>deck 1 · Chorus 1 · .*<\/title><rect x="0" y="16" width="500" /);
  expect(html).toMatch(/<title>deck 2 · Copper Awning<\/title><rect x="250" y="40" width="500" /);
  expect(html).toContain(
    '<td>held back</td><td></td><td>drop: deck 1, chorus 1</td><td></td><td>console is muted</td>',
  );
});

it('an evening takes no text of people for markup, and loads nothing', () => {
  const html = eveningPicture(EVENING);
  expect(html).not.toContain('<script');
  expect(html.split('&lt;script&gt;alert(1)&lt;/script&gt;').length).toBeGreaterThan(4);
  expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|src=|href=|url\(|@import/);
});

it('a long evening is drawn in rows of ten minutes, each stretch in every row that it reaches', () => {
  const long = { ...EVENING, lengthMs: 25 * 60_000, stretches: [{ ...EVENING.stretches[0], toMs: 25 * 60_000 }] };
  const html = eveningPicture(long as typeof EVENING);
  expect(html.match(/aria-label="The show from [\d:.]+"/g)).toEqual([
    'aria-label="The show from 00:00:00.000"',
    'aria-label="The show from 00:10:00.000"',
    'aria-label="The show from 00:20:00.000"',
  ]);
  expect([...html.matchAll(/<rect x="0" y="16" width="(\d+)"/g)].map(([, width]) => width)).toEqual([
    '1000',
    '1000',
    '500',
  ]);
});

it('an evening in which nothing happened says so', () => {
  const html = eveningPicture({ title: 'Quiet', lengthMs: 0, stretches: [], moments: [], gaps: [] });
  expect(html).toContain('<p class="plain">nothing</p>');
});
