/**
 * Every bridge there is. The loader and the command line are given this list and know no bridge by name.
 *
 * `rekordbox-media` beside it is a library and no bridge.
 */
import type { Bridge } from '../src/bridge.ts';
import { artnetBridge } from './artnet/index.ts';
import { cdjHidBridge } from './cdj-hid/index.ts';
import { simulateCdj } from './cdj-hid/simulator/simulate-cdj.ts';
import { ltcBridge } from './ltc/index.ts';
import { midiBridge } from './midi/index.ts';
import { monitorBridge } from './monitor/index.ts';
import { opusQuadBridge } from './opus-quad/index.ts';
import { simulateOpusQuad } from './opus-quad/simulator/loopback-pair.ts';
import { oscBridge } from './osc/index.ts';
import { relayBridge } from './relay/index.ts';

export const BRIDGES: readonly Bridge[] = [
  // A simulated device stands on the tables of its bridge, so the two meet only here.
  { ...opusQuadBridge, simulate: simulateOpusQuad },
  { ...cdjHidBridge, simulate: simulateCdj },
  oscBridge,
  midiBridge,
  ltcBridge,
  artnetBridge,
  relayBridge,
  monitorBridge,
];
