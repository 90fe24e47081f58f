/**
 * A network in memory: hosts that reach each other by UDP and TCP without a system's help. It runs on any Clock and can
 * delay, lose, double and reorder by a seed.
 */
import type { Clock, Ms } from '../core/clock.ts';
import { type Random, seededRandom } from '../core/random.ts';
import {
  broadcastOf,
  type Connection,
  type ConnectionListener,
  type Endpoint,
  type Interface,
  type Listener,
  type Network,
  PortHeld,
} from './network.ts';

/** Conditions of a network for datagrams on their way. Delays are even between the two bounds; two unequal ones reorder. */
export interface NetworkConditions {
  readonly seed: number;
  readonly delayMinMs: Ms;
  /** Bytes of a connection, which keep their order, all take this long. */
  readonly delayMaxMs: Ms;
  /** Share of datagrams lost, 0..1. */
  readonly loss: number;
  /** Share of datagrams that come twice, 0..1. */
  readonly duplication: number;
}

export const IDEAL_NETWORK: NetworkConditions = { seed: 1, delayMinMs: 0, delayMaxMs: 0, loss: 0, duplication: 0 };

export interface MemoryNetwork {
  /** A host with one interface; its broadcasts reach every host, itself included. */
  host(nic: Interface): MemoryHost;
  /** Changes what happens to datagrams from now on. */
  setConditions(conditions: NetworkConditions): void;
}

/** Takes a connection from somebody, and says who listens to it. */
export type Accept = (stream: Connection, from: Endpoint) => ConnectionListener;

export interface MemoryHost extends Network {
  /**
   * Pulls or plugs the cable: unplugged, nothing leaves or arrives, and the interface is not listed. Datagrams are lost
   * then; bytes of a connection wait.
   */
  plug(isIn: boolean): void;
  /** Gives its interface another address, or another name. Sockets stay open. */
  renumber(nic: Interface): void;
  /** Takes TCP connections on a port. @returns what ends that; connections that stand go on */
  listen(port: number, accept: Accept): () => void;
}

interface OpenSocket {
  readonly local: Endpoint;
  readonly listener: Listener;
}

interface MemoryPeer {
  nic: Interface;
  /** Of its subnet. */
  broadcast: string;
  readonly sockets: Map<number, OpenSocket>;
  readonly doors: Map<number, Accept>;
  isPlugged: boolean;
}

const FIRST_EPHEMERAL_PORT = 49152;

/** All hosts of a network and what is under way between them. */
interface World {
  readonly clock: Clock;
  readonly peers: MemoryPeer[];
  readonly pipes: Set<Pipe>;
  conditions: NetworkConditions;
  random: Random;
}

export function memoryNetwork(clock: Clock, first: NetworkConditions = IDEAL_NETWORK): MemoryNetwork {
  const world: World = { clock, peers: [], pipes: new Set(), conditions: first, random: seededRandom(first.seed) };
  return {
    setConditions(next) {
      world.conditions = next;
      world.random = seededRandom(next.seed);
    },
    host: nic => hostIn(world, nic),
  };
}

function hostIn(world: World, nic: Interface): MemoryHost {
  const broadcast = broadcastOf(nic);
  const peer: MemoryPeer = { nic, broadcast, sockets: new Map(), doors: new Map(), isPlugged: true };
  world.peers.push(peer);
  let nextPort = FIRST_EPHEMERAL_PORT;
  const socketAt = (port: number) => ({
    send: (to: Endpoint, bytes: Uint8Array) =>
      deliver(world, peer, { from: { address: peer.nic.address, port }, to, bytes: bytes.slice() }),
    async close() {
      peer.sockets.delete(port);
    },
  });
  return {
    interfaces: () => (peer.isPlugged ? [peer.nic] : []),
    absenceOf: name => (name === peer.nic.name ? 'no-cable' : 'not-there'),
    renumber(next) {
      peer.nic = next;
      peer.broadcast = broadcastOf(next);
    },
    plug(isIn) {
      peer.isPlugged = isIn;
      for (const each of world.pipes) each.flow();
    },
    listen(port, accept) {
      peer.doors.set(port, accept);
      return () => peer.doors.delete(port);
    },
    async open(local, listener) {
      const port = local.port === 0 ? nextPort++ : local.port;
      if (peer.sockets.has(port)) throw new PortHeld(port, null);
      peer.sockets.set(port, { local, listener });
      return socketAt(port);
    },
    dial: async () => socketAt(nextPort++),
    connect: async (to, listener) =>
      connect(world, peer, { from: { address: peer.nic.address, port: nextPort++ }, to }, listener),
  };
}

