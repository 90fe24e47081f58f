/** Facts about a machine that `decklight doctor` looks at, as values, and the looking. Changes nothing, and sends no more than an empty datagram to each host. */
import { accessSync, constants, existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { Clock, Ms } from '../../core/clock.ts';
import type { Interface, Network } from '../../network/network.ts';
import { type DjLinkPeer, type LinkPort, listenForPeers } from './dj-link-peers.ts';
import { type Firewall, readFirewall } from './firewall.ts';
import { type HidPlayers, hidPlayers } from './hid-players.ts';
import { type Reach, reach } from './hosts.ts';
import { type MidiPorts, midiPorts } from './midi-ports.ts';
import type { HostNeed } from './needs.ts';
import { measureLateness, type TimerLateness } from './timer-lateness.ts';

export interface MachineFacts {
  readonly platform: NodeJS.Platform;
  /** `has`: 20.19.1; `wants`: >=20.19, as package.json says it. */
  readonly node: { readonly has: string; readonly wants: string };
  /** Those with an IPv4 address, loopback included. */
  readonly interfaces: readonly Interface[];
  /** Names of interfaces that are up and have no IPv4 address. */
  readonly withoutIpv4: readonly string[];
  readonly ports: readonly LinkPort[];
  readonly peers: readonly DjLinkPeer[];
  readonly listenedMs: Ms;
  /** null: none found that this user may see; nobody looks on systems other than Linux. */
  readonly firewall: Firewall | null;
  readonly midi: MidiPorts;
  readonly hid: HidPlayers;
  readonly lateness: TimerLateness;
  /** Rule by which Linux chooses the processor's speed; null: the system does not tell. */
  readonly governor: Governor | null;
  readonly disk: Disk;
  /** Needs of the profile; null: no profile was given. */
  readonly needs: readonly HostNeed[] | null;
  /** Ways to the hosts that are needed, one for each. */
  readonly reaches: readonly Reach[];
}

/** As in /sys/devices/system/cpu/cpu0/cpufreq: `powersave` by `intel_pstate`. */
export interface Governor {
  readonly name: string;
  readonly driver: string;
}

/** Disk of the recordings. */
export interface Disk {
  readonly folder: string;
  readonly isWritable: boolean;
  /** null: the system does not tell. */
  readonly freeBytes: number | null;
}

export interface MachineLook {
  readonly network: Network;
  readonly clock: Clock;
  readonly nodeWants: string;
  /** Folder of the recordings. */
  readonly folder: string;
  readonly needs: readonly HostNeed[] | null;
  readonly listenMs: Ms;
  /** Length of time for which timers are watched; within `listenMs`. */
  readonly watchMs: Ms;
}

/** Never throws: what cannot be looked at is a fact as well. */
export async function gatherFacts(look: MachineLook): Promise<MachineFacts> {
  const { network, clock, needs, listenMs, watchMs } = look;
  const hosts = new Set((needs ?? []).flatMap(need => (need.kind === 'host' ? [need.host] : [])));
  // Packages are loaded first: that would show up as timers that are late.
  const midi = await midiPorts();
  const hid = await hidPlayers();
  const presence = await listenForPeers(network);
  const listenUntil = clock.now() + listenMs;
  const asked = Promise.all([
    process.platform === 'linux' ? readFirewall() : null,
    Promise.all([...hosts].map(host => reach(host, network.interfaces()))),
  ]);
  // Timers are watched last, when the commands that were asked have started and wait for their answers, if at all.
  await until(clock, listenUntil - watchMs);
  const lateness = await measureLateness(clock, watchMs);
  await until(clock, listenUntil);
  await presence.close();
  const [firewall, reaches] = await asked;
  return {
    platform: process.platform,
    node: { has: process.versions.node, wants: look.nodeWants },
    interfaces: network.interfaces(),
    withoutIpv4: withoutIpv4(),
    ports: presence.ports,
    peers: presence.peers(),
    listenedMs: listenMs,
    firewall,
    midi,
    hid,
    lateness,
    governor: governor(),
    disk: diskOf(look.folder),
    needs,
    reaches,
  };
}

const until = (clock: Clock, time: Ms): Promise<void> => new Promise(done => void clock.at(time, done));

const LINUX_INTERFACES = '/sys/class/net';

function withoutIpv4(): readonly string[] {
  const known = networkInterfaces();
  const hasIpv4 = (name: string): boolean => (known[name] ?? []).some(({ family }) => family === 'IPv4');
  if (process.platform !== 'linux') {
    // macOS keeps interfaces of its own for AirDrop and the like, all without IPv4; a network's are called en0, en1.
    const isMeant = (name: string): boolean => process.platform !== 'darwin' || /^en\d+$/.test(name);
    return Object.keys(known).filter(name => isMeant(name) && !hasIpv4(name));
  }
  try {
    // Only hardware has a device; a bridge of a container engine may well be without an address.
    return readdirSync(LINUX_INTERFACES).filter(
      name =>
        existsSync(`${LINUX_INTERFACES}/${name}/device`) &&
        textOf(`${LINUX_INTERFACES}/${name}/operstate`) === 'up' &&
        !hasIpv4(name),
    );
  } catch {
    return [];
  }
}

function governor(): Governor | null {
  const folder = '/sys/devices/system/cpu/cpu0/cpufreq';
  const name = textOf(`${folder}/scaling_governor`);
  return name === null ? null : { name, driver: textOf(`${folder}/scaling_driver`) ?? '' };
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}

function diskOf(folder: string): Disk {
  return { folder, isWritable: isWritable(folder), freeBytes: freeBytes(folder) };
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function freeBytes(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
