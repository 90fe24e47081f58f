/** Figures of published positions, as tables print them. */
import { quantile } from './quantile.ts';
import type { Sample } from './watched-deck.ts';

const figure = (value: number): string =>
  (value === Infinity ? 'never' : Number.isNaN(value) ? '-' : value.toFixed(1)).padStart(7);

export const figures = (values: readonly number[], shares: readonly number[]): string =>
  shares.map(share => figure(quantile(values, share))).join('');

export const percent = (share: number): string =>
  (Number.isNaN(share) ? '-' : `${(share * 100).toFixed(2)} %`).padStart(9);

const isInside = ({ errorMs, barMs }: Sample): boolean => Math.abs(errorMs) <= barMs + 1e-6;

/** In how many of the samples the truth lies inside the bar: 0 to 1. */
export const insideOf = (samples: readonly Sample[]): number => samples.filter(isInside).length / samples.length;

/** The least good rows of a part, by program: what a law about every row is held against. */
export interface WorstRows {
  /** @param sizes of the errors @param passes raised in straight play */
  note(program: string, samples: readonly Sample[], sizes: readonly number[], passes: number): void;
  lines(): readonly string[];
}

export function worstRows(): WorstRows {
  const rows = new Map<string, { inside: number; p99: number; bar: number; passes: number }>();
  return {
    note(program, samples, sizes, passes) {
      const before = rows.get(program) ?? { inside: 1, p99: 0, bar: 0, passes: 0 };
      const bars = samples.map(({ barMs }) => barMs);
      rows.set(program, {
        inside: Math.min(before.inside, insideOf(samples)),
        p99: Math.max(before.p99, quantile(sizes, 0.99)),
        bar: Math.max(before.bar, quantile(bars, 0.5)),
        passes: before.passes + passes,
      });
    },
    lines: () =>
      [...rows].map(
        ([program, { inside, p99, bar, passes }]) =>
          `${program.padEnd(9)}least truth in bar${percent(inside)}, greatest p99${figure(p99)}, ` +
          `greatest half-width p50${figure(bar)}, passes raised ${passes}`,
      ),
  };
}
