import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changedImage,
  encrypted,
  pageOf,
  pagesOf,
  plainImage,
  vectorOf,
} from '../../../../bridges/rekordbox-media/library-plus/library-plus-writer.ts';
import { deriveKeys, encryptPage } from '../../../../bridges/rekordbox-media/library-plus/page-cipher.ts';
import {
  decryptDatabase,
  encodeWriteAheadLog,
  type LogFrame,
  plainDatabase,
  readWriteAheadLog,
} from '../../../../bridges/rekordbox-media/library-plus/write-ahead-log.ts';
import { rounds } from '../../../rounds.ts';
import { query } from '../write-library.ts';

// ---- files that SQLCipher wrote

const FIXTURE_PASSPHRASE = 'throw-away passphrase of these fixtures';
const folder = new URL('../../../captures/rekordbox-media/sqlcipher/', import.meta.url);

function fixture(name: string) {
  const read = (file: string) => new Uint8Array(readFileSync(new URL(file, folder)));
  return { main: read(`${name}.db`), wal: read(`${name}.db-wal`) };
}

async function openFixture(name: string) {
  const opened = await plainDatabase({ ...fixture(name), passphrase: FIXTURE_PASSPHRASE });
  if (!opened.ok) throw new Error(opened.reason);
  expect(await query(opened.bytes, 'PRAGMA integrity_check')).toEqual([['ok']]);
  return opened;
}

const FRAME = 24 + 4096;
const frameCount = (wal: Uint8Array) => Math.floor((wal.length - 32) / FRAME);
const wordAt = (bytes: Uint8Array, at: number) => Buffer.from(bytes).readUInt32BE(at);

/** The frames of a log as they stand, whatever they are worth. */
const rawFrames = (wal: Uint8Array): LogFrame[] =>
  Array.from({ length: frameCount(wal) }, (_, i) => {
    const at = 32 + i * FRAME;
    const page = wal.subarray(at + 24, at + FRAME);
    return { number: wordAt(wal, at), page, committedPages: wordAt(wal, at + 4) || null };
  });

