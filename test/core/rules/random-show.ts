/** Tracks, rules and evenings that chance makes, for laws about moments. */
import type { DeckNumber } from '../../../src/core/deck-report.ts';
import { begin, type EngineState, FRESH_START, type Program, prepare } from '../../../src/core/engine/engine-state.ts';
import type { CueIntent } from '../../../src/core/engine/intents.ts';
import { step } from '../../../src/core/engine/step.ts';
import type { ShowEvent } from '../../../src/core/events.ts';
import type { Random } from '../../../src/core/random.ts';
import type { MomentRule, Offset, PlaceAnchor } from '../../../src/core/rules/rule.ts';
import { type BeatGrid, measuredGrid, steadyGrid } from '../../../src/core/track/beat-grid.ts';
import { libraryOf, NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import type { CuePoint, MediaTrack } from '../../../src/core/track/media-track.ts';
import { PHRASE_KINDS, type SongStructure, songStructure } from '../../../src/core/track/phrase.ts';
import { momentRule, profileOf, report } from '../core-samples.ts';
import { isCue } from '../show-driver.ts';
import type { GridNumbers } from './moment-reference.ts';

export interface RandomTrack {
  /** Where its beats truly lie. */
  readonly truth: BeatGrid;
  readonly numbers: GridNumbers;
  /** Tempo at a beat. */
  readonly tempoAt: (beat: number) => number;
  readonly lengthMs: number;
  readonly firstDownbeat: number;
  /** What a unit or a stick tells of its phrases; null: it has none. */
  readonly structure: SongStructure | null;
  readonly cuePoints: readonly CuePoint[];
  /** The stick that tells of it; null: none is imported. */
  readonly media: MediaTrack | null;
  /** A grid is told: by the stick, or where there is none by the profile. */
  readonly hasGrid: boolean;
}

const TRACK_ID = 7;

export const whole = (random: Random, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1));
const oneOf = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;

/** Tempi at which beats fall on whole ms, some of them beside these by the rounding of doubles, and others. */
const TEMPI = [60, 96, 120, 125, 128, 150, 174, 83, 84, 98, 110, 116, 126, 90.5, 133.33, 87.99, 140.07] as const;

export function randomTrack(random: Random): RandomTrack {
  const isSteady = random() < 0.6;
  const beats = whole(random, 60, 200);
  const firstBeatMs = oneOf(random, [0, 110, whole(random, 0, 2000), whole(random, 0, 2_000_000) / 1000]);
  const tempi = isSteady
    ? [{ from: 1, tempoBpm: oneOf(random, TEMPI) }]
    : [1, whole(random, 10, 40), whole(random, 41, 90)].map(from => ({ from, tempoBpm: oneOf(random, TEMPI) }));
  const tempoAt = (beat: number): number =>
    tempi.findLast(({ from }) => from <= beat)?.tempoBpm ?? tempi[0]?.tempoBpm ?? 0;
  const stored: { ms: number; tempoBpm: number }[] = [];
  for (let beat = 1, ms = firstBeatMs; beat <= beats; beat++) {
    stored.push({ ms: Math.round(ms), tempoBpm: tempoAt(beat) });
    ms += 60_000 / tempoAt(beat);
  }
  const truth = isSteady ? steadyGrid(firstBeatMs, tempoAt(1)) : measuredGrid(stored);
  if (truth === null) throw new Error('its beats rise');
  const numbers: GridNumbers = isSteady
    ? { kind: 'steady', firstBeatMs, tempoBpm: tempoAt(1) }
    : {
        kind: 'measured',
        timesMs: stored.map(({ ms }) => ms),
        firstTempoBpm: tempoAt(1),
        lastTempoBpm: tempoAt(beats),
      };
  const lengthMs = Math.ceil(truth.msOfBeat(beats + 1));
  const structure = random() < 0.8 ? randomStructure(random, beats) : null;
  const hasGrid = random() < 0.7;
  const hasMedia = random() < 0.6;
  const firstDownbeat = whole(random, 1, 4);
  const cuePoints = hasMedia ? randomCues(random, truth, beats, lengthMs) : [];
  const media: MediaTrack = {
    ...{ stick: 'STICK', id: TRACK_ID, file: '/a.mp3', title: 'A', artist: 'B', album: 'C', genre: null },
    ...{ musicalKey: '4A', tempoBpm: null, durationMs: lengthMs, playlists: [], artworkFile: null },
    ...{ grid: hasGrid ? truth : null, firstDownbeat, structure, fingerprint: null, cuePoints },
  };
  return {
    ...{ truth, numbers, tempoAt, lengthMs, firstDownbeat, structure, cuePoints, hasGrid },
    media: hasMedia ? media : null,
  };
}

