import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REPORT_BYTES } from '../../../bridges/cdj-hid/layout.ts';
import {
  DEVICE_IDS,
  deviceIdFor,
  LOGIN_NAMES,
  loginsFor,
  MANUFACTURER_CONSTANTS,
} from '../../../bridges/cdj-hid/login/login-data.ts';
import { fnv1a, loginHash, loginSecret, u32Bytes } from '../../../bridges/cdj-hid/login/login-hash.ts';
import { decodeSysexLogin, encodeSysexLogin, SYSEX_GREETING } from '../../../bridges/cdj-hid/login/sysex-login.ts';
import {
  decodeLogin,
  encodeLogin,
  encodeTlv,
  firmwareText,
  type LoginMessage,
  spread,
  stageWithin,
  unspread,
} from '../../../bridges/cdj-hid/login-codec.ts';
import { toHex } from '../../../src/bytes/hex.ts';
import { bytesOf, CDJ_CAPTURES, LOGIN_SAMPLES } from './capture-samples.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const name = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(...'abcXYZ 0129-') });
const u32 = fc.nat(0xffffffff);
const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

const anyMessage: fc.Arbitrary<LoginMessage> = fc.oneof(
  fc.record({
    stage: fc.constant('announce' as const),
    firmware: fc.option(fc.record({ major: fc.nat(255), minor: fc.nat(255) })),
  }),
  fc.record({ stage: fc.constant('challenge' as const), manufacturer: name, product: name, seed: exactly(8) }),
  fc.record({
    stage: fc.constant('response' as const),
    manufacturer: name,
    product: name,
    hash: u32,
    seed: exactly(4),
  }),
  fc.record({
    stage: fc.constant('answer' as const),
    manufacturer: name,
    product: name,
    hash: u32,
    deviceId: exactly(10),
  }),
  fc.constant({ stage: 'accepted' as const }),
);

describe('FNV-1a', () => {
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('of "%s" is the published value', (text, hash) => expect(fnv1a(ascii(text))).toBe(hash));
});

describe('bytes spread out', () => {
  it('come back, high nibble first', () => {
    expect(toHex(spread(bytesOf('12 34')))).toBe('01 02 03 04');
    fc.assert(fc.property(fc.uint8Array(), bytes => void expect(unspread(spread(bytes))).toEqual(bytes)));
  });

  it('that are no nibbles, or an odd number of them, are none', () => {
    expect(unspread(bytesOf('01 10'))).toBeNull();
    expect(unspread(bytesOf('01'))).toBeNull();
  });
});

describe('a message of the login', () => {
  it('comes back', () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(20), (message, zeros) => {
        const decoded = decodeLogin(Uint8Array.from([...encodeLogin(message), ...new Uint8Array(zeros)]));
        expect(decoded).toEqual({ ok: true, message });
      }),
    );
  });

  it('has its arguments in any order, and others between them', () => {
    const seed = encodeTlv(3, spread(bytesOf('0011223344556677')));
    const parts = [encodeTlv(9, ascii('?')), seed, encodeTlv(2, ascii('B')), encodeTlv(1, ascii('A'))];
    const decoded = decodeLogin(encodeTlv(0x12, Uint8Array.from(parts.flatMap(part => [...part]))));
    expect(decoded).toMatchObject({ ok: true, message: { stage: 'challenge', manufacturer: 'A', product: 'B' } });
  });

  it('that announces is read whichever of the two lengths it states', () => {
    const firmware = { major: 1, minor: 85 };
    for (const hex of ['11 06 01 04 01 55', '11 04 01 04 01 55']) {
      const packet = Uint8Array.from([...bytesOf(hex), ...new Uint8Array(52)]);
      expect(decodeLogin(packet)).toEqual({ ok: true, message: { stage: 'announce', firmware } });
    }
    expect(firmwareText(firmware)).toBe('1.85');
    expect(firmwareText({ major: 2, minor: 5 })).toBe('2.05');
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 130 }), bytes => {
        decodeLogin(bytes);
        stageWithin(bytes);
        decodeSysexLogin(bytes);
      }),
      { numRuns: 20_000 },
    );
  });

  it('with any byte changed is read or refused, and never throws', () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(), fc.nat(255), (message, at, byte) => {
        const bytes = encodeLogin(message);
        bytes[at % bytes.length] = byte;
        expect(typeof decodeLogin(bytes).ok).toBe('boolean');
      }),
      { numRuns: 5000 },
    );
  });
});

type MessageFile =
  | { readonly form: 'message'; readonly message: Record<string, unknown> }
  | { readonly form: 'refused'; readonly reason: string };

