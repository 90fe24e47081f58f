/** The real job over real UDP: a simulated unit, the show and a receiver that is not ours, each a process of its own. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BRIDGES } from '../../bridges/index.ts';
import { DEMO_TRACKS } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import { decodeCommand } from '../../src/cli/decode/decode.ts';
import { replayCommand } from '../../src/cli/replay/replay.ts';
import type { Terminal } from '../../src/cli/terminal/terminal.ts';
import { seededRandom } from '../../src/core/random.ts';
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { songStructure } from '../../src/core/track/phrase.ts';
import { holderOfUdpPort } from '../../src/live/port-holder.ts';
import { namespacesMissing, networkNamespaces } from '../network-namespaces.ts';
import { rounds } from '../rounds.ts';
import { until } from '../until.ts';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const CLI = ['--import', 'tsx', 'src/cli/main.ts'];
const hasOscdump = spawnSync('oscdump', ['--help']).error === undefined;
const CONSOLE_PORT = 47_000 + (process.pid % 1000);

const SET = `
set: one minute
seed: 1
acts:
  - { at: 0:00, deck: 1, load: Night Tram, on-air: on }
  - { at: 0:15, deck: 1, play }
  - { at: 0:35, deck: 1, jump: to beat 253 }
`;

const profile = (opus: string, host: string): string => `
decklight: 1
name: one minute
bridges:
  opus: { type: opus-quad, ${opus} }
  console: { type: osc, host: ${host}, port: ${CONSOLE_PORT} }
rules:
  - name: phrase
    when: phrase
    do:
      - console: { address: /phrase, args: ["\${round(phrase.index)}", "\${phrase.kind}", "\${deck.tempoBpm}", 1.0, "1"] }
  - name: chorus
    while: phrase.kind == chorus
    do:   [ { console: /chorus/on } ]
    undo: [ { console: /chorus/off } ]
`;

let folder = '';
let started: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'decklight-'));
  started = [];
});
afterEach(async () => {
  for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

interface Started {
  readonly child: ChildProcess;
  /** What it has written to both of its outputs, and to standard output alone. */
  readonly output: () => string;
  readonly stdout: () => string;
}

