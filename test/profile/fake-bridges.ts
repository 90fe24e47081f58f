/** Kinds of bridge that do nothing: one that brings decks, one that takes messages and tells state, one for timecode. */
import { z } from 'zod';
import type { Bridge } from '../../src/bridge.ts';
import { ipv4OrAuto } from '../../src/profile/schema/address-fields.ts';
import { choice, map, port, shape, template, text, value } from '../../src/profile/schema/field-types.ts';

const idle: Pick<
  Bridge,
  | 'describe'
  | 'simulate'
  | 'open'
  | 'takesTimecode'
  | 'serves'
  | 'takesClock'
  | 'latencyMs'
  | 'feedMessage'
  | 'controls'
  | 'claims'
  | 'doubts'
> = {
  describe: () => '',
  simulate: null,
  takesTimecode: false,
  serves: false,
  takesClock: false,
  latencyMs: () => 0,
  feedMessage: null,
  controls: null,
  claims: () => [],
  doubts: () => [],
  open: () => ({
    send: () => false,
    timecode() {},
    clock() {},
    release() {},
    status: () => ({ state: 'ready', text: '' }),
    close: async () => {},
  }),
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
  feedMessage: ({ address }) => address,
  options: z.strictObject({ host: ipv4OrAuto(), port: port() }),
  message: shape('an address, or { address: …, args: [ … ] }', {
    text: template('an address'),
    map: map({ address: template('an address'), args: shape('a list', { list: z.array(value()) }).optional() }),
  }),
};

const recorder: Bridge = {
  ...idle,
  type: 'recorder',
  takesTimecode: true,
  claims: options => [`the cable "${(options as { cable: string }).cable}"`],
  options: z.strictObject({ cable: text('the name of a cable') }),
  message: map({ key: text('a key') }),
};

export const FAKES: readonly Bridge[] = [listener, desk, recorder];
