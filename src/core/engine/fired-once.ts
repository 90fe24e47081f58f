/** Memory of rules that fire once: at a place, in a pass, in a load, in this night. Pure. */
import type { Deck, DeckKey } from '../deck/deck.ts';
import type { MomentRule, OncePer } from '../rules/rule.ts';

export interface FiredOnce {
  /** Since the load of each deck: what has fired at a place, in the pass, or in the load at all. */
  readonly decks: ReadonlyMap<DeckKey, { readonly loads: number; readonly ids: ReadonlySet<string> }>;
  /** Rules that have fired tonight. */
  readonly tonight: ReadonlySet<string>;
}

export const NOTHING_FIRED: FiredOnce = { decks: new Map(), tonight: new Set() };

/** Stands in no name and no label, so that no two ids are alike by accident. */
const BETWEEN = '\0';

/** Lists the fires since the load of a deck, to be remembered. */
export const firedSinceLoad = ({ decks }: FiredOnce, { key, loads }: Deck): Iterable<string> => {
  const known = decks.get(key);
  return known?.loads === loads ? known.ids : [];
};

/** Takes the one fire that a rule has in a night. @returns null: it has been taken */
export const takeTonight = (fired: FiredOnce, { name }: Pick<MomentRule, 'name'>): FiredOnce | null =>
  fired.tonight.has(name) ? null : { ...fired, tonight: new Set(fired.tonight).add(name) };

/**
 * Takes the one fire of a rule.
 *
 * @returns null: it has been taken in this span
 */
export function takeOnce(
  fired: FiredOnce,
  { deck, label }: { readonly deck: Deck; readonly label: string },
  { name }: Pick<MomentRule, 'name'>,
  per: OncePer,
): FiredOnce | null {
  if (per === 'night') return takeTonight(fired, { name });
  const ids = new Set(firedSinceLoad(fired, deck));
  const ofPass = [name, 'pass', ''].join(BETWEEN);
  const id = { place: `${name}/${label}`, load: [name, 'load'].join(BETWEEN), pass: `${ofPass}${deck.pass}` }[per];
  if (ids.has(id)) return null;
  // Of passes only the one that runs counts: the list must not grow with each jump.
  if (per === 'pass') for (const each of ids) if (each.startsWith(ofPass)) ids.delete(each);
  return { ...fired, decks: new Map(fired.decks).set(deck.key, { loads: deck.loads, ids: ids.add(id) }) };
}
