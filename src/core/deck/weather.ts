/**
 * The weather on the way of a deck's reports, learnt from nothing but their contradictions: how late they usually are, and
 * for how long they were held up.
 *
 * The usual delay is learnt as TCP learns when to send again (RFC 6298): from the mean deviation, both ways. It is
 * forgotten slowly: what the worst part of the last minute has shown still counts.
 */
import type { Ms } from '../clock.ts';

export interface Weather {
  /** How many deviations it was learnt from, and their running mean. */
  readonly samples: number;
  readonly meanMs: Ms;
  /** The last minute in parts, the newest last. */
  readonly spells: readonly Spell[];
}

/** The worst of some seconds. */
interface Spell {
  readonly since: Ms;
  /** The greatest mean deviation. */
  readonly meanMs: Ms;
  /** The greatest deviation. */
  readonly mostMs: Ms;
  /** For how long a report was held up, beyond the usual delay. */
  readonly heldUpMs: Ms;
}

/** Longest time a datagram of the local network is on its way in fair weather [design choice]. */
export const DELAY_MOST_MS: Ms = 10;
/** Weather is remembered for a minute at least, in parts of this length. */
const SPELL_MS: Ms = 10_000;
const SPELLS = 7;
/** How much one deviation counts in the running mean, once there were some [RFC 6298 takes 1/4 of a slower source]. */
const GAIN = 1 / 16;
/** Of delays even from 0 to 10 ms the deviations have a mean of 3.3 ms; up to this one the weather is fair. */
const FAIR_MEAN_MS: Ms = 4.75;
/** Before anything is heard the weather is taken to be worse than fair: for as much as this many deviations of this mean. */
const PRIOR = { samples: 4, meanMs: 8 } as const;
/** So many deviations, and the mean is believed. */
const SAMPLES_ENOUGH = 8;
/** So many times the mean deviation is hardly ever exceeded [RFC 6298]. */
const SPREAD = 4;
/** One deviation counts for no more than this many usual delays: a stall is no jitter, and is noted apart from it. */
const OUTLIER = 2;

export const UNKNOWN_WEATHER: Weather = { samples: 0, meanMs: PRIOR.meanMs, spells: [] };

/** A deviation that is greater than the usual delay by no more widens it; one that is far greater may be a stall. */
const CREEP_MS: Ms = 3;

const usualOf = (meanMs: Ms): Ms => DELAY_MOST_MS + SPREAD * Math.max(0, meanMs - FAIR_MEAN_MS);

/** How long a report is on its way at most, but for those that are held up. */
export const usualDelayMs = ({ samples, meanMs, spells }: Weather): Ms =>
  spells.reduce(
    (most, spell) => Math.max(most, usualOf(spell.meanMs), spell.mostMs),
    usualOf(samples < SAMPLES_ENOUGH ? meanMs : 0),
  );

/** Enough was heard of the weather to know it. */
export const isKnown = ({ samples }: Weather): boolean => samples >= SAMPLES_ENOUGH;

/** The greatest deviation of the last minute. */
export const seenDelayMs = ({ spells }: Weather): Ms => spells.reduce((most, each) => Math.max(most, each.mostMs), 0);

/** For how long a report has been held up in the last minute at most; 0: none was. */
export const heldUpMs = ({ spells }: Weather): Ms => spells.reduce((most, each) => Math.max(most, each.heldUpMs), 0);

/** Takes in by how much a report was later than another. */
export function withDeviation(weather: Weather, deviationMs: Ms, at: Ms): Weather {
  const usual = usualDelayMs(weather);
  const counted = Math.min(deviationMs, OUTLIER * usual);
  const samples = weather.samples + 1;
  const meanMs = weather.meanMs + (counted - weather.meanMs) * Math.max(GAIN, 1 / (samples + PRIOR.samples));
  const spell = {
    meanMs: samples < SAMPLES_ENOUGH ? 0 : meanMs,
    mostMs: deviationMs <= usual + CREEP_MS ? deviationMs : 0,
    heldUpMs: 0,
  };
  return { samples, meanMs, spells: withSpell(weather.spells, spell, at) };
}

/** Takes in that reports have contradicted each other beyond the delay that was allowed for. */
export function withContradiction(weather: Weather, missedMs: Ms, at: Ms): Weather {
  const meanMs = FAIR_MEAN_MS + (usualDelayMs(weather) + missedMs - DELAY_MOST_MS) / SPREAD;
  return { ...weather, spells: withSpell(weather.spells, { meanMs, mostMs: 0, heldUpMs: 0 }, at) };
}

/** Takes in that a report was held up. */
export const withHoldUp = (weather: Weather, ms: Ms, at: Ms): Weather => ({
  ...weather,
  spells: withSpell(weather.spells, { meanMs: 0, mostMs: 0, heldUpMs: ms }, at),
});

function withSpell(
  spells: readonly Spell[],
  { meanMs, mostMs, heldUpMs: held }: Omit<Spell, 'since'>,
  at: Ms,
): Spell[] {
  const last = spells.at(-1);
  if (last === undefined || at - last.since >= SPELL_MS) {
    return [...spells, { since: at, meanMs, mostMs, heldUpMs: held }]
      .filter(({ since }) => at - since < SPELLS * SPELL_MS)
      .slice(-SPELLS);
  }
  const worse = {
    since: last.since,
    meanMs: Math.max(last.meanMs, meanMs),
    mostMs: Math.max(last.mostMs, mostMs),
    heldUpMs: Math.max(last.heldUpMs, held),
  };
  return [...spells.slice(0, -1), worse];
}
