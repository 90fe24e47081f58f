/** A simulated player as it comes out of its box: honest, a CDJ-2000NXS2 of firmware 1.85. */
import { USUAL_QUIRKS } from '../quirks.ts';
import type { PlayerOptions } from './player.ts';

export const USUAL_PLAYER: PlayerOptions = {
  product: 'CDJ2000NXS2',
  firmware: { major: 1, minor: 85 },
  deck: 0,
  // That of the real login between rekordbox and a DDJ-1000.
  seed: Uint8Array.of(0x00, 0x00, 0x53, 0xdc),
  checksId: true,
  quirks: USUAL_QUIRKS,
  reportEveryMs: 10,
  dishonesty: null,
  dishonestLogins: 0,
};
