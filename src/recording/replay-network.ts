/** The network of a replay: only what was recorded arrives, and nothing that is sent goes anywhere. */
import type { Ms } from '../core/clock.ts';
import type { Datagram, Endpoint, Interface, Listener, Network } from '../network/network.ts';

/** The machine's interfaces from a moment on. */
export interface RecordedNetwork {
  readonly at: Ms;
  readonly interfaces: readonly Interface[];
}

/** Bridges look at the interfaces at least this often. */
const LOOK_EVERY_MS: Ms = 2000;

/**
 * The interfaces at a moment, and those that a bridge had seen by its next look.
 *
 * A bridge does not look at the very moments at which it did that evening. So that it never sees an interface later than
 * it did, and misses what came in by it, it may see one a little earlier; one that is gone brings nothing in.
 */
export function interfacesAt(networks: readonly RecordedNetwork[], at: Ms): readonly Interface[] {
  const now = networks.findLastIndex(network => network.at <= at);
  const soon = networks.filter((network, i) => i >= now && network.at <= at + LOOK_EVERY_MS);
  const all = new Map(soon.flatMap(({ interfaces }) => interfaces.map(each => [JSON.stringify(each), each])));
  return [...all.values()];
}

export interface ReplayNetwork extends Network {
  deliver(to: Endpoint, datagram: Datagram): void;
}

const ANY_ADDRESS = '0.0.0.0';

/** A network on which only what was recorded arrives, and on which nothing that is sent goes anywhere. */
export function replayNetwork(interfaces: () => readonly Interface[]): ReplayNetwork {
  const sockets = new Set<{ readonly local: Endpoint; readonly listener: Listener }>();
  return {
    interfaces,
    absenceOf: () => 'unknown',
    deliver({ address, port }, datagram) {
      for (const { local, listener } of sockets) {
        const isMeant = local.address === ANY_ADDRESS || local.address === address;
        if (local.port === port && isMeant) listener.datagram(datagram);
      }
    },
    async open(local, listener) {
      const socket = { local, listener };
      sockets.add(socket);
      return {
        send() {},
        async close() {
          sockets.delete(socket);
        },
      };
    },
    dial: async () => ({ send() {}, async close() {} }),
    connect: async () => ({ send() {}, waitingBytes: () => 0, async close() {} }),
  };
}
