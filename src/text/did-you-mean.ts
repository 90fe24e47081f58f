/** Nearest known name to a word that was meant for it. */
import { asRead } from './as-read.ts';

/**
 * The known name nearest to a misspelt one, by edit distance with transpositions, both as people read them.
 *
 * @returns null when nothing is near: more than a third of the name, and more than one letter, would have to change,
 *           and no name begins with it or holds it
 */
export function nearest(name: string, known: Iterable<string>): string | null {
  const wanted = asRead(name.slice(0, LONGEST));
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | null = null;
  let bestDistance = limit + 1;
  const room = LONGEST * 2;
  const rows: Rows = [new Uint8Array(room), new Uint8Array(room), new Uint8Array(room)];
  let seen = 0;
  for (const candidate of known) {
    if (++seen > MOST_CANDIDATES) break;
    const read = asRead(candidate);
    if (Math.abs(read.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, read, rows);
    // In a name of one or two letters, one letter for another makes another name, not a slip.
    if (distance < bestDistance && distance < wanted.length) {
      best = candidate;
      bestDistance = distance;
    }
  }
  if (best !== null || wanted.length < 3) return best;
  // `tempo` for `tempoBpm`: somebody stopped too early.
  const all = [...known].slice(0, MOST_CANDIDATES);
  const begun = all.find(candidate => asRead(candidate).startsWith(wanted));
  // `bpm` for `tempoBpm`, `on-air` for `isOnAir`.
  const letters = wanted.replaceAll(/[-_ ]/g, '');
  return begun ?? all.find(candidate => letters.length > 2 && asRead(candidate).includes(letters)) ?? null;
}

/** `; did you mean "phrase"?`, or nothing when no known name is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const suggestion = nearest(name, known);
  return suggestion === null ? '' : `; did you mean "${suggestion}"?`;
}

/** More names than a profile has; a file made to be slow finds its end here. */
const MOST_CANDIDATES = 300;
/** Longer than any name of ours: what is longer still is no slip, and costs no time. */
const LONGEST = 80;

type Rows = readonly [Uint8Array, Uint8Array, Uint8Array];

/**
 * Letters to insert, delete, replace or swap with their neighbour to get from one text to the other.
 *
 * @param rows  room to count in, each longer than `b`; a distance over 255 does not occur, see LONGEST
 */
function editDistance(a: string, b: string, rows: Rows): number {
  let [beforeLast, last, row] = rows;
  for (let j = 0; j <= b.length; j++) last[j] = j;
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isSame ? 0 : 1));
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row[j] = cost;
    }
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  return last[b.length] ?? 0;
}
