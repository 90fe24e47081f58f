/** A decoded capture as JSON: one object a datagram or record. `decodeCommand` says which keys it has. */
import type { Decoded } from '../../../bridges/opus-quad/codec.ts';
import { toHex } from '../../bytes/hex.ts';
import type { CapturedDatagram, RecordItem } from '../../capture/capture.ts';
import { typeByteOf } from './decode-counts.ts';

const inSeconds = (ms: number | null): number | null => (ms === null ? null : Number((ms / 1000).toFixed(6)));

export function datagramJson(datagram: CapturedDatagram, decoded: Decoded): string {
  const { timeMs, sinceFirstMs, from, to } = datagram;
  const start = { timeMs, sinceFirstS: inSeconds(sinceFirstMs), from, to };
  const type = typeByteOf(datagram);
  if (!decoded.ok) {
    const { reason, offset } = decoded;
    return JSON.stringify({ ...start, outcome: 'refused', type, kind: null, reason, offset });
  }
  if (decoded.packet === null) {
    return JSON.stringify({ ...start, outcome: 'passed-over', type, kind: decoded.passedOver });
  }
  const { kind, ...fields } = decoded.packet;
  const { lengthAgrees } = decoded;
  return JSON.stringify({ ...start, outcome: 'decoded', type, kind, lengthAgrees, fields }, (_, value) =>
    value instanceof Uint8Array ? toHex(value) : value,
  );
}

export function recordJson({ timeMs, sinceFirstMs, value }: RecordItem): string {
  const { decklight: kind, ...fields } = value;
  const start = { timeMs, sinceFirstS: inSeconds(sinceFirstMs), outcome: 'record', kind };
  try {
    return JSON.stringify({ ...start, fields });
  } catch {
    return JSON.stringify({ ...start, fields: null });
  }
}
