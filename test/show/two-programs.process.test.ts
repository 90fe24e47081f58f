/**
 * Two programs that pose as rekordbox's lighting, on one real network: a simulated unit, two Decklights and a program with rekordbox's
 * keep-alive, each on a machine of its own. What two of them do to the millisecond, `test/bridges/opus-quad/rivals.test.ts` shows.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type NetworkNamespaces,
  namespacesMissing,
  networkNamespaces,
  type StartedProgram,
} from '../network-namespaces.ts';
import { until } from '../until.ts';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const NODE = [process.execPath, '--import', 'tsx'];
const reason = namespacesMissing('oscdump');
const OSC_PORT = 46_022;

const SET = `
set: two programs
seed: 1
acts:
  - { at: 0:00, deck: 1, load: Night Tram, on-air: on }
  - { at: 0:01, deck: 1, play }
`;
const PROFILE = `
decklight: 1
name: two programs
bridges:
  opus: { type: opus-quad, mode: lighting }
  console: { type: osc, host: 127.0.0.1, port: ${OSC_PORT} }
rules:
  - name: beat
    when: every 1 beats
    do: [{ console: { address: /beat, args: ["\${deck.beat}"] } }]
`;

const ADDRESSES = {
  unit: '169.254.22.1',
  first: '169.254.22.2',
  second: '169.254.22.3',
  rekordbox: '169.254.22.4',
} as const;
type Machine = keyof typeof ADDRESSES;
const MACHINES = Object.keys(ADDRESSES) as Machine[];
const named = (machine: Machine): string => `two-${machine}`;

/** A Decklight, and what a console of its own machine hears from it. */
interface Show extends StartedProgram {
  /** Numbers of the beats, in the order in which they came. */
  beats(): readonly number[];
}

describe.skipIf(reason !== null)(`two programs on one network${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  let folder = '';
  let machines: NetworkNamespaces;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'decklight-two-'));
    writeFileSync(join(folder, 'set.yaml'), SET);
    machines = networkNamespaces(['two-switch', ...MACHINES.map(named)]);
    for (const [i, machine] of MACHINES.entries()) {
      const plug = { machine: 'two-switch', nic: `port${i}`, address: null };
      machines.cable({ machine: named(machine), nic: `two${i}`, address: ADDRESSES[machine] }, plug);
    }
    machines.bridge(
      'two-switch',
      MACHINES.map((_, i) => `port${i}`),
    );
  });
  afterEach(() => {
    machines.close();
    rmSync(folder, { recursive: true });
  });

  const start = (machine: Machine, ...command: readonly string[]): StartedProgram =>
    machines.start(named(machine), command, TOP);

  const unit = (): StartedProgram => {
    const words = ['simulate', 'opus-quad', '--set', join(folder, 'set.yaml'), '--interface', ADDRESSES.unit];
    return start('unit', ...NODE, 'src/cli/main.ts', ...words);
  };

  function show(machine: 'first' | 'second'): Show {
    // Two machines have two disks: neither finds the other's state.
    const profile = join(folder, `${machine}.yaml`);
    writeFileSync(profile, PROFILE);
    const console = start(machine, 'stdbuf', '-oL', 'oscdump', String(OSC_PORT));
    const program = start(machine, ...NODE, 'src/cli/main.ts', 'run', '--no-record', profile);
    const beats = (): readonly number[] =>
      [...console.output().matchAll(/\/beat f ([\d.]+)\s*\n/g)].map(([, beat]) => Number(beat));
    return { ...program, beats };
  }

  async function rekordbox(): Promise<StartedProgram> {
    const mac = '02:00:00:00:00:04';
    const program = start('rekordbox', ...NODE, 'test/show/rekordbox-lighting.ts', ADDRESSES.rekordbox, mac);
    await until(() => program.output().includes('posing'), program.output);
    return program;
  }

  const says = (program: StartedProgram, text: string): Promise<void> =>
    until(() => program.output().includes(text), program.output);
  const hears = (program: Show, more: number): Promise<void> => {
    const enough = program.beats().length + more;
    return until(() => program.beats().length >= enough, program.output);
  };

  /** Kills the one that speaks, and waits until the other one's cues leave. */
  async function takesOver(speaker: StartedProgram, follower: Show): Promise<void> {
    expect(follower.beats()).toEqual([]);
    await speaker.end('SIGKILL');
    const endedAt = performance.now();
    await hears(follower, 1);
    process.stdout.write(
      `its first cue left ${Math.round(performance.now() - endedAt)} ms after the end of the other\n`,
    );
  }

  const expectNoneMissed = (beats: readonly number[]): void =>
    expect(beats).toEqual(beats.map((_, i) => (beats[0] ?? 0) + i));

  it('the running show misses nothing while another Decklight and a rekordbox come; when it ends, the second one follows', async () => {
    unit();
    const first = show('first');
    await hears(first, 4);
    const second = show('second');
    await says(second, `is Decklight on`);
    const other = await rekordbox();
    await says(first, `"rekordbox" at ${ADDRESSES.rekordbox} begins to pose`);
    await hears(first, 8);
    await other.end('SIGKILL');
    await says(first, `"rekordbox" at ${ADDRESSES.rekordbox} no longer poses as lighting`);
    await hears(first, 4);
    expectNoneMissed(first.beats());
    expect(second.output()).toContain(`at ${ADDRESSES.first}`);
    await takesOver(first, second);
    await hears(second, 4);
    expectNoneMissed(second.beats());
  });

  it('a rekordbox that was there first is named and left alone; when it ends, Decklight follows', async () => {
    unit();
    const other = await rekordbox();
    const first = show('first');
    await says(first, `"rekordbox" at ${ADDRESSES.rekordbox} already poses as rekordbox's lighting: yielding to it`);
    await takesOver(other, first);
  });

  it('of two Decklights that begin at once one speaks, and the other one yields to it', async () => {
    unit();
    const both = [show('first'), show('second')];
    const said = (): string => both.map(program => program.output()).join('\n----\n');
    await until(() => both.some(({ beats }) => beats().length >= 8), said);
    const [silent, ...more] = both.filter(({ beats }) => beats().length === 0);
    expect([silent !== undefined, more.length], said()).toEqual([true, 0]);
    expect(silent?.output()).toMatch(/yielding to/);
  });
});
