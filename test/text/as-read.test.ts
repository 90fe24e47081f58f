import { describe, expect, it } from 'vitest';
import { asRead } from '../../src/text/as-read.ts';
import { nearest } from '../../src/text/did-you-mean.ts';
import { oneLine } from '../../src/text/one-line.ts';

describe('a text as people read it', () => {
  it.each([
    ['Deep  House', 'deep house'],
    [' Deep House ', 'deep house'],
    ['Deep\u00a0House\t', 'deep house'],
    ['\u202eDe\u200bep House', 'deep house'],
    ['Größe', 'große'],
    ['a', 'a'],
    ['', ''],
    ['  ', ''],
  ])('%j is %j', (text, read) => {
    expect(asRead(text)).toBe(read);
  });

  it('is what a near name is looked for by', () => {
    expect(nearest('deep huose', ['Deep  House ', 'Techno'])).toBe('Deep  House ');
  });
});

describe('a text in a line of ours', () => {
  it('neither ends it nor turns the direction of what follows', () => {
    expect(oneLine('a\nb\u202ec\u2066d\u200fe\u061c')).toBe('a bcde');
  });
});
