/** The lock of a state file: one has it at a time. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lockDoor, lockState } from '../../src/files/state-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'decklight-lock-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the lock of a state file', () => {
  it('is had by one at a time, by whatever path, and by the next once it is released', async () => {
    const file = join(folder, 'a.state.json');
    symlinkSync(folder, join(folder, 'link'));
    const first = await lockState(file);
    expect(first.isOurs).toBe(true);
    for (const path of [file, join(folder, 'link', 'a.state.json')]) {
      expect(await lockState(path)).toEqual({ isOurs: false, holder: `pid ${process.pid}` });
    }
    const other = await lockState(join(folder, 'b.state.json'));
    expect(other.isOurs).toBe(true);
    if (first.isOurs) await first.release();
    const next = await lockState(file);
    expect(next.isOurs).toBe(true);
    for (const lock of [next, other]) if (lock.isOurs) await lock.release();
  });

  it('where none can be had the state is kept all the same', async () => {
    expect((await lockDoor(join(folder, 'no', 'such', 'folder', 'door'))).isOurs).toBe(true);
  });
});
