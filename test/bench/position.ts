/**
 * How far the published position is from the truth, over many seeds, against the simulated unit in simulated time; beside
 * it, on the same statuses, the known method. Prints figures; judges nothing.
 *
 *   node --import tsx test/bench/position.ts [seeds] [starts|jumps|positions|acts]
 *
 * With 200 seeds all of it takes about half an hour of one core, with 20, the default, a few minutes.
 */

import { BRIDGES } from '../../bridges/index.ts';
import { DEMO_TRACKS, trackTitled } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import { parseDjScript } from '../../bridges/opus-quad/simulator/dj-script.ts';
import { NO_QUIRKS } from '../../bridges/opus-quad/simulator/quirks.ts';
import {
  applyDjAction,
  type DeckAction,
  EMPTY_DECK,
  type SimulatedDeck,
  truthAt,
} from '../../bridges/opus-quad/simulator/simulated-deck.ts';
import { statusAt } from '../../bridges/opus-quad/simulator/status.ts';
import { openSimulatedUnit } from '../../bridges/opus-quad/simulator/unit-on-network.ts';
import { toReport } from '../../bridges/opus-quad/status-report.ts';
import { type Ms, virtualClock } from '../../src/core/clock.ts';
import { type Deck, emptyDeck } from '../../src/core/deck/deck.ts';
import { reducePosition } from '../../src/core/deck/deck-from-position.ts';
import { reduceReport } from '../../src/core/deck/deck-from-status.ts';
import { positionAt } from '../../src/core/deck/position.ts';
import { FRESH_START } from '../../src/core/engine/engine-state.ts';
import { seededRandom } from '../../src/core/random.ts';
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { NOTHING_KNOWN } from '../../src/core/track/track-knowledge.ts';
import { NO_WATCHER } from '../../src/live/engine.ts';
import { openShow } from '../../src/live/open-show.ts';
import { IDEAL_NETWORK, memoryNetwork } from '../../src/network/memory-network.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { type KnownMethod, knownMethod, knownMethodMsAt } from './known-method.ts';
import { quantile } from './quantile.ts';

const SEEDS = Number(process.argv[2] ?? 20);
const DELAY_MOST_MS: Ms = 10;
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const nic = (address: string) => ({ name: 'eth0', address, netmask: '255.255.255.0', mac: '02:00:00:00:00:01' });

const loaded = loadProfile(
  'decklight: 1\nname: bench\nbridges: { opus: { type: opus-quad } }\n',
  'bench',
  BRIDGES,
  NO_LIBRARY,
);
if (!loaded.ok) throw new Error('the profile loads');
const { profile } = loaded;

const figure = (value: number): string =>
  (value === Infinity ? 'never' : Number.isNaN(value) ? '-' : value.toFixed(1)).padStart(7);
const figures = (values: readonly number[], shares: readonly number[]): string =>
  shares.map(share => figure(quantile(values, share))).join('');
const sizes = (values: readonly number[]): number[] => values.map(Math.abs);
const percent = (share: number): string => (Number.isNaN(share) ? '-' : `${(share * 100).toFixed(2)} %`).padStart(9);

// ---- lighting mode: beat numbers in statuses, through the whole show

interface Scenario {
  readonly track: string;
  readonly pitch: string;
  readonly statuses: 'sharp' | 'on-change';
  readonly loss: number;
}

/** One look at a deck that plays, in ms of play. */
interface Sample {
  /** Published less true. */
  readonly errorMs: number;
  /** Half-width of the bar. */
  readonly barMs: number;
  readonly trueBeat: number;
  /** The known method less true. */
  readonly knownErrorMs: number;
  readonly pass: number;
}

