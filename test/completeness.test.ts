/** What appears nowhere in tests or pages is not done: every kind of event, packet and intent, and every key of the language. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LAYOUTS } from '../bridges/opus-quad/layout.ts';
import { readCaptures } from './capture-folders.ts';

const top = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, top), 'utf8');
const under = (folder: string, ends: RegExp): string =>
  readdirSync(new URL(folder, top), { recursive: true, encoding: 'utf8' })
    .filter(file => ends.test(file))
    .map(file => read(`${folder}${file}`))
    .join('\n');

const tests = under('test/', /\.ts$/);

describe('everything is shown somewhere', () => {
  it.each([...read('src/core/events.ts').matchAll(/kind: '([\w.]+)'/g)].map(match => match[1] ?? ''))(
    'event %s is in a test',
    kind => {
      expect(tests.includes(`'${kind}'`)).toBe(true);
    },
  );

  it('every packet table has a capture, or a test that writes one', () => {
    const captured = new Set(
      readCaptures('opus-quad').map(({ expected }) => (expected as { packet: { kind: string } }).packet.kind),
    );
    // Nobody has published these; they are tolerated, and tried with arbitrary bytes only.
    const unseen = ['short-keep-alive', 'assignment-offer', 'assignment', 'assignment-done', 'rekordbox-greeting'];
    const missing = LAYOUTS.map(({ kind }) => kind as string).filter(
      kind => !captured.has(kind) && !unseen.includes(kind),
    );
    expect(missing).toEqual([]);
  });

  it('every key of the language is in the language page, or in that of its bridge', () => {
    const page = read('docs/profile.md') + under('bridges/', /[\\/]README\.md$/);
    const keys = new Set<string>();
    const walk = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const { properties } = node as { properties?: Record<string, unknown> };
      for (const key of Object.keys(properties ?? {})) keys.add(key);
      for (const inner of Object.values(node)) walk(inner);
    };
    walk(JSON.parse(read('profiles/profile.schema.json')));
    // As a key: the same letters in a sentence tell nobody that it is one.
    const isTold = (key: string): boolean => new RegExp(`\`${key}\`|(?<![\\w-])${key}:`).test(page);
    expect([...keys].filter(key => !isTold(key))).toEqual([]);
  });
});
