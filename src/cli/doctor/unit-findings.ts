/** Findings about who is heard on the network of the decks: units, and programs that are in the way. Pure. */
import { LIGHTING_NUMBER, OPUS_NAME, PORTS } from '../../../bridges/opus-quad/layout.ts';
import { isWanted, modelOfName, modelText, shownName } from '../../../bridges/opus-quad/models.ts';
import { isLinkLocal } from '../../network/link-local.ts';
import { isOnSubnet } from '../../network/network.ts';
import type { DjLinkPeer } from './dj-link-peers.ts';
import { type Finding, fail, interfaceText, ok, realUnits, wantsDecks, warn } from './finding.ts';
import type { MachineFacts } from './machine-facts.ts';

export function judgePeers(facts: MachineFacts): readonly Finding[] {
  const presence = facts.ports.find(({ port }) => port === PORTS.presence);
  if (presence?.kind !== 'free') {
    const advice = `free UDP port ${PORTS.presence} first, then run this again`;
    return [warn('unit', 'nobody could be heard: the port is not free', advice)];
  }
  const units = unitsOf(facts);
  const strangers = facts.peers.filter(peer => !isUnit(peer, facts));
  const others = [...new Set(strangers.map(({ name }) => (modelOfName(name) === null ? name : shownName(name))))];
  const addresses = units.map(({ address }) => address);
  return [
    ...(units.length === 0 ? [judgeSilence(facts, others)] : units.map(unit => judgeUnit(unit, facts))),
    ...(units.length > 1 ? [judgeChoice(addresses, facts)] : []),
    ...strangers.filter(({ number }) => number === LIGHTING_NUMBER).map(peer => judgeRival(peer, facts)),
  ];
}

/** Tells if the profile would follow a peer; without a profile: if the peer is an OPUS-QUAD. */
function isUnit({ name, address }: DjLinkPeer, facts: MachineFacts): boolean {
  const needs = realUnits(facts);
  return needs.length === 0 ? name === OPUS_NAME : needs.some(need => isWanted(need, name, address));
}

/** The units that the profile would follow, one of each address. */
export const unitsOf = (facts: MachineFacts): readonly DjLinkPeer[] => [
  ...new Map(facts.peers.filter(peer => isUnit(peer, facts)).map(peer => [peer.address, peer])).values(),
];

/** Two under one number may confuse the unit, and who comes second yields; as a player it has another number. */
function judgeRival({ name, address }: DjLinkPeer, facts: MachineFacts): Finding {
  const what = `"${name}" at ${address} poses as rekordbox's lighting`;
  const isInTheWay = facts.needs === null || realUnits(facts).some(({ mode }) => mode === 'lighting');
  if (!isInTheWay) return ok('unit', `${what}; this profile does not`);
  return warn(
    'unit',
    `${what}, as Decklight does in lighting mode`,
    'quit it there: while it runs, a Decklight that begins stays silent',
  );
}

function judgeSilence(facts: MachineFacts, others: readonly string[]): Finding {
  const heard = others.length === 0 ? 'nor anyone else' : `only ${others.join(', ')}`;
  const what = `no ${modelText(realUnits(facts)[0]?.model ?? 'opus-quad')} heard in ${facts.listenedMs / 1000} s, ${heard}`;
  if (!wantsDecks(facts)) return ok('unit', `${what}; this profile needs none`);
  const advice = 'switch it on, plug its network cable in, put it on the subnet of this machine, look at the firewall';
  return facts.needs === null ? warn('unit', what, advice) : fail('unit', what, advice);
}

/** By which of our interfaces the unit is reached. */
function judgeUnit({ name, address: unit }: DjLinkPeer, facts: MachineFacts): Finding {
  const nics = facts.interfaces.filter(nic => isOnSubnet(nic, unit));
  const what = `${shownName(name)} at ${unit}`;
  const [first, second] = nics;
  if (first === undefined) {
    const advice = isLinkLocal(unit)
      ? "set this machine's IPv4 address to automatic (link-local)"
      : "set this machine's IPv4 address to automatic, or to the unit's subnet";
    return (wantsDecks(facts) ? fail : warn)('unit', `${what} is on the subnet of no interface here`, advice);
  }
  if (second === undefined) return ok('unit', `${what}, by ${interfaceText(first)}`);
  const isChosen = realUnits(facts).some(need => nics.some(({ address }) => address === need.interface));
  const both = `${what}, by ${nics.map(interfaceText).join(' and ')}`;
  if (isChosen) return ok('unit', `${both}; the profile says which`);
  return warn('unit', both, `unplug one, or write "interface: ${first.address}" in the profile`);
}

function judgeChoice(units: readonly string[], facts: MachineFacts): Finding {
  const isChosen = realUnits(facts).some(({ unitAddress }) => unitAddress !== 'auto');
  const what = `${units.length} units: ${units.join(', ')}`;
  if (isChosen) return ok('unit', `${what}; the profile says which`);
  return warn(
    'unit',
    what,
    `write "unit: ${units[0]}" (or whichever it is) in the profile; else the first heard is taken`,
  );
}
