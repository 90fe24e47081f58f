/** The socket that Art-Net timecode leaves through. Loaded in the thread of its port only. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { meaningOf } from '../../src/network-errors.ts';
import type { OutputModule } from '../../src/timed/worker.ts';
import { isLoopback } from '../../src/wire.ts';
import { type ArtnetRequest, isNobodyThere, NOBODY_THERE } from './port.ts';
import { type ArtnetCursor, artnetStream } from './stream.ts';

type ArtnetOutput = OutputModule<ArtnetRequest, ArtnetCursor>;

export const streamFor: ArtnetOutput['streamFor'] = ({ streamId }) => artnetStream(streamId);

/**
 * Connected: a socket that is not asks for the address of each packet anew, and gets it in the event loop, to which its
 * thread does not return.
 *
 * @throws Error with one line on what to check when no network leads there
 */
export const openOutput: ArtnetOutput['openOutput'] = async ({ host, port }, { troubled, failed }) => {
  const socket = createSocket('udp4');
  try {
    socket.bind(0, isLoopback(host) ? '127.0.0.1' : '0.0.0.0');
    await once(socket, 'listening');
    // Without it the system refuses an address that is a broadcast; to any other it means nothing.
    socket.setBroadcast(true);
    socket.connect(port, host);
    await once(socket, 'connect');
  } catch (error) {
    socket.close();
    throw new Error(meaningOf(error as Error));
  }
  const say = (error: Error): void => (isNobodyThere(error) ? troubled(NOBODY_THERE) : failed(meaningOf(error)));
  socket.on('error', say);
  return {
    send(bytes) {
      socket.send(bytes, error => {
        if (error !== null) say(error);
      });
    },
    close: () => new Promise(resolve => socket.close(() => resolve())),
  };
};
