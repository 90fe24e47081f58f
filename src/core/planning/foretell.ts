/** Conditions before the evening: which of their facts the track alone decides. */
import { type Expression, isTrue } from '../rules/expression.ts';
import { scopeOf } from '../rules/fact-values.ts';
import type { Phrase } from '../track/phrase.ts';
import { type LoadedTrack, sheetDeckOf, standingAt } from './sheet-deck.ts';
import { NO_ID } from './sheet-subject.ts';

/**
 * Tells if a condition will be true there; null: that depends on the evening.
 *
 * @param phrase the one a moment belongs to; undefined: that under the playhead
 */
export function foretell(
  loaded: LoadedTrack,
  condition: Expression,
  beat: number | null,
  phrase: Phrase | null | undefined,
): boolean | null {
  if (beat === null || openFacts(loaded, condition).length > 0) return null;
  const show = standingAt(loaded, beat);
  const of = phrase === undefined ? { deck: sheetDeckOf(show) } : { deck: sheetDeckOf(show), phrase };
  return isTrue(condition.evaluate(scopeOf(show, of, condition.roots, 0)));
}

const OF_PHRASES = ['kind', 'label', 'index', 'startBeat', 'endBeat', 'isFill'].map(name => `phrase.${name}`);
const OF_STRUCTURE: ReadonlySet<string> = new Set([...OF_PHRASES, 'track.mood', 'track.bank', 'track.hasPhrases']);

/** `deck.track.title` is the same fact as `track.title`. */
const ownPath = (path: string): string => path.replace(/^deck\.(?=track\.|phrase\.)/, '');

export const isOfTrack = (path: string): boolean => OF_STRUCTURE.has(ownPath(path));

/** The facts a condition reads that nobody knows before the evening. */
export function openFacts({ track, said }: LoadedTrack, { facts }: Expression): readonly string[] {
  const isKnown = (path: string): boolean => {
    switch (path) {
      case 'track.title':
      case 'track.artist':
        return true;
      case 'track.id':
        return said.id !== NO_ID;
      case 'track.tempoBpm':
        // As analysed at the place where the deck is: one of several in a track of variable tempo.
        return said.tempoBpm !== null && (track.known.grid?.tempi.length ?? 1) === 1;
      default:
        return OF_STRUCTURE.has(path) && track.structure !== undefined;
    }
  };
  return facts.filter(path => !isKnown(ownPath(path)));
}
