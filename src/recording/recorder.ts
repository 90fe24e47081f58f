/** The recorder: everything that comes in, on disk. Never in the way of a packet; no trouble of the disk stops a show. */
import { type FileHandle, mkdir, open as openFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Log } from '../bridge.ts';
import type { Ms } from '../core/clock.ts';
import type { OperatorAction } from '../core/operator-action.ts';
import type { AllocatedRegion } from '../core/track/track-entry.ts';
import { whyUnwritable } from '../files/file-errors.ts';
import type { Datagram, Interface } from '../network/network.ts';
import { datagramBlock, recordBlocks, recordingHead, type ShowRecord, type StartRecord } from './recording-format.ts';

/** How old the oldest block that waits may get: what a sudden end of the program costs at most. */
const FLUSH_EVERY_MS = 250;
/** So much is written at once, without waiting longer. */
const FLUSH_AT_BYTES = 256 * 1024;
/** A disk that does not keep up costs packets, not memory. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024;
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
}

/** How the show begins; the Unix time of the start is the recorder's to say. */
export type RecordingStart = Omit<StartRecord, 'decklight' | 'startedAtUnixNs'>;

export interface Recorder {
  /** @param to the address it was sent to; the port is the datagram's */
  datagram(datagram: Datagram, to: string): void;
  /** Recorded when they are others than last time. */
  interfaces(interfaces: readonly Interface[], at: Ms): void;
  act(source: string, act: OperatorAction, at: Ms): void;
  /** A bridge that had missed something can send again. */
  ready(bridge: string, at: Ms): void;
  wake(at: Ms): void;
  /** A changed profile that was taken. */
  profile(file: string, source: string, allocated: readonly AllocatedRegion[], at: Ms): void;
  /** Writes the end and closes the file. Stopping twice is no mistake. */
  stop(at: Ms): Promise<void>;
  /** One line for people. */
  status(): { readonly text: string; readonly isTroubled: boolean };
}

/** Begins a recording. Never throws, never waits: what is wrong with the file is logged once and shows in `status`. */
export function openRecorder(setup: RecorderSetup, start: RecordingStart): Recorder {
  const { file, unixMs, log, mostFileBytes = MOST_FILE_BYTES } = setup;
  const { startedAtMs } = start;
  const startedAtUnixNs = BigInt(Math.round(unixMs(startedAtMs) * 1e6));
  const base = { startedAtMs, startedAtUnixNs };

  let waiting: Uint8Array[] = [];
  /** Of those that wait and those that are being written. */
  let waitingBytes = 0;
  let fileBytes = 0;
  /** Packets that there was no room for: in all, and since the last gap that was recorded. */
  let lost = 0;
  let lostSinceGap = 0;
  /** Why nothing is recorded any more; null: all is well. */
  let trouble: string | null = null;
  let isStopped = false;
  let known = JSON.stringify(start.interfaces);
  let timer: NodeJS.Timeout | null = null;
  let handle: FileHandle | null = null;
  let writing: Promise<void> | null = null;

  function give(blocks: readonly Uint8Array[]): void {
    for (const block of blocks) {
      waiting.push(block);
      waitingBytes += block.length;
      fileBytes += block.length;
    }
    if (waitingBytes >= FLUSH_AT_BYTES) flush();
    else timer ??= setTimeout(flush, FLUSH_EVERY_MS).unref();
  }

  /** A packet that is not recorded; the first one is told. */
  function miss(why: string): void {
    if (isStopped || trouble !== null) return;
    if (lost === 0) log.warn({ file }, `not everything is recorded: ${why}; the show goes on`);
    lost++;
    lostSinceGap++;
  }

  /** Blocks of one packet, or of one record, that came at a moment. */
  function add(blocks: readonly Uint8Array[], at: Ms): void {
    if (isStopped || trouble !== null) return;
    const bytes = blocks.reduce((sum, block) => sum + block.length, 0);
    if (fileBytes + bytes > mostFileBytes) {
      fail(`the file has reached ${megabytes(mostFileBytes)}; start again for a new one`);
    } else if (waitingBytes + bytes > MOST_WAITING_BYTES) {
      miss('the disk does not keep up');
    } else {
      give([...gap(at), ...blocks]);
    }
  }

  /** What is missing up to here, so that whoever reads the file knows. */
  function gap(at: Ms): readonly Uint8Array[] {
    if (lostSinceGap === 0) return [];
    const packets = lostSinceGap;
    lostSinceGap = 0;
    return recordBlocks(base, at, { decklight: 'gap', at, packets });
  }

  const record = (at: Ms, value: ShowRecord): void => add(recordBlocks(base, at, value), at);

  function flush(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    writing ??= write().finally(() => {
      writing = null;
    });
  }

  /** Writes until nothing waits. */
  async function write(): Promise<void> {
    try {
      if (handle === null) {
        await mkdir(dirname(file), { recursive: true });
        handle = await openFile(file, 'a');
      }
      while (waiting.length > 0) {
        // Into a file that was deleted all can be written, and nobody will ever read it.
        await stat(file);
        const bytes = Buffer.concat(waiting);
        waiting = [];
        await handle.appendFile(bytes);
        waitingBytes -= bytes.length;
      }
    } catch (error) {
      waiting = [];
      waitingBytes = 0;
      // It was made here: what is missing now was there before.
      const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
      fail(isGone ? 'the file or its folder is gone; start again for a new one' : whyUnwritable(error));
    }
  }

  function fail(reason: string): void {
    if (trouble !== null) return;
    trouble = reason;
    log.warn({ file }, `not recording to ${file}: ${reason}; the show goes on`);
  }

  async function close(): Promise<void> {
    while (writing !== null || waiting.length > 0) {
      flush();
      await writing;
    }
    const open = handle;
    handle = null;
    await open?.close().catch(() => {});
  }

  give([...recordingHead(), ...recordBlocks(base, startedAtMs, startRecord(start, startedAtUnixNs))]);
  flush();
  return {
    datagram(datagram, to) {
      const block = datagramBlock(base, datagram, to);
      if (block !== null) add([block], datagram.stamp.at);
      else miss(`a datagram from ${datagram.from.address} to ${to} does not fit IPv4`);
    },
    interfaces(interfaces, at) {
      const now = JSON.stringify(interfaces);
      if (now === known) return;
      known = now;
      record(at, { decklight: 'interfaces', at, interfaces });
    },
    act: (source, act, at) => record(at, { decklight: 'act', at, source, act }),
    ready: (bridge, at) => record(at, { decklight: 'ready', at, bridge }),
    wake: at => record(at, { decklight: 'wake', at }),
    profile: (changed, source, allocated, at) =>
      record(at, { decklight: 'profile', at, allocated, file: changed, source }),
    async stop(at) {
      if (!isStopped && trouble === null) give([...gap(at), ...recordBlocks(base, at, { decklight: 'stop', at })]);
      isStopped = true;
      await close();
    },
    status() {
      if (trouble !== null) return { text: `not recording: ${trouble}`, isTroubled: true };
      const text = `recording to ${file}, ${megabytes(fileBytes)}`;
      return { text: lost === 0 ? text : `${text}, ${lost} packets are missing`, isTroubled: lost > 0 };
    },
  };
}

const startRecord = (start: RecordingStart, startedAtUnixNs: bigint): StartRecord => ({
  decklight: 'start',
  ...start,
  startedAtUnixNs: String(startedAtUnixNs),
});

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 100e6 ? 1 : 0)} MB`;
