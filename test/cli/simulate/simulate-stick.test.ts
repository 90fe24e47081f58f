import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DEMO_TRACKS } from '../../../bridges/opus-quad/simulator/demo-tracks.ts';
import {
  SIMULATED_STICK_KEY,
  simulatedStickFiles,
} from '../../../bridges/rekordbox-media/simulator/simulated-stick.ts';
import { simulatedStickTracks } from '../../../bridges/rekordbox-media/simulator/stick-tracks.ts';
import { type SimulateStickOptions, simulateStickCommand } from '../../../src/cli/simulate/simulate-stick.ts';
import { until } from '../../until.ts';
import { listen } from '../doctor/doctor-rig.ts';

const folder = mkdtempSync(join(tmpdir(), 'decklight-stick-'));
afterAll(() => rmSync(folder, { recursive: true }));

const NEVER = new AbortController().signal;

async function simulate(options: Partial<SimulateStickOptions> & { to: string }, signal = NEVER) {
  const out = listen();
  const code = await simulateStickCommand({ tracks: null, key: null, wal: false, ...options }, out, signal);
  return { code, lines: out.lines, errors: out.errors };
}

/** Every file under a folder, from there. */
const filesIn = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();

describe('decklight simulate stick', () => {
  it('writes the files of a stick, and says how many tracks it has and with which key it opens', async () => {
    const to = join(folder, 'new', 'stick');
    const { code, lines, errors } = await simulate({ to });
    expect([code, errors]).toEqual([0, []]);
    const options = { key: SIMULATED_STICK_KEY, hasLog: false };
    const expected: string[] = [];
    for await (const { path, bytes } of simulatedStickFiles(simulatedStickTracks(DEMO_TRACKS.length), options)) {
      expected.push(path);
      expect(Buffer.compare(readFileSync(join(to, path)), bytes), path).toBe(0);
    }
    expect(filesIn(to)).toEqual(expected.sort());
    expect(lines[0]).toMatch(
      new RegExp(`^simulated stick: wrote ${DEMO_TRACKS.length} tracks, ${expected.length} files, .* MB, to `),
    );
    expect(lines[1]).toContain(SIMULATED_STICK_KEY);
  });

  it('writes as many tracks as asked for, and a log where one is wanted', async () => {
    const to = join(folder, 'three');
    const { lines } = await simulate({ to, tracks: 3, wal: true, key: 'my own' });
    expect(filesIn(to).filter(path => path.endsWith('.EXT'))).toHaveLength(3);
    expect(filesIn(to)).toContain('PIONEER/rekordbox/exportLibrary.db-wal');
    expect(lines[1]).toMatch(/: my own$/);
  });

  it.each(['PIONEER', '.PIONEER', 'Pioneer'])('leaves a folder that has a stick (%s) as it is', async name => {
    const to = join(folder, `has-${name}`);
    mkdirSync(join(to, name), { recursive: true });
    writeFileSync(join(to, name, 'mine'), 'precious');
    const { code, errors } = await simulate({ to });
    expect(code).toBe(2);
    expect(errors).toEqual([
      `${join(to, name)}: error: there is a stick already, and it was left as it is; name another folder: --to <folder>`,
    ]);
    expect(filesIn(to)).toEqual([join(name, 'mine')]);
  });

  it('stopped half way deletes what it wrote and nothing else', async () => {
    const to = join(folder, 'stopped');
    mkdirSync(to);
    writeFileSync(join(to, 'mine'), 'precious');
    const controller = new AbortController();
    const running = simulate({ to, tracks: 2000 }, controller.signal);
    await until(() => filesIn(to).length >= 20);
    controller.abort();
    const { code, lines, errors } = await running;
    expect([code, lines, errors]).toEqual([
      1,
      [],
      ['simulated stick: stopped before it was finished; what was written of it is deleted again'],
    ]);
    expect(readdirSync(to)).toEqual(['mine']);
  });

  it('says in one line why it cannot write', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const { code, lines, errors } = await simulate({ to: join(file, 'stick') });
    expect([code, lines]).toEqual([1, []]);
    expect(errors).toEqual([
      `${join(file, 'stick')}: error: a part of this path is no folder; rename what stands in the way, or choose another`,
    ]);
  });
});
