/** The facts of the state feed: one address each, with its type, its meaning and where its value comes from. */
import type { Value } from '../rules/expression.ts';
import type { DeckScope } from '../rules/fact-values.ts';

/** A fact as it leaves. The type of an address never changes. */
export interface FeedValue {
  readonly address: string;
  readonly type: 'int' | 'float' | 'string';
  readonly value: number | string;
}

/** A fact that every deck has. */
export interface FeedFact {
  /** The last part of its address. */
  readonly name: string;
  readonly type: FeedValue['type'];
  readonly doc: string;
  /** It moves all the time, and so is told only every so often. */
  readonly moves: boolean;
  /** null: not known. Yes and no are told as 1 and 0. */
  value(deck: DeckScope): Value;
}

type Source = (deck: DeckScope) => Value;

const event = (name: string, type: FeedValue['type'], doc: string, value: Source): FeedFact => ({
  name,
  type,
  doc,
  moves: false,
  value,
});
const moving = (name: string, doc: string, value: Source): FeedFact => ({
  name,
  type: 'float',
  doc,
  moves: true,
  value,
});

/** Counts and places in front of the first beat are told as 0: there -1 would be taken for "not known". */
const fromZero = (value: Value): Value => (typeof value === 'number' ? Math.max(0, value) : null);
const whole = (value: Value): Value => (typeof value === 'number' ? Math.floor(value) : null);
const seconds = (value: Value): Value => (typeof value === 'number' ? value / 1000 : null);

/** Facts of each deck and of the master, in the order in which they are told. */
export const FEED: readonly FeedFact[] = [
  event('loaded', 'int', '1: a track is loaded', deck => (deck.number === null ? null : deck.track.id !== null)),
  event('track', 'int', 'number of the track, as the unit gives it', deck => deck.track.id),
  event('title', 'string', 'title of the track', deck => deck.track.title),
  event('artist', 'string', 'artist of the track', deck => deck.track.artist),
  event(
    'confidence',
    'string',
    'how sure that is: `confirmed`, `assumed`, `mismatch`, `ambiguous` or `unknown`',
    deck => deck.track.confidence,
  ),
  event('album', 'string', 'album of the track', deck => deck.track.album),
  event('genre', 'string', 'genre of the track', deck => deck.track.genre),
  event('key', 'string', 'musical key of the track, as rekordbox says it: `Fm`, `4A`', deck => deck.track.musicalKey),
  event('rating', 'int', 'stars of the track, 0 to 5', deck => deck.track.rating),
  event('colour', 'string', 'colour of the track: `pink`, `red` …', deck => deck.track.colour),
  event('comment', 'string', 'what the DJ has written to the track', deck => deck.track.comment),
  event('label', 'string', 'record label of the track', deck => deck.track.label),
  event('year', 'int', 'year of its release', deck => deck.track.year),
  event('tags', 'string', 'My Tags of the track: `Peak, Vocal`', deck => deck.track.tags),
  event('energy', 'float', 'mean height of its waveform, 0 to 100', deck => deck.track.energy),
  event('playing', 'int', '1: the playhead runs', deck => deck.isPlaying),
  event('on-air', 'int', '1: on air', deck => deck.isOnAir),
  event('master', 'int', '1: tempo master', deck => deck.isMaster),
  event('heard', 'int', '1: among the decks that rules hear', deck => deck.isHeard),
  event(
    'state',
    'string',
    '`empty`, `loading`, `playing`, `paused`, `cued`, `searching`, `ended` or `unknown`',
    deck => deck.playState,
  ),
  event('track-tempo', 'float', 'tempo as analysed, in BPM', deck => deck.track.tempoBpm),
  event('pitch', 'float', 'the fader, in percent; 0 without a track', deck => deck.pitchPercent ?? 0),
  event(
    'phrase',
    'string',
    '`intro`, `verse`, `up`, `down`, `bridge`, `chorus`, `outro` or `unknown`',
    deck => deck.phrase.kind,
  ),
  event('phrase-label', 'string', 'the phrase as rekordbox shows it: `Chorus 2`', deck => deck.phrase.label),
  event('phrase-index', 'int', 'place of the phrase in the track, from 1', deck => deck.phrase.index),
  event('phrase-energy', 'float', 'mean height of the waveform in the phrase, 0 to 100', deck => deck.phrase.energy),
  event('beats-left', 'int', 'beats to the end of the phrase', deck => deck.phrase.beatsLeft),
  event('fill', 'int', '1: in the fill of the phrase', deck => deck.phrase.isFill),
  event('beat', 'int', 'beat of the track, from 1; 0 before the first', deck => fromZero(whole(deck.beat))),
  event('beat-in-bar', 'int', '1 to 4', deck => deck.beatInBar),
  event('bar', 'int', 'bar of the track, from 1; 0 before the first', deck => fromZero(deck.bar)),
  event('cue-point', 'string', 'the cue point passed last: `hot cue A`, `memory cue 2`', deck => deck.cuePoint),
  event('cue-point-name', 'string', 'what the DJ has called it', deck => deck.cuePointName),
  event('cue-point-colour', 'string', '`#ff0040`, or a colour of memory cues: `pink`', deck => deck.cuePointColour),
  event('stale', 'int', '1: no report for a second', deck => deck.isStale),
  moving('tempo', 'effective tempo, in BPM', deck => deck.tempoBpm),
  moving('position', 'place in the track, in seconds', deck => fromZero(seconds(deck.positionMs))),
  moving('uncertainty', 'how far that may be wrong either way, in seconds; not known of a stale deck', deck =>
    // It would grow for ever, and be told for ever.
    deck.isStale === true ? null : seconds(deck.uncertaintyMs),
  ),
];

/** Facts told once, of the tempo master; its others follow under `/decklight/master`. */
export const MASTER_DECK = { address: '/decklight/master/deck', doc: 'which deck is tempo master, 1 to 4' } as const;
export const MASTER_TEMPO = { address: '/decklight/tempo', doc: "the tempo master's effective tempo, in BPM" } as const;

/** The place of the tempo among the facts. */
export const FEED_TEMPO = FEED.findIndex(({ name }) => name === 'tempo');

/** Values that stand for what is not known, by type. */
export const UNKNOWN_FEED_VALUE: Readonly<Record<FeedValue['type'], number | string>> = {
  int: -1,
  float: -1,
  string: '',
};

/** A fact's value as it leaves: yes and no as 1 and 0. */
export function feedValueOf({ type }: { readonly type: FeedValue['type'] }, value: Value): number | string {
  if (value === null || Number.isNaN(value)) return UNKNOWN_FEED_VALUE[type];
  return typeof value === 'boolean' ? Number(value) : value;
}
