/** A receiver of datagrams on loopback, in a thread of its own: it hears when something comes whatever the test's thread does. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface HeardPacket {
  /** By the clock of the live show. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

const SOURCE = `
  const { parentPort } = require('node:worker_threads');
  const socket = require('node:dgram').createSocket('udp4');
  const packets = [];
  const now = () => Number(process.hrtime.bigint()) / 1e6;
  socket.on('message', bytes => packets.push({ at: now(), bytes: Uint8Array.from(bytes) }));
  socket.bind(0, '127.0.0.1', () => parentPort.postMessage(socket.address().port));
  parentPort.on('message', () => {
    parentPort.postMessage(packets);
    parentPort.close();
    socket.close();
  });
`;

/** On a port that the system picks; asked what it has heard, it ends. */
export async function udpEar() {
  const worker = new Worker(SOURCE, { eval: true });
  const [port] = (await once(worker, 'message')) as [number];
  return {
    port,
    async heard(): Promise<readonly HeardPacket[]> {
      worker.postMessage('tell');
      const [packets] = (await once(worker, 'message')) as [readonly HeardPacket[]];
      return packets;
    },
  };
}
