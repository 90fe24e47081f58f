/** UDP headers. Source: RFC 768. */

export type UdpRead =
  | { readonly ok: true; readonly fromPort: number; readonly toPort: number; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: string };

const HEADER_BYTES = 8;

/**
 * Takes a UDP header off; what the IP packet has beyond the UDP length is left out.
 * The checksum is not looked at, for the reason given at `readIpv4`.
 */
export function readUdp(payload: Uint8Array): UdpRead {
  if (payload.length < HEADER_BYTES) return { ok: false, reason: 'UDP header cut short' };
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const length = view.getUint16(4);
  if (length < HEADER_BYTES) return { ok: false, reason: 'UDP length shorter than its header' };
  if (length > payload.length) return { ok: false, reason: 'UDP length beyond the end of the packet' };
  return {
    ok: true,
    fromPort: view.getUint16(0),
    toPort: view.getUint16(2),
    bytes: payload.subarray(HEADER_BYTES, length),
  };
}
