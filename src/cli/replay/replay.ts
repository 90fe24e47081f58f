/** `decklight replay`: a recorded evening again, in seconds. The same file gives the same output to the byte. */

import { readFile } from 'node:fs/promises';
import type { Bridge } from '../../bridge.ts';
import { assertNever } from '../../core/assert-never.ts';
import type { Ms } from '../../core/clock.ts';
import { tallied } from '../../core/engine/outcome.ts';
import type { Profile } from '../../core/profile.ts';
import type { MediaLibrary } from '../../core/track/media-library.ts';
import { type FileKind, whyUnreadable } from '../../files/file-errors.ts';
import { NO_WATCHER } from '../../live/engine.ts';
import { type OpenShow, openShow } from '../../live/open-show.ts';
import { loadProfile } from '../../profile/load.ts';
import { problemText } from '../../profile/problem-text.ts';
import { withRegions } from '../../profile/regions-csv.ts';
import {
  type RecordingItem,
  readRecording,
  type ShowRecord,
  type StartRecord,
} from '../../recording/recording-format.ts';
import { type ReplayClock, replayClock, settled } from '../../recording/replay-clock.ts';
import {
  interfacesAt,
  type RecordedNetwork,
  type ReplayNetwork,
  replayNetwork,
} from '../../recording/replay-network.ts';
import type { ProfileContext } from '../command-line/profile-context.ts';
import { jsonScreen, plainScreen, type Screen } from '../terminal/screens.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { openReplayRelay } from './replay-relay.ts';
import { jsonReplayText, noReplayCounts, plainReplayText, type ReplayCounts, type ReplayText } from './replay-text.ts';

const RECORDING_FILE: FileKind = {
  what: 'a recording (.pcapng)',
  ifMissing: 'check its name; decklight run writes recordings into <profile>.recordings',
};

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
 *
 * @param contextFor of the profile that was recorded
 */
export async function replayCommand(
  file: string,
  options: { readonly json: boolean; readonly relay: boolean },
  out: Terminal,
  contextFor: (profileFile: string) => Promise<ProfileContext>,
): Promise<number> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    out.error(`${file}: error: ${whyUnreadable(error, RECORDING_FILE)}`);
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
  const { bridges, library } = await contextFor(start.profile.file);
  const loaded = loadProfile(start.profile.source, start.profile.file, bridges, library);
  if (!loaded.ok) {
    for (const problem of loaded.problems) out.error(problemText(problem));
    out.error(`${file}: error: the profile recorded in it, by Decklight ${start.version}, is none this version takes`);
    return EXIT.notARecording;
  }
  await replay(bytes, {
    start,
    untilMs,
    networks,
    profile: withRegions(loaded.profile, start.allocated),
    ...options,
    out,
    bridges,
    library,
  });
  return EXIT.done;
}

// ---- what is in the file

interface Overview {
  /** The first one; null: there is none. */
  readonly start: StartRecord | null;
  /** The last moment of it. */
  readonly untilMs: Ms;
  /** The machine's interfaces from each moment on at which others were seen. */
  readonly networks: readonly RecordedNetwork[];
}

function overview(bytes: Uint8Array): Overview {
  let start: StartRecord | null = null;
  let untilMs = 0;
  const networks: RecordedNetwork[] = [];
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
  readonly networks: readonly RecordedNetwork[];
  readonly profile: Profile;
  readonly json: boolean;
  /** Whether the unit's packets go to WebSocket clients, at the pace of that evening. */
  readonly relay: boolean;
  readonly out: Terminal;
  readonly bridges: readonly Bridge[];
  readonly library: MediaLibrary;
}

async function replay(bytes: Uint8Array, setup: Setup): Promise<void> {
  const { start, untilMs, networks, profile, json, out, bridges, library } = setup;
  const clock = replayClock(start.startedAtMs);
  const network = replayNetwork(() => interfacesAt(networks, clock.now()));
  const counts = noReplayCounts();
  const say = json ? jsonReplayText(out) : plainReplayText(out, start.startedAtMs);
  say.begun(start, profile, startedAtUnixMs(start), untilMs - start.startedAtMs);
  const show = openReplayedShow(setup, { clock, network, counts });
  await settled();
  const relay = setup.relay ? await openReplayRelay(profile, show.packets, out) : null;

  for (const item of readRecording(bytes)) {
    if (item.kind === 'end') {
      await show.close();
      await relay?.close();
      say.ended(counts, item, untilMs);
      return;
    }
    const at = momentOf(item);
    if (at === null || !isOf(start, at)) {
      counts.passedOver++;
      continue;
    }
    await relay?.waitUntil(at - start.startedAtMs);
    await clock.goTo(at);
    if (item.kind === 'datagram') {
      const { from, to, bytes: content } = item.datagram;
      counts.datagrams++;
      network.deliver(to, { from, port: to.port, bytes: content, stamp: item.stamp });
    } else if (item.kind === 'record') {
      await take(item.record, { show, counts, say, bridges, library });
    }
  }
}

const startedAtUnixMs = ({ startedAtUnixNs }: StartRecord): number => Number(BigInt(startedAtUnixNs) / 1000n) / 1000;

interface ReplayedWorld {
  readonly clock: ReplayClock;
  readonly network: ReplayNetwork;
  readonly counts: ReplayCounts;
}

/** Opens the show as it was; what leaves is counted and shown, and goes nowhere. */
function openReplayedShow(setup: Setup, { clock, network, counts }: ReplayedWorld): OpenShow {
  const { start, profile, json, out, bridges, library } = setup;
  const screenSetup = { out, startedAt: start.startedAtMs, notices: () => [], drawings: () => [] };
  const screen: Screen = json ? jsonScreen(screenSetup) : plainScreen(screenSetup);
  const show: OpenShow = openShow({
    profile,
    bridges,
    clock: clock.ofBridges,
    // Its wakes were recorded: it is woken when it was.
    engineClock: { now: clock.now, at: () => () => {} },
    network,
    log: () => ({ info() {}, warn() {}, error() {} }),
    unixMs: at => startedAtUnixMs(start) + (at - start.startedAtMs),
    isDryRun: true,
    instead: new Map(
      Object.entries(start.instead).map(([name, instead]) => [name, { options: instead, network, open: null }]),
    ),
    beginnings: { memory: start.memory, library, book: new Map(start.book.map(entry => [entry.id, entry])) },
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
      came({ outcome }) {
        counts.moments = tallied(counts.moments, outcome);
        screen.came(outcome);
      },
    },
  });
  return show;
}

interface Replaying {
  readonly show: OpenShow;
  readonly counts: ReplayCounts;
  readonly say: ReplayText;
  readonly bridges: readonly Bridge[];
  readonly library: MediaLibrary;
}

async function take(record: ShowRecord, { show, counts, say, bridges, library }: Replaying): Promise<void> {
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
    case 'control': {
      const { at, notBefore, event } = record;
      counts.gestures++;
      show.engine.emit(event.surface, event, { notBefore, at });
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
      const loaded = loadProfile(source, file, bridges, library);
      say.reloaded(file, loaded.ok, at);
      if (loaded.ok) show.reload(withRegions(loaded.profile, record.allocated), at);
      await settled();
      return;
    }
    case 'came':
      return;
    case 'gap':
      say.gap(record.packets, record.at);
      return;
    default:
      assertNever(record);
  }
}
