/** A receiver of Art-Net timecode that knows nothing of our sender: reads the bytes by the table of the specification. */

export interface Heard {
  readonly streamId: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly frames: number;
  /** 0: 24, 1: 25, 2: 29.97 drop-frame, 3: 30. */
  readonly type: number;
}

/** @throws when it is no ArtTimeCode packet */
export function hear(bytes: Uint8Array): Heard {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const id = String.fromCharCode(...bytes.subarray(0, 8));
  const isTimecode = bytes.length === 19 && id === 'Art-Net\0' && view.getUint16(8, true) === 0x9700;
  if (!isTimecode || view.getUint16(10) < 14) throw new Error('no ArtTimeCode');
  const [streamId = 0, frames = 0, seconds = 0, minutes = 0, hours = 0, type = 0] = bytes.subarray(13);
  return { streamId, hours, minutes, seconds, frames, type };
}

/** Frames since midnight, by the formula of SMPTE ST 12-1. */
export function countOfHeard({ hours, minutes, seconds, frames, type }: Heard): number {
  const base = [24, 25, 30, 30][type] ?? Number.NaN;
  const all = 60 * hours + minutes;
  return base * (60 * all + seconds) + frames - (type === 2 ? 2 * (all - Math.floor(all / 10)) : 0);
}

/** `01:02:03:04`. */
export const textOfHeard = ({ hours, minutes, seconds, frames }: Heard): string =>
  [hours, minutes, seconds, frames].map(n => String(n).padStart(2, '0')).join(':');
