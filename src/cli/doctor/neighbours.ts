/** Presence of a machine on a subnet of ours: the system's table of neighbours tells, once something was sent to it. */
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import type { Ms } from '../../core/clock.ts';

/**
 * `answers`: it has answered for its address just now; `silent`: it was asked and did not; `was-there`: it has answered some time
 * ago, and the system believes that until it is proven wrong.
 */
export type Neighbour = 'answers' | 'silent' | 'was-there';

/** Linux asks three times, a second apart, before it gives up. */
const ASK_MS: Ms = 3500;
const LOOK_EVERY_MS: Ms = 250;

/**
 * Asks for a machine on a subnet of ours and waits for the answer, at most 3.5 s. The system asks by ARP, which every machine answers
 * that is on; for that something has to be sent: an empty datagram to port 9, which is there to be discarded [RFC 863].
 *
 * @returns null: this system has no table that tells
 */
export async function askNeighbour(address: string): Promise<Neighbour | null> {
  const before = await neighbourState(address);
  await poke(address);
  for (let waited: Ms = 0; waited < ASK_MS; waited += LOOK_EVERY_MS) {
    const now = await neighbourState(address);
    if (now === 'unknown') return null;
    if (now === 'reachable') return 'answers';
    if (now === 'failed' && waited > 0) return 'silent';
    // Without more words than these, one that was not in the table before has just answered.
    if (now === 'complete') return before === 'complete' ? 'was-there' : 'answers';
    if (now === 'stale') return before === 'stale' ? 'was-there' : 'answers';
    await new Promise(done => setTimeout(done, LOOK_EVERY_MS));
  }
  return 'silent';
}

/** State of an entry, as far as a table tells it; `asking` as well where there is no entry yet. */
type State = 'reachable' | 'stale' | 'complete' | 'asking' | 'failed' | 'unknown';

const STATES: Readonly<Record<string, State>> = {
  REACHABLE: 'reachable',
  PERMANENT: 'stale',
  NOARP: 'unknown',
  STALE: 'stale',
  DELAY: 'stale',
  PROBE: 'stale',
  INCOMPLETE: 'asking',
  FAILED: 'failed',
};

async function neighbourState(address: string): Promise<State> {
  if (process.platform !== 'linux') return 'unknown';
  const told = await new Promise<string | null>(done => {
    execFile('ip', ['-4', 'neigh', 'show', address], { timeout: 1000 }, (error, stdout) =>
      done(error === null ? stdout : null),
    );
  });
  return told === null ? arpState(address, arpTable()) : neighState(told);
}

/** State that a line of `ip neigh` ends with: `10.0.0.20 dev eth0 lladdr 02:00:00:00:00:02 REACHABLE`. */
export function neighState(told: string): State {
  const word = told.trim().split(/\s+/).at(-1) ?? '';
  return word === '' ? 'asking' : (STATES[word] ?? 'unknown');
}

/** State in /proc/net/arp, whose third column has bit 1 where an address is complete [arp(7)]. */
export function arpState(address: string, table: string | null): State {
  if (table === null) return 'unknown';
  const line = table.split('\n').find(each => each.split(/\s+/)[0] === address);
  if (line === undefined) return 'asking';
  return (Number(line.split(/\s+/)[2]) & 2) !== 0 ? 'complete' : 'asking';
}

function arpTable(): string | null {
  try {
    return readFileSync('/proc/net/arp', 'utf8');
  } catch {
    return null;
  }
}

const DISCARD_PORT = 9;

/** Never throws: an address that cannot be sent to does not answer. */
function poke(address: string): Promise<void> {
  return new Promise(done => {
    const socket = createSocket('udp4').on('error', () => done());
    socket.send(new Uint8Array(), DISCARD_PORT, address, () => {
      socket.close();
      done();
    });
  });
}
