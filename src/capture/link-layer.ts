/**
 * The network packet inside a captured frame, by link type.
 * Source: tcpdump.org, "Link-layer header types"; IEEE 802.1Q for the tags.
 */

export type LinkFrame =
  /** `packet` begins with the IP header; padding and checksums of the link may follow it. */
  | { readonly ok: true; readonly version: 4 | 6; readonly packet: Uint8Array }
  | { readonly ok: false; readonly reason: string };

/** LINKTYPE numbers. Raw IP has one per system it was captured on (12 most, 14 OpenBSD), and one for all. */
const LINK = {
  null: 0,
  ethernet: 1,
  raw12: 12,
  raw14: 14,
  raw: 101,
  loop: 108,
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const;

const ETHERTYPE = { ipv4: 0x0800, ipv6: 0x86dd } as const;
/** 802.1Q, 802.1ad, and what switches used for the outer tag before it. */
const VLAN_TAGS: readonly number[] = [0x8100, 0x88a8, 0x9100];
/** Below this the two bytes are a length (IEEE 802.3), not a protocol. */
const LEAST_ETHERTYPE = 0x0600;

/** AF_INET is 2 everywhere; AF_INET6 differs: Linux 10, Windows 23, NetBSD and OpenBSD 24, FreeBSD 28, macOS 30. */
const AF_INET = 2;
const AF_INET6: readonly number[] = [10, 23, 24, 28, 30];

const fail = (reason: string): LinkFrame => ({ ok: false, reason });

/**
 * Takes the link's header off.
 *
 * @param linkType LINKTYPE number
 * @returns        the IP packet, not looked into beyond its version where the link does not tell it; a failure says
 *                 what the frame is instead, in words that can be counted
 */
export function openLinkFrame(linkType: number, frame: Uint8Array): LinkFrame {
  switch (linkType) {
    case LINK.ethernet:
      return ofEthertype(frame, 12);
    case LINK.linuxCooked:
      return ofEthertype(frame, 14);
    case LINK.linuxCooked2:
      return cooked2(frame);
    case LINK.null:
    case LINK.loop:
      return ofAddressFamily(frame);
    case LINK.raw12:
    case LINK.raw14:
    case LINK.raw:
      return rawIp(frame);
    case LINK.ipv4:
      return { ok: true, version: 4, packet: frame };
    case LINK.ipv6:
      return { ok: true, version: 6, packet: frame };
    default:
      return fail(
        linkType > 0xffff
          ? 'interface description too short for a link type'
          : `link type ${linkType} is not read here`,
      );
  }
}

const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** From the two bytes that name the protocol; each VLAN tag puts four bytes between them and the packet. */
function ofEthertype(frame: Uint8Array, at: number): LinkFrame {
  let offset = at;
  while (VLAN_TAGS.includes(u16(frame, offset))) offset += 4;
  return ofProtocol(frame, offset, offset + 2);
}

/** Linux cooked v2 names the protocol first; tags, if any, stand behind its 20 bytes. */
function cooked2(frame: Uint8Array): LinkFrame {
  return VLAN_TAGS.includes(u16(frame, 0)) ? ofEthertype(frame, 22) : ofProtocol(frame, 0, 20);
}

function ofProtocol(frame: Uint8Array, protocolAt: number, packetAt: number): LinkFrame {
  if (frame.length < packetAt) return fail('frame too short for its header');
  const protocol = u16(frame, protocolAt);
  const packet = frame.subarray(packetAt);
  if (protocol === ETHERTYPE.ipv4) return { ok: true, version: 4, packet };
  if (protocol === ETHERTYPE.ipv6) return { ok: true, version: 6, packet };
  if (protocol === 0x0806) return fail('ARP');
  if (protocol < LEAST_ETHERTYPE) return fail('IEEE 802.3 frame without a protocol number');
  return fail(`protocol 0x${protocol.toString(16).padStart(4, '0')}, not IP`);
}

/** Four bytes in the byte order of the machine that captured (null), which is not known, or big-endian (loop). */
function ofAddressFamily(frame: Uint8Array): LinkFrame {
  if (frame.length < 4) return fail('frame too short for its header');
  // Families are small: the half that is not zero tells the order.
  const family = u16(frame, 0) === 0 ? u16(frame, 2) : (frame[0] ?? 0) | ((frame[1] ?? 0) << 8);
  const packet = frame.subarray(4);
  if (family === AF_INET) return { ok: true, version: 4, packet };
  if (AF_INET6.includes(family)) return { ok: true, version: 6, packet };
  return fail('loopback frame of an address family that is not IP');
}

function rawIp(packet: Uint8Array): LinkFrame {
  const version = (packet[0] ?? 0) >> 4;
  return version === 4 || version === 6 ? { ok: true, version, packet } : fail('raw frame that is not IP');
}
