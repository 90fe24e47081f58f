/**
 * Pages of an encrypted database (SQLCipher 4 with its defaults) and back. Functions of values, no I/O.
 *
 * A page is 4096 bytes: ciphertext, 16 bytes of initialisation vector, 64 bytes of HMAC. The first 16 bytes of page 1
 * are the salt, in the clear, in the place of SQLite's magic. Keys never leave a `PageKeys`: it shows nothing of itself
 * in JSON, in a log or in an error.
 * Source: SQLCipher's design notes; checked with files that SQLCipher 4.14 wrote.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  type KeyObject,
  pbkdf2,
  timingSafeEqual,
} from 'node:crypto';
import { promisify } from 'node:util';

export const PAGE_BYTES = 4096;
export const SALT_BYTES = 16;
export const VECTOR_BYTES = 16;

const MAC_BYTES = 64;
/** Bytes that SQLite leaves free at the end of each page of such a database. */
export const RESERVED_BYTES = VECTOR_BYTES + MAC_BYTES;
const VECTOR_AT = PAGE_BYTES - RESERVED_BYTES;
const MAC_AT = PAGE_BYTES - MAC_BYTES;

const KEY_BYTES = 32;
const CIPHER_KEY_ROUNDS = 256_000;
const MAC_KEY_ROUNDS = 2;
/** Each byte of the salt is XORed with this for the second key. */
const MAC_SALT_MASK = 0x3a;

/** First bytes of an unencrypted database, and of page 1 once it is decrypted. */
export const SQLITE_MAGIC = new TextEncoder().encode('SQLite format 3\0');

/** The two keys of a database. */
export interface PageKeys {
  readonly cipher: KeyObject;
  readonly mac: KeyObject;
}

const derive = promisify(pbkdf2);

/** Keys of databases that were opened last, by a hash of what they follow from; the oldest first. */
const lastDerived = new Map<string, Promise<PageKeys>>();
const DERIVED_MOST = 8;

/**
 * The keys of a database. Takes about 0.2 s on threads of its own: the event loop runs on. A database that was opened
 * before takes none.
 *
 * @param passphrase as its UTF-8 bytes; any text, a wrong one shows in the MAC of page 1
 * @param salt the first 16 bytes of the file
 */
export function deriveKeys(passphrase: string, salt: Uint8Array): Promise<PageKeys> {
  const from = createHash('sha256').update(salt).update(passphrase).digest('base64');
  const known = lastDerived.get(from);
  if (known !== undefined) return known;
  const keys = deriveAnew(passphrase, salt);
  lastDerived.set(from, keys);
  for (const oldest of lastDerived.keys()) if (lastDerived.size > DERIVED_MOST) lastDerived.delete(oldest);
  return keys;
}

async function deriveAnew(passphrase: string, salt: Uint8Array): Promise<PageKeys> {
  const cipher = await derive(passphrase, salt, CIPHER_KEY_ROUNDS, KEY_BYTES, 'sha512');
  const macSalt = salt.map(byte => byte ^ MAC_SALT_MASK);
  const mac = await derive(cipher, macSalt, MAC_KEY_ROUNDS, KEY_BYTES, 'sha512');
  return { cipher: createSecretKey(cipher), mac: createSecretKey(mac) };
}

export type DecryptedPage =
  | {
      readonly kind: 'plain';
      /** 4096 bytes as SQLite knows them, zeros in the reserved tail. */
      readonly page: Uint8Array;
    }
  /** All zeros: SQLite made room for it and never wrote it. */
  | { readonly kind: 'never-written' }
  /** A MAC that is not of these keys: another key, another page number, or damage. */
  | { readonly kind: 'wrong-mac' };

/**
 * A page in the clear.
 *
 * @param number of the page, from 1; it is part of the MAC
 * @param stored 4096 bytes; any other length is `wrong-mac`
 */
export function decryptPage(keys: PageKeys, number: number, stored: Uint8Array): DecryptedPage {
  if (stored.length !== PAGE_BYTES) return { kind: 'wrong-mac' };
  const from = clearBytes(number);
  if (!timingSafeEqual(macOf(keys, number, stored.subarray(from, MAC_AT)), stored.subarray(MAC_AT))) {
    return { kind: stored.every(byte => byte === 0) ? 'never-written' : 'wrong-mac' };
  }
  const decipher = createDecipheriv('aes-256-cbc', keys.cipher, stored.subarray(VECTOR_AT, MAC_AT));
  decipher.setAutoPadding(false);
  const page = new Uint8Array(PAGE_BYTES);
  if (number === 1) page.set(SQLITE_MAGIC);
  page.set(decipher.update(stored.subarray(from, VECTOR_AT)), from);
  return { kind: 'plain', page };
}

/** A page in the clear, and what it is encrypted with beside the keys. */
export interface PageToEncrypt {
  /** From 1; it is part of the MAC. */
  readonly number: number;
  /** 4096 bytes; its reserved tail of 80 bytes is not kept, nor, of page 1, SQLite's magic. */
  readonly page: Uint8Array;
  /** 16 bytes, never the same for two pages; whoever must have the same bytes each time works them out. */
  readonly vector: Uint8Array;
  /** The one that the keys are of; it is written into page 1 alone. */
  readonly salt: Uint8Array;
}

/** A page as it is stored: what `decryptPage` undoes. */
export function encryptPage(keys: PageKeys, { number, page, vector, salt }: PageToEncrypt): Uint8Array {
  const stored = new Uint8Array(PAGE_BYTES);
  const from = clearBytes(number);
  if (number === 1) stored.set(salt.subarray(0, SALT_BYTES));
  const cipher = createCipheriv('aes-256-cbc', keys.cipher, vector);
  cipher.setAutoPadding(false);
  stored.set(cipher.update(page.subarray(from, VECTOR_AT)), from);
  stored.set(vector, VECTOR_AT);
  stored.set(macOf(keys, number, stored.subarray(from, MAC_AT)), MAC_AT);
  return stored;
}

/** Bytes at the start of a page that are not encrypted: the salt on page 1. */
const clearBytes = (number: number): number => (number === 1 ? SALT_BYTES : 0);

/** @param covered ciphertext and vector */
function macOf(keys: PageKeys, number: number, covered: Uint8Array): Buffer {
  const numberBytes = Buffer.alloc(4);
  // The one number in these files that is little-endian.
  numberBytes.writeUInt32LE(number);
  return createHmac('sha512', keys.mac).update(covered).update(numberBytes).digest();
}