describe('single messages as captured', () => {
  const singles = CDJ_CAPTURES.map(capture => ({ ...capture, expected: capture.expected as MessageFile })).filter(
    ({ expected: { form } }) => form === 'message' || form === 'refused',
  );

  it('are all here', () => expect(singles).toHaveLength(4));

  it.each(singles.map(each => [each.name, each] as const))('%s', (_, { bytes, expected }) => {
    const decoded = decodeLogin(bytes.subarray(6));
    if (expected.form === 'refused') {
      expect(decoded.ok ? '' : decoded.reason).toContain(expected.reason);
      return;
    }
    if (!decoded.ok) throw new Error(decoded.reason);
    const plain = JSON.parse(JSON.stringify(decoded.message, (_key, v) => (v instanceof Uint8Array ? toHex(v) : v)));
    expect(plain).toEqual(expected.message);
    const again = new Uint8Array(REPORT_BYTES - 6);
    again.set(encodeLogin(decoded.message));
    expect(toHex(again)).toBe(toHex(bytes.subarray(6)));
  });
});

describe('whole logins', () => {
  it.each(LOGIN_SAMPLES.map(each => [each.name, each] as const))(
    '%s: secret and hashes are those written down',
    (_, sample) => {
      const constant = MANUFACTURER_CONSTANTS[LOGIN_NAMES[sample.login].manufacturer] ?? 0;
      const secret = loginSecret(bytesOf(sample.playerSeed), constant);
      const hex = (value: number): string => toHex(u32Bytes(value)).replaceAll(' ', '').toUpperCase();
      expect(toHex(secret).replaceAll(' ', '').toUpperCase()).toBe(sample.secret);
      expect(hex(loginHash(bytesOf(sample.hostSeed), secret))).toBe(sample.playerHash);
      expect(hex(loginHash(bytesOf(sample.playerSeed), secret))).toBe(sample.hostHash);
      expect(deviceIdFor(sample.product, LOGIN_NAMES[sample.login].manufacturer)).toBe(sample.deviceId);
    },
  );

  const sysex = LOGIN_SAMPLES.filter(({ form }) => form === 'sysex');

  it('one of them is real and complete', () => expect(sysex).toHaveLength(1));

  it.each(sysex.map(each => [each.name, each] as const))('%s: every message byte for byte, both ways', (_, sample) => {
    for (const { stage, bytes } of sample.packets) {
      const read = decodeSysexLogin(bytes);
      if (!read.ok) throw new Error(read.reason);
      expect(read.value).toMatchObject({ productId: sample.productId, deck: 0 });
      const decoded = decodeLogin(read.value.payload);
      if (!decoded.ok) throw new Error(decoded.reason);
      expect(decoded.message.stage).toBe(stage);
      expect(toHex(encodeSysexLogin({ ...read.value, payload: encodeLogin(decoded.message) }))).toBe(toHex(bytes));
    }
  });
});

describe('sysex', () => {
  it('comes back for every product', () => {
    fc.assert(
      fc.property(fc.nat(0xffff), fc.nat(15), fc.uint8Array({ maxLength: 80 }), (productId, deck, payload) => {
        const value = { productId, deck, payload };
        expect(decodeSysexLogin(encodeSysexLogin(value))).toEqual({ ok: true, value });
      }),
    );
  });

  it('of a DJM-250MK2 names its product in its own way', () => {
    const bytes = encodeSysexLogin({ productId: 0x17, deck: 0, payload: SYSEX_GREETING });
    expect(toHex(bytes)).toBe('f0 00 40 05 00 00 00 17 00 50 01 f7');
    expect(decodeSysexLogin(bytes)).toMatchObject({ ok: true, value: { productId: 0x17 } });
  });

  it('of others is refused', () => {
    expect(decodeSysexLogin(bytesOf('f0 7e 00 06 01 f7'))).toMatchObject({ ok: false });
    expect(decodeSysexLogin(bytesOf('f0 00 20 33 00 00 00 00 00 11 02 f7'))).toMatchObject({ ok: false });
  });
});

describe('the ids', () => {
  it('are ten bytes each, of programs whose constant is known', () => {
    for (const ids of Object.values(DEVICE_IDS)) {
      for (const [manufacturer, id] of Object.entries(ids)) {
        expect(id).toMatch(/^[0-9A-F]{20}$/);
        expect(MANUFACTURER_CONSTANTS).toHaveProperty(manufacturer);
      }
    }
  });

  it('follow the name that the player says, hyphens or not', () => {
    expect(deviceIdFor('CDJ-2000NXS2', 'Serato')).toBe('C0BD940FB700BB8FC75B');
    expect(deviceIdFor('CDJ3000', 'PioneerDJ')).toBeNull();
    expect(deviceIdFor('toString', 'PioneerDJ')).toBeNull();
    expect(loginsFor('XDJ-XZ')).toEqual(['serato']);
    expect(loginsFor('CDJ2000NXS2')).toEqual(['rekordbox', 'serato', 'traktor']);
  });
});
