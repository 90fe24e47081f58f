/**
 * From the moment a bar truly begins on the simulated unit to the OSC datagram that says so, signed: below 0 it comes
 * early. On the live clock and over UDP on loopback, unit, show and receiver in this one process; no grid is given.
 * Prints figures; judges nothing.
 *
 *   node --import tsx test/bench/phrase-to-osc.ts [lighting|cdj] [seconds]
 */
import { BRIDGES } from '../../bridges/index.ts';
import { parseDjSet } from '../../bridges/opus-quad/dj-set.ts';
import { openSimulatedUnit } from '../../bridges/opus-quad/simulated-unit.ts';
import { decode } from '../../bridges/osc/codec.ts';
import { NO_LIBRARY } from '../../src/core/library.ts';
import { NO_WATCHER } from '../../src/engine.ts';
import { NEW_EVENING } from '../../src/engine-state.ts';
import { openShow } from '../../src/open-show.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { liveClock } from '../../src/shell/live-clock.ts';
import { liveWire } from '../../src/shell/live-wire.ts';

const MODE = process.argv[2] ?? 'lighting';
const SECONDS = Number(process.argv[3] ?? 120);
const CONSOLE_PORT = 47_911;
const [US, UNIT] = ['127.0.0.1', '127.0.0.2'];
/** In cdj mode the bridge first watches and claims; then the decks play for 30 s before anything is counted. */
const WARM_UP_MS = (MODE === 'cdj' ? 10_000 : 2000) + 30_000;

const clock = liveClock();
const wire = liveWire(clock);
const set = parseDjSet(
  `set: bars
acts:
  - { at: 0:00, deck: 1, load: Night Tram, pitch: +3.2 %, on-air: on }
  - { at: 0:00, deck: 2, load: Glass Quay, pitch: -1.7 %, on-air: on }
  - { at: 0:00, deck: 3, load: Fast Allotment, pitch: 0.4 %, on-air: on }
  - { at: 0:00, deck: 4, load: Second Platform, pitch: 0 %, on-air: on }
  - { at: 0:02.113, deck: 1, play }
  - { at: 0:02.377, deck: 2, play }
  - { at: 0:02.591, deck: 3, play }
  - { at: 0:02.823, deck: 4, play }
`,
  'bars',
);
if (!set.ok) throw new Error(set.mistakes.join('\n'));

const errors: number[] = [];
const startedAt = clock.now();
const receiver = await wire.open(
  { address: US, port: CONSOLE_PORT },
  {
    datagram({ bytes, stamp }) {
      const read = decode(bytes);
      if (!read.ok || stamp.at < startedAt + WARM_UP_MS) return;
      const [deck, beat] = read.message.args.map(arg => Number('value' in arg ? arg.value : Number.NaN));
      const truth = unit.truth(stamp.at).find(each => each.deck === deck);
      if (truth?.beat == null || truth.tempoBpm === null || beat === undefined) return;
      errors.push((truth.beat - beat) * (60_000 / truth.tempoBpm));
    },
    failed() {},
  },
);
const loaded = loadProfile(
  `decklight: 1
bridges:
  opus: { type: opus-quad, interface: ${US}, unit: ${UNIT}, mode: ${MODE} }
  console: { type: osc, host: ${US}, port: ${CONSOLE_PORT} }
rules:
  - { name: bar, when: downbeat, do: [{ console: { address: /bar, args: ["\${deck.number}", "\${round(deck.beat)}"] } }] }
`,
  'bars',
  BRIDGES,
  NO_LIBRARY,
);
if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
const unit = await openSimulatedUnit({ wire, clock, interfaceAddress: UNIT, peer: US, set: set.set });
const show = openShow({
  ...{ profile: loaded.profile, bridges: BRIDGES, clock, engineClock: clock, wire },
  log: () => ({ info() {}, warn() {}, error() {} }),
  unixMs: at => at,
  isDryRun: false,
  instead: new Map(),
  beginnings: NEW_EVENING,
  watcher: NO_WATCHER,
});
await new Promise(resolve => setTimeout(resolve, WARM_UP_MS + SECONDS * 1000));
await show.close();
await unit.close();
await receiver.close();

const sorted = [...errors].sort((a, b) => a - b);
const sizes = errors.map(Math.abs).sort((a, b) => a - b);
const at = (values: readonly number[], q: number): string =>
  (values[Math.min(values.length - 1, Math.floor(values.length * q))] ?? Number.NaN).toFixed(2);
process.stdout.write(
  `${MODE}, ${errors.length} bars of four decks in ${SECONDS} s, from 30 s after their start; ms, signed
  p1 ${at(sorted, 0.01)}  p10 ${at(sorted, 0.1)}  p50 ${at(sorted, 0.5)}  p90 ${at(sorted, 0.9)}  p99 ${at(sorted, 0.99)}
  size  p50 ${at(sizes, 0.5)}  p95 ${at(sizes, 0.95)}  p99 ${at(sizes, 0.99)}  max ${at(sizes, 1)}
`,
);
process.exit();
