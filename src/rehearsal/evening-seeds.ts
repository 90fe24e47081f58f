/** Which kind of evening a seed stands for: all of them in turn, and from some seed on with a starved program. */
import { WEATHER_NAMES } from '../network/weather.ts';
import type { EveningKind } from './evening-plan.ts';

export const STARVED_FROM_SEED = 1_000_001;

const KINDS: readonly Omit<EveningKind, 'isStarved'>[] = WEATHER_NAMES.flatMap(weather =>
  (['lighting', 'cdj'] as const).flatMap(mode =>
    (['straight', 'acts'] as const).map(play => ({ weather, mode, play })),
  ),
);

/** So many seeds in a row stand for one evening of each kind. */
export const KINDS_COUNT = KINDS.length;

export function kindOfSeed(seed: number): EveningKind {
  const isStarved = seed >= STARVED_FROM_SEED;
  const index = (isStarved ? seed - STARVED_FROM_SEED : seed - 1) % KINDS.length;
  return { ...(KINDS[index] as (typeof KINDS)[number]), isStarved };
}
