/** HTTP server of a bridge: listens until it is closed, tries again while its port is taken, and says what is in the way. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Clock, Ms } from '../core/clock.ts';
import { type RetryingConnection, retryingConnection } from './retrying-connection.ts';

/** Pause before another try for the port. */
export const PORT_RETRY_MS: Ms = 2000;
/** Time for a client to say its request. */
const REQUEST_MOST_MS: Ms = 5000;
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
  /** Says goodbye to clients that stay. */
  farewell(): void;
}

export function webServer(options: WebServerOptions): RetryingConnection<Server> {
  const { clock } = options;
  return retryingConnection<Server>({
    ...{ clock, retryAfterMs: PORT_RETRY_MS, failureEnding: `; trying again every ${PORT_RETRY_MS / 1000} s` },
    begin(attempt) {
      const server = createServer({ requestTimeout: REQUEST_MOST_MS, headersTimeout: REQUEST_MOST_MS }, options.handle);
      server.maxConnections = options.connectionsMost;
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
