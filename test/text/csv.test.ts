import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine, csvText, readCsv } from '../../src/text/csv.ts';

const fieldsOf = (text: string): readonly (readonly string[])[] => readCsv(text).records.map(({ fields }) => fields);

describe('CSV', () => {
  it('is written by RFC 4180: CRLF after each record, quotes where a field needs them, doubled inside', () => {
    expect(csvText([['a', 'b "c", d', ''], ['two\nlines']], ',')).toBe('\ufeffa,"b ""c"", d",\r\n"two\nlines"\r\n');
    // A program that separates by semicolons must not cut a drop-frame label in two.
    expect(csvLine(['01:00:00;00', ' x'], ',')).toBe('"01:00:00;00"," x"');
  });

  it('is read with any separator, line end and mark that a spreadsheet leaves', () => {
    const rows = [
      ['a', 'b'],
      ['1', 'x,y;z'],
    ];
    expect(fieldsOf('a,b\r\n1,"x,y;z"\r\n')).toEqual(rows);
    expect(fieldsOf('\ufeffa;b\n1;"x,y;z"')).toEqual(rows);
    expect(fieldsOf('a\tb\r1\t"x,y;z"\r')).toEqual(rows);
  });

  it('leaves out records that hold nothing, and knows the line on which each begins', () => {
    expect(readCsv('a;b\n;;\n\n"1\n2";3\n4;5').records).toEqual([
      { line: 1, fields: ['a', 'b'] },
      { line: 4, fields: ['1\n2', '3'] },
      { line: 6, fields: ['4', '5'] },
    ]);
  });

  it('what is written is read back, whatever it holds', () => {
    const field = fc.oneof(fc.string(), fc.constantFrom('a,b', 'a;b', '"', '\r\n', '\t', ' ', 'ö'));
    const table = fc.array(fc.array(field, { minLength: 3, maxLength: 3 }), { maxLength: 6 });
    fc.assert(
      fc.property(table, fc.constantFrom(',' as const, ';' as const, '\t' as const), (rows, separator) => {
        const all = [['timecode', 'start', 'end'], ...rows];
        const kept = all.filter(row => row.some(each => each.trim() !== ''));
        expect(fieldsOf(csvText(all, separator))).toEqual(kept);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => void readCsv(text)));
  });
});
