/** The WebSocket server of a relay: lets clients in, hands each packet to all of them, and hears nothing. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { BridgeHost, BridgeStatus, OpenBridge, UnitPacket, UnitPacketKind } from '../../src/bridge.ts';
import type { Ms } from '../../src/core/clock.ts';
import { type Attempt, type Closable, retryingConnection } from '../../src/network/retrying-connection.ts';
import { type AllowedOrigins, isOriginAllowed } from '../../src/network/web-origin.ts';
import { quote } from '../../src/text/quote.ts';

export interface RelayOptions {
  readonly address: string;
  readonly port: number;
  readonly include: ReadonlySet<UnitPacketKind>;
  readonly origins: AllowedOrigins;
}

/** The part of a bridge's world that a relay uses. */
export type RelayHost = Pick<BridgeHost, 'clock' | 'log' | 'packets' | 'ready'>;

/** Pause before another try for the port. */
export const PORT_RETRY_MS: Ms = 2000;
/** Clients at a time; one more is refused. */
export const CLIENTS_MOST = 64;
/** Bytes that may wait for a client. A client that reads more slowly misses packets, and the newest reach it when it reads. */
export const CLIENT_WAITING_MOST_BYTES = 256 * 1024;
/** Nothing is expected from a client; a longer message closes its connection. */
const MESSAGE_MOST_BYTES = 1024;
/** Time for a client to say its request. */
const REQUEST_MOST_MS: Ms = 5000;
/** Time for a client to answer the closing word. */
const FAREWELL_MOST_MS: Ms = 300;
/** Code of a server that ends. Source: RFC 6455, 7.4.1. */
const GOING_AWAY = 1001;
/** Refused origins that are told by name. */
const REFUSALS_TOLD = 20;

/** A server that listens, with its clients. */
interface Serving {
  readonly clients: ReadonlySet<WebSocket>;
}

export function openRelay(options: RelayOptions, host: RelayHost): OpenBridge {
  const { clock, log, packets } = host;
  const place = `ws://${options.address}:${options.port}`;
  const refused = refusalTeller(host);
  let relayed = 0;
  let missed = 0;
  const connection = retryingConnection<Serving>({
    ...{ clock, retryAfterMs: PORT_RETRY_MS, failureEnding: `; trying again every ${PORT_RETRY_MS / 1000} s` },
    begin: attempt => listen(options, refused, attempt),
    opened() {
      log.info({ ...options, include: [...options.include] }, `relaying the unit's packets at ${place}`);
      host.ready();
    },
    lost() {},
    warn: text => log.warn({ port: options.port }, text),
  });

  function relay({ kind, bytes }: UnitPacket): void {
    if (!options.include.has(kind)) return;
    for (const client of connection.current()?.clients ?? []) {
      if (client.bufferedAmount > CLIENT_WAITING_MOST_BYTES) {
        missed++;
        continue;
      }
      relayed++;
      client.send(bytes, { binary: true });
    }
  }
  const unlisten = packets.listen(relay);

  function status(): BridgeStatus {
    const trouble = connection.trouble();
    const serving = connection.current();
    if (serving === null) return { state: 'waiting', text: trouble ?? `opening ${place}` };
    const late = missed === 0 ? '' : `; ${missed} not sent to clients that read too slowly`;
    return { state: 'ready', text: `${place}, ${serving.clients.size} clients, ${relayed} packets relayed${late}` };
  }

  return {
    send: () => false,
    timecode() {},
    clock() {},
    release() {},
    status,
    async close() {
      unlisten();
      await connection.close();
    },
  };
}

/** Begins to listen; the attempt fails when the port cannot be had. */
function listen(options: RelayOptions, refused: (why: string) => void, attempt: Attempt<Serving>): Closable {
  const clients = new Set<WebSocket>();
  const sockets = new WebSocketServer({
    ...{ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: MESSAGE_MOST_BYTES },
    handleProtocols: () => false,
  });
  const server = createServer({ requestTimeout: REQUEST_MOST_MS, headersTimeout: REQUEST_MOST_MS }, (_, response) => {
    response.writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket', connection: 'close' });
    response.end('This is a WebSocket server: it relays packets of a DJ unit.\n');
  });
  server.maxConnections = CLIENTS_MOST * 2;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const why = reasonAgainst(request, options.origins, clients.size);
    if (why !== null) {
      refused(why);
      return void socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    }
    sockets.handleUpgrade(request, socket, head, client => admit(client, clients));
  });
  let isListening = false;
  server.on('error', error => attempt.failed(listenFault(error, options)));
  server.listen(options.port, options.address, () => {
    isListening = true;
    attempt.opened({ clients });
  });
  return { close: () => stop(server, isListening, clients) };
}

function admit(client: WebSocket, clients: Set<WebSocket>): void {
  clients.add(client);
  client.on('close', () => clients.delete(client));
  // A broken frame closes the connection by itself; without a listener it would end the show.
  client.on('error', () => client.terminate());
}

/** Gives the reason to refuse a client, as the end of a sentence about it; null: it is let in. */
function reasonAgainst({ headers }: IncomingMessage, origins: AllowedOrigins, clients: number): string | null {
  if (!isOriginAllowed(headers.origin, origins)) {
    const page = quote(headers.origin ?? '');
    return `a page of ${page} wanted in: if it may, name it in the profile (origins: [${page}])`;
  }
  return clients >= CLIENTS_MOST ? `there are ${CLIENTS_MOST} clients already` : null;
}

/** Logs each reason once, and not for ever new ones. */
function refusalTeller({ log }: RelayHost): (why: string) => void {
  const told = new Set<string>();
  return why => {
    if (told.has(why) || told.size >= REFUSALS_TOLD) return;
    told.add(why);
    log.warn({}, `a client was refused: ${why}`);
  };
}

function listenFault(error: NodeJS.ErrnoException, { address, port }: RelayOptions): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `TCP port ${port} at ${address} is in use by another program: close it, or give the relay another port (port:)`;
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${address}: plug it in, or mend address:`;
    case 'EACCES':
      return `the system does not allow TCP port ${port}: take one above 1023 (port:)`;
    default:
      return `TCP port ${port} at ${address} cannot be opened: ${error.message}`;
  }
}

function stop(server: Server, isListening: boolean, clients: ReadonlySet<WebSocket>): Promise<void> {
  for (const client of clients) client.close(GOING_AWAY);
  return new Promise(done => {
    if (!isListening) return done();
    // A client that does not answer the closing word must not hold the show.
    const patience = setTimeout(() => {
      for (const client of clients) client.terminate();
    }, FAREWELL_MOST_MS);
    server.close(() => {
      clearTimeout(patience);
      done();
    });
    server.closeIdleConnections();
  });
}
