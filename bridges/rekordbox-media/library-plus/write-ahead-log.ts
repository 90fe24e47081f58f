/**
 * A database and its write-ahead log as one plain image. Functions of values, no I/O.
 *
 * A fresh export has most of its rows in `exportLibrary.db-wal`: the main file alone opens without any error and is
 * almost empty. So both are read, always. Every number of a log is big-endian, except that its first word says in which
 * byte order its checksums take the words they sum.
 * Source: SQLite, "Database File Format", section 4; SQLCipher changes nothing of it but that the pages are encrypted.
 */
import {
  type DecryptedPage,
  decryptPage,
  deriveKeys,
  PAGE_BYTES,
  type PageKeys,
  SALT_BYTES,
  SQLITE_MAGIC,
} from './page-cipher.ts';

// ---- the log

const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC_LITTLE_ENDIAN = 0x377f0682;
const MAGIC_BIG_ENDIAN = 0x377f0683;
/** The only version there has been since 2010. */
const LOG_VERSION = 3_007_000;

/** Changes that a write-ahead log makes to its database. */
export interface WriteAheadLog {
  /** The newest committed version of each page, by its number from 1, as it is stored; views of the log. */
  readonly pages: ReadonlyMap<number, Uint8Array>;
  /** Pages of the database as the last commit leaves it; null: nothing was committed. */
  readonly pageCount: number | null;
  /** Parts that were left out and should not be missing, one line each. */
  readonly warnings: readonly string[];
}

/**
 * A write-ahead log up to its last commit.
 *
 * @param bytes the whole file; empty: there is none
 * @param pageBytes of the database; a log of other pages is ignored with a warning
 *
 * Frames of an older round behind the valid ones (their salt differs) and a header without frames are usual and nothing
 * is said of them. A log that is not one is ignored with a warning: what the main file holds is still true, if old.
 */
export function readWriteAheadLog(bytes: Uint8Array, pageBytes: number): WriteAheadLog {
  const nothing = { pages: new Map<number, Uint8Array>(), pageCount: null };
  if (bytes.length === 0) return { ...nothing, warnings: [] };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fault = headerFault(view, pageBytes);
  if (fault !== null) {
    return { ...nothing, warnings: [`the -wal file is ignored: ${fault}; copy it again if tracks are missing`] };
  }

  const littleEndian = view.getUint32(0) === MAGIC_LITTLE_ENDIAN;
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  const pages = new Map<number, Uint8Array>();
  const warnings: string[] = [];
  let pending = new Map<number, Uint8Array>();
  let pageCount: number | null = null;
  let sum: Sum = [view.getUint32(24), view.getUint32(28)];
  let offset = LOG_HEADER_BYTES;
  let committedTo = offset;
  for (; offset + frameBytes <= bytes.length; offset += frameBytes) {
    const isOfThisRound =
      view.getUint32(offset + 8) === view.getUint32(16) && view.getUint32(offset + 12) === view.getUint32(20);
    if (!isOfThisRound) break;
    sum = checksum(sum, view, { from: offset, to: offset + 8 }, littleEndian);
    sum = checksum(sum, view, { from: offset + FRAME_HEADER_BYTES, to: offset + frameBytes }, littleEndian);
    const number = view.getUint32(offset);
    if (sum[0] !== view.getUint32(offset + 16) || sum[1] !== view.getUint32(offset + 20) || number === 0) {
      warnings.push(
        `the -wal file is damaged at byte ${offset}: what was written after that is left out; copy it again`,
      );
      break;
    }
    pending.set(number, bytes.subarray(offset + FRAME_HEADER_BYTES, offset + frameBytes));
    const committedPages = view.getUint32(offset + 4);
    if (committedPages !== 0) {
      for (const [committed, page] of pending) pages.set(committed, page);
      pending = new Map();
      pageCount = committedPages;
      committedTo = offset + frameBytes;
    }
  }
  const isCut = offset < bytes.length && offset + frameBytes > bytes.length;
  if (warnings.length === 0 && (pending.size > 0 || isCut)) {
    warnings.push(
      `the -wal file ends in an unfinished change, from byte ${committedTo} on: it is left out; copy it again, or export again if tracks are missing`,
    );
  }
  return { pages, pageCount, warnings };
}

/** The fault for which a log cannot be read at all; null: it can. */
function headerFault(view: DataView, pageBytes: number): string | null {
  if (view.byteLength < LOG_HEADER_BYTES) return `${view.byteLength} bytes, expected at least ${LOG_HEADER_BYTES}`;
  const magic = view.getUint32(0);
  if (magic !== MAGIC_LITTLE_ENDIAN && magic !== MAGIC_BIG_ENDIAN) {
    return `it begins with 0x${magic.toString(16).padStart(8, '0')}, expected 0x377f0682 or 0x377f0683`;
  }
  const sum = checksum([0, 0], view, { from: 0, to: 24 }, magic === MAGIC_LITTLE_ENDIAN);
  if (sum[0] !== view.getUint32(24) || sum[1] !== view.getUint32(28)) return 'the checksum of its header is wrong';
  const version = view.getUint32(4);
  if (version !== LOG_VERSION) return `it is of version ${version}, expected ${LOG_VERSION}`;
  const stated = view.getUint32(8);
  return stated === pageBytes ? null : `its pages have ${stated} bytes, those of the main file ${pageBytes}`;
}

