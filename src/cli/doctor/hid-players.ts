/** Players that are plugged into this machine by USB. Lists only, opens nothing. */
import { accessSync, constants } from 'node:fs';
import { type ListedPlayer, loadHidSystem } from '../../../bridges/cdj-hid/hid-port.ts';

export type HidPlayers =
  | { readonly kind: 'players'; readonly players: readonly HidPlayer[] }
  /** `why`: one line on what is missing and what to do. */
  | { readonly kind: 'none'; readonly why: string };

export interface HidPlayer extends ListedPlayer {
  /** True if this user may open the player; null: the system does not tell by its path. */
  readonly mayOpen: boolean | null;
}

/** Never throws; the package is loaded only here. */
export async function hidPlayers(load = loadHidSystem): Promise<HidPlayers> {
  try {
    const players = await (await load()).list();
    const withRight = (player: ListedPlayer): HidPlayer => ({
      ...player,
      mayOpen: player.path.startsWith('/dev/') ? mayOpen(player.path) : null,
    });
    return { kind: 'players', players: players.map(withRight) };
  } catch (error) {
    return { kind: 'none', why: (error as Error).message };
  }
}

function mayOpen(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** `CDJ-3000  2b73:002f  serial A1  /dev/hidraw0` */
export function hidPlayerText({ product, vendorId, productId, serial, path }: ListedPlayer): string {
  const ids = [vendorId, productId].map(id => id.toString(16).padStart(4, '0')).join(':');
  return [product === '' ? 'a player' : product, ids, ...(serial === '' ? [] : [`serial ${serial}`]), path].join('  ');
}
