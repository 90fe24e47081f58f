/** Runs a simulated unit by itself: inputs at their times, wakes when it asks for them, and a list of all that left. */
import { decode, type Packet } from '../../../../bridges/opus-quad/codec.ts';
import { binaryRequest, keepAlive, PORTS, statusRequest } from '../../../../bridges/opus-quad/layout.ts';
import { type DemoTrack, trackTitled } from '../../../../bridges/opus-quad/simulator/demo-tracks.ts';
import { NO_QUIRKS, type Quirks } from '../../../../bridges/opus-quad/simulator/quirks.ts';
import { step } from '../../../../bridges/opus-quad/simulator/unit.ts';
import {
  type DjAction,
  poweredUp,
  type SimulatedUnit,
  type UnitInput,
  type UnitSettings,
} from '../../../../bridges/opus-quad/simulator/unit-state.ts';
import type { Ms } from '../../../../src/core/clock.ts';

export const UNIT = '192.168.112.180';
export const PEER = '192.168.112.173';
const PEER_MAC = '00:e0:4c:65:3b:75';

export const settings = (quirks: Partial<Quirks> = {}, seed = 1): UnitSettings => ({
  address: UNIT,
  broadcast: '192.168.112.255',
  mac: 'c8:3d:fc:01:02:03',
  peer: null,
  quirks: { ...NO_QUIRKS, ...quirks },
  seed,
});

export interface Left {
  readonly at: Ms;
  readonly to: string;
  readonly port: number;
  readonly fromPort: number | null;
  readonly bytes: Uint8Array;
  readonly packet: Packet | null;
}

export type Timed = readonly [at: Ms, input: UnitInput];

/** All that a unit sends until a moment, and what has become of it; `between` is shown each stretch between two steps. */
export function rehearse(
  start: UnitSettings | SimulatedUnit,
  inputs: readonly Timed[],
  until: Ms,
  between: (unit: SimulatedUnit, from: Ms, to: Ms) => void = () => {},
): { readonly left: readonly Left[]; readonly unit: SimulatedUnit } {
  let unit = 'decks' in start ? start : poweredUp(start, 0);
  const left: Left[] = [];
  let wakeAt = 0;
  const feed = (input: UnitInput, at: Ms): void => {
    const stepped = step(unit, input, at);
    unit = stepped.state;
    if (!(stepped.wakeAt > at)) throw new Error(`woken at ${at}, it wants to be woken at ${stepped.wakeAt}`);
    wakeAt = stepped.wakeAt;
    for (const { to, fromPort, bytes } of stepped.send) {
      const decoded = decode({ port: to.port }, bytes);
      left.push({ at, to: to.address, port: to.port, fromPort, bytes, packet: decoded.ok ? decoded.packet : null });
    }
  };
  const waiting = [...inputs].sort((a, b) => a[0] - b[0]);
  let last = 0;
  for (;;) {
    const next = waiting[0];
    const at = Math.min(wakeAt, next?.[0] ?? Infinity);
    if (at > until) return { left, unit };
    between(unit, last, at);
    last = at;
    if (next !== undefined && next[0] <= wakeAt) {
      waiting.shift();
      feed(next[1], next[0]);
    } else feed({ kind: 'wake' }, wakeAt);
  }
}

export const acts = (...list: readonly (readonly [Ms, DjAction])[]): Timed[] =>
  list.map(([at, act]) => [at, { kind: 'act', act }]);

const fromPeer = (port: number, bytes: Uint8Array, address = PEER): UnitInput => ({
  kind: 'datagram',
  from: { address, port: 50002 },
  port,
  bytes,
});

export const lightingKeepAlive = (address = PEER): Uint8Array =>
  keepAlive.encode({
    ...{ name: 'rekordbox', structure: 3, number: 0x17, seniority: 1, mac: PEER_MAC, address, peers: 4 },
    ...{ reserved: Uint8Array.of(1, 0, 0), deviceKind: 'rekordbox', generation: 8 },
  });

export const playerKeepAlive = (address = PEER): Uint8Array =>
  keepAlive.encode({
    ...{ name: 'decklight', structure: 2, number: 7, seniority: 1, mac: PEER_MAC, address, peers: 2 },
    ...{ reserved: new Uint8Array(3), deviceKind: 'player', generation: 0x64 },
  });

export const hears = (at: Ms, bytes: Uint8Array, address = PEER): Timed => [
  at,
  fromPeer(PORTS.presence, bytes, address),
];

/** A peer that keeps alive every 1.5 s from `from` until `until`. */
export function keepsAlive(bytes: Uint8Array, from: Ms, until: Ms, address = PEER): Timed[] {
  const times: Timed[] = [];
  for (let at = from; at <= until; at += 1500) times.push(hears(at, bytes, address));
  return times;
}

export const asksForStatus = (at: Ms, address = PEER): Timed => [
  at,
  fromPeer(
    PORTS.status,
    statusRequest.encode({ name: 'rekordbox', number: 0x17, numberAgain: 0x17, computerName: 'rig' }),
    address,
  ),
];

export const asksForPhrases = (at: Ms, trackId: number, rawDeck: number): Timed => [
  at,
  fromPeer(PORTS.status, binaryRequest.encode({ name: 'rekordbox', number: 0x17, trackId, dataType: 10, rawDeck })),
];

export const sends = (at: Ms, port: number, bytes: Uint8Array): Timed => [at, fromPeer(port, bytes)];

/** A lighting peer from the first moment on. */
export const lighting = (until: Ms): Timed[] => [...keepsAlive(lightingKeepAlive(), 0, until), asksForStatus(1)];

/** A player peer from the first moment on. */
export const player = (until: Ms): Timed[] => keepsAlive(playerKeepAlive(), 0, until);

/** The packets of one kind, each with the moment it left. */
export const ofKind = <K extends Packet['kind']>(left: readonly Left[], kind: K) =>
  left.flatMap(each =>
    each.packet?.kind === kind ? [{ ...each, packet: each.packet as Packet & { readonly kind: K } }] : [],
  );

export const titled = (title: string): DemoTrack => {
  const track = trackTitled(title);
  if (track === null) throw new Error(`no track is called ${title}`);
  return track;
};
