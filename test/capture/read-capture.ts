/** Reading a capture in a test: everything in it, and the law that holds for every capture. */
import { expect } from 'vitest';
import {
  type CapturedDatagram,
  type CaptureEnd,
  type OtherPackets,
  type RecordItem,
  readCapture,
} from '../../src/capture/capture.ts';

export interface Read {
  readonly datagrams: readonly CapturedDatagram[];
  readonly records: readonly RecordItem[];
  readonly others: readonly OtherPackets[];
  readonly end: CaptureEnd;
}

/** Reads to the end and checks that every packet of the file is accounted for, and that the end comes last and once. */
export function readAll(file: Uint8Array): Read {
  const datagrams: CapturedDatagram[] = [];
  const records: RecordItem[] = [];
  const others: OtherPackets[] = [];
  const ends: CaptureEnd[] = [];
  for (const item of readCapture(file)) {
    expect(ends, 'nothing follows the end').toEqual([]);
    if (item.kind === 'datagram') datagrams.push(item);
    else if (item.kind === 'record') records.push(item);
    else if (item.kind === 'other') others.push(item);
    else ends.push(item);
  }
  const [end] = ends;
  if (end === undefined) throw new Error('a capture without an end');
  const packets = [...datagrams, ...records, ...others].reduce((sum, item) => sum + item.packets, 0);
  expect(packets, 'every packet is accounted for').toBe(end.packets);
  return { datagrams, records, others, end };
}
