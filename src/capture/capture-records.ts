/** Records of a capture, whatever its format: packets, packets that cannot be read, and how the file ended. */

/** Packet as it was captured, with the link's own header in front. */
export interface CapturedPacket {
  readonly kind: 'packet';
  /** Unix time in ms, fractions included; null when the format states none (simple packet blocks of pcapng). */
  readonly timeMs: number | null;
  /** LINKTYPE number: what the bytes begin with. Source: tcpdump.org, "Link-layer header types". */
  readonly linkType: number;
  /** Interface within the file, from 0, never the same for two sections; always 0 in classic pcap. */
  readonly interfaceNumber: number;
  /** The captured bytes, a view of the file; fewer than were on the wire when the capture had a snap length. */
  readonly bytes: Uint8Array;
  /** The first comment that the file keeps with the packet; null: none (classic pcap has none). */
  readonly comment: string | null;
}

/** A packet of the file whose record is there and makes no sense. */
export interface UnreadablePacket {
  readonly kind: 'unreadable';
  readonly reason: string;
}

/** The last record of every file. */
export interface FileEnd {
  readonly kind: 'end';
  /**
   * - `whole`: the last byte of the file ends a record;
   * - `cut`: the last record goes on beyond the end of the file, as when the capturing program was killed;
   * - `damaged`: a record that cannot be, so nothing after it can be found;
   * - `not-a-capture`: neither pcap nor pcapng.
   */
  readonly how: 'whole' | 'cut' | 'damaged' | 'not-a-capture';
  /** Byte of the file up to which everything was read. */
  readonly offset: number;
  /** For a person: what, where, what was expected, what to do. */
  readonly message: string;
}

export type CaptureRecord = CapturedPacket | UnreadablePacket | FileEnd;

export const wholeFile = (offset: number): FileEnd => ({
  kind: 'end',
  how: 'whole',
  offset,
  message: `whole: read to its last byte, ${offset}`,
});

/** @param what the record that goes on beyond the end, and how many bytes it should have */
export const cutFile = (offset: number, what: string, bytesLeft: number): FileEnd => ({
  kind: 'end',
  how: 'cut',
  offset,
  message:
    `cut at byte ${offset}: ${what}, but only ${bytesLeft} are left; ` +
    'every packet before it is given. If the capture should be longer, copy it again or let the capturing program end by itself',
});

export const damagedFile = (offset: number, what: string): FileEnd => ({
  kind: 'end',
  how: 'damaged',
  offset,
  message:
    `damaged at byte ${offset}: ${what}; every packet before it is given, what follows cannot be found. ` +
    'Copy the file again from where it was captured',
});
