/** The three UDP ports of DJ Link: opened one by one, tried again until all are ours, and what is in the way. */
import type { Log } from '../../src/bridge.ts';
import type { Clock, Ms } from '../../src/core/clock.ts';
import { type Datagram, type Endpoint, isLoopback, type Network, type Socket } from '../../src/network/network.ts';
import { meaningOf, TROUBLE_SHOWN_MS } from '../../src/network/network-errors.ts';
import { PORTS } from './layout.ts';

export interface LinkPorts {
  /** Opens what is not open yet. Never throws: what is in the way is logged once and shows in `trouble`. */
  open(): Promise<void>;
  /** All three are ours. */
  areOpen(): boolean;
  send(to: Endpoint, bytes: Uint8Array): void;
  /** Reason why a port is not ours; null: all three are, or nobody has tried. */
  portTrouble(): string | null;
  /** Latest trouble of sending or receiving; null: none. */
  linkTrouble(at: Ms): string | null;
  close(): Promise<void>;
}

export interface LinkPortsHost {
  readonly clock: Clock;
  readonly network: Network;
  readonly log: Log;
  /** Address of our interface as the profile gives it. */
  readonly interface: 'auto' | string;
  datagram(datagram: Datagram): void;
}

export function linkPorts(host: LinkPortsHost): LinkPorts {
  const { clock, network, log } = host;
  // A socket bound to one address hears no broadcast; on loopback there is none to hear.
  const local = isLoopback(host.interface) ? host.interface : '0.0.0.0';
  const sockets = new Map<number, Socket>();
  let portTrouble: string | null = null;
  let linkTrouble: { readonly text: string; readonly at: Ms } | null = null;
  let isClosed = false;
  /** The attempt to open them that is under way; null: none is. */
  let opening: Promise<void> | null = null;

  /** Said once per kind of trouble, and again when it comes back after it was over. */
  function complain(text: string): void {
    const at = clock.now();
    const isNews = linkTrouble === null || linkTrouble.text !== text || at - linkTrouble.at > TROUBLE_SHOWN_MS;
    if (isNews) log.warn({}, text);
    linkTrouble = { text, at };
  }

  async function openPort(port: number): Promise<void> {
    if (sockets.has(port) || isClosed) return;
    const socket = await network.open(
      { address: local, port },
      { datagram: datagram => host.datagram(datagram), failed: error => complain(meaningOf(error)) },
    );
    if (isClosed) await socket.close();
    else sockets.set(port, socket);
  }

  async function openAll(): Promise<void> {
    try {
      for (const port of Object.values(PORTS)) await openPort(port);
      if (areOpen()) portTrouble = null;
    } catch (error) {
      const { message } = error as Error;
      if (message !== portTrouble) log.warn({}, message);
      portTrouble = message;
    }
  }

  const areOpen = (): boolean => sockets.size === Object.values(PORTS).length;

  return {
    areOpen,
    open() {
      opening ??= openAll().finally(() => {
        opening = null;
      });
      return opening;
    },
    // Everything is sent from the port that status comes to, as the field's other bridges do [I].
    send: (to, bytes) => sockets.get(PORTS.status)?.send(to, bytes),
    portTrouble: () => portTrouble,
    linkTrouble: at => (linkTrouble !== null && at - linkTrouble.at < TROUBLE_SHOWN_MS ? linkTrouble.text : null),
    async close() {
      isClosed = true;
      await Promise.all([...sockets.values()].map(socket => socket.close()));
      sockets.clear();
    },
  };
}
