/** What the facts about a machine mean for a show. Pure. */
import { LIGHTING_NUMBER, OPUS_NAME, PORTS } from '../../../bridges/opus-quad/layout.ts';
import { isLinkLocal } from '../../network/link-local.ts';
import { type Interface, isLoopback, isOnSubnet } from '../../network/network.ts';
import type { DjLinkPeer } from './dj-link-peers.ts';
import type { Firewall } from './firewall.ts';
import type { Reach } from './hosts.ts';
import type { MachineFacts } from './machine-facts.ts';
import type { HostNeed } from './needs.ts';

/** `ok`: nothing to do; `warn`: the show runs, but look at it; `fail`: what the show needs is not there. */
export type Finding =
  | { readonly level: 'ok'; readonly topic: string; readonly what: string }
  | { readonly level: 'warn' | 'fail'; readonly topic: string; readonly what: string; readonly advice: string };

type UnitNeed = Extract<HostNeed, { kind: 'unit' }>;
type MidiNeed = Extract<HostNeed, { kind: 'midi-output' }>;

/** Later than this at the 99th percentile, a timer makes cues late that one can see. */
const LATE_MS = 20;
const LEAST_FREE_BYTES = 2e9;
/** Not even the first hour of a recording. */
const NOTHING_BYTES = 50e6;

/** Every topic in a fixed order, at least one finding each; then one for each thing that the profile needs. */
export function findings(facts: MachineFacts): readonly Finding[] {
  return [
    judgeNode(facts),
    ...judgeInterfaces(facts),
    ...judgePorts(facts),
    ...judgePeers(facts),
    judgeFirewall(facts),
    judgeMidi(facts),
    ...judgeHid(facts),
    judgeLateness(facts),
    judgeGovernor(facts),
    judgeDisk(facts),
    ...(facts.needs ?? []).map(need => judgeNeed(need, facts)),
  ];
}

const ok = (topic: string, what: string): Finding => ({ level: 'ok', topic, what });
const warn = (topic: string, what: string, advice: string): Finding => ({ level: 'warn', topic, what, advice });
const fail = (topic: string, what: string, advice: string): Finding => ({ level: 'fail', topic, what, advice });

/** The unit of the profile that is to be met on a real network; a profile may want it on loopback, for simulations. */
const realUnits = ({ needs }: MachineFacts): readonly UnitNeed[] =>
  (needs ?? []).filter(need => need.kind === 'unit').filter(need => !isLoopback(need.interface));

/** Without a profile the decks are what a machine is made ready for. */
const wantsDecks = (facts: MachineFacts): boolean => facts.needs === null || realUnits(facts).length > 0;

const named = ({ name, address }: Interface): string => `${name} ${address}`;

// ---- program

function judgeNode({ node: { has, wants } }: MachineFacts): Finding {
  const [hasMajor = 0, hasMinor = 0] = has.split('.').map(Number);
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(wants) ?? []).map(Number);
  const isEnough = hasMajor > major || (hasMajor === major && hasMinor >= minor);
  if (isEnough) return ok('Node.js', `${has}; ${wants} is needed`);
  return fail('Node.js', `${has} is too old; ${wants} is needed`, 'install a newer one from nodejs.org');
}

// ---- network

