/** Seeded evenings: which tracks a DJ plays on two decks, what is done to them, in what weather. The same seed gives the same evening. */
import type { DemoTrack } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import type { DjScript } from '../../bridges/opus-quad/simulator/dj-script.ts';
import { NO_QUIRKS, type Quirks } from '../../bridges/opus-quad/simulator/quirks.ts';
import type { DeckAction } from '../../bridges/opus-quad/simulator/simulated-deck.ts';
import { type Random, seededRandom } from '../core/random.ts';
import { WEATHERS, type WeatherName } from '../network/weather.ts';
import { type PathOf, type PathTrack, type PlannedAct, type PlayedDeck, truePath } from './true-path.ts';

export interface EveningKind {
  readonly mode: 'lighting' | 'cdj';
  readonly weather: WeatherName;
  /** Straight play from track to track, or jumps, loops and stops in it. */
  readonly play: 'straight' | 'acts';
  /** The program is kept from running 20 to 900 ms again and again. */
  readonly isStarved: boolean;
  /** Loads come late at times, decks run backwards, and a fader is pulled down after a stop; left out: none of it. */
  readonly isRough?: true;
}

/** The tracks that a DJ has to play. */
export interface TrackShelf {
  readonly tracks: readonly DemoTrack[];
  readonly pathOf: PathOf;
}

export interface EveningPlan extends EveningKind {
  readonly seed: number;
  readonly lengthMs: number;
  readonly acts: readonly PlannedAct[];
  readonly set: DjScript;
  /** Share of the unit's datagrams that never arrive. */
  readonly loss: number;
  /** When the program is kept from running, and for how long. */
  readonly blocks: readonly { readonly at: number; readonly forMs: number }[];
}

/** By then the program has joined the unit, in every weather. */
const FIRST_PLAY_MS = { lighting: 9000, cdj: 22_000 } as const;
/** From a load to play: the phrases of the track are there by then, asked for again where they were lost. */
const LOADED_BEFORE_MS = 8000;
/** What is left of a track at its last beat that counts: places after its music are no part of an evening. */
const TAIL_MS = 14_000;
/** A load so shortly before play is a late one. */
const LATE_SHARE = 0.15;
const LATE_MS = { least: 1500, most: 4000 } as const;
const FADED_WITHIN_MS = 1500;
/** From a start to the first act. */
const SETTLED_MS = 10_000;

const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const within = (random: Random, least: number, most: number): number => Math.round(least + random() * (most - least));

export function planEvening(kind: EveningKind, seed: number, lengthMs: number, shelf: TrackShelf): EveningPlan {
  // Seeds that follow each other are far apart in what they give.
  const random = seededRandom(Math.imul(seed, 0x9e3779b1));
  const statusMode: Quirks['statusMode'] = pick(random, ['on-change', 'on-change', 'raster', 'sharp']);
  const loss = random() < 0.5 ? 0 : 0.01;
  const acts = planActs({ kind, random, shelf }, lengthMs);
  const blocks = kind.isStarved ? planBlocks(random, lengthMs) : [];
  return planned(kind, { seed, lengthMs, acts, loss }, statusMode, blocks);
}

/** An evening of acts that are given. */
export function planned(
  kind: EveningKind,
  evening: Pick<EveningPlan, 'seed' | 'lengthMs' | 'acts' | 'loss'>,
  statusMode: Quirks['statusMode'],
  blocks: EveningPlan['blocks'],
): EveningPlan {
  const { seed, lengthMs, acts } = evening;
  return {
    ...kind,
    ...evening,
    blocks,
    set: {
      ...{ name: `evening ${seed}`, seed, lengthMs, repeats: false, quirks: { ...NO_QUIRKS, statusMode } },
      acts: acts.map(({ at, deck, act }) => ({ at, act: { ...act, deck }, text: `deck ${deck}: ${describeAct(act)}` })),
    },
  };
}

