/** A recorded evening by another profile: what that would have changed, with both whys. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { replayDiffCommand } from '../../../src/cli/replay/replay-diff.ts';
import { demoProfile } from '../../show/hour-show.ts';
import { collect, contextFor, recordShow } from './recorded-show.ts';

let folder = '';
let file = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'decklight-diff-'));
  file = join(folder, 'evening.pcapng');
  await recordShow(file);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function diff(change: (source: string) => string) {
  const other = join(folder, 'other.yaml');
  writeFileSync(other, change(demoProfile()));
  const { lines, out } = collect();
  const code = await replayDiffCommand(file, { profile: other, json: false }, out, contextFor(out));
  expect(code).toBe(0);
  return lines;
}

it('the same profile changes nothing', async () => {
  const lines = await diff(source => source);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/ 0 gone, 0 new, 0 changed, [1-9]\d* as they were$/);
});

it('a rule that is held back, and one that says something else, are told in one line each', async () => {
  const lines = await diff(source =>
    source
      .replace('when: 4 beats before chorus\n', 'when: 4 beats before chorus\n    if: deck.tempoBpm > 400\n')
      .replace(
        '- name: chorus\n    when: chorus\n    do:\n      - console: { address: /cue/7/go',
        '- name: chorus\n    when: chorus\n    do:\n      - console: { address: /cue/9/go',
      ),
  );
  const [held = ''] = lines.filter(line => line.includes('/strobe/arm'));
  expect(held).toMatch(
    / - console \/strobe\/arm .* then: get ready: deck \d, 4 beats before chorus \d \[demo\.yaml:\d+\] {2}now: held back: .*deck\.tempoBpm > 400/,
  );
  const [said = ''] = lines.filter(line => line.includes('/cue/9/go'));
  expect(said).toMatch(/ ~ console \/cue\/7\/go ,f 1(\.0)? -> console \/cue\/9\/go ,f 1(\.0)? /);
});
