/** Findings about players by USB HID: the way to them, the right to open them, and the one that the profile means. Pure. */
import { choosePlayer, playerText } from '../../../bridges/cdj-hid/hid-port.ts';
import { UDEV_ADVICE } from '../../../bridges/cdj-hid/udev-rule.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { hidPlayerText } from './hid-players.ts';
import type { MachineFacts } from './machine-facts.ts';
import type { HostNeed } from './needs.ts';

export type PlayerNeed = Extract<HostNeed, { kind: 'player' }>;

const isPlayerNeed = (need: HostNeed): need is PlayerNeed => need.kind === 'player';

export function judgeHid({ hid, needs, platform }: MachineFacts): readonly Finding[] {
  const isNeeded = needs?.some(isPlayerNeed) === true;
  if (hid.kind === 'none') {
    if (needs !== null && !isNeeded) return [ok('USB HID', `${hid.why}; this profile needs none`)];
    const [what = '', ...advice] = hid.why.split('; ');
    return [(isNeeded ? fail : warn)('USB HID', what, advice.join('; '))];
  }
  if (hid.players.length === 0) return [ok('USB HID', 'no player is plugged in')];
  return hid.players.map(player => {
    const what = hidPlayerText(player);
    if (player.mayOpen !== false) return ok('USB HID', what);
    const advice =
      platform === 'linux' ? `${UDEV_ADVICE}; "decklight devices --udev" prints them` : 'let this user open it';
    return warn('USB HID', `${what} may not be opened by this user`, advice);
  });
}

/** Judges the player that a bridge of the profile is meant for. */
export function judgePlayerNeed({ bridge, serial, path }: PlayerNeed, { hid, needs }: MachineFacts): Finding {
  if (hid.kind === 'none') return fail(bridge, 'no player without HID', 'see USB HID above');
  const isAnyone = serial === null && path === null;
  const { player, text } = choosePlayer(hid.players, { serial, path }, () => null);
  if (player === null) {
    const [what = '', advice] = (text ?? '').split('; ');
    return fail(bridge, what, advice ?? 'plug it in, and switch its control mode on');
  }
  const others = (needs ?? []).filter(need => isPlayerNeed(need) && need.serial === null && need.path === null);
  const found = hid.players.find(each => each.path === player.path);
  if (found?.mayOpen === false) return fail(bridge, `${playerText(player)} may not be opened`, 'see USB HID above');
  if (isAnyone && hid.players.length > 1) {
    const advice = `write "serial:" or "path:" under ${bridge}, of: ${hid.players.map(playerText).join(', ')}`;
    return warn(bridge, `${hid.players.length} players are plugged in and it uses whichever is free first`, advice);
  }
  if (isAnyone && others.length > hid.players.length) {
    const what = `${others.length} bridges want a player and ${hid.players.length} is plugged in`;
    return fail(bridge, what, 'plug another one in');
  }
  return ok(bridge, playerText(player));
}
