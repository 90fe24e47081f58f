/** Values of the facts in facts.ts, as expressions see them. */
import type { Ms } from '../clock.ts';
import { type Deck, type DeckKey, isStale } from '../deck/deck.ts';
import { deckByNumber, decksForRules, masterOf, onAir, type Show } from '../deck/decks.ts';
import { type Position, positionAt, UNKNOWN_POSITION } from '../deck/position.ts';
import type { DeckNumber } from '../deck-report.ts';
import { cuePointBefore } from '../track/cue-points.ts';
import { type Phrase, phraseAt } from '../track/phrase.ts';
import type { Scope, Value } from './expression.ts';
import type { DECK_FACTS, PHRASE_FACTS, TRACK_FACTS } from './facts.ts';

type Values<Table> = { readonly [K in keyof Table]: Value };
export type DeckValues = Values<typeof DECK_FACTS>;
export type TrackValues = Values<typeof TRACK_FACTS>;
export type PhraseValues = Values<typeof PHRASE_FACTS>;

/** The facts of one deck; without a deck, track or phrase, records of nulls. */
export type DeckScope = DeckValues & { readonly track: TrackValues; readonly phrase: PhraseValues };

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
  ...UNKNOWN_POSITION,
  remainingMs: null,
  cuePoint: null,
  cuePointName: null,
  cuePointColour: null,
  pass: null,
  track: NO_TRACK,
  phrase: NO_PHRASE,
};

const SAME_PLACE_MS: Ms = 1e-3;
/** Two beats closer than this are one, so that at the time of a moment the playhead counts as being there. */
const SAME_BEAT = 1e-6;

/** The phrase under the playhead; null: none, or not known. */
export function phraseNow(deck: Deck, position: Position): Phrase | null {
  const { beat } = position;
  return beat === null || deck.track?.structure == null ? null : phraseAt(deck.track.structure, beat + SAME_BEAT);
}

/** Effective tempo of a deck now: that of its track as analysed, at the fader's pitch; null: no track, or not reported yet. */
export const tempoBpmOf = ({ track, pitchSpeed }: Deck): number | null =>
  track?.tempoBpm == null ? null : track.tempoBpm * pitchSpeed;

/** The facts of a deck at a time; `phrase` is the one under its playhead. */
export function deckScope(show: Show, deck: Deck | null, at: Ms, isAudible: boolean): DeckScope {
  if (deck === null) return NO_DECK;
  const position = positionAt(deck, at);
  return deckFacts({ show, at, isAudible }, deck, position, phraseNow(deck, position));
}

interface Look {
  readonly show: Show;
  readonly at: Ms;
  readonly isAudible: boolean;
}

/** @param phrase the phrase to tell of; null: none */
function deckFacts({ show, at, isAudible }: Look, deck: Deck, position: Position, phrase: Phrase | null): DeckScope {
  const { track } = deck;
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
    ...position,
    ...placed(deck, position),
    pass: deck.pass,
    track: track === null ? NO_TRACK : trackValues(track),
    phrase: phrase === null ? NO_PHRASE : phraseValues(phrase, position.beat),
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
});

/** Facts that follow from the place in ms, if that is a place in the recording itself. */
function placed({ track }: Deck, { positionMs, basis }: Position) {
  const isReal = positionMs !== null && basis !== 'beats';
  const durationMs = track?.known.durationMs ?? null;
  // At the very time of a cue point the playhead counts as being on it, whatever the rounding of doubles says.
  const passed = isReal && track !== null ? cuePointBefore(track.known.cuePoints, positionMs + SAME_PLACE_MS) : null;
  return {
    remainingMs: isReal && durationMs !== null ? Math.max(0, durationMs - positionMs) : null,
    cuePoint: passed?.label ?? null,
    cuePointName: passed?.point.name ?? null,
    cuePointColour: passed?.point.colour ?? null,
  };
}

function phraseValues(phrase: Phrase, beat: number | null): PhraseValues {
  const { kind, label, index, startBeat, endBeat, fillBeat } = phrase;
  return {
    kind,
    label,
    index,
    startBeat,
    endBeat,
    isFill: beat !== null && fillBeat !== null && beat + SAME_BEAT >= fillBeat && beat + SAME_BEAT < endBeat,
    // A phrase that is still to come has all its beats left and none behind it.
    beatsIn: beat === null ? null : Math.max(0, Math.floor(beat + SAME_BEAT - startBeat)),
    beatsLeft: beat === null ? null : Math.max(0, Math.ceil(endBeat - Math.max(beat, startBeat) - SAME_BEAT)),
  };
}

/** Subject of a rule: what `deck`, `track` and `phrase` stand for in it. */
export interface RuleSubject {
  readonly deck: Deck | null;
  /** undefined: the one under the playhead; null: none. */
  readonly phrase?: Phrase | null;
}

/**
 * The names an expression starts from.
 *
 * @param roots the names that are asked for; others are left out
 */
export function scopeOf(show: Show, of: RuleSubject, roots: Iterable<string>, at: Ms): Scope {
  const { keys } = decksForRules(show);
  const scope: Record<string, Value | Scope> = {};
  const factsOf = (deck: Deck | null): DeckScope => deckScope(show, deck, at, deck !== null && keys.has(deck.key));
  let own: DeckScope | null = null;
  const ownScope = (): DeckScope => {
    own ??= ownFacts(show, of, at, keys);
    return own;
  };
  for (const root of roots) {
    if (root === 'deck') scope[root] = ownScope();
    else if (root === 'track') scope[root] = ownScope().track;
    else if (root === 'phrase') scope[root] = ownScope().phrase;
    else {
      const deck = root === 'master' ? masterOf(show) : deckByNumber(show, Number(root.slice(-1)) as DeckNumber);
      scope[root] = factsOf(deck);
    }
  }
  return scope;
}

function ownFacts(show: Show, { deck, phrase }: RuleSubject, at: Ms, audible: ReadonlySet<DeckKey>): DeckScope {
  if (deck === null) return NO_DECK;
  const isAudible = audible.has(deck.key);
  const position = positionAt(deck, at);
  return deckFacts({ show, at, isAudible }, deck, position, phrase === undefined ? phraseNow(deck, position) : phrase);
}
