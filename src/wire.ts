/**
 * A host's way onto a network: its interfaces and its UDP sockets. Two kinds exist: the live one in the shell, and the
 * one in memory here, which runs on any Clock and can delay, lose, double and reorder by a seed.
 */
import type { Clock, Ms, Stamp } from './core/clock.ts';
import { type Random, seededRandom } from './core/random.ts';

export interface Interface {
  readonly name: string;
  /** IPv4 address. */
  readonly address: string;
  readonly netmask: string;
  readonly mac: string;
}

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface Datagram {
  readonly from: Endpoint;
  /** The local port it came to. */
  readonly port: number;
  readonly bytes: Uint8Array;
  readonly stamp: Stamp;
}

export interface Socket {
  /** Hands the bytes to the network; a failure comes back through `failed`, never as an exception. */
  send(to: Endpoint, bytes: Uint8Array): void;
  close(): Promise<void>;
}

export interface Listener {
  datagram(datagram: Datagram): void;
  /** A send or receive that went wrong; the socket stays open. */
  failed(error: Error): void;
}

export interface Wire {
  /** The interfaces of this host that are up and have an IPv4 address, loopback included. */
  interfaces(): readonly Interface[];
  /**
   * Opens a UDP socket.
   *
   * @param local address 0.0.0.0: every interface, and broadcasts; port 0: any
   * @throws PortHeld when another program has the port
   */
  open(local: Endpoint, listener: Listener): Promise<Socket>;
  /** Opens a UDP socket that talks to one endpoint and hears nobody else. */
  dial(to: Endpoint, failed: (error: Error) => void): Promise<Socket>;
}

/** Another program has the port. */
export class PortHeld extends Error {
  readonly port: number;
  /** The program that holds it, as `name (pid 123)`; null when the system does not tell. */
  readonly holder: string | null;
  constructor(port: number, holder: string | null) {
    super(
      `UDP port ${port} is held by ${holder ?? 'another program'}; close ${holder === null ? 'it (rekordbox, another bridge?)' : 'it'}`,
    );
    this.name = 'PortHeld';
    this.port = port;
    this.holder = holder;
  }
}

// ---- addresses

const toNumber = (address: string): number => address.split('.').reduce((n, part) => n * 256 + Number(part), 0);
const toAddress = (n: number): string => [24, 16, 8, 0].map(shift => (n >>> shift) & 0xff).join('.');

/** The broadcast address of an interface's subnet. */
export const broadcastOf = (nic: Interface): string =>
  toAddress((toNumber(nic.address) | ~toNumber(nic.netmask)) >>> 0);

/** Whether an address lies in the subnet of an interface. */
export const isOnSubnet = (nic: Interface, address: string): boolean => {
  const netmask = toNumber(nic.netmask) | 0;
  return ((toNumber(nic.address) | 0) & netmask) === ((toNumber(address) | 0) & netmask);
};

export const isLoopback = (address: string): boolean => address.startsWith('127.');

// ---- in memory

/** What a network does to datagrams on their way. Delays are even between the two bounds; two unequal ones reorder. */
export interface Weather {
  readonly seed: number;
  readonly delayMinMs: Ms;
  readonly delayMaxMs: Ms;
  /** Share of datagrams lost, 0..1. */
  readonly loss: number;
  /** Share of datagrams that come twice, 0..1. */
  readonly duplication: number;
}

export const FAIR_WEATHER: Weather = { seed: 1, delayMinMs: 0, delayMaxMs: 0, loss: 0, duplication: 0 };

export interface MemoryNetwork {
  /** A host with one interface; its broadcasts reach every host, itself included. */
  host(nic: Interface): MemoryHost;
  /** Changes the weather from now on. */
  setWeather(weather: Weather): void;
}

export interface MemoryHost extends Wire {
  /** Pulls or plugs the cable: unplugged, nothing leaves or arrives, and the interface is not listed. */
  plug(isIn: boolean): void;
}

interface OpenSocket {
  readonly local: Endpoint;
  readonly listener: Listener;
}

interface MemoryPeer {
  readonly nic: Interface;
  readonly sockets: Map<number, OpenSocket>;
  isPlugged: boolean;
}

const FIRST_EPHEMERAL_PORT = 49152;

export function memoryNetwork(clock: Clock, first: Weather = FAIR_WEATHER): MemoryNetwork {
  const peers: MemoryPeer[] = [];
  let weather = first;
  let random: Random = seededRandom(weather.seed);

  function deliver(from: MemoryPeer, source: Endpoint, to: Endpoint, bytes: Uint8Array): void {
    if (!from.isPlugged) return;
    for (const peer of peers) {
      const isForAll = to.address === broadcastOf(peer.nic) || to.address === '255.255.255.255';
      if (peer.nic.address !== to.address && !isForAll) continue;
      const copies = random() < weather.loss ? 0 : random() < weather.duplication ? 2 : 1;
      for (let i = 0; i < copies; i++) {
        const delay = weather.delayMinMs + random() * (weather.delayMaxMs - weather.delayMinMs);
        clock.at(clock.now() + delay, () => {
          const socket = peer.sockets.get(to.port);
          if (socket === undefined || !peer.isPlugged) return;
          if (isForAll && socket.local.address !== '0.0.0.0') return;
          const at = clock.now();
          socket.listener.datagram({ from: source, port: to.port, bytes, stamp: { notBefore: at, at } });
        });
      }
    }
  }

  return {
    setWeather(next) {
      weather = next;
      random = seededRandom(next.seed);
    },
    host(nic) {
      const peer: MemoryPeer = { nic, sockets: new Map(), isPlugged: true };
      peers.push(peer);
      let nextPort = FIRST_EPHEMERAL_PORT;
      const socketAt = (port: number) => ({
        send: (to: Endpoint, bytes: Uint8Array) => deliver(peer, { address: nic.address, port }, to, bytes.slice()),
        async close() {
          peer.sockets.delete(port);
        },
      });
      return {
        interfaces: () => (peer.isPlugged ? [nic] : []),
        plug(isIn) {
          peer.isPlugged = isIn;
        },
        async open(local, listener) {
          const port = local.port === 0 ? nextPort++ : local.port;
          if (peer.sockets.has(port)) throw new PortHeld(port, null);
          peer.sockets.set(port, { local, listener });
          return socketAt(port);
        },
        dial: async () => socketAt(nextPort++),
      };
    },
  };
}
