/** Values of the facts in facts.ts, as expressions see them. */
import type { Ms } from '../clock.ts';
import { type Deck, isStale } from '../deck/deck.ts';
import { deckByNumber, decksForRules, masterOf, onAir, type Show } from '../deck/decks.ts';
import type { JumpDistance } from '../deck/happenings.ts';
import { type Position, positionAt } from '../deck/position.ts';
import type { DeckNumber } from '../deck-report.ts';
import type { MediaTrack } from '../track/media-track.ts';
import type { Phrase } from '../track/phrase.ts';
import { NO_TRACK_NOTES, type TrackNotes } from '../track/track-notes.ts';
import type { ExactPlace } from './exact-place.ts';
import type { Scope, Value } from './expression.ts';
import type { CONTROL_FACTS, DECK_FACTS, TRACK_FACTS } from './facts.ts';
import { LIST_JOINT } from './operators.ts';
import {
  EXACT,
  NO_NEIGHBOUR,
  type PhraseValues,
  type PlaceFacts,
  phraseFacts,
  phraseIn,
  placeFacts,
  ROUNDED,
  type Values,
} from './place-facts.ts';
import { isShowRoot } from './show-facts.ts';

export type DeckValues = Values<typeof DECK_FACTS>;
export type TrackValues = Values<typeof TRACK_FACTS>;
export type ControlValues = Values<typeof CONTROL_FACTS>;

/** The facts of one deck; without a deck, track or phrase, records of nulls. */
export type DeckScope = DeckValues & { readonly track: TrackValues; readonly phrase: PhraseValues };

/** Facts that only a database of a stick has. */
type NoteFact = 'tags' | 'histories' | 'playlists' | 'energy' | keyof Omit<TrackNotes, 'tags' | 'histories'>;

const UNKNOWN_NOTES: Pick<TrackValues, NoteFact> = {
  ...{ rating: null, colour: null, comment: null, label: null, year: null, playCount: null, dateAdded: null },
  ...{ tags: null, playlists: null, histories: null, energy: null },
};

const NO_TRACK: TrackValues = {
  id: null,
  title: null,
  artist: null,
  album: null,
  genre: null,
  musicalKey: null,
  durationMs: null,
  confidence: null,
  tempoBpm: null,
  mood: null,
  bank: null,
  hasPhrases: null,
  ...UNKNOWN_NOTES,
};

const NO_PHRASE: PhraseValues = {
  kind: null,
  label: null,
  index: null,
  startBeat: null,
  endBeat: null,
  isFill: null,
  beatsIn: null,
  beatsLeft: null,
  energy: null,
  energyPeak: null,
  previous: NO_NEIGHBOUR,
  next: NO_NEIGHBOUR,
};

const NO_PLACE: PlaceFacts = {
  beat: null,
  beatInBar: null,
  bar: null,
  positionMs: null,
  remainingMs: null,
  cuePoint: null,
  cuePointName: null,
  cuePointColour: null,
};

const NO_DECK: DeckScope = {
  number: null,
  playState: null,
  isPlaying: null,
  isOnAir: null,
  isMaster: null,
  isSynced: null,
  isStale: null,
  isHeard: null,
  tempoBpm: null,
  pitchPercent: null,
  ...NO_PLACE,
  beatUncertainty: null,
  uncertaintyMs: null,
  basis: null,
  pass: null,
  track: NO_TRACK,
  phrase: NO_PHRASE,
};

/** The phrase under the playhead; null: none, or not known. */
export const phraseNow = ({ track }: Deck, { beat }: Position): Phrase | null =>
  track === null ? null : phraseIn(track, { beat }, ROUNDED);

/** Effective tempo of a deck now: that of its track as analysed, at the fader's pitch; null: no track, or not reported yet. */
export const tempoBpmOf = ({ track, pitchSpeed }: Deck): number | null =>
  track?.tempoBpm == null ? null : track.tempoBpm * pitchSpeed;

/** The facts of a deck at a time; `phrase` is the one under its playhead. */
export const deckScope = (show: Show, deck: Deck | null, at: Ms, isAudible: boolean): DeckScope =>
  deck === null ? NO_DECK : deckFacts({ show, at, isAudible }, deck, null);

interface Look {
  readonly show: Show;
  readonly at: Ms;
  readonly isAudible: boolean;
}

