/**
 * The real job on two hosts with a bad line between them: a simulated unit and a show, each in a network namespace of its own,
 * their frames carried by forwarder.c 30 ms ± 20 ms late, 2 % of them lost, all held for 120 ms every 7 s.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_TRACKS } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import { songStructure } from '../../src/core/track/phrase.ts';
import { type NetworkNamespaces, namespacesMissing, networkNamespaces } from '../network-namespaces.ts';
import { ROUNDS, rounds } from '../rounds.ts';
import { until } from '../until.ts';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const CLI = ['--import', 'tsx', 'src/cli/main.ts'];
const reason = namespacesMissing('gcc', 'oscdump');

const track = DEMO_TRACKS.find(({ title }) => title === 'Night Tram');
const phrases = track?.structure == null ? [] : (songStructure(track.structure).structure?.phrases ?? []);
/** Phrases of the track that are waited for; TEST_ROUNDS raises it up to all of them. */
const COUNT = Math.min(rounds(3), phrases.length);

const SET = `
set: a bad line
seed: 1
acts:
  - { at: 0:00, deck: 1, load: Night Tram, on-air: on }
  - { at: 0:12, deck: 1, play }
`;
const PROFILE = `
decklight: 1
name: a bad line
bridges:
  opus: { type: opus-quad, mode: lighting }
  console: { type: osc, host: 127.0.0.1, port: 46021 }
rules:
  - name: phrase
    when: phrase
    do: [{ console: { address: /phrase, args: ["\${round(phrase.index)}", "\${phrase.kind}"] } }]
`;

describe.skipIf(reason !== null)(
  `two hosts with a bad line between them${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    let folder = '';
    let machines: NetworkNamespaces | null = null;
    const start = (machine: string, ...command: readonly string[]) => {
      if (machines === null) throw new Error('no namespaces');
      return machines.start(machine, command, TOP);
    };

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'decklight-line-'));
      execFileSync('gcc', ['-O2', '-o', join(folder, 'forwarder'), join(TOP, 'test/show/forwarder.c')]);
      writeFileSync(join(folder, 'set.yaml'), SET);
      writeFileSync(join(folder, 'show.yaml'), PROFILE);
      machines = networkNamespaces(['unit', 'line', 'ours']);
      for (const [machine, nic, far, address] of [
        ['unit', 'dl0', 'line0', '169.254.21.1'],
        ['ours', 'dl1', 'line1', '169.254.21.2'],
      ] as const) {
        machines.cable({ machine, nic, address }, { machine: 'line', nic: far, address: null });
      }
    });
    afterAll(() => {
      machines?.close();
      rmSync(folder, { recursive: true });
    });

    it(`each of ${COUNT} phrases is told once, in order`, async () => {
      const weather = [String(ROUNDS), '30', '20', '2', '7000', '120', 'line0', 'line1'];
      const line = start('line', join(folder, 'forwarder'), ...weather);
      await until(() => line.output().includes('carrying'), line.output);
      const dump = start('ours', 'stdbuf', '-oL', 'oscdump', '46021');
      const unitArgs = ['simulate', 'opus-quad', '--set', join(folder, 'set.yaml'), '--interface', '169.254.21.1'];
      const unit = start('unit', process.execPath, ...CLI, ...unitArgs);
      const show = start('ours', process.execPath, ...CLI, 'run', '--no-record', join(folder, 'show.yaml'));
      const heard = (): readonly string[] =>
        dump
          .output()
          .split('\n')
          .slice(0, -1)
          .flatMap(text => /\/phrase .*$/.exec(text)?.[0] ?? []);
      const said = (): string => `${show.output()}\n${unit.output()}`;
      // Each phrase is a wait of its own, so that a long track has as long as it takes.
      for (let n = 1; n <= COUNT; n++) await until(() => heard().length >= n, said);
      for (const each of [show, unit]) await each.end('SIGINT');
      line.child.stdin?.end();
      await until(() => /carried \d+/.test(line.output()), line.output);
      await Promise.all([line.end('SIGKILL'), dump.end('SIGTERM')]);
      const [, carried, lost] = /carried (\d+), lost (\d+)/.exec(line.output()) ?? [];
      process.stdout.write(`line: ${carried} frames carried, ${lost} lost; heard: ${heard().join(' | ')}\n`);
      expect(Number(lost)).toBeGreaterThan(0);
      expect(show.output()).toMatch(/OPUS-QUAD at 169\.254\.21\.1, lighting mode/);
      const expected = phrases.slice(0, COUNT).map(({ kind }, i) => `/phrase is ${i + 1} "${kind}"`);
      expect(heard(), said()).toEqual(expected);
    });
  },
);
