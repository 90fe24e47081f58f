/** A simulated player as it comes out of its box: honest, a CDJ-2000NXS2 of firmware 1.85. */
import { HOST_LOST_MS, USUAL_QUIRKS } from '../quirks.ts';
import type { PlayerOptions } from './player.ts';
import { HOST_PATIENCE_MS } from './player-login.ts';

export const USUAL_PLAYER: PlayerOptions = {
  product: 'CDJ2000NXS2',
  firmware: { major: 1, minor: 85 },
  deck: 0,
  // That of the real login between rekordbox and a DDJ-1000.
  seed: Uint8Array.of(0x00, 0x00, 0x53, 0xdc),
  checksId: true,
  quirks: USUAL_QUIRKS,
  hostPatienceMs: HOST_PATIENCE_MS,
  hostLostMs: HOST_LOST_MS,
  reportEveryMs: 10,
  dishonesty: null,
  dishonestLogins: 0,
};
