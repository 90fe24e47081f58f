/** `decklight replay`: a recorded evening again, in seconds. The same file gives the same output to the byte. */
import { readFile } from 'node:fs/promises';
import type { Bridge } from '../bridge.ts';
import type { CaptureEnd } from '../capture/capture.ts';
import { type RecordingItem, readRecording, type ShowRecord, type StartRecord } from '../capture/recording.ts';
import { type Clock, type Ms, type VirtualClock, virtualClock } from '../core/clock.ts';
import { assertNever } from '../core/events.ts';
import type { Profile } from '../core/profile.ts';
import { NO_WATCHER } from '../engine.ts';
import { type OpenShow, openShow } from '../open-show.ts';
import { loadProfile } from '../profile/load.ts';
import { problemText } from '../profile/messages.ts';
import type { Datagram, Endpoint, Interface, Listener, Wire } from '../wire.ts';
import { toMonotonicNs } from './live-clock.ts';
import type { Out } from './out.ts';
import { jsonScreen, plainScreen, type Screen } from './screen.ts';
import { showTime } from './transcript.ts';

const EXIT = { done: 0, unreadable: 1, notARecording: 2 } as const;

/** A time later than this in a recording is damage: nobody waits for it. */
const LONGEST_MS: Ms = 31 * 24 * 3_600_000;

/**
 * Runs a recorded show again, with all that came in at its time, and prints what left. Nothing leaves now.
 *
 * With `json` a line is one object: a `recording` first, then `sent`, `dropped` and `answer` as in the show, `profile` and
 * `gap`, then an `end`.
 *
 * @returns exit code: 0 done, also when the recording is cut (the last line says so); 1 the file cannot be read; 2 it
 *          is no recording of Decklight, or its profile is none that this version takes
 */
export async function replayCommand(
  file: string,
  options: { readonly json: boolean },
  out: Out,
  bridges: readonly Bridge[],
): Promise<number> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    out.error(
      `${file}: error: cannot be read: ${(error as Error).message}; expected a recording (.pcapng) below 2 GiB; ` +
        'check its name and rights',
    );
    return EXIT.unreadable;
  }
  const { start, untilMs, networks } = overview(bytes);
  if (start === null) {
    out.error(
      `${file}: error: no recording of Decklight: no start of a show is in it; expected a file that decklight run has ` +
        'written into <profile>.recordings; decklight decode reads other captures',
    );
    return EXIT.notARecording;
  }
  const loaded = loadProfile(start.profile.source, start.profile.file, bridges);
  if (!loaded.ok) {
    for (const problem of loaded.problems) out.error(problemText(problem));
    out.error(`${file}: error: the profile recorded in it, by Decklight ${start.version}, is none this version takes`);
    return EXIT.notARecording;
  }
  await replay(bytes, { start, untilMs, networks, profile: loaded.profile, json: options.json, out, bridges });
  return EXIT.done;
}

// ---- what is in the file

interface Overview {
  /** The first one; null: there is none. */
  readonly start: StartRecord | null;
  /** The last moment of it. */
  readonly untilMs: Ms;
  /** The machine's interfaces from each moment on at which others were seen. */
  readonly networks: readonly Network[];
}

interface Network {
  readonly at: Ms;
  readonly interfaces: readonly Interface[];
}

function overview(bytes: Uint8Array): Overview {
  let start: StartRecord | null = null;
  let untilMs = 0;
  const networks: Network[] = [];
  for (const item of readRecording(bytes)) {
    const record = item.kind === 'record' ? item.record : null;
    if (record?.decklight === 'start') start ??= record;
    const at = momentOf(item);
    if (start === null || at === null || !isOf(start, at)) continue;
    untilMs = Math.max(untilMs, at);
    if (record !== null && 'interfaces' in record) networks.push({ at, interfaces: record.interfaces });
  }
  return { start, untilMs, networks };
}

/** null: it has none of its own. */
function momentOf(item: RecordingItem): Ms | null {
  switch (item.kind) {
    case 'datagram':
      return item.stamp.at;
    case 'record':
      return item.record.decklight === 'start' ? item.record.startedAtMs : item.record.at;
    default:
      return null;
  }
}

const isOf = ({ startedAtMs }: StartRecord, at: Ms): boolean => at >= startedAtMs && at <= startedAtMs + LONGEST_MS;

// ---- the show again

interface Setup {
  readonly start: StartRecord;
  readonly untilMs: Ms;
  readonly networks: Overview['networks'];
  readonly profile: Profile;
  readonly json: boolean;
  readonly out: Out;
  readonly bridges: readonly Bridge[];
}

interface Counts {
  sent: number;
  dropped: number;
  datagrams: number;
  acts: number;
  wakes: number;
  /** Packets of the file that told the show nothing. */
  passedOver: number;
  /** The show was ended, and not killed. */
  isStopped: boolean;
}

