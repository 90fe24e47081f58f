/** The ports of OSC timecode to a receiver: over UDP in a thread or on the network of a simulated evening, over TCP with the cues. */
import type { Clock } from '../../src/core/clock.ts';
import { inlinePort } from '../../src/output/inline-port.ts';
import type { PortListener, TimedOutput, TimedPort } from '../../src/output/output-port.ts';
import { idleScheduler } from '../../src/output/port-scheduler.ts';
import { type OpenUdpPort, type UdpRequest, udpNetworkPort, udpThreadPort } from '../../src/output/udp-port.ts';
import { type OscTimecode, oscTimecodeStream } from './osc-timecode.ts';
import type { OscReceiver } from './receiver.ts';

/** A receiver, and the messages that it gets. */
export interface OscTimecodeRequest extends UdpRequest, OscTimecode {}

/** The live one, in a thread. */
export const threadPort: OpenUdpPort<OscTimecodeRequest> = udpThreadPort(
  new URL(import.meta.url.endsWith('.ts') ? './timecode-output.ts' : './timecode-output.js', import.meta.url).href,
);

/** On the host's clock and network. */
export const networkPort: OpenUdpPort<OscTimecodeRequest> = udpNetworkPort<OscTimecodeRequest>(oscTimecodeStream);

/** Over TCP there is one connection, and so one thread: it waits on the clock of the one that sends the cues. */
export function receiverPort(
  receiver: OscReceiver,
  timecode: OscTimecode,
  clock: Clock,
  listener: PortListener,
): TimedPort {
  const onceReached: PortListener = {
    ...listener,
    opened: connection => receiver.isReady() && listener.opened(connection),
  };
  receiver.onReached(() => listener.opened(null));
  const output: TimedOutput = { send: bytes => void receiver.offer(bytes), close() {} };
  return inlinePort(idleScheduler(oscTimecodeStream(timecode)), output, clock, onceReached);
}
