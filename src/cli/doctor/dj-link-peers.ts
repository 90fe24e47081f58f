/** Peers that make themselves known on the network of the decks, and the ports on which they are heard. Only listens. */
import { decode, nameOf, type Packet } from '../../../bridges/opus-quad/codec.ts';
import { isLightingKeepAlive, LIGHTING_NUMBER, PORTS } from '../../../bridges/opus-quad/layout.ts';
import { type DeviceSigns, noSigns, withSigns } from '../../../bridges/opus-quad/models.ts';
import { readMark } from '../../../bridges/opus-quad/session/lighting-turn.ts';
import { type Datagram, type Network, PortHeld, type Socket } from '../../network/network.ts';

/** A unit, player or program, as its packets on port 50000 name it. */
export interface DjLinkPeer {
  readonly name: string;
  readonly address: string;
  /** Its number on the network; null: it has not said one. */
  readonly number: number | null;
}

/** A device or program, whatever it is, by all that it has sent on the three ports. */
export interface DjLinkDevice {
  readonly address: string;
  readonly signs: DeviceSigns;
  /** True if the peer poses as rekordbox's lighting, which only one program at a time should. */
  readonly isLighting: boolean;
  /** The machine of a Decklight, where it has said that it is one; null: it has not. */
  readonly decklightOn: string | null;
}

/** State of one of the three UDP ports. */
export type LinkPort =
  | { readonly kind: 'free'; readonly port: number }
  /** `holder` as `name (pid 123)`; null: the system does not tell. */
  | { readonly kind: 'held'; readonly port: number; readonly holder: string | null; readonly message: string }
  | { readonly kind: 'refused'; readonly port: number; readonly message: string };

export interface Presence {
  readonly ports: readonly LinkPort[];
  /** Everyone heard so far on port 50000, by name, address and number; empty as well where it could not be had. */
  peers(): readonly DjLinkPeer[];
  /** Everyone heard so far on any port, by address and name. */
  devices(): readonly DjLinkDevice[];
  /** Gives the ports back. */
  close(): Promise<void>;
}

/** Most devices that are told apart; a network of decks has a dozen. */
const DEVICES_MOST = 256;

/** Opens the three ports and listens until closed. Never throws: a port that cannot be had says why. */
export async function listenForPeers(network: Network): Promise<Presence> {
  const peers = new Map<string, DjLinkPeer>();
  const devices = new Map<string, DjLinkDevice>();
  const ports: LinkPort[] = [];
  const sockets: Socket[] = [];
  for (const port of Object.values(PORTS)) {
    try {
      const datagram = (each: Datagram): void => note(each, peers, devices);
      sockets.push(await network.open({ address: '0.0.0.0', port }, { datagram, failed() {} }));
      ports.push({ kind: 'free', port });
    } catch (error) {
      const { message } = error as Error;
      const isHeld = error instanceof PortHeld;
      ports.push(isHeld ? { kind: 'held', port, holder: error.holder, message } : { kind: 'refused', port, message });
    }
  }
  return {
    ports,
    peers: () => inOrder(peers),
    devices: () => inOrder(devices),
    async close() {
      await Promise.all(sockets.map(socket => socket.close()));
    },
  };
}

const inOrder = <T>(heard: ReadonlyMap<string, T>): readonly T[] =>
  [...heard].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);

/** Takes note of who has sent a datagram; of one that nobody can read, its name at least. */
function note(datagram: Datagram, peers: Map<string, DjLinkPeer>, devices: Map<string, DjLinkDevice>): void {
  const { from, port, bytes } = datagram;
  const { address } = from;
  const decoded = decode({ port }, bytes);
  const packet = decoded.ok ? decoded.packet : null;
  if (port === PORTS.presence && packet !== null) {
    const number = 'number' in packet ? packet.number : null;
    peers.set(`${packet.name} ${address} ${number}`, { name: packet.name, address, number });
  }
  const name = nameOf({ port }, bytes);
  if (name === null) return;
  const key = `${address} ${name}`;
  const known = devices.get(key) ?? { address, signs: noSigns(name), isLighting: false, decklightOn: null };
  if (devices.size < DEVICES_MOST || devices.has(key)) devices.set(key, packet === null ? known : heard(known, packet));
}

function heard(device: DjLinkDevice, packet: Packet): DjLinkDevice {
  const poses = packet.kind === 'keep-alive' && (packet.number === LIGHTING_NUMBER || isLightingKeepAlive(packet));
  const machine = packet.kind === 'status-request' ? (readMark(packet.computerName)?.machine ?? null) : null;
  return {
    ...device,
    signs: withSigns(device.signs, packet),
    isLighting: device.isLighting || poses,
    decklightOn: machine ?? device.decklightOn,
  };
}
