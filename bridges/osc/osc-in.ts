/** OSC in on the network: opens the port, hears whom the profile trusts, and passes on what they ask for. */
import type { BridgeHost, BridgeStatus, Log } from '../../src/bridge.ts';
import type { Clock, Ms } from '../../src/core/clock.ts';
import { type Datagram, isLoopback, type Socket } from '../../src/network/network.ts';
import { meaningOf } from '../../src/network/network-errors.ts';
import { retryingConnection, whenConnected } from '../../src/network/retrying-connection.ts';
import { decodeAll } from './codec.ts';
import { toOperatorAction } from './osc-in-addresses.ts';
import { RETRY_AFTER_MS, RETRY_TEXT } from './receiver.ts';

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
  const refused = refusals(port, clock, log);
  let heard = 0;
  let isClosed = false;
  const connection = retryingConnection<Socket>({
    clock,
    retryAfterMs: RETRY_AFTER_MS,
    failureEnding: RETRY_TEXT,
    begin(attempt) {
      const failed = (error: Error): void => attempt.troubled(meaningOf(error));
      return whenConnected(network.open(local, { datagram: take, failed }), attempt);
    },
    opened() {
      connection.forgetTrouble();
      log.info({ port }, `OSC in: port ${port}, from ${['this machine', ...trust].join(', ')}`);
    },
    lost() {},
    warn: text => log.warn({ port }, `OSC in: ${text}`),
  });

  function take({ from: { address }, bytes, stamp }: Datagram): void {
    if (isClosed) return;
    if (!isLoopback(address) && !trust.includes(address)) return refused.stranger(address);
    for (const decoded of decodeAll(bytes)) {
      const read = decoded.ok ? toOperatorAction(decoded.message) : decoded;
      if (!read.ok) refused.message(address, read.reason);
      else if (read.act !== null) {
        heard++;
        host.emit({ kind: 'operator.act', act: read.act }, stamp);
      }
    }
  }

  return {
    status() {
      const trouble = connection.trouble();
      if (connection.current() === null) {
        return { state: 'waiting', text: `OSC in: ${trouble ?? `opening port ${port}`}` };
      }
      const counts = `${heard} heard${refused.count() === 0 ? '' : `, ${refused.count()} refused`}`;
      return { state: 'ready', text: `in on ${port}, ${counts}${trouble === null ? '' : ` (${trouble})`}` };
    },
    close() {
      isClosed = true;
      return connection.close();
    },
  };
}

/** Counts what is not heard, and says it: strangers once each, messages that mean nothing once in a while. */
function refusals(port: number, clock: Clock, log: Log) {
  const strangers = new Set<string>();
  let count = 0;
  /** Messages that meant nothing, since the last line about one. */
  let unsaid = 0;
  let saidAt: Ms = -Infinity;
  return {
    count: () => count,
    stranger(address: string): void {
      count++;
      if (strangers.has(address) || strangers.size === STRANGERS_NAMED_MOST) return;
      strangers.add(address);
      log.warn({ address, port }, `OSC in: ${address} is not heard; to hear it, write trust: [${address}]`);
    },
    message(address: string, reason: string): void {
      count++;
      unsaid++;
      const at = clock.now();
      if (at - saidAt < COMPLAIN_EVERY_MS) return;
      const more = unsaid === 1 ? '' : ` (and ${unsaid - 1} more before it)`;
      log.warn({ address, port }, `OSC in from ${address}: ${reason}${more}`);
      unsaid = 0;
      saidAt = at;
    },
  };
}