describe('a database that SQLCipher wrote', () => {
  it('has the rows that are in its log alone', async () => {
    const { bytes, warnings } = await openFixture('library');
    expect(warnings).toEqual([]);
    expect(await query(bytes, 'SELECT count(*), sum(content_id), max(title) FROM content')).toEqual([
      [30, 3465, 'Track 9'],
    ]);
  });

  it('opens without its log, without an error and without those rows', async () => {
    const opened = await plainDatabase({ ...fixture('library'), wal: null, passphrase: FIXTURE_PASSPHRASE });
    expect(opened).toMatchObject({ ok: true, warnings: [] });
    if (opened.ok) expect(await query(opened.bytes, 'SELECT count(*) FROM content')).toEqual([[0]]);
  });

  it('with a log that was restarted: the frames of the round before are not read', async () => {
    const { wal } = fixture('restarted');
    const salts = rawFrames(wal).map((_, i) => wordAt(wal, 32 + i * FRAME + 8) === wordAt(wal, 16));
    expect(salts).toEqual([true, true, false, false, false]);
    const { bytes, warnings } = await openFixture('restarted');
    expect(warnings).toEqual([]);
    const before = [2, 3, 4, 5].map(id => [id, 'before']);
    expect(await query(bytes, 'SELECT * FROM t')).toEqual([[1, 'changed'], ...before, [6, 'after']]);
  });

  it('shrunk in its log is shorter than its main file', async () => {
    const { bytes, warnings } = await openFixture('shrunk');
    expect(warnings).toEqual([]);
    expect([pagesOf(fixture('shrunk').main), pagesOf(bytes)]).toEqual([8, 2]);
    expect(await query(bytes, 'SELECT id, length(note) FROM t')).toEqual([[1, 2500]]);
  });

  it('with a change that was never committed does not have that change, and says so', async () => {
    const { bytes, warnings } = await openFixture('uncommitted');
    expect(warnings).toEqual([
      `the -wal file ends in an unfinished change, from byte ${32 + FRAME} on: it is left out; copy it again, or export again if tracks are missing`,
    ]);
    expect(await query(bytes, 'SELECT * FROM t')).toEqual([
      [1, 'committed'],
      [2, 'committed'],
    ]);
  });

  it('with its log cut anywhere is as of the last commit that is whole', async () => {
    const { main, wal } = fixture('library');
    const keys = await deriveKeys(FIXTURE_PASSPHRASE, main.subarray(0, 16));
    const commits = rawFrames(wal).flatMap(({ committedPages }, i) => (committedPages === null ? [] : [i + 1]));
    expect(commits).toEqual([expect.any(Number), frameCount(wal)]);
    const [first = 0, second = 0] = commits.map(frames => 32 + frames * FRAME);
    for (const cut of [32, 33, first - 1, first, first + 1, first + FRAME, second - 1, second]) {
      const opened = decryptDatabase({ main, wal: wal.subarray(0, cut) }, keys);
      const tracks = cut < first ? 0 : cut < second ? 20 : 30;
      const end = cut < first ? 32 : cut < second ? first : second;
      const cutLine = `the -wal file ends in an unfinished change, from byte ${end} on: it is left out; copy it again, or export again if tracks are missing`;
      expect(opened).toMatchObject({ ok: true, warnings: cut === end ? [] : [cutLine] });
      if (opened.ok) expect(await query(opened.bytes, 'SELECT count(*) FROM content')).toEqual([[tracks]]);
    }
  });

  it.each(['library', 'shrunk', 'uncommitted'])('%s: its log is written again byte for byte', name => {
    const { wal } = fixture(name);
    const again = encodeWriteAheadLog({
      littleEndian: wordAt(wal, 0) === 0x377f0682,
      pageBytes: 4096,
      round: wordAt(wal, 12),
      salt: wal.subarray(16, 24),
      frames: rawFrames(wal),
    });
    expect(Buffer.from(again).equals(wal)).toBe(true);
  });
});

// ---- logs of our own

const logOf = (frames: readonly LogFrame[], more: Partial<Parameters<typeof encodeWriteAheadLog>[0]> = {}) =>
  encodeWriteAheadLog({ littleEndian: true, pageBytes: 512, round: 0, salt: Buffer.from('saltsalt'), frames, ...more });

const frame = (number: number, fill: number, committedPages: number | null = null): LogFrame => ({
  number,
  page: new Uint8Array(512).fill(fill),
  committedPages,
});

const fills = (log: ReturnType<typeof readWriteAheadLog>) =>
  Object.fromEntries([...log.pages].map(([number, page]) => [number, page[0]]));

const anyFrame = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.nat(255), fc.option(fc.integer({ min: 1, max: 6 }), { nil: null }))
  .map(([number, fill, committedPages]) => frame(number, fill, committedPages));

