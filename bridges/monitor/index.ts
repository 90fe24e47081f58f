/** Monitor: the show as a page for tablet and phone, as JSON, as events and as metrics. */
import { z } from 'zod';
import type { Bridge } from '../../src/bridge.ts';
import { ipv4Address } from '../../src/profile/schema/address-fields.ts';
import { boolean, fieldType, port, text } from '../../src/profile/schema/field-types.ts';
import { openMonitor } from './device.ts';
import type { MonitorOptions } from './requests.ts';

const USUAL_PORT = 8090;

const TOKEN = /^[A-Za-z0-9_-]{8,64}$/;
const token = () =>
  fieldType('a token of 8 to 64 letters, digits, - and _', { type: 'string', pattern: TOKEN.source }, ({ source }) =>
    TOKEN.test(source)
      ? { ok: true, value: source }
      : { ok: false, message: 'this is no token: expected 8 to 64 letters, digits, - and _' },
  );

const options = z
  .strictObject({
    address: ipv4Address()
      .meta({
        description:
          'address of this machine on which browsers are heard: 127.0.0.1 unless said, for this machine alone; 0.0.0.0: all of them',
      })
      .optional(),
    port: port()
      .meta({ description: `TCP port; ${USUAL_PORT} unless said` })
      .optional(),
    token: token()
      .meta({ description: 'word that browsers of other machines must bring; one is made at the start unless said' })
      .optional(),
    'look-only': boolean()
      .meta({ description: 'true: who brings no token may look, and touch nothing; false unless said' })
      .optional(),
    'overlay-style': text('the name of a CSS file')
      .meta({ description: 'CSS file of /overlay, read each time it is opened; one that comes with it unless said' })
      .optional(),
  })
  .transform(
    (given): MonitorOptions => ({
      address: given.address ?? '127.0.0.1',
      port: given.port ?? USUAL_PORT,
      token: given.token ?? null,
      isLookOnlyFree: given['look-only'] ?? false,
      overlayStyle: given['overlay-style'] ?? null,
    }),
  );

const toOptions = (opened: unknown): MonitorOptions => opened as MonitorOptions;

export const monitorBridge: Bridge = {
  type: 'monitor',
  options,
  message: null,
  describe: () => '',
  takesTimecode: false,
  serves: true,
  takesClock: false,
  latencyMs: () => 0,
  doubts: () => [],
  feedMessage: null,
  controls: null,
  claims: opened => [`TCP port ${toOptions(opened).port}`],
  simulate: null,
  open: (name, opened, host) => openMonitor(name, toOptions(opened), host),
};
