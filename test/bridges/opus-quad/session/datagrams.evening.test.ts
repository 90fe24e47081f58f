/** A session under a hundred thousand datagrams, most of them damaged. */
import { describe, expect, it } from 'vitest';
import { PORTS } from '../../../../bridges/opus-quad/layout.ts';
import { step } from '../../../../bridges/opus-quad/session/session.ts';
import { openSession, USUAL_OPTIONS } from '../../../../bridges/opus-quad/session/session-state.ts';
import { seededRandom } from '../../../../src/core/random.ts';
import { readCaptures } from '../../../capture-folders.ts';
import { rounds } from '../../../rounds.ts';

const DATAGRAMS = rounds(25_000);

describe(`${DATAGRAMS} datagrams per port`, () => {
  const golden = readCaptures('opus-quad');
  const random = seededRandom(2026);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

  /** A capture with some bytes changed, cut or lengthened; one in four is noise. */
  function mutant(): Uint8Array {
    if (random() < 0.25)
      return Uint8Array.from({ length: Math.floor(random() * 600) }, () => Math.floor(random() * 256));
    const bytes = Uint8Array.from(pick(golden).bytes);
    for (let n = Math.floor(random() * 6); n > 0; n--)
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    const cut = random();
    if (cut < 0.2) return bytes.subarray(0, Math.floor(random() * bytes.length));
    if (cut < 0.3) return Uint8Array.of(...bytes, ...bytes.subarray(0, 40));
    return bytes;
  }

  it.each(Object.values(PORTS))(
    'to port %i: nothing is thrown, all are counted, and what is kept stays small',
    port => {
      let state = openSession({ ...USUAL_OPTIONS, unit: 'opus', computerName: 'test', mode: 'lighting' });
      const nic = { name: 'eth0', address: '10.0.0.1', netmask: '255.0.0.0', mac: '02:00:00:00:00:01' };
      state = step(state, { kind: 'interfaces', interfaces: [nic], absence: 'unknown' }, 0).state;
      const count = DATAGRAMS;
      let passed = 0;
      let events = 0;
      for (let i = 0; i < count; i++) {
        const from = { address: `10.0.0.${2 + (i % 5)}`, port: 1024 };
        const datagram = { from, port, bytes: mutant(), stamp: { notBefore: i, at: i } };
        const before = state.counts;
        const stepped = step(state, { kind: 'datagram', datagram }, i);
        state = stepped.state;
        events += stepped.events.length;
        const { refused, ignored, duplicates, outOfOrder } = state.counts;
        const sorted =
          refused +
          ignored +
          duplicates +
          outOfOrder -
          before.refused -
          before.ignored -
          before.duplicates -
          before.outOfOrder;
        expect(sorted).toBeLessThanOrEqual(1);
        if (sorted === 0) passed++;
      }
      const { received, refused, ignored, duplicates, outOfOrder } = state.counts;
      expect(received).toBe(count);
      expect(refused + ignored + duplicates + outOfOrder + passed).toBe(count);
      expect(events).toBeGreaterThan(0);
      // All that the session keeps is bounded: this is what "memory flat" comes down to.
      const kept = [...state.fragments.values()].reduce((bytes, message) => bytes + message.bytes, 0);
      expect(state.fragments.size).toBeLessThanOrEqual(64);
      expect(kept).toBeLessThan(64 * 512 * 1024);
      expect(state.said.size).toBeLessThanOrEqual(200);
      expect(state.decks.size).toBeLessThanOrEqual(4);
    },
  );
});
