/** Number of tries of everything that chance decides: arbitrary values, kills, cuts, reloads. */
const asked = process.env['TEST_ROUNDS'];

/** Times as many tries as usual, from the environment. */
export const ROUNDS = asked === undefined ? 1 : Number(asked);
if (!(ROUNDS > 0 && ROUNDS <= 1000)) throw new Error(`TEST_ROUNDS is ${asked}: give a number above 0, up to 1000`);

/** Values that a quick run tries, and the others as soon as more is tried. */
export const fewOf = <T>(usual: readonly T[], others: readonly T[]): readonly T[] =>
  ROUNDS > 1 ? [...usual, ...others] : usual;

/** Tries of something that a quick run tries so often. */
export const rounds = (usual: number): number => Math.ceil(usual * ROUNDS);
