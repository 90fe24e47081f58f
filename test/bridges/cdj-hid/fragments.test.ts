import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cutMessage,
  type FragmentedMessage,
  JOIN_PATIENCE_MS,
  type JoinedMessage,
  joinMessage,
  NO_PARTIAL_MESSAGES,
} from '../../../bridges/cdj-hid/fragments.ts';
import { FRAGMENT_PAYLOAD_BYTES, REPORT_BYTES } from '../../../bridges/cdj-hid/layout.ts';
import { toHex } from '../../../src/bytes/hex.ts';

const message = (maxLength: number): fc.Arbitrary<FragmentedMessage> =>
  fc.record({ deck: fc.nat(4), type: fc.constantFrom(0x22, 0x2a, 0x2b, 0xf0), payload: fc.uint8Array({ maxLength }) });

/** What each packet comes to, one after the other. */
function joinAll(packets: readonly Uint8Array[], msApart = 1): readonly JoinedMessage[] {
  let partial = NO_PARTIAL_MESSAGES;
  return packets.map((packet, i) => {
    const step = joinMessage(partial, packet, i * msApart);
    partial = step.partial;
    return step.joined;
  });
}

/** A message as it arrives: filled up to whole packets with zeros. */
const padded = ({ deck, type, payload }: FragmentedMessage): FragmentedMessage => {
  const whole = new Uint8Array(
    Math.max(1, Math.ceil(payload.length / FRAGMENT_PAYLOAD_BYTES)) * FRAGMENT_PAYLOAD_BYTES,
  );
  whole.set(payload);
  return { deck, type, payload: whole };
};

const wholes = (joined: readonly JoinedMessage[]): readonly FragmentedMessage[] =>
  joined.flatMap(each => (each.kind === 'whole' ? [each.message] : []));

/** Merges lists at random, each keeping its order. */
const interleaved = <T>(lists: readonly (readonly T[])[], picks: readonly number[]): readonly T[] => {
  const left = lists.map(list => [...list]);
  const merged: T[] = [];
  for (let i = 0; left.some(list => list.length > 0); i++) {
    const open = left.filter(list => list.length > 0);
    const next = open[(picks[i % picks.length] ?? 0) % open.length]?.shift();
    if (next !== undefined) merged.push(next);
  }
  return merged;
};

describe('a message cut into packets', () => {
  it('is 64 bytes a packet, numbered from 1, and joins to itself and zeros', () => {
    fc.assert(
      fc.property(message(700), sent => {
        const packets = cutMessage(sent);
        expect(packets).toHaveLength(Math.max(1, Math.ceil(sent.payload.length / 58)));
        packets.forEach((packet, i) => {
          expect(packet).toHaveLength(REPORT_BYTES);
          expect([packet[2], packet[4]]).toEqual([i + 1, packets.length]);
        });
        expect(wholes(joinAll(packets))).toEqual([padded(sent)]);
      }),
    );
  });

  it('joins also when packets of other decks and types come between its own', () => {
    const several = fc.uniqueArray(message(300), {
      minLength: 1,
      maxLength: 5,
      selector: ({ deck, type }) => deck * 256 + type,
    });
    fc.assert(
      fc.property(several, fc.array(fc.nat(), { minLength: 1 }), (sent, picks) => {
        const joined = wholes(joinAll(interleaved(sent.map(cutMessage), picks)));
        const key = ({ deck, type, payload }: FragmentedMessage) => `${deck}/${type} ${toHex(payload)}`;
        expect(joined.map(key).sort()).toEqual(sent.map(padded).map(key).sort());
      }),
    );
  });

  it('joins also when every packet but the last comes twice', () => {
    fc.assert(
      fc.property(message(300), sent => {
        const packets = cutMessage(sent);
        const twice = packets.flatMap((packet, i) => (i < packets.length - 1 ? [packet, packet] : [packet]));
        expect(wholes(joinAll(twice))).toEqual([padded(sent)]);
      }),
    );
  });

  it('as long as the longest artwork joins too', () => {
    const sent = { deck: 0, type: 0x2b, payload: Uint8Array.from({ length: 65537 }, (_, i) => i % 251) };
    expect(wholes(joinAll(cutMessage(sent), 0))).toEqual([padded(sent)]);
  });

  const three = cutMessage({ deck: 0, type: 0x22, payload: new Uint8Array(150).fill(7) });

  it.each([0, 1])('without its packet %i it is refused, and the next one is none the worse', missing => {
    const joined = joinAll([...three.filter((_, i) => i !== missing), ...three]);
    expect(joined.slice(0, 2).some(({ kind }) => kind === 'refused')).toBe(true);
    expect(wholes(joined)).toHaveLength(1);
  });

  it('begun again from its first packet is the second one alone', () => {
    const other = cutMessage({ deck: 0, type: 0x22, payload: new Uint8Array(150).fill(9) });
    const joined = wholes(joinAll([...three.slice(0, 2), ...other]));
    expect(joined.map(({ payload }) => payload[0])).toEqual([9]);
  });

  it('whose rest comes later than a second is given up', () => {
    expect(wholes(joinAll(three, JOIN_PATIENCE_MS + 1))).toEqual([]);
    expect(wholes(joinAll(three, JOIN_PATIENCE_MS))).toHaveLength(1);
  });

  it('with numbers that cannot be is refused', () => {
    const odd = (index: number, count: number) =>
      Uint8Array.of(0, 0x22, index & 255, index >> 8, count & 255, count >> 8, ...new Uint8Array(58));
    for (const [index, count] of [
      [0, 1],
      [1, 0],
      [3, 2],
      [1, 5000],
    ] as const) {
      expect(joinAll([odd(index, count)])[0]).toMatchObject({ kind: 'refused' });
    }
  });
});
