/** The web server of a monitor: answers browsers, tells them the show as it goes on, and puts their acts into the inbox. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { BridgeHost, BridgeStatus, OpenBridge, ShownLine } from '../../src/bridge.ts';
import type { Cancel, Ms } from '../../src/core/clock.ts';
import { operatorActionText } from '../../src/core/operator-action.ts';
import { webServer } from '../../src/network/web-server.ts';
import { readOperatorAction } from '../../src/recording/recording-format.ts';
import { type CueLateness, metricsText, NO_CUE_LATENESS, withCueLateness } from './metrics.ts';
import { OVERLAY_HTML, OVERLAY_SCRIPT } from './overlay.ts';
import { PAGE_HTML } from './page.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';
import { isOpenToOthers, type MonitorOptions, type MonitorPlace, type Ruling, rulingOn } from './requests.ts';
import { viewers } from './viewers.ts';

/** Time between two looks at the show. */
const TELL_EVERY_MS: Ms = 100;
/** A unit that was not heard for this long is not there. */
const HEARD_WITHIN_MS: Ms = 10_000;
const LINES_MOST = 50;
const ACT_MOST_BYTES = 4096;
const CONNECTIONS_MOST = 100;
/** Refusals that are told. */
const REFUSALS_TOLD = 50;

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

