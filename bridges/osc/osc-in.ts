/** OSC in on the network: opens the port, hears whom the profile trusts, and hands on what they ask for. */
import type { BridgeHost, BridgeStatus } from '../../src/bridge.ts';
import type { Cancel, Ms } from '../../src/core/clock.ts';
import { type Datagram, isLoopback, type Socket } from '../../src/network/network.ts';
import { meaningOf } from '../../src/network/network-errors.ts';
import { decodeAll } from './codec.ts';
import { toOperatorAction } from './osc-in-addresses.ts';
import { RETRY_AFTER_MS } from './receiver.ts';

export interface OscInOptions {
  readonly port: number;
  /** Addresses that are heard beside this machine; none: the port is not open to the network at all. */
  readonly trust: readonly string[];
}

export interface OscIn {
  status(): BridgeStatus;
  close(): Promise<void>;
}

/** At most one line in this time about messages that mean nothing. */
const COMPLAIN_EVERY_MS: Ms = 5000;
/** So many strangers have a line each; a sender that makes up addresses must not fill log and memory. */
const STRANGERS_NAMED_MOST = 50;

export function openOscIn({ port, trust }: OscInOptions, host: BridgeHost): OscIn {
  const { clock, network, log } = host;
  const local = { address: trust.length === 0 ? '127.0.0.1' : '0.0.0.0', port };
  const strangers = new Set<string>();
  let socket: Socket | null = null;
  let trouble: string | null = null;
  let heard = 0;
  let refused = 0;
  /** Messages that meant nothing, since the last line about one. */
  let unsaid = 0;
  let saidAt: Ms = -Infinity;
  let isClosed = false;
  let cancelRetry: Cancel = () => {};

  async function open(): Promise<void> {
    try {
      const found = await network.open(local, { datagram: take, failed: error => complain(meaningOf(error)) });
      if (isClosed) return await found.close();
      socket = found;
    } catch (error) {
      if (isClosed) return;
      complain(`${meaningOf(error as Error)}; trying again every ${RETRY_AFTER_MS / 1000} s`);
      cancelRetry = clock.at(clock.now() + RETRY_AFTER_MS, () => void open());
      return;
    }
    trouble = null;
    log.info({ port }, `OSC in: port ${port}, from ${['this machine', ...trust].join(', ')}`);
  }

  /** Said once per kind of trouble. */
  function complain(text: string): void {
    if (text !== trouble) log.warn({ port }, `OSC in: ${text}`);
    trouble = text;
  }

  function take({ from: { address }, bytes, stamp }: Datagram): void {
    if (isClosed) return;
    if (!isLoopback(address) && !trust.includes(address)) return refuseStranger(address);
    for (const decoded of decodeAll(bytes)) {
      const read = decoded.ok ? toOperatorAction(decoded.message) : decoded;
      if (!read.ok) refuse(address, read.reason);
      else if (read.act !== null) {
        heard++;
        host.emit({ kind: 'operator.act', act: read.act }, stamp);
      }
    }
  }

  function refuseStranger(address: string): void {
    refused++;
    if (strangers.has(address) || strangers.size === STRANGERS_NAMED_MOST) return;
    strangers.add(address);
    log.warn({ address, port }, `OSC in: ${address} is not heard; to hear it, write trust: [${address}]`);
  }

  function refuse(address: string, reason: string): void {
    refused++;
    unsaid++;
    const at = clock.now();
    if (at - saidAt < COMPLAIN_EVERY_MS) return;
    const more = unsaid === 1 ? '' : ` (and ${unsaid - 1} more before it)`;
    log.warn({ address, port }, `OSC in from ${address}: ${reason}${more}`);
    unsaid = 0;
    saidAt = at;
  }

  void open();
  return {
    status() {
      if (socket === null) return { state: 'waiting', text: `OSC in: ${trouble ?? `opening port ${port}`}` };
      const counts = `${heard} heard${refused === 0 ? '' : `, ${refused} refused`}`;
      return { state: 'ready', text: `in on ${port}, ${counts}${trouble === null ? '' : ` (${trouble})`}` };
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      cancelRetry();
      await socket?.close();
      socket = null;
    },
  };
}
