/** The two ways to a receiver of Art-Net: through a thread of its own, and in line on the wire of a simulated evening. */
import { type OpenUdpPort, type UdpRequest, udpThreadPort, udpWirePort } from '../../src/output/udp-port.ts';
import { artnetStream } from './artnet-timecode.ts';

/** Who gets which stream. */
export interface ArtnetRequest extends UdpRequest {
  /** 0..255; 0 is the master stream. */
  readonly streamId: number;
}

/** The live one, in a thread. */
export const threadPort: OpenUdpPort<ArtnetRequest> = udpThreadPort(
  new URL(import.meta.url.endsWith('.ts') ? './output.ts' : './output.js', import.meta.url).href,
);

/** On the host's clock and wire. */
export const wirePort: OpenUdpPort<ArtnetRequest> = udpWirePort(({ streamId }) => artnetStream(streamId));
