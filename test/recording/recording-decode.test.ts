import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeCommand } from '../../src/cli/decode/decode.ts';
import { djLink, pcapngWriter } from '../capture/write-capture.ts';
import { rounds } from '../rounds.ts';
import { blocksOf, recordingOf, START, someEvening, wholeBlocksBefore } from './sample-recordings.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'decklight-recording-decode-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function decoded(file: Buffer, json: boolean) {
  const path = join(folder, 'recording.pcapng');
  writeFileSync(path, file);
  const lines: string[] = [];
  const errors: string[] = [];
  const code = await decodeCommand(
    path,
    { json },
    { line: text => lines.push(text), error: text => errors.push(text) },
  );
  return { code, lines, errors };
}

const at = START.startedAtMs;
const evening = recordingOf(
  [
    {
      from: { address: '10.0.0.2', port: 1606 },
      to: { address: '10.0.0.1', port: 50_002 },
      bytes: djLink(0x05, 0x30),
      stamp: { at: at + 250, notBefore: at + 250 },
    },
  ],
  [
    { decklight: 'interfaces', at: at + 500, interfaces: [] },
    { decklight: 'wake', at: at + 600 },
    { decklight: 'wake', at: at + 700 },
    { decklight: 'act', at: at + 1000, source: 'keys', act: { kind: 'fire', cue: 'drop' } },
    { decklight: 'profile', at: at + 2000, allocated: [], file: 'show\u001b[2J.yaml', source: 'größer' },
    { decklight: 'gap', at: at + 3000, packets: 7 },
    { decklight: 'stop', at: at + 4000 },
  ],
);

describe('decode of a recording', () => {
  it('tells each record in a line, counts the wakes, and its summary adds up', async () => {
    const { code, lines } = await decoded(evening, false);
    expect(code).toBe(0);
    const end = lines.indexOf('');
    // Columns as for datagrams; the lengths in bytes: "decklight: 1" and a line end are 13, "größer" is 8 in UTF-8.
    expect(lines.slice(0, end)).toEqual([
      '    0.000000  start         Decklight 0.1.0  show.yaml, 13 bytes  simulated: opus',
      '    0.250000  10.0.0.2:1606         -> 10.0.0.1:50002         media-query   passed over',
      '    0.500000  interfaces    -',
      '    1.000000  act           fire drop by keys',
      '    2.000000  profile       show?[2J.yaml, 8 bytes',
      '    3.000000  gap           7 packets before it were not recorded',
      '    4.000000  stop',
    ]);
    expect(lines.slice(end).map(line => line.trim().replaceAll(/ +/g, ' '))).toEqual([
      '',
      '9 packets in the file, of which',
      '0 decoded (port, type)',
      '1 passed over (port, type)',
      '1 50002 05 media-query',
      '0 refused (port, type)',
      '0 not DJ Link',
      '0 not readable',
      '0 fragments, incomplete',
      '8 records of Decklight',
      '1 act',
      '1 gap',
      '1 interfaces',
      '1 profile',
      '1 start',
      '1 stop',
      '2 wake',
      `end of file: whole: read to its last byte, ${evening.length}`,
    ]);
  });

  it('gives every record as one JSON object a line, wakes too', async () => {
    const { lines } = await decoded(evening, true);
    const objects = lines.map(line => JSON.parse(line) as Record<string, unknown>);
    expect(objects).toHaveLength(9);
    expect(objects[3]).toEqual({
      timeMs: 1_795_295_700_600,
      sinceFirstS: 0.6,
      outcome: 'record',
      kind: 'wake',
      fields: { at: at + 600 },
    });
    expect(objects[5]).toMatchObject({ kind: 'act', fields: { source: 'keys', act: { kind: 'fire', cue: 'drop' } } });
  });

  it('a record nested beyond all sense, or of a kind with an escape in it, costs one line and nothing else', async () => {
    const writer = pcapngWriter(true);
    const deep = `{"decklight":"deep","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const file = Buffer.concat([
      ...[writer.section(), writer.interface(147, 0, [])],
      ...[deep, '{"decklight":"\\u001b[2J"}'].map(text => writer.enhanced(0, 1n, Buffer.from(text))),
    ]);
    const json = await decoded(file, true);
    const [first = '', second = '', ...more] = json.lines;
    // How deep a value may be to be written again is up to Node: 20 leaves it out, 26 writes it.
    expect(/"kind":"deep","fields":(null|\{"x":\[+\]+\})\}$/.test(first)).toBe(true);
    expect(JSON.parse(second)).toMatchObject({ fields: {} });
    expect(more).toEqual([]);
    const text = await decoded(file, false);
    expect(text.lines.join('')).not.toContain('\u001b');
    expect(text.lines[0]).toContain('not known to this version');
  });

  it('cut anywhere after its first block tells every whole packet before the cut, and where it was cut', async () => {
    const { file, cuts } = someEvening(rounds(250));
    const types = blocksOf(file).map(block => block.readUInt32LE(0));
    expect(types.slice(0, 4)).toEqual([0x0a0d0d0a, 1, 1, 6]);
    for (const cut of cuts) {
      const { offset, packets } = wholeBlocksBefore(file, cut);
      const { code, lines, errors } = await decoded(file.subarray(0, cut), true);
      const how = offset === cut ? 'whole: read to its last byte,' : 'cut at byte';
      expect([code, lines.length], `cut at ${cut}`).toEqual([0, packets]);
      expect(errors[1], `cut at ${cut}`).toBe(`${packets} packets in the file, of which`);
      expect(errors.at(-1), `cut at ${cut}`).toContain(`end of file: ${how} ${offset}`);
    }
  });
});
