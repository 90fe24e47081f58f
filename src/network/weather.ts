/**
 * The weather on the way from a unit to this machine: how long a network holds what it carries. Pure: the same seed gives
 * the same delays, and a road is asked in the order in which datagrams are sent.
 */
import type { Ms } from '../core/clock.ts';
import { type Random, seededRandom } from '../core/random.ts';

/** A way on which datagrams travel. */
export interface Road {
  /** When a datagram arrives. @param sentAt never earlier than that of the datagram before */
  arrivalOf(sentAt: Ms): Ms;
}

export interface NetworkWeather {
  /** As the table prints it. */
  readonly text: string;
  /** The longest delay; of the exponential one, which has none, the delay that one datagram in a thousand exceeds. */
  readonly mostMs: Ms;
  readonly open: (seed: number) => Road;
}

/** Each datagram is delayed by itself, so that one may overtake another. */
const each = (text: string, mostMs: Ms, delay: (random: Random) => Ms): NetworkWeather => ({
  text,
  mostMs,
  open(seed) {
    const random = seededRandom(seed);
    return { arrivalOf: sentAt => sentAt + delay(random) };
  },
});

const even = (mostMs: Ms): NetworkWeather => each(`0-${mostMs} ms`, mostMs, random => random() * mostMs);

const exponential = (meanMs: Ms): NetworkWeather =>
  each(`exponential, mean ${meanMs} ms`, meanMs * Math.log(1000), random => -Math.log(1 - random()) * meanMs);

/** Between two times of standing still. */
const FLOWS_MS = { least: 2000, most: 5000 } as const;
const STANDS_MS = { least: 100, most: 900 } as const;
/** What a queue delays while it flows. */
const FLOWING_MOST_MS: Ms = 5;
const PORTIONS = { least: 2, most: 5 } as const;
const PORTIONS_APART_MS = { least: 20, most: 80 } as const;

/** A time in which nothing comes through, and when the portions of what came meanwhile are let go. */
interface Standstill {
  readonly from: Ms;
  readonly until: Ms;
  readonly portionsAt: readonly Ms[];
}

const between = (random: Random, { least, most }: { readonly least: number; readonly most: number }): number =>
  least + random() * (most - least);

function nextStandstill(random: Random, after: Ms, drains: boolean): Standstill {
  const from = after + between(random, FLOWS_MS);
  const until = from + between(random, STANDS_MS);
  const portionsAt = [until];
  const portions = drains ? Math.floor(between(random, { least: PORTIONS.least, most: PORTIONS.most + 1 })) : 1;
  while (portionsAt.length < portions) portionsAt.push((portionsAt.at(-1) ?? 0) + between(random, PORTIONS_APART_MS));
  return { from, until, portionsAt };
}

/**
 * A queue, which keeps the order: it stands still every few seconds, then lets go what it holds, the oldest first.
 *
 * A portion holds what came within an equal share of the standstill. What comes while the queue drains waits for the
 * last portion.
 */
const queue = (text: string, drains: boolean): NetworkWeather => ({
  text,
  mostMs: STANDS_MS.most + (drains ? (PORTIONS.most - 1) * PORTIONS_APART_MS.most : 0),
  open(seed) {
    const random = seededRandom(seed);
    let stands = nextStandstill(random, 0, drains);
    let lastAt: Ms = 0;
    return {
      arrivalOf(sentAt) {
        while (sentAt >= (stands.portionsAt.at(-1) ?? 0)) {
          stands = nextStandstill(random, stands.portionsAt.at(-1) ?? 0, drains);
        }
        const { from, until, portionsAt } = stands;
        const portion = Math.floor(((sentAt - from) / (until - from)) * portionsAt.length);
        const heldUntil = sentAt < from ? sentAt : (portionsAt[Math.min(portion, portionsAt.length - 1)] ?? until);
        lastAt = Math.max(lastAt, heldUntil, sentAt + random() * FLOWING_MOST_MS);
        return lastAt;
      },
    };
  },
});

export const WEATHERS = {
  '0-10': even(10),
  '0-15': even(15),
  '0-30': even(30),
  '0-100': even(100),
  exponential: exponential(20),
  bursts: queue('bursts of 0.1 to 0.9 s, at once', false),
  portions: queue('bursts of 0.1 to 0.9 s, in 2 to 5 portions', true),
} as const satisfies Readonly<Record<string, NetworkWeather>>;

export type WeatherName = keyof typeof WEATHERS;

export const WEATHER_NAMES = Object.keys(WEATHERS) as readonly WeatherName[];

/** A weather by its name; null: there is none. */
export const weatherNamed = (name: string): WeatherName | null => WEATHER_NAMES.find(known => known === name) ?? null;
