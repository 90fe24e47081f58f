/**
 * The simulated unit on a wire: in memory or on real sockets, on any clock.
 *
 * Keep-alives leave from the socket on 50000. All else leaves from one of a few sockets on ports of their own, in turn:
 * a real player takes a new source port for every packet, and whoever filters by source port should notice.
 */
import type { Cancel, Clock, Ms } from '../../../src/core/clock.ts';
import type { DeckNumber } from '../../../src/core/deck-report.ts';
import { playScript } from '../../../src/live/timed-script.ts';
import {
  broadcastOf,
  type Interface,
  isLoopback,
  isOnSubnet,
  type Listener,
  type Network,
  type Socket,
} from '../../../src/network/network.ts';
import { PORTS } from '../layout.ts';
import type { DjScript } from './dj-script.ts';
import type { PlayheadTruth } from './simulated-deck.ts';
import { step } from './unit.ts';
import {
  type DjAction,
  poweredUp,
  type SimulatedUnit,
  truths,
  type UnitDatagram,
  type UnitInput,
} from './unit-state.ts';

export interface SimulatedUnitOptions {
  readonly network: Network;
  readonly clock: Clock;
  /** Address of the host that the unit has. */
  readonly interfaceAddress: string;
  /** Receiver of its keep-alives; null: everybody on the network. On loopback it must be given. */
  readonly peer: string | null;
  readonly set: DjScript;
  /** Told of each act as it happens, and of what went wrong on the wire. */
  readonly log?: (text: string) => void;
  /** Told every 10 ms where the decks truly are. */
  readonly onTruth?: (at: Ms, decks: readonly UnitTruth[]) => void;
}

export type UnitTruth = { readonly deck: DeckNumber } & PlayheadTruth;

export interface OpenSimulatedUnit {
  readonly address: string;
  /** Tells the truth of the decks at a moment, not before the last act. */
  truth(at: Ms): readonly UnitTruth[];
  /** Does something now, besides what the set says. */
  act(act: DjAction): void;
  close(): Promise<void>;
}

const SOURCE_PORTS = 4;
const TRUTH_EVERY_MS: Ms = 10;
/** MAC address of a unit whose interface has none: that of the published example of a keep-alive for simulators. */
const MADE_UP_MAC = 'c8:3d:fc:01:02:03';

/**
 * Switches a simulated unit on; the set begins at once.
 *
 * @throws PortHeld when another program has one of the three ports; Error when the host does not have the address
 */
export async function openSimulatedUnit(options: SimulatedUnitOptions): Promise<OpenSimulatedUnit> {
  const { network, clock, interfaceAddress: address, peer, set, log = () => {}, onTruth } = options;
  const nic = interfaceOf(network, address);
  if (isLoopback(address) && peer === null) throw new Error(`${address} is loopback: say which address to talk to`);
  let isOpen = false;
  let cancelWake: Cancel = () => {};
  const sockets = await openUnitSockets(network, address, {
    datagram: ({ from, port, bytes }) => handle({ kind: 'datagram', from, port, bytes }),
    failed: error => log(`simulated unit: ${error.message}`),
  });

  const startedAt = clock.now();
  const { quirks, seed } = set;
  const mac = /^00(:00)*$/.test(nic.mac) ? MADE_UP_MAC : nic.mac;
  let unit: SimulatedUnit = poweredUp({ address, broadcast: broadcastOf(nic), mac, peer, quirks, seed }, startedAt);
  isOpen = true;

  function handle(input: UnitInput): void {
    if (!isOpen) return;
    const { state, send, wakeAt } = step(unit, input, clock.now());
    unit = state;
    for (const datagram of send) sockets.send(datagram);
    cancelWake();
    cancelWake = clock.at(wakeAt, () => handle({ kind: 'wake' }));
  }

  handle({ kind: 'wake' });
  const stopScript = playScript(set, clock, ({ act, text }) => {
    log(text);
    handle({ kind: 'act', act });
  });
  const stopTruth =
    onTruth === undefined ? () => {} : every(TRUTH_EVERY_MS, clock, at => onTruth(at, truths(unit, at)));

  return {
    address,
    truth: at => truths(unit, at),
    act: act => handle({ kind: 'act', act }),
    async close() {
      isOpen = false;
      cancelWake();
      stopScript();
      stopTruth();
      await sockets.close();
    },
  };
}

interface UnitSockets {
  send(datagram: UnitDatagram): void;
  close(): Promise<void>;
}

/** @throws PortHeld when another program has one of the three ports; none stays open then */
async function openUnitSockets(network: Network, address: string, listener: Listener): Promise<UnitSockets> {
  const opened: Socket[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map(socket => socket.close()));
  };
  const open = async (local: string, port: number): Promise<Socket> => {
    const socket = await network.open({ address: local, port }, listener);
    opened.push(socket);
    return socket;
  };
  const everywhere = isLoopback(address) ? address : '0.0.0.0';
  try {
    const presence = await open(everywhere, PORTS.presence);
    await open(everywhere, PORTS.timing);
    await open(everywhere, PORTS.status);
    const sources: Socket[] = [];
    for (let i = 0; i < SOURCE_PORTS; i++) sources.push(await open(address, 0));
    let next = 0;
    return {
      send({ to, fromPort, bytes }) {
        const source = fromPort === PORTS.presence ? presence : (sources[next++ % SOURCE_PORTS] ?? presence);
        source.send(to, bytes);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Does something at a steady pace, the first time after one period. @returns what stops it */
function every(periodMs: Ms, clock: Clock, run: (at: Ms) => void): Cancel {
  let cancel: Cancel = () => {};
  function wait(due: Ms): void {
    cancel = clock.at(due, () => {
      const now = clock.now();
      run(now);
      wait(Math.max(due + periodMs, now));
    });
  }
  wait(clock.now() + periodMs);
  return () => cancel();
}

function interfaceOf(network: Network, address: string): Interface {
  const interfaces = network.interfaces();
  const found =
    interfaces.find(nic => nic.address === address) ??
    // Systems answer on every loopback address (127.0.0.2 …) and list only the first.
    interfaces.find(nic => isLoopback(nic.address) && isLoopback(address) && isOnSubnet(nic, address));
  if (found !== undefined) return found;
  const known = interfaces.map(nic => `${nic.address} (${nic.name})`).join(', ') || 'none';
  throw new Error(`this machine has no interface with the address ${address}; it has ${known}`);
}
