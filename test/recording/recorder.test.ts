import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { virtualClock } from '../../src/core/clock.ts';
import { IDEAL_NETWORK, memoryNetwork } from '../../src/network/memory-network.ts';
import type { Interface } from '../../src/network/network.ts';
import {
  MOST_FILE_BYTES,
  openRecorder,
  type Recorder,
  type RecorderSetup,
  type RecordingStart,
} from '../../src/recording/recorder.ts';
import { readRecording, type ShowRecord } from '../../src/recording/recording-format.ts';
import { recordingNetwork } from '../../src/recording/recording-network.ts';

let folder = '';
let file = '';
let warnings: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'decklight-recorder-'));
  file = join(folder, 'show.recordings', 'evening.pcapng');
  warnings = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const nic = (address: string): Interface => ({
  name: 'eth0',
  address,
  netmask: '255.255.255.0',
  mac: '02:00:00:00:00:01',
});
const START: RecordingStart = {
  version: '0.1.0',
  profile: { file: 'show.yaml', source: 'decklight: 1\n' },
  startedAtMs: 5000.5,
  options: { simulate: false, dryRun: false },
  instead: {},
  interfaces: [nic('10.0.0.1')],
  memory: null,
  allocated: [],
  book: [],
};
const UNIX_MS = Date.UTC(2026, 10, 21, 21, 15);

const opened = (into: string, limits: Pick<RecorderSetup, 'mostFileBytes' | 'leastFreeBytes'> = {}): Recorder =>
  openRecorder(
    {
      file: into,
      unixMs: at => UNIX_MS + (at - START.startedAtMs),
      log: { info() {}, warn: (_, text) => warnings.push(text), error: (_, text) => warnings.push(text) },
      ...limits,
    },
    START,
  );

const items = (from: string) => [...readRecording(readFileSync(from))];
const records = (from: string): ShowRecord[] =>
  items(from).flatMap(item => (item.kind === 'record' ? [item.record] : []));
const datagram = (at: number, bytes: Uint8Array) => ({
  ...{ from: { address: '10.0.0.2', port: 1606 }, port: 50_002 },
  ...{ bytes, stamp: { notBefore: at - 0.25, at } },
});

describe('the recorder', () => {
  it('writes the start, everything that it is told, and the end', async () => {
    const recorder = opened(file);
    recorder.datagram(datagram(5001, Uint8Array.of(1, 2, 3)), '10.0.0.1');
    recorder.interfaces(START.interfaces, 5002);
    recorder.interfaces([], 5003);
    recorder.interfaces([], 5004);
    recorder.act('keys', { kind: 'pin', deck: 2 }, 5005);
    recorder.wake(5006.123456789);
    recorder.profile('show.yaml', 'decklight: 1\nname: x\n', [], 5007);
    expect(recorder.status()).toEqual({
      text: expect.stringContaining(`recording to ${file}, 0.0 MB`),
      isTroubled: false,
    });
    await recorder.stop(5008);
    await recorder.stop(5009);
    recorder.wake(5010);
    expect(items(file)).toMatchObject([
      { record: { decklight: 'start', ...START, startedAtUnixNs: '1795295700000000000' } },
      { stamp: { notBefore: 5000.75, at: 5001 }, datagram: { to: { address: '10.0.0.1', port: 50_002 } } },
      { record: { decklight: 'interfaces', at: 5003, interfaces: [] } },
      { record: { decklight: 'act', at: 5005, source: 'keys', act: { kind: 'pin', deck: 2 } } },
      { record: { decklight: 'wake', at: 5006.123456789 } },
      {
        record: { decklight: 'profile', at: 5007, allocated: [], file: 'show.yaml', source: 'decklight: 1\nname: x\n' },
      },
      { record: { decklight: 'stop', at: 5008 } },
      { kind: 'end', how: 'whole' },
    ]);
    expect(warnings).toEqual([]);
  });

  it('what it is told reaches the disk without being stopped', async () => {
    const recorder = opened(file);
    recorder.wake(5001);
    await expect.poll(() => existsSync(file) && records(file).length).toBe(2);
    recorder.wake(5002);
    await expect.poll(() => records(file).length).toBe(3);
    await recorder.stop(5003);
  });

  it('leaves what a file holds already', async () => {
    await opened(file).stop(5001);
    const before = readFileSync(file);
    await opened(file).stop(5002);
    expect(readFileSync(file).subarray(0, before.length).equals(before)).toBe(true);
  });

  it('a disk that does not keep up costs packets, not memory: they are counted, said once, and marked in the file', async () => {
    const recorder = opened(file);
    const large = new Uint8Array(60_000);
    // All at once: nothing is written before this is over.
    for (let i = 0; i < 200; i++) recorder.datagram(datagram(5001 + i, large), '10.0.0.1');
    const lost = Number(/, (\d+) packets are missing$/.exec(recorder.status().text)?.[1]);
    // 8 MiB take 139 of them.
    expect(lost).toBe(200 - 139);
    expect(recorder.status().isTroubled).toBe(true);
    expect(warnings).toEqual(['not everything is recorded: the disk does not keep up; the show goes on']);
    await expect.poll(() => existsSync(file) && items(file).length).toBeGreaterThan(139);
    recorder.wake(6000);
    await recorder.stop(6001);
    const read = items(file);
    expect(read.filter(({ kind }) => kind === 'datagram')).toHaveLength(139);
    expect(records(file).map(({ decklight }) => decklight)).toEqual(['start', 'gap', 'wake', 'stop']);
    expect(records(file)[1]).toEqual({ decklight: 'gap', at: 6000, packets: lost });
    expect(read.at(-1)).toMatchObject({ how: 'whole' });
  });

  it('a datagram that fits no IPv4 packet is counted and marked', async () => {
    const recorder = opened(file);
    recorder.datagram({ ...datagram(5001, new Uint8Array(1)), from: { address: 'fe80::1', port: 1 } }, '10.0.0.1');
    expect(warnings).toHaveLength(1);
    await recorder.stop(5002);
    expect(records(file).map(({ decklight }) => decklight)).toEqual(['start', 'gap', 'stop']);
  });
});

