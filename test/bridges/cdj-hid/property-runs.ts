import { rounds } from '../../rounds.ts';

/** How many arbitrary and mutated reports a quick run tries; a long one multiplies them. */
export const ARBITRARY_REPORTS = rounds(100_000);
