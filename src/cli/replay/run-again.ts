/** A recorded show runs again, with all that came in at its time; nothing leaves. */

import type { CaptureEnd } from '../../capture/capture.ts';
import { assertNever } from '../../core/assert-never.ts';
import type { Ms } from '../../core/clock.ts';
import type { Watcher } from '../../live/engine.ts';
import { type OpenShow, openShow } from '../../live/open-show.ts';
import { loadProfile } from '../../profile/load.ts';
import type { ProfileSources } from '../../profile/profile-sources.ts';
import { withRegions } from '../../profile/regions-csv.ts';
import { readRecording, type ShowRecord, type StartRecord } from '../../recording/recording-format.ts';
import { type ReplayClock, replayClock, settled } from '../../recording/replay-clock.ts';
import { interfacesAt, type ReplayNetwork, replayNetwork } from '../../recording/replay-network.ts';
import { isOf, momentOf, type RecordedEvening } from './recorded-evening.ts';

/** Listener to a show that runs again. */
export interface EveningListener {
  /** Called once, when the show is open. */
  watcher(show: () => OpenShow): Watcher;
  /** The show is open, and nothing has come in yet. */
  opened(show: OpenShow): Promise<void>;
  /** Called before each packet of the file; the show goes on when it is done. */
  waitUntil(sinceStartMs: Ms): Promise<void>;
  /** A datagram is about to come in. */
  datagram(): void;
  /** A packet of the file tells the show nothing. */
  passedOver(): void;
  /** A record, after the show was told of it. */
  recorded(record: ShowRecord): void;
  /** Another profile was saved that evening. @param sources null: this version does not take it */
  reloaded(file: string, sources: ProfileSources | null, at: Ms): void;
  ended(end: CaptureEnd): Promise<void>;
}

/** Listens to nothing but the show; to be spread into one that listens to more. */
export const SHOW_ALONE: Omit<EveningListener, 'watcher'> = {
  async opened() {},
  async waitUntil() {},
  datagram() {},
  passedOver() {},
  recorded() {},
  reloaded() {},
  async ended() {},
};

/** Wall-clock time of the start of a show. */
export const startedAtUnixMs = ({ startedAtUnixNs }: StartRecord): number =>
  Number(BigInt(startedAtUnixNs) / 1000n) / 1000;

/** @param explains outcomes of what is sent say what its condition was, too */
export async function runAgain(evening: RecordedEvening, listener: EveningListener, explains = false): Promise<void> {
  const { start, networks, bytes } = evening;
  const clock = replayClock(start.startedAtMs);
  const network = replayNetwork(() => interfacesAt(networks, clock.now()));
  const show = openShowAgain(evening, { clock, network }, listener, explains);
  await settled();
  await listener.opened(show);

  for (const item of readRecording(bytes)) {
    if (item.kind === 'end') {
      await show.close();
      await listener.ended(item);
      return;
    }
    const at = momentOf(item);
    if (at === null || !isOf(start, at)) {
      listener.passedOver();
      continue;
    }
    await listener.waitUntil(at - start.startedAtMs);
    await clock.goTo(at);
    if (item.kind === 'datagram') {
      const { from, to, bytes: content } = item.datagram;
      listener.datagram();
      network.deliver(to, { from, port: to.port, bytes: content, stamp: item.stamp });
    } else if (item.kind === 'record') {
      await take(item.record, show, evening, listener);
      listener.recorded(item.record);
    }
  }
}

interface World {
  readonly clock: ReplayClock;
  readonly network: ReplayNetwork;
}

/** Opens the show as it was; what leaves goes nowhere. */
function openShowAgain(
  { start, profile, bridges, library, absences, isOther }: RecordedEvening,
  { clock, network }: World,
  listener: EveningListener,
  explains: boolean,
): OpenShow {
  const show: OpenShow = openShow({
    profile,
    bridges,
    clock: clock.ofBridges,
    // Its wakes were recorded: it is woken when it was.
    engineClock: isOther ? clock.ofBridges : { now: clock.now, at: () => () => {} },
    network,
    log: () => ({ info() {}, warn() {}, error() {} }),
    unixMs: at => startedAtUnixMs(start) + (at - start.startedAtMs),
    isDryRun: true,
    explains,
    isAbsent: bridge => absences.findLast(each => each.bridge === bridge && each.at <= clock.now())?.isThere === false,
    instead: new Map(
      Object.entries(start.instead).map(([name, instead]) => [name, { options: instead, network, open: null }]),
    ),
    beginnings: { memory: start.memory, library, book: new Map(start.book.map(entry => [entry.id, entry])) },
    watcher: listener.watcher(() => show),
  });
  return show;
}

async function take(
  record: ShowRecord,
  show: OpenShow,
  { bridges, library, isOther }: RecordedEvening,
  listener: EveningListener,
): Promise<void> {
  switch (record.decklight) {
    case 'start':
    case 'interfaces':
    case 'stop':
    case 'came':
    case 'took':
    case 'gap':
      return;
    case 'act': {
      const { at, source, act } = record;
      show.engine.emit(source, { kind: 'operator.act', act }, { notBefore: at, at });
      return;
    }
    case 'control': {
      const { at, notBefore, event } = record;
      show.engine.emit(event.surface, event, { notBefore, at });
      return;
    }
    case 'show': {
      const { at, happening } = record;
      show.engine.emit('show', { kind: 'show', happening }, { notBefore: at, at });
      return;
    }
    case 'ready': {
      const { at, bridge } = record;
      show.engine.emit(bridge, { kind: 'bridge.ready', bridge }, { notBefore: at, at });
      return;
    }
    case 'bridge-state': {
      const { at, bridge, isReady } = record;
      show.engine.emit(bridge, { kind: 'bridge.state', bridge, isReady }, { notBefore: at, at });
      return;
    }
    case 'unsent': {
      const { at, bridge, cue, id } = record;
      show.engine.emit(bridge, { kind: 'cue.unsent', bridge, cue, id }, { notBefore: at, at });
      return;
    }
    case 'wake':
      if (isOther) return;
      show.engine.wake(record.at);
      return;
    case 'profile': {
      if (isOther) return;
      const { at, file, source } = record;
      const loaded = loadProfile(source, file, bridges, library);
      listener.reloaded(file, loaded.ok ? loaded.sources : null, at);
      if (loaded.ok) show.reload(withRegions(loaded.profile, record.allocated), at);
      await settled();
      return;
    }
    default:
      assertNever(record);
  }
}
