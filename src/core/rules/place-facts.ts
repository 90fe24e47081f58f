/** Facts of a place in a track: the same for a moment, for a line of the cue sheet and for a playhead. */
import type { Ms } from '../clock.ts';
import { cuePointBefore } from '../track/cue-points.ts';
import { type Phrase, phraseAt } from '../track/phrase.ts';
import type { Track } from '../track/track.ts';
import { type ExactPlace, toNanosecond } from './exact-place.ts';
import type { Value } from './expression.ts';
import type { DECK_FACTS, NEIGHBOUR_FACTS, NEIGHBOURS, PHRASE_FACTS } from './facts.ts';

export type Values<Table> = { readonly [K in keyof Table]: Value };
export type NeighbourValues = Values<typeof NEIGHBOUR_FACTS>;
export type PhraseValues = Values<typeof PHRASE_FACTS> & {
  readonly [K in (typeof NEIGHBOURS)[number]]: NeighbourValues;
};

/** Facts that a place decides alone, whenever the deck is there. */
export type PlaceFacts = Values<Pick<typeof DECK_FACTS, PlaceFact>>;
type PlaceFact =
  | 'beat'
  | 'beatInBar'
  | 'bar'
  | 'positionMs'
  | 'remainingMs'
  | 'cuePoint'
  | 'cuePointName'
  | 'cuePointColour';

/** Distance up to which a place counts as being on the beat, and on the cue point, that comes next. */
export interface Tolerance {
  readonly beats: number;
  readonly ms: Ms;
}

/** A moment is where it is. */
export const EXACT: Tolerance = { beats: 0, ms: 0 };
/** A playhead is worked out from the time: at the very time of a beat rounding may leave it just before. */
export const ROUNDED: Tolerance = { beats: 1e-6, ms: 1e-3 };

export const BEATS_PER_BAR = 4;

/** Bar of a beat, 1-based, and place in it, 1..4. Beats before the first downbeat are in bar 0. */
export function barOf(
  { firstDownbeat }: Track,
  beat: number,
): { readonly bar: number; readonly beatInBar: number } | null {
  if (firstDownbeat === null) return null;
  const beatsIn = Math.floor(beat) - firstDownbeat;
  const bar = Math.floor(beatsIn / BEATS_PER_BAR);
  return { bar: bar + 1, beatInBar: beatsIn - bar * BEATS_PER_BAR + 1 };
}

/**
 * @param isOfRecording true if `positionMs` is a place in the recording; false if it counts from beat 1 at the track tempo
 */
export function placeFacts(
  track: Track,
  place: ExactPlace,
  isOfRecording: boolean,
  { beats, ms }: Tolerance,
): PlaceFacts {
  const { beat, positionMs } = place;
  const bar = beat === null ? null : barOf(track, beat + beats);
  const { durationMs, cuePoints } = track.known;
  const recordedMs = isOfRecording ? positionMs : null;
  const passed = recordedMs === null ? null : cuePointBefore(cuePoints, recordedMs + ms);
  return {
    beat,
    beatInBar: bar?.beatInBar ?? null,
    bar: bar?.bar ?? null,
    positionMs,
    remainingMs: recordedMs === null || durationMs === null ? null : Math.max(0, toNanosecond(durationMs - recordedMs)),
    cuePoint: passed?.label ?? null,
    cuePointName: passed?.point.name ?? null,
    cuePointColour: passed?.point.colour ?? null,
  };
}

/** Phrase in which a place lies; null: none, or not known. */
export const phraseIn = (
  { structure }: Track,
  { beat }: Pick<ExactPlace, 'beat'>,
  { beats }: Tolerance,
): Phrase | null => (beat === null || structure == null ? null : phraseAt(structure, beat + beats));

export const NO_NEIGHBOUR: NeighbourValues = { kind: null, label: null, index: null, startBeat: null, endBeat: null };

type Neighbours = Pick<PhraseValues, 'previous' | 'next'>;

/** They are asked for at every report, and are the same for as long as the phrase is. */
const knownNeighbours = new WeakMap<Phrase, Neighbours>();

function neighboursOf({ structure }: Track, phrase: Phrase): Neighbours {
  const known = knownNeighbours.get(phrase);
  if (known !== undefined) return known;
  const phrases = structure?.phrases ?? [];
  const i = phrases.indexOf(phrase);
  const valuesOf = (other: Phrase | undefined): NeighbourValues => {
    if (i < 0 || other === undefined) return NO_NEIGHBOUR;
    const { kind, label, index, startBeat, endBeat } = other;
    return { kind, label, index, startBeat, endBeat };
  };
  const found = { previous: valuesOf(phrases[i - 1]), next: valuesOf(phrases[i + 1]) };
  if (i >= 0) knownNeighbours.set(phrase, found);
  return found;
}

/** Of the phrases as the import knows them: those that the unit has sent are the same, or the track would be another. */
function energyOf(
  { known: { media }, structure }: Track,
  { index }: Phrase,
): Pick<PhraseValues, 'energy' | 'energyPeak'> {
  const all = media?.energy?.phrases ?? [];
  const own = all.length === structure?.phrases.length ? all[index - 1] : undefined;
  return { energy: own?.mean ?? null, energyPeak: own?.peak ?? null };
}

/** @param beat place of the playhead, which need not lie in the phrase */
export function phraseFacts(track: Track, phrase: Phrase, beat: number | null, { beats }: Tolerance): PhraseValues {
  const { kind, label, index, startBeat, endBeat, fillBeat } = phrase;
  const at = beat === null ? null : beat + beats;
  return {
    kind,
    label,
    index,
    startBeat,
    endBeat,
    isFill: at !== null && fillBeat !== null && at >= fillBeat && at < endBeat,
    // A phrase that is still to come has all its beats left and none behind it.
    beatsIn: at === null ? null : Math.max(0, Math.floor(at - startBeat)),
    beatsLeft: at === null ? null : Math.max(0, Math.ceil(endBeat - Math.max(at, startBeat))),
    ...energyOf(track, phrase),
    ...neighboursOf(track, phrase),
  };
}
