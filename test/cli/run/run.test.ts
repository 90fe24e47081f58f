/** What `decklight run` says, and in which order. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Bridge } from '../../../src/bridge.ts';
import { runCommand } from '../../../src/cli/run/run.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { FAKES } from '../../profile/fake-bridges.ts';
import { listen } from '../doctor/doctor-rig.ts';

const folder = mkdtempSync(join(tmpdir(), 'decklight-run-'));
afterAll(() => rmSync(folder, { recursive: true }));

const OPTIONS = {
  ...{ simulate: false, set: null, dryRun: true, trace: null, forMs: 50 },
  ...{ json: false, require: false, log: null, logLevel: 'info' as const, record: false },
};

describe('a show without a terminal', () => {
  it('says that nothing leaves before a bridge has its first word', async () => {
    const file = join(folder, 'show.yaml');
    writeFileSync(file, 'decklight: 1\nname: show\nbridges: { decks: { type: listener } }\n');
    const talkative = FAKES.map(
      (bridge): Bridge => ({
        ...bridge,
        open(name, options, host) {
          host.log.info({}, 'opened');
          return bridge.open(name, options, host);
        },
      }),
    );
    const out = listen();
    const said: string[] = [];
    const one = { ...out, line: (text: string) => void said.push(text), error: (text: string) => void said.push(text) };
    expect(
      await runCommand(
        file,
        OPTIONS,
        { out: one, aside: out, bridges: talkative, library: NO_LIBRARY },
        new AbortController().signal,
      ),
    ).toBe(0);
    expect(said[0]).toBe('DRY RUN: nothing leaves');
    expect(said).toContain('info: decks: opened');
  });
});
