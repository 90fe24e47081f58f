import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  decodeEvent,
  encodeCreate,
  encodeDestroy,
  encodeReport,
  REPORT_DESCRIPTOR,
  UHID_EVENT_BYTES,
} from '../../../../bridges/cdj-hid/simulator/uhid-codec.ts';
import { uhidTrouble } from '../../../../bridges/cdj-hid/simulator/uhid-player.ts';
import { toHex } from '../../../../src/bytes/hex.ts';

const device = { name: 'CDJ3000', serial: 'A1', vendorId: 0x2b73, productId: 0x2f, descriptor: REPORT_DESCRIPTOR };

/** An event as the kernel writes it: zeros but for these bytes. */
function event(...parts: readonly (readonly [offset: number, bytes: readonly number[]])[]): Uint8Array {
  const bytes = new Uint8Array(UHID_EVENT_BYTES);
  for (const [offset, part] of parts) bytes.set(part, offset);
  return bytes;
}

describe('events to /dev/uhid', () => {
  it('a device that is put in stands where linux/uhid.h has it', () => {
    const bytes = Buffer.from(encodeCreate(device));
    expect(bytes).toHaveLength(280 + 52);
    expect(bytes.readUInt32LE(0)).toBe(11);
    expect(bytes.toString('utf8', 4, 12)).toBe('CDJ3000\0');
    expect(bytes.toString('utf8', 196, 199)).toBe('A1\0');
    expect(toHex(bytes.subarray(260, 280))).toBe(
      toHex(Uint8Array.of(52, 0, 3, 0, 0x73, 0x2b, 0, 0, 0x2f, ...Array(11).fill(0))),
    );
    expect([...bytes.subarray(280)]).toEqual([...REPORT_DESCRIPTOR]);
  });

  it('a name or a serial that is too long is cut and still ends with a zero', () => {
    const bytes = encodeCreate({ ...device, name: 'x'.repeat(500), serial: 'y'.repeat(500) });
    expect([bytes[4 + 126], bytes[4 + 127], bytes[132], bytes[196 + 62], bytes[196 + 63]]).toEqual([120, 0, 0, 121, 0]);
  });

  it('a report has its length and its bytes', () => {
    expect([...encodeReport(Uint8Array.of(7, 8, 9))]).toEqual([12, 0, 0, 0, 3, 0, 7, 8, 9]);
    expect([...encodeDestroy()]).toEqual([1, 0, 0, 0]);
  });
});

describe('events from /dev/uhid', () => {
  it('a report of a program comes without its report id', () => {
    const packet = Array.from({ length: 64 }, (_, i) => i + 1);
    expect(decodeEvent(event([0, [6]], [4, [0, ...packet]], [4100, [65, 0, 1]]))).toEqual({
      kind: 'output',
      report: Uint8Array.from(packet),
    });
  });

  it('what happens to the device is told', () => {
    const kinds = [2, 3, 4, 5, 77].map(type => decodeEvent(event([0, [type]])));
    const named = ['start', 'stop', 'open', 'close'].map(kind => ({ kind }));
    expect(kinds).toEqual([...named, { kind: 'unknown', type: 77 }]);
  });

  it('a feature that is asked for is refused with the number of the request, so that nobody waits for it', () => {
    expect(decodeEvent(event([0, [9]], [4, [42, 0, 0, 0, 1, 0]]))).toEqual({
      kind: 'request',
      refusal: Buffer.from([10, 0, 0, 0, 42, 0, 0, 0, 5, 0, 0, 0]),
    });
    expect(decodeEvent(event([0, [13]], [4, [43, 0, 0, 0]]))).toEqual({
      kind: 'request',
      refusal: Buffer.from([14, 0, 0, 0, 43, 0, 0, 0, 5, 0]),
    });
  });

  it('bytes that are no whole event are nothing', () => {
    for (const bytes of [[], [6, 0], [6, 0, 0, 0], [9, 0, 0, 0]])
      expect(decodeEvent(Uint8Array.from(bytes))).toBeNull();
    expect(decodeEvent(event([0, [6]], [4100, [0xff, 0xff]]))).toBeNull();
  });
});

describe('the descriptor of a simulated player', () => {
  it('says 64 bytes each way, no report ids and the usage by which a player is found', () => {
    const bytes = [...REPORT_DESCRIPTOR];
    expect(bytes).toHaveLength(52);
    const items = new Map<number, number[]>();
    for (let i = 0; i < bytes.length; ) {
      const prefix = bytes[i] ?? 0;
      const size = [0, 1, 2, 4][prefix & 3] ?? 0;
      const value = bytes.slice(i + 1, i + 1 + size).reduce((sum, byte, at) => sum + byte * 256 ** at, 0);
      items.set(prefix & 0xfc, [...(items.get(prefix & 0xfc) ?? []), value]);
      i += 1 + size;
    }
    // Short items by HID 1.11: usage page 0x04, usage 0x08, report size 0x74, count 0x94, report id 0x84.
    expect(items.get(0x04)?.[0]).toBe(0xffa0);
    expect(items.get(0x08)?.[0]).toBe(1);
    expect(items.get(0x74)).toEqual([8, 8]);
    expect(items.get(0x94)).toEqual([64, 64]);
    expect(items.has(0x84)).toBe(false);
  });
});

describe('/dev/uhid that cannot be had', () => {
  it('gets one line on what to do', () => {
    const of = (code: string): string => uhidTrouble(Object.assign(new Error(`${code}: it\nstack`), { code }));
    for (const code of ['ENOENT', 'EACCES', 'EIO']) {
      expect(of(code)).not.toMatch(/\n/);
      expect(of(code)).toContain('run --simulate');
    }
    expect(of('ENOENT')).toContain('modprobe uhid');
    expect(of('EACCES')).toContain('sudo');
  });

  it('offsets are those of the header of this system, where it has one', () => {
    // The struct is packed: sizes of its arrays alone give the offsets.
    let header = '';
    try {
      header = readFileSync('/usr/include/linux/uhid.h', 'utf8');
    } catch {
      return;
    }
    const body = /struct uhid_create2_req \{([^}]*)\}/.exec(header)?.[1] ?? '';
    const sizes = [...body.matchAll(/__u(8|16|32) (\w+)(?:\[(\w+)\])?/g)].map(([, bits, name, count = '1']) => ({
      name,
      bytes: (Number(bits) / 8) * (count === 'HID_MAX_DESCRIPTOR_SIZE' ? 4096 : Number(count)),
    }));
    const offsetOf = (wanted: string): number =>
      4 +
      sizes
        .slice(
          0,
          sizes.findIndex(({ name }) => name === wanted),
        )
        .reduce((sum, { bytes }) => sum + bytes, 0);
    expect(['uniq', 'rd_size', 'bus', 'vendor', 'product', 'rd_data'].map(offsetOf)).toEqual([
      196, 260, 262, 264, 268, 280,
    ]);
  });
});
