/** Blocks on their way to the file of a recording: they wait in memory and are written in bunches. */
import { type FileHandle, mkdir, open as openFile, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { whyUnwritable } from '../files/file-errors.ts';
import { OWNER_ONLY_FILE, OWNER_ONLY_FOLDER } from '../files/regular-file.ts';

/** Age that the oldest waiting block may reach: what a sudden end of the program costs at most. */
const FLUSH_EVERY_MS = 250;
/** So much is written at once, without waiting longer. */
const FLUSH_AT_BYTES = 256 * 1024;
/** A disk that does not keep up costs packets, not memory. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024;
/** Room on the disk that a recording leaves to the state of the show: without that a crash could fire a cue twice. */
export const LEAST_FREE_BYTES = 32_000_000;

export interface WriterSetup {
  /** Its folder is made when it is not there; what the file holds already stays. */
  readonly file: string;
  /** Size that the file does not grow beyond. */
  readonly mostFileBytes: number;
  /** Room on its disk that it leaves free. */
  readonly leastFreeBytes: number;
  /** Told once, in words for people, why nothing is written any more. */
  readonly failed: (reason: string) => void;
}

export interface RecordingWriter {
  /** Reason for which nothing is written any more; null: all is well. */
  trouble(): string | null;
  /** Bytes that were taken, those that wait among them. */
  fileBytes(): number;
  /** True if so many bytes are taken now: not while the disk does not keep up. A file that is full fails here. */
  hasRoomFor(bytes: number): boolean;
  /** Never throws, never waits. */
  take(blocks: readonly Uint8Array[]): void;
  /** Begins to write what waits, without waiting for more. */
  flush(): void;
  /** Writes what waits and closes the file. */
  close(): Promise<void>;
}

export function recordingWriter(setup: WriterSetup): RecordingWriter {
  const { file, mostFileBytes, leastFreeBytes, failed } = setup;
  const queue: BlockQueue = { blocks: [], bytes: 0 };
  const target = appendedFile(file, leastFreeBytes);
  let fileBytes = 0;
  let trouble: string | null = null;
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> | null = null;

  function fail(reason: string): void {
    if (trouble !== null) return;
    trouble = reason;
    failed(reason);
  }

  async function write(): Promise<void> {
    const reason = await drain(queue, target);
    writing = null;
    if (reason !== null) fail(reason);
  }

  function flush(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    writing ??= write();
  }

  return {
    trouble: () => trouble,
    fileBytes: () => fileBytes,
    hasRoomFor(bytes) {
      if (fileBytes + bytes > mostFileBytes) {
        fail(`the file has reached ${megabytes(mostFileBytes)}; start again for a new one`);
      }
      return trouble === null && queue.bytes + bytes <= MOST_WAITING_BYTES;
    },
    take(blocks) {
      for (const block of blocks) {
        queue.blocks.push(block);
        queue.bytes += block.length;
        fileBytes += block.length;
      }
      if (queue.bytes >= FLUSH_AT_BYTES) flush();
      else timer ??= setTimeout(flush, FLUSH_EVERY_MS).unref();
    },
    flush,
    async close() {
      while (writing !== null || queue.blocks.length > 0) {
        flush();
        await writing;
      }
      await target.close();
    },
  };
}

/** Blocks that are not on the disk yet. */
interface BlockQueue {
  /** Those that wait, in their order. */
  blocks: Uint8Array[];
  /** Of those that wait and those that are being written. */
  bytes: number;
}

/** Writes until nothing waits; what cannot be written is dropped. @returns why it cannot; null: all is written */
async function drain(queue: BlockQueue, target: AppendedFile): Promise<string | null> {
  try {
    while (queue.blocks.length > 0) {
      const bytes = Buffer.concat(queue.blocks);
      queue.blocks = [];
      await target.append(bytes);
      queue.bytes -= bytes.length;
    }
    return null;
  } catch (error) {
    queue.blocks = [];
    queue.bytes = 0;
    // We created this file and its folder, so if one is missing now, somebody deleted it.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELEFTFREE') return (error as Error).message;
    return code === 'ENOENT' ? 'the file or its folder is gone; start again for a new one' : whyUnwritable(error);
  }
}

interface AppendedFile {
  append(bytes: Uint8Array): Promise<void>;
  /** Never throws. */
  close(): Promise<void>;
}

/** A file that is made, with its folder, when the first bytes come. */
function appendedFile(file: string, leastFreeBytes: number): AppendedFile {
  let handle: FileHandle | null = null;
  return {
    async append(bytes) {
      if (handle === null) {
        await mkdir(dirname(file), { recursive: true, mode: OWNER_ONLY_FOLDER });
        handle = await openFile(file, 'a', OWNER_ONLY_FILE);
      }
      // Into a file that was deleted all can be written, and nobody will ever read it.
      await stat(file);
      const { bavail, bsize } = await statfs(dirname(file));
      if (bavail * bsize - bytes.length < leastFreeBytes) throw leftFree(leastFreeBytes);
      await handle.appendFile(bytes);
    },
    async close() {
      const open = handle;
      handle = null;
      await open?.close().catch(() => {});
    },
  };
}

const leftFree = (bytes: number): Error =>
  Object.assign(
    new Error(
      `the last ${megabytes(bytes)} of its disk are left to the state of the show; make room and start again for a new one`,
    ),
    { code: 'ELEFTFREE' },
  );

/** `0.1 MB`, `1900 MB`. */
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 100e6 ? 1 : 0)} MB`;
