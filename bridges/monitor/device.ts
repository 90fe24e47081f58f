/** The web server of a monitor: answers browsers, and tells them the show as it goes on. Decides nothing. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type BridgeHost, type BridgeStatus, type OpenBridge, TAKES_NOTHING } from '../../src/bridge.ts';
import type { Cancel, Ms } from '../../src/core/clock.ts';
import { webServer } from '../../src/network/web-server.ts';
import { takeAct } from './operator-act.ts';
import { OVERLAY_HTML, OVERLAY_SCRIPT } from './overlay.ts';
import { PAGE_HTML } from './page.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';
import { isOpenToOthers, type MonitorOptions, type MonitorPlace, type Ruling, rulingOn } from './requests.ts';
import { type ShowWatch, watchShow } from './show-watch.ts';
import { type Viewers, viewers } from './viewers.ts';

/** Time between two looks at the show. */
const TELL_EVERY_MS: Ms = 100;
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

/** Parts of an open monitor. */
interface Monitor {
  readonly host: BridgeHost;
  readonly watch: ShowWatch;
  readonly looking: Viewers;
  /** Acts that pages have asked for. */
  acts: number;
}

export function openMonitor(name: string, options: MonitorOptions, host: BridgeHost): OpenBridge {
  const { clock, log } = host;
  const token = options.token ?? (isOpenToOthers(options) ? randomBytes(12).toString('base64url') : null);
  const place = `http://${options.address}:${options.port}`;
  const looking = viewers();
  const watch = watchShow(host, line => looking.tell('line', line));
  const monitor: Monitor = { host, watch, looking, acts: 0 };
  const stopTelling = tellChanges(monitor);
  const refuse = refuser(host);
  const server = webServer({
    ...{ address: options.address, port: options.port, clock, connectionsMost: CONNECTIONS_MOST },
    handle(request, response) {
      const ruling = rulingOn(askedFor(request), token, options.isLookOnlyFree);
      if (ruling.ok) serve(monitor, ruling.wanted, request, response);
      else refuse(ruling, request, response);
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
    return { state: 'ready', text: `${place}, ${looking.count()} pages look on, ${monitor.acts} acts by ${name}` };
  }

  return {
    ...TAKES_NOTHING,
    status,
    async close() {
      stopTelling();
      watch.close();
      await server.close();
    },
  };
}

/** Tells pages what has changed, while any look on. */
function tellChanges({ host: { clock, view }, looking }: Monitor): Cancel {
  let cancel: Cancel = () => {};
  function tellAll(): void {
    cancel = clock.at(clock.now() + TELL_EVERY_MS, tellAll);
    if (looking.count() === 0) return;
    looking.tellChanged('tracks', view.tracks());
    looking.tellChanged('state', view.status(clock.now()));
  }
  tellAll();
  return () => cancel();
}

function askedFor({ method = '', url = '/', headers }: IncomingMessage) {
  const token = headers['x-decklight-token'];
  return {
    ...{ method, url, host: headers.host, origin: headers.origin, contentType: headers['content-type'] },
    token: typeof token === 'string' ? token : undefined,
  };
}

function serve(monitor: Monitor, wanted: MonitorPlace, request: IncomingMessage, response: ServerResponse): void {
  const { watch, looking } = monitor;
  switch (wanted) {
    case 'page':
      return answer(response, 200, 'text/html', PAGE_HTML);
    case 'style':
      return answer(response, 200, 'text/css', PAGE_STYLE);
    case 'script':
      return answer(response, 200, 'text/javascript', PAGE_SCRIPT);
    case 'overlay':
      return answer(response, 200, 'text/html', OVERLAY_HTML);
    case 'overlay-script':
      return answer(response, 200, 'text/javascript', OVERLAY_SCRIPT);
    case 'state':
      return answer(response, 200, 'application/json', `${JSON.stringify(watch.state())}\n`);
    case 'metrics':
      return answer(response, 200, 'text/plain; version=0.0.4', watch.metrics(looking.count()));
    case 'health': {
      const reason = watch.trouble();
      const body = reason === null ? { ok: true } : { ok: false, reason };
      return answer(response, reason === null ? 200 : 503, 'application/json', `${JSON.stringify(body)}\n`);
    }
    case 'events': {
      response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' });
      const { tracks, lines, ...state } = watch.state();
      return looking.add(response, { tracks, state, lines });
    }
    case 'act':
      return serveAct(monitor, request, response);
  }
}

function serveAct(monitor: Monitor, request: IncomingMessage, response: ServerResponse): void {
  takeAct(request, monitor.host).then(
    ({ status, text }) => {
      if (status === 202) monitor.acts++;
      answer(response, status, 'text/plain', `${text}\n`);
    },
    // A body that ends too early has nobody to answer any more.
    () => response.destroy(),
  );
}

/** Answers what is refused, and logs each reason once. */
function refuser({ log }: BridgeHost) {
  const told = new Set<string>();
  return (
    { status, why }: Extract<Ruling, { ok: false }>,
    request: IncomingMessage,
    response: ServerResponse,
  ): void => {
    const from = request.socket.remoteAddress ?? 'an unknown address';
    const text = `a request from ${from} was refused: ${why}`;
    if (!told.has(text) && told.size < REFUSALS_TOLD) {
      told.add(text);
      log.warn({ from, status }, text);
    }
    answer(response, status, 'text/plain', `${why}\n`);
  };
}

/** Addresses by which browsers reach it. */
function addressesOf({ address }: MonitorOptions, { network }: BridgeHost): readonly string[] {
  return address === '0.0.0.0' ? network.interfaces().map(nic => nic.address) : [address];
}

const linkTo = (address: string, port: number, token: string | null): string =>
  `http://${address}:${port}/${token === null ? '' : `#token=${token}`}`;

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { ...HEADERS, 'content-type': `${type}; charset=utf-8` });
  response.end(body);
}
