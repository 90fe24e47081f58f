/** Tables as spreadsheets and consoles exchange them: CSV. Source: RFC 4180; and Excel, which separates as its country does. */

export type Separator = ',' | ';' | '\t';

export interface CsvRecord {
  /** Of the file, where it begins; 1-based. */
  readonly line: number;
  readonly fields: readonly string[];
}

export interface Csv {
  readonly separator: Separator;
  /** Without those that hold nothing. */
  readonly records: readonly CsvRecord[];
}

const SEPARATORS: readonly Separator[] = [',', ';', '\t'];

/** Writes one record, without its line end. A field that any program might take for two, or trim, is put in quotes. */
export const csvLine = (fields: readonly string[], separator: Separator): string =>
  fields.map(field => (/[",;\t\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(separator);

/** The byte order mark by which a spreadsheet knows UTF-8. */
const MARK = '\ufeff';

/** A whole file: its mark, and every record ended by CRLF. */
export const csvText = (rows: readonly (readonly string[])[], separator: Separator): string =>
  `${MARK}${rows.map(row => `${csvLine(row, separator)}\r\n`).join('')}`;

/**
 * Takes a table apart; never fails: a quote that is not closed goes on to the end.
 *
 * The separator is the one that the first record has most of, outside quotes. Any line end will do, with a mark or without.
 */
export function readCsv(text: string): Csv {
  const body = text.startsWith(MARK) ? text.slice(MARK.length) : text;
  const separator = separatorOf(body);
  const records: CsvRecord[] = [];
  let fields: string[] = [];
  let field = '';
  let isQuoted = false;
  let line = 1;
  let start = 1;
  const end = (): void => {
    fields.push(field);
    if (fields.some(each => each.trim() !== '')) records.push({ line: start, fields });
    fields = [];
    field = '';
  };
  for (let i = 0; i < body.length; i++) {
    const sign = body[i] as string;
    const isLineEnd = sign === '\n' || (sign === '\r' && body[i + 1] !== '\n');
    if (isLineEnd) line++;
    if (isQuoted) {
      if (sign !== '"') field += sign;
      else if (body[i + 1] === '"') field += body[++i];
      else isQuoted = false;
    } else if (sign === '"' && field === '') isQuoted = true;
    else if (sign === separator) {
      fields.push(field);
      field = '';
    } else if (isLineEnd) {
      end();
      start = line;
    } else if (sign !== '\r') field += sign;
  }
  if (field !== '' || fields.length > 0) end();
  return { separator, records };
}

function separatorOf(text: string): Separator {
  const counts = new Map<string, number>();
  let isQuoted = false;
  for (const sign of text) {
    if (sign === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (sign === '\n' || sign === '\r')) break;
    else if (!isQuoted) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  }
  const countOf = (separator: Separator): number => counts.get(separator) ?? 0;
  return [...SEPARATORS].sort((a, b) => countOf(b) - countOf(a))[0] ?? ',';
}
