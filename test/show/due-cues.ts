/**
 * The cues that are due on a true path: an oracle for what leaves a show. It shares no line of code with src/core; its
 * rules stand in ORACLE_RULES, from which the profile of an evening is written.
 */
import { trackTitled } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import { beatOfMs, msOfBeat, type Piece, type PlainTrack, type PlayedDeck, type TruePath } from './true-path.ts';

/** A cue as it is told apart: rule and place by the names the program gives them. */
export interface CueName {
  readonly deck: PlayedDeck;
  readonly rule: string;
  /** `beat 12`, `4 beats before chorus 1`. */
  readonly place: string;
}

export interface Due extends CueName {
  readonly load: number;
  readonly at: number;
  /**
   * `must`: the playhead passes the place. `landing`: it does not, but stands so closely before where the playhead lands that
   * a listener is free to say it. `beyond`: it lies where the playhead would have come to, had it not gone elsewhere.
   */
  readonly kind: 'must' | 'landing' | 'beyond';
  /** When the path last began anew before: at a start, a jump or a turn. */
  readonly sinceAt: number;
  readonly placeMs: number;
}

const ABSOLUTE_MS = [15_250, 47_125, 61_000, 93_500, 128_640, 171_333, 214_900] as const;

const clock = (ms: number): string =>
  `${Math.floor(ms / 60_000)}:${((ms % 60_000) / 1000).toFixed(3).padStart(6, '0')}`;

/** Names of rules and their `when`, in the language of profiles. */
export const ORACLE_RULES: readonly { readonly name: string; readonly when: string }[] = [
  { name: 'beat', when: 'every 1 beats' },
  { name: 'downbeat', when: 'downbeat' },
  { name: 'long', when: 'every 8 bars' },
  { name: 'phrase', when: 'phrase' },
  { name: 'lead', when: '4 beats before chorus' },
  { name: 'bar-lead', when: '2 bars before phrase 3' },
  ...ABSOLUTE_MS.map((ms, i) => ({ name: `time-${i + 1}`, when: clock(ms) })),
  ...ABSOLUTE_MS.map((ms, i) => ({ name: `before-${i + 1}`, when: `700 ms before ${clock(ms)}` })),
];

interface Place {
  readonly rule: string;
  readonly place: string;
  readonly ms: number;
}

/** The kinds of a chorus in the analysis of phrases, by mood 1 to 3: high, mid, low. */
const CHORUS_KINDS = [5, 9, 9] as const;

const placesByTrack = new Map<number, readonly Place[]>();

/** Every place of a track that the rules name, in order. */
function placesOf(track: PlainTrack): readonly Place[] {
  const known = placesByTrack.get(track.id);
  if (known !== undefined) return known;
  const demo = trackTitled(track.title);
  if (demo === null) throw new Error(`no track ${track.title}`);
  const places: Place[] = [];
  const add = (rule: string, place: string, ms: number): void => void places.push({ rule, place, ms });
  for (let beat = 1; msOfBeat(track, beat) < demo.lengthMs; beat++) {
    const ms = msOfBeat(track, beat);
    add('beat', `beat ${beat}`, ms);
    if (beat % 4 === 1) add('downbeat', `bar ${(beat + 3) / 4}`, ms);
    if (beat % 32 === 1) add('long', `bar ${(beat + 3) / 4}`, ms);
  }
  const entries = demo.structure?.entries ?? [];
  for (const [i, { beat }] of entries.entries()) add('phrase', `phrase ${i + 1}`, msOfBeat(track, beat));
  const chorus = CHORUS_KINDS[(demo.structure?.mood ?? 0) - 1];
  for (const [i, { beat }] of entries.filter(({ kind }) => kind === chorus).entries()) {
    add('lead', `4 beats before chorus ${i + 1}`, msOfBeat(track, beat - 4));
  }
  const third = entries[2];
  if (third !== undefined) add('bar-lead', '2 bars before phrase 3', msOfBeat(track, third.beat - 8));
  for (const [i, ms] of ABSOLUTE_MS.entries()) {
    add(`time-${i + 1}`, clock(ms), ms);
    add(`before-${i + 1}`, `700 ms before ${clock(ms)}`, ms - 700);
  }
  places.sort((a, b) => a.ms - b.ms);
  placesByTrack.set(track.id, places);
  return places;
}

/** Rounding of a place in ms, as of a jump that lands on a beat. */
const SAME_MS = 1e-6;
/** A place in ms is told up to this much late: of a landing, what lies so closely before it may be told with it. */
const BEFORE_LANDING_MS = 100;

/** @param followedMs how long a listener may follow play that has gone elsewhere */
export function dueCues(path: TruePath, followedMs: number): readonly Due[] {
  const due: Due[] = [];
  const sinceAt = new Map<PlayedDeck, number>();
  for (const piece of path.pieces) {
    const { deck, track, load, beginning, from, fromMs, speed } = piece;
    if (beginning !== 'resumed') sinceAt.set(deck, from);
    const common = { deck, load, sinceAt: sinceAt.get(deck) ?? from };
    const includesStart = beginning !== 'resumed';
    // A loop turns as it comes to its end, which therefore is not passed.
    for (const { rule, place, ms } of between(track, fromMs, endMsOf(piece) - 2 * SAME_MS, includesStart)) {
      due.push({ ...common, rule, place, placeMs: ms, kind: 'must', at: from + (ms - fromMs) / speed });
    }
    if (beginning !== 'landed') continue;
    const least = Math.min(msOfBeat(track, Math.floor(beatOfMs(track, fromMs) + SAME_MS)), fromMs - BEFORE_LANDING_MS);
    for (const { rule, place, ms } of between(track, least, fromMs - 2 * SAME_MS, true)) {
      due.push({ ...common, rule, place, placeMs: ms, kind: 'landing', at: from });
    }
  }
  for (const { deck, track, load, at, fromMs, speed } of path.leavings) {
    for (const { rule, place, ms } of between(track, fromMs, fromMs + followedMs * speed, true)) {
      due.push({ deck, load, rule, place, placeMs: ms, kind: 'beyond', at: at + (ms - fromMs) / speed, sinceAt: at });
    }
  }
  return due.sort((a, b) => a.at - b.at);
}

const endMsOf = ({ from, until, fromMs, speed }: Piece): number => fromMs + (until - from) * speed;

/** Places up to `toMs`; at `fromMs` itself only if so told. */
function between(track: PlainTrack, fromMs: number, toMs: number, includesFrom: boolean): readonly Place[] {
  const places = placesOf(track);
  const first = includesFrom ? fromMs - SAME_MS : fromMs + SAME_MS;
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle]?.ms ?? Infinity) >= first) high = middle;
    else low = middle + 1;
  }
  const found: Place[] = [];
  for (let i = low; i < places.length; i++) {
    const place = places[i];
    if (place === undefined || place.ms > toMs + SAME_MS) break;
    found.push(place);
  }
  return found;
}
