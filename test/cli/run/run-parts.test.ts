/** Parts of a run, each for itself: its log before the screen is there, its notices, its files. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { heldLog } from '../../../src/cli/run/held-log.ts';
import { openRunFiles } from '../../../src/cli/run/run-files.ts';
import { runNotices } from '../../../src/cli/run/run-notices.ts';
import type { RunOptions, RunSetup } from '../../../src/cli/run/run-setup.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import type { RestartState } from '../../../src/core/engine/restart-state.ts';
import { stateFileOf } from '../../../src/files/state-file.ts';
import { lockState } from '../../../src/files/state-lock.ts';
import type { LogLine } from '../../../src/live/log.ts';
import type { Recorder } from '../../../src/recording/recorder.ts';

const OPTIONS: RunOptions = {
  ...{ simulate: false, set: null, dryRun: false, trace: null, forMs: null },
  ...{ json: false, require: false, log: null, logLevel: 'info', record: false },
};

describe('the log of a run', () => {
  it('is held back until the screen is there, then shown in its order, and from then on at once', () => {
    const held = heldLog();
    const line = (text: string): LogLine => ({ level: 'info', bridge: 'opus', text });
    const shown: string[] = [];
    held.line(line('one'));
    held.line(line('two'));
    held.showOn(({ text }) => shown.push(text));
    expect(shown).toEqual(['one', 'two']);
    held.line(line('three'));
    expect(shown).toEqual(['one', 'two', 'three']);
  });
});

describe('the notices of a run', () => {
  const simulations = new Map([['opus', { text: 'a set' }]]) as unknown as RunSetup['simulations'];
  const setup = (options: Partial<RunOptions>) => ({ options: { ...OPTIONS, ...options }, simulations }) as RunSetup;

  it('say what is simulated and that nothing leaves, then a profile that is broken, for as long as it is', () => {
    const notices = runNotices(setup({ dryRun: true }), null);
    const standing = ['SIMULATED opus: a set', 'DRY RUN: nothing leaves'];
    expect(notices.list()).toEqual(standing);
    notices.setBroken('line 3 is wrong');
    expect(notices.list()).toEqual([...standing, 'line 3 is wrong']);
    notices.setBroken(null);
    expect(notices.list()).toEqual(standing);
  });

  it('say of the recording only that it is in trouble', () => {
    let isTroubled = false;
    const recorder = { status: () => ({ text: 'recording', isTroubled }) } as Recorder;
    const notices = runNotices(setup({}), recorder);
    expect(notices.list()).toEqual(['SIMULATED opus: a set']);
    isTroubled = true;
    expect(notices.list()).toEqual(['SIMULATED opus: a set', 'recording']);
  });
});

describe('the files of a run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'decklight-run-files-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const MEMORY: RestartState = {
    decklight: 1,
    decks: [],
    firedTonight: [],
    holds: [],
    lists: [],
    hands: {
      ...{
        pinned: 2,
        isAllMuted: false,
        isPanic: false,
        muted: [],
        standing: [],
        nudges: [],
        latencies: [],
        isLocked: false,
      },
    },
  };

  function setupOf(name: string, options: Partial<RunOptions> = {}) {
    const log: string[] = [];
    const say = (_: unknown, text: string): void => void log.push(text);
    const clock = virtualClock(0);
    const setup = {
      ...{ options: { ...OPTIONS, ...options }, file: join(folder, name), clock, startedAt: 0 },
      unixMs: (at: number) => 1_700_000_000_000 + at,
      log: { of: () => ({ info: say, warn: say, error: say }), close: async () => {} },
    } as unknown as RunSetup;
    return { setup, log, clock };
  }

  it('of a run hold what the run before it has left', async () => {
    const first = await openRunFiles(setupOf('show.yaml').setup);
    expect(first.memory).toBeNull();
    first.remember(MEMORY);
    first.close();
    await first.release();
    const { setup, log } = setupOf('show.yaml');
    const second = await openRunFiles(setup);
    expect(second.memory).toEqual({ memory: MEMORY, ageMs: 0 });
    expect(log).toEqual([`goes on from ${stateFileOf(setup.file)}, 0 s old`]);
    await second.release();
  });

  it('of a rehearsal are none: nothing is read, and nothing is written', async () => {
    const before = readdirSync(folder);
    for (const options of [{ simulate: true }, { dryRun: true }]) {
      const files = await openRunFiles(setupOf('show.yaml', options).setup);
      expect(files.memory).toBeNull();
      files.remember(MEMORY);
      files.learnt(new Map());
      files.close();
      await files.release();
    }
    expect(readdirSync(folder)).toEqual(before);
  });

  it('are kept by one run at a time: the second says so, and keeps nothing', async () => {
    const { setup, log } = setupOf('twice.yaml');
    const lock = await lockState(stateFileOf(setup.file));
    const files = await openRunFiles(setup);
    files.remember(MEMORY);
    files.close();
    await files.release();
    expect(existsSync(stateFileOf(setup.file))).toBe(false);
    expect(log).toEqual([
      expect.stringMatching(/^another Decklight \(pid \d+\) runs .*twice\.yaml and keeps .*: this one keeps nothing/),
    ]);
    if (lock.isOurs) await lock.release();
  });
});
