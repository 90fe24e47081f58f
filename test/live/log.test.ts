/** The log of a show: what a line of it holds, and what goes where. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { logHeldBack, logSent } from '../../src/cli/run/log-outcomes.ts';
import type { CueIntent } from '../../src/core/engine/intents.ts';
import type { Outcome } from '../../src/core/engine/outcome.ts';
import { type LogLine, openLog } from '../../src/live/log.ts';
import type { LogLevel } from '../../src/live/log-levels.ts';

const BECAUSE = { rule: 'strobe', deck: 1, place: 'chorus 1', phase: 'fire' } as const;
const INTENT: CueIntent = {
  kind: 'fire',
  id: 'strobe/opus/1',
  bridge: 'console',
  message: null,
  cue: null,
  because: BECAUSE,
  trueTime: 90_000,
};
const outcome = (rest: Pick<Outcome, 'sentTo' | 'heldBack'>): Outcome => ({
  ...{ id: 'strobe/opus/1', because: BECAUSE, trueTime: 90_000 },
  ...rest,
});
const arrived = (of: Outcome) => ({ at: 90_001, outcome: of, handedOverAt: 90_002, by: 'packet' }) as const;

/** The lines of a file of some level, and those of the screen. */
async function night(
  level: LogLevel,
): Promise<{ readonly lines: readonly object[]; readonly shown: readonly LogLine[] }> {
  const file = join(mkdtempSync(join(tmpdir(), 'log-')), 'night.log');
  const shown: LogLine[] = [];
  const log = openLog({ file, level, showTime: () => '00:01:30.000' }, line => shown.push(line));
  log.of('console').info({ port: 8000 }, 'sending OSC');
  log.of('console').warn({}, 'nobody listens');
  logSent(log, { at: 90_001.26, intent: INTENT }, '/go');
  logHeldBack(log, arrived(outcome({ sentTo: ['console'], heldBack: [] })));
  logHeldBack(log, arrived(outcome({ sentTo: [], heldBack: [{ kind: 'muted', bridge: 'console' }] })));
  logHeldBack(log, arrived(outcome({ sentTo: [], heldBack: [{ kind: 'late', lateMs: 612 }] })));
  await log.close();
  const lines = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as object);
  return { lines, shown };
}

test('a line has its level, the time of day with its distance from UTC, the time of the show, and what it is about', async () => {
  const { lines } = await night('info');
  expect(lines[0]).toEqual({
    ...{ level: 'info', show: '00:01:30.000', bridge: 'console', port: 8000, msg: 'sending OSC' },
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/),
  });
});

test('each cue and each one that is held back has a line, and a moment that left whole no second one', async () => {
  const { lines } = await night('info');
  expect(lines.slice(2).map(line => (line as { readonly msg: string }).msg)).toEqual([
    'strobe: deck 1, chorus 1  console  /go',
    'strobe: deck 1, chorus 1  not sent: console is muted',
    'strobe: deck 1, chorus 1  not sent: 612 ms late',
  ]);
  expect(lines[2]).toMatchObject({
    kind: 'sent',
    level: 'info',
    rule: 'strobe',
    deck: 1,
    bridge: 'console',
    lateMs: 1.3,
  });
  expect(lines[3]).toMatchObject({ kind: 'held-back', level: 'info', verdict: 'muted', heldBack: [{ kind: 'muted' }] });
  expect(lines[4]).toMatchObject({ kind: 'held-back', level: 'warn', verdict: 'late' });
});

test('a file of level warn has the trouble alone; the screen has neither cues nor less than ever', async () => {
  const { lines, shown } = await night('warn');
  expect(lines.map(line => (line as { readonly level: string }).level)).toEqual(['warn', 'warn']);
  expect(shown).toEqual([
    { level: 'info', bridge: 'console', text: 'sending OSC' },
    { level: 'warn', bridge: 'console', text: 'nobody listens' },
  ]);
});