function judgeInterfaces(facts: MachineFacts): readonly Finding[] {
  const nics = facts.interfaces.filter(({ address }) => !isLoopback(address));
  const none = wantsDecks(facts) ? fail : warn;
  return [
    ...(nics.length === 0 ? [none('network', 'no interface has an IPv4 address', PLUG_IN)] : []),
    ...nics.map(nic =>
      ok('network', `${named(nic)} netmask ${nic.netmask}${isLinkLocal(nic.address) ? NO_ROUTER : ''}`),
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
  const names = group.map(named).join(' and ');
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

function judgePorts(facts: MachineFacts): readonly Finding[] {
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

function judgePeers(facts: MachineFacts): readonly Finding[] {
  const presence = facts.ports.find(({ port }) => port === PORTS.presence);
  if (presence?.kind !== 'free') {
    const advice = `free UDP port ${PORTS.presence} first, then run this again`;
    return [warn('unit', 'nobody could be heard: the port is not free', advice)];
  }
  const units = [...new Set(facts.peers.filter(isUnit).map(({ address }) => address))];
  const others = [...new Set(facts.peers.filter(peer => !isUnit(peer)).map(({ name }) => name))];
  return [
    ...(units.length === 0 ? [judgeSilence(facts, others)] : units.map(unit => judgeUnit(unit, facts))),
    ...(units.length > 1 ? [judgeChoice(units, facts)] : []),
    ...facts.peers
      .filter(peer => !isUnit(peer) && peer.number === LIGHTING_NUMBER)
      .map(peer => judgeRival(peer, facts)),
  ];
}

const isUnit = ({ name }: DjLinkPeer): boolean => name === OPUS_NAME;

/** Two under one number confuse the unit, and the OPUS-QUAD bridge gives way; as a player it has another number. */
function judgeRival({ name, address }: DjLinkPeer, facts: MachineFacts): Finding {
  const what = `"${name}" at ${address} poses as rekordbox's lighting`;
  const isInTheWay = facts.needs === null || realUnits(facts).some(({ mode }) => mode === 'lighting');
  if (!isInTheWay) return ok('unit', `${what}; this profile does not`);
  return warn(
    'unit',
    `${what}, as Decklight does in lighting mode`,
    'quit it there: while it runs, Decklight stays silent',
  );
}

function judgeSilence(facts: MachineFacts, others: readonly string[]): Finding {
  const heard = others.length === 0 ? 'nor anyone else' : `only ${others.join(', ')}`;
  const what = `no ${OPUS_NAME} heard in ${facts.listenedMs / 1000} s, ${heard}`;
  if (!wantsDecks(facts)) return ok('unit', `${what}; this profile needs none`);
  const advice = 'switch it on, plug its network cable in, put it on the subnet of this machine, look at the firewall';
  return facts.needs === null ? warn('unit', what, advice) : fail('unit', what, advice);
}

/** By which of our interfaces the unit is reached. */
function judgeUnit(unit: string, facts: MachineFacts): Finding {
  const nics = facts.interfaces.filter(nic => isOnSubnet(nic, unit));
  const what = `${OPUS_NAME} at ${unit}`;
  const [first, second] = nics;
  if (first === undefined) {
    const advice = isLinkLocal(unit)
      ? "set this machine's IPv4 address to automatic (link-local)"
      : "set this machine's IPv4 address to automatic, or to the unit's subnet";
    return (wantsDecks(facts) ? fail : warn)('unit', `${what} is on the subnet of no interface here`, advice);
  }
  if (second === undefined) return ok('unit', `${what}, by ${named(first)}`);
  const isChosen = realUnits(facts).some(need => nics.some(({ address }) => address === need.interface));
  const both = `${what}, by ${nics.map(named).join(' and ')}`;
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

function judgeFirewall({ firewall, platform, peers }: MachineFacts): Finding {
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

// ---- devices

function judgeMidi({ midi, needs }: MachineFacts): Finding {
  if (midi.kind === 'none') {
    const isNeeded = (needs ?? []).some(({ kind }) => kind === 'midi-output');
    if (needs !== null && !isNeeded) return ok('MIDI', `not to be had (${midi.why}); this profile needs none`);
    return (isNeeded ? fail : warn)('MIDI', `not to be had: ${midi.why}`, midi.advice);
  }
  return ok('MIDI', `outputs: ${midi.outputs.join(', ') || 'none'}`);
}

/** No kind of bridge needs a player on USB yet; a machine that is made ready for anything should have the way to them. */
function judgeHid({ hid, needs, platform }: MachineFacts): readonly Finding[] {
  if (hid.kind === 'none' && needs !== null)
    return [ok('USB HID', `not to be had (${hid.why}); this profile needs none`)];
  if (hid.kind === 'none') return [warn('USB HID', `not to be had: ${hid.why}`, hid.advice)];
  if (hid.players.length === 0) return [ok('USB HID', 'no player is plugged in')];
  return hid.players.map(({ product, usbId, path, mayOpen }) => {
    const what = `${product} ${usbId} at ${path}`;
    if (mayOpen !== false) return ok('USB HID', what);
    const advice = platform === 'linux' ? udevAdvice(usbId) : 'let this user open it';
    return warn('USB HID', `${what} may not be opened by this user`, advice);
  });
}

/** What hidraw devices need for the user at the machine, see udev(7) and systemd's uaccess. */
const udevAdvice = (usbId: string): string =>
  `put SUBSYSTEM=="hidraw", ATTRS{idVendor}=="${usbId.slice(0, 4)}", TAG+="uaccess" into /etc/udev/rules.d/70-decklight.rules, run "sudo udevadm control --reload", and plug it in again`;

// ---- machine

function judgeLateness({ lateness: { p99Ms, mostMs } }: MachineFacts): Finding {
  const what = `99 of 100 within ${p99Ms.toFixed(1)} ms, latest ${mostMs.toFixed(1)} ms`;
  if (p99Ms <= LATE_MS) return ok('timers', what);
  return warn(
    'timers',
    `${what}; ${LATE_MS} ms is the limit`,
    'close other programs, switch power saving off, give a virtual machine more processors',
  );
}

/** Drivers whose `powersave` still speeds up under load [kernel docs, admin-guide/pm/intel_pstate and amd-pstate]. */
const SPEEDING_DRIVERS: ReadonlySet<string> = new Set(['intel_pstate', 'amd-pstate-epp']);

function judgeGovernor({ governor }: MachineFacts): Finding {
  if (governor === null) return ok('processor', 'this system does not tell its power plan');
  const { name, driver } = governor;
  const what = `governor ${name}${driver === '' ? '' : ` by ${driver}`}`;
  if (name !== 'powersave' || SPEEDING_DRIVERS.has(driver)) return ok('processor', what);
  return warn('processor', `${what}: it stays at its lowest speed`, 'sudo cpupower frequency-set -g performance');
}

function judgeDisk({ disk: { folder, isWritable, freeBytes } }: MachineFacts): Finding {
  if (!isWritable) {
    return fail('disk', `${folder} cannot be written, where recordings go`, 'check its rights, or move the profile');
  }
  if (freeBytes === null) return warn('disk', `${folder}: free space not known`, 'see that 2 GB are free there');
  const what = `${(freeBytes / 1e9).toFixed(1)} GB free in ${folder}`;
  if (freeBytes < NOTHING_BYTES) return fail('disk', what, 'make room: nothing could be recorded');
  if (freeBytes >= LEAST_FREE_BYTES) return ok('disk', what);
  return warn('disk', `only ${what}, where recordings go`, 'make room: 2 GB or more');
}

// ---- what the profile needs

function judgeNeed(need: HostNeed, facts: MachineFacts): Finding {
  switch (need.kind) {
    case 'unit':
      return judgeUnitNeed(need, facts);
    case 'host': {
      const found = facts.reaches.find(({ host }) => host === need.host);
      return judgeHost(need.bridge, found ?? { host: need.host, address: null, from: null }, facts.interfaces);
    }
    case 'midi-output':
      return judgeOutput(need, facts);
  }
}

/** Whether what the profile says of the unit holds here; whether any unit is heard has its own line. */
function judgeUnitNeed({ bridge, interface: ours, unitAddress }: UnitNeed, facts: MachineFacts): Finding {
  if (isLoopback(ours)) return ok(bridge, `on loopback (${ours}): a simulated unit`);
  const here = facts.interfaces.filter(({ address }) => !isLoopback(address));
  if (ours !== 'auto' && !here.some(({ address }) => address === ours)) {
    const names = here.map(named).join(', ') || 'none';
    return fail(bridge, `no interface here has the address ${ours}; there are: ${names}`, 'write "interface: auto"');
  }
  const units = facts.peers.filter(isUnit).map(({ address }) => address);
  if (unitAddress !== 'auto' && units.length > 0 && !units.includes(unitAddress)) {
    const what = `no ${OPUS_NAME} at ${unitAddress}; heard: ${units.join(', ')}`;
    return fail(bridge, what, `write "unit: auto" or "unit: ${units[0]}"`);
  }
  const unit = unitAddress === 'auto' ? units[0] : unitAddress;
  const nic = here.find(({ address }) => address === ours);
  if (nic !== undefined && unit !== undefined && !isOnSubnet(nic, unit)) {
    const what = `the unit at ${unit} is not on the subnet of ${named(nic)}`;
    return fail(
      bridge,
      what,
      'write "interface: auto", or set the address of this interface to the subnet of the unit',
    );
  }
  return ok(bridge, `interface: ${ours}, unit: ${unitAddress}`);
}

function judgeHost(bridge: string, { host, address, from }: Reach, interfaces: readonly Interface[]): Finding {
  if (address === null) {
    return fail(bridge, `no machine called ${host} is known here`, 'switch it on, or write its IPv4 address instead');
  }
  const what = host === address ? host : `${host} is ${address}`;
  const here = interfaces.filter(nic => !isLoopback(nic.address));
  if (from === null) {
    const names = here.map(named).join(', ') || 'none';
    const advice = "plug its network in, or set this machine's address to its subnet";
    return fail(bridge, `${what}: no network leads there; interfaces here: ${names}`, advice);
  }
  if (isLoopback(address) || from === address) return ok(bridge, `${what}, this machine`);
  const nic = here.find(nic => isOnSubnet(nic, address));
  if (nic !== undefined) return ok(bridge, `${what}, by ${named(nic)}`);
  const advice = 'if it is meant to be on the same cable or switch, one of the two has a wrong address';
  return warn(bridge, `${what} is on the subnet of no interface here; ${from} sends it to a router`, advice);
}

function judgeOutput({ bridge, device, isVirtual }: MidiNeed, { midi, platform }: MachineFacts): Finding {
  if (midi.kind === 'none') return fail(bridge, `no "${device}" without MIDI`, 'see MIDI above');
  if (isVirtual && platform === 'win32') {
    const advice = `make "${device}" with loopMIDI, and write "device:" in place of "virtual:"`;
    return fail(bridge, 'Windows lets no program make a MIDI port', advice);
  }
  if (isVirtual) return ok(bridge, `makes the MIDI port "${device}"`);
  const found = midi.outputs.find(name => name === device) ?? midi.outputs.find(name => name.includes(device));
  if (found !== undefined) return ok(bridge, `MIDI output "${found}"`);
  const what = `no MIDI output is called "${device}"; there are: ${midi.outputs.join(', ') || 'none'}`;
  return fail(bridge, what, 'plug it in, or correct the name in the profile');
}
