/** A night with tracks of a stick that was imported: what left, at which timecode, and what was known of each deck. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { SIMULATED_STICK_KEY, simulatedStickFiles } from '../../bridges/rekordbox-media/simulator/simulated-stick.ts';
import {
  type SimulatedStickTrack,
  simulatedStickTracks,
} from '../../bridges/rekordbox-media/simulator/stick-tracks.ts';
import { mediaImportCommand } from '../../src/cli/media/import-media.ts';
import { readMediaLibrary } from '../../src/cli/media/media-folder.ts';
import { timecodeLabel } from '../../src/cli/terminal/status-text.ts';
import { droppedLine } from '../../src/cli/terminal/transcript.ts';
import { virtualClock } from '../../src/core/clock.ts';
import type { Deck } from '../../src/core/deck/deck.ts';
import { positionAt } from '../../src/core/deck/position.ts';
import type { MediaLibrary } from '../../src/core/track/media-library.ts';
import { EMPTY_BOOK, type TrackBook } from '../../src/core/track/track-book.ts';
import { openTrackBook, readTrackBook } from '../../src/files/track-book-file.ts';
import { put, scratch } from '../bridges/rekordbox-media/temporary-stick.ts';
import { listen } from '../cli/doctor/doctor-rig.ts';
import { type Evening, openEvening } from './hour-show.ts';

/** Makes folders that are deleted after the tests of the file that asks for them. */
export const folderNamed = scratch();
/** What is on the stick, and on the unit. */
export const TRACKS = simulatedStickTracks(10);
/** Frame rate of the timecode. */
export const FPS = 25;

/** How the show joins the unit. */
type Mode = 'lighting' | 'cdj';

/** Writes a stick, and imports it as an operator does. @param key null: whoever imports it has none */
export async function imported(
  into: string,
  name: string,
  tracks: readonly SimulatedStickTrack[],
  key: string | null,
): Promise<MediaLibrary> {
  const stick = folderNamed(name);
  for await (const { path, bytes } of simulatedStickFiles(tracks, { key: SIMULATED_STICK_KEY, hasLog: true })) {
    put(stick, { [path]: bytes });
  }
  const env: Record<string, string> = key === null ? {} : { DECKLIGHT_LIBRARY_KEY: key };
  const surroundings = {
    machine: { platform: 'linux', env, home: '/nowhere' },
    clock: virtualClock(),
    unixMs: 0,
    out: listen(),
  } as const;
  const options = { name, media: into, keyFile: null };
  expect(await mediaImportCommand(stick, options, surroundings, new AbortController().signal)).toBe(0);
  const { library, lines } = readMediaLibrary([into]);
  expect(lines).toEqual([]);
  return library;
}

/** Night Tram from 0:40 for 43 s, Glass Quay from 0:45 for 25 s, Untitled Yard, which has no phrases, from its start for 10 s. */
const SET = `
set: Three tracks
length: 1:40
acts:
  - { at: 0:02, deck: 1, load: Night Tram, on-air: on }
  - { at: 0:05, deck: 1, jump: to 0:40 }
  - { at: 0:12, deck: 1, play }
  - { at: 0:42, deck: 2, load: Glass Quay }
  - { at: 0:46, deck: 2, jump: to 0:45 }
  - { at: 0:55, deck: 1, pause, on-air: off }
  - { at: 0:55, deck: 2, play, on-air: on }
  - { at: 1:00, deck: 3, load: Untitled Yard }
  - { at: 1:20, deck: 2, pause, on-air: off }
  - { at: 1:20, deck: 3, play, on-air: on }
  - { at: 1:30, deck: 3, pause }
`;
/** When each is started, and where in the track; and the hour that its timecode begins at. */
export const STARTS = [
  { title: 'Night Tram', atMs: 12_000, fromMs: 40_000, hour: 1 },
  { title: 'Glass Quay', atMs: 55_000, fromMs: 45_000, hour: 2 },
  { title: 'Untitled Yard', atMs: 80_000, fromMs: 0, hour: 23 },
] as const;

const profile = (mode: Mode): string => `
decklight: 1
name: known tracks
bridges:
  opus: { type: opus-quad, mode: ${mode} }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
  daw: { type: midi, device: Show Control }
timecode:
  main: { follow: on-air, rate: ${FPS}, to: [daw], unknown-track: "23:00:00:00" }
tracks:
  - match: { title: Night Tram, artist: Decklight Demo }
    timecode: { main: "01:00:00:00" }
    cues:
      - { at: 4 beats before hot cue B, do: arm }
      - { at: 1:10.500, do: drop }
  - match: { title: Glass Quay }
    timecode: { main: "02:00:00:00" }
  - match: { title: Untitled Yard }
    cues:
      - { at: 0:05.500, do: drop }
cues:
  arm: [{ console: /arm }]
  drop: [{ console: /drop }]
rules:
  - name: look
    when: phrase
    do: [{ console: { address: /look, args: ["\${phrase.kind}"] } }]
  - name: name
    when: phrase
    do: [{ console: { address: /name, args: ["\${track.title}", "\${track.artist}", "\${phrase.kind}"] } }]
`;

/** A line of a transcript: when, the timecode then, and what left or did not. */
interface Told {
  readonly atMs: number;
  readonly label: string;
  readonly text: string;
  /** How far off the place of its deck may be, as the deck says. */
  readonly errorMs: number;
}

interface Night {
  readonly told: readonly Told[];
  /** What was known of the track on each deck, a line whenever that has changed. */
  readonly known: readonly string[];
  readonly book: TrackBook;
  /** The timecode at the end. */
  readonly lastLabel: string;
}

/** All three tracks; and the first alone. */
const SET_MS = 95_000;
export const FIRST_MS = 50_000;

