/** The real network: UDP sockets of node:dgram, TCP connections of node:net and the interfaces of this machine. */
import { createSocket, type Socket as DgramSocket } from 'node:dgram';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Clock, Ms } from '../core/clock.ts';
import {
  type Connection,
  type ConnectionListener,
  type Endpoint,
  type Interface,
  type InterfaceAbsence,
  isLoopback,
  type Network,
  PortHeld,
  type Socket,
} from '../network/network.ts';
import { liveClock } from './live-clock.ts';
import { loopWatch } from './loop-watch.ts';
import { holderOfUdpPort } from './port-holder.ts';

export function liveNetwork(clock: Clock = liveClock()): Network {
  const loop = loopWatch(clock);
  return {
    interfaces,
    absenceOf,
    async open(local, listener) {
      const socket = await bound(local, error => listener.failed(error));
      socket.on('message', (bytes, from) => {
        const at = clock.now();
        const stamp = { notBefore: loop.notBefore(at), at };
        listener.datagram({
          from: { address: from.address, port: from.port },
          port: local.port,
          // A plain view: `slice` of a Buffer would share its memory with whoever keeps a field.
          bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length),
          stamp,
        });
      });
      return closable(socket, (to, bytes, sent) => socket.send(bytes, to.port, to.address, sent), listener.failed);
    },
    async dial(to, failed) {
      const socket = await bound({ address: isLoopback(to.address) ? '127.0.0.1' : '0.0.0.0', port: 0 }, failed);
      await new Promise<void>((resolve, reject) => {
        socket.connect(to.port, to.address, (error?: Error) => {
          if (error === undefined) return resolve();
          socket.close();
          reject(error);
        });
      });
      return closable(socket, (_, bytes, sent) => socket.send(bytes, sent), failed);
    },
    connect: connected,
  };
}

/** A socket on a local port; what goes wrong later is told to `failed`. */
function bound(local: Endpoint, failed: (error: Error) => void): Promise<DgramSocket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    let isOpen = false;
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (isOpen) return failed(error);
      socket.close();
      reject(
        error.code === 'EADDRINUSE' ? new PortHeld(local.port, holderOfUdpPort(local.port, local.address)) : error,
      );
    });
    socket.bind(local.port, local.address, () => {
      isOpen = true;
      socket.setBroadcast(true);
      resolve(socket);
    });
  });
}

function closable(
  socket: DgramSocket,
  transmit: (to: Endpoint, bytes: Uint8Array, sent: (error: Error | null) => void) => void,
  failed: (error: Error) => void,
): Socket {
  let isOpen = true;
  const sent = (error: Error | null): void => {
    if (error !== null && isOpen) failed(error);
  };
  return {
    send(to, bytes) {
      if (isOpen) transmit(to, bytes, sent);
    },
    close() {
      if (!isOpen) return Promise.resolve();
      isOpen = false;
      return new Promise(done => socket.close(() => done()));
    },
  };
}

/** The system alone would go on asking for two minutes; a receiver that is switched on meanwhile is met sooner anew. */
const ANSWER_WITHIN_MS: Ms = 5000;
/** A connection at rest is asked after this long whether its other side is still there. */
const KEEP_ALIVE_AFTER_MS: Ms = 5000;

function connected({ address, port }: Endpoint, listener: ConnectionListener): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: address,
      port,
      family: 4,
      // A cue is one small packet: it must not wait for a second one.
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_AFTER_MS,
    });
    // An attempt that nobody answers does not keep a program from its end.
    socket.unref();
    socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy(noAnswer({ address, port })));
    let isOpen = false;
    let trouble: Error | null = null;
    socket.on('error', error => {
      trouble = error;
    });
    socket.on('data', bytes => {
      if (isOpen) listener.bytes(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
    });
    // A side that has ended its half gets no more bytes.
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      if (isOpen) listener.closed(trouble);
      isOpen = false;
      // Said of an attempt; to a connection that has stood it means nothing any more.
      reject(trouble ?? noAnswer({ address, port }));
    });
    socket.on('connect', () => {
      isOpen = true;
      socket.setTimeout(0);
      socket.ref();
      resolve({
        send(bytes) {
          if (isOpen) socket.write(bytes);
        },
        waitingBytes: () => socket.writableLength,
        close() {
          isOpen = false;
          if (socket.closed) return Promise.resolve();
          // Bytes that the system has taken are still delivered.
          return new Promise(done => {
            socket.on('close', () => done());
            socket.destroy();
          });
        },
      });
    });
  });
}

const noAnswer = ({ address, port }: Endpoint): Error =>
  Object.assign(new Error(`nobody answers at ${address}:${port}; is it on, and is that its address?`), {
    code: 'NO_ANSWER',
  });

/** Linux tells in its files; elsewhere nobody does. */
function absenceOf(name: string): InterfaceAbsence {
  if (process.platform !== 'linux' || !/^[^/]+$/.test(name)) return 'unknown';
  const folder = `/sys/class/net/${name}`;
  if (!existsSync(folder)) return 'not-there';
  const isUp = (Number(readIfThere(`${folder}/flags`)) & IFF_UP) !== 0;
  if (!isUp) return 'switched-off';
  return readIfThere(`${folder}/carrier`) === '0' ? 'no-cable' : 'no-address';
}

const IFF_UP = 1;

/** Text of a small file; empty: it cannot be read. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function interfaces(): readonly Interface[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? [])
      .filter(({ family }) => family === 'IPv4')
      .map(({ address, netmask, mac }) => ({ name, address, netmask, mac })),
  );
}
