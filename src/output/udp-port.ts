/** The two kinds of port for a stream over UDP: in a thread of its own, and in line on the network of a simulated evening. */
import type { BridgeHost } from '../bridge.ts';
import type { Endpoint, Socket } from '../network/network.ts';
import { meaningOf } from '../network/network-errors.ts';
import { inlinePort } from './inline-port.ts';
import type { PortListener, TimedPort } from './output-port.ts';
import { idleScheduler } from './port-scheduler.ts';
import type { Stream } from './stream.ts';
import { portOnThread } from './thread-port.ts';

/** The receiver of a stream; a format adds what it must know. Plain data: it is passed to a thread. */
export interface UdpRequest {
  /** The address of a receiver, its name, or the broadcast address of its subnet. */
  readonly to: Endpoint;
  /** The format, in a word for people: `Art-Net`. */
  readonly format: string;
}

/** Begins to open a port; the listener hears how that went. */
export type OpenUdpPort<R extends UdpRequest> = (request: R, host: BridgeHost, listener: PortListener) => TimedPort;

/**
 * The live one: what the main thread is doing does not delay it.
 *
 * @param module URL of an `OutputModule` that takes the request
 */
export const udpThreadPort =
  <R extends UdpRequest>(module: string): OpenUdpPort<R> =>
  (request, { clock }, listener) =>
    portOnThread(module, request, clock, listener);

/** Waits on the host's clock and sends through its network. */
export const udpNetworkPort =
  <R extends UdpRequest>(streamFor: (request: R) => Stream): OpenUdpPort<R> =>
  (request, { clock, network }, listener) => {
    const { to, format } = request;
    let socket: Socket | null = null;
    let isOver = false;
    const inline = inlinePort(
      idleScheduler(streamFor(request)),
      { send: bytes => socket?.send(to, bytes), close: () => socket?.close() },
      clock,
      { ...listener, opened() {} },
    );

    async function close(): Promise<void> {
      isOver = true;
      await inline.close();
    }

    function fail(error: Error): void {
      if (isOver) return;
      if (isNobodyThere(error)) return listener.troubled(nobodyThere(format));
      // Its last word would go nowhere.
      void socket?.close();
      socket = null;
      void close();
      listener.failed(meaningOf(error));
    }

    network.dial(to, fail).then(dialled => {
      if (isOver) return dialled.close();
      socket = dialled;
      return listener.opened(null);
    }, fail);
    return { ...inline, close };
  };

/** Nobody listens there yet: the network does lead there. */
export const isNobodyThere = (error: Error): boolean => (error as { code?: string }).code === 'ECONNREFUSED';

/** The meaning of that for an operator. */
export const nobodyThere = (format: string): string =>
  `nobody listens on that port; is the receiver on, and its ${format} input?`;
