/**
 * How far the published position is from the truth, over many seeds, against the simulated unit in simulated time.
 * Prints figures; judges nothing.
 *
 *   node --import tsx test/bench/position.ts [seeds]
 */

import { BRIDGES } from '../../bridges/index.ts';
import { parseDjSet } from '../../bridges/opus-quad/dj-set.ts';
import { openSimulatedUnit } from '../../bridges/opus-quad/simulated-unit.ts';
import { virtualClock } from '../../src/core/clock.ts';
import { positionAt } from '../../src/core/position.ts';
import { NO_WATCHER } from '../../src/engine.ts';
import { openShow } from '../../src/open-show.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { FAIR_WEATHER, memoryNetwork } from '../../src/wire.ts';

const SEEDS = Number(process.argv[2] ?? 20);
const MOMENTS_S = [4, 15, 30, 60] as const;
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const nic = (address: string) => ({ name: 'eth0', address, netmask: '255.255.255.0', mac: '02:00:00:00:00:01' });

const loaded = loadProfile('decklight: 1\nname: bench\nbridges: { opus: { type: opus-quad } }\n', 'bench', BRIDGES);
if (!loaded.ok) throw new Error('the profile loads');
const { profile } = loaded;

interface Sample {
  readonly errorMs: number;
  readonly barMs: number;
}

/** One start of a track and 62 s of play; samples around each moment. */
async function run(
  track: string,
  pitch: string,
  mode: string,
  loss: number,
  seed: number,
): Promise<Map<number, Sample[]>> {
  const source = `set: bench\nseed: ${seed}\nquirks: { status: ${mode} }\nacts:\n  - { at: 0:00, deck: 1, load: ${track}, pitch: ${pitch}, on-air: on }\n  - { at: 0:03.${String((137 * seed) % 1000).padStart(3, '0')}, deck: 1, play }\n`;
  const set = parseDjSet(source, 'bench');
  if (!set.ok) throw new Error(set.mistakes.join('\n'));
  const clock = virtualClock();
  const network = memoryNetwork(clock, { ...FAIR_WEATHER, seed, delayMaxMs: 10, loss });
  const [ours, theirs] = [network.host(nic('10.0.0.1')), network.host(nic('10.0.0.2'))];
  const show = openShow({
    profile,
    bridges: BRIDGES,
    clock,
    engineClock: clock,
    wire: ours,
    log: () => ({ info() {}, warn() {}, error() {} }),
    unixMs: at => at,
    isDryRun: false,
    instead: new Map(),
    memory: null,
    watcher: NO_WATCHER,
  });
  const unit = await openSimulatedUnit({ wire: theirs, clock, interfaceAddress: '10.0.0.2', peer: null, set: set.set });
  for (let i = 0; i < 20; i++) await Promise.resolve();
  const samples = new Map<number, Sample[]>();
  clock.advance(3000 + ((137 * seed) % 1000));
  let elapsed = 0;
  for (const second of MOMENTS_S) {
    clock.advance(second * 1000 - elapsed);
    elapsed = second * 1000;
    const found: Sample[] = [];
    for (let i = 0; i < 100; i++) {
      clock.advance(20);
      elapsed += 20;
      const at = clock.now();
      const deck = show.engine.state().show.decks.get('opus/1');
      const truth = unit.truth(at)[0];
      if (deck === undefined || truth?.beat == null || truth.tempoBpm === null) continue;
      const { beat, beatUncertainty } = positionAt(deck, at);
      if (beat === null || beatUncertainty === null) continue;
      const beatMs = 60000 / truth.tempoBpm;
      found.push({ errorMs: (beat - truth.beat) * beatMs, barMs: beatUncertainty * beatMs });
    }
    samples.set(second, found);
  }
  await show.close();
  await unit.close();
  return samples;
}

const quantile = (values: readonly number[], q: number): string => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN).toFixed(1).padStart(6);
};

say(`lighting mode, ${SEEDS} seeds, 0 to 10 ms on the way; error and half-width of the bar in ms of play`);
say('track (tempo), pitch, statuses, loss        after   p50    p95    p99    max   bar p50   truth in bar');
for (const [track, pitch, mode, loss] of [
  ['Night Tram', '+3.2 %', 'sharp', 0],
  ['Night Tram', '+3.2 %', 'on-change', 0],
  ['Night Tram', '-8 %', 'sharp', 0.05],
  ['Slow Lantern', '0 %', 'sharp', 0],
  ['Copper Awning', '0 %', 'sharp', 0],
  ['Fast Allotment', '0 %', 'sharp', 0],
  ['The Hill and the Bend', '+3.2 %', 'sharp', 0],
] as const) {
  const all = new Map<number, Sample[]>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    for (const [second, samples] of await run(track, pitch, mode, loss, seed)) {
      all.set(second, [...(all.get(second) ?? []), ...samples]);
    }
  }
  for (const [second, samples] of all) {
    const errors = samples.map(({ errorMs }) => Math.abs(errorMs));
    const inside = samples.filter(({ errorMs, barMs }) => Math.abs(errorMs) <= barMs + 1e-6).length / samples.length;
    const bars = quantile(
      samples.map(({ barMs }) => barMs),
      0.5,
    );
    const figures = [0.5, 0.95, 0.99, 1].map(q => quantile(errors, q)).join(' ');
    say(
      `${`${track}, ${pitch}, ${mode}, ${loss * 100} %`.padEnd(42)} ${String(second).padStart(4)} s ${figures}  ${bars}   ${(inside * 100).toFixed(2)} %`,
    );
  }
}
