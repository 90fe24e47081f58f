/** The WebSocket server of a relay: lets clients in, hands each packet to all of them, and hears nothing. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  type BridgeHost,
  type BridgeStatus,
  type OpenBridge,
  TAKES_NOTHING,
  type UnitPacket,
  type UnitPacketKind,
} from '../../src/bridge.ts';
import { refusalTeller, type TellRefusal } from '../../src/network/refusals.ts';
import { type AllowedOrigins, isOriginAllowed } from '../../src/network/web-origin.ts';
import { webServer } from '../../src/network/web-server.ts';
import { quote } from '../../src/text/quote.ts';

export interface RelayOptions {
  readonly address: string;
  readonly port: number;
  readonly include: ReadonlySet<UnitPacketKind>;
  readonly origins: AllowedOrigins;
}

/** The part of a bridge's world that a relay uses. */
export type RelayHost = Pick<BridgeHost, 'clock' | 'log' | 'packets' | 'ready'>;

/** Clients at a time; one more is refused. */
export const CLIENTS_MOST = 64;
/** Bytes that may wait for a client. A client that reads more slowly misses packets, and the newest reach it when it reads. */
const CLIENT_WAITING_MOST_BYTES = 256 * 1024;
/** Longest message from a client, which has nothing to say; a longer one closes its connection. */
const MESSAGE_MOST_BYTES = 1024;
/** Code of a server that ends. Source: RFC 6455, 7.4.1. */
const GOING_AWAY = 1001;
/** Time for a client to answer the closing word. */
const FAREWELL_MOST_MS = 200;

export function openRelay(options: RelayOptions, host: RelayHost): OpenBridge {
  const { clock, log, packets } = host;
  const place = `ws://${options.address}:${options.port}`;
  const clients = new Set<WebSocket>();
  const refused = refusalTeller(log);
  let relayed = 0;
  let missed = 0;
  const server = webServer({
    ...{ address: options.address, port: options.port, clock, connectionsMost: CLIENTS_MOST * 2 },
    handle(_, response) {
      response.writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket', connection: 'close' });
      response.end('This is a WebSocket server: it relays packets of a DJ unit.\n');
    },
    prepare: opening => letIn(opening, { clients, origins: options.origins, refused }),
    opened() {
      log.info({ port: options.port, include: [...options.include] }, `relaying the unit's packets at ${place}`);
      host.ready();
    },
    warn: text => log.warn({ port: options.port }, text),
    refused,
    farewell: () => sayGoodbye(clients),
  });

  function relay({ kind, bytes }: UnitPacket): void {
    if (!options.include.has(kind)) return;
    for (const client of clients) {
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
    if (server.current() === null) return { state: 'waiting', text: server.trouble() ?? `opening ${place}` };
    const late = missed === 0 ? '' : `; ${missed} not sent to clients that read too slowly`;
    return { state: 'ready', text: `${place}, ${clients.size} clients, ${relayed} packets relayed${late}` };
  }

  return {
    ...TAKES_NOTHING,
    status,
    async close() {
      unlisten();
      await server.close();
    },
  };
}

interface Door {
  readonly clients: Set<WebSocket>;
  readonly origins: AllowedOrigins;
  readonly refused: TellRefusal;
}

/** Answers requests to become a client. */
function letIn(server: Server, { clients, origins, refused }: Door): void {
  const sockets = new WebSocketServer({
    ...{ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: MESSAGE_MOST_BYTES },
    handleProtocols: () => false,
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const why = reasonAgainst(request, origins, clients.size);
    if (why !== null) {
      refused(request.socket.remoteAddress, why);
      return void socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    }
    sockets.handleUpgrade(request, socket, head, client =>
      admit(client, clients, why => refused(request.socket.remoteAddress, why)),
    );
  });
}

function admit(client: WebSocket, clients: Set<WebSocket>, refused: (why: string) => void): void {
  clients.add(client);
  client.on('close', () => clients.delete(client));
  // A broken frame closes the connection by itself; without a listener it would end the show.
  client.on('error', error => {
    refused(`a message of it is broken or longer than ${MESSAGE_MOST_BYTES} bytes (${error.message})`);
    client.terminate();
  });
}

/** Closes all clients; one that does not answer is cut off. */
function sayGoodbye(clients: ReadonlySet<WebSocket>): void {
  for (const client of clients) {
    client.close(GOING_AWAY);
    const patience = setTimeout(() => client.terminate(), FAREWELL_MOST_MS);
    client.once('close', () => clearTimeout(patience));
  }
}

/** Gives the reason to refuse a client, as the end of a sentence about it; null: it is let in. */
function reasonAgainst({ headers }: IncomingMessage, origins: AllowedOrigins, clients: number): string | null {
  if (!isOriginAllowed(headers.origin, origins)) {
    const page = quote(headers.origin ?? '');
    return `a page of ${page} wanted in: if it may, name it in the profile (origins: [${page}])`;
  }
  return clients >= CLIENTS_MOST ? `there are ${CLIENTS_MOST} clients already` : null;
}
