/** A replay in other processes, which live in other time zones. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { recordShow, replayed } from './recorded-show.ts';

const TOP = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'decklight-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('replay', () => {
  it('gives the same bytes every time, and in every time zone', async () => {
    const file = join(folder, 'evening.pcapng');
    await recordShow(file);
    const run = (zone: string): string =>
      execFileSync(
        process.execPath,
        [
          ...['--import', 'tsx', '--input-type=module', '-e'],
          `import { BRIDGES } from './bridges/index.ts';
           import { NO_LIBRARY } from './src/core/track/media-library.ts';
           import { replayCommand } from './src/cli/replay/replay.ts';
           const say = text => process.stdout.write(text + '\\n');
           const out = { line: say, error: say };
           await replayCommand(${JSON.stringify(file)}, { json: false, relay: false }, out, async () => ({ out, bridges: BRIDGES, library: NO_LIBRARY }));`,
        ],
        { cwd: TOP, encoding: 'utf8', env: { ...process.env, TZ: zone } },
      );
    const { lines } = await replayed(file);
    const here = `${lines.join('\n')}\n`;
    expect(run('Asia/Kathmandu')).toBe(here);
    expect(run('America/Los_Angeles')).toBe(here);
  });
});
