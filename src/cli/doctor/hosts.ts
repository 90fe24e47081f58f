/** Addresses of the machines in a profile, and the ways to them. Asks only this machine and its name service. */
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { isIPv4 } from 'node:net';

export interface Reach {
  /** As the profile writes it: an IPv4 address or a name. */
  readonly host: string;
  /** null: no machine of that name is known. */
  readonly address: string | null;
  /** The address of this machine from which the system would send there; null: no network leads there. */
  readonly from: string | null;
}

const LOOK_UP_WITHIN_MS = 2000;

/** Never throws; a name that is not found within 2 s is not known. */
export async function reach(host: string): Promise<Reach> {
  const address = isIPv4(host) ? host : await lookUp(host);
  return { host, address, from: address === null ? null : await wayTo(address) };
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
    socket.connect(9, address, (error?: Error) => end(error === undefined ? socket.address().address : null));
  });
}
