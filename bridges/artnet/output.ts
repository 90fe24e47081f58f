/** What the thread of an Art-Net port runs. Loaded there only. */
import type { FrameCursor } from '../../src/timed/frame-stream.ts';
import { openUdp } from '../../src/timed/udp-output.ts';
import type { OutputModule } from '../../src/timed/worker.ts';
import type { ArtnetRequest } from './port.ts';
import { artnetStream } from './stream.ts';

type ArtnetOutput = OutputModule<ArtnetRequest, FrameCursor>;

export const streamFor: ArtnetOutput['streamFor'] = ({ streamId }) => artnetStream(streamId);

export const openOutput: ArtnetOutput['openOutput'] = openUdp;