/** A sound-check in fair weather, in which the program learns every track: each is loaded once. */
export function planSoundCheck({ tracks }: TrackShelf): EveningPlan {
  const everyMs = 5000;
  const acts = tracks.map((track, i): PlannedAct => ({ at: everyMs * (i + 1), deck: 1, act: { kind: 'load', track } }));
  const kind: EveningKind = { mode: 'lighting', weather: '0-10', play: 'straight', isStarved: false };
  return planned(kind, { seed: 1, lengthMs: everyMs * (acts.length + 1), acts, loss: 0 }, 'on-change', []);
}

function planBlocks(random: Random, lengthMs: number): EveningPlan['blocks'] {
  const blocks: { at: number; forMs: number }[] = [];
  for (let at = within(random, 500, 3000); at < lengthMs - 2000; ) {
    const forMs = within(random, 20, 900);
    blocks.push({ at, forMs });
    at += forMs + within(random, 100, 3000);
  }
  return blocks;
}

/** A DJ of one evening. */
interface Dj {
  readonly kind: EveningKind;
  readonly random: Random;
  readonly shelf: TrackShelf;
}

/** Two decks in turn, each track for a while, the next one begun before the last one stops. */
function planActs(dj: Dj, lengthMs: number): readonly PlannedAct[] {
  const { kind, random, shelf } = dj;
  const acts: PlannedAct[] = [];
  let playAt = FIRST_PLAY_MS[kind.mode] + within(random, 0, 1000);
  let last: DemoTrack | null = null;
  for (let turn = 0; playAt < lengthMs - LOADED_BEFORE_MS; turn++) {
    const deck: PlayedDeck = turn % 2 === 0 ? 1 : 2;
    // A DJ with one track plays it again.
    const others = shelf.tracks.filter(each => each !== last);
    const track: DemoTrack = pick(random, others.length === 0 ? shelf.tracks : others);
    last = track;
    const percent = pick(random, [0, 0, Math.round((random() * 16 - 8) * 100) / 100]);
    const speed = 1 + percent / 100;
    const mostMs = (track.lengthMs - TAIL_MS) / speed;
    const stopAt = playAt + Math.min(mostMs, within(random, 60_000, 150_000));
    const overlapMs = within(random, 4000, 15_000);
    const isLate = kind.isRough === true && random() < LATE_SHARE;
    const before = isLate
      ? within(random, LATE_MS.least, LATE_MS.most)
      : within(random, LOADED_BEFORE_MS, 2 * LOADED_BEFORE_MS);
    const loadAt = Math.max(500, playAt - before);
    acts.push({ at: loadAt, deck, act: { kind: 'load', track } });
    acts.push({ at: loadAt + 100, deck, act: { kind: 'pitch', percent } });
    acts.push({ at: loadAt + 150, deck, act: { kind: 'on-air', isOn: true } });
    acts.push({ at: playAt, deck, act: { kind: 'play' } });
    if (kind.play === 'acts')
      acts.push(...planTricks({ ...dj, deck, acts, track: shelf.pathOf(track) }, playAt, stopAt));
    acts.push({ at: Math.round(stopAt), deck, act: { kind: 'pause' } });
    if (kind.isRough === true) {
      const faded = Math.round(stopAt) + within(random, 100, FADED_WITHIN_MS);
      acts.push({ at: faded, deck, act: { kind: 'on-air', isOn: false } });
    }
    playAt = Math.round(stopAt) - overlapMs;
  }
  return acts.filter(({ at }) => at < lengthMs).sort((a, b) => a.at - b.at);
}

interface Trick extends Dj {
  readonly deck: PlayedDeck;
  readonly track: PathTrack;
  /** All acts so far. */
  readonly acts: readonly PlannedAct[];
}

