/** HTTP server of a bridge: listens until it is closed, tries again while its port is taken, and says what is in the way. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock, Ms } from '../core/clock.ts';
import type { TellRefusal } from './refusals.ts';
import { type RetryingConnection, retryingConnection } from './retrying-connection.ts';

/** Pause before another try for the port. */
export const PORT_RETRY_MS: Ms = 2000;
/** Time for a client to say its request. */
const REQUEST_MOST_MS: Ms = 5000;
/** Time between two looks for clients that take too long: by default Node looks every 30 s. */
const LOOK_EVERY_MS: Ms = 1000;
const HEADERS_MOST_BYTES = 16 * 1024;
const LIMITS = {
  requestTimeout: REQUEST_MOST_MS,
  headersTimeout: REQUEST_MOST_MS,
  connectionsCheckingInterval: LOOK_EVERY_MS,
  maxHeaderSize: HEADERS_MOST_BYTES,
};
/** Time for a client to answer the closing word. */
const FAREWELL_MOST_MS: Ms = 300;

export interface WebServerOptions {
  readonly address: string;
  readonly port: number;
  readonly clock: Clock;
  readonly connectionsMost: number;
  readonly handle: RequestListener;
  /** Adds what else the server answers, before it listens. */
  prepare?(server: Server): void;
  opened(): void;
  warn(text: string): void;
  /** Told of a client that the server itself turns away. */
  refused: TellRefusal;
  /** Says goodbye to clients that stay. */
  farewell(): void;
}

export function webServer(options: WebServerOptions): RetryingConnection<Server> {
  const { clock } = options;
  return retryingConnection<Server>({
    ...{ clock, retryAfterMs: PORT_RETRY_MS, failureEnding: `; trying again every ${PORT_RETRY_MS / 1000} s` },
    begin(attempt) {
      const server = createServer(LIMITS, options.handle);
      server.maxConnections = options.connectionsMost;
      tellRefusals(server, options);
      options.prepare?.(server);
      server.on('error', error => attempt.failed(listenFault(error, options)));
      server.listen(options.port, options.address, () => attempt.opened(server));
      return { close: () => stop(server, options.farewell) };
    },
    opened: options.opened,
    lost() {},
    warn: options.warn,
  });
}

/** What a client did, by the code of Node, and the status with which it is turned away. */
const CLIENT_FAULTS: Readonly<Record<string, readonly [status: string, why: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [
    '408 Request Timeout',
    `its request did not come to its end within ${REQUEST_MOST_MS / 1000} s`,
  ],
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    `its headers have more than ${HEADERS_MOST_BYTES} bytes`,
  ],
};
const NO_HTTP = ['400 Bad Request', 'what it sent is no HTTP'] as const;

/** Turns away what is no request, or one too many, and tells of it. */
function tellRefusals(server: Server, { refused, connectionsMost }: WebServerOptions): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // A client that went away asks for nothing.
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const [status, why] = CLIENT_FAULTS[error.code ?? ''] ?? NO_HTTP;
    refused(socket.remoteAddress, why);
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  });
  server.on('drop', data => refused(data?.remoteAddress, `there are ${connectionsMost} connections already`));
}

function listenFault(error: NodeJS.ErrnoException, { address, port }: WebServerOptions): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `TCP port ${port} at ${address} is in use by another program: close it, or give this bridge another port (port:)`;
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${address}: plug it in, or mend address:`;
    case 'EACCES':
      return `the system does not allow TCP port ${port}: take one above 1023 (port:)`;
    default:
      return `TCP port ${port} at ${address} cannot be opened: ${error.message}`;
  }
}

function stop(server: Server, farewell: () => void): Promise<void> {
  return new Promise(done => {
    if (!server.listening) {
      server.close();
      return done();
    }
    farewell();
    // A client that does not answer the closing word must not hold the show.
    const patience = setTimeout(() => server.closeAllConnections(), FAREWELL_MOST_MS);
    server.close(() => {
      clearTimeout(patience);
      done();
    });
    server.closeIdleConnections();
  });
}