function start(command: string, args: readonly string[]): Started {
  const child = spawn(command, args, { cwd: TOP, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let output = '';
  let stdout = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => (output += String(chunk)));
  child.stdout?.on('data', chunk => (stdout += String(chunk)));
  return { child, output: () => output, stdout: () => stdout };
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise(done => (child.exitCode === null ? child.once('exit', code => done(code)) : done(child.exitCode)));
/** All that it has said has come. */
const closed = (child: ChildProcess): Promise<void> => new Promise(done => child.once('close', () => done()));

interface TraceLine {
  readonly monotonicNs: number;
  readonly kind: string;
  readonly deck?: number;
  readonly beat?: number;
  readonly because?: string;
  readonly message?: string;
}
const readTrace = (file: string): TraceLine[] =>
  readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as TraceLine);

interface Played {
  readonly lines: readonly string[];
  readonly showOutput: string;
  readonly code: number | null;
}

interface Stage {
  readonly bridge: string;
  readonly unit: readonly string[];
  /** Before each command: a network namespace, or nothing. */
  readonly inUnit: readonly string[];
  readonly inOurs: readonly string[];
}

/** Runs unit, receiver and show until so many phrases have arrived; what oscdump printed. */
async function play(phrases: number, stage: Stage): Promise<Played> {
  writeFileSync(join(folder, 'set.yaml'), SET);
  writeFileSync(join(folder, 'show.yaml'), profile(stage.bridge, '127.0.0.1'));
  const run = (prefix: readonly string[], command: string, args: readonly string[]) => {
    const [first = command, ...rest] = [...prefix, command, ...args];
    return start(first, rest);
  };
  const dump = run(stage.inOurs, 'stdbuf', ['-oL', 'oscdump', String(CONSOLE_PORT)]);
  const lines = (): string[] =>
    dump
      .output()
      .split('\n')
      .slice(0, -1)
      .map(line => line.slice(line.indexOf(' ') + 1));
  const unitArgs = ['simulate', 'opus-quad', '--set', join(folder, 'set.yaml'), ...stage.unit];
  const unit = run(stage.inUnit, process.execPath, [...CLI, ...unitArgs, '--trace', join(folder, 'truth.jsonl')]);
  await until(() => unit.output().includes('stop with Ctrl-C'), unit.output);
  const showArgs = ['run', join(folder, 'show.yaml'), '--trace', join(folder, 'show.jsonl')];
  const show = run(stage.inOurs, process.execPath, [...CLI, ...showArgs]);
  await until(() => lines().filter(line => line.startsWith('/phrase')).length >= phrases, show.output);
  for (const [each, signal] of [
    [show, 'SIGINT'],
    [unit, 'SIGINT'],
    [dump, 'SIGTERM'],
  ] as const) {
    each.child.kill(signal);
    await closed(each.child);
  }
  return { lines: lines(), showOutput: show.output(), code: show.child.exitCode };
}

/** What must arrive: phrases 1 and 2 from the start at 15 s on, then 7 and on from the jump to beat 253 at 35 s. */
function expectPhrases(lines: readonly string[], count: number): void {
  const track = DEMO_TRACKS.find(({ title }) => title === 'Night Tram');
  const phrases = track?.structure == null ? [] : (songStructure(track.structure).structure?.phrases ?? []);
  const indexes = [1, 2, 7, 8, 9].slice(0, count);
  const expected = indexes.map(index => `/phrase isffs ${index} "${phrases[index - 1]?.kind}" 128.000000 1.000000 "1"`);
  const got = lines.filter(line => line.startsWith('/phrase'));
  expect(got).toEqual(expected);
}

const recordingIn = (name: string): string => {
  const files = readdirSync(join(folder, name));
  expect(files).toHaveLength(1);
  return join(folder, name, files[0] ?? '');
};

/** What left, as a status without a terminal and a replay print it. */
const sentLines = (output: string): string[] =>
  output.split('\n').filter(line => /^\d\d:\d\d:\d\d\.\d{3} {2}deck \d .* {2}console {2}\//.test(line));

function listening(): Terminal & { readonly lines: string[] } {
  const lines: string[] = [];
  const line = (text: string): void => void lines.push(...text.split('\n'));
  return { isTerminal: false, columns: () => 80, rows: () => 24, lines, line, error: line, redraw() {} };
}

/** Where each block of a pcapng file ends, and how many packets there are up to it: by the format's own lengths. */
function blockEnds(bytes: Buffer): { readonly end: number; readonly packets: number }[] {
  const ends: { end: number; packets: number }[] = [];
  let packets = 0;
  for (let at = 0; at < bytes.length; ) {
    if (bytes.readUInt32LE(at) === 6) packets++;
    at += bytes.readUInt32LE(at + 4);
    ends.push({ end: at, packets });
  }
  return ends;
}

const CUTS = rounds(100);
/** tshark takes a quarter of a second to start. */
const TSHARK_EVERY = 10;

/** Cut anywhere after its first block, whoever reads it gets every whole packet before the cut. */
async function expectCutsRead(bytes: Buffer, whole: string): Promise<void> {
  const ends = blockEnds(bytes);
  const first = ends[0]?.end ?? 0;
  const random = seededRandom(42);
  const cut = join(folder, 'cut.pcapng');
  const hasTshark = spawnSync('tshark', ['--version']).error === undefined;
  const wholeSent = sentLines(whole);
  for (let i = 0; i < CUTS; i++) {
    const length = first + Math.floor(random() * (bytes.length - first));
    const packets = ends.findLast(({ end }) => end <= length)?.packets ?? 0;
    writeFileSync(cut, bytes.subarray(0, length));
    const isForTshark = hasTshark && i % TSHARK_EVERY === 0;
    const theirs = isForTshark ? start('tshark', ['-r', cut, '-T', 'fields', '-e', 'frame.number']) : null;
    // While it starts we read the same.
    const theirsEnded = theirs === null ? null : closed(theirs.child);
    const decoded = listening();
    await decodeCommand(cut, { json: false }, decoded);
    expect(decoded.lines, `cut at ${length}`).toContain(`${packets} packets in the file, of which`);
    if (packets > 0) {
      // Without its first record nobody knows what show this was.
      const replayed = listening();
      const context = { out: replayed, bridges: BRIDGES, library: NO_LIBRARY };
      expect(await replayCommand(cut, { json: false, relay: false }, replayed, async () => context)).toBe(0);
      const sent = sentLines(replayed.lines.join('\n'));
      expect(sent).toEqual(wholeSent.slice(0, sent.length));
    }
    if (theirs === null) continue;
    await theirsEnded;
    const numbers = theirs
      .output()
      .split('\n')
      .filter(line => /^\d+$/.test(line));
    expect(numbers.length, `tshark, cut at ${length}`).toBe(packets);
  }
}

describe.skipIf(!hasOscdump)('over UDP, into oscdump', () => {
  /** The minute that was played: its recording, and what its replay prints. */
  let minute: { readonly recording: Buffer; readonly replayed: string } | null = null;

  it('one minute on two loopback addresses: each phrase once, in order, with its types, near the truth', async () => {
    const { lines, code, showOutput } = await play(4, {
      bridge: 'interface: 127.0.4.1, unit: 127.0.4.2',
      unit: ['--interface', '127.0.4.2', '--peer', '127.0.4.1'],
      inUnit: [],
      inOurs: [],
    });
    expect(code, showOutput).toBe(0);
    expectPhrases(lines, 4);
    // Beats 253 to 289 from 35 s on hold no chorus: it was never on.
    expect(lines.filter(line => line.startsWith('/chorus'))).toEqual([]);

    // Against the truth: where the unit's playhead was when each phrase left, by the clock both processes share.
    const truth = readTrace('truth.jsonl');
    const sent = readTrace('show.jsonl').filter(
      ({ kind, because }) => kind === 'sent' && because?.startsWith('phrase'),
    );
    expect(sent).toHaveLength(4);
    const startBeats = [1, 33, 257, 289];
    const errorsMs = sent.map(({ monotonicNs }, i) => {
      const near = truth.findLast(line => line.monotonicNs <= monotonicNs) ?? truth[0];
      const sinceMs = (monotonicNs - (near?.monotonicNs ?? 0)) / 1e6;
      return (((near?.beat ?? 0) - (startBeats[i] ?? 0)) * 60000) / 128 + sinceMs;
    });
    for (const error of errorsMs) expect(Math.abs(error)).toBeLessThan(400);
    const positions = readTrace('show.jsonl').filter(({ kind }) => kind === 'position');
    expect(positions.length).toBeGreaterThan(2000);

    // It was recorded all the while: the replay sends the same in the same order, at the same times to the ms.
    const recording = recordingIn('show.yaml.recordings');
    const replayed = spawnSync(process.execPath, [...CLI, 'replay', recording], { cwd: TOP, encoding: 'utf8' });
    expect(replayed.status, replayed.stderr).toBe(0);
    expect(sentLines(replayed.stdout)).toEqual(sentLines(showOutput));
    expect(sentLines(showOutput).length).toBeGreaterThanOrEqual(4);
    const again = spawnSync(process.execPath, [...CLI, 'replay', recording], { cwd: TOP, encoding: 'utf8' });
    expect(again.stdout).toBe(replayed.stdout);
    minute = { recording: readFileSync(recording), replayed: replayed.stdout };
  });

  it(`cut at ${CUTS} random places, its recording gives every whole packet before the cut`, async () => {
    if (minute === null) throw new Error('the minute was not recorded');
    await expectCutsRead(minute.recording, minute.replayed);
  });

  it.skipIf(namespacesMissing() !== null)(
    'between two network namespaces, by real broadcast, unit and interface found by themselves',
    async () => {
      const machines = networkNamespaces(['live-unit', 'live-ours']);
      try {
        machines.cable(
          { machine: 'live-unit', nic: 'dl0', address: '169.254.20.1' },
          { machine: 'live-ours', nic: 'dl1', address: '169.254.20.2' },
        );
        const { lines, showOutput } = await play(1, {
          bridge: 'mode: auto',
          unit: ['--interface', '169.254.20.1'],
          inUnit: machines.inside('live-unit'),
          inOurs: machines.inside('live-ours'),
        });
        expect(showOutput).toMatch(/OPUS-QUAD at 169\.254\.20\.1, lighting mode/);
        expectPhrases(lines, 1);
      } finally {
        machines.close();
      }
    },
  );
});

describe('the command line', () => {
  const cli = (...args: string[]) => spawnSync(process.execPath, [...CLI, ...args], { cwd: TOP, encoding: 'utf8' });

  /** Runs the demo until it has said something, then stops it. */
  async function demoUntil(isSaid: (output: string) => boolean, ...options: readonly string[]): Promise<string> {
    const args = ['run', '--simulate', '--no-record', ...options, 'profiles/demo.yaml'];
    const { child, output, stdout } = start(process.execPath, [...CLI, ...args]);
    await until(() => isSaid(stdout()), output);
    child.kill('SIGINT');
    await closed(child);
    expect(child.exitCode).toBe(0);
    return stdout();
  }

  it('run --simulate plays the demo: decks move and cues leave within five seconds', async () => {
    const plays = /1 ▶ .*Night Tram.*beat \d+/;
    const output = await demoUntil(text => plays.test(text) && sentLines(text).length > 0);
    expect(output).toMatch(/^SIMULATED opus: /);
    // By its own clock, which begins when it has started.
    expect(sentLines(output)[0]).toMatch(/^00:00:0[0-4]\.\d{3} {2}deck 1 .*console {2}\//);
  });

  it('--json is one object a line, and --dry-run sends nothing', async () => {
    const isKnown = (text: string): boolean => /"kind":"status".*Night Tram/.test(text);
    const output = await demoUntil(isKnown, '--dry-run', '--json');
    const lines = output
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as { kind: string; notices?: string[]; decks?: unknown[] });
    expect(lines.find(({ kind }) => kind === 'status')?.notices?.join()).toMatch(/SIMULATED.*DRY RUN/);
    // A title that nobody is sure of is said with what is to be done about it, here nothing.
    const { decks } = lines.findLast(({ kind }) => kind === 'status') ?? {};
    expect(decks?.[0]).toMatchObject({ trackId: 829, title: 'Night Tram', confidence: 'unknown', advice: null });
  });

  it('a wrong command line and a profile that is not there are exit code 2, each with one clear line', () => {
    for (const args of [
      ['fly'],
      ['run'],
      ['run', '--for', 'soon', 'x.yaml'],
      ['run', 'not-there.yaml'],
      ['simulate', 'tuba'],
    ]) {
      const { status, stderr } = cli(...args);
      expect(status, args.join(' ')).toBe(2);
      expect(stderr).not.toMatch(/ at .*\.ts:\d+/);
      expect(stderr.trim()).not.toBe('');
    }
  });

  it('simulate refuses a peer that is no address, before it opens anything', () => {
    const { status, stderr, stdout } = cli('simulate', 'opus-quad', '--peer', 'nope');
    expect(status).toBe(2);
    expect(stderr).toContain("argument 'nope' is invalid. Expected an IPv4 address: 127.0.0.1");
    expect(stdout).toBe('');
  });

  it('--require ends with 3 when the unit is not there', () => {
    writeFileSync(join(folder, 'alone.yaml'), profile('interface: 127.0.4.1, unit: 127.0.4.3', '127.0.0.1'));
    const { status, stderr } = cli('run', '--require', join(folder, 'alone.yaml'));
    expect(status).toBe(3);
    expect(stderr).toMatch(/required and not there: .*waiting for an OPUS-QUAD at 127\.0\.4\.3/);
  });

  it('stops cleanly at SIGINT and SIGTERM', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const { child, output } = start(process.execPath, [
        ...CLI,
        'run',
        '--simulate',
        '--no-record',
        'profiles/demo.yaml',
      ]);
      await until(() => output().includes('deck 1'), output);
      child.kill(signal);
      expect(await ended(child)).toBe(0);
      expect(output()).toMatch(/stopped after 00:00:/);
    }
  });

  it('names the program that holds a port', async () => {
    writeFileSync(join(folder, 'held.yaml'), profile('interface: 127.0.4.1, unit: 127.0.4.3', '127.0.0.1'));
    const first = start(process.execPath, [...CLI, 'run', join(folder, 'held.yaml')]);
    await until(() => holderOfUdpPort(50_000, '127.0.4.1') !== null, first.output);
    const { stderr } = cli('run', '--for', '2s', join(folder, 'held.yaml'));
    expect(stderr).toMatch(new RegExp(`UDP port 50000 is held by \\S+ \\(pid ${first.child.pid}\\)`));
    first.child.kill('SIGINT');
    await ended(first.child);
  });
});