/** Jumps, loops and stops of one deck between a start and a stop. */
function planTricks(trick: Trick, playAt: number, stopAt: number): readonly PlannedAct[] {
  const { random, deck, shelf } = trick;
  const tricks: PlannedAct[] = [];
  let at = playAt + SETTLED_MS + within(random, 0, 4000);
  while (at < stopAt - 12_000) {
    const placeMs =
      truePath(
        [...trick.acts, ...tricks].filter(each => each.deck === deck),
        at,
        shelf.pathOf,
      ).placeAt(deck, at) ?? 0;
    const done = trickAt(trick, placeMs);
    for (const { afterMs, act } of done) tricks.push({ at: at + afterMs, deck, act });
    at += (done.at(-1)?.afterMs ?? 0) + within(random, 4000, 12_000);
  }
  return tricks;
}

interface TimedTrick {
  readonly afterMs: number;
  readonly act: DeckAction;
}

const TRICKS = ['beat', 'by', 'by', 'needle', 'loop', 'loop', 'stop', 'cue'] as const;
const ROUGH_TRICKS = [...TRICKS, 'reverse'] as const;

/** A loop is no shorter than what can be told: beat numbers tell no turn within a beat, and in foul weather lateness hides short ones. */
const LOOP_BEATS = { lighting: [1, 2, 4, 8], cdj: [0.5, 1, 2, 4, 8], foul: [4, 8, 16] } as const;
const FAIR_MOST_MS = 30;

function trickAt({ kind, random, track }: Trick, placeMs: number): readonly TimedTrick[] {
  const beat = track.beatOfMs(placeMs);
  const lastBeat = Math.floor(track.beatOfMs(track.lengthMs - TAIL_MS));
  const beatMs = track.msOfBeat(beat + 1) - placeMs;
  const jump = (act: DeckAction): readonly TimedTrick[] => [{ afterMs: 0, act }];
  const by = pick(random, [1, 4, 8, 16, 32]);
  // So close to the end of its music a track is played from elsewhere again.
  if (beat > lastBeat - 100) return jump({ kind: 'jump', to: { beat: within(random, 1, lastBeat - 200) } });
  const tricks = kind.isRough === true ? ROUGH_TRICKS : TRICKS;
  switch (pick(random, tricks)) {
    case 'beat':
      return jump({ kind: 'jump', to: { beat: within(random, 1, lastBeat - 100) } });
    case 'needle':
      return jump({ kind: 'jump', to: { ms: within(random, 5000, track.msOfBeat(lastBeat - 100)) } });
    case 'by':
      return jump({ kind: 'jump', to: { byBeats: beat > by + 1 && random() < 0.5 ? -by : by } });
    case 'loop': {
      const isFair = WEATHERS[kind.weather].mostMs <= FAIR_MOST_MS && !kind.isStarved;
      const beats = pick<number>(random, LOOP_BEATS[isFair ? kind.mode : 'foul']);
      const forMs = (1.5 + random() * 4) * beats * beatMs;
      return [
        { afterMs: 0, act: { kind: 'loop', beats } },
        { afterMs: Math.round(Math.min(11_000, Math.max(2000, forMs))), act: { kind: 'loop', beats: null } },
      ];
    }
    case 'reverse':
      return [
        { afterMs: 0, act: { kind: 'reverse', isOn: true } },
        { afterMs: within(random, 400, 2000), act: { kind: 'reverse', isOn: false } },
      ];
    case 'stop':
      return [
        { afterMs: 0, act: { kind: 'pause' } },
        { afterMs: within(random, 700, 5000), act: { kind: 'play' } },
      ];
    case 'cue':
      return [
        { afterMs: 0, act: { kind: 'cue' } },
        { afterMs: within(random, 1500, 4000), act: { kind: 'play' } },
      ];
  }
}

/** An act as a set writes it. */
export function describeAct(act: DeckAction): string {
  switch (act.kind) {
    case 'load':
      return `load ${act.track.title}`;
    case 'pitch':
      return `pitch ${act.percent} %`;
    case 'loop':
      return act.beats === null ? 'loop out' : `loop ${act.beats} beats`;
    case 'jump':
      return 'ms' in act.to
        ? `jump to ${act.to.ms} ms`
        : 'beat' in act.to
          ? `jump to beat ${act.to.beat}`
          : `jump by ${act.to.byBeats} beats`;
    default:
      return act.kind;
  }
}
