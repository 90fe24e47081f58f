/**
 * The value that a share of values does not exceed.
 *
 * @param values in any order
 * @param q 0 to 1; 1: the greatest
 * @returns NaN when there are none
 */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