describe('the first show, docs/first-show.md', () => {
  it('is a page whose every command works, in its order', () => {
    const page = readFileSync(join(TOP, 'docs/first-show.md'), 'utf8');
    const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(match => match[1] ?? '');
    // A command of the name that people type, in front of all others.
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const tsx = join(TOP, 'node_modules/tsx/dist/loader.mjs');
    const command = `exec "${process.execPath}" --import "${tsx}" "${join(TOP, 'src/cli/main.ts')}" "$@"`;
    writeFileSync(join(bin, 'decklight'), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };
    const outputs: string[] = [];
    for (const block of blocks) {
      // All but what stands between two ENDs is a command of one line.
      const commands = block.match(/^cat > .*<<'END'\n[\s\S]*?^END$|^.+$/gm) ?? [];
      for (const each of commands) {
        const { status, stdout, stderr } = spawnSync('sh', ['-c', each], { cwd: folder, encoding: 'utf8', env });
        outputs.push(stdout + stderr);
        // A machine for tests may have no MIDI, and no console that listens, and says so: see the page.
        const allowed = /^decklight (doctor|timecode)/.test(each)
          ? [0, 3]
          : /^decklight send/.test(each)
            ? [0, 1]
            : [0];
        expect(allowed, `${each}\n${stdout}${stderr}`).toContain(status);
      }
    }
    const all = outputs.join('\n');
    expect(all).toMatch(/show\.yaml: My show: .*no problems/);
    expect(all).toMatch(/SIMULATED opus/);
    expect(all).toMatch(/timecode main 01:0\d:\d\d:\d\d running/);
    expect(all).toMatch(/console {2}\/eos\/cue\/1\/10\/fire/);
    expect(all).toMatch(/REPLAY of My show/);
    // The replay sends what the run did.
    const replayed = outputs.find(output => output.includes('REPLAY of')) ?? '';
    const ran = outputs.find(output => output.includes('SIMULATED opus')) ?? '';
    expect(sentLines(replayed)).toEqual(sentLines(ran));
    expect(sentLines(ran).length).toBeGreaterThan(0);
  });
});