/** A track on deck 1 of a simulated unit, to be played and looked at. */
async function onDeck({ track, pitch, statuses, loss }: Scenario, seed: number) {
  const grid = trackTitled(track)?.grid;
  const playAt = `0:03.${String((137 * seed) % 1000).padStart(3, '0')}`;
  const source =
    `set: bench\nseed: ${seed}\nquirks: { status: ${statuses} }\nacts:\n` +
    `  - { at: 0:00, deck: 1, load: ${track}, pitch: ${pitch}, on-air: on }\n  - { at: ${playAt}, deck: 1, play }\n`;
  const set = parseDjScript(source, 'bench');
  if (!set.ok) throw new Error(set.mistakes.join('\n'));
  if (grid === undefined) throw new Error(`no track ${track}`);
  const clock = virtualClock();
  const memory = memoryNetwork(clock, { ...IDEAL_NETWORK, seed, delayMaxMs: DELAY_MOST_MS, loss });
  const [ours, theirs] = [memory.host(nic('10.0.0.1')), memory.host(nic('10.0.0.2'))];
  let known: KnownMethod | null = null;
  const show = openShow({
    profile,
    bridges: BRIDGES,
    clock,
    engineClock: clock,
    network: ours,
    log: () => ({ info() {}, warn() {}, error() {} }),
    unixMs: at => at,
    isDryRun: false,
    instead: new Map(),
    beginnings: FRESH_START,
    watcher: {
      ...NO_WATCHER,
      received({ event, stamp }) {
        if (event.kind !== 'deck.report' || event.deck.number !== 1) return;
        known = knownMethod(known, event.report, stamp.at, grid);
      },
    },
  });
  const unit = await openSimulatedUnit({
    network: theirs,
    clock,
    interfaceAddress: '10.0.0.2',
    peer: null,
    set: set.set,
  });
  for (let i = 0; i < 20; i++) await Promise.resolve();
  clock.advance(3000 + ((137 * seed) % 1000));
  return {
    clock,
    act: (act: DeckAction): void => unit.act({ ...act, deck: 1 }),
    /** null: nothing is known yet, or the deck does not play. */
    look(): Sample | null {
      const at = clock.now();
      const deck = show.engine.state().show.decks.get('opus/1');
      const truth = unit.truth(at)[0];
      if (deck === undefined || truth?.beat == null || truth.tempoBpm === null || known === null) return null;
      const { beat, beatUncertainty } = positionAt(deck, at);
      if (beat === null || beatUncertainty === null) return null;
      const beatMs = 60000 / truth.tempoBpm;
      return {
        errorMs: (beat - truth.beat) * beatMs,
        barMs: beatUncertainty * beatMs,
        trueBeat: truth.beat,
        knownErrorMs: (grid.beatOfMs(knownMethodMsAt(known, at)) - truth.beat) * beatMs,
        pass: deck.pass,
      };
    },
    async close() {
      await show.close();
      await unit.close();
    },
  };
}

const MOMENTS_S = [4, 15, 30, 60] as const;
const isInside = ({ errorMs, barMs }: Sample): boolean => Math.abs(errorMs) <= barMs + 1e-6;

async function startRow(scenario: Scenario): Promise<void> {
  const all = new Map<number, Sample[]>(MOMENTS_S.map(second => [second, []]));
  for (let seed = 1; seed <= SEEDS; seed++) {
    const played = await onDeck(scenario, seed);
    let elapsedMs = 0;
    for (const second of MOMENTS_S) {
      played.clock.advance(second * 1000 - elapsedMs);
      for (let i = 0; i < 100; i++) {
        played.clock.advance(20);
        const sample = played.look();
        if (sample !== null) all.get(second)?.push(sample);
      }
      elapsedMs = second * 1000 + 2000;
    }
    await played.close();
  }
  const { track, pitch, statuses, loss } = scenario;
  for (const [second, samples] of all) {
    const errors = sizes(samples.map(({ errorMs }) => errorMs));
    const known = sizes(samples.map(({ knownErrorMs }) => knownErrorMs));
    const bars = samples.map(({ barMs }) => barMs);
    say(
      `${`${track}, ${pitch}, ${statuses}, ${loss * 100} %`.padEnd(46)}${String(second).padStart(3)} s` +
        `${figures(errors, [0.5, 0.95, 0.99, 1])}  ${figures(bars, [0.5])}` +
        `  ${percent(samples.filter(isInside).length / samples.length)}  ${figures(known, [0.5, 0.99])}`,
    );
  }
}

// ---- jumps in lighting mode

