import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  durationOption,
  interfaceOption,
  ipv4Option,
  textOption,
  trackCountOption,
} from '../../../src/cli/command-line/option-values.ts';

describe('values of options', () => {
  it.each([
    ['90s', 90_000],
    ['5min', 300_000],
    ['1h', 3_600_000],
    ['250ms', 250],
    ['1.5 s', 1500],
  ])('a length of time %s is %i ms', (text, ms) => {
    expect(durationOption(text)).toBe(ms);
  });

  it.each([
    ['a length of time', durationOption, ['', '90', 's', '-1s', '1 day', '1s2']],
    ['an IPv4 address', ipv4Option, ['', '10.0.0', '10.0.0.256', '::1', 'localhost']],
    ['an interface', interfaceOption, ['', '10.0.0.256', '10.0.0', '10.0.0.020']],
    ['a number of tracks', trackCountOption, ['', '0', '-1', '1.5', '100001', '1e3']],
    ['a text', textOption, ['']],
  ] as const)('%s that is none is refused', (_, read, texts) => {
    for (const text of texts) expect(() => read(text), text).toThrow(InvalidArgumentError);
  });

  it('an address, a count and a text are taken as they are', () => {
    expect([ipv4Option('10.0.0.5'), trackCountOption('100000'), textOption(' ')]).toEqual(['10.0.0.5', 100_000, ' ']);
    expect([interfaceOption('10.0.0.5'), interfaceOption('eth0')]).toEqual(['10.0.0.5', 'eth0']);
  });

  it('an address with a number too large is refused by that number', () => {
    expect(() => ipv4Option('10.0.0.256')).toThrow('256 is more than 255');
    expect(() => interfaceOption('10.0.0.020')).toThrow('write 20');
  });
});
