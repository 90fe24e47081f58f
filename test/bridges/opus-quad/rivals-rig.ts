/** Several programs that want to pose as rekordbox's lighting, and one simulated unit, on a network in memory. */
import { decode } from '../../../bridges/opus-quad/codec.ts';
import { openOpusQuad } from '../../../bridges/opus-quad/device.ts';
import { keepAlive, PORTS } from '../../../bridges/opus-quad/layout.ts';
import { type SessionOptions, USUAL_OPTIONS } from '../../../bridges/opus-quad/session/session-state.ts';
import { parseDjScript } from '../../../bridges/opus-quad/simulator/dj-script.ts';
import { openSimulatedUnit } from '../../../bridges/opus-quad/simulator/unit-on-network.ts';
import type { OpenBridge } from '../../../src/bridge.ts';
import { type Ms, virtualClock } from '../../../src/core/clock.ts';
import { IDEAL_NETWORK, memoryNetwork, type NetworkConditions } from '../../../src/network/memory-network.ts';
import type { Interface, Network } from '../../../src/network/network.ts';
import { testHost } from '../fake-host.ts';

export const UNIT = '10.0.0.2';
const REKORDBOX = '10.0.0.66';
const SET = `
acts:
  - { at: 0:00, deck: 1, load: Night Tram, on-air: on }
  - { at: 0:02, deck: 1, play }
`;

const nic = (address: string): Interface => ({
  name: 'eth0',
  address,
  netmask: '255.255.255.0',
  mac: `02:00:00:00:00:${address.split('.')[3]?.padStart(2, '0')}`,
});

const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

/** In what the options of a program differ from the usual ones. */
export type ProgramChange = Partial<Pick<SessionOptions, 'mode' | 'onRival' | 'model' | 'unitAddress'>>;

/** A Decklight on a machine of its own. */
export interface Program {
  readonly address: string;
  /** When it sent something, and what. */
  readonly sent: readonly { readonly at: Ms; readonly kind: string; readonly ourAddress: string | null }[];
  /** When a status of a deck was told to its show. */
  readonly reportsAt: readonly Ms[];
  readonly log: readonly string[];
  text(): string;
  isReady(): boolean;
  /** Hears nothing of another machine, nor that one of it. */
  partFrom(address: string | null): void;
  /** Its machine gets another address. */
  renumber(address: string): void;
  /** Its cable is pulled or plugged in. */
  plug(isIn: boolean): void;
  /** Ends it, as a crash does: without a word. */
  end(): Promise<void>;
}

export async function rivalStage(weather: Partial<NetworkConditions> = {}) {
  const clock = virtualClock();
  const memory = memoryNetwork(clock, { ...IDEAL_NETWORK, delayMinMs: 0.2, delayMaxMs: 2, ...weather });
  const unitHost = memory.host(nic(UNIT));
  const rekordboxHost = memory.host(nic(REKORDBOX));

  async function open(address: string, change: ProgramChange = {}): Promise<Program> {
    const own = memory.host(nic(address));
    const sent: { at: Ms; kind: string; ourAddress: string | null }[] = [];
    const reportsAt: Ms[] = [];
    let parted: string | null = null;
    const network: Network = {
      ...own,
      async open(local, listener) {
        const socket = await own.open(local, {
          ...listener,
          datagram: datagram => {
            if (datagram.from.address !== parted) listener.datagram(datagram);
          },
        });
        return {
          ...socket,
          send(to, bytes) {
            const decoded = decode(to, bytes);
            const packet = decoded.ok ? decoded.packet : null;
            const ourAddress = packet?.kind === 'keep-alive' ? packet.address : null;
            sent.push({ at: clock.now(), kind: packet?.kind ?? 'unknown', ourAddress });
            socket.send(to, bytes);
          },
        };
      },
    };
    const { host, log } = testHost(clock, network, (event, { at }) => {
      if (event.kind === 'deck.report') reportsAt.push(at);
    });
    const options = { ...USUAL_OPTIONS, unit: 'opus', mode: 'lighting' } as const;
    const bridge: OpenBridge = openOpusQuad({ ...options, computerName: `booth ${address}`, ...change }, host);
    await settled();
    return {
      ...{ address, sent, reportsAt, log },
      text: () => bridge.status().text,
      isReady: () => bridge.status().state === 'ready',
      partFrom: other => {
        parted = other;
      },
      renumber: to => own.renumber({ ...nic(address), address: to }),
      plug: isIn => own.plug(isIn),
      end: () => bridge.close(),
    };
  }

  return {
    clock,
    open,
    pass: (ms: Ms) => clock.advance(ms),
    async unit(quirks = '') {
      const set = parseDjScript(`quirks: { ${quirks} }${SET}`, 'set');
      if (!set.ok) throw new Error(set.mistakes.join('\n'));
      const where = { network: unitHost, clock, interfaceAddress: UNIT, peer: null };
      return openSimulatedUnit({ ...where, set: set.set });
    },
    /** rekordbox's lighting: its keep-alive every 2 s, byte for byte. @returns what ends it */
    async rekordbox(): Promise<() => void> {
      const socket = await rekordboxHost.open({ address: '0.0.0.0', port: 0 }, { datagram() {}, failed() {} });
      const { mac } = nic(REKORDBOX);
      const bytes = keepAlive.encode({
        ...{ name: 'rekordbox', structure: 3, number: 0x17, seniority: 1, mac, address: REKORDBOX, peers: 4 },
        ...{ reserved: Uint8Array.of(1, 0, 0), deviceKind: 'rekordbox', generation: 8 },
      });
      let isOn = true;
      const repeat = (): void => {
        if (!isOn) return;
        socket.send({ address: '10.0.0.255', port: PORTS.presence }, bytes);
        clock.at(clock.now() + 2000, repeat);
      };
      repeat();
      return () => {
        isOn = false;
      };
    },
  };
}

/** How many keep-alives a program sent in a stretch of time. */
export const keepAlivesIn = ({ sent }: Program, from: Ms, to: Ms): number =>
  sent.filter(({ at, kind }) => kind === 'keep-alive' && at >= from && at < to).length;

/** The longest time without a report in a stretch of time, its ends included. */
export function longestGap({ reportsAt }: Program, from: Ms, to: Ms): Ms {
  const times = [from, ...reportsAt.filter(at => at > from && at < to), to];
  return Math.max(...times.slice(1).map((at, i) => at - (times[i] ?? at)));
}

/** When a program's first report after a moment came; infinity: none has. */
export const firstReportAfter = ({ reportsAt }: Program, at: Ms): Ms => reportsAt.find(each => each > at) ?? Infinity;