type Sum = readonly [number, number];

/** `to` is the first byte that is not in it. */
interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** Over whole pairs of words. */
function checksum([first, second]: Sum, view: DataView, { from, to }: ByteRange, littleEndian: boolean): Sum {
  let s0 = first;
  let s1 = second;
  for (let at = from; at < to; at += 8) {
    s0 = (s0 + view.getUint32(at, littleEndian) + s1) >>> 0;
    s1 = (s1 + view.getUint32(at + 4, littleEndian) + s0) >>> 0;
  }
  return [s0, s1];
}

/** A log to be written. */
export interface LogToWrite {
  /** Byte order of the words that are summed: that of the computer that writes. */
  readonly littleEndian: boolean;
  readonly pageBytes: number;
  /** Rounds of the log before this one. */
  readonly round: number;
  /** Eight bytes that distinguish this round of the log from the one before it. */
  readonly salt: Uint8Array;
  readonly frames: readonly LogFrame[];
}

export interface LogFrame {
  /** Of the page, from 1. */
  readonly number: number;
  /** As the main file would store it, encrypted where that is. */
  readonly page: Uint8Array;
  /** Pages of the database, if this frame ends a change; null: the change goes on. */
  readonly committedPages: number | null;
}

/** The bytes of a write-ahead log, as `readWriteAheadLog` reads them. */
export function encodeWriteAheadLog({ littleEndian, pageBytes, round, salt, frames }: LogToWrite): Uint8Array {
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  const bytes = new Uint8Array(LOG_HEADER_BYTES + frames.length * frameBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, littleEndian ? MAGIC_LITTLE_ENDIAN : MAGIC_BIG_ENDIAN);
  view.setUint32(4, LOG_VERSION);
  view.setUint32(8, pageBytes);
  view.setUint32(12, round);
  bytes.set(salt.subarray(0, 8), 16);
  let sum = checksum([0, 0], view, { from: 0, to: 24 }, littleEndian);
  view.setUint32(24, sum[0]);
  view.setUint32(28, sum[1]);
  frames.forEach(({ number, page, committedPages }, i) => {
    const offset = LOG_HEADER_BYTES + i * frameBytes;
    view.setUint32(offset, number);
    view.setUint32(offset + 4, committedPages ?? 0);
    bytes.set(salt.subarray(0, 8), offset + 8);
    bytes.set(page, offset + FRAME_HEADER_BYTES);
    sum = checksum(sum, view, { from: offset, to: offset + 8 }, littleEndian);
    sum = checksum(sum, view, { from: offset + FRAME_HEADER_BYTES, to: offset + frameBytes }, littleEndian);
    view.setUint32(offset + 16, sum[0]);
    view.setUint32(offset + 20, sum[1]);
  });
  return bytes;
}

// ---- the database

/** A database as it lies on a stick. */
export interface StoredDatabase {
  /** The whole of `exportLibrary.db`. */
  readonly main: Uint8Array;
  /** The whole of `exportLibrary.db-wal`; null: there is none. */
  readonly wal: Uint8Array | null;
}

export type PlainDatabase =
  | {
      readonly ok: true;
      /** A database file that any SQLite reads, without a log. */
      readonly bytes: Uint8Array;
      readonly warnings: readonly string[];
    }
  | {
      readonly ok: false;
      readonly kind: 'incomplete-copy' | 'no-passphrase' | 'wrong-passphrase' | 'damaged-page';
      /** One line for the operator; the passphrase is never in it. */
      readonly reason: string;
    };

/**
 * A stored database with its log merged, in the clear. An unencrypted one is taken as it is, with or without a
 * passphrase.
 *
 * @param passphrase null: none is known, which an encrypted database refuses
 * @returns a copy; the bytes given are not written to
 *
 * Only the version of a page that survives has its MAC checked: a copy taken while the log was being worked in may hold
 * a torn page in the main file that the log replaces. One damaged page and nothing is given out.
 */
export async function plainDatabase({
  main,
  wal,
  passphrase,
}: StoredDatabase & { readonly passphrase: string | null }): Promise<PlainDatabase> {
  if (SQLITE_MAGIC.every((byte, i) => main[i] === byte)) return unencrypted({ main, wal });
  const cut = cutCopy(main, PAGE_BYTES);
  if (cut !== null) return cut;
  if (passphrase === null) {
    const reason = 'exportLibrary.db is encrypted and no passphrase is given';
    return { ok: false, kind: 'no-passphrase', reason };
  }
  return decryptDatabase({ main, wal }, await deriveKeys(passphrase, main.subarray(0, SALT_BYTES)));
}

