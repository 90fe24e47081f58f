/** What the thread of an OSC timecode port runs. Loaded there only. */
import type { FrameCursor } from '../../src/timed/frame-stream.ts';
import { openUdp } from '../../src/timed/udp-output.ts';
import type { OutputModule } from '../../src/timed/worker.ts';
import { oscTimecodeStream } from './timecode.ts';
import type { OscTimecodeRequest } from './timecode-port.ts';

type OscOutput = OutputModule<OscTimecodeRequest, FrameCursor>;

export const streamFor: OscOutput['streamFor'] = oscTimecodeStream;

export const openOutput: OscOutput['openOutput'] = openUdp;
