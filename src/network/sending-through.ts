/** A network whose datagrams leave through a function: who counts them, or holds some back. */
import type { Endpoint, Network } from './network.ts';

/** @param leave told of each datagram; it leaves when `send` is called */
export const sendingThrough = (
  network: Network,
  leave: (to: Endpoint, bytes: Uint8Array, send: () => void) => void,
): Network => ({
  ...network,
  async open(local, listener) {
    const socket = await network.open(local, listener);
    return { ...socket, send: (to, bytes) => leave(to, bytes, () => socket.send(to, bytes)) };
  },
});
