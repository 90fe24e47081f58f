import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Asked, whyCommand } from '../../../src/cli/why/why.ts';
import { demoProfile } from '../../show/hour-show.ts';
import { collect, contextFor, type RecordedShow, recordShow } from '../replay/recorded-show.ts';

let folder = '';
let file = '';
let live: RecordedShow;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'decklight-why-'));
  file = join(folder, 'evening.pcapng');
  live = await recordShow(file);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function asked(question: Asked['question'], change: Partial<Asked> = {}) {
  const { lines, errors, out } = collect();
  const code = await whyCommand(
    file,
    { question, name: null, atMs: null, json: false, ...change },
    out,
    contextFor(out),
  );
  return { code, lines, errors };
}

/** Line of a rule as it is written. */
const lineOf = (rule: string): number =>
  demoProfile()
    .split('\n')
    .findIndex(line => line.includes(`name: ${rule}`)) + 1;

describe('why', () => {
  it('tells of all that left, by rule and line, with its condition, and says how long each took to the wire', async () => {
    const { code, lines } = await asked('why', { json: true });
    expect(code).toBe(0);
    const answers = lines.map(line => JSON.parse(line));
    const sent = answers.flatMap(answer => answer.sent);
    const began: boolean[] = [];
    expect(sent).toHaveLength(live.plain.filter(line => !line.includes('not sent: ')).length);
    for (const { rule, source, atMs, trueMs, recorded, parts, phase } of answers) {
      if (rule === 'get ready') expect(source).toEqual({ file: 'demo.yaml', line: lineOf('get ready') });
      if (rule === 'chorus look') {
        expect(parts.map(({ text }: { text: string }) => text)).toEqual(['phrase.kind == chorus', 'deck.isHeard']);
        if (phase === 'do') began.push(parts.every(({ isTrue }: { isTrue: boolean }) => isTrue));
      }
      if (rule !== 'get ready') continue;
      // On a simulated clock handing over takes no time; the timers of that evening are late by up to 15 ms.
      expect(recorded.msToWire).toBe(0);
      expect(atMs - trueMs).toBeGreaterThanOrEqual(0);
      expect(recorded.by === 'timer' ? atMs - trueMs : 0).toBeLessThanOrEqual(15.001);
    }
    expect(began).toContain(true);
  });

  it('says of a cue and a time at which nothing of it left when it did', async () => {
    const { lines } = await asked('why', { name: 'safe', atMs: 0 });
    expect(lines[0]).toMatch(
      /^nothing of "safe" was sent within 5 s of 00:00:00\.000; the nearest is at 00:.*: safe: by hand$/,
    );
    expect(lines[1]).toMatch(/^of "safe": \d+ (were|was) due, \d+ sent, \d+ held back$/);
  });

  it('answers 2 for a name that no profile of the evening has, and says which is near', async () => {
    const { code, errors } = await asked('why', { name: 'get reddy' });
    expect([code, errors]).toEqual([
      2,
      [`${file}: error: its profile has no rule and no cue called "get reddy"; did you mean "get ready"?`],
    ]);
  });
});

describe('why not', () => {
  it('tells of each moment that was held back, with its reason, as the show did', async () => {
    const { lines } = await asked('why-not');
    const held = lines.filter(line => line.trimStart().startsWith('held back: '));
    const shown = live.plain.filter(line => line.includes('not sent: '));
    for (const reason of ['console is muted', 'if is false: ', 'its deck is not heard: rules hear what is on air']) {
      const count = (all: readonly string[]): number => all.filter(line => line.includes(reason)).length;
      expect([reason, count(held)]).toEqual([reason, count(shown)]);
      expect(count(held)).toBeGreaterThan(0);
    }
    const [, due, sent, not] = /(\d+) were due, (\d+) sent, (\d+) held back/.exec(lines.at(-1) ?? '') ?? [];
    expect(Number(sent) + Number(not)).toBe(Number(due));
  });

  it('shows a state as it stood at a time, deck by deck', async () => {
    const { lines } = await asked('why-not', { name: 'chorus look', atMs: 60_000 });
    const shown = /^00:01:00\.\d{3} {2}chorus look: deck \d: phrase\.kind == chorus (yes|no) \(/;
    expect(lines.some(line => shown.test(line))).toBe(true);
  });
});