async function replay(bytes: Uint8Array, setup: Setup): Promise<void> {
  const { start, untilMs, networks, profile, json, out, bridges } = setup;
  const { startedAtMs } = start;
  const startedAtUnixMs = Number(BigInt(start.startedAtUnixNs) / 1000n) / 1000;
  const clock = replayClock(startedAtMs);
  const wire = replayWire(() => interfacesAt(networks, clock.now()));
  const counts: Counts = { sent: 0, dropped: 0, datagrams: 0, acts: 0, wakes: 0, passedOver: 0, isStopped: false };
  const say = json ? jsonTeller(out) : plainTeller(out, startedAtMs);
  say.begun(start, profile, startedAtUnixMs, untilMs - startedAtMs);
  const screenSetup = { out, startedAt: startedAtMs, notices: () => [] };
  const screen: Screen = json ? jsonScreen(screenSetup) : plainScreen(screenSetup);

  const show: OpenShow = openShow({
    profile,
    bridges,
    clock: clock.ofBridges,
    // Its wakes were recorded: it is woken when it was.
    engineClock: { now: clock.now, at: () => () => {} },
    wire,
    log: () => ({ info() {}, warn() {}, error() {} }),
    unixMs: at => startedAtUnixMs + (at - startedAtMs),
    isDryRun: true,
    instead: new Map(Object.entries(start.instead).map(([name, instead]) => [name, { options: instead, wire }])),
    memory: start.memory,
    watcher: {
      ...NO_WATCHER,
      answered: answer => screen.answered(answer),
      sent(departure) {
        counts.sent++;
        screen.sent(departure, show.describe(departure.intent));
      },
      dropped(dropped, at) {
        counts.dropped++;
        screen.dropped(dropped, at);
      },
    },
  });
  await settled();

  for (const item of readRecording(bytes)) {
    if (item.kind === 'end') {
      await show.close();
      say.ended(counts, item, untilMs);
      return;
    }
    const at = momentOf(item);
    if (at === null || !isOf(start, at)) {
      counts.passedOver++;
      continue;
    }
    await clock.goTo(at);
    if (item.kind === 'datagram') {
      const { from, to, bytes: content } = item.datagram;
      counts.datagrams++;
      wire.deliver(to, { from, port: to.port, bytes: content, stamp: item.stamp });
    } else if (item.kind === 'record') {
      await take(item.record, { show, counts, say, bridges });
    }
  }
}

interface Replaying {
  readonly show: OpenShow;
  readonly counts: Counts;
  readonly say: Teller;
  readonly bridges: readonly Bridge[];
}

async function take(record: ShowRecord, { show, counts, say, bridges }: Replaying): Promise<void> {
  switch (record.decklight) {
    case 'start':
    case 'interfaces':
      return;
    case 'stop':
      counts.isStopped = true;
      return;
    case 'act': {
      const { at, source, act } = record;
      counts.acts++;
      show.engine.emit(source, { kind: 'operator.act', act }, { notBefore: at, at });
      return;
    }
    case 'ready': {
      const { at, bridge } = record;
      show.engine.emit(bridge, { kind: 'bridge.ready', bridge }, { notBefore: at, at });
      return;
    }
    case 'wake':
      counts.wakes++;
      show.engine.wake(record.at);
      return;
    case 'profile': {
      const { at, file, source } = record;
      const loaded = loadProfile(source, file, bridges);
      say.reloaded(file, loaded.ok, at);
      if (loaded.ok) show.reload(loaded.profile, at);
      await settled();
      return;
    }
    case 'gap':
      say.gap(record.packets, record.at);
      return;
    default:
      assertNever(record);
  }
}

// ---- the world of the recording

/** Lets run what waits for nothing but its turn: opening on this wire takes no time. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

interface ReplayClock {
  /** Exactly as recorded. */
  now(): Ms;
  readonly ofBridges: Clock;
  /** Runs the timers due by then, each to its end before the next. A moment that is past changes nothing. */
  goTo(at: Ms): Promise<void>;
}

function replayClock(startedAt: Ms): ReplayClock {
  const virtual: VirtualClock = virtualClock(startedAt);
  const waiting = new Set<{ readonly time: Ms }>();
  let now = startedAt;

  const ofBridges: Clock = {
    now: () => now,
    at(time, run) {
      const entry = { time: Math.max(time, now) };
      waiting.add(entry);
      const cancel = virtual.at(time, () => {
        waiting.delete(entry);
        run();
      });
      return () => {
        waiting.delete(entry);
        cancel();
      };
    },
  };
  const nextDue = (): Ms => {
    let next = Number.POSITIVE_INFINITY;
    for (const { time } of waiting) next = Math.min(next, time);
    return next;
  };
  return {
    now: () => now,
    ofBridges,
    async goTo(at) {
      for (let due = nextDue(); due <= at; due = nextDue()) {
        now = Math.max(now, due);
        virtual.advance(Math.max(0, now - virtual.now()));
        // What a timer began, such as opening a socket, is done before the next is due.
        await settled();
      }
      now = Math.max(now, at);
    },
  };
}