/** Plays the set from its beginning, and looks every millisecond at what is so when something leaves. */
export async function night(mode: Mode, library: MediaLibrary, book = EMPTY_BOOK, forMs = SET_MS): Promise<Night> {
  const evening = await openEvening(profile(mode), SET, undefined, { memory: null, library, book });
  const told: Told[] = [];
  const known: string[] = [];
  const lastKnown = new Map<number, string>();
  let [sent, dropped] = [0, 0];
  for (let ms = 1; ms <= forMs; ms++) {
    evening.pass(1);
    const { show } = evening.show.engine.state();
    const at = evening.clock.now();
    for (const deck of show.decks.values()) {
      const text = knownText(deck);
      if (text === null || text === lastKnown.get(deck.ref.number)) continue;
      lastKnown.set(deck.ref.number, text);
      known.push(text);
    }
    const placeOf = (when: number, deckNumber: number | null): Omit<Told, 'text'> => {
      const deck = [...show.decks.values()].find(({ ref }) => ref.number === deckNumber);
      if (deck === undefined) throw new Error('what leaves has a deck');
      const errorMs = positionAt(deck, when).uncertaintyMs ?? Number.NaN;
      return { atMs: when, label: labelIn(evening, when), errorMs };
    };
    for (; sent < evening.departures.length; sent++) {
      const { at: when, intent } = evening.departures[sent] as Evening['departures'][number];
      const [, ...rest] = (evening.transcript[sent] ?? '').split('  ');
      told.push({ ...placeOf(when, intent.because.deck), text: rest.join('  ') });
    }
    for (; dropped < evening.dropped.length; dropped++) {
      const each = evening.dropped[dropped] as Evening['dropped'][number];
      const [, ...rest] = droppedLine(0, each).split('  ');
      told.push({ ...placeOf(at, each.because.deck), text: rest.join('  ') });
    }
  }
  const rest = { book: evening.book(), lastLabel: labelIn(evening, evening.clock.now()) };
  await evening.close();
  return { told, known, ...rest };
}

function labelIn({ show: { engine } }: Evening, at: number): string {
  const [timecode] = engine.program().profile.timecodes;
  const generator = engine.state().timecodes.get('main');
  if (timecode === undefined || generator === undefined) throw new Error('the profile has one timecode');
  return timecodeLabel(timecode, generator, at);
}

/** What is known of the track on a deck; of one that no stick has no more than what a cue can come from. */
function knownText({ ref, track }: Deck): string | null {
  if (track === null) return null;
  const { confidence, media, advice, grid } = track.known;
  const phrases = track.structure === undefined ? '' : `, ${track.structure?.phrases.length ?? 'no'} phrases`;
  const name = media === null ? `track ${track.id}` : `${media.title} ${confidence}`;
  return `deck ${ref.number} ${name}${phrases}${grid === null ? '' : ', grid'}${advice === null ? '' : `: ${advice}`}`;
}

/** `1:02.123` */
function msOfClock(text: string): number {
  const [minutes = '', seconds = ''] = text.split(':');
  return Number(minutes) * 60_000 + Math.round(Number(seconds) * 1000);
}

/** Frames since midnight, at a rate without drop-frame. */
export function framesOfLabel(label: string, fps: number): number {
  const [hours = 0, minutes = 0, seconds = 0, frames = 0] = label.split(':').map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * fps + frames;
}

/** A line of a truth. */
type Expected = Omit<Told, 'errorMs'>;

/** The lines of a truth, as `0:17.123  01:00:45:03  what left`. */
export const expectedOf = (transcript: string): readonly Expected[] =>
  transcript
    .trim()
    .split('\n')
    .map(line => {
      const [clock = '', label = '', ...rest] = line.trim().split('  ');
      return { atMs: msOfClock(clock), label, text: rest.join('  ') };
    });

/**
 * The lines of a truth are those of a night, in its order: each at its time, as near as the deck said, and with its
 * timecode, to the frame.
 */
export function isAsWritten(name: string, { told }: Night, truth: string): void {
  const expected = expectedOf(truth);
  expect(told.map(({ text }) => text)).toEqual(expected.map(({ text }) => text));
  for (const [i, { atMs, label, errorMs, text }] of told.entries()) {
    const line = expected[i] as Expected;
    // A unit tells beats: nothing is less sure than one of them, and most is far surer.
    expect(errorMs, text).toBeLessThan(500);
    // The truth is written in whole ms, and what does not leave is seen within one.
    expect(Math.abs(atMs - line.atMs), `${text}, ${atMs} for ${line.atMs}`).toBeLessThanOrEqual(errorMs + 1.5);
    isNear(label, line.label);
  }
  const most = (each: readonly number[]): string => Math.max(...each).toFixed(1);
  const off = told.map(({ atMs }, i) => Math.abs(atMs - (expected[i]?.atMs ?? 0)));
  const bars = told.map(({ errorMs }) => errorMs);
  process.stdout.write(
    `${name}: ${told.length} lines, at most ${most(off)} ms off, the bar at most ${most(bars)} ms\n`,
  );
}

/** A timecode is another one, or the frame beside it. */
export const isNear = (label: string, expected: string): void =>
  expect(Math.abs(framesOfLabel(label, FPS) - framesOfLabel(expected, FPS)), label).toBeLessThanOrEqual(1);

/** The book as the program of another evening reads it. */
export function nextEvening({ book }: Night): TrackBook {
  const file = join(folderNamed('show'), 'show.yaml.tracks.json');
  const complaints: string[] = [];
  const kept = openTrackBook(file, virtualClock(), text => complaints.push(text));
  kept.write(book);
  kept.close();
  const read = readTrackBook(file, text => complaints.push(text));
  expect(complaints).toEqual([]);
  return read;
}
