/** Two places with something between them. `low` may exceed `high`: then nothing is. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export const extent = ({ low, high }: Bounds): number => high - low;
export const shifted = ({ low, high }: Bounds, by: number): Bounds => ({ low: low + by, high: high + by });
export const overlap = (a: Bounds, b: Bounds): Bounds => ({
  low: Math.max(a.low, b.low),
  high: Math.min(a.high, b.high),
});

export const isOutside = (place: number, { low, high }: Bounds): boolean => place < low || place > high;
export const within = (place: number, { low, high }: Bounds): number => Math.min(Math.max(place, low), high);
