import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decode,
  decodeAll,
  describe as describeMessage,
  encode,
  encodeBundle,
  isAddress,
  type OscArg,
} from '../../../bridges/osc/codec.ts';
import { toHex } from '../../../src/bytes/hex.ts';

const hex = (bytes: Uint8Array): string => toHex(bytes).replaceAll(' ', '');

describe('OSC on the wire', () => {
  // Vectors worked out from the OSC 1.0 specification; the first is the one ETC's consoles are tested with.
  it.each<[string, readonly OscArg[], string]>([
    ['/eos/cue/1/2/fire', [{ type: 'float', value: 1 }], '2f656f732f6375652f312f322f666972650000002c6600003f800000'],
    ['/a', [{ type: 'int', value: -2 }], '2f6100002c690000fffffffe'],
    ['/a', [{ type: 'string', value: 'four' }], '2f6100002c730000666f757200000000'],
    // UTF-8 beyond ASCII, which OSC 1.0 does not speak of: U+00E9 is c3 a9, and the padding counts bytes, not letters.
    ['/a', [{ type: 'string', value: 'é' }], '2f6100002c730000c3a90000'],
    ['/a', [{ type: 'string', value: 'décor' }], '2f6100002c73000064c3a9636f720000'],
    ['/a', [{ type: 'string', value: 'été' }], '2f6100002c730000c3a974c3a9000000'],
    ['/a', [{ type: 'blob', value: Uint8Array.of(1, 2, 3, 4) }], '2f6100002c6200000000000401020304'],
    [
      '/a',
      [
        { type: 'bool', value: true },
        { type: 'bool', value: false },
      ],
      '2f6100002c544600',
    ],
    ['/a', [{ type: 'int64', value: 2n ** 40n + 1n }], '2f6100002c6800000000010000000001'],
    ['/a', [{ type: 'int64', value: -1n }], '2f6100002c680000ffffffffffffffff'],
    ['/a', [{ type: 'double', value: 0.5 }], '2f6100002c6400003fe0000000000000'],
  ])('%s, case %#', (address, args, expected) => {
    expect(hex(encode({ address, args }))).toBe(expected);
  });

  it('reads a text in UTF-8 as it writes it', () => {
    const bytes = Buffer.from('2f6100002c730000c3a90000', 'hex');
    expect(decode(bytes)).toEqual({ ok: true, message: { address: '/a', args: [{ type: 'string', value: 'é' }] } });
  });

  // OSC 1.0: receivers should be robust where older senders leave the type tag string out.
  describe('an address alone, without a type tag string', () => {
    const bare = (address: string, nuls: number): Uint8Array => Buffer.from(address + '\0'.repeat(nuls), 'latin1');

    it.each<[string, number]>([
      ['/decklight/in/panic', 1],
      ['/a', 2],
      // A string ends with a NUL at least: four more where the letters fill the last four bytes.
      ['/abc', 4],
    ])('%s with %i NUL behind it is a message without arguments', (address, nuls) => {
      expect(decode(bare(address, nuls))).toEqual({ ok: true, message: { address, args: [] } });
    });

    it.each<[string, number, string]>([
      ['/decklight/in/panic', 0, 'no padding'],
      ['/decklight/in/pani', 1, 'too little padding'],
      ['/abc', 0, 'no NUL'],
      ['/abc', 3, 'too little padding'],
      ['/a', 6, 'four bytes more than the padding has'],
      ['', 4, 'no address'],
      ['panic', 3, 'no slash'],
      ['/a b', 4, 'a space'],
    ])('%s with %i NUL behind it is none: %s', (address, nuls) => {
      expect(decode(bare(address, nuls))).toMatchObject({ ok: false });
    });
  });

  it('a bundle says "immediately", or its time as NTP does', () => {
    const message = { address: '/a', args: [] };
    expect(hex(encodeBundle(message, null))).toBe('2362756e646c65000000000000000001000000082f6100002c000000');
    // One and a half seconds into 1970 are 2 208 988 801.5 s after 1900.
    expect(hex(encodeBundle(message, 1500)).slice(16, 32)).toBe('83aa7e8180000000');
  });

  const arg: fc.Arbitrary<OscArg> = fc.oneof(
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map((value): OscArg => ({ type: 'int', value })),
    fc.float({ noNaN: true }).map((value): OscArg => ({ type: 'float', value })),
    fc.double({ noNaN: true }).map((value): OscArg => ({ type: 'double', value })),
    fc
      .string({ unit: 'grapheme' })
      .filter(text => !text.includes('\0'))
      .map((value): OscArg => ({ type: 'string', value })),
    fc.boolean().map((value): OscArg => ({ type: 'bool', value })),
    fc.uint8Array({ maxLength: 20 }).map((value): OscArg => ({ type: 'blob', value })),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value): OscArg => ({ type: 'int64', value })),
  );

  it('gives back what it is given', () => {
    fc.assert(
      fc.property(fc.array(arg, { maxLength: 6 }), args => {
        const decoded = decode(encode({ address: '/x/y', args }));
        if (!decoded.ok) throw new Error(decoded.reason);
        expect(decoded.message.address).toBe('/x/y');
        const plain = decoded.message.args.map(each =>
          each.type === 'blob' ? { ...each, value: Uint8Array.from(each.value) } : each,
        );
        expect(plain).toEqual(args);
      }),
    );
  });

  it('arbitrary bytes give a message or a reason, of one line', () => {
    const head = encodeBundle({ address: '/a', args: [] }, null).slice(0, 16);
    const anyBytes = fc.uint8Array({ maxLength: 64 });
    const anyBundle = anyBytes.map(bytes => Uint8Array.from([...head, 0, 0, 0, bytes.length, ...bytes]));
    fc.assert(
      fc.property(fc.oneof(anyBytes, anyBundle), bytes => {
        for (const decoded of decodeAll(bytes)) if (!decoded.ok) expect(decoded.reason).not.toMatch(/[^ -~·]/);
      }),
    );
  });

  /** A bundle put together by the letter of OSC 1.0: each element with its size before it. */
  const bundleOf = (...elements: readonly Uint8Array[]): Uint8Array =>
    Buffer.concat([
      Buffer.from('#bundle\0', 'latin1'),
      Buffer.from('83aa7e8180000000', 'hex'),
      ...elements.flatMap(element => {
        const size = Buffer.alloc(4);
        size.writeInt32BE(element.length);
        return [size, element];
      }),
    ]);
  const a = encode({ address: '/a', args: [] });
  const b = encode({ address: '/b', args: [{ type: 'int', value: 1 }] });
  const addresses = (bytes: Uint8Array): string[] =>
    decodeAll(bytes).map(decoded => (decoded.ok ? decoded.message.address : decoded.reason));

  it('a bundle, whatever its time, gives its messages in order, those of bundles within it too', () => {
    expect(addresses(a)).toEqual(['/a']);
    expect(addresses(bundleOf(a, b))).toEqual(['/a', '/b']);
    expect(addresses(bundleOf(a, bundleOf(b, a), b))).toEqual(['/a', '/b', '/a', '/b']);
    expect(addresses(bundleOf())).toEqual([]);
  });

  it('a bundle that is broken off gives what came before', () => {
    expect(addresses(bundleOf(a, b).subarray(0, -4))).toEqual(['/a', expect.stringMatching(/12 bytes it has no room/)]);
    expect(addresses(bundleOf(a).subarray(0, 12))).toEqual([expect.stringMatching(/before its time tag/)]);
    expect(addresses(bundleOf(Uint8Array.of(1, 2, 3, 4), a))).toEqual([expect.stringMatching(/no OSC message/), '/a']);
  });

  it('bundles nested without end are given up', () => {
    let nested = bundleOf(a);
    for (let i = 0; i < 3000; i++) nested = bundleOf(nested);
    expect(addresses(nested)).toEqual([expect.stringMatching(/more than 8 deep/)]);
  });

  it('knows an address that receivers can take', () => {
    for (const good of ['/a', '/eos/cue/1/2/fire', '/Page1/Key201']) expect(isAddress(good)).toBe(true);
    for (const bad of ['a', '', '/a b', '/a#b', '/über']) expect(isAddress(bad)).toBe(false);
  });

  it('reads as oscdump writes', () => {
    const args: OscArg[] = [
      { type: 'int', value: 1 },
      { type: 'float', value: 1 },
      { type: 'string', value: 'a "b"' },
      { type: 'bool', value: false },
    ];
    expect(describeMessage({ address: '/cue/7/go', args })).toBe('/cue/7/go ,ifsF 1 1.0 "a \\"b\\""');
    expect(describeMessage({ address: '/go', args: [] })).toBe('/go');
  });
});
