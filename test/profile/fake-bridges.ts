/** Two kinds of bridge that do nothing: one that only listens, one that takes messages. */
import { z } from 'zod';
import type { Bridge } from '../../src/bridge.ts';
import { choice, ipv4OrAuto, map, port, shape, template, value } from '../../src/profile/text.ts';

const idle: Pick<Bridge, 'describe' | 'simulate' | 'open'> = {
  describe: () => '',
  simulate: null,
  open: () => ({ send: () => false, status: () => ({ state: 'ready', text: '' }), close: async () => {} }),
};

const listener: Bridge = {
  ...idle,
  type: 'listener',
  options: z.strictObject({ mode: choice(['auto', 'lighting'], 'mode').optional() }),
  message: null,
};

const desk: Bridge = {
  ...idle,
  type: 'desk',
  options: z.strictObject({ host: ipv4OrAuto(), port: port() }),
  message: shape('an address, or { address: …, args: [ … ] }', {
    text: template('an address'),
    map: map({ address: template('an address'), args: shape('a list', { list: z.array(value()) }).optional() }),
  }),
};

export const FAKES: readonly Bridge[] = [listener, desk];