function randomStructure(random: Random, beats: number): SongStructure | null {
  const entries: Parameters<typeof songStructure>[0]['entries'][number][] = [];
  for (let beat = oneOf(random, [1, 1, 9]), index = 1; beat < beats; index++) {
    const length = oneOf(random, [4, 8, 16, 32]);
    const fillBeat = random() < 0.4 ? beat + length - 2 : 0;
    const [fill, kind] = [fillBeat === 0 ? 0 : 1, oneOf(random, [1, 2, 3, 5, 6])];
    const flags = { k1: whole(random, 0, 1), k2: 0, k3: 0, b: 0, beat2: 0, beat3: 0, beat4: 0 };
    entries.push({ index, beat, kind, ...flags, fill, fillBeat });
    beat += length;
  }
  return songStructure({ mood: 1, endBeat: beats, bank: whole(random, 0, 8), entries }).structure;
}

function randomCues(random: Random, grid: BeatGrid, beats: number, lengthMs: number): readonly CuePoint[] {
  const place = (): number => {
    if (random() < 0.6) return Math.max(0, Math.round(grid.msOfBeat(whole(random, 1, beats))));
    return whole(random, 0, lengthMs);
  };
  const rest = { loopEndMs: null, name: null, colour: null };
  const hot = [1, 2, 5].map(
    (button): CuePoint => ({
      ...rest,
      kind: 'hot',
      button,
      positionMs: place(),
      name: `cue ${button}`,
      colour: '#ff0040',
    }),
  );
  const memory = [1, 2, 3].map((): CuePoint => ({ ...rest, kind: 'memory', button: null, positionMs: place() }));
  return [...memory, ...hot].sort((a, b) => a.positionMs - b.positionMs);
}

const REPEATED: readonly ((random: Random) => PlaceAnchor)[] = [
  () => ({ kind: 'downbeat' }),
  random => ({ kind: 'every', count: oneOf(random, [1, 2, 8]), unit: 'bars' }),
  random => ({ kind: 'every', count: oneOf(random, [1, 3, 4]), unit: 'beats' }),
];

/** A rule for any place of the language. */
export function randomRule(random: Random, name: string, track: RandomTrack): MomentRule {
  const { truth, lengthMs } = track;
  const nth = (most: number): number | null => (random() < 0.5 ? null : whole(random, 1, most));
  const beat = whole(random, 1, 120);
  // What repeats is passed so often that one rule in ten is enough.
  const repeats = random() < 0.1;
  const anchor = oneOf<() => PlaceAnchor>(
    random,
    repeats
      ? REPEATED.map(make => () => make(random))
      : [
          () => ({ kind: 'time', positionMs: whole(random, 0, lengthMs) }),
          () => ({ kind: 'time', positionMs: Math.max(0, Math.round(truth.msOfBeat(beat))) }),
          () => ({ kind: 'beat', beat }),
          () => ({ kind: 'phrase-kind', phraseKind: oneOf(random, PHRASE_KINDS), nth: nth(3) }),
          () => ({ kind: 'phrase', nth: nth(8) }),
          () => ({ kind: 'fill', nth: nth(3) }),
          () => ({ kind: 'end' }),
          () => ({ kind: 'hot-cue', button: oneOf(random, [null, 1, 2, 5]) }),
          () => ({ kind: 'memory-cue', nth: nth(3) }),
        ],
  )();
  const onJump = random() < 0.3 ? 'fire' : 'skip';
  return momentRule(name, anchor, randomOffset(random, track), { decks: 'any', dropIfLateByMs: Infinity, onJump });
}

function randomOffset(random: Random, { truth }: RandomTrack): Offset | null {
  const sign = random() < 0.6 ? -1 : 1;
  const beatsMs = Math.round(truth.msOfBeat(whole(random, 2, 5)) - truth.msOfBeat(1));
  return oneOf<Offset | null>(random, [
    null,
    null,
    { amount: sign * whole(random, 0, 16), unit: 'beats' },
    { amount: sign * oneOf(random, [0.25, 0.5, 1.5, 0.1, 3.999]), unit: 'beats' },
    { amount: sign * whole(random, 1, 4), unit: 'bars' },
    { amount: sign * oneOf(random, [0.5, 0.125]), unit: 'bars' },
    { amount: sign * whole(random, 1, 4000), unit: 'ms' },
    { amount: sign * beatsMs, unit: 'ms' },
    // The least that a profile can say.
    { amount: sign * 0.001, unit: 'ms' },
  ]);
}

/** One step of an evening: what stood before and after it, and the cues that it sent. */
export interface RandomStep {
  readonly before: EngineState;
  readonly after: EngineState;
  readonly cues: readonly CueIntent[];
}

/** How the unit tells where its deck is. */
export type ToldBy = 'beats' | 'positions';

const DECK = { unit: 'opus', number: 1 as DeckNumber };

