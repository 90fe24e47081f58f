/** A whole evening in simulated time: simulated unit, network in memory, the real bridges, and what reached the console. */
import { readFileSync } from 'node:fs';
import { artnetBridgeOver } from '../../bridges/artnet/index.ts';
import { networkPort as artnetNetworkPort } from '../../bridges/artnet/port.ts';
import { cdjHidBridgeOver } from '../../bridges/cdj-hid/index.ts';
import { type MemoryHid, memoryHid } from '../../bridges/cdj-hid/simulator/memory-hid.ts';
import { BRIDGES } from '../../bridges/index.ts';
import { midiBridgeOver } from '../../bridges/midi/index.ts';
import { type DjScript, parseDjScript } from '../../bridges/opus-quad/simulator/dj-script.ts';
import { openSimulatedUnit, type UnitTruth } from '../../bridges/opus-quad/simulator/unit-on-network.ts';
import type { DjAction } from '../../bridges/opus-quad/simulator/unit-state.ts';
import { decode, describe } from '../../bridges/osc/codec.ts';
import { oscBridgeOver } from '../../bridges/osc/index.ts';
import { networkPort as oscNetworkPort } from '../../bridges/osc/timecode-port.ts';
import { sentLine } from '../../src/cli/terminal/transcript.ts';
import { type VirtualClock, virtualClock } from '../../src/core/clock.ts';
import { type Answer, FRESH_START, type StartState } from '../../src/core/engine/engine-state.ts';
import type { Dropped } from '../../src/core/engine/intents.ts';
import type { TrackBook } from '../../src/core/track/track-book.ts';
import { type Departure, NO_WATCHER } from '../../src/live/engine.ts';
import { type OpenShow, openShow } from '../../src/live/open-show.ts';
import {
  IDEAL_NETWORK,
  type MemoryNetwork,
  memoryNetwork,
  type NetworkConditions,
} from '../../src/network/memory-network.ts';
import type { Datagram } from '../../src/network/network.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { standInSystem } from '../bridges/midi/fake-easymidi.ts';

const US = '10.0.0.1';
const UNIT = '10.0.0.2';
const CONSOLE = '10.0.0.9';
const nic = (address: string) => ({ name: 'eth0', address, netmask: '255.255.255.0', mac: '02:00:00:00:00:01' });

/** The show is open for this long before the unit is switched on, at time 0: by then it has listened for other programs. */
const LISTENED_MS = 2500;

export interface Evening {
  readonly clock: VirtualClock;
  readonly show: OpenShow;
  readonly memory: MemoryNetwork;
  /** Everything that left, as a transcript line. */
  readonly transcript: readonly string[];
  readonly departures: readonly Departure[];
  readonly dropped: readonly Dropped[];
  readonly answers: readonly Answer[];
  /** What the bridges logged. */
  readonly log: readonly string[];
  /** What the console received, decoded, with its moment. */
  readonly received: readonly { readonly at: number; readonly text: string }[];
  /** Every datagram that we sent to the unit or its network, with its moment. */
  readonly toUnit: readonly { readonly at: number; readonly port: number; readonly bytes: Uint8Array }[];
  /** Calls this for each datagram that reaches us from now on. */
  onDatagram(listener: (datagram: Datagram) => void): void;
  /** Players that are plugged in by USB; what they do goes on between two steps of time, so lets promises be kept. */
  readonly hid: MemoryHid;
  truth(): readonly UnitTruth[];
  /** What the decks have taught of their tracks, with what was known before: another evening may begin with it. */
  book(): TrackBook;
  act(act: DjAction): void;
  /** Puts any datagram on the wire, from an address of its own. */
  inject(port: number, bytes: Uint8Array): void;
  /** The console sends us something. */
  fromConsole(port: number, bytes: Uint8Array): void;
  /** Every message that left through a MIDI port, with its moment; its ports are stand-ins. */
  readonly midi: readonly { readonly at: number; readonly bytes: Uint8Array }[];
  pass(ms: number): void;
  /** The program does not run for a time, the network does: what comes in is delivered in a burst afterwards. */
  block(ms: number): void;
  /** The network holds up for a time what comes to us, and delivers it in a burst; nothing says that it did. */
  holdUp(ms: number): void;
  plugUs(isIn: boolean): void;
  close(): Promise<void>;
}

/** When a rule fired, and the number in the name of the place: beat 12, phrase 3. */
export const firedBy = ({ departures }: Evening, rule: string): { readonly at: number; readonly number: number }[] =>
  departures
    .filter(({ intent }) => intent.because.rule === rule)
    .map(({ at, intent }) => ({ at, number: Number(/\d+/.exec(intent.because.place ?? '')?.[0]) }));

export const demoSet = (): string => readFileSync(new URL('../../profiles/sets/demo.yaml', import.meta.url), 'utf8');
export const demoProfile = (): string => readFileSync(new URL('../../profiles/demo.yaml', import.meta.url), 'utf8');

function readSet(source: string): DjScript {
  const parsed = parseDjScript(source, 'set.yaml');
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'));
  return parsed.set;
}

const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

