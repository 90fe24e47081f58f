/** The two kinds of port for Art-Net: in a thread of its own, and in line on the network of a simulated evening. */
import { type OpenUdpPort, type UdpRequest, udpNetworkPort, udpThreadPort } from '../../src/output/udp-port.ts';
import { artnetStream } from './artnet-timecode.ts';

/** A receiver, and the stream that it gets. */
export interface ArtnetRequest extends UdpRequest {
  /** 0..255; 0 is the master stream. */
  readonly streamId: number;
}

/** The live one, in a thread. */
export const threadPort: OpenUdpPort<ArtnetRequest> = udpThreadPort(
  new URL(import.meta.url.endsWith('.ts') ? './output.ts' : './output.js', import.meta.url).href,
);

/** On the host's clock and network. */
export const networkPort: OpenUdpPort<ArtnetRequest> = udpNetworkPort(({ streamId }) => artnetStream(streamId));
