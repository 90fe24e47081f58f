/**
 * IP fragments put together again, in whatever order they come, in bounded memory.
 * Sources: RFC 791 and RFC 8200 section 4.5; RFC 5722 for overlaps.
 */
import type { FragmentPlace } from './ip.ts';

/** Time that the parts of one datagram may lie apart (RFC 8200 section 4.5: 60 s): later, the id means another datagram. */
const MOST_AGE_MS = 60_000;
/** Datagrams put together at once; with at most 72 KiB each this bounds the memory. */
const MOST_OPEN = 64;
/** Largest content of an IP datagram. */
const MOST_BYTES = 65_535;
/** Fragments begin at multiples of this. */
const UNIT_BYTES = 8;

export interface IpFragment extends FragmentPlace {
  /** Marks that tell its datagram from all others but for the id: interface, addresses, protocol. */
  readonly flow: string;
  readonly bytes: Uint8Array;
  /** null: the capture does not say. */
  readonly timeMs: number | null;
}

/** Packets that led to nothing. */
export interface GivenUp {
  readonly packets: number;
  readonly reason: string;
}

export interface Reassembly {
  /** The datagram that this fragment made whole, and in how many packets it came; null: parts are still missing. */
  readonly whole: { readonly bytes: Uint8Array; readonly packets: number } | null;
  readonly givenUp: readonly GivenUp[];
}

export interface Reassembler {
  add(fragment: IpFragment): Reassembly;
  /** All that never came whole; afterwards the reassembler is empty. */
  flush(): readonly GivenUp[];
}

interface Open {
  /** Of its first packet. */
  readonly timeMs: number | null;
  packets: number;
  buffer: Uint8Array;
  /** Per unit of the buffer: 1 when its bytes are there. */
  readonly have: Uint8Array;
  units: number;
  furthestByte: number;
  /** Known from the last fragment. */
  totalBytes: number | null;
  /** Reason for which nothing will come of it; it stays to catch the rest of its fragments. */
  refused: string | null;
}

export function reassembler(): Reassembler {
  /** By flow and id, the oldest first. */
  const open = new Map<string, Open>();

  function giveUp(key: string, datagram: Open): GivenUp {
    open.delete(key);
    const reason = datagram.refused ?? 'fragments of a datagram of which others are missing';
    return { packets: datagram.packets, reason };
  }

  return {
    add(fragment) {
      const key = `${fragment.flow} ${fragment.id}`;
      const givenUp: GivenUp[] = [];
      let datagram = open.get(key);
      if (datagram !== undefined && isTooOld(datagram, fragment)) {
        givenUp.push(giveUp(key, datagram));
        datagram = undefined;
      }
      if (datagram === undefined) {
        for (const [oldest, first] of open) {
          if (open.size < MOST_OPEN) break;
          givenUp.push(giveUp(oldest, first));
        }
        datagram = empty(fragment.timeMs);
        open.set(key, datagram);
      }
      datagram.packets++;
      if (datagram.refused === null) {
        datagram.refused = put(datagram, fragment);
        // What was refused is never given: its bytes need no keeping.
        if (datagram.refused !== null) datagram.buffer = new Uint8Array(0);
      }
      const { totalBytes, refused, units, buffer, packets } = datagram;
      if (refused !== null || totalBytes === null || units < unitsOf(totalBytes)) return { whole: null, givenUp };
      open.delete(key);
      return { whole: { bytes: buffer.subarray(0, totalBytes), packets }, givenUp };
    },
    flush: () => [...open].map(([key, datagram]) => giveUp(key, datagram)),
  };
}

const unitsOf = (bytes: number): number => Math.ceil(bytes / UNIT_BYTES);

const empty = (timeMs: number | null): Open => ({
  timeMs,
  packets: 0,
  buffer: new Uint8Array(0),
  have: new Uint8Array(unitsOf(MOST_BYTES)),
  units: 0,
  furthestByte: 0,
  totalBytes: null,
  refused: null,
});

function isTooOld(datagram: Open, { timeMs }: IpFragment): boolean {
  if (datagram.timeMs === null || timeMs === null) return false;
  // Either way round: a clock that was set back says no more about order than one that was set forward.
  return Math.abs(timeMs - datagram.timeMs) > MOST_AGE_MS;
}

/**
 * Puts a fragment's bytes in their place.
 *
 * @returns why the datagram cannot be; null when it still can. Overlapping fragments that disagree are such a reason:
 *          which of them a receiver believes depends on its system, so that either answer might be the wrong one. A
 *          fragment that was only captured twice agrees with itself.
 */
function put(datagram: Open, { offsetBytes, more, bytes }: IpFragment): string | null {
  const end = offsetBytes + bytes.length;
  if (end > MOST_BYTES) return 'fragment beyond the largest datagram';
  if (more && (bytes.length === 0 || bytes.length % UNIT_BYTES !== 0)) {
    return 'fragment of a length that is not a multiple of 8';
  }
  if (!more) {
    if (datagram.totalBytes !== null && datagram.totalBytes !== end) return 'last fragments that disagree';
    datagram.totalBytes = end;
  }
  datagram.furthestByte = Math.max(datagram.furthestByte, end);
  if (datagram.totalBytes !== null && datagram.furthestByte > datagram.totalBytes) {
    return 'fragment beyond the last one';
  }

  if (end > datagram.buffer.length) {
    const larger = new Uint8Array(Math.max(end, Math.min(2 * datagram.buffer.length, MOST_BYTES)));
    larger.set(datagram.buffer);
    datagram.buffer = larger;
  }
  for (let at = 0; at < bytes.length; at += UNIT_BYTES) {
    const unit = (offsetBytes + at) / UNIT_BYTES;
    const part = bytes.subarray(at, at + UNIT_BYTES);
    if (datagram.have[unit] === 1) {
      if (part.some((byte, i) => byte !== datagram.buffer[offsetBytes + at + i]))
        return 'fragments overlap and disagree';
      continue;
    }
    datagram.have[unit] = 1;
    datagram.units++;
    datagram.buffer.set(part, offsetBytes + at);
  }
  return null;
}
