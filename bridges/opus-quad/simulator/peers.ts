/**
 * Whom a simulated unit knows: the table it keeps of the keep-alives it hears.
 *
 * A peer is what its keep-alive says, byte for byte: rekordbox for lighting, a player, or nothing to this unit. One that
 * changes from one to the other is not heard until it has been silent for 20 s, as users of the real unit are told [D BLT].
 */
import type { Ms } from '../../../src/core/clock.ts';
import { isLightingKeepAlive, type KeepAliveValue } from '../layout.ts';

export type PeerClass = 'lighting' | 'player';

export interface UnitClient {
  /** From its keep-alive, which is where the unit sends to. */
  readonly address: string;
  /** Address its datagrams come from; nearly always the same. */
  readonly source: string;
  readonly peerClass: PeerClass;
  /** Its last datagram of any kind. */
  readonly heardAt: Ms;
  readonly keepAliveAt: Ms;
  /** Whether it has asked for status since it came. */
  readonly hasAsked: boolean;
  /** Whether it has changed its class. */
  readonly isRefused: boolean;
  readonly nextHelloAt: Ms;
}

/** A peer is forgotten after this long without a keep-alive [I BL]. */
export const PEER_EXPIRES_AFTER_MS: Ms = 10_000;
/** A peer that changed its class must be silent for this long [D BLT]. */
export const CLASS_FORGOTTEN_AFTER_MS: Ms = 20_000;

/** Gives the class that a keep-alive asks for; null: none to this unit. Whether the real unit looks as closely is not known [?]. */
export function classOf(packet: KeepAliveValue): PeerClass | null {
  if (packet.deviceKind === 'player') return 'player';
  return isLightingKeepAlive(packet) ? 'lighting' : null;
}

export const isPresent = (peer: UnitClient, at: Ms): boolean =>
  !peer.isRefused && at - peer.keepAliveAt < PEER_EXPIRES_AFTER_MS;

/** Tells whether the decks' statuses go to a client. */
export const isServed = (peer: UnitClient, at: Ms): boolean =>
  isPresent(peer, at) && (peer.peerClass === 'player' || peer.hasAsked);

/** The table after a keep-alive. */
export function withKeepAlive(
  peers: readonly UnitClient[],
  packet: KeepAliveValue,
  source: string,
  at: Ms,
): readonly UnitClient[] {
  const address = packet.address === '0.0.0.0' ? source : packet.address;
  const peerClass = classOf(packet);
  const known = peers.find(peer => peer.address === address);
  const others = peers.filter(peer => peer !== known);
  if (known === undefined || at - known.heardAt >= CLASS_FORGOTTEN_AFTER_MS) {
    if (peerClass === null) return others;
    const fresh = { hasAsked: false, isRefused: false, nextHelloAt: at };
    return [...others, { address, source, peerClass, heardAt: at, keepAliveAt: at, ...fresh }];
  }
  const heard: UnitClient = { ...known, source, heardAt: at };
  if (known.isRefused || peerClass !== known.peerClass) return [...others, { ...heard, isRefused: true }];
  if (isPresent(known, at)) return [...others, { ...heard, keepAliveAt: at }];
  return [...others, { ...heard, keepAliveAt: at, hasAsked: false, nextHelloAt: at }];
}

/** The table after any other datagram: silence is silence on every port, and who has kept it is forgotten. */
export const withDatagram = (peers: readonly UnitClient[], source: string, at: Ms): readonly UnitClient[] =>
  peers.flatMap(peer => {
    if (peer.source !== source) return [peer];
    return at - peer.heardAt >= CLASS_FORGOTTEN_AFTER_MS ? [] : [{ ...peer, heardAt: at }];
  });
