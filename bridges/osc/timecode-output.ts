/** Functions for the thread of an OSC timecode port. Loaded there only. */
import type { FrameCursor } from '../../src/output/frame-stream.ts';
import { openUdp } from '../../src/output/thread-udp-socket.ts';
import type { OutputModule } from '../../src/output/thread-worker.ts';
import { oscTimecodeStream } from './osc-timecode.ts';
import type { OscTimecodeRequest } from './timecode-port.ts';

type OscOutput = OutputModule<OscTimecodeRequest, FrameCursor>;

export const streamFor: OscOutput['streamFor'] = oscTimecodeStream;

export const openOutput: OscOutput['openOutput'] = openUdp;
