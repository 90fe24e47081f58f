/**
 * The cues that are due on a true path: an oracle for what leaves a show. Its places share no line of code with src/core; its
 * rules stand in ORACLE_RULES, from which the profile of an evening is written.
 */
import { trackTitled } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import type { PlaceInTrack, PlacesOf } from '../../src/rehearsal/due-cues.ts';
import type { PathTrack } from '../../src/rehearsal/true-path.ts';
import { msOfBeat, PLAIN_TRACKS } from './plain-tracks.ts';

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

/** The kinds of a chorus in the analysis of phrases, by mood 1 to 3: high, mid, low. */
const CHORUS_KINDS = [5, 9, 9] as const;

const placesByTrack = new Map<number, readonly PlaceInTrack[]>();

/** Every place of a track that the rules name, in order. */
export const oraclePlaces: PlacesOf = ({ id }: PathTrack) => {
  const known = placesByTrack.get(id);
  if (known !== undefined) return known;
  const track = PLAIN_TRACKS.find(each => each.id === id);
  const demo = track === undefined ? null : trackTitled(track.title);
  if (track === undefined || demo === null) throw new Error(`no track ${id}`);
  const places: PlaceInTrack[] = [];
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
};
