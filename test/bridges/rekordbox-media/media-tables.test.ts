import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as tables from '../../../bridges/rekordbox-media/analysis/analysis-layout.ts';
import type { Fields, Layout } from '../../../src/bytes/packet-layout.ts';

const { pathTag, extendedCue, ...others } = tables;
const isTable = (value: unknown): value is Layout<string, Fields> =>
  typeof value === 'object' && value !== null && 'fields' in value;
const all: readonly Layout<string, Fields>[] = [
  ...Object.values<unknown>(others).filter(isTable),
  ...[pathTag(0), pathTag(24), extendedCue(0), extendedCue(10)],
];

describe.each(all.map(table => [`${table.kind}, ${table.minBytes} bytes`, table] as const))('%s', (_, table) => {
  const fields = Object.entries(table.fields);

  test('no two fields share a byte, and none ends beyond the least length unless it says so', () => {
    const owners = new Map<number, string>();
    for (const [name, field] of fields) {
      const end = field.offset + (field.bytes ?? 0);
      if (!('whenLong' in field)) expect(end, name).toBeLessThanOrEqual(Math.max(table.minBytes, field.offset));
      for (let i = field.offset; i < end; i++) {
        expect(owners.get(i), `${name} at 0x${i.toString(16)}`).toBeUndefined();
        owners.set(i, name);
      }
    }
  });

  test('every field and constant says where that is known from', () => {
    for (const [name, field] of fields) expect(field.doc, name).toMatch(/\[[SMI]/);
    for (const { offset, doc } of table.constants) expect(doc, `0x${offset.toString(16)}`).toMatch(/\[[SMI]/);
  });
});

test('no table of the page is passed over', () => {
  const page = readFileSync(
    new URL('../../../bridges/rekordbox-media/analysis/analysis-layout.ts', import.meta.url),
    'utf8',
  );
  const kinds = [...page.matchAll(/\blayout\('([\w-]+)'/g)].map(match => match[1]);
  expect(kinds).toContain('song-structure');
  expect([...new Set(all.map(({ kind }) => kind))].sort()).toEqual(kinds.sort());
});
