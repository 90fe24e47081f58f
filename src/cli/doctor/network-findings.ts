/** Findings about the network: interfaces, the DJ Link ports, the firewall. Pure. */
import { isLinkLocal } from '../../network/link-local.ts';
import { type Interface, isLoopback, isOnSubnet } from '../../network/network.ts';
import { type Finding, fail, interfaceText, ok, wantsDecks, warn } from './finding.ts';
import type { Firewall } from './firewall.ts';
import type { MachineFacts } from './machine-facts.ts';

export function judgeInterfaces(facts: MachineFacts): readonly Finding[] {
  const nics = facts.interfaces.filter(({ address }) => !isLoopback(address));
  const none = wantsDecks(facts) ? fail : warn;
  return [
    ...(nics.length === 0 ? [none('network', 'no interface has an IPv4 address', PLUG_IN)] : []),
    ...nics.map(nic =>
      ok('network', `${interfaceText(nic)} netmask ${nic.netmask}${isLinkLocal(nic.address) ? NO_ROUTER : ''}`),
    ),
    ...facts.withoutIpv4.map(name => warn('network', `${name} is up and has no IPv4 address`, SET_AUTOMATIC)),
    ...shared(nics).map(judgeShared),
  ];
}

const PLUG_IN = 'plug in a cable or join a network, and set its IPv4 address to automatic';
const NO_ROUTER = ', link-local: right where there is no router and the address of the unit begins with 169.254 too';
const SET_AUTOMATIC =
  'if the unit is on it, set its IPv4 address to automatic; without a router it then begins with 169.254';

/** Interfaces that are on one subnet with others, in groups. */
function shared(nics: readonly Interface[]): readonly (readonly Interface[])[] {
  const groups: Interface[][] = [];
  for (const nic of nics) {
    const group = groups.find(([first]) => first !== undefined && isOnSubnet(first, nic.address));
    if (group === undefined) groups.push([nic]);
    else group.push(nic);
  }
  // One interface may well have two addresses.
  return groups.filter(group => new Set(group.map(({ name }) => name)).size > 1);
}

function judgeShared(group: readonly Interface[]): Finding {
  const names = group.map(interfaceText).join(' and ');
  if (group.every(({ address }) => isLinkLocal(address))) {
    return warn(
      'network',
      `${names} are all link-local; this system sends by one of them alone, maybe not by that of the unit`,
      'unplug the others or switch them off, or give each a fixed address on its own subnet',
    );
  }
  const [first] = group;
  const advice = `switch one off (Wi-Fi?), or name the one towards the unit in the profile: "interface: ${first?.address}"`;
  return warn('network', `${names} are on one subnet: what leaves may go by either`, advice);
}

const PORTS_TOPIC = 'DJ Link ports';

export function judgePorts(facts: MachineFacts): readonly Finding[] {
  const level = wantsDecks(facts) ? fail : warn;
  const findings: Finding[] = [];
  for (const port of facts.ports) {
    if (port.kind === 'held') {
      const what = `UDP ${port.port} is held by ${port.holder ?? 'another program'}`;
      findings.push(level(PORTS_TOPIC, what, quitAdvice(port.holder)));
    } else if (port.kind === 'refused') {
      findings.push(level(PORTS_TOPIC, `UDP ${port.port}: ${port.message}`, 'look at the rights of this user'));
    }
  }
  if (findings.length > 0) return findings;
  return [ok(PORTS_TOPIC, `UDP ${facts.ports.map(({ port }) => port).join(', ')} are free`)];
}

/** Programs that speak to the same decks, by what systems call them. Java's name stands for any of its programs. */
const KNOWN_PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/rekordbox/i, 'quit rekordbox, and its agent in the tray or menu bar'],
  [/beat.?link|^java/i, 'quit Beat Link Trigger (or whichever Java program this is)'],
  [/prolink|alphatheta/i, 'quit that prolink program'],
  [/^(node|MainThread|decklight)\b/i, 'quit the other Decklight (or whichever Node.js program this is)'],
];

function quitAdvice(holder: string | null): string {
  const known = holder === null ? undefined : KNOWN_PROGRAMS.find(([name]) => name.test(holder))?.[1];
  const advice = known ?? (holder === null ? 'quit rekordbox and every other bridge to the decks' : `quit ${holder}`);
  return `${advice}; one program at a time has the decks`;
}

export function judgeFirewall({ firewall, platform, peers }: MachineFacts): Finding {
  if (firewall !== null) {
    const { name, isOn, namesPorts } = firewall;
    if (!isOn) return ok('firewall', `${name} is off, or lets everything in`);
    if (namesPorts) return ok('firewall', `${name} is on, and its rules name UDP 50000`);
    return warn('firewall', `${name} is on`, `let the decks in: ${LET_IN[name]}`);
  }
  if (platform === 'linux') return ok('firewall', 'none found that this user may see');
  // Whom one hears is let in; only silence may be a firewall's.
  if (peers.length > 0) return ok('firewall', 'the network was heard, so it is let in');
  return warn(
    'firewall',
    `not looked at on ${platform}`,
    `if the unit stays unheard: ${LET_IN_BY_HAND[platform] ?? PORTS_IN}`,
  );
}

const PORTS_IN = 'let UDP 50000 to 50002 in';
const LET_IN: Readonly<Record<Firewall['name'], string>> = {
  ufw: 'sudo ufw allow 50000:50002/udp',
  firewalld: 'sudo firewall-cmd --permanent --add-port=50000-50002/udp && sudo firewall-cmd --reload',
  nftables: `if its rules do not already, ${PORTS_IN} (chain input: udp dport 50000-50002 accept)`,
  iptables: 'sudo iptables -I INPUT -p udp --dport 50000:50002 -j ACCEPT, if its rules do not already',
};
const LET_IN_BY_HAND: Readonly<Record<string, string>> = {
  win32: 'in Windows Security, Firewall, "Allow an app", tick Node.js for private and public networks',
  darwin: 'in System Settings, Network, Firewall, Options, let node take incoming connections',
};
