/** Values of options, from the text that stands on the command line. Each reader throws what Commander shows. */
import { isIPv4 } from 'node:net';
import { InvalidArgumentError } from 'commander';
import type { Ms } from '../../core/clock.ts';

const UNITS_MS: Readonly<Record<string, Ms>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/** `90s`, `5min`, `1h`. */
export function durationOption(text: string): Ms {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|min|h)$/.exec(text) ?? [];
  const unitMs = UNITS_MS[unit ?? ''];
  if (amount === undefined || unitMs === undefined) {
    throw new InvalidArgumentError('Expected a length of time: 90s, 5min, 1h.');
  }
  return Number(amount) * unitMs;
}

export function ipv4Option(text: string): string {
  if (!isIPv4(text)) throw new InvalidArgumentError('Expected an IPv4 address: 127.0.0.1, 10.0.0.5.');
  return text;
}

const MOST_STICK_TRACKS = 100_000;

/** Number of tracks that a stick is to have. */
export function trackCountOption(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > MOST_STICK_TRACKS) {
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${MOST_STICK_TRACKS}.`);
  }
  return count;
}

export function textOption(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected at least one character.');
  return text;
}
