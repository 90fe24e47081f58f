import { expect, it } from 'vitest';
import { foldedLines } from '../../../src/cli/media/folded-lines.ts';

const missing = (n: number) => `/PIONEER/P${n}/ANLZ.DAT: this analysis, of "/Contents/${n}.mp3", is not there: look`;

it('lines that say one thing of five files or more are three', () => {
  const lines = Array.from({ length: 30 }, (_, i) => missing(i));
  expect(foldedLines(['other: a fault', ...lines])).toEqual([
    'other: a fault',
    missing(0),
    missing(1),
    'and 28 more files of which the same is to say',
  ]);
});

it('lines that say different things stay, and so do a few that say one', () => {
  const lines = ['a: one', 'b: two', ...Array.from({ length: 4 }, (_, i) => missing(i))];
  expect(foldedLines(lines)).toEqual(lines);
});
