/** Runs `decklight test` on a profile to copy. */
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { testCommand } from '../../../src/cli/test/test.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { listen } from '../doctor/doctor-rig.ts';

const NO_OPTIONS = { set: null, recording: null, json: true, junit: null, media: undefined };

/** The profile sends what it expects, and no rule of it stays unfired. */
export async function isAsExpected(name: string): Promise<void> {
  const file = fileURLToPath(new URL(`../../../profiles/${name}.yaml`, import.meta.url));
  const out = listen();
  const code = await testCommand(file, NO_OPTIONS, { out, bridges: BRIDGES, library: NO_LIBRARY });
  const { expectations, coverage } = JSON.parse(out.lines[0] ?? '') as {
    expectations: { text: string; difference: unknown }[];
    coverage: { unfired: unknown[] };
  };
  expect(expectations.filter(({ difference }) => difference !== null)).toEqual([]);
  expect({ code, unfired: coverage.unfired }).toEqual({ code: 0, unfired: [] });
}
