/** What can be written is told: each key of the language stands in its page as a key, not just as a word. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { profileJsonSchema } from '../../src/profile/schema/profile-schema.ts';
import { FAKES } from './fake-bridges.ts';

const page = readFileSync(new URL('../../docs/profile.md', import.meta.url), 'utf8');

/** Keys below which bridges speak, each in a page of its own. */
const GESTURES = ['press', 'release', 'long-press', 'double-press', 'forward', 'reverse'];
const OF_BRIDGES = new Set(['bridges', 'cues', 'do', 'undo', 'sends', 'tempo', ...GESTURES]);

function keysIn(node: unknown, keys: Set<string>): Set<string> {
  if (typeof node !== 'object' || node === null) return keys;
  // An action is one bridge and what it says, wherever it stands.
  if ('maxProperties' in node) return keys;
  const { properties, ...rest } = node as { properties?: Record<string, unknown> };
  for (const [key, inner] of Object.entries(properties ?? {})) {
    keys.add(key);
    // A grid has a tempo too, which is a number and speaks for nobody.
    if (!OF_BRIDGES.has(key)) keysIn(inner, keys);
    else if (key === 'cues' && JSON.stringify(inner).includes('"at"')) keysIn(inner, keys);
  }
  for (const inner of Object.values(rest)) keysIn(inner, keys);
  return keys;
}

const keys = keysIn(JSON.parse(profileJsonSchema(FAKES)), new Set());

test('the walk finds keys of every depth', () => {
  expect([...keys]).toEqual(expect.arrayContaining(['decklight', 'panic', 'first-beat', 'at', 'on-loop', 'keep-days']));
  expect(keys.size).toBeGreaterThan(30);
});

test.each([...keys])('docs/profile.md writes %s as a key', key => {
  expect(page).toMatch(new RegExp(`(^|[\\s{\\[,-])${key}: |(^|\\s)${key}:$|\`${key}:?\``, 'm'));
});
