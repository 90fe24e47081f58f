/** The recorder: everything that comes in, on disk. Never in the way of a packet; no trouble of the disk stops a show. */
import type { Log } from '../bridge.ts';
import type { Ms, Stamp } from '../core/clock.ts';
import type { OperatorAction } from '../core/operator-action.ts';
import type { ShowHappening } from '../core/show-happening.ts';
import type { ControlEvent } from '../core/surface-control.ts';
import type { AllocatedRegion } from '../core/track/track-entry.ts';
import type { Datagram, Interface } from '../network/network.ts';
import {
  type CameMoment,
  datagramBlock,
  recordBlocks,
  recordingHead,
  type ShowRecord,
  type StartRecord,
  type TimeBase,
} from './recording-format.ts';
import { LEAST_FREE_BYTES, megabytes, type RecordingWriter, recordingWriter } from './recording-writer.ts';

/** Those who read recordings take files below 2 GiB. */
export const MOST_FILE_BYTES = 1_900_000_000;

export interface RecorderSetup {
  /** Its folder is made when it is not there; what the file holds already stays. */
  readonly file: string;
  /** Wall-clock time of a moment, in ms since 1970; asked once. */
  readonly unixMs: (at: Ms) => number;
  readonly log: Log;
  /** Size at which a recording ends. */
  readonly mostFileBytes?: number;
  /** Room on the disk that a recording leaves free. */
  readonly leastFreeBytes?: number;
}

/** Start of the show; its Unix time is the recorder's to say. */
export type RecordingStart = Omit<StartRecord, 'decklight' | 'startedAtUnixNs'>;

export interface Recorder {
  /** @param to the address it was sent to; the port is the datagram's */
  datagram(datagram: Datagram, to: string): void;
  /** Recorded when they are others than last time. */
  interfaces(interfaces: readonly Interface[], at: Ms): void;
  act(source: string, act: OperatorAction, at: Ms): void;
  control(event: ControlEvent, stamp: Stamp): void;
  show(happening: ShowHappening, at: Ms): void;
  /** A bridge that had missed something can send again. */
  ready(bridge: string, at: Ms): void;
  /** The device of a bridge is there, or is there no longer. */
  bridgeState(bridge: string, isReady: boolean, at: Ms): void;
  /** A message of a cue could not be sent. */
  unsent(unsent: { readonly bridge: string; readonly cue: string; readonly id: string }, at: Ms): void;
  wake(at: Ms): void;
  /** A bridge could not take a message, or could again. */
  took(bridge: string, isThere: boolean, at: Ms): void;
  /** A moment that came, and what became of it. */
  came(moment: CameMoment): void;
  /** A changed profile that was taken. */
  profile(file: string, source: string, allocated: readonly AllocatedRegion[], at: Ms): void;
  /** Writes the end and closes the file. Stopping twice is no mistake. */
  stop(at: Ms): Promise<void>;
  /** Line for people. */
  status(): { readonly text: string; readonly isTroubled: boolean };
}

