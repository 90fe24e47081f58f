/** Art-Net timecode out: one packet a frame, to a receiver or to all of a subnet. */
import { z } from 'zod';
import type { Bridge } from '../../src/bridge.ts';
import type { OpenUdpPort } from '../../src/output/udp-port.ts';
import { ipv4Address } from '../../src/profile/schema/address-fields.ts';
import { integer, latency, port } from '../../src/profile/schema/field-types.ts';
import { type ArtnetDeviceOptions, openArtnet } from './device.ts';
import { ARTNET_PORT } from './layout.ts';
import { type ArtnetRequest, threadPort } from './port.ts';

/** The first number of addresses that are no machine's and no subnet's: multicast and beyond. Source: RFC 5771, RFC 1112. */
const FIRST_BEYOND = 224;

const host = ipv4Address('the IPv4 address of a receiver (10.0.0.20) or of its subnet (10.0.0.255)').transform(
  (address, context): string => {
    const first = Number(address.split('.')[0]);
    if (first > 0 && first < FIRST_BEYOND) return address;
    const expected = 'the address of a receiver (10.0.0.20), or the broadcast address of its subnet (10.0.0.255)';
    context.addIssue({ code: 'custom', message: `${address} is no receiver; expected ${expected}` });
    return z.NEVER;
  },
);

const options = z
  .strictObject({
    host: host.meta({ description: 'address of the receiver, or the broadcast address of its subnet' }),
    port: port()
      .meta({ description: `${ARTNET_PORT} unless said` })
      .optional(),
    stream: integer(0, 255, 'a stream (0 to 255)')
      .meta({ description: 'number of the timecode stream; 0, the master, unless said' })
      .optional(),
    latency: latency()
      .meta({ description: 'what the receiver takes; timecode is sent so much earlier; 0 ms unless said' })
      .optional(),
  })
  .transform(
    ({ host, port = ARTNET_PORT, stream = 0, latency = 0 }): ArtnetDeviceOptions => ({
      to: { address: host, port },
      streamId: stream,
      latencyMs: latency,
    }),
  );

const toOptions = (opened: unknown): ArtnetDeviceOptions => opened as ArtnetDeviceOptions;

/** Art-Net timecode through ports of this kind: those with a thread, or those of an evening in simulated time. */
export const artnetBridgeOver = (openPort: OpenUdpPort<ArtnetRequest>): Bridge => ({
  type: 'artnet',
  options,
  message: null,
  takesTimecode: true,
  serves: false,
  takesClock: false,
  latencyMs: opened => toOptions(opened).latencyMs,
  controls: null,
  feedMessage: null,
  claims: () => [],
  doubts: () => [],
  simulate: null,
  describe: () => '',
  open: (_name, opened, bridgeHost) => openArtnet(toOptions(opened), bridgeHost, openPort),
});

export const artnetBridge: Bridge = artnetBridgeOver(threadPort);
