/** Art-Net timecode: one packet a frame, as timecode goes on. Pure. */
import { type FrameCursor, frameStream } from '../../src/output/frame-stream.ts';
import type { Stream } from '../../src/output/stream.ts';
import { encode } from './codec.ts';

/** @param streamId 0 is the master stream */
export const artnetStream = (streamId: number): Stream<FrameCursor> =>
  frameStream((rate, label) => [encode(rate, label, streamId)]);
