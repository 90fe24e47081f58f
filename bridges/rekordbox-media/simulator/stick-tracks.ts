/**
 * Tracks of a simulated stick: the ten that a simulated unit plays, under the same ids, and as many made-up ones as
 * wanted. Pure; the same number of tracks is always the same tracks.
 */
import type { Ms } from '../../../src/core/clock.ts';
import { type Random, seededRandom } from '../../../src/core/random.ts';
import { steadyGrid } from '../../../src/core/track/beat-grid.ts';
import { BANKS, MOODS, type RawPhrase, type RawSongStructure } from '../../../src/core/track/phrase.ts';
import { TRACK_COLOURS, type TrackNotes } from '../../../src/core/track/track-notes.ts';
import { artwork } from '../../opus-quad/simulator/demo-artwork.ts';
import { DEMO_TRACKS, type DemoTrack } from '../../opus-quad/simulator/demo-tracks.ts';

/** A track as the stick has it; `id` is its id in the Device Library Plus, which is the one that a unit reports. */
export interface SimulatedStickTrack extends DemoTrack {
  /** The id in the older Device Library: the place on the stick, from 1. So the id of one may be that of another there. */
  readonly pdbId: number;
  /** From the root of the stick, with a leading slash. */
  readonly file: string;
  readonly album: string;
  readonly genre: string;
  readonly musicalKey: string;
  /** With the folders before them: `Folder/Opening`. */
  readonly playlists: readonly string[];
  readonly notes: TrackNotes;
  /** True of an analysis with a waveform, which has the exact length: made-up tracks have none, to be small. */
  readonly hasWaveform: boolean;
}

/** The first tracks of a stick. @param count 1 or more; those beyond the ten are made up */
export function simulatedStickTracks(count: number): readonly SimulatedStickTrack[] {
  const covers = new Map<number, Uint8Array>();
  return Array.from({ length: count }, (_, i) => {
    const known = DEMO_TRACKS[i];
    return known === undefined ? madeUp(i, covers) : onStick(known, i);
  });
}

// ---- the ten

/**
 * A name by which this track's analysis falls into the folder of the first track's, as two of a few hundred do on a large
 * stick. Found by trying numbers.
 */
const COLLIDING_FILE: Readonly<Record<number, string>> = { 414: 'Glass Quay (take 961)' };

/** Tracks of each playlist, by place on the stick; one is in both, some are in none. */
const FRIDAY = [0, 1, 2, 3, 7];
const OPENING = [2, 4, 5];

function onStick(track: DemoTrack, index: number): SimulatedStickTrack {
  const album = 'Last Tram';
  return {
    ...track,
    pdbId: index + 1,
    album,
    genre: genreOf(track),
    musicalKey: keyOf(index),
    file: `/Contents/${track.artist}/${album}/${COLLIDING_FILE[track.id] ?? track.title}.mp3`,
    playlists: [...(OPENING.includes(index) ? ['Folder/Opening'] : []), ...(FRIDAY.includes(index) ? ['Friday'] : [])],
    notes: notesOf(index),
    hasWaveform: true,
  };
}

/** Styles by the tempi they are played at, slowest first. */
const GENRES: readonly { readonly genre: string; readonly mostBpm: number }[] = [
  { genre: 'Hip Hop', mostBpm: 110 },
  { genre: 'House', mostBpm: 128 },
  { genre: 'Techno', mostBpm: 150 },
  { genre: 'Drum & Bass', mostBpm: Number.POSITIVE_INFINITY },
];

function genreOf({ tempi: [first] }: DemoTrack): string {
  return GENRES.find(({ mostBpm }) => (first?.tempoBpm ?? 0) <= mostBpm)?.genre ?? '';
}

const TAGS = ['Peak', 'Vocal', 'Warm-up'];

/** Every rating and colour in turn; of three tags the first for every second track, the next for every third. */
function notesOf(index: number): TrackNotes {
  const tags = TAGS.filter((_, i) => index % (i + 2) === 0);
  return {
    rating: index % 6,
    colour: TRACK_COLOURS[index % TRACK_COLOURS.length] ?? null,
    comment: index % 4 === 0 ? `Note ${index + 1}` : null,
    label: `Label ${Math.floor(index / 25) + 1}`,
    year: 2000 + (index % 26),
    playCount: index % 7,
    dateAdded: `2025-${String((index % 12) + 1).padStart(2, '0')}-${String((index % 28) + 1).padStart(2, '0')}`,
    tags,
    histories: index % 3 === 0 ? ['HISTORY 001'] : [],
  };
}

const KEYS = ['Am', 'C', 'Em', 'G', 'F#m', 'Bb', 'Dm', 'Ebm'];

const keyOf = (index: number): string => KEYS[index % KEYS.length] ?? '';

// ---- made-up ones

/** Beyond the ids of the ten. */
const FIRST_MADE_UP_ID = 100_001;
const TRACKS_PER_ALBUM = 10;
const TAIL_MS: Ms = 3500;
/** Of so many tracks one was not analysed for phrases, and one begins within a bar. */
const ONE_WITHOUT_PHRASES = 25;
const ONE_WITHIN_A_BAR = 10;