describe('trouble with the disk', () => {
  async function tried(into: string): Promise<Recorder> {
    const recorder = opened(into);
    for (let i = 0; i < 100; i++) {
      recorder.datagram(datagram(5001 + i, new Uint8Array(5000)), '10.0.0.1');
      recorder.wake(5001 + i);
    }
    await expect.poll(() => recorder.status().isTroubled).toBe(true);
    recorder.wake(6000);
    await recorder.stop(6001);
    return recorder;
  }

  it.skipIf(process.platform !== 'linux')('a full one is warned of once, and the show goes on', async () => {
    const recorder = await tried('/dev/full');
    expect(recorder.status().text).toBe('not recording: the disk is full; make room and start again');
    expect(warnings).toEqual([
      'not recording to /dev/full: the disk is full; make room and start again; the show goes on',
    ]);
  });

  it('so is a folder that cannot be made', async () => {
    writeFileSync(join(folder, 'show.recordings'), 'a file where the folder should be');
    const recorder = await tried(file);
    expect(recorder.status().text).toBe(
      'not recording: a part of this path is no folder; rename what stands in the way, or choose another',
    );
    expect(warnings).toHaveLength(1);
  });

  it.skipIf(process.platform === 'win32')('so is a folder that is deleted while it records', async () => {
    const recorder = opened(file);
    await expect.poll(() => existsSync(file)).toBe(true);
    rmSync(join(folder, 'show.recordings'), { recursive: true });
    recorder.wake(5001);
    await expect.poll(() => recorder.status().isTroubled).toBe(true);
    expect(recorder.status().text).toBe('not recording: the file or its folder is gone; start again for a new one');
    await recorder.stop(5002);
    expect(warnings).toHaveLength(1);
  });

  it('a file that has reached its most bytes ends there: that is warned of once, and all it holds can be read', async () => {
    const recorder = opened(file, { mostFileBytes: 2_000_000 });
    const large = new Uint8Array(60_000);
    for (let i = 0; i < 100; i++) recorder.datagram(datagram(5001 + i, large), '10.0.0.1');
    expect(recorder.status().text).toBe('not recording: the file has reached 2.0 MB; start again for a new one');
    await recorder.stop(6000);
    expect(warnings.filter(text => text.startsWith('not recording'))).toHaveLength(1);
    // What stands before and behind a datagram in the file, and the start of the show, are less than 20,000 bytes here.
    expect(statSync(file).size).toBeLessThanOrEqual(2_000_000);
    expect(items(file).filter(({ kind }) => kind === 'datagram')).toHaveLength(33);
    expect(items(file).at(-1)).toMatchObject({ how: 'whole' });
  });

  it('a recording leaves the last of the disk to the state of the show, and says so once', async () => {
    const recorder = opened(file, { leastFreeBytes: Number.MAX_SAFE_INTEGER });
    await expect.poll(() => recorder.status().isTroubled).toBe(true);
    recorder.wake(5001);
    await recorder.stop(5002);
    expect(recorder.status().text).toMatch(
      /^not recording: the last \d+ MB of its disk are left to the state of the show; /,
    );
    expect(warnings).toHaveLength(1);
    expect(statSync(file, { throwIfNoEntry: false })?.size ?? 0).toBe(0);
  });

  it('the most bytes of a file are as many as readers of 32 bits take', () => {
    expect(MOST_FILE_BYTES).toBeLessThan(2 ** 31);
  });
});

