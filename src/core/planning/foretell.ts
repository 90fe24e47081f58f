/** Conditions before the evening: which of their facts the track alone decides. */
import { type Expression, isTrue } from '../rules/expression.ts';
import { type RuleMoment, scopeOf } from '../rules/fact-values.ts';
import { NEIGHBOUR_FACTS, NEIGHBOURS } from '../rules/facts.ts';
import type { Moment } from '../rules/moments.ts';
import type { Place } from '../rules/rule.ts';
import { type LoadedTrack, SHEET_DECK } from './sheet-deck.ts';
import { NO_ID } from './sheet-subject.ts';

/** Tells if a condition will be true at a moment; null: that depends on the evening. */
export function foretellAt(loaded: LoadedTrack, condition: Expression, moment: Moment): boolean | null {
  const { facts } = condition;
  const isOpen = openFacts(loaded, condition).some(path => !isOfPlace(loaded, ownPath(path)));
  const hasPhrase = loaded.track.known.grid !== null || !isGivenInMs(moment.rule.place);
  const readsPhrase = facts.some(path => ownPath(path).startsWith('phrase.'));
  return isOpen || (readsPhrase && !hasPhrase) ? null : isSo(loaded, condition, moment);
}

/** True for a place that only a grid carries into beats; without one the mode of the unit decides if anything does. */
const isGivenInMs = ({ anchor, offset }: Place): boolean =>
  anchor.kind === 'time' || anchor.kind === 'hot-cue' || anchor.kind === 'memory-cue' || offset?.unit === 'ms';

/** Evaluates a condition that has no open facts. */
export function isSo({ show }: LoadedTrack, condition: Expression, moment: RuleMoment): boolean {
  const deck = show.decks.get(SHEET_DECK) ?? null;
  return isTrue(condition.evaluate(scopeOf(show, { deck, moment }, condition.roots, 0)));
}

const OF_PHRASES = [
  ...Object.keys(NEIGHBOUR_FACTS).flatMap(name =>
    ['phrase', ...NEIGHBOURS.map(each => `phrase.${each}`)].map(of => `${of}.${name}`),
  ),
  'phrase.isFill',
  'phrase.energy',
  'phrase.energyPeak',
];
/** Facts that only an imported track has, and has for good. */
const OF_MEDIA: ReadonlySet<string> = new Set(
  [
    ...['album', 'genre', 'musicalKey', 'playlists', 'tags', 'histories', 'energy'],
    ...['rating', 'colour', 'comment', 'label', 'year', 'playCount', 'dateAdded'],
  ].map(name => `track.${name}`),
);
const OF_STRUCTURE: ReadonlySet<string> = new Set([...OF_PHRASES, 'track.mood', 'track.bank', 'track.hasPhrases']);

/** `deck.track.title` is the same fact as `track.title`; the track decides of `now.phrase` what it does of `phrase`. */
const ownPath = (path: string): string => path.replace(/^(?:deck|now)\.(?=track\.|phrase\.)/, '');

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
      case 'track.durationMs':
        // Else the unit may say one.
        return track.known.media?.durationMs != null;
      case 'track.tempoBpm':
        // As analysed at the place where the deck is: one of several in a track of variable tempo.
        return said.tempoBpm !== null && (track.known.grid?.tempi.length ?? 1) === 1;
      default:
        return OF_MEDIA.has(path)
          ? track.known.media !== null
          : OF_STRUCTURE.has(path) && track.structure !== undefined;
    }
  };
  return facts.filter(path => !isKnown(ownPath(path)));
}

/** True for a fact that the place of a moment decides. Without a grid the unit decides what can be known of the place. */
function isOfPlace({ track }: LoadedTrack, path: string): boolean {
  const { grid, media, durationMs } = track.known;
  if (grid === null) return false;
  switch (path) {
    case 'deck.beat':
    case 'deck.positionMs':
      return true;
    case 'deck.bar':
    case 'deck.beatInBar':
      return track.firstDownbeat !== null;
    case 'deck.remainingMs':
      return durationMs !== null;
    case 'deck.cuePoint':
    case 'deck.cuePointName':
    case 'deck.cuePointColour':
      return media !== null;
    case 'phrase.beatsIn':
    case 'phrase.beatsLeft':
      return track.structure !== undefined;
    default:
      return false;
  }
}
