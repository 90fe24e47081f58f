/** Holder of a UDP port: the program that has it, where the system tells. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * @param address on which it was wanted: one who holds the port on another address of this machine is not in the way;
 *                0.0.0.0: on every one
 * @returns       `name (pid 123)`; null when the system does not tell, or nobody holds it
 */
export function holderOfUdpPort(port: number, address: string): string | null {
  return process.platform === 'linux' ? fromProc(port, address) : fromLsof(port);
}

/** An IPv4 address as the kernel prints it: its bytes backwards, in hex. */
const printed = (address: string): string =>
  address
    .split('.')
    .map(part => Number(part).toString(16).toUpperCase().padStart(2, '0'))
    .reverse()
    .join('');

const EVERY = '0.0.0.0';

function fromProc(port: number, address: string): string | null {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const isInTheWay = (local = ''): boolean => {
    const [host = '', held = ''] = local.split(':');
    // The last eight digits are those of IPv4, in a table of IPv6 too.
    return `:${held}` === suffix && (address === EVERY || /^0+$/.test(host) || host.endsWith(printed(address)));
  };
  try {
    const inodes = new Set(
      SOCKET_TABLES.flatMap(linesOf)
        .map(line => line.trim().split(/\s+/))
        .filter(columns => isInTheWay(columns[1]))
        .map(columns => `socket:[${columns[9]}]`),
    );
    if (inodes.size === 0) return null;
    for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
      if (openFiles(pid).some(target => inodes.has(target))) {
        return `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (pid ${pid})`;
      }
    }
  } catch {
    // No /proc to read: the system does not tell.
  }
  return null;
}

/** Java programs hold an IPv4 port by a socket of IPv6. */
const SOCKET_TABLES = ['/proc/net/udp', '/proc/net/udp6'];

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    // A system without IPv6 has one table.
    return [];
  }
}

function openFiles(pid: string): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map(fd => targetOf(`/proc/${pid}/fd/${fd}`));
  } catch {
    // Another user's process, or one that has just ended.
    return [];
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    // Closed since it was listed, as the listing itself is when it is our own.
    return '';
  }
}

function fromLsof(port: number): string | null {
  try {
    const found = execFileSync('lsof', ['-nP', '-Fpc', `-iUDP:${port}`], {
      encoding: 'utf8',
      timeout: 2000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const pid = /^p(\d+)$/m.exec(found)?.[1];
    const name = /^c(.+)$/m.exec(found)?.[1];
    return pid === undefined || name === undefined ? null : `${name} (pid ${pid})`;
  } catch {
    return null;
  }
}
