import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rounds } from '../rounds.ts';
import { datagramsOf, recordingOf, recordsOf, START, someEvening, wholeBlocksBefore } from './sample-recordings.ts';

const hasTshark = spawnSync('tshark', ['--version']).status === 0;

/** What tshark prints of a file, and its complaint when the file is cut short. */
function tshark(file: Uint8Array, args: readonly string[]): { readonly rows: string[]; readonly complaint: string } {
  const folder = mkdtempSync(join(tmpdir(), 'decklight-tshark-'));
  try {
    const path = join(folder, 'recording.pcapng');
    writeFileSync(path, file);
    const run = spawnSync('tshark', ['-n', '-r', path, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
    return { rows: run.stdout.split('\n').filter(row => row !== ''), complaint: run.stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const CHECKSUMS = ['-o', 'ip.check_checksum:TRUE', '-o', 'udp.check_checksum:TRUE'];
const fields = (...names: readonly string[]): string[] => ['-T', 'fields', ...names.flatMap(name => ['-e', name])];

/** For tshark 1 is a good checksum. */
const GOOD = '1';

// tshark is a program of its own, part of Wireshark; where it is not installed there is nothing to compare with.
describe.skipIf(!hasTshark)(`a recording in tshark${hasTshark ? '' : ' (skipped: tshark is not installed)'}`, () => {
  const { file, cuts } = someEvening(rounds(10));
  const ofNetwork = ['-Y', 'frame.interface_name == "network"', ...CHECKSUMS];

  it('every datagram has good checksums, its comment, its addresses and its bytes', () => {
    const names = [
      'ip.checksum.status',
      'udp.checksum.status',
      'frame.comment',
      'ip.src',
      'udp.dstport',
      'udp.payload',
    ];
    const { rows, complaint } = tshark(file, [...ofNetwork, ...fields(...names), '-E', 'occurrence=f']);
    expect(complaint).not.toContain('cut short');
    const expected = datagramsOf(file).map(({ stamp, datagram: { from, to, bytes } }) =>
      [
        ...[GOOD, GOOD, `at ${stamp.at} notBefore ${stamp.notBefore}`, from.address, to.port],
        Buffer.from(bytes).toString('hex'),
      ].join('\t'),
    );
    expect(rows).toEqual(expected);
    expect(tshark(file, [...CHECKSUMS, '-V']).rows.filter(row => /checksum.*(bad|incorrect)/i.test(row))).toEqual([]);
  });

  it('every record is on the second interface, as the JSON it is', () => {
    const { rows } = tshark(file, ['-Y', 'frame.interface_name == "decklight"', ...fields('data.data')]);
    expect(rows.map(row => JSON.parse(Buffer.from(row.replaceAll(':', ''), 'hex').toString()))).toEqual(
      recordsOf(file),
    );
  });

  it('reads them as JSON with the setting that the page gives', () => {
    const page = readFileSync(new URL('../../docs/recording.md', import.meta.url), 'utf8');
    const [, setting = ''] = /-o '(uat:[^']+)'/.exec(page) ?? [];
    const { rows } = tshark(file, ['-o', setting, '-Y', 'json.value.string == "act"', ...fields('frame.number')]);
    const acts = recordsOf(file).filter(({ decklight }) => decklight === 'act');
    expect(acts.length).toBeGreaterThan(5);
    expect(rows).toHaveLength(acts.length);
  });

  it('times are those of the show, to the ns', () => {
    const at = START.startedAtMs + 0.123456;
    const { rows } = tshark(recordingOf([], [{ decklight: 'wake', at }]), fields('frame.time_epoch'));
    expect(rows).toEqual(['1795295700.000000000', '1795295700.000123456']);
  });

  it('a datagram of the greatest length and an empty one are one packet each, with good checksums', () => {
    const to = { address: '255.255.255.255', port: 50_000 };
    const arrivals = [65_507, 0, 1, 1401].map(length => ({
      ...{ from: { address: '169.254.1.2', port: 1606 }, to, stamp: { at: 100_001, notBefore: 100_001 } },
      bytes: new Uint8Array(length).fill(0xff),
    }));
    const names = fields('ip.checksum.status', 'udp.checksum.status', 'udp.length');
    const { rows } = tshark(recordingOf(arrivals, []), [...ofNetwork, ...names]);
    expect(rows).toEqual([65_515, 8, 9, 1409].map(length => `${GOOD}\t${GOOD}\t${length}`));
  });

  it('a profile of several megabytes does not end its reading', () => {
    const source = 'x: "ä\\"🎛"\n'.repeat(300_000);
    const long = recordingOf(
      [],
      [
        { decklight: 'profile', at: 100_001, allocated: [], file: 'show.yaml', source },
        { decklight: 'wake', at: 100_002 },
      ],
    );
    const { rows, complaint } = tshark(long, fields('frame.time_epoch'));
    expect(complaint).not.toMatch(/damaged|corrupt/);
    expect(rows.at(-1)).toBe('1795295700.001875000');
    expect(recordsOf(long).map(({ decklight }) => decklight)).toEqual(['start', 'profile', 'wake']);
  });

  it('cut anywhere it has every whole packet before the cut', () => {
    for (const cut of cuts) {
      const { offset, packets } = wholeBlocksBefore(file, cut);
      const { rows, complaint } = tshark(file.subarray(0, cut), fields('frame.number'));
      expect(rows.length, `cut at ${cut}`).toBe(packets);
      expect(complaint.includes('cut short'), `cut at ${cut}`).toBe(offset !== cut);
    }
  });

  it('says which program wrote it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'decklight-capinfos-'));
    try {
      const path = join(folder, 'recording.pcapng');
      writeFileSync(path, file);
      expect(execFileSync('capinfos', [path], { encoding: 'utf8' })).toMatch(/Capture application:\s+Decklight/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