/** Bridges look at the interfaces at least this often. */
const LOOK_EVERY_MS: Ms = 2000;

/**
 * The interfaces at a moment, and those that a bridge had seen by its next look.
 *
 * A bridge does not look at the very moments at which it did that evening. So that it never sees an interface later than
 * it did, and misses what came in by it, it may see one a little earlier; one that is gone brings nothing in.
 */
function interfacesAt(networks: readonly Network[], at: Ms): readonly Interface[] {
  const now = networks.findLastIndex(network => network.at <= at);
  const soon = networks.filter((network, i) => i >= now && network.at <= at + LOOK_EVERY_MS);
  const all = new Map(soon.flatMap(({ interfaces }) => interfaces.map(each => [JSON.stringify(each), each])));
  return [...all.values()];
}

interface ReplayWire extends Wire {
  deliver(to: Endpoint, datagram: Datagram): void;
}

const ANY_ADDRESS = '0.0.0.0';

/** A network on which only what was recorded arrives, and on which nothing that is sent goes anywhere. */
function replayWire(interfaces: () => readonly Interface[]): ReplayWire {
  const sockets = new Set<{ readonly local: Endpoint; readonly listener: Listener }>();
  return {
    interfaces,
    deliver({ address, port }, datagram) {
      for (const { local, listener } of sockets) {
        const isMeant = local.address === ANY_ADDRESS || local.address === address;
        if (local.port === port && isMeant) listener.datagram(datagram);
      }
    },
    async open(local, listener) {
      const socket = { local, listener };
      sockets.add(socket);
      return {
        send() {},
        async close() {
          sockets.delete(socket);
        },
      };
    },
    dial: async () => ({ send() {}, async close() {} }),
    connect: async () => ({ send() {}, waitingBytes: () => 0, async close() {} }),
  };
}

// ---- what is said about it

interface Teller {
  begun(start: StartRecord, profile: Profile, startedAtUnixMs: number, lengthMs: Ms): void;
  reloaded(file: string, isTaken: boolean, at: Ms): void;
  gap(packets: number, at: Ms): void;
  ended(counts: Counts, end: CaptureEnd, at: Ms): void;
}

/** In UTC, so that it is the same wherever it is replayed. null: it is no time. */
function utcText(unixMs: number): string | null {
  const time = new Date(unixMs);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

/** A file can be whole and its show cut off: the end of a show is a record. */
function endText({ how, offset }: CaptureEnd, isStopped: boolean): string {
  if (how !== 'whole') return `${how} at byte ${offset}: replayed up to there`;
  return isStopped ? 'whole' : 'without its end: the show was killed, or is still running';
}

function plainTeller(out: Out, startedAtMs: Ms): Teller {
  const line = (at: Ms, text: string): void => out.line(`${showTime(at - startedAtMs)}  ${text}`);
  return {
    begun({ version, profile: { file }, options, instead }, { name }, startedAtUnixMs, lengthMs) {
      const simulated = Object.keys(instead).join(', ') || '-';
      out.line(
        [
          `REPLAY of ${name} (${file})`,
          `recorded ${utcText(startedAtUnixMs) ?? 'at no known time'}, ${showTime(lengthMs)} long, by Decklight ${version}`,
          options.simulate ? `SIMULATED ${simulated}` : 'real devices',
          ...(options.dryRun ? ['DRY RUN: nothing left'] : []),
        ].join(' · '),
      );
    },
    reloaded: (file, isTaken, at) => line(at, `profile ${file} ${isTaken ? 'taken' : 'not taken by this version'}`),
    gap: (packets, at) => line(at, `${packets} packets before here were not recorded: what follows may differ`),
    ended({ sent, dropped, datagrams, acts, wakes, passedOver, isStopped }, end) {
      const missed = passedOver === 0 ? '' : `, ${passedOver} packets passed over`;
      const came = `${datagrams} datagrams, ${acts} acts, ${wakes} wakes${missed}`;
      out.line(`${sent} sent, ${dropped} not sent; ${came}; recording ${endText(end, isStopped)}`);
    },
  };
}

function jsonTeller(out: Out): Teller {
  const say = (at: Ms, kind: string, facts: Readonly<Record<string, unknown>>): void =>
    out.line(JSON.stringify({ monotonicNs: toMonotonicNs(at), kind, ...facts }));
  return {
    begun({ version, profile: { file }, startedAtMs, options, instead }, { name }, startedAtUnixMs, lengthMs) {
      const recorded = { recordedAt: utcText(startedAtUnixMs), lengthMs, version };
      say(startedAtMs, 'recording', { profile: name, file, ...recorded, ...options, simulated: Object.keys(instead) });
    },
    reloaded: (file, isTaken, at) => say(at, 'profile', { file, isTaken }),
    gap: (packets, at) => say(at, 'gap', { packets }),
    ended: (counts, { how, offset }, at) => say(at, 'end', { ...counts, how, offset }),
  };
}
