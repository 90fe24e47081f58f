/** The schema of `/state`, against states of a show that runs. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { watchShow } from '../../../bridges/monitor/show-watch.ts';
import { stateJsonSchema, stateSchema } from '../../../bridges/monitor/state-schema.ts';
import { viewedScreen } from '../../../src/cli/run/show-view.ts';
import { plainScreen } from '../../../src/cli/terminal/screens.ts';
import type { OpenShow } from '../../../src/live/open-show.ts';
import { demoProfile, demoSet, openEvening } from '../../show/hour-show.ts';
import { testHost } from '../fake-host.ts';

const file = readFileSync(new URL('../../../bridges/monitor/state.schema.json', import.meta.url), 'utf8');
const SILENT = { isTerminal: false, columns: () => 80, rows: () => 24, line() {}, error() {}, redraw() {} };

/** States of the demo show, one every four seconds, with the lines that a screen would be told. */
async function states(seconds: number): Promise<readonly unknown[]> {
  const evening = await openEvening(demoProfile(), demoSet());
  const { clock } = evening;
  const setup = { startedAt: clock.now(), notices: () => ['a notice'], drawings: () => [] };
  const viewed = viewedScreen(plainScreen({ out: SILENT, ...setup }), { ...setup, now: clock.now });
  viewed.opened(evening.show as OpenShow);
  const { host } = testHost(clock);
  const watch = watchShow({ clock, packets: host.packets, view: viewed.view }, () => {});
  const told: unknown[] = [];
  const because = { rule: 'a rule', deck: 1, place: 'chorus 1', phase: 'fire' } as const;
  viewed.screen.dropped({ because, trueTime: 0, reason: { kind: 'muted', bridge: 'console' } }, 1);
  viewed.screen.logged({ level: 'warn', bridge: 'console', text: 'nobody listens' });
  viewed.screen.came({ id: 'a', because, trueTime: 0, sentTo: ['console'], heldBack: [] });
  for (let second = 0; second < seconds; second += 4) {
    told.push(JSON.parse(JSON.stringify(watch.state())));
    evening.pass(4000);
  }
  watch.close();
  await evening.close();
  return told;
}

it('the schema that is shipped is the one that the code has', () => {
  expect(file).toBe(stateJsonSchema());
});

it('every state of a show is as the schema says: in the file that is shipped, and with no field that it does not name', async () => {
  const shipped = z.fromJSONSchema(JSON.parse(file));
  const closed = stateSchema(true);
  const told = await states(16);
  for (const state of told) {
    expect(closed.safeParse(state).error?.issues ?? []).toEqual([]);
    expect(shipped.safeParse(state).error?.issues ?? []).toEqual([]);
  }
  const [last] = told.slice(-1) as { tracks: unknown[]; coming: unknown[]; lines: unknown[]; log: unknown[] }[];
  for (const part of ['tracks', 'coming', 'lines', 'log'] as const) expect(last?.[part].length).toBeGreaterThan(0);
});

it('a state that lacks a field, or has one of another kind, is not as the schema says', async () => {
  const [state] = (await states(1)) as Record<string, unknown>[];
  const shipped = z.fromJSONSchema(JSON.parse(file));
  for (const key of Object.keys(state ?? {})) {
    expect(shipped.safeParse({ ...state, [key]: undefined }).success, `without ${key}`).toBe(false);
    expect(shipped.safeParse({ ...state, [key]: 7 }).success, `${key} a number`).toBe(false);
  }
  expect(shipped.safeParse({ ...state, another: 7 }).success).toBe(true);
});
