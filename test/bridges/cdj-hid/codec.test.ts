import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  averageBpmText,
  type BrowseRow,
  DARK_OUTPUT,
  decodeArtwork,
  decodeInput,
  decodeKey,
  decodeOutput,
  decodeRows,
  encodeArtwork,
  encodeInput,
  encodeKey,
  encodeOutput,
  encodeRows,
  encodeTextMessage,
  readPacket,
  TEXT_MOST_CHARACTERS,
  type TextKind,
} from '../../../bridges/cdj-hid/codec.ts';
import {
  INPUT_CONTROLS,
  INPUT_IDS,
  inputControl,
  UNEXPLAINED_INPUT,
} from '../../../bridges/cdj-hid/controls/input-controls.ts';
import {
  OUTPUT_CONTROLS,
  OUTPUT_IDS,
  outputControl,
  UNEXPLAINED_OUTPUT,
} from '../../../bridges/cdj-hid/controls/output-controls.ts';
import { joinMessage, NO_PARTIAL_MESSAGES } from '../../../bridges/cdj-hid/fragments.ts';
import {
  controlOutput,
  inputFields,
  PACKETS,
  REPORT_BYTES,
  ROW_COLORS,
  ROW_ICONS,
} from '../../../bridges/cdj-hid/layout.ts';
import { USUAL_QUIRKS } from '../../../bridges/cdj-hid/quirks.ts';
import { decodeText, encodeText, shortenedText } from '../../../bridges/cdj-hid/utf16.ts';
import { toHex } from '../../../src/bytes/hex.ts';
import { CDJ_CAPTURES } from './capture-samples.ts';
import { ARBITRARY_REPORTS } from './property-runs.ts';

const usual = inputFields(USUAL_QUIRKS);
const bytes = { minLength: REPORT_BYTES, maxLength: REPORT_BYTES } as const;

/** The packets joined to the payload of their message. */
function payloadOf(packets: readonly Uint8Array[]): Uint8Array {
  let partial = NO_PARTIAL_MESSAGES;
  for (const packet of packets) {
    const step = joinMessage(partial, packet, 0);
    partial = step.partial;
    if (step.joined.kind === 'whole') return step.joined.message.payload;
  }
  throw new Error('the message is not whole');
}

const hexOf = (packets: readonly Uint8Array[]): string => packets.map(toHex).join(' ');

function reportsOf(whole: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: whole.length / REPORT_BYTES }, (_, i) =>
    whole.slice(i * REPORT_BYTES, (i + 1) * REPORT_BYTES),
  );
}

type Expected =
  | { readonly form: 'input'; readonly values: Readonly<Record<string, number>> }
  | { readonly form: 'output'; readonly values: Readonly<Record<string, number>> }
  | { readonly form: 'rows'; readonly rows: readonly BrowseRow[] }
  | { readonly form: 'text'; readonly kind: TextKind; readonly text: string }
  | { readonly form: 'key'; readonly text: string };

describe('reports as the documents draw them', () => {
  const samples = CDJ_CAPTURES.map(capture => ({ ...capture, expected: capture.expected as Expected })).filter(
    ({ expected: { form } }) => ['input', 'output', 'rows', 'text', 'key'].includes(form),
  );

  it('are all here', () => expect(samples.length).toBeGreaterThanOrEqual(7));

  it.each(samples.map(sample => [sample.name, sample] as const))('%s reads and writes the same bytes', (_, sample) => {
    const { expected } = sample;
    const reports = reportsOf(sample.bytes);
    const [first = new Uint8Array(0)] = reports;
    if (expected.form === 'input') {
      const read = decodeInput(usual, first);
      expect(read).toEqual({ ...decodeInput(usual, new Uint8Array(REPORT_BYTES)), ...expected.values });
      expect(toHex(encodeInput(usual, 0, read))).toBe(toHex(first));
    } else if (expected.form === 'output') {
      expect(decodeOutput(first)).toMatchObject({ ...DARK_OUTPUT, ...expected.values });
      expect(toHex(encodeOutput(0, { ...DARK_OUTPUT, ...expected.values }))).toBe(toHex(first));
    } else if (expected.form === 'rows') {
      expect(decodeRows(payloadOf(reports)).filter(row => row !== null)).toEqual(expected.rows);
      expect(hexOf(encodeRows(0, expected.rows))).toBe(hexOf(reports));
    } else if (expected.form === 'text') {
      expect(decodeText(payloadOf(reports)).text).toBe(expected.text);
      expect(hexOf(encodeTextMessage(expected.kind, 0, expected.text))).toBe(hexOf(reports));
    } else {
      expect(decodeKey(first)).toBe(expected.text);
      expect(toHex(encodeKey(0, expected.text))).toBe(toHex(first));
    }
  });
});