const beatsBy = (byBeats: number): DeckAction => ({ kind: 'jump', to: { byBeats } });
const JUMPS: readonly (readonly [name: string, act: DeckAction])[] = [
  ...[1, -1, 4, -4, 32, -32, 0.5, -0.5].map(by => [`by ${by > 0 ? '+' : ''}${by} beats`, beatsBy(by)] as const),
  ['hot cue, on a beat', { kind: 'jump', to: { beat: 193 } }],
  ['needle search', { kind: 'jump', to: { ms: 150_300 } }],
  ...[4, 1, 0.5].map(beats => [`loop of ${beats} beats`, { kind: 'loop', beats }] as const),
];
/** From here on after a start the place is known well. */
const SETTLED_MS: Ms = 30_000;
const LOOK_FOR_MS: Ms = 10_000;
const LOOK_EVERY_MS: Ms = 10;
const RECOVERED_MS = 15;
/** By then the second report after an act has come, if none is lost. */
const TWO_REPORTS_MS: Ms = 400 + DELAY_MOST_MS;

async function jumpRow(name: string, act: DeckAction, loss: number): Promise<void> {
  const noticed: Ms[] = [];
  const recovered: Ms[] = [];
  const samples: Sample[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const played = await onDeck({ track: 'Night Tram', pitch: '+3.2 %', statuses: 'sharp', loss }, seed);
    played.clock.advance(SETTLED_MS + ((389 * seed) % 1000));
    const before = played.look();
    played.act(act);
    let noticedAt: Ms = Infinity;
    let wrongUntil: Ms = 0;
    let movedAt: Ms = 0;
    let last = before;
    for (let since = LOOK_EVERY_MS; since <= LOOK_FOR_MS; since += LOOK_EVERY_MS) {
      played.clock.advance(LOOK_EVERY_MS);
      const sample = played.look();
      if (sample === null) continue;
      if (sample.pass !== before?.pass) noticedAt = Math.min(noticedAt, since);
      if (Math.abs(sample.errorMs) > RECOVERED_MS) wrongUntil = since;
      // A loop moves the playhead at every turn.
      if (Math.abs(sample.trueBeat - (last?.trueBeat ?? 0)) > 0.1) movedAt = since;
      if (since - movedAt > TWO_REPORTS_MS) samples.push(sample);
      last = sample;
    }
    noticed.push(noticedAt);
    recovered.push(wrongUntil === LOOK_FOR_MS ? Infinity : wrongUntil);
    await played.close();
  }
  const errors = sizes(samples.map(({ errorMs }) => errorMs));
  const known = sizes(samples.map(({ knownErrorMs }) => knownErrorMs));
  say(
    `${`${name}, ${loss * 100} %`.padEnd(26)}${figures(noticed, [0.5, 1])}  ${figures(recovered, [0.5, 0.95])}` +
      `  ${figures(errors, [0.5, 0.95, 0.99])}  ${percent(samples.filter(isInside).length / samples.length)}` +
      `  ${figures(known, [0.5, 0.99])}`,
  );
}

// ---- cdj mode: absolute positions every 30 ms beside the statuses, as events

const POSITION_EVERY_MS: Ms = 30;
const STATUS_EVERY_MS: Ms = 200;

interface Look {
  readonly at: Ms;
  /** Published less true; null: nothing is published. */
  readonly errorMs: number | null;
  readonly barMs: number;
  readonly positionMs: number;
  readonly saysPlaying: boolean;
  readonly plays: boolean;
}

