/** One receiver of our messages, over UDP or TCP: reached, given packets, and reached again when it is gone. */
import type { BridgeHost } from '../../src/bridge.ts';
import type { Ms } from '../../src/core/clock.ts';
import type { Endpoint } from '../../src/network/network.ts';
import { meaningOf, TROUBLE_SHOWN_MS } from '../../src/network/network-errors.ts';
import {
  type Attempt,
  type Closable,
  retryingConnection,
  whenConnected,
} from '../../src/network/retrying-connection.ts';
import { isNobodyThere } from '../../src/output/udp-port.ts';
import { type Framing, frame } from './tcp-framing.ts';

/** Time until a receiver that could not be reached is tried again. */
export const RETRY_AFTER_MS: Ms = 5000;
/** Follows the reason why there is no connection. */
export const RETRY_TEXT = `; trying again every ${RETRY_AFTER_MS / 1000} s`;
/** So much may wait for a receiver that does not read. What is beyond is of an age that nobody wants any more. */
export const WAITING_MOST_BYTES = 256 * 1024;

export interface OscReceiver {
  readonly endpoint: Endpoint;
  readonly name: string;
  isReady(): boolean;
  /** @returns false: it could not be given the packet */
  send(packet: Uint8Array): boolean;
  /** The same of a packet that is worth nothing later: nobody counts it as missed. */
  offer(packet: Uint8Array): boolean;
  /** Packets it could not be given. */
  missed(): number;
  /** Calls this from now on, each time that the receiver has been reached. */
  onReached(reached: () => void): void;
  /** Trouble that it has, or had a moment ago; null: none is known. Over UDP silence is no proof of success. */
  trouble(): string | null;
  close(): Promise<void>;
}

/** A socket or a connection to the receiver. */
interface Link extends Closable {
  /** @returns false: the receiver does not take it */
  put(packet: Uint8Array): boolean;
}

/** @param framing null: UDP, where each packet is a datagram */
export function openReceiver(endpoint: Endpoint, framing: Framing | null, host: BridgeHost): OscReceiver {
  const { clock, log } = host;
  const { address, port } = endpoint;
  const name = `${address}:${port}`;
  /** A complaint was logged since it was last said that messages go there. */
  let isDoubted = true;
  let begunAt: Ms = 0;
  let missed = 0;
  let reached: () => void = () => {};
  const connection = retryingConnection<Link>({
    clock,
    retryAfterMs: RETRY_AFTER_MS,
    failureEnding: RETRY_TEXT,
    begin(attempt) {
      begunAt = clock.now();
      return framing === null ? beginUdp(endpoint, host, attempt) : beginTcp(endpoint, framing, host, attempt);
    },
    opened() {
      if (isDoubted) log.info({ address, port }, `sending OSC to ${name}${framing === null ? '' : ' over TCP'}`);
      isDoubted = false;
      host.ready();
      reached();
    },
    lost() {
      // Trouble before a long time without any is another one, and worth a line again.
      if (framing !== null && clock.now() - begunAt > TROUBLE_SHOWN_MS) connection.forgetTrouble();
    },
    warn(text) {
      log.warn({ address, port }, `OSC to ${name}: ${text}`);
      isDoubted = true;
    },
  });

  const offer = (packet: Uint8Array): boolean => connection.current()?.put(packet) ?? false;

  return {
    endpoint,
    name,
    isReady: () => connection.current() !== null,
    send(packet) {
      const hasLeft = offer(packet);
      if (!hasLeft) missed++;
      return hasLeft;
    },
    offer,
    missed: () => missed,
    onReached(run) {
      reached = run;
    },
    trouble: connection.trouble,
    close: connection.close,
  };
}

function beginUdp(endpoint: Endpoint, { network }: BridgeHost, attempt: Attempt<Link>): Closable {
  const coming = network.dial(endpoint, error => {
    // The socket is good for whoever comes to listen.
    if (isNobodyThere(error)) return attempt.troubled(meaningOf(error));
    // A socket keeps the address it was opened from, which this machine may no longer have.
    void link.close();
    attempt.failed(meaningOf(error));
  });
  const link = whenConnected(
    coming.then(
      (socket): Link => ({
        put(packet) {
          socket.send(endpoint, packet);
          return true;
        },
        close: () => socket.close(),
      }),
    ),
    attempt,
  );
  return link;
}

function beginTcp(endpoint: Endpoint, framing: Framing, { network }: BridgeHost, attempt: Attempt<Link>): Closable {
  const coming = network.connect(endpoint, {
    bytes() {}, // an answer: nothing of ours depends on one
    closed: error => attempt.failed(error === null ? hungUp(framing) : meaningOf(error)),
  });
  return whenConnected(
    coming.then(
      (connection): Link => ({
        put(packet) {
          if (connection.waitingBytes() + packet.length > WAITING_MOST_BYTES) {
            attempt.troubled('it does not read what it is sent; messages are left out until it does');
            return false;
          }
          connection.send(frame(framing, packet));
          return true;
        },
        close: () => connection.close(),
      }),
    ),
    attempt,
  );
}

const hungUp = (framing: Framing): string =>
  `it has closed the connection; if it does so each time, try framing: ${framing === 'length' ? 'slip' : 'length'}`;
