/** Recordings made in memory for the tests. All are synthesised. */

import type { Stamp } from '../../src/core/clock.ts';
import { seededRandom } from '../../src/core/random.ts';
import type { Endpoint } from '../../src/network/network.ts';
import {
  datagramBlock,
  type RecordingItem,
  readRecording,
  recordBlocks,
  recordingHead,
  type ShowRecord,
  type StartRecord,
} from '../../src/recording/recording-format.ts';
import { djLink } from '../capture/write-capture.ts';

/** Started on 2026-11-21 at 21:15:00 UTC. */
export const START: StartRecord = {
  decklight: 'start',
  version: '0.1.0',
  profile: { file: 'show.yaml', source: 'decklight: 1\n' },
  startedAtMs: 100_000.125,
  startedAtUnixNs: '1795295700000000000',
  options: { simulate: true, dryRun: false },
  instead: { opus: { interface: '127.0.0.1', unitAddress: '127.0.0.2' } },
  interfaces: [{ name: 'eth0', address: '10.0.0.1', netmask: '255.255.255.0', mac: '02:00:00:00:00:01' }],
  memory: null,
  allocated: [],
  book: [],
};

const BASE = { startedAtMs: START.startedAtMs, startedAtUnixNs: BigInt(START.startedAtUnixNs) };

export interface Arrival {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly bytes: Uint8Array;
  readonly stamp: Stamp;
}

export const arrivalBlock = ({ from, to, bytes, stamp }: Arrival): Uint8Array => {
  const block = datagramBlock(BASE, { from, port: to.port, bytes, stamp }, to.address);
  if (block === null) throw new Error('a datagram that cannot be');
  return block;
};

/** The start, then these datagrams, then these records. */
export const recordingOf = (
  arrivals: readonly Arrival[],
  records: readonly ShowRecord[],
  start: StartRecord = START,
): Buffer =>
  Buffer.concat([
    ...recordingHead(),
    ...recordBlocks(BASE, start.startedAtMs, start),
    ...arrivals.map(arrivalBlock),
    ...records.flatMap(record => recordBlocks(BASE, 'at' in record ? record.at : start.startedAtMs, record)),
  ]);

export const datagramsOf = (file: Uint8Array): Extract<RecordingItem, { kind: 'datagram' }>[] =>
  [...readRecording(file)].filter(item => item.kind === 'datagram');

export const recordsOf = (file: Uint8Array): ShowRecord[] =>
  [...readRecording(file)].flatMap(item => (item.kind === 'record' ? [item.record] : []));

/** The blocks of a file, by their lengths alone. */
export function blocksOf(file: Buffer): Buffer[] {
  const blocks: Buffer[] = [];
  for (let at = 0; at + 8 <= file.length; ) {
    const length = file.readUInt32LE(at + 4);
    if (at + length > file.length) break;
    blocks.push(file.subarray(at, at + length));
    at += length;
  }
  return blocks;
}

/** What is whole before a cut: the byte where it ends, and the packet blocks in it. */
export function wholeBlocksBefore(file: Buffer, cut: number): { readonly offset: number; readonly packets: number } {
  const whole = blocksOf(file.subarray(0, cut));
  return {
    offset: whole.reduce((sum, block) => sum + block.length, 0),
    packets: whole.filter(block => block.readUInt32LE(0) === 6).length,
  };
}

/** A recording of everything that there is, and seeded random places to cut it at, none in its first block. */
export function someEvening(cutCount: number): { readonly file: Buffer; readonly cuts: readonly number[] } {
  const random = seededRandom(20_261_121);
  const parts: Uint8Array[] = [recordingOf([], [])];
  let at = START.startedAtMs;
  for (let i = 0; i < 150; i++) {
    at += 200 * random();
    const type = random() < 0.5 ? 0x0a : 0x06;
    const bytes = Uint8Array.from(djLink(type, 0x24 + Math.floor(random() * 300)));
    const from = { address: '10.0.0.2', port: 50_000 + Math.floor(random() * 3) };
    const to = { address: '10.0.0.1', port: type === 0x0a ? 50_002 : 50_000 };
    parts.push(arrivalBlock({ from, to, bytes, stamp: { notBefore: at - random(), at } }));
    const record: ShowRecord =
      random() < 0.9
        ? { decklight: 'wake', at }
        : { decklight: 'act', at, source: 'keys', act: { kind: 'nudge', timecode: null, frames: 1 } };
    parts.push(...recordBlocks(BASE, at, record));
  }
  parts.push(
    ...recordBlocks(BASE, at, { decklight: 'profile', at, allocated: [], file: 'show.yaml', source: 'decklight: 1\n' }),
  );
  parts.push(...recordBlocks(BASE, at, { decklight: 'stop', at }));
  const file = Buffer.concat(parts);
  const [first] = blocksOf(file);
  const from = first?.length ?? 0;
  const cuts = Array.from({ length: cutCount }, () => from + Math.floor(random() * (file.length - from + 1)));
  return { file, cuts };
}