/** A track that acts are done to, as a source of positions tells it: what was published, every 5 ms. */
function told(
  title: string,
  acts: readonly { at: Ms; act: DeckAction }[],
  untilMs: Ms,
  loss: number,
  seed: number,
): Look[] {
  const random = seededRandom(seed);
  const track = DEMO_TRACKS.find(each => each.title === title) ?? null;
  if (track === null) throw new Error(`no track ${title}`);
  let sim: SimulatedDeck = applyDjAction(EMPTY_DECK, { kind: 'load', track }, -2000, false);
  let deck: Deck = emptyDeck({ unit: 'opus', number: 1 });
  const arrivals: { at: Ms; take: (deck: Deck, at: Ms) => Deck }[] = [];
  const looks: Look[] = [];
  const waiting = [...acts];
  const display = {
    number: 1,
    isMaster: true,
    syncNumber: 1,
    quirks: { ...NO_QUIRKS, statusMode: 'sharp' },
    seed,
  } as const;
  const [firstStatus, firstPosition] = [random() * STATUS_EVERY_MS, random() * POSITION_EVERY_MS];
  const isDue = (at: Ms, first: Ms, every: Ms): boolean => at >= first && Math.floor(at - first) % every === 0;
  for (let at = 0; at <= untilMs; at++) {
    while (waiting[0] !== undefined && waiting[0].at <= at)
      sim = applyDjAction(sim, (waiting.shift() as { act: DeckAction }).act, at, false);
    const { positionMs: trueMs, playing } = truthAt(sim, at);
    const send = (take: (deck: Deck, at: Ms) => Deck): void => {
      const arrivesAt = at + random() * DELAY_MOST_MS;
      if (random() >= loss) arrivals.push({ at: arrivesAt, take });
    };
    if (isDue(at, firstStatus, STATUS_EVERY_MS)) {
      const report = toReport(
        { ...statusAt(sim, display, at), packetCounter: 0 },
        { isOrderProved: true, isAfterLoss: false },
      );
      send((before, time) => reduceReport(before, report, { notBefore: time, at: time }, () => NOTHING_KNOWN));
    }
    if (isDue(at, firstPosition, POSITION_EVERY_MS) && trueMs !== null) {
      const playhead = { positionMs: Math.floor(trueMs), lengthS: 300, pitchSpeed: sim.pitchSpeed };
      send((before, time) => reducePosition(before, playhead, { notBefore: time, at: time }, () => NOTHING_KNOWN));
    }
    arrivals.sort((a, b) => a.at - b.at);
    while (arrivals[0] !== undefined && arrivals[0].at <= at) {
      const { at: time, take } = arrivals.shift() as (typeof arrivals)[number];
      deck = take(deck, time);
    }
    if (at % 5 !== 0 || trueMs === null) continue;
    const { positionMs, uncertaintyMs, basis } = positionAt(deck, at);
    const isThere = positionMs !== null && basis === 'absolute';
    looks.push({
      at,
      errorMs: isThere ? positionMs - trueMs : null,
      barMs: uncertaintyMs ?? 0,
      positionMs: positionMs ?? 0,
      saysPlaying: deck.isPlaying,
      plays: playing,
    });
  }
  return looks;
}

function positionRow(title: string, percentPitch: number, loss: number): void {
  const errors: number[] = [];
  const shares: number[] = [];
  const bars: number[] = [];
  let stepsBack = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const playAt = 1000 + ((137 * seed) % 1000);
    const acts = [
      { at: 0, act: { kind: 'pitch', percent: percentPitch } },
      { at: playAt, act: { kind: 'play' } },
    ] as const;
    const looks = told(title, acts, 30_000, loss, seed).filter(({ at }) => at > playAt);
    for (const [i, look] of looks.entries()) {
      const before = looks[i - 1];
      if (before !== undefined && look.positionMs < before.positionMs - 1e-6) stepsBack++;
    }
    const later = looks.filter(({ at, errorMs }) => at >= playAt + 2000 && errorMs !== null);
    const found = later.map(({ errorMs }) => errorMs ?? 0);
    const constant = quantile(found, 0.5);
    errors.push(...found.map(each => Math.abs(each - constant)));
    bars.push(...later.map(({ barMs }) => barMs));
    shares.push(later.filter(({ errorMs, barMs }) => Math.abs(errorMs ?? 0) <= barMs).length / later.length);
  }
  const inside = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  say(
    `${`${title}, ${percentPitch} %, ${loss * 100} %`.padEnd(40)}${figures(errors, [0.5, 0.95, 0.99, 1])}` +
      `  ${figures(bars, [0.5])}  ${percent(inside)}  ${String(stepsBack).padStart(6)}`,
  );
}