export async function openEvening(
  profileSource: string,
  setSource: string,
  weather: NetworkConditions = { ...IDEAL_NETWORK, delayMinMs: 0.2, delayMaxMs: 2 },
  beginnings: StartState = FRESH_START,
): Promise<Evening> {
  // The profile's console stands on the network in memory.
  const loaded = loadProfile(profileSource.replace('127.0.0.1', CONSOLE), 'profile.yaml', BRIDGES, beginnings.library);
  if (!loaded.ok) throw new Error(loaded.problems.map(problem => problem.message).join('\n'));
  const clock = virtualClock(-LISTENED_MS);
  const memory = memoryNetwork(clock, weather);
  const [ours, theirs, desk, stranger] = [US, UNIT, CONSOLE, '10.0.0.66'].map(address => memory.host(nic(address)));
  if (ours === undefined || theirs === undefined || desk === undefined || stranger === undefined) throw new Error();

  const received: { at: number; text: string }[] = [];
  const midi = standInSystem(['Show Control', 'Lasers']);
  const console = await desk.open(
    { address: '0.0.0.0', port: 9000 },
    {
      datagram({ bytes }) {
        const decoded = decode(bytes);
        received.push({ at: clock.now(), text: decoded.ok ? describe(decoded.message) : decoded.reason });
      },
      failed() {},
    },
  );
  const spare = await stranger.open({ address: '0.0.0.0', port: 0 }, { datagram() {}, failed() {} });

  const toUnit: { at: number; port: number; bytes: Uint8Array }[] = [];
  let stall: { readonly isOurs: boolean; readonly since: number; readonly until: number } | null = null;
  const waiting: (() => void)[] = [];
  let spy: (datagram: Datagram) => void = () => {};
  const watched: typeof ours = {
    ...ours,
    async open(local, listener) {
      const socket = await ours.open(local, {
        ...listener,
        datagram(datagram) {
          spy(datagram);
          if (stall === null) return listener.datagram(datagram);
          // A blocked program finds in the kernel, all at once, what came meanwhile, and knows that it may be as old as that.
          const notBefore = stall.isOurs ? stall.since : stall.until;
          const stamp = { notBefore, at: stall.until };
          waiting.push(() => listener.datagram({ ...datagram, stamp }));
        },
      });
      return {
        ...socket,
        send(to, bytes) {
          toUnit.push({ at: clock.now(), port: to.port, bytes });
          socket.send(to, bytes);
        },
      };
    },
  };
  const transcript: string[] = [];
  const departures: Departure[] = [];
  const dropped: Dropped[] = [];
  const answers: Answer[] = [];
  const log: string[] = [];
  let book = beginnings.book;
  /** The program's own clock: its timers do not run while it is blocked. */
  const ownClock: typeof clock = {
    ...clock,
    at: (time, run) =>
      clock.at(time, function fire() {
        if (stall?.isOurs && clock.now() < stall.until) clock.at(stall.until, fire);
        else run();
      }),
  };
  /** In simulated time no thread waits: what sends on time does so in line. */
  const inLine = [
    midiBridgeOver(async () => midi.system),
    oscBridgeOver(oscNetworkPort),
    artnetBridgeOver(artnetNetworkPort),
    cdjHidBridgeOver(async () => hid),
  ];
  const hid = memoryHid(clock);
  const show: OpenShow = openShow({
    profile: loaded.profile,
    bridges: BRIDGES.map(bridge => inLine.find(({ type }) => type === bridge.type) ?? bridge),
    clock: ownClock,
    engineClock: ownClock,
    network: watched,
    log: bridge => {
      const say = (_: unknown, text: string): void => void log.push(`${bridge}: ${text}`);
      return { info: say, warn: say, error: say };
    },
    unixMs: at => 1_700_000_000_000 + at,
    isDryRun: false,
    instead: new Map(),
    beginnings,
    watcher: {
      ...NO_WATCHER,
      answered: answer => answers.push(answer),
      learnt(learnt) {
        book = learnt;
      },
      sent(departure) {
        departures.push(departure);
        transcript.push(sentLine(departure.at, departure.intent, show.describe(departure.intent)));
      },
      dropped: each => dropped.push(each),
    },
  });
  await settled();
  clock.advance(LISTENED_MS);
  const unit = await openSimulatedUnit({
    network: theirs,
    clock,
    interfaceAddress: UNIT,
    peer: null,
    set: readSet(setSource),
  });
  await settled();

  function stand(ms: number, isOurs: boolean): void {
    stall = { isOurs, since: clock.now(), until: clock.now() + ms };
    clock.advance(ms);
    stall = null;
    for (const deliver of waiting.splice(0)) deliver();
  }

  return {
    clock,
    show,
    memory,
    transcript,
    departures,
    dropped,
    answers,
    log,
    received,
    toUnit,
    onDatagram(listener) {
      spy = listener;
    },
    hid,
    truth: () => unit.truth(clock.now()),
    book: () => book,
    act: act => unit.act(act),
    inject: (port, bytes) => spare.send({ address: US, port }, bytes),
    fromConsole: (port, bytes) => console.send({ address: US, port }, bytes),
    midi: midi.sent,
    pass: ms => clock.advance(ms),
    block: ms => stand(ms, true),
    holdUp: ms => stand(ms, false),
    plugUs: isIn => ours.plug(isIn),
    async close() {
      await show.close();
      await unit.close();
    },
  };
}
