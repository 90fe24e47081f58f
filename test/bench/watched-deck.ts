/** A deck of a simulated unit in some weather, and where a program says that it is: on its own simulated time. */
import { trackTitled } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import { parseDjScript } from '../../bridges/opus-quad/simulator/dj-script.ts';
import type { DeckAction } from '../../bridges/opus-quad/simulator/simulated-deck.ts';
import type { UnitTruth } from '../../bridges/opus-quad/simulator/unit-on-network.ts';
import { type Ms, type VirtualClock, virtualClock } from '../../src/core/clock.ts';
import type { Position } from '../../src/core/deck/position.ts';
import type { WeatherName } from '../../src/network/weather.ts';
import { openWeatheredShow } from '../show/weathered-show.ts';
import { type KnownMethod, knownMethod, knownMethodMsAt } from './known-method.ts';
import type { MeasuredProgram } from './programs.ts';

export type JoinMode = 'lighting' | 'cdj';

export interface Scenario {
  readonly mode: JoinMode;
  readonly weather: WeatherName;
  readonly track: string;
  /** In percent, from before the start. */
  readonly pitch: number;
  readonly statuses: 'sharp' | 'on-change';
  /** Share of the unit's datagrams that never arrive. */
  readonly loss: number;
}

/** One look at a deck, in ms of play where it counts in beats, in ms of the track where it is told in ms. */
export interface Sample {
  /** Published less true. */
  readonly errorMs: number;
  /** Half-width of the bar. */
  readonly barMs: number;
  /** As published, in beats or ms. */
  readonly place: number;
  readonly trueBeat: number;
  /** The known method less true. */
  readonly knownErrorMs: number;
  readonly pass: number;
}

export interface WatchedDeck {
  readonly clock: VirtualClock;
  act(act: DeckAction): void;
  /** null: nothing is known yet. */
  look(): Sample | null;
  saysPlaying(): boolean;
  plays(): boolean;
  close(): Promise<void>;
}

/** By then the program has joined the unit in every weather. */
export const JOINED_AFTER_MS: Readonly<Record<JoinMode, Ms>> = { lighting: 5000, cdj: 18_000 };

/** A track on deck 1, loaded and joined; nothing plays yet. */
export async function watchDeck(program: MeasuredProgram, scenario: Scenario, seed: number): Promise<WatchedDeck> {
  const { mode, track, pitch, statuses, loss, weather } = scenario;
  const grid = trackTitled(track)?.grid;
  if (grid === undefined) throw new Error(`no track ${track}`);
  const set = parseDjScript(
    `set: bench\nseed: ${seed}\nquirks: { status: ${statuses} }\nacts:\n` +
      `  - { at: 0:00, deck: 1, load: ${track}, pitch: ${pitch} %, on-air: on }\n`,
    'bench',
  );
  if (!set.ok) throw new Error(set.mistakes.join('\n'));
  const clock = virtualClock();
  let known: KnownMethod | null = null;
  const { show, unit, close } = await openWeatheredShow(program, {
    ...{ clock, weather, seed, loss, set: set.set, book: program.FRESH_START.book },
    profile: `decklight: 1\nname: bench\nbridges: { opus: { type: opus-quad, mode: ${mode} } }\n`,
    watcher: {
      received({ event, stamp }) {
        if (event.kind !== 'deck.report' || event.deck.number !== 1) return;
        known = knownMethod(known, event.report, stamp.at, grid);
      },
    },
  });
  clock.advance(JOINED_AFTER_MS[mode] + ((137 * seed) % 1000));
  const deck = () => show.engine.state().show.decks.get('opus/1');
  return {
    ...{ clock, close },
    act: act => unit.act({ ...act, deck: 1 }),
    look() {
      const at = clock.now();
      const [seen, truth] = [deck(), unit.truth(at)[0]];
      if (seen === undefined || truth === undefined) return null;
      const knownMs = known === null ? Number.NaN : knownMethodMsAt(known, at);
      return sampleOf(program.positionAt(seen, at), { ...truth, knownBeat: grid.beatOfMs(knownMs) }, seen.pass, mode);
    },
    saysPlaying: () => deck()?.isPlaying ?? false,
    plays: () => unit.truth(clock.now())[0]?.playing ?? false,
  };
}

function sampleOf(
  { beat, beatUncertainty, positionMs, uncertaintyMs, basis }: Position,
  truth: UnitTruth & { readonly knownBeat: number },
  pass: number,
  mode: JoinMode,
): Sample | null {
  if (truth.beat === null || truth.positionMs === null || truth.tempoBpm === null) return null;
  const beatMs = 60000 / truth.tempoBpm;
  const common = { trueBeat: truth.beat, knownErrorMs: (truth.knownBeat - truth.beat) * beatMs, pass };
  if (mode === 'cdj') {
    if (basis !== 'absolute' || positionMs === null) return null;
    return { ...common, place: positionMs, errorMs: positionMs - truth.positionMs, barMs: uncertaintyMs ?? 0 };
  }
  if (beat === null || beatUncertainty === null) return null;
  return { ...common, place: beat, errorMs: (beat - truth.beat) * beatMs, barMs: beatUncertainty * beatMs };
}