describe('a wire that is recorded', () => {
  async function memory() {
    const clock = virtualClock(START.startedAtMs);
    const made = memoryNetwork(clock, { ...IDEAL_NETWORK, delayMinMs: 1, delayMaxMs: 1 });
    const ours = made.host(nic('10.0.0.1'));
    const theirs = await made
      .host(nic('10.0.0.2'))
      .open({ address: '0.0.0.0', port: 1606 }, { datagram() {}, failed() {} });
    const recorder = opened(file);
    const network = recordingNetwork(ours, recorder, () => clock.now());
    return { clock, made, ours, theirs, recorder, network };
  }

  it('records what arrives, with where it was sent to as far as the socket knows, and hands it on', async () => {
    const { clock, made, theirs, recorder, network } = await memory();
    const heard: number[] = [];
    const listener = { datagram: ({ port }: { port: number }) => void heard.push(port), failed() {} };
    await network.open({ address: '0.0.0.0', port: 50_000 }, listener);
    await network.open({ address: '10.0.0.1', port: 50_001 }, listener);
    theirs.send({ address: '10.0.0.255', port: 50_000 }, Uint8Array.of(1));
    theirs.send({ address: '10.0.0.1', port: 50_001 }, Uint8Array.of(2));
    clock.advance(10);
    const stranger = made.host({ ...nic('192.168.7.7'), netmask: '255.255.255.255' });
    const far = await stranger.open({ address: '0.0.0.0', port: 4000 }, { datagram() {}, failed() {} });
    far.send({ address: '10.0.0.1', port: 50_000 }, Uint8Array.of(3));
    clock.advance(10);
    await recorder.stop(clock.now());
    expect(heard).toEqual([50_000, 50_001, 50_000]);
    const arrived = items(file).flatMap(item => (item.kind === 'datagram' ? [item] : []));
    expect(arrived.map(({ stamp, datagram: { from, to, bytes } }) => [stamp.at, from.address, to, [...bytes]])).toEqual(
      [
        [5001.5, '10.0.0.2', { address: '10.0.0.1', port: 50_000 }, [1]],
        [5001.5, '10.0.0.2', { address: '10.0.0.1', port: 50_001 }, [2]],
        [5011.5, '192.168.7.7', { address: '255.255.255.255', port: 50_000 }, [3]],
      ],
    );
  });

  it('does not record what is sent, and sends it', async () => {
    const { clock, made, recorder, network } = await memory();
    const got: number[] = [];
    await made
      .host(nic('10.0.0.3'))
      .open({ address: '0.0.0.0', port: 9 }, { datagram: ({ bytes }) => got.push(...bytes), failed() {} });
    const socket = await network.open({ address: '0.0.0.0', port: 50_000 }, { datagram() {}, failed() {} });
    const dialled = await network.dial({ address: '10.0.0.3', port: 9 }, () => {});
    socket.send({ address: '10.0.0.3', port: 9 }, Uint8Array.of(1));
    dialled.send({ address: '10.0.0.3', port: 9 }, Uint8Array.of(2));
    clock.advance(10);
    await recorder.stop(clock.now());
    expect(got.sort()).toEqual([1, 2]);
    expect(items(file).map(({ kind }) => kind)).toEqual(['record', 'record', 'end']);
  });

  it('records interfaces when they have changed, not each time they are looked at', async () => {
    const { clock, ours, recorder, network } = await memory();
    for (const isIn of [true, true, false, false, true]) {
      clock.advance(1000);
      ours.plug(isIn);
      network.interfaces();
    }
    await recorder.stop(clock.now());
    expect(records(file).slice(1, -1)).toEqual([
      { decklight: 'interfaces', at: 8000.5, interfaces: [] },
      { decklight: 'interfaces', at: 10_000.5, interfaces: [nic('10.0.0.1')] },
    ]);
  });
});
