/** What commands say to other programs: the fields that docs/json.md promises, and no line for people among them. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BRIDGES } from '../../bridges/index.ts';
import { checkCommand } from '../../src/cli/check.ts';
import { devicesCommand } from '../../src/cli/doctor/devices.ts';
import { reportJson } from '../../src/cli/doctor/doctor.ts';
import { planCommand } from '../../src/cli/plan/plan.ts';
import { sendCommand } from '../../src/cli/send/send.ts';
import { testCommand } from '../../src/cli/test/test.ts';
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { listen } from './doctor/doctor-rig.ts';

const PROFILE = `decklight: 1
name: Friday
bridges:
  opus: { type: opus-quad }
  console: { type: osc, host: 127.0.0.1, port: 47392 }
tracks:
  - match: { id: 7 }
    title: Strobe
    grid: { first-beat: 0.5 s, tempo: 120 }
    cues: [{ at: 0:10.500, do: safe }]
cues: { safe: [{ console: /safe }] }
panic: safe
`;

const page = readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8');
/** Fields that the section of a command has in the first column of its table. */
const promised = (command: string): readonly string[] =>
  (page.split(`\n## ${command}\n`)[1]?.split('\n## ')[0] ?? '')
    .split('\n')
    .filter(line => line.startsWith('| `'))
    .flatMap(line => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, field = '']) => field));

function profileOf(source: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'json-')), 'show.yaml');
  writeFileSync(file, source);
  return file;
}

/** The one object that a command has said, and its exit code. */
async function said(run: (out: ReturnType<typeof listen>) => Promise<number>, complaints: readonly string[] = []) {
  const out = listen();
  const code = await run(out);
  expect(out.lines).toHaveLength(1);
  expect(out.errors.every(line => complaints.some(each => line.includes(each)))).toBe(true);
  return { code, value: JSON.parse(out.lines[0] ?? '') as Record<string, unknown> };
}
const contextOf = (out: ReturnType<typeof listen>) => ({ out, aside: out, bridges: BRIDGES, library: NO_LIBRARY });

describe('--json says one object with the fields of its page', () => {
  test('check: a profile that is right, and one that is not', async () => {
    const right = await said(out => checkCommand(profileOf(PROFILE), { json: true }, contextOf(out)));
    expect(Object.keys(right.value)).toEqual(promised('check'));
    expect(right).toMatchObject({
      code: 0,
      value: { ok: true, show: { name: 'Friday', rules: 1, cues: 1, bridges: 2, tracks: 1, timecodes: 0, clocks: 0 } },
    });
    const wrong = await said(out => checkCommand(profileOf(`${PROFILE}ruls: []\n`), { json: true }, contextOf(out)));
    expect(wrong).toMatchObject({
      code: 2,
      value: {
        ok: false,
        show: null,
        problems: [{ severity: 'error', line: 13, column: 1, message: expect.stringContaining('ruls') }],
      },
    });
  });

  test('check: a file that is not there is a problem without a line', async () => {
    const { code, value } = await said(out => checkCommand('/nowhere/show.yaml', { json: true }, contextOf(out)));
    expect(code).toBe(2);
    expect(value['problems']).toEqual([
      expect.objectContaining({ severity: 'error', file: '/nowhere/show.yaml', line: null, column: null }),
    ]);
  });

  test('plan: each track with its cues', async () => {
    const options = { track: null, all: false, csv: null, json: true };
    const { value } = await said(out => planCommand(profileOf(PROFILE), options, contextOf(out)));
    const [track = {}] = value['tracks'] as Record<string, unknown>[];
    const [cue] = track['cues'] as Record<string, unknown>[];
    expect(Object.keys({ ...value, ...track, ...cue }).sort()).toEqual(expect.arrayContaining([...promised('plan')]));
    expect(cue).toMatchObject({
      positionMs: 10_500,
      place: '0:10.500',
      messages: ['console /safe'],
    });
  });

  test('test: each expectation, and what was not reached', async () => {
    const pressed = `${PROFILE.replace('opus:', 'booth: { type: cdj-hid }\n  opus:')}controls: { booth: { buttons: { cue: { press: safe } } } }
expect: [{ press: cue, sends: safe }, { press: cue, sends: safe, never: true }]
`;
    const options = { set: null, recording: null, json: true, junit: null, media: undefined };
    const { code, value } = await said(out => testCommand(profileOf(pressed), options, contextOf(out)));
    expect(code).toBe(1);
    const [, unmet = {}] = value['expectations'] as Record<string, unknown>[];
    const difference = unmet['difference'] as object;
    const fields = Object.keys({ ...value, ...unmet, ...difference, ...(value['coverage'] as object) });
    expect(promised('test').filter(field => !fields.includes(field))).toEqual([]);
    expect(Object.keys(value)).toEqual(['file', 'ok', 'expectations', 'coverage']);
  });

  test('send: what was sent, and the receivers', async () => {
    const { value } = await said(
      out => sendCommand(profileOf(PROFILE), { cue: 'safe', json: true }, contextOf(out)),
      ['nobody listens on that port'],
    );
    expect(Object.keys(value).sort()).toEqual([...promised('send')].sort());
    expect(value['messages']).toEqual([{ bridge: 'console', message: '/safe', sent: true, why: null }]);
  });

  test('doctor: findings, each with its advice', async () => {
    const findings = [
      { level: 'ok', topic: 'Node.js', what: '20.19' },
      { level: 'fail', topic: 'network', what: 'none', advice: 'plug it in' },
    ] as const;
    const { code, value } = await said(async out => reportJson(findings, out));
    expect(Object.keys(value)).toEqual(promised('doctor'));
    expect({ code, value }).toEqual({
      code: 3,
      value: { ready: false, findings: [{ ...findings[0], advice: null }, findings[1]] },
    });
  });

  test('devices: what this machine and its network have', async () => {
    const { value } = await said(out => devicesCommand({ listenMs: 0, json: true }, out));
    expect(Object.keys(value).sort()).toEqual([...promised('devices')].sort());
  });
});
