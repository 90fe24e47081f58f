/** Addresses of the machines in a profile, the ways to them, and whether those on our subnets are there. */
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import { broadcastOf, type Interface, isLoopback, isOnSubnet } from '../../network/network.ts';
import { askNeighbour, type Neighbour } from './neighbours.ts';

export interface Reach {
  /** As the profile writes it: an IPv4 address or a name. */
  readonly host: string;
  /** null: no machine of that name is known. */
  readonly address: string | null;
  /** The address of this machine from which the system would send there; null: no network leads there. */
  readonly from: string | null;
  /** Whether it is there; null: it is no neighbour, or the system does not tell. */
  readonly neighbour: Neighbour | null;
}

const LOOK_UP_WITHIN_MS = 2000;

/**
 * Never throws; a name that is not found within 2 s is not known.
 *
 * @param interfaces  of this machine: one on a subnet of theirs is asked whether it is there
 */
export async function reach(host: string, interfaces: readonly Interface[]): Promise<Reach> {
  const address = isIPv4(host) ? host : await lookUp(host);
  const from = address === null ? null : await wayTo(address);
  const nic = address === null || from === null || from === address ? null : subnetOf(address, interfaces);
  const isAsked = address !== null && nic !== null && address !== broadcastOf(nic);
  return { host, address, from, neighbour: isAsked ? await askNeighbour(address) : null };
}

/** The interface on whose subnet an address is; null: on none but loopback. */
export const subnetOf = (address: string, interfaces: readonly Interface[]): Interface | null =>
  interfaces.find(nic => !isLoopback(nic.address) && isOnSubnet(nic, address)) ?? null;

/** What a way proves, and what not; null: nothing is in doubt, as on this machine. */
export function proofOf(
  { host, address, from, neighbour }: Reach,
  interfaces: readonly Interface[],
): { readonly isThere: boolean | null; readonly text: string } | null {
  if (address === null || from === null || isLoopback(address) || from === address) return null;
  const nic = subnetOf(address, interfaces);
  const what = host === address ? host : `${host} (${address})`;
  const doubt = (why: string): { readonly isThere: null; readonly text: string } => ({
    isThere: null,
    text: `${why}: that ${nic !== null && address === broadcastOf(nic) ? 'somebody hears it' : 'it is there'} is not proven`,
  });
  if (nic === null) return doubt(`${what} is behind a router`);
  if (address === broadcastOf(nic)) return doubt(`${what} is for everybody on ${nic.name}`);
  if (neighbour === null) return doubt(`${what} is on the subnet of ${nic.name}, and this system does not tell more`);
  if (neighbour === 'was-there') return doubt(`${what} has answered on ${nic.name} a while ago`);
  if (neighbour === 'answers') return { isThere: true, text: `${what} is there: it answers on ${nic.name}` };
  return { isThere: false, text: `${what} does not answer on ${nic.name}; is it on, its cable in, its address right?` };
}

/**
 * The IPv4 address of a name, as the system finds it: its hosts file, mDNS, DNS.
 *
 * In a process of its own, since the system's look-up cannot be taken back: without a name server it would keep this
 * program from ending for half a minute.
 */
function lookUp(name: string): Promise<string | null> {
  const script = 'require("dns").lookup(process.argv[1], 4, (error, found) => console.log(error ? "" : found))';
  return new Promise(done => {
    execFile(process.execPath, ['-e', script, name], { timeout: LOOK_UP_WITHIN_MS }, (_, stdout) => {
      const found = stdout.trim();
      done(isIPv4(found) ? found : null);
    });
  });
}

/** To connect a UDP socket sends nothing: the system only chooses the way. Port 9 is the one for discarding, RFC 863. */
function wayTo(address: string): Promise<string | null> {
  return new Promise(done => {
    const socket = createSocket('udp4');
    const end = (from: string | null): void => {
      socket.close();
      done(from);
    };
    socket.on('error', () => end(null));
    socket.bind(0, () => {
      // Of a subnet's broadcast address the way is known only to those who ask for it.
      socket.setBroadcast(true);
      socket.connect(9, address, (error?: Error) => end(error === undefined ? socket.address().address : null));
    });
  });
}