export function openMonitor(name: string, options: MonitorOptions, host: BridgeHost): OpenBridge {
  const { clock, log, packets, view } = host;
  const isOpen = isOpenToOthers(options);
  const token = options.token ?? (isOpen ? randomBytes(12).toString('base64url') : null);
  const place = `http://${options.address}:${options.port}`;
  const loop = monitorEventLoopDelay({ resolution: 10 });
  loop.enable();
  const counted = new Map<string, number>();
  let heardAt: Ms | null = null;
  let lateness: CueLateness = NO_CUE_LATENESS;
  const lines: ShownLine[] = [];
  const looking = viewers();
  let acts = 0;
  const told = new Set<string>();

  const unlisten = [
    packets.listen(({ kind }) => {
      counted.set(kind, (counted.get(kind) ?? 0) + 1);
      if (kind === 'status' || kind === 'position') heardAt = clock.now();
    }),
    view.listen(line => {
      lines.push(line);
      if (lines.length > LINES_MOST) lines.shift();
      if (line.lateMs !== null) lateness = withCueLateness(lateness, Math.max(0, line.lateMs));
      looking.tell('line', line);
    }),
  ];

  let cancelTell: Cancel = () => {};
  function tellAll(): void {
    cancelTell = clock.at(clock.now() + TELL_EVERY_MS, tellAll);
    if (looking.count() === 0) return;
    looking.tellChanged('tracks', view.tracks());
    looking.tellChanged('state', view.status(clock.now()));
  }
  tellAll();

  const state = () => ({ version: 1, ...view.status(clock.now()), tracks: view.tracks(), lines });

  function health(): { readonly status: number; readonly body: object } {
    const isHeard = heardAt !== null && clock.now() - heardAt <= HEARD_WITHIN_MS;
    const reason = heardAt === null ? 'no deck has been heard' : `no deck was heard for ${HEARD_WITHIN_MS / 1000} s`;
    return { status: isHeard ? 200 : 503, body: isHeard ? { ok: true } : { ok: false, reason } };
  }

  function metrics(): string {
    const loopDelayMs = { p50: loop.percentile(50) / 1e6, p99: loop.percentile(99) / 1e6 };
    const status = view.status(clock.now());
    return metricsText({ status, packets: counted, lateness, viewers: looking.count(), loopDelayMs });
  }

  async function act(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (body === null) return answer(response, 413, 'text/plain', `an act has at most ${ACT_MOST_BYTES} bytes\n`);
    const action = readOperatorAction(body);
    if (action === null) return answer(response, 400, 'text/plain', 'this is no act of an operator\n');
    const by = request.socket.remoteAddress ?? 'an unknown address';
    const at = clock.now();
    acts++;
    log.info({ act: action, by }, `${operatorActionText(action)}, asked for at ${by}`);
    host.emit({ kind: 'operator.act', act: action }, { notBefore: at, at });
    answer(response, 202, 'text/plain', 'taken\n');
  }

  function serve(wanted: MonitorPlace, request: IncomingMessage, response: ServerResponse): void {
    switch (wanted) {
      case 'page':
        return answer(response, 200, 'text/html; charset=utf-8', PAGE_HTML);
      case 'style':
        return answer(response, 200, 'text/css; charset=utf-8', PAGE_STYLE);
      case 'script':
        return answer(response, 200, 'text/javascript; charset=utf-8', PAGE_SCRIPT);
      case 'overlay':
        return answer(response, 200, 'text/html; charset=utf-8', OVERLAY_HTML);
      case 'overlay-script':
        return answer(response, 200, 'text/javascript; charset=utf-8', OVERLAY_SCRIPT);
      case 'state':
        return answer(response, 200, 'application/json', `${JSON.stringify(state())}\n`);
      case 'metrics':
        return answer(response, 200, 'text/plain; version=0.0.4; charset=utf-8', metrics());
      case 'health': {
        const { status, body } = health();
        return answer(response, status, 'application/json', `${JSON.stringify(body)}\n`);
      }
      case 'events': {
        response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' });
        const { tracks, lines: last, ...status } = state();
        return looking.add(response, { tracks, state: status, lines: last });
      }
      case 'act':
        return void act(request, response).catch(() => response.destroy());
    }
  }

  function refuse({ status, why }: Extract<Ruling, { ok: false }>, from: string, response: ServerResponse): void {
    const text = `a request from ${from} was refused: ${why}`;
    if (!told.has(text) && told.size < REFUSALS_TOLD) {
      told.add(text);
      log.warn({ from, status }, text);
    }
    answer(response, status, 'text/plain; charset=utf-8', `${why}\n`);
  }

  const server = webServer({
    ...{ address: options.address, port: options.port, clock, connectionsMost: CONNECTIONS_MOST },
    handle(request, response) {
      const { headers, method = '', url = '/' } = request;
      const asked = { method, url, host: headers.host, origin: headers.origin, contentType: headers['content-type'] };
      const brought = headers['x-decklight-token'];
      const ruling = rulingOn({ ...asked, token: String(brought ?? '') || undefined }, token, options.isLookOnlyFree);
      if (ruling.ok) serve(ruling.wanted, request, response);
      else refuse(ruling, request.socket.remoteAddress ?? 'an unknown address', response);
    },
    opened() {
      const links = addressesOf(options, host).map(address => linkTo(address, options.port, token));
      log.info({ port: options.port }, `the show is at ${links.join(' and ')}`);
      host.ready();
    },
    warn: text => log.warn({ port: options.port }, text),
    farewell: looking.closeAll,
  });

  function status(): BridgeStatus {
    if (server.current() === null) return { state: 'waiting', text: server.trouble() ?? `opening ${place}` };
    return { state: 'ready', text: `${place}, ${looking.count()} pages look on, ${acts} acts by ${name}` };
  }

  return {
    send: () => false,
    timecode() {},
    clock() {},
    release() {},
    status,
    async close() {
      cancelTell();
      for (const cancel of unlisten) cancel();
      loop.disable();
      await server.close();
    },
  };
}

/** Addresses by which browsers reach it. */
function addressesOf({ address }: MonitorOptions, { network }: BridgeHost): readonly string[] {
  if (address !== '0.0.0.0') return [address];
  return network.interfaces().map(nic => nic.address);
}

const linkTo = (address: string, port: number, token: string | null): string =>
  `http://${address}:${port}/${token === null ? '' : `#token=${token}`}`;

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { ...HEADERS, 'content-type': type });
  response.end(body);
}

/** Reads a body; null: it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > ACT_MOST_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