/** A datagram from one host. */
interface Letter {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly bytes: Uint8Array;
}

function deliver({ clock, peers, conditions, random }: World, sender: MemoryPeer, { from, to, bytes }: Letter): void {
  if (!sender.isPlugged) return;
  for (const peer of peers) {
    const isForAll = to.address === peer.broadcast || to.address === '255.255.255.255';
    if (peer.nic.address !== to.address && !isForAll) continue;
    const copies = random() < conditions.loss ? 0 : random() < conditions.duplication ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      const delay = conditions.delayMinMs + random() * (conditions.delayMaxMs - conditions.delayMinMs);
      clock.at(clock.now() + delay, () => {
        const socket = peer.sockets.get(to.port);
        if (socket === undefined || !peer.isPlugged) return;
        // A socket bound to one address hears what is sent to that address alone.
        if (socket.local.address !== '0.0.0.0' && socket.local.address !== to.address) return;
        const at = clock.now();
        socket.listener.datagram({ from, port: to.port, bytes, stamp: { notBefore: at, at } });
      });
    }
  }
}

function connect(
  world: World,
  caller: MemoryPeer,
  { from, to }: Omit<Letter, 'bytes'>,
  listener: ConnectionListener,
): Connection {
  const { clock, pipes } = world;
  const peer = caller.isPlugged
    ? world.peers.find(({ nic, isPlugged }) => isPlugged && nic.address === to.address)
    : undefined;
  if (peer === undefined) throw unreached('EHOSTUNREACH', to);
  const accept = peer.doors.get(to.port);
  if (accept === undefined) throw unreached('ECONNREFUSED', to);
  const isThrough = (): boolean => caller.isPlugged && peer.isPlugged;
  const near: StreamEnd = { listener, isOpen: true };
  const far: StreamEnd = { listener: null, isOpen: true };
  const out = pipe(clock, isThrough, far);
  const back = pipe(clock, isThrough, near);
  for (const each of pipes) if (each.isOver()) pipes.delete(each);
  pipes.add(out).add(back);
  const connectionOf = (end: StreamEnd, through: Pipe): Connection => ({
    send(bytes) {
      if (end.isOpen) through.put(bytes.slice(), world.conditions.delayMaxMs);
    },
    waitingBytes: () => through.waitingBytes(),
    async close() {
      if (!end.isOpen) return;
      end.isOpen = false;
      through.put(null, world.conditions.delayMaxMs);
    },
  });
  far.listener = accept(connectionOf(far, back), from);
  return connectionOf(near, out);
}

const unreached = (code: string, { address, port }: Endpoint): Error =>
  Object.assign(new Error(`connect ${code} ${address}:${port}`), { code });

interface StreamEnd {
  /** null: nobody has taken the connection yet. */
  listener: ConnectionListener | null;
  isOpen: boolean;
}

/** Direction of a connection. */
interface Pipe {
  /** @param bytes null: the end */
  put(bytes: Uint8Array | null, delayMs: Ms): void;
  waitingBytes(): number;
  /** Lets out what is due. */
  flow(): void;
  /** Nobody is there any more to let it out to. */
  isOver(): boolean;
}

function pipe(clock: Clock, isThrough: () => boolean, to: StreamEnd): Pipe {
  const waiting: { readonly bytes: Uint8Array | null; readonly due: Ms }[] = [];
  let lastDue: Ms = 0;
  let waitingBytes = 0;

  function flow(): void {
    while (waiting[0] !== undefined && waiting[0].due <= clock.now() && isThrough()) {
      const bytes = waiting.shift()?.bytes ?? null;
      waitingBytes -= bytes?.length ?? 0;
      if (!to.isOpen) continue;
      if (bytes === null) {
        to.isOpen = false;
        to.listener?.closed(null);
      } else to.listener?.bytes(bytes);
    }
  }

  return {
    put(bytes, delayMs) {
      lastDue = Math.max(lastDue, clock.now() + delayMs);
      waiting.push({ bytes, due: lastDue });
      waitingBytes += bytes?.length ?? 0;
      clock.at(lastDue, flow);
    },
    waitingBytes: () => waitingBytes,
    flow,
    isOver: () => !to.isOpen,
  };
}