const FIRST_WORDS =
  'Amber, Blaue, Cold, Distant, Electric, Foggy, Große, Hidden, Inner, Jade, Kleine, Late, Müde, Northern, Été, Quiet'.split(
    ', ',
  );
const LAST_WORDS =
  'Arcade, Brücke, Canal, Depot, Escalator, Façade, Garden, Harbour, Island, Junction, Kiosk, Lagoon, Motor, Noon, 夜, Pier'.split(
    ', ',
  );

/** Beats per minute from and to, as DJs' collections have them. */
const TEMPI: readonly (readonly [from: number, to: number])[] = [
  [84, 100],
  [118, 128],
  [122, 128],
  [126, 140],
  [170, 176],
];

/** In beats, the common ones more often. */
const PHRASE_LENGTHS = [8, 16, 16, 32, 32, 32, 32, 64, 64];

/** @param covers of albums that were drawn before: drawing one takes longer than all the rest */
function madeUp(index: number, covers: Map<number, Uint8Array>): SimulatedStickTrack {
  const random = seededRandom(index);
  const albumNumber = Math.floor(index / TRACKS_PER_ALBUM);
  const name = (pick: Random) => `${oneOf(FIRST_WORDS, pick)} ${oneOf(LAST_WORDS, pick)}`;
  // An album has one artist.
  const artist = name(seededRandom(FIRST_MADE_UP_ID + albumNumber));
  const album = `Crate ${albumNumber}`;
  const title = name(random);
  const [from, to] = oneOf(TEMPI, random);
  const isWhole = random() < 0.75;
  const tempoBpm = isWhole ? between(from, to, random) : between(from * 100, to * 100, random) / 100;
  const grid = steadyGrid(between(0, 900, random), tempoBpm);
  const phrases = madeUpStructure(random);
  const cover = covers.get(albumNumber) ?? artwork(albumNumber);
  covers.set(albumNumber, cover);
  const track: DemoTrack = {
    id: FIRST_MADE_UP_ID + index,
    title,
    artist,
    grid,
    tempi: [{ fromBeat: 1, tempoBpm }],
    firstBeatInBar: index % ONE_WITHIN_A_BAR === 0 ? 3 : 1,
    lengthMs: Math.ceil(grid.msOfBeat(phrases.endBeat) + TAIL_MS),
    structure: index % ONE_WITHOUT_PHRASES === 0 ? null : phrases,
    artwork: cover,
  };
  const number = String((index % TRACKS_PER_ALBUM) + 1).padStart(2, '0');
  return {
    ...track,
    pdbId: index + 1,
    album,
    genre: genreOf(track),
    musicalKey: keyOf(index),
    file: `/Contents/${artist}/${album}/${number} ${title}.mp3`,
    playlists: [`Genres/${genreOf(track)}`],
    notes: notesOf(index),
    hasWaveform: false,
  };
}

const NO_FLAGS: RawPhrase = {
  index: 0,
  beat: 0,
  kind: 0,
  k1: 0,
  k2: 0,
  k3: 0,
  b: 0,
  beat2: 0,
  beat3: 0,
  beat4: 0,
  fill: 0,
  fillBeat: 0,
};

/** Kinds as each mood has them, mood high first, then mid and low: intro, what may come between, outro [crate-digger]. */
const KINDS = [
  { intro: 1, between: [2, 2, 3, 5, 5], outro: 6 },
  { intro: 1, between: [2, 3, 4, 5, 8, 9, 9], outro: 10 },
  { intro: 1, between: [3, 3, 6, 8, 9], outro: 10 },
];

/** 4 to 12 phrases, as rekordbox finds them. */
function madeUpStructure(random: Random): RawSongStructure {
  const mood = between(1, MOODS.length, random);
  const kinds = KINDS[mood - 1] ?? { intro: 1, between: [2], outro: 6 };
  const count = between(4, 12, random);
  let endBeat = 1;
  const entries = Array.from({ length: count }, (_, i): RawPhrase => {
    const beat = endBeat;
    endBeat += oneOf(PHRASE_LENGTHS, random);
    const kind = i === 0 ? kinds.intro : i === count - 1 ? kinds.outro : oneOf(kinds.between, random);
    const hasFill = random() < 0.25;
    const fill = hasFill ? { fill: 1, fillBeat: endBeat - 4 } : {};
    return { ...NO_FLAGS, ...(mood === 1 ? variant(kind, random) : {}), ...fill, index: i + 1, beat, kind };
  });
  return { mood, bank: between(0, BANKS.length - 1, random), endBeat, entries };
}

/** The flags of a kind in mood high: which Intro, Up, Chorus or Outro it is. */
function variant(kind: number, random: Random): Partial<RawPhrase> {
  const isFirst = random() < 0.5 ? 1 : 0;
  return kind === 2 ? { k3: isFirst } : kind === 3 ? {} : { k1: isFirst };
}

/** A whole number from `low` to `high`, both included. */
const between = (low: number, high: number, random: Random): number => low + Math.floor(random() * (high - low + 1));

function oneOf<T>(choices: readonly T[], random: Random): T {
  // A number below 1 times their count is the index of one of them.
  return choices[Math.floor(random() * choices.length)] as T;
}