/** An encrypted database, merged and in the clear; what `plainDatabase` does once it has the keys. */
export function decryptDatabase(stored: StoredDatabase, keys: PageKeys): PlainDatabase {
  return (
    cutCopy(stored.main, PAGE_BYTES) ?? merged(stored, PAGE_BYTES, (number, page) => decryptPage(keys, number, page))
  );
}

function unencrypted(stored: StoredDatabase): PlainDatabase {
  const { main } = stored;
  const pageWord = ((main[16] ?? 0) << 8) | (main[17] ?? 0);
  // 65536 does not fit the word and is written as 1.
  const pageBytes = pageWord === 1 ? 65_536 : pageWord;
  if (pageBytes < 512 || (pageBytes & (pageBytes - 1)) !== 0) {
    return damaged(
      `exportLibrary.db says its pages have ${pageBytes} bytes, expected a power of two from 512 to 65536`,
    );
  }
  return cutCopy(main, pageBytes) ?? merged(stored, pageBytes, (_, page) => ({ kind: 'plain', page }));
}

function cutCopy(main: Uint8Array, pageBytes: number): PlainDatabase | null {
  if (main.length > 0 && main.length % pageBytes === 0) return null;
  return incomplete(`exportLibrary.db has ${main.length} bytes, expected a multiple of ${pageBytes}`);
}

const incomplete = (what: string): PlainDatabase => ({
  ok: false,
  kind: 'incomplete-copy',
  reason: `${what}: the copy is incomplete; copy it again, together with its -wal file`,
});

const damaged = (what: string): PlainDatabase => ({
  ok: false,
  kind: 'damaged-page',
  reason: `${what}; copy it again, together with its -wal file, when nothing writes to the stick`,
});

type OpenPage = (number: number, stored: Uint8Array) => DecryptedPage;

function merged({ main, wal }: StoredDatabase, pageBytes: number, open: OpenPage): PlainDatabase {
  const log = readWriteAheadLog(wal ?? new Uint8Array(0), pageBytes);
  const mainPages = main.length / pageBytes;
  const inMain = (number: number) => main.subarray((number - 1) * pageBytes, number * pageBytes);

  const firstOfMain = open(1, inMain(1));
  const firstOfLog = log.pages.get(1);
  if ((firstOfLog === undefined ? firstOfMain : open(1, firstOfLog)).kind !== 'plain') {
    if (firstOfMain.kind === 'plain') return damaged('the -wal file is damaged or of another database');
    const reason =
      'exportLibrary.db does not open with this passphrase: check it; if it is right, the file is damaged: copy it again';
    return { ok: false, kind: 'wrong-passphrase', reason };
  }

  const mainStates = firstOfMain.kind === 'plain' ? statedPages(firstOfMain.page) : 0;
  const pageCount = log.pageCount ?? Math.max(mainPages, mainStates);
  // A page may be counted and never written; that half of them are is no database, and would take any memory.
  if (pageCount > 2 * (mainPages + log.pages.size)) {
    return incomplete(`exportLibrary.db counts ${pageCount} pages, ${mainPages} are there`);
  }
  for (let number = mainPages + 1; number <= Math.min(pageCount, mainStates); number++) {
    if (!log.pages.has(number)) return incomplete(`exportLibrary.db has ${mainPages} pages, page ${number} is missing`);
  }

  const bytes = new Uint8Array(pageCount * pageBytes);
  for (let number = 1; number <= pageCount; number++) {
    const ofLog = log.pages.get(number);
    if (ofLog === undefined && number > mainPages) continue;
    const opened = open(number, ofLog ?? inMain(number));
    switch (opened.kind) {
      case 'plain':
        bytes.set(opened.page, (number - 1) * pageBytes);
        break;
      case 'never-written':
        break;
      case 'wrong-mac': {
        const where = ofLog === undefined ? 'exportLibrary.db' : 'the -wal file';
        return damaged(`page ${number} of ${pageCount} in ${where} is damaged or torn`);
      }
    }
  }
  // The image has no log beside it: with 2 for "has one" a SQLite that may not write would refuse it.
  bytes[18] = 1;
  bytes[19] = 1;
  return { ok: true, bytes, warnings: log.warnings };
}

/** Pages that page 1 says the database has; 0 where an old SQLite has not kept the figure. */
function statedPages(first: Uint8Array): number {
  const view = new DataView(first.buffer, first.byteOffset, first.byteLength);
  return view.getUint32(24) === view.getUint32(92) ? view.getUint32(28) : 0;
}
