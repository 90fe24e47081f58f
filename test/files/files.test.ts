/** A file that a command cannot use: which, why and what to do, in one line and never in the system's own words. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BRIDGES } from '../../bridges/index.ts';
import { checkCommand } from '../../src/cli/check.ts';
import { decodeCommand } from '../../src/cli/decode/decode.ts';
import { doctorCommand } from '../../src/cli/doctor/doctor.ts';
import { initCommand } from '../../src/cli/init.ts';
import { replayCommand } from '../../src/cli/replay/replay.ts';
import { runCommand } from '../../src/cli/run/run.ts';
import { timecodeCommand } from '../../src/cli/send/free-timecode.ts';
import { sendCommand } from '../../src/cli/send/send.ts';
import { simulateCommand } from '../../src/cli/simulate/simulate-opus-quad.ts';
import type { Terminal } from '../../src/cli/terminal/terminal.ts';
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { openLineFile } from '../../src/files/line-file.ts';
import { listen } from '../cli/doctor/doctor-rig.ts';

const folder = mkdtempSync(join(tmpdir(), 'decklight-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

const stopped = AbortSignal.abort();
const show = join(folder, 'show.yaml');
writeFileSync(
  show,
  `decklight: 1
name: show
bridges:
  opus: { type: opus-quad, interface: 127.0.0.1 }
  console: { type: osc, host: 127.0.0.1, port: 9 }
rules: [{ name: chorus, when: chorus, do: [{ console: /chorus }] }]
`,
);

const OPTIONS = {
  ...{ simulate: false, set: null, dryRun: false, trace: null, forMs: 0 },
  ...{ json: false, require: false, log: null, logLevel: 'info' as const, record: false },
};
const contextOf = (out: Terminal) => ({ out, aside: out, bridges: BRIDGES, library: NO_LIBRARY });
const run = (file: string, set: string | null, out: Terminal): Promise<number> =>
  runCommand(file, { ...OPTIONS, set, simulate: true }, contextOf(out), stopped);
const simulate = (set: string, out: Terminal): Promise<number> =>
  simulateCommand({ set, interface: null, peer: null, trace: null }, out, stopped);
const timecode = (profile: string, out: Terminal): Promise<number> =>
  timecodeCommand('01:00:00:00', { profile, to: 'daw', rate: null, forMs: 0 }, contextOf(out), stopped);

type Command = (file: string, out: Terminal) => Promise<number>;
const COMMANDS: readonly (readonly [name: string, code: number, what: string, command: Command])[] = [
  ['check', 2, 'a profile (YAML)', (file, out) => checkCommand(file, { json: false }, contextOf(out))],
  ['run', 2, 'a profile (YAML)', (file, out) => run(file, null, out)],
  ['run --set', 2, 'a DJ set (YAML)', (file, out) => run(show, file, out)],
  ['send', 2, 'a profile (YAML)', (file, out) => sendCommand(file, { cue: 'drop', json: false }, contextOf(out))],
  ['timecode', 2, 'a profile (YAML)', timecode],
  ['doctor', 2, 'a profile (YAML)', (file, out) => doctorCommand(file, { json: false }, contextOf(out))],
  ['simulate --set', 2, 'a DJ set (YAML)', simulate],
  [
    'replay',
    1,
    'a recording (.pcapng)',
    (file, out) => replayCommand(file, { json: false, relay: false }, out, async () => contextOf(out)),
  ],
  ['decode', 1, 'a capture (.pcap or .pcapng', (file, out) => decodeCommand(file, { json: false }, out)],
];

describe.each(COMMANDS)('%s', (_, code, what, command) => {
  it('says of a file that is not there that it is not, and what to do', async () => {
    const out = listen();
    const file = join(folder, 'nope');
    expect(await command(file, out)).toBe(code);
    expect(out.errors).toEqual([expect.stringMatching(/: error: there is no such file; check its name/)]);
    expect(out.errors[0]?.startsWith(`${file}: `)).toBe(true);
    expect(out.lines).toEqual([]);
  });

  it('says of a folder that it is one, and what was expected', async () => {
    const out = listen();
    expect(await command(folder, out)).toBe(code);
    expect(out.errors).toEqual([expect.stringContaining(`${folder}: error: this is a directory; expected ${what}`)]);
  });
});

describe('a file to be written', () => {
  it('init: one line with what to do', async () => {
    const file = join(folder, 'plain');
    writeFileSync(file, '');
    const out = listen();
    expect(await initCommand(join(file, 'show.yaml'), null, out)).toBe(1);
    expect(out.errors).toEqual([expect.stringMatching(/show\.yaml: error: a part of this path is no folder; /)]);
  });

  it('the trace and the log: one line with what to do, and the show goes on', async () => {
    const taken = join(folder, 'taken');
    mkdirSync(taken);
    const said: string[] = [];
    const lines = openLineFile(taken, 'the trace', text => void said.push(text));
    await expect.poll(() => said).toHaveLength(1);
    lines.write(['one']);
    await lines.close();
    expect(said).toEqual([`the trace ${taken} is not written: this is a directory; expected the name of a file`]);
  });
});