describe('a write-ahead log', () => {
  it('gives each page as of the last commit, in either byte order', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 12 }), fc.boolean(), (frames, littleEndian) => {
        const last = frames.findLastIndex(({ committedPages }) => committedPages !== null);
        const committed = frames.slice(0, last + 1);
        const log = readWriteAheadLog(logOf(frames, { littleEndian }), 512);
        expect(fills(log)).toEqual(Object.fromEntries(committed.map(({ number, page }) => [number, page[0]])));
        expect(log.pageCount).toBe(frames[last]?.committedPages ?? null);
        expect(log.warnings).toHaveLength(last + 1 === frames.length ? 0 : 1);
      }),
    );
  });

  it('that is empty, or only a header, changes nothing and says nothing', () => {
    for (const bytes of [new Uint8Array(0), logOf([])]) {
      expect(readWriteAheadLog(bytes, 512)).toEqual({ pages: new Map(), pageCount: null, warnings: [] });
    }
  });

  it.each([
    ['too short for its header', logOf([]).subarray(0, 31), '31 bytes, expected at least 32'],
    ['with another magic', Buffer.concat([Buffer.from('377f0684', 'hex'), logOf([]).subarray(4)]), '0x377f0684'],
    ['with a wrong header checksum', Buffer.concat([logOf([]).subarray(0, 31), Buffer.from([0])]), 'checksum'],
    ['of other pages', logOf([frame(1, 1, 1)], { pageBytes: 1024 }), 'its pages have 1024 bytes'],
  ])('%s is ignored with a warning', (_, bytes, words) => {
    const { pages, pageCount, warnings } = readWriteAheadLog(bytes, 512);
    expect([pages.size, pageCount]).toEqual([0, null]);
    expect(warnings).toEqual([expect.stringContaining(words)]);
    expect(warnings[0]).toMatch(/^the -wal file is ignored: /);
  });

  it('of another version is ignored with a warning', () => {
    const bytes = logOf([frame(1, 1, 1)]);
    const view = new DataView(bytes.buffer);
    view.setUint32(4, 3_008_000);
    // Little-endian words, as the magic of this log says: SQLite, "Database File Format", 4.2.
    let [s0, s1] = [0, 0];
    for (let at = 0; at < 24; at += 8) {
      s0 = (s0 + view.getUint32(at, true) + s1) >>> 0;
      s1 = (s1 + view.getUint32(at + 4, true) + s0) >>> 0;
    }
    view.setUint32(24, s0);
    view.setUint32(28, s1);
    expect(readWriteAheadLog(bytes, 512)).toMatchObject({
      pageCount: null,
      warnings: [expect.stringContaining('version 3008000, expected 3007000')],
    });
  });

  it('is read up to the frame that is damaged, whichever byte it is', () => {
    const frames = [frame(1, 1, 1), frame(2, 2, 2), frame(3, 3, 3)];
    const whole = logOf(frames);
    fc.assert(
      fc.property(fc.integer({ min: 32, max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = whole.slice();
        bytes[at] = (bytes[at] ?? 0) ^ change;
        const good = Math.floor((at - 32) / (24 + 512));
        const inFrame = (at - 32) % (24 + 512);
        const { pageCount, warnings } = readWriteAheadLog(bytes, 512);
        expect(pageCount).toBe(good === 0 ? null : good);
        // Another salt is an older round, of which nothing is said.
        const isSalt = inFrame >= 8 && inFrame < 16;
        expect(warnings).toHaveLength(isSalt ? 0 : 1);
      }),
      { numRuns: rounds(125) },
    );
  });

  it('may be any bytes', () => {
    const whole = logOf([frame(1, 1), frame(2, 2, 2), frame(3, 3, 3)]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), fc.nat(whole.length), fc.nat(600), (bytes, at, from) => {
        readWriteAheadLog(bytes, 512);
        const mixed = whole.slice();
        mixed.set(bytes.subarray(0, whole.length - at), at);
        readWriteAheadLog(mixed, 512);
        readWriteAheadLog(whole.subarray(from), 512);
      }),
      { numRuns: rounds(125) },
    );
  });
});

// ---- databases of our own

const SALT = Uint8Array.from({ length: 16 }, (_, i) => 3 * i + 1);
const PASSPHRASE = 'open sesame';
const keys = await deriveKeys(PASSPHRASE, SALT);

const TABLE = ['CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT)'] as const;
const row = (id: number, length: number) => [`INSERT INTO t VALUES (${id}, '${'n'.repeat(length)}')`] as const;

const small = await plainImage([TABLE, row(1, 10)]);
const large = await changedImage(small, [row(2, 9000), row(3, 9000)]);

/** The frames that make one image of another. */
function framesTo(image: Uint8Array, from: Uint8Array, encrypt: boolean): LogFrame[] {
  const numbers = Array.from({ length: pagesOf(image) }, (_, i) => i + 1).filter(
    number => number > pagesOf(from) || !Buffer.from(pageOf(image, number)).equals(pageOf(from, number)),
  );
  return numbers.map((number, i) => ({
    number,
    page: encrypt
      ? encryptPage(keys, { number, page: pageOf(image, number), vector: vectorOf(number, 1), salt: SALT })
      : pageOf(image, number),
    committedPages: i === numbers.length - 1 ? pagesOf(image) : null,
  }));
}

