/** One receiver of Art-Net timecode. Decides nothing. */
import type { BridgeHost, OpenBridge } from '../../src/bridge.ts';
import type { Ms } from '../../src/core/clock.ts';
import type { TimecodeAnchor } from '../../src/core/timecode/stream-anchor.ts';
import type { Endpoint } from '../../src/network/network.ts';
import { openTimecodeConnection, timecodeText } from '../../src/output/timecode-connection.ts';
import type { OpenUdpPort } from '../../src/output/udp-port.ts';
import type { ArtnetRequest } from './port.ts';

export interface ArtnetDeviceOptions {
  /** IPv4 address and port of a receiver, or the broadcast address of its subnet. */
  readonly to: Endpoint;
  /** 0..255; 0 is the master stream. */
  readonly streamId: number;
  /** Time that the receiver takes. */
  readonly latencyMs: Ms;
}

export function openArtnet(
  { to, streamId }: ArtnetDeviceOptions,
  host: BridgeHost,
  openPort: OpenUdpPort<ArtnetRequest>,
): OpenBridge {
  const name = `${to.address}:${to.port}`;
  const format = 'Art-Net';
  const connection = openTimecodeConnection(format, name, host, listener =>
    openPort({ to, format, streamId }, host, listener),
  );
  let standing: TimecodeAnchor | null = null;

  return {
    send: () => false,
    timecode(anchor) {
      standing = anchor;
      connection.run(anchor);
    },
    clock() {}, // Art-Net carries no MIDI clock
    release() {}, // it carries timecode alone, and that runs on
    status() {
      const trouble = connection.trouble();
      if (!connection.isReady()) return { state: 'waiting', text: trouble ?? `opening ${name}` };
      const doubt = trouble === null ? '' : ` (${trouble})`;
      const counts = connection.counts();
      const text = `${name}, ${timecodeText(standing, [counts])}${doubt}`;
      return { state: 'ready', text, ...(counts === null ? {} : { frames: counts }) };
    },
    close: () => connection.close(),
  };
}
