/** A label of timecode to the bytes of Art-Net. Pure. */
import type { FrameRate, Label } from '../../src/core/timecode/timecode.ts';
import { artTimeCode } from './layout.ts';

/** 19 bytes. Source: see `layout.ts`. */
export const encode = (rate: FrameRate, label: Label, streamId: number): Uint8Array =>
  artTimeCode.encode({ ...label, streamId, type: typeOf(rate) });

/** Art-Net has one type for 30 and for 29.97 that counts every number: only the pace of the packets tells them apart. */
function typeOf({ base, isDrop }: FrameRate): '24' | '25' | '29.97df' | '30' {
  if (base === 24) return '24';
  if (base === 25) return '25';
  return isDrop ? '29.97df' : '30';
}
