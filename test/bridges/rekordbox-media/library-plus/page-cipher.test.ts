import { createDecipheriv, createHmac, pbkdf2Sync } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decryptPage, deriveKeys, encryptPage } from '../../../../bridges/rekordbox-media/library-plus/page-cipher.ts';

const PASSPHRASE = 'größer than nothing';
const SALT = Uint8Array.from({ length: 16 }, (_, i) => 0xf0 - i);
const keys = await deriveKeys(PASSPHRASE, SALT);

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const number = fc.integer({ min: 1, max: 0xffff_ffff });

/** What a decrypted page keeps of the one that was encrypted: all but the tail, and on page 1 the magic is SQLite's. */
function kept(page: Uint8Array, pageNumber: number): Uint8Array {
  const plain = page.slice();
  plain.fill(0, 4016);
  if (pageNumber === 1) plain.set(Buffer.from('SQLite format 3\0'));
  return plain;
}

describe('a page of an encrypted database', () => {
  it('is what it was once it is decrypted, whatever it holds', () => {
    fc.assert(
      fc.property(bytes(4096), fc.oneof(fc.constant(1), number), bytes(16), (page, n, vector) => {
        const stored = encryptPage(keys, { number: n, page, vector, salt: SALT });
        expect(decryptPage(keys, n, stored)).toEqual({ kind: 'plain', page: kept(page, n) });
      }),
    );
  });

  // The parameters as SQLCipher 4 documents them, worked through without the code under test.
  it.each([1, 2, 300])('number %i is stored as SQLCipher 4 stores it', n => {
    const page = Uint8Array.from({ length: 4096 }, (_, i) => (i * 7 + n) & 0xff);
    const vector = Uint8Array.from({ length: 16 }, (_, i) => i);
    const stored = Buffer.from(encryptPage(keys, { number: n, page, vector, salt: SALT }));
    const from = n === 1 ? 16 : 0;
    if (n === 1) expect(stored.subarray(0, 16)).toEqual(Buffer.from(SALT));
    expect(stored.subarray(0xfb0, 0xfc0)).toEqual(Buffer.from(vector));

    const key = pbkdf2Sync(Buffer.from(PASSPHRASE, 'utf8'), SALT, 256_000, 32, 'sha512');
    const macSalt = Buffer.from(SALT.map(byte => byte ^ 0x3a));
    const macKey = pbkdf2Sync(key, macSalt, 2, 32, 'sha512');
    const littleEndian = Buffer.from([n & 0xff, n >> 8, 0, 0]);
    const covered = Buffer.concat([stored.subarray(from, 0xfc0), littleEndian]);
    expect(stored.subarray(0xfc0)).toEqual(createHmac('sha512', macKey).update(covered).digest());

    const decipher = createDecipheriv('aes-256-cbc', key, vector).setAutoPadding(false);
    const plain = Buffer.concat([decipher.update(stored.subarray(from, 0xfb0)), decipher.final()]);
    expect(plain).toEqual(Buffer.from(page.subarray(from, 0xfb0)));
  });

  it('with one changed bit, under another number or another key, has a wrong MAC', async () => {
    const page = new Uint8Array(4096).fill(5);
    const other = await deriveKeys('another', SALT);
    fc.assert(
      fc.property(number, fc.nat(4095), fc.nat(7), (n, at, bit) => {
        const stored = encryptPage(keys, { number: n, page, vector: SALT, salt: SALT });
        expect(decryptPage(other, n, stored)).toEqual({ kind: 'wrong-mac' });
        if (n > 2) expect(decryptPage(keys, n - 1, stored)).toEqual({ kind: 'wrong-mac' });
        stored[at] = (stored[at] ?? 0) ^ (1 << bit);
        // The salt in page 1 is not covered: another salt is another key.
        if (n > 1 || at >= 16) expect(decryptPage(keys, n, stored)).toEqual({ kind: 'wrong-mac' });
      }),
    );
  });

  it('of nothing but zeros was never written', () => {
    for (const n of [1, 2, 77]) expect(decryptPage(keys, n, new Uint8Array(4096))).toEqual({ kind: 'never-written' });
  });

  it('may be any bytes of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), number, (stored, n) => {
        expect(decryptPage(keys, n, stored).kind).toBe('wrong-mac');
      }),
    );
  });
});

describe('the keys', () => {
  it('show nothing of themselves', () => {
    const key = pbkdf2Sync(PASSPHRASE, SALT, 256_000, 32, 'sha512');
    const shown = JSON.stringify(keys) + inspect(keys, { depth: 9, showHidden: true });
    for (const secret of [PASSPHRASE, key.toString('hex'), key.toString('base64'), [...key.subarray(0, 4)].join(',')]) {
      expect(shown).not.toContain(secret);
    }
    expect(JSON.parse(JSON.stringify(keys))).toEqual({ cipher: {}, mac: {} });
  });

  it('are derived beside the event loop, not in it', async () => {
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    // One that is not known yet.
    await deriveKeys(PASSPHRASE, SALT.toReversed());
    isDone = true;
    expect(turns).toBeGreaterThan(10);
  });
});
