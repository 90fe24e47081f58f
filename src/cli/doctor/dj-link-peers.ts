/** Who makes itself known on the network of the decks, and whether the ports for hearing it are free. Only listens. */
import { decode } from '../../../bridges/opus-quad/codec.ts';
import { PORTS } from '../../../bridges/opus-quad/layout.ts';
import { type Network, PortHeld, type Socket } from '../../network/network.ts';

/** A unit, player or program, as its packets on port 50000 name it. */
export interface DjLinkPeer {
  readonly name: string;
  readonly address: string;
  /** Its number on the network; null: it has not said one. */
  readonly number: number | null;
}

/** How one of the three UDP ports stands. */
export type LinkPort =
  | { readonly kind: 'free'; readonly port: number }
  /** `holder` as `name (pid 123)`; null: the system does not tell. */
  | { readonly kind: 'held'; readonly port: number; readonly holder: string | null; readonly message: string }
  | { readonly kind: 'refused'; readonly port: number; readonly message: string };

export interface Presence {
  readonly ports: readonly LinkPort[];
  /** Everyone heard so far, by name and address; empty as well where port 50000 could not be had. */
  peers(): readonly DjLinkPeer[];
  /** Gives the ports back. */
  close(): Promise<void>;
}

/** Opens the three ports and listens until closed. Never throws: a port that cannot be had says why. */
export async function listenForPeers(network: Network): Promise<Presence> {
  const heard = new Map<string, DjLinkPeer>();
  const ports: LinkPort[] = [];
  const sockets: Socket[] = [];
  for (const port of Object.values(PORTS)) {
    try {
      const socket = await network.open(
        { address: '0.0.0.0', port },
        {
          datagram({ from: { address }, bytes }) {
            const decoded = decode({ port }, bytes);
            if (port !== PORTS.presence || !decoded.ok || decoded.packet === null) return;
            const { packet } = decoded;
            const number = 'number' in packet ? packet.number : null;
            heard.set(`${packet.name} ${address} ${number}`, { name: packet.name, address, number });
          },
          failed() {},
        },
      );
      sockets.push(socket);
      ports.push({ kind: 'free', port });
    } catch (error) {
      const { message } = error as Error;
      const isHeld = error instanceof PortHeld;
      ports.push(isHeld ? { kind: 'held', port, holder: error.holder, message } : { kind: 'refused', port, message });
    }
  }
  return {
    ports,
    peers: () => [...heard].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, peer]) => peer),
    async close() {
      await Promise.all(sockets.map(socket => socket.close()));
    },
  };
}
