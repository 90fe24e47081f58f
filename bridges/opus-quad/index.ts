/** The decks of an OPUS-QUAD, by way of its network. */
import { hostname } from 'node:os';
import { z } from 'zod';
import type { Bridge } from '../../src/bridge.ts';
import { choice, ipv4OrAuto } from '../../src/profile/text.ts';
import { openOpusQuad } from './device.ts';
import { PORTS } from './layout.ts';
import { simulateOpusQuad } from './simulation.ts';

const options = z
  .strictObject({
    interface: ipv4OrAuto()
      .meta({
        description: 'address of this machine towards the unit; auto: the interface on whose subnet the unit is',
      })
      .optional(),
    unit: ipv4OrAuto().meta({ description: 'address of the unit; auto: the first OPUS-QUAD that is heard' }).optional(),
    mode: choice(['auto', 'lighting'], 'mode')
      .meta({ description: 'how to join: as rekordbox lighting (status, phrases, artwork)' })
      .optional(),
  })
  .transform(({ interface: ours = 'auto', unit = 'auto' }) => ({ interface: ours, unitAddress: unit }));

export const opusQuadBridge: Bridge = {
  type: 'opus-quad',
  options,
  message: null,
  describe: () => '',
  takesTimecode: false,
  tell: null,
  claims: () => Object.values(PORTS).map(port => `UDP port ${port} of DJ Link`),
  simulate: simulateOpusQuad,
  open: (name, opened, host) =>
    openOpusQuad({ unit: name, computerName: hostname(), ...(opened as z.output<typeof options>) }, host),
};
