import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { BRIDGES } from '../../../bridges/index.ts';
import { profileJsonSchema } from '../../../src/profile/schema/profile-schema.ts';
import { STARTER } from '../../../src/profile/starter-profile.ts';

const profiles = new URL('../../../profiles/', import.meta.url);
const written = profileJsonSchema(BRIDGES);

interface SchemaNode {
  readonly properties?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

test('profiles/profile.schema.json is what npm run schema writes', () =>
  expect(readFileSync(new URL('profile.schema.json', profiles), 'utf8')).toBe(written));

test('it says nothing long twice, and each part that it refers to is there', () => {
  const counts = new Map<string, number>();
  const refs = new Set<string>();
  (function look(node: unknown): void {
    if (typeof node !== 'object' || node === null) return;
    const { $ref } = node as SchemaNode;
    if ($ref !== undefined) refs.add($ref.replace('#/definitions/', ''));
    const text = JSON.stringify(node);
    if ('anyOf' in node || 'type' in node) counts.set(text, (counts.get(text) ?? 0) + 1);
    for (const inner of Object.values(node)) look(inner);
  })(JSON.parse(written));
  expect([...counts].filter(([text, count]) => count > 1 && text.length >= 300)).toEqual([]);
  const { definitions = {} } = JSON.parse(written) as SchemaNode;
  expect([...refs].sort()).toEqual(Object.keys(definitions).sort());
});

describe('what an editor thinks of it, which reads YAML 1.2 core', () => {
  const schema = z.fromJSONSchema(JSON.parse(written));
  const verdict = (source: string): boolean => schema.safeParse(parse(source, { version: '1.2' })).success;

  const files = readdirSync(profiles).filter(file => /\.ya?ml$/.test(file));
  test.each(files)('profiles/%s is right', file =>
    expect(verdict(readFileSync(new URL(file, profiles), 'utf8'))).toBe(true),
  );
  test('what init writes is right', () => expect(verdict(STARTER)).toBe(true));

  const around = (part: string): string =>
    `decklight: 1\nbridges: { a: { type: osc, host: 10.0.0.1, port: 1 } }\n${part}`;
  test.each([
    'tracks: [{ match: { id: 5 }, title: 1999, artist: 1.10, cues: [{ at: 3:27.500, do: x }] }]',
    'rules: [{ name: on, when: chorus 2, if: true, do: [{ a: { address: /x, args: [1, 1.0, true, { blob: 00 ff }] } }] }]',
    'rules: [{ name: x, while: deck.isPlaying, do: x, undo: [x] }]',
    'timecode: { main: { follow: deck 2, rate: 30, to: [daw], offset: -2 frames, unknown-track: 23:00:00:00 } }',
    'timecode: { main: { rate: 29.97df, to: [daw], hand-over-after: 1 s, offset: 40 ms } }',
    'tracks: [{ match: { title: x, artist: 1999 }, timecode: { main: 01:00:00;02 } }]',
    'feed: { a: { every: 50 ms, tempo: { address: /x, args: ["${master.tempoBpm}"] } } }',
    'panic: safe\nrecording: { keep-days: 30, keep-megabytes: 4000 }',
  ])('right: %s', part => expect(verdict(around(part))).toBe(true));
  test.each([
    'ruls: []',
    'rules: [{ name: x, when: chrous, do: x }]',
    'rules: [{ name: x, while: deck.isPlaying, do: x, on-loop: again }]',
    'rules: [{ name: x, when: chorus, do: x, undo: x }]',
    'rules: [{ name: x, when: chorus, do: x, decks: onair }]',
    'cues: { Drop: [{ a: /x }] }',
    'tracks: [{ match: { id: 5 }, grid: { first-beat: 1, tempo: 128 } }]',
    'tracks: [{ match: { artist: x } }]',
    'tracks: [{ match: { id: 5 }, timecode: { main: 1:00:00:00 } }]',
    'timecode: { main: { rate: 29.97, to: [daw] } }',
    'timecode: { main: { rate: 25 } }',
    'timecode: { main: { to: [] } }',
    'timecode: { main: { to: [daw], follow: deck 5 } }',
    'feed: { a: { every: 50 } }',
    'recording: { keep-days: 0 }',
  ])('wrong: %s', part => expect(verdict(around(part))).toBe(false));

  test('every key has words', () => {
    const bare: string[] = [];
    const { definitions = {} } = JSON.parse(written) as SchemaNode;
    const meant = (node: SchemaNode): SchemaNode =>
      node.$ref === undefined ? node : (definitions[node.$ref.replace('#/definitions/', '')] ?? {});
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const { properties, definitions: _, ...rest } = meant(node as SchemaNode);
      for (const [key, part] of Object.entries(properties ?? {})) {
        const value = meant(part) as Readonly<Record<string, unknown>>;
        // The type of a bridge and the name of an OSC type say themselves.
        if (value['description'] === undefined && !('const' in value) && !path.includes('args'))
          bare.push(`${path}.${key}`);
        visit(value, `${path}.${key}`);
      }
      for (const [key, value] of Object.entries(rest))
        visit(value, /^(items|anyOf|\d+)$/.test(key) ? path : `${path}.${key}`);
    };
    visit(JSON.parse(written), '');
    expect(bare).toEqual([]);
  });
});