/** Plays a track by rules for a time: at any pitch, with jumps and pauses, reports at random times. */
export function playRandomly(
  random: Random,
  track: RandomTrack,
  rules: readonly MomentRule[],
  toldBy: ToldBy,
): readonly RandomStep[] {
  const library = track.media === null ? NO_LIBRARY : libraryOf([track.media]);
  const entry = { match: { id: TRACK_ID, fingerprint: null, file: null, title: null, artist: null, playlist: null } };
  const grid = track.hasGrid && track.media === null ? track.truth : null;
  const profile = profileOf(rules, { tracks: [{ ...entry, title: null, artist: null, grid }] });
  const program: Program = prepare(profile, library);
  let at = 1000;
  let state = begin(program, { ...FRESH_START, library }, at);
  let wakeAt: number | null = null;
  const steps: RandomStep[] = [];
  const take = (event: ShowEvent | null, waitedMs = 0): void => {
    const input = event === null ? null : { source: DECK.unit, event, stamp: { notBefore: at - waitedMs, at } };
    const stepped = step(program, state, input, at);
    steps.push({ before: state, after: stepped.state, cues: stepped.intents.filter(isCue) });
    state = stepped.state;
    wakeAt = stepped.wakeAt;
  };
  const dj = randomDj(random, track);
  const flags = { isMaster: random() < 0.8, isSynced: random() < 0.5, isOnAir: random() < 0.5 };
  const status = (): void => {
    const beat = Math.max(0, Math.floor(dj.beat() + 1e-9));
    const beatInBar = beat === 0 ? null : ((((beat - track.firstDownbeat) % 4) + 4) % 4) + 1;
    const speeds = { pitchSpeed: dj.pitch(), runSpeed: dj.isPlaying() ? dj.pitch() : 0 };
    const playState = dj.isPlaying() ? 'playing' : 'paused';
    const told = { trackId: TRACK_ID, trackTempoBpm: track.tempoAt(beat), beat, beatInBar, playState, flags } as const;
    const stall = random() < 0.1 ? whole(random, 1, 80) : 0;
    take({ kind: 'deck.report', deck: DECK, report: report({ ...told, ...speeds }) }, stall);
  };
  status();
  if (random() < 0.7) {
    const { structure } = track;
    take({ kind: 'deck.structure', deck: DECK, trackId: TRACK_ID, structure, fingerprint: null });
  }
  const endAt = at + 40_000;
  let [statusAt, positionAt, turnAt] = [at, toldBy === 'positions' ? at + 5 : Infinity, at + whole(random, 200, 2000)];
  while (at < endAt) {
    // A program that is busy looks too late; it does not look too early.
    const looksAt: number = wakeAt === null ? Infinity : Math.max(at, wakeAt) + (random() < 0.2 ? 150 * random() : 0);
    const next: number = Math.min(statusAt, positionAt, turnAt, looksAt, endAt);
    dj.pass(next - at);
    at = next;
    if (at === turnAt) {
      dj.turn();
      turnAt = at + whole(random, 500, 9000);
    } else if (at === statusAt) {
      status();
      statusAt = at + 20 + 380 * random();
    } else if (at === positionAt) {
      const playhead = { positionMs: Math.max(0, Math.floor(dj.ms())), lengthS: Math.floor(track.lengthMs / 1000) };
      take({ kind: 'deck.position', deck: DECK, ...playhead, pitchSpeed: dj.pitch() });
      positionAt = at + (random() < 0.9 ? 30 : 10 + 50 * random());
    } else take(null);
  }
  return steps;
}

/** A hand on the deck: it plays at any pitch, jumps, pauses. */
function randomDj(random: Random, { truth, lengthMs }: RandomTrack) {
  let ms = random() < 0.5 ? 0 : Math.max(0, truth.msOfBeat(whole(random, 1, 40)));
  let [pitch, isPlaying] = [1, true];
  const lastBeat = Math.floor(truth.beatOfMs(lengthMs));
  const anyPitch = (): number => oneOf(random, [1, 1.032, 0.94, 0, 0.01, 2, 2 * random(), 0.8 + 0.4 * random()]);
  pitch = anyPitch();
  return {
    ms: () => ms,
    beat: () => truth.beatOfMs(ms),
    pitch: () => pitch,
    isPlaying: () => isPlaying,
    pass(forMs: number): void {
      if (isPlaying) ms += forMs * pitch;
      if (ms > lengthMs + 4000) ms = 0;
    },
    turn(): void {
      const what = random();
      if (what < 0.4) pitch = anyPitch();
      else if (what < 0.7)
        ms = Math.max(0, truth.msOfBeat(whole(random, 1, lastBeat) + (random() < 0.5 ? 0 : random())));
      else isPlaying = !isPlaying || random() < 0.5;
    },
  };
}
