/**
 * IPv4 and IPv6 packets: addresses, protocol, payload, and whether it is a fragment.
 * Sources: RFC 791, RFC 8200, RFC 4302 (authentication header), RFC 5952 (text of IPv6 addresses).
 */

export const UDP = 17;

/** The place of a fragment in its datagram. */
export interface FragmentPlace {
  readonly id: number;
  readonly offsetBytes: number;
  /** More fragments follow. */
  readonly more: boolean;
}

/** Content that a chain of headers leads to. */
export type Content =
  | {
      readonly ok: true;
      /** IP protocol number of the payload; of an IPv6 fragment, of what the whole datagram begins with. */
      readonly protocol: number;
      readonly payload: Uint8Array;
      /** null: the payload is whole. */
      readonly fragment: FragmentPlace | null;
    }
  | { readonly ok: false; readonly reason: string };

export type IpPacket =
  | (Extract<Content, { ok: true }> & { readonly from: string; readonly to: string })
  | { readonly ok: false; readonly reason: string };

type Failure = { readonly ok: false; readonly reason: string };
const fail = (reason: string): Failure => ({ ok: false, reason });

const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
const u32 = (bytes: Uint8Array, at: number): number => u16(bytes, at) * 0x10000 + u16(bytes, at + 2);

// ---- IPv4

const IPV4_HEADER_BYTES = 20;

/**
 * Takes an IPv4 header off, options included. Checksums are not looked at: a card that fills them in later leaves wrong
 * ones in every capture made on the sending host.
 *
 * @param packet may be longer than the packet it holds (padding of a short Ethernet frame)
 */
export function readIpv4(packet: Uint8Array): IpPacket {
  if (packet.length < IPV4_HEADER_BYTES) return fail('IPv4 header cut short');
  const first = packet[0] ?? 0;
  const headerBytes = (first & 0x0f) * 4;
  if (first >> 4 !== 4 || headerBytes < IPV4_HEADER_BYTES) return fail('IPv4 header with a wrong version or length');
  // A card that cuts large sends for the host shows them to the capture with length 0: then the frame says it.
  const totalBytes = u16(packet, 2) || packet.length;
  if (totalBytes < headerBytes) return fail('IPv4 packet shorter than its header');
  if (totalBytes > packet.length) return fail('IPv4 packet captured only in part');
  const flags = u16(packet, 6);
  const more = (flags & 0x2000) !== 0;
  const offsetBytes = (flags & 0x1fff) * 8;
  return {
    ok: true,
    from: ipv4Text(packet.subarray(12, 16)),
    to: ipv4Text(packet.subarray(16, 20)),
    protocol: packet[9] ?? 0,
    payload: packet.subarray(headerBytes, totalBytes),
    fragment: more || offsetBytes > 0 ? { id: u16(packet, 4), offsetBytes, more } : null,
  };
}

const ipv4Text = (bytes: Uint8Array): string => bytes.join('.');

// ---- IPv6

const IPV6_HEADER_BYTES = 40;
const EXTENSION = {
  hopByHop: 0,
  routing: 43,
  fragment: 44,
  authentication: 51,
  destination: 60,
  mobility: 135,
} as const;

/** Takes an IPv6 header and its extension headers off, up to a fragment header or to what is no extension. */
export function readIpv6(packet: Uint8Array): IpPacket {
  if (packet.length < IPV6_HEADER_BYTES) return fail('IPv6 header cut short');
  if ((packet[0] ?? 0) >> 4 !== 6) return fail('IPv6 header with a wrong version');
  const payloadBytes = u16(packet, 4);
  if (payloadBytes > packet.length - IPV6_HEADER_BYTES) return fail('IPv6 packet captured only in part');
  const payload = packet.subarray(IPV6_HEADER_BYTES, IPV6_HEADER_BYTES + payloadBytes);
  const content = afterExtensions(packet[6] ?? 0, payload);
  if (!content.ok) return content;
  return { ...content, from: ipv6Text(packet.subarray(8, 24)), to: ipv6Text(packet.subarray(24, 40)) };
}

/**
 * Follows IPv6 extension headers.
 *
 * @param next what `bytes` begins with: an IP protocol number
 *
 * A fragment that is the whole datagram (RFC 6946) is given as whole.
 */
export function afterExtensions(next: number, bytes: Uint8Array): Content {
  let protocol = next;
  let offset = 0;
  for (;;) {
    switch (protocol) {
      case EXTENSION.hopByHop:
      case EXTENSION.routing:
      case EXTENSION.destination:
      case EXTENSION.mobility:
      case EXTENSION.authentication: {
        const length = bytes[offset + 1];
        if (length === undefined) return fail('IPv6 extension header cut short');
        // The authentication header counts in units of 4 bytes, all others in units of 8.
        const headerBytes = protocol === EXTENSION.authentication ? (length + 2) * 4 : (length + 1) * 8;
        if (offset + headerBytes > bytes.length) return fail('IPv6 extension header cut short');
        protocol = bytes[offset] ?? 0;
        offset += headerBytes;
        break;
      }
      case EXTENSION.fragment: {
        if (offset + 8 > bytes.length) return fail('IPv6 extension header cut short');
        const place = u16(bytes, offset + 2);
        const more = (place & 1) !== 0;
        const offsetBytes = place & 0xfff8;
        const id = u32(bytes, offset + 4);
        protocol = bytes[offset] ?? 0;
        offset += 8;
        if (!more && offsetBytes === 0) break;
        return { ok: true, protocol, payload: bytes.subarray(offset), fragment: { id, offsetBytes, more } };
      }
      default:
        return { ok: true, protocol, payload: bytes.subarray(offset), fragment: null };
    }
  }
}

/** Lower case, no leading zeros, the longest run of two or more zero groups (the first of equals) as `::`. */
function ipv6Text(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => u16(bytes, 2 * i));
  let start = 0;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
  }
  const text = (part: readonly number[]) => part.map(group => group.toString(16)).join(':');
  return length < 2 ? text(groups) : `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}