const encryptedLog = (frames: readonly LogFrame[]) => logOf(frames, { pageBytes: 4096 });

async function notes(database: Awaited<ReturnType<typeof plainDatabase>>) {
  if (!database.ok) throw new Error(database.reason);
  return query(database.bytes, 'SELECT id, length(note) FROM t');
}

const LARGE = [
  [1, 10],
  [2, 9000],
  [3, 9000],
];

describe('a database and its log', () => {
  it('that grows in its log', async () => {
    expect([pagesOf(small), pagesOf(large)]).toEqual([2, 6]);
    const wal = encryptedLog(framesTo(large, small, true));
    const opened = await plainDatabase({ main: encrypted(small, keys, SALT), wal, passphrase: PASSPHRASE });
    expect(await notes(opened)).toEqual(LARGE);
  });

  it('is taken as it is when it is not encrypted, its log merged too', async () => {
    const wal = encryptedLog(framesTo(large, small, false));
    for (const passphrase of [null, PASSPHRASE]) {
      expect(await notes(await plainDatabase({ main: small, wal, passphrase }))).toEqual(LARGE);
      expect(await notes(await plainDatabase({ main: small, wal: null, passphrase }))).toEqual([[1, 10]]);
    }
  });

  it('does not say in the image that there is a log, whatever the main file says', async () => {
    const main = small.slice();
    main[18] = 2;
    main[19] = 2;
    for (const stored of [main, encrypted(main, keys, SALT)]) {
      const opened = await plainDatabase({ main: stored, wal: null, passphrase: PASSPHRASE });
      expect(opened.ok && [...opened.bytes.subarray(18, 20)]).toEqual([1, 1]);
    }
    expect(main[18]).toBe(2);
  });

  it('is good when the log replaces what is torn in the main file', async () => {
    const main = encrypted(small, keys, SALT);
    main.fill(0xee, 2048, 2500);
    main.fill(0xee, 4096 + 2048, 8192);
    // Page 1 is in the log too: it counts the pages.
    const frames = framesTo(large, small, true);
    expect(frames.map(({ number }) => number).slice(0, 2)).toEqual([1, 2]);
    expect(await notes(decryptDatabase({ main, wal: encryptedLog(frames) }, keys))).toEqual(LARGE);
  });

  it('with a damaged page is not used, and the page is named', () => {
    const whole = encrypted(large, keys, SALT);
    fc.assert(
      fc.property(fc.integer({ min: 4096, max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const main = whole.slice();
        main[at] = (main[at] ?? 0) ^ change;
        const number = Math.floor(at / 4096) + 1;
        expect(decryptDatabase({ main, wal: null }, keys)).toEqual({
          ok: false,
          kind: 'damaged-page',
          reason: `page ${number} of 6 in exportLibrary.db is damaged or torn; copy it again, together with its -wal file, when nothing writes to the stick`,
        });
      }),
    );
  });

  it('may have pages that were never written', async () => {
    const grown = new Uint8Array(small.length + 4096);
    grown.set(encrypted(small, keys, SALT));
    const opened = decryptDatabase({ main: grown, wal: null }, keys);
    expect(opened.ok && opened.bytes.subarray(8192)).toEqual(new Uint8Array(4096));
    expect(await notes(opened)).toEqual([[1, 10]]);
  });

  it('whose log has lost a frame that it counts as a page nobody wrote is read with zeros in its place', () => {
    const [last] = framesTo(small, new Uint8Array(0), true).slice(-1);
    const frames = last === undefined ? [] : [{ ...last, committedPages: 3 }];
    const opened = decryptDatabase({ main: encrypted(small, keys, SALT), wal: encryptedLog(frames) }, keys);
    expect(opened.ok && opened.bytes.length).toBe(3 * 4096);
  });

  it.each([
    ['is empty', new Uint8Array(0), 'has 0 bytes, expected a multiple of 4096'],
    ['ends inside a page', encrypted(large, keys, SALT).subarray(0, 5000), 'has 5000 bytes'],
    ['ends between two pages', encrypted(large, keys, SALT).subarray(0, 3 * 4096), 'has 3 pages, page 4 is missing'],
  ])('that %s is an incomplete copy', async (_, main, words) => {
    const opened = await plainDatabase({ main, wal: null, passphrase: PASSPHRASE });
    expect(opened).toMatchObject({ ok: false, kind: 'incomplete-copy', reason: expect.stringContaining(words) });
  });

  it('that counts pages without end takes no memory for them', () => {
    const [only] = framesTo(small, new Uint8Array(0), true);
    const frames = only === undefined ? [] : [{ ...only, committedPages: 0xffff_ffff }];
    expect(decryptDatabase({ main: encrypted(small, keys, SALT), wal: encryptedLog(frames) }, keys)).toMatchObject({
      ok: false,
      kind: 'incomplete-copy',
    });
  });

  it('without a passphrase, or with a wrong one, says which, and never the passphrase', async () => {
    const main = encrypted(small, keys, SALT);
    expect(await plainDatabase({ main, wal: null, passphrase: null })).toEqual({
      ok: false,
      kind: 'no-passphrase',
      reason: 'exportLibrary.db is encrypted and no passphrase is given',
    });
    const wrong = await plainDatabase({ main, wal: null, passphrase: 'hunter2' });
    expect(wrong).toMatchObject({ ok: false, kind: 'wrong-passphrase' });
    expect(JSON.stringify(wrong)).not.toContain('hunter2');
  });

  it('with the log of another database is told from a wrong passphrase', async () => {
    const other = await deriveKeys(PASSPHRASE, new Uint8Array(16));
    const page = encryptPage(other, {
      number: 1,
      page: pageOf(small, 1),
      vector: vectorOf(1, 1),
      salt: new Uint8Array(16),
    });
    const wal = encryptedLog([{ number: 1, page, committedPages: 2 }]);
    expect(decryptDatabase({ main: encrypted(small, keys, SALT), wal }, keys)).toMatchObject({
      ok: false,
      kind: 'damaged-page',
      reason: expect.stringContaining('the -wal file is damaged or of another database'),
    });
  });

  it('unencrypted, of pages of no possible size is not used', async () => {
    for (const size of [0, 100, 513, 3000]) {
      const main = small.slice();
      new DataView(main.buffer).setUint16(16, size);
      expect(await plainDatabase({ main, wal: null, passphrase: null })).toMatchObject({ ok: false });
    }
  });

  it('may be any bytes, with any log', async () => {
    const main = encrypted(small, keys, SALT);
    const wal = encryptedLog(framesTo(large, small, true));
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    const changed = (bytes: Uint8Array, places: readonly (readonly [number, number])[]) => {
      const copy = bytes.slice();
      for (const [at, byte] of places) copy[at % copy.length] = byte;
      return copy;
    };
    await fc.assert(
      fc.asyncProperty(changes, changes, fc.nat(wal.length), fc.uint8Array(), async (ofMain, ofLog, cut, any) => {
        const log = changed(wal, ofLog).subarray(0, cut);
        decryptDatabase({ main: changed(main, ofMain), wal: log }, keys);
        decryptDatabase({ main, wal: log }, keys);
        decryptDatabase({ main: any, wal: any }, keys);
        await plainDatabase({ main: changed(small, ofMain), wal: log, passphrase: null });
        await plainDatabase({
          main: Buffer.concat([Buffer.from('SQLite format 3\0'), any]),
          wal: any,
          passphrase: null,
        });
      }),
      { numRuns: rounds(75) },
    );
  });
});
