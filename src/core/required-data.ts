/** What a profile wants to know of the decks, for a bridge that can join in more than one way. */

import type { Profile } from './profile.ts';
import { isStateRule } from './rules/holds.ts';
import { isMessage, type Place, type Rule } from './rules/rule.ts';
import { isTemplate } from './rules/template.ts';
import type { TrackEntry } from './track/track-entry.ts';
import type { Knowledge } from './track/track-knowledge.ts';

export interface RequiredData {
  /** Phrases, fills, the end of a track. */
  readonly phrases: boolean;
  /** Beats and bars. */
  readonly beats: boolean;
  /** Places in time, to better than a beat: timecode, times in tracks. */
  readonly positions: boolean;
  /** Who knows the phrases of its tracks without asking the unit; null: nobody knows them all. */
  readonly phrasesKnownBy: 'imported sticks' | 'the track book' | null;
}

export function requiredData(profile: Profile, known: Pick<Knowledge, 'library' | 'book'>): RequiredData {
  const { rules, timecodes, clocks, feeds } = profile;
  const places = rules.flatMap(rule => (isStateRule(rule) ? [] : [rule.place]));
  const facts = new Set(rules.flatMap(factsOf));
  const isRead = (pattern: RegExp): boolean => [...facts].some(fact => pattern.test(fact));
  const isAt = (...kinds: Place['anchor']['kind'][]): boolean =>
    places.some(({ anchor }) => kinds.includes(anchor.kind));
  return {
    // The state feed tells of everything.
    phrases:
      feeds.length > 0 ||
      isAt('phrase-kind', 'phrase', 'fill', 'end') ||
      isRead(/\bphrase\.|\.(mood|bank|hasPhrases)$/),
    beats:
      feeds.length > 0 ||
      clocks.length > 0 ||
      isAt('beat', 'downbeat', 'every') ||
      places.some(({ offset }) => offset !== null && offset.unit !== 'ms') ||
      isRead(/\.(beat|beatInBar|bar|beatUncertainty)$/),
    positions:
      timecodes.length > 0 ||
      isAt('time', 'hot-cue', 'memory-cue') ||
      isRead(/\.(positionMs|uncertaintyMs|remainingMs|cuePoint\w*)$/),
    phrasesKnownBy: phrasesKnownBy(profile, known),
  };
}

/** By their numbers alone: those are all that a unit says where it does not send phrases. */
function phrasesKnownBy(
  { tracks }: Profile,
  { library, book }: Pick<Knowledge, 'library' | 'book'>,
): RequiredData['phrasesKnownBy'] {
  if (library.size > 0 && [...library.all()].every(({ id }) => id !== null)) return 'imported sticks';
  const isInBook = ({ match: { id } }: TrackEntry): boolean => id !== null && book.get(id)?.structure !== undefined;
  return tracks.length > 0 && tracks.every(isInBook) ? 'the track book' : null;
}

/** Every fact that a rule reads, in its conditions and in what it says. */
function factsOf(rule: Rule): readonly string[] {
  const conditions = [rule.if, isStateRule(rule) ? rule.while : null].flatMap(each =>
    each === null ? [] : [...each.facts],
  );
  const steps = [...rule.do, ...(isStateRule(rule) ? rule.undo : [])];
  return [...conditions, ...steps.filter(isMessage).flatMap(({ message }) => factsIn(message))];
}

function factsIn(tree: unknown): readonly string[] {
  if (isTemplate(tree)) return tree.template.flatMap(part => (typeof part === 'string' ? [] : [...part.facts]));
  if (typeof tree !== 'object' || tree === null || tree instanceof Uint8Array) return [];
  return Object.values(tree).flatMap(factsIn);
}
