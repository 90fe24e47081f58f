/** A session on a bench: what is fed in comes out decoded, with its moment. */
import { decode, type Packet } from '../../../../bridges/opus-quad/codec.ts';
import { keepAlive, lightingHello, OPUS_NAME, status } from '../../../../bridges/opus-quad/layout.ts';
import { type SessionInput, step } from '../../../../bridges/opus-quad/session/session.ts';
import { openSession, type SessionState, USUAL_OPTIONS } from '../../../../bridges/opus-quad/session/session-state.ts';
import type { Ms } from '../../../../src/core/clock.ts';
import type { ShowEvent } from '../../../../src/core/events.ts';
import type { Interface, InterfaceAbsence } from '../../../../src/network/network.ts';
import { readCaptures } from '../../../capture-folders.ts';

export const UNIT = '10.0.0.2';
export const nic: Interface = { name: 'eth0', address: '10.0.0.1', netmask: '255.255.255.0', mac: '02:00:00:00:00:01' };
const options = { ...USUAL_OPTIONS, unit: 'opus', computerName: 'booth', mode: 'lighting' } as const;

const sample = readCaptures('opus-quad').find(({ name }) => name === 'opus-status-playing');
const read = sample && status.decode(sample.bytes);
if (!read?.ok) throw new Error('the sample status decodes');
const playing = read.value;

export const UNIT_MAC = 'c8:3d:fc:01:02:03';

export const unitKeepAlive = (address: string, mac = UNIT_MAC): Uint8Array =>
  keepAlive.encode({
    ...{ name: OPUS_NAME, structure: 2, number: 9, seniority: 1, mac, address, peers: 2 },
    ...{ reserved: new Uint8Array(3), deviceKind: 'player', generation: 0 },
  });
export const opusKeepAlive = unitKeepAlive(UNIT);
export const hello = lightingHello.encode({ name: OPUS_NAME, number: 9 });
export const statusOf = (change: Partial<typeof playing>): Uint8Array =>
  status.encode({ ...playing, ...change }, 0x11c);

export type Bench = ReturnType<typeof bench>;

/** @param watchedMs how long it has been on the network before time 0 */
export function bench(
  change: Partial<Parameters<typeof openSession>[0]> = {},
  interfaces: readonly Interface[] = [nic],
  watchedMs: Ms = 3000,
) {
  let state: SessionState = openSession({ ...options, ...change });
  let at = -watchedMs;
  let wakeAt: number | null = null;
  const sent: { at: number; to: string; port: number; bytes: Uint8Array; packet: Packet }[] = [];
  const events: ShowEvent[] = [];
  const notes: string[] = [];
  function feed(input: SessionInput): void {
    const stepped = step(state, input, at);
    state = stepped.state;
    wakeAt = stepped.wakeAt;
    for (const { to, bytes } of stepped.send) {
      const decoded = decode(to, bytes);
      if (!decoded.ok || decoded.packet === null) throw new Error('sent something nobody can read');
      sent.push({ at, to: to.address, port: to.port, bytes, packet: decoded.packet });
    }
    events.push(...stepped.events);
    notes.push(...stepped.notes.map(({ text }) => text));
  }
  function hear(port: number, bytes: Uint8Array, address = UNIT): void {
    feed({ kind: 'datagram', datagram: { from: { address, port: 50123 }, port, bytes, stamp: { notBefore: at, at } } });
  }
  /** Lets time pass; every wake the session asked for is given. */
  function pass(ms: number): void {
    const end = at + ms;
    while (wakeAt !== null && wakeAt <= end) {
      at = Math.max(at, wakeAt);
      feed({ kind: 'wake' });
      if (wakeAt !== null && wakeAt < at) throw new Error('asked to be woken in the past');
    }
    at = end;
  }
  const see = (seen: readonly Interface[], absence: InterfaceAbsence = 'unknown'): void =>
    feed({ kind: 'interfaces', interfaces: seen, absence });
  see(interfaces);
  pass(watchedMs);
  const kinds = () => sent.map(({ packet }) => packet.kind);
  return { feed, see, hear, pass, sent, events, notes, kinds, state: () => state, now: () => at };
}