/** When an act in cdj mode is seen: until the error stays within 15 ms, or until play is said to be what it is. */
function seenRow(name: string, act: DeckAction, isStart: boolean, loss: number): void {
  const right: Ms[] = [];
  const said: Ms[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const actAt = 6000 + ((137 * seed) % 1000);
    const play = { at: 1000, act: { kind: 'play' } } as const;
    const acts = [...(isStart ? [] : [play]), { at: actAt, act }];
    const looks = told('Night Tram', acts, actAt + 2000, loss, seed).filter(({ at }) => at > actAt);
    const last = (isWrong: (look: Look) => boolean): Ms => (looks.findLast(isWrong)?.at ?? actAt) - actAt;
    right.push(last(({ errorMs }) => errorMs === null || Math.abs(errorMs) > RECOVERED_MS));
    said.push(last(({ saysPlaying, plays }) => saysPlaying !== plays));
  }
  say(`${`${name}, ${loss * 100} %`.padEnd(40)}${figures(right, [0.5, 0.95, 1])}  ${figures(said, [0.5, 0.95, 1])}`);
}

const PARTS: Readonly<Record<string, () => Promise<void> | void>> = {
  async starts() {
    say(`lighting mode, ${SEEDS} seeds, 0 to 10 ms on the way; error and half-width of the bar in ms of play`);
    say(
      'track, pitch, statuses, loss                 after     p50    p95    p99    max  bar p50      truth  known  method',
    );
    say(
      '                                                                                           in bar    p50    p99',
    );
    for (const track of ['Slow Lantern', 'Copper Awning', 'Night Tram', 'Fast Allotment', 'The Hill and the Bend']) {
      for (const pitch of ['0 %', '+3.2 %', '-8 %']) {
        for (const loss of [0, 0.05]) await startRow({ track, pitch, statuses: 'sharp', loss });
      }
    }
    for (const track of ['Slow Lantern', 'Copper Awning', 'Night Tram', 'Fast Allotment']) {
      for (const pitch of ['0 %', '+3.2 %']) {
        for (const loss of [0, 0.05]) await startRow({ track, pitch, statuses: 'on-change', loss });
      }
    }
  },
  async jumps() {
    say(
      'jumps in lighting mode, Night Tram +3.2 %, sharp, 30 s after its start; ms. Noticed: a new pass; right: within 15 ms',
    );
    say(
      'for good, of the 10 s after. Error and bar from the second report after the act, and after each turn of a loop',
    );
    say('act, loss                 noticed          right            error                   truth   known method');
    say('                              p50    max      p50    p95      p50    p95    p99     in bar      p50    p99');
    for (const loss of [0, 0.05]) for (const [name, act] of JUMPS) await jumpRow(name, act, loss);
  },
  positions() {
    say('cdj mode, positions every 30 ms, statuses every 200 ms, 0 to 10 ms on the way; from 2 s after the start, ms');
    say('track, pitch, loss                          p50    p95    p99    max  bar p50     truth   steps');
    say('                                        (error up to a constant)                 in bar    back');
    for (const title of ['Slow Lantern', 'Night Tram', 'Fast Allotment', 'The Hill and the Bend']) {
      for (const pitch of [0, 3.2, -8]) for (const loss of [0, 0.05]) positionRow(title, pitch, loss);
    }
  },
  acts() {
    say('acts in cdj mode, Night Tram; ms until the position is within 15 ms, and until its play is said as it is');
    say('act, loss                             right p50    p95    max  said p50   p95    max');
    for (const loss of [0, 0.05]) {
      seenRow('start', { kind: 'play' }, true, loss);
      seenRow('pause', { kind: 'pause' }, false, loss);
      seenRow('cue', { kind: 'cue' }, false, loss);
      for (const [name, act] of JUMPS) if (act.kind === 'jump') seenRow(name, act, false, loss);
      seenRow('loop of 4 beats', { kind: 'loop', beats: 4 }, false, loss);
    }
  },
};

const asked = process.argv[3];
for (const [name, print] of Object.entries(PARTS)) {
  if (asked !== undefined && asked !== name) continue;
  await print();
  say('');
}
