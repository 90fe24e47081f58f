/** Values of options, from the text that stands on the command line. Each reader throws what Commander shows. */
import { InvalidArgumentError } from 'commander';
import type { Ms } from '../../core/clock.ts';
import { addressFault, isPlainIpv4 } from '../../text/ipv4.ts';

/** For commands that tell what they have found: their words are for people, and may change. */
export const JSON_OPTION = ['--json', 'one JSON object in place of lines for people', false] as const;

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

/** Time since the start of a show, as its lines say it: `00:01:32.433`, `1:12:03`, `5:30`. @returns ms */
export function showTimeOption(text: string): Ms {
  const [, hours = '0', minutes, seconds] = /^(?:(\d{1,3}):)?(\d{1,2}):([0-5]\d(?:\.\d{1,3})?)$/.exec(text) ?? [];
  if (minutes === undefined || seconds === undefined) {
    throw new InvalidArgumentError('Expected a time of the show, as its lines say it: 1:12:03, 00:01:32.433, 5:30.');
  }
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

export function ipv4Option(text: string): string {
  if (isPlainIpv4(text)) return text;
  throw new InvalidArgumentError(noAddress(text) ?? 'Expected an IPv4 address: 127.0.0.1, 10.0.0.5.');
}

/** The address or the name of an interface of this machine. */
export function interfaceOption(text: string): string {
  const wrong = text === '' ? 'Expected an address or an interface: 127.0.0.2, eth0.' : noAddress(text);
  if (wrong !== null) throw new InvalidArgumentError(wrong);
  return text;
}

/** What is wrong with a text that is meant as an address; null: nothing, or it is not meant as one. */
function noAddress(text: string): string | null {
  const fault = addressFault(text);
  return fault === null ? null : `This is no IPv4 address: ${fault.reason}; expected one such as 10.0.0.5.`;
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
