/** Relay: the packets of the unit to every WebSocket client, unchanged. */
import { z } from 'zod';
import { type Bridge, UNIT_PACKET_KINDS } from '../../src/bridge.ts';
import { originOf } from '../../src/network/web-origin.ts';
import { ipv4Address } from '../../src/profile/schema/address-fields.ts';
import { choice, fieldType, port } from '../../src/profile/schema/field-types.ts';
import { quote } from '../../src/text/quote.ts';
import { openRelay, type RelayOptions } from './device.ts';

export const USUAL_RELAY: RelayOptions = {
  ...{ address: '127.0.0.1', port: 8080 },
  include: new Set(['status']),
  origins: new Set(),
};

const origin = () =>
  fieldType(
    'an origin (http://10.0.0.5:3000), or null for pages opened from disk',
    { type: 'string' },
    ({ source }) => {
      const value = originOf(source);
      if (value !== null) return { ok: true, value };
      const expected = 'an origin, as http://10.0.0.5:3000 without a path, or null for pages opened from disk';
      return { ok: false, message: `expected ${expected}, found ${quote(source)}` };
    },
  );

const options = z
  .strictObject({
    address: ipv4Address()
      .meta({
        description:
          'address of this machine on which clients are heard: 127.0.0.1 unless said, for programs of this machine alone; 0.0.0.0: all of them',
      })
      .optional(),
    port: port()
      .meta({ description: `TCP port; ${USUAL_RELAY.port} unless said` })
      .optional(),
    include: z
      .array(choice(UNIT_PACKET_KINDS, 'kind of packet'))
      .nonempty('name at least one kind of packet')
      .meta({
        description:
          'packets that are passed on: status (unless said), position, metadata (artwork and phrases after a load), keep-alive',
      })
      .optional(),
    origins: z
      .array(origin())
      .meta({
        description:
          'origins of pages that may connect, beside those of this machine: http://10.0.0.5:3000; null: pages opened from disk',
      })
      .optional(),
  })
  .transform(
    ({ address, port, include, origins }): RelayOptions => ({
      address: address ?? USUAL_RELAY.address,
      port: port ?? USUAL_RELAY.port,
      include: include === undefined ? USUAL_RELAY.include : new Set(include),
      origins: origins === undefined ? USUAL_RELAY.origins : new Set(origins),
    }),
  );

const toOptions = (opened: unknown): RelayOptions => opened as RelayOptions;

export const relayBridge: Bridge = {
  type: 'relay',
  options,
  message: null,
  describe: () => '',
  takesTimecode: false,
  serves: true,
  takesClock: false,
  latencyMs: () => 0,
  feedMessage: null,
  controls: null,
  doubts: () => [],
  claims: opened => [`TCP port ${toOptions(opened).port}`],
  simulate: null,
  open: (_name, opened, host) => openRelay(toOptions(opened), host),
};
