/** The UDP socket that a stream leaves through. Loaded in the thread of its port only. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isLoopback } from '../network/network.ts';
import { meaningOf } from '../network/network-errors.ts';
import type { OutputListener, TimedOutput } from './output-port.ts';
import { isNobodyThere, nobodyThere, type UdpRequest } from './udp-port.ts';

/**
 * Connected: a socket that is not asks for the address of each packet again, and gets it in the event loop, to which its
 * thread does not return.
 *
 * @throws Error with one line on what to check when no network leads there
 */
export async function openUdp(
  { to: { address, port }, format }: UdpRequest,
  { troubled, failed }: OutputListener,
): Promise<TimedOutput> {
  const socket = createSocket('udp4');
  try {
    socket.bind(0, isLoopback(address) ? '127.0.0.1' : '0.0.0.0');
    await once(socket, 'listening');
    // Without it the system refuses an address that is a broadcast; to any other it means nothing.
    socket.setBroadcast(true);
    socket.connect(port, address);
    await once(socket, 'connect');
  } catch (error) {
    socket.close();
    throw new Error(meaningOf(error as Error));
  }
  const say = (error: Error): void => (isNobodyThere(error) ? troubled(nobodyThere(format)) : failed(meaningOf(error)));
  socket.on('error', say);
  return {
    send(bytes) {
      socket.send(bytes, error => {
        if (error !== null) say(error);
      });
    },
    close: () => new Promise(resolve => socket.close(() => resolve())),
  };
}
