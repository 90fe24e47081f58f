/** docs/set.md and the words of a DJ's set: the page has all of them, and its example plays. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DEMO_TRACKS } from '../../../bridges/opus-quad/simulator/demo-tracks.ts';
import { parseDjScript } from '../../../bridges/opus-quad/simulator/dj-script.ts';
import { DECK_WORDS, UNIT_WORDS } from '../../../bridges/opus-quad/simulator/dj-script-words.ts';

const page = readFileSync(new URL('../../../docs/set.md', import.meta.url), 'utf8');

test.each([...Object.keys(DECK_WORDS), ...Object.keys(UNIT_WORDS)])('docs/set.md has the word %s', word => {
  expect(page).toMatch(new RegExp(`\`${word}[\`:]`));
});

test.each(DEMO_TRACKS.map(({ title, id }) => [title, id] as const))(
  'docs/set.md has the track %s with its number',
  (title, id) => {
    const text = page.replaceAll(/\s+/g, ' ');
    expect(text).toMatch(new RegExp(`${title} \\((?:number )?${id}[,)]`));
  },
);

test('the example of docs/set.md is a set without a mistake', () => {
  const [, example = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
  const parsed = parseDjScript(example, 'set.yaml');
  expect(parsed.ok ? [] : parsed.mistakes).toEqual([]);
});
