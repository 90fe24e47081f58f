/**
 * A host's way onto a network: its interfaces, its UDP sockets and its TCP connections. The live one is
 * src/live/live-network.ts, one in memory is memory-network.ts.
 */
import type { Stamp } from '../core/clock.ts';

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

/** End of a TCP connection: bytes arrive in order, none is lost while it stands. */
export interface Connection {
  /** Hands the bytes to the network; once the connection is gone they go nowhere. */
  send(bytes: Uint8Array): void;
  /** Counts the bytes that the system has not taken yet. Grows when the other side does not read. */
  waitingBytes(): number;
  /** Leaves at once: what still waits is given up. */
  close(): Promise<void>;
}

export interface ConnectionListener {
  bytes(bytes: Uint8Array): void;
  /** The connection is gone. Told once, and not after our own `close`. @param error null: the other side has closed it */
  closed(error: Error | null): void;
}

/**
 * Reason why an interface is not listed: no cable in it, switched off, without an IPv4 address, not there at all (an adapter that
 * was unplugged), or listed after all; `unknown` where the system does not tell.
 */
export type InterfaceAbsence = 'no-cable' | 'switched-off' | 'no-address' | 'not-there' | 'unknown';

export interface Network {
  /** The interfaces of this host that are up and have an IPv4 address, loopback included. */
  interfaces(): readonly Interface[];
  /** Gives the reason why an interface that was listed once is listed no more. @param name of the interface */
  absenceOf(name: string): InterfaceAbsence;
  /**
   * Opens a UDP socket.
   *
   * @param local address 0.0.0.0: every interface, and broadcasts; port 0: any
   * @throws PortHeld when another program has the port
   */
  open(local: Endpoint, listener: Listener): Promise<Socket>;
  /** Opens a UDP socket that talks to one endpoint and hears nobody else. */
  dial(to: Endpoint, failed: (error: Error) => void): Promise<Socket>;
  /**
   * Makes a TCP connection.
   *
   * @throws an Error with the system's `code` when nobody answers, or nobody listens there
   */
  connect(to: Endpoint, listener: ConnectionListener): Promise<Connection>;
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

/** Tells whether an address lies in the subnet of an interface. */
export const isOnSubnet = (nic: Interface, address: string): boolean => {
  const netmask = toNumber(nic.netmask) | 0;
  return ((toNumber(nic.address) | 0) & netmask) === ((toNumber(address) | 0) & netmask);
};

export const isLoopback = (address: string): boolean => address.startsWith('127.');