describe('the tables of controls', () => {
  it('have the 67 inputs and 37 outputs that are documented, and one button whose place nobody knows', () => {
    const placed = INPUT_IDS.filter(id => INPUT_CONTROLS[id].place !== null);
    expect([placed.length, OUTPUT_IDS.length]).toEqual([67, 37]);
    expect(INPUT_IDS.filter(id => INPUT_CONTROLS[id].place === null)).toEqual(['track-search-reverse']);
  });

  it.each([
    ['input', INPUT_IDS.map(inputControl), UNEXPLAINED_INPUT, 0x1c],
    ['output', OUTPUT_IDS.map(outputControl), UNEXPLAINED_OUTPUT, 0x27],
  ] as const)(
    '%s: each bit up to the last known one is either a control or listed as unexplained',
    (_, list, open, last) => {
      const owned = new Map<number, number>();
      const own = (offset: number, mask: number, who: string): void => {
        expect((owned.get(offset) ?? 0) & mask, `${who} at ${offset}`).toBe(0);
        owned.set(offset, (owned.get(offset) ?? 0) | mask);
      };
      for (const { place, label } of list) {
        for (let i = 0; place !== null && i < place.bytes; i++) own(place.offset + i, place.mask ?? 0xff, label);
      }
      for (const [offset, mask] of Object.entries(open)) own(Number(offset), mask, 'unexplained');
      for (let offset = 2; offset <= last; offset++) expect(owned.get(offset), `byte ${offset}`).toBe(0xff);
      expect(Math.max(...owned.keys())).toBe(last);
    },
  );

  it('every control and every packet says where it is known from', () => {
    const docs = [...INPUT_IDS.map(inputControl), ...OUTPUT_IDS.map(outputControl), ...Object.values(PACKETS)];
    for (const { doc } of docs) expect(doc).toMatch(/\[[CDXIU]/);
    for (const { fields } of [controlOutput]) {
      for (const field of Object.values(fields)) expect(field.doc).toMatch(/\[[CDXIU]/);
    }
  });

  it('lamps are named so', () => {
    for (const id of OUTPUT_IDS) expect(OUTPUT_CONTROLS[id].kind === 'light', id).toBe(id.endsWith('-led'));
  });

  it('a button that stands elsewhere is read from there', () => {
    const moved = inputFields({ buttons: { 'track-search-reverse': { offset: 0x02, bytes: 1, mask: 0x04 } } });
    const packet = new Uint8Array(REPORT_BYTES);
    packet[2] = 0x04;
    expect(decodeInput(moved, packet)['track-search-reverse']).toBe(1);
    expect(decodeInput(usual, packet)['track-search-reverse']).toBeUndefined();
  });

  it('there are twelve colours and 39 signs', () => expect([ROW_COLORS.length, ROW_ICONS.length]).toEqual([12, 39]));
});

describe('an input', () => {
  it.each([...usual])('%s alone changes its own bits, and comes back', (id, field) => {
    const { least, most } = inputControl(id);
    fc.assert(
      fc.property(fc.integer({ min: least, max: most }), fc.uint8Array(bytes), (value, before) => {
        const packet = before.slice();
        const others = { ...decodeInput(usual, packet) };
        field.write(packet, value);
        expect(decodeInput(usual, packet)).toEqual({ ...others, [id]: value });
        const strange = packet.findIndex((byte, offset) => {
          const isOwn = offset >= field.offset && offset < field.offset + (field.bytes ?? 0);
          const mask = isOwn ? (field.mask ?? 0xff) : 0;
          return (byte & ~mask) !== ((before[offset] ?? 0) & ~mask);
        });
        expect(strange).toBe(-1);
      }),
      { numRuns: 20 },
    );
  });
});

describe('an output', () => {
  it.each(OUTPUT_IDS)('%s alone changes its own bits and nothing else', id => {
    const { place, least, most } = outputControl(id);
    const dark = encodeOutput(0, DARK_OUTPUT);
    fc.assert(
      fc.property(fc.integer({ min: least, max: most }), value => {
        const packet = encodeOutput(0, { ...DARK_OUTPUT, [id]: value });
        expect(decodeOutput(packet)).toMatchObject({ ...DARK_OUTPUT, [id]: value });
        const strange = packet.findIndex((byte, offset) => {
          const isOwn = offset >= place.offset && offset < place.offset + place.bytes;
          return ((byte ^ (dark[offset] ?? 0)) & ~(isOwn ? (place.mask ?? 0xff) : 0)) !== 0;
        });
        expect(strange).toBe(-1);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a text', () => {
  it('comes back, up to its first NUL', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff)), units => {
        const text = String.fromCharCode(...units);
        expect(decodeText(encodeText(text)).text).toBe(text.split('\0')[0]);
      }),
    );
  });

  it('too long for a screen is cut where that can be seen, never within a character', () => {
    expect(shortenedText('Strobe', 6)).toBe('Strobe');
    expect(shortenedText('Strobe', 5)).toBe('Stro…');
    expect(shortenedText('ab🎧cd', 4)).toBe('ab…');
    const [first] = encodeTextMessage('title', 0, 'x'.repeat(TEXT_MOST_CHARACTERS + 1));
    expect(first).toHaveLength(REPORT_BYTES);
  });

  it('of an average BPM is a hundred times it', () => {
    expect([averageBpmText(128.5), averageBpmText(99.999), averageBpmText(-3)]).toEqual(['12850', '10000', '0']);
  });
});

describe('rows', () => {
  const row: fc.Arbitrary<BrowseRow | null> = fc.option(
    fc.record({
      text: fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }).filter(text => !text.includes('\0')),
      color: fc.constantFrom(...ROW_COLORS),
      icon: fc.constantFrom(...ROW_ICONS),
      isSelected: fc.constant(false),
    }),
  );

  it('come back, each where it was sent', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 9 }), fc.nat(8), (rows, selected) => {
        const shown = rows.map((each, i) => (each === null ? null : { ...each, isSelected: i === selected }));
        const nine = Array.from({ length: 9 }, (_, i) => shown[i] ?? null);
        expect(decodeRows(payloadOf(encodeRows(0, shown)))).toEqual(nine);
      }),
    );
  });

  it('beyond nine are not sent, and of several selected ones the first counts', () => {
    const rows = Array.from({ length: 12 }, (_, i): BrowseRow => {
      return { text: `${i}`, color: 'white', icon: 'none', isSelected: i > 3 };
    });
    const read = decodeRows(payloadOf(encodeRows(0, rows)));
    expect(read.map(each => each?.text)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
    expect(read.map(each => each?.isSelected)).toEqual([...Array(4).fill(false), true, ...Array(4).fill(false)]);
  });

  it('end at a number that no row has', () => {
    const payload = Uint8Array.from([0, 0, 0, 0, 0x41, 0, 0, 0, 9, 0, 0, 0, 0x42, 0, 0, 0, 1, 0, 0, 0, 0x43, 0, 0, 0]);
    expect(decodeRows(payload).map(each => each?.text ?? null)).toEqual(['A', ...Array(8).fill(null)]);
  });
});

describe('an artwork', () => {
  it.each(['little-endian', 'big-endian'] as const)('comes back byte for byte, its length told %s', order => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 2000 }), jpeg => {
        const read = decodeArtwork(payloadOf(encodeArtwork(0, jpeg, order)), order);
        expect(read === null ? null : toHex(read)).toBe(toHex(jpeg));
      }),
    );
  });

  it('that is taken away is one packet without any', () => {
    const packets = encodeArtwork(0, null, 'little-endian');
    expect(hexOf(packets)).toBe(toHex(Uint8Array.of(0, 0x2b, 1, 0, 1, 0, ...new Uint8Array(58))));
    expect(decodeArtwork(payloadOf(packets), 'little-endian')).toBeNull();
  });
});

describe('arbitrary reports', () => {
  const each = { numRuns: ARBITRARY_REPORTS };

  it('of any length and any bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), packet => {
        readPacket(packet);
        decodeInput(usual, packet);
        decodeOutput(packet);
        decodeKey(packet);
        decodeRows(packet);
        decodeArtwork(packet, 'little-endian');
        joinMessage(NO_PARTIAL_MESSAGES, packet, 0);
      }),
      each,
    );
  });
});
