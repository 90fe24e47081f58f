/** Functions for the thread of an Art-Net port. Loaded there only. */
import type { FrameCursor } from '../../src/output/frame-stream.ts';
import { openUdp } from '../../src/output/thread-udp-socket.ts';
import type { OutputModule } from '../../src/output/thread-worker.ts';
import { artnetStream } from './artnet-timecode.ts';
import type { ArtnetRequest } from './port.ts';

type ArtnetOutput = OutputModule<ArtnetRequest, FrameCursor>;

export const streamFor: ArtnetOutput['streamFor'] = ({ streamId }) => artnetStream(streamId);

export const openOutput: ArtnetOutput['openOutput'] = openUdp;