/** Begins a recording. Never throws, never waits: what is wrong with the file is logged once and shows in `status`. */
export function openRecorder(setup: RecorderSetup, start: RecordingStart): Recorder {
  const { file, unixMs, log, mostFileBytes = MOST_FILE_BYTES, leastFreeBytes = LEAST_FREE_BYTES } = setup;
  const { startedAtMs } = start;
  const startedAtUnixNs = BigInt(Math.round(unixMs(startedAtMs) * 1e6));
  const base = { startedAtMs, startedAtUnixNs };
  const failed = (reason: string): void => log.warn({ file }, `not recording to ${file}: ${reason}; the show goes on`);
  const writer = recordingWriter({ file, mostFileBytes, leastFreeBytes, failed });
  const warnLost = (why: string): void => log.warn({ file }, `not everything is recorded: ${why}; the show goes on`);
  const blocks = countedBlocks(writer, base, warnLost);
  const record = (at: Ms, value: ShowRecord): void => blocks.add(recordBlocks(base, at, value), at);
  let known = JSON.stringify(start.interfaces);

  writer.take([...recordingHead(), ...recordBlocks(base, startedAtMs, startRecord(start, startedAtUnixNs))]);
  writer.flush();
  return {
    datagram(datagram, to) {
      const block = datagramBlock(base, datagram, to);
      if (block !== null) blocks.add([block], datagram.stamp.at);
      else blocks.miss(`a datagram from ${datagram.from.address} to ${to} does not fit IPv4`);
    },
    interfaces(interfaces, at) {
      const now = JSON.stringify(interfaces);
      if (now === known) return;
      known = now;
      record(at, { decklight: 'interfaces', at, interfaces });
    },
    act: (source, act, at) => record(at, { decklight: 'act', at, source, act }),
    control: (event, { at, notBefore }) => record(at, { decklight: 'control', at, notBefore, event }),
    ready: (bridge, at) => record(at, { decklight: 'ready', at, bridge }),
    bridgeState: (bridge, isReady, at) => record(at, { decklight: 'bridge-state', at, bridge, isReady }),
    unsent: ({ bridge, cue, id }, at) => record(at, { decklight: 'unsent', at, bridge, cue, id }),
    show: (happening, at) => record(at, { decklight: 'show', at, happening }),
    wake: at => record(at, { decklight: 'wake', at }),
    took: (bridge, isThere, at) => record(at, { decklight: 'took', at, bridge, isThere }),
    came: ({ at, by, handedOverAt, outcome }) => record(at, { decklight: 'came', at, by, handedOverAt, outcome }),
    profile: (changed, source, allocated, at) =>
      record(at, { decklight: 'profile', at, allocated, file: changed, source }),
    async stop(at) {
      blocks.end(at);
      await writer.close();
    },
    status() {
      const trouble = writer.trouble();
      if (trouble !== null) return { text: `not recording: ${trouble}`, isTroubled: true };
      const text = `recording to ${file}, ${megabytes(writer.fileBytes())}`;
      const lost = blocks.lost();
      return { text: lost === 0 ? text : `${text}, ${lost} packets are missing`, isTroubled: lost > 0 };
    },
  };
}

interface CountedBlocks {
  /** Blocks of one packet, or of one record, that came at a moment. */
  add(blocks: readonly Uint8Array[], at: Ms): void;
  /** A packet that is not recorded; the first one is told. */
  miss(why: string): void;
  /** The end of the show; what comes later is not recorded. */
  end(at: Ms): void;
  /** Packets that are missing in all. */
  lost(): number;
}

/** Hands blocks to the writer as long as it has room, and records how many packets it had none for. */
function countedBlocks(writer: RecordingWriter, base: TimeBase, warn: (why: string) => void): CountedBlocks {
  let lost = 0;
  let lostSinceGap = 0;
  let isStopped = false;
  const isOver = (): boolean => isStopped || writer.trouble() !== null;

  /** Record of the packets that are missing up to here. */
  function gap(at: Ms): readonly Uint8Array[] {
    if (lostSinceGap === 0) return [];
    const packets = lostSinceGap;
    lostSinceGap = 0;
    return recordBlocks(base, at, { decklight: 'gap', at, packets });
  }

  function miss(why: string): void {
    if (isOver()) return;
    if (lost === 0) warn(why);
    lost++;
    lostSinceGap++;
  }

  return {
    miss,
    add(blocks, at) {
      if (isOver()) return;
      const bytes = blocks.reduce((sum, block) => sum + block.length, 0);
      if (writer.hasRoomFor(bytes)) writer.take([...gap(at), ...blocks]);
      else miss('the disk does not keep up');
    },
    end(at) {
      if (!isOver()) writer.take([...gap(at), ...recordBlocks(base, at, { decklight: 'stop', at })]);
      isStopped = true;
    },
    lost: () => lost,
  };
}

const startRecord = (start: RecordingStart, startedAtUnixNs: bigint): StartRecord => ({
  decklight: 'start',
  ...start,
  startedAtUnixNs: String(startedAtUnixNs),
});