/** @param moment the moment at which the deck is; null: its playhead is where its line leads */
function deckFacts({ show, at, isAudible }: Look, deck: Deck, moment: RuleMoment | null): DeckScope {
  const position = positionAt(deck, at);
  const { track } = deck;
  const place = moment?.place ?? position;
  const tolerance = moment === null ? ROUNDED : EXACT;
  const phrase = moment === null ? phraseNow(deck, position) : moment.phrase;
  return {
    number: deck.ref.number,
    playState: deck.playState,
    isPlaying: deck.isPlaying,
    isOnAir: onAir(show, deck),
    isMaster: deck.isMaster,
    isSynced: deck.isSynced,
    isStale: isStale(deck, at),
    isHeard: isAudible,
    tempoBpm: tempoBpmOf(deck),
    pitchPercent: track === null ? null : (deck.pitchSpeed - 1) * 100,
    beatUncertainty: position.beatUncertainty,
    uncertaintyMs: position.uncertaintyMs,
    basis: position.basis,
    ...(track === null ? NO_PLACE : placeFacts(track, place, position.basis !== 'beats', tolerance)),
    pass: deck.pass,
    track: track === null ? NO_TRACK : trackValues(track),
    phrase: phrase === null || track === null ? NO_PHRASE : phraseFacts(track, phrase, place.beat, tolerance),
  };
}

const trackValues = ({ id, known, tempoBpm, structure }: NonNullable<Deck['track']>): TrackValues => ({
  id,
  title: known.title,
  artist: known.artist,
  album: known.media?.album ?? null,
  genre: known.media?.genre ?? null,
  musicalKey: known.media?.musicalKey ?? null,
  durationMs: known.durationMs,
  confidence: known.confidence,
  tempoBpm,
  mood: structure?.mood ?? null,
  bank: structure?.bank ?? null,
  hasPhrases: structure === undefined ? null : structure !== null,
  ...(known.media === null ? UNKNOWN_NOTES : noteValues(known.media)),
});

/** They are asked for at every report, and are the same for as long as the track is. */
const knownNotes = new WeakMap<MediaTrack, Pick<TrackValues, NoteFact>>();

function noteValues(media: MediaTrack): Pick<TrackValues, NoteFact> {
  const known = knownNotes.get(media);
  if (known !== undefined) return known;
  const { tags, histories, ...notes } = media.notes ?? NO_TRACK_NOTES;
  const listed = (names: readonly string[]): string | null => (names.length === 0 ? null : names.join(LIST_JOINT));
  const values = {
    ...notes,
    ...{ tags: listed(tags), playlists: listed(media.playlists), histories: listed(histories) },
    energy: media.energy?.mean ?? null,
  };
  knownNotes.set(media, values);
  return values;
}

/** Moment as the facts of its rule see it. */
export interface RuleMoment {
  readonly place: ExactPlace;
  /** The phrase that it belongs to; null: none. */
  readonly phrase: Phrase | null;
  /** How far the deck has jumped; none: it has not. */
  readonly jump?: JumpDistance | null;
}

/** Subject of a rule: what `deck`, `track` and `phrase` stand for in it. */
export interface RuleSubject {
  readonly deck: Deck | null;
  /** The moment at which the deck is; none: the deck is where its line leads at the time. */
  readonly moment?: RuleMoment | null;
  /** The control that is followed; none: it is no control. */
  readonly control?: ControlValues | null;
}

/**
 * The names an expression starts from. At a moment the place decides what follows from the place: `deck.bar`,
 * `deck.positionMs`, `phrase.beatsLeft`. The time decides what does not: tempo, flags, error bar, and the other decks.
 *
 * @param roots the names that are asked for; others are left out
 */
export function scopeOf(
  show: Show,
  { deck: own, moment = null, control = null }: RuleSubject,
  roots: Iterable<string>,
  at: Ms,
): Scope {
  const { keys } = decksForRules(show);
  const factsOf = (deck: Deck | null, of: RuleMoment | null): DeckScope =>
    deck === null ? NO_DECK : deckFacts({ show, at, isAudible: keys.has(deck.key) }, deck, of);
  const scope: Record<string, Value | Scope> = {};
  let known: DeckScope | null = null;
  const ownFacts = (): DeckScope => {
    known ??= factsOf(own, moment);
    return known;
  };
  for (const root of roots) {
    if (root === 'deck') scope[root] = ownFacts();
    else if (root === 'track') scope[root] = ownFacts().track;
    else if (root === 'phrase') scope[root] = ownFacts().phrase;
    else if (root === 'jump') scope[root] = { ...(moment?.jump ?? NO_JUMP) };
    else if (root === 'control') scope[root] = { ...(control ?? NO_CONTROL) };
    else if (root === 'now') scope[root] = { phrase: factsOf(own, underPlayhead(own, moment)).phrase };
    else if (isShowRoot(root)) continue;
    else {
      const deck = root === 'master' ? masterOf(show) : deckByNumber(show, Number(root.slice(-1)) as DeckNumber);
      scope[root] = factsOf(deck, deck?.key === own?.key ? underPlayhead(deck, moment) : null);
    }
  }
  return scope;
}

const NO_CONTROL: ControlValues = { value: null, turnsPerSecond: null };
const NO_JUMP: JumpDistance = { beats: null, ms: null };

/** The same deck by its number is at the same place; its phrase is the one that it plays there. */
const underPlayhead = (deck: Deck | null, moment: RuleMoment | null): RuleMoment | null =>
  moment === null || deck?.track == null
    ? null
    : { place: moment.place, phrase: phraseIn(deck.track, moment.place, EXACT) };
