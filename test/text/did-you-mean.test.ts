import { expect, test } from 'vitest';
import { didYouMean, nearest } from '../../src/text/did-you-mean.ts';

test.each([
  ['phrse', 'phrase'],
  ['chrous', 'chorus'],
  ['Chorus', 'chorus'],
  ['drp', 'drop'],
  ['tempo', 'tempoBpm'],
  ['xyz', null],
  ['', null],
  ['x', null],
  ['chorusphrasedrop', null],
])('%j means %j', (name, meant) => expect(nearest(name, ['phrase', 'chorus', 'drop', 'tempoBpm'])).toBe(meant));

test('the nearest wins, not the first', () => expect(nearest('verse', ['versa', 'verse'])).toBe('verse'));
test('nothing near: nothing said', () => {
  expect(didYouMean('xyz', ['phrase'])).toBe('');
  expect(didYouMean('phrse', ['phrase'])).toBe('; did you mean "phrase"?');
});
