/** One receiver of our messages, over UDP or TCP: reached, given packets, and looked for again when it is gone. */
import type { BridgeHost } from '../../src/bridge.ts';
import type { Cancel, Ms } from '../../src/core/clock.ts';
import type { Endpoint } from '../../src/network/network.ts';
import { meaningOf, TROUBLE_SHOWN_MS } from '../../src/network/network-errors.ts';
import { type Framing, frame } from './tcp-framing.ts';

/** How long until a receiver that could not be reached is tried again. */
export const RETRY_AFTER_MS: Ms = 5000;
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
  /** From now on told each time that a way to it has been found. */
  onReached(reached: () => void): void;
  /** What is wrong with it, or was a moment ago; null: nothing known. Over UDP silence is no proof of success. */
  trouble(): string | null;
  close(): Promise<void>;
}

/** A way to the receiver, while there is one. */
interface Way {
  /** @returns false: the receiver does not take it */
  put(packet: Uint8Array): boolean;
  close(): Promise<void>;
}

const hungUp = (framing: Framing): string =>
  `it has closed the connection; if it does so each time, try framing: ${framing === 'length' ? 'slip' : 'length'}`;

/** @param framing null: UDP, where each packet is a datagram */
export function openReceiver(endpoint: Endpoint, framing: Framing | null, host: BridgeHost): OscReceiver {
  const { clock, network, log } = host;
  const { address, port } = endpoint;
  const name = `${address}:${port}`;
  let way: Way | null = null;
  let trouble: { readonly text: string; readonly at: Ms } | null = null;
  /** A complaint was logged since it was last said that messages go there. */
  let isDoubted = true;
  let missed = 0;
  let isClosed = false;
  let cancelRetry: Cancel = () => {};
  let reached: () => void = () => {};

  async function reach(): Promise<void> {
    try {
      const found = await (framing === null ? overUdp() : overTcp(framing));
      if (isClosed) return await found.close();
      way = found;
    } catch (error) {
      if (!isClosed) lose(meaningOf(error as Error));
      return;
    }
    if (isDoubted) log.info({ address, port }, `sending OSC to ${name}${framing === null ? '' : ' over TCP'}`);
    isDoubted = false;
    host.ready();
    reached();
  }

  async function overUdp(): Promise<Way> {
    let isOver = false;
    const socket = await network.dial(endpoint, error => {
      // Nobody listens there yet: the way itself is good.
      if ((error as { code?: string }).code === 'ECONNREFUSED') return complain(meaningOf(error));
      if (isOver || isClosed) return;
      // A socket keeps the address it was opened from, which this machine may no longer have.
      isOver = true;
      void socket.close();
      lose(meaningOf(error));
    });
    return {
      put(packet) {
        socket.send(endpoint, packet);
        return true;
      },
      close: () => socket.close(),
    };
  }

  async function overTcp(framing: Framing): Promise<Way> {
    const since = clock.now();
    const stream = await network.connect(endpoint, {
      bytes() {}, // an answer: nothing of ours depends on one
      closed(error) {
        // A trouble before a long time without any is another one, and worth a line again.
        if (clock.now() - since > TROUBLE_SHOWN_MS) trouble = null;
        lose(error === null ? hungUp(framing) : meaningOf(error));
      },
    });
    return {
      put(packet) {
        if (stream.waitingBytes() + packet.length > WAITING_MOST_BYTES) {
          complain('it does not read what it is sent; messages are left out until it does');
          return false;
        }
        stream.send(frame(framing, packet));
        return true;
      },
      close: () => stream.close(),
    };
  }

  function lose(text: string): void {
    way = null;
    complain(`${text}; trying again every ${RETRY_AFTER_MS / 1000} s`);
    cancelRetry = clock.at(clock.now() + RETRY_AFTER_MS, () => void reach());
  }

  /** Said once per kind of trouble: a console that is switched off must not fill the log. */
  function complain(text: string): void {
    if (trouble?.text !== text) {
      log.warn({ address, port }, `OSC to ${name}: ${text}`);
      isDoubted = true;
    }
    trouble = { text, at: clock.now() };
  }

  const offer = (packet: Uint8Array): boolean => way?.put(packet) ?? false;

  void reach();
  return {
    ...{ endpoint, name },
    isReady: () => way !== null,
    send(packet) {
      const hasLeft = offer(packet);
      if (!hasLeft) missed++;
      return hasLeft;
    },
    offer,
    missed: () => missed,
    onReached(told) {
      reached = told;
    },
    trouble() {
      const isShown = way === null || (trouble !== null && clock.now() - trouble.at < TROUBLE_SHOWN_MS);
      return isShown ? (trouble?.text ?? null) : null;
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      cancelRetry();
      await way?.close();
      way = null;
    },
  };
}
