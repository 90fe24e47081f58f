/**
 * From the moment a bar truly begins on the simulated unit to the OSC datagram that says so, signed: below 0 it comes
 * early. On the live clock and over UDP on loopback, unit, show and receiver in this one process; no grid is given.
 * Prints figures; judges nothing.
 *
 *   node --import tsx test/bench/phrase-to-osc.ts [lighting|cdj] [seconds]
 */
import { NO_WATCHER } from '../../src/live/engine.ts';
import {
  clock,
  network,
  openLiveShow,
  openLiveUnit,
  openReceiver,
  profileOf,
  setOf,
  US,
  unitBridge,
} from './live-show.ts';
import { quantile } from './quantile.ts';

const MODE = process.argv[2] ?? 'lighting';
const SECONDS = Number(process.argv[3] ?? 120);
const CONSOLE_PORT = 47_911;
/** In cdj mode the bridge first watches and claims; then the decks play for 30 s before anything is counted. */
const WARM_UP_MS = (MODE === 'cdj' ? 10_000 : 2000) + 30_000;

const set = setOf(`set: bars
acts:
  - { at: 0:00, deck: 1, load: Night Tram, pitch: +3.2 %, on-air: on }
  - { at: 0:00, deck: 2, load: Glass Quay, pitch: -1.7 %, on-air: on }
  - { at: 0:00, deck: 3, load: Fast Allotment, pitch: 0.4 %, on-air: on }
  - { at: 0:00, deck: 4, load: Second Platform, pitch: 0 %, on-air: on }
  - { at: 0:02.113, deck: 1, play }
  - { at: 0:02.377, deck: 2, play }
  - { at: 0:02.591, deck: 3, play }
  - { at: 0:02.823, deck: 4, play }
`);

const errors: number[] = [];
const startedAt = clock.now();
const receiver = await openReceiver(CONSOLE_PORT, ({ args }, at) => {
  if (at < startedAt + WARM_UP_MS) return;
  const [deck, beat] = args.map(arg => Number('value' in arg ? arg.value : Number.NaN));
  const truth = unit.truth(at).find(each => each.deck === deck);
  if (truth?.beat == null || truth.tempoBpm === null || beat === undefined) return;
  errors.push((truth.beat - beat) * (60_000 / truth.tempoBpm));
});
const profile = profileOf(`decklight: 1
bridges:
  opus: ${unitBridge(MODE)}
  console: { type: osc, host: ${US}, port: ${CONSOLE_PORT} }
rules:
  - { name: bar, when: downbeat, do: [{ console: { address: /bar, args: ["\${deck.number}", "\${round(deck.beat)}"] } }] }
`);
const unit = await openLiveUnit(set, network);
const show = openLiveShow(profile, NO_WATCHER);
await new Promise(resolve => setTimeout(resolve, WARM_UP_MS + SECONDS * 1000));
await show.close();
await unit.close();
await receiver.close();

const sizes = errors.map(Math.abs);
const at = (values: readonly number[], q: number): string => quantile(values, q).toFixed(2);
process.stdout.write(
  `${MODE}, ${errors.length} bars of four decks in ${SECONDS} s, from 30 s after their start; ms, signed
  p1 ${at(errors, 0.01)}  p10 ${at(errors, 0.1)}  p50 ${at(errors, 0.5)}  p90 ${at(errors, 0.9)}  p99 ${at(errors, 0.99)}
  size  p50 ${at(sizes, 0.5)}  p95 ${at(sizes, 0.95)}  p99 ${at(sizes, 0.99)}  max ${at(sizes, 1)}
`,
);
process.exit();
