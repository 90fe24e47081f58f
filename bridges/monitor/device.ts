/** The web server of a monitor: answers browsers, and tells them the show as it goes on. Decides nothing. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type BridgeHost, type BridgeStatus, type OpenBridge, TAKES_NOTHING } from '../../src/bridge.ts';
import type { Cancel, Ms } from '../../src/core/clock.ts';
import { whyUnreadable } from '../../src/files/file-errors.ts';
import { refusalTeller, type TellRefusal } from '../../src/network/refusals.ts';
import { webServer } from '../../src/network/web-server.ts';
import { takeAct } from './operator-act.ts';
import { PAGE_FILES, type PageFiles, type PagePath, readPageFiles } from './page-files.ts';
import { isOpenToOthers, type MonitorOptions, type Ruling, rulingOn } from './requests.ts';
import { type ShowWatch, watchShow } from './show-watch.ts';
import { type Viewers, viewers } from './viewers.ts';

/** Time between two looks at the show. */
const TELL_EVERY_MS: Ms = 100;
/** Pages are told at least this often that they still are: one that hears nothing knows that it shows what was. */
const BEAT_EVERY_MS: Ms = 5000;
const CONNECTIONS_MOST = 100;

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** Parts of an open monitor. */
interface Monitor {
  readonly options: MonitorOptions;
  readonly host: BridgeHost;
  readonly files: PageFiles;
  readonly watch: ShowWatch;
  readonly looking: Viewers;
  readonly refused: TellRefusal;
  /** Acts that pages have asked for. */
  acts: number;
}

export function openMonitor(name: string, options: MonitorOptions, host: BridgeHost): OpenBridge {
  const { clock, log } = host;
  const token = options.token ?? (isOpenToOthers(options) ? randomBytes(12).toString('base64url') : null);
  const place = `http://${options.address}:${options.port}`;
  const refused = refusalTeller(log);
  const watch = watchShow(host, line => looking.tell('line', line, line.kind === 'log' ? 'log' : 'lines'));
  const looking = viewers(watch.standing);
  const monitor: Monitor = { options, host, files: readPageFiles(), watch, looking, refused, acts: 0 };
  const stopTelling = tellChanges(monitor);
  const server = webServer({
    ...{ address: options.address, port: options.port, clock, connectionsMost: CONNECTIONS_MOST },
    handle(request, response) {
      const ruling = rulingOn(askedFor(request), token, options.isLookOnlyFree);
      if (ruling.ok) serve(monitor, ruling, request, response);
      else {
        refused(request.socket.remoteAddress, ruling.why);
        answer(response, ruling.status, 'text/plain', `${ruling.why}\n`);
      }
    },
    opened() {
      const links = addressesOf(options, host).map(address => linkTo(address, options.port, token));
      log.info({ port: options.port }, `the show is at ${links.join(' and ')}`);
      if (isOpenToOthers(options)) void announce(host, links);
      host.ready();
    },
    warn: text => log.warn({ port: options.port }, text),
    refused,
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
  let beatAt = clock.now();
  function tellAll(): void {
    const at = clock.now();
    cancel = clock.at(at + TELL_EVERY_MS, tellAll);
    if (looking.count() === 0) return;
    looking.tellChanged('outline', view.outline());
    looking.tellChanged('tracks', view.tracks());
    looking.tellChanged('state', view.status(at));
    if (at < beatAt) return;
    beatAt = at + BEAT_EVERY_MS;
    looking.tell('beat', null, 'beat');
  }
  tellAll();
  return () => cancel();
}

/** Shows each link once as a QR code, for phones: whoever sits at this machine may let others in. */
async function announce({ view }: BridgeHost, links: readonly string[]): Promise<void> {
  const { qrLines } = await import('./qr-code.ts');
  for (const link of links) view.announce([...qrLines(link), link]);
}

function askedFor({ method = '', url = '/', headers }: IncomingMessage) {
  const token = headers['x-decklight-token'];
  return {
    ...{ method, url, host: headers.host, origin: headers.origin, contentType: headers['content-type'] },
    token: typeof token === 'string' ? token : undefined,
  };
}

function serve(
  monitor: Monitor,
  { wanted, mayTouch }: Extract<Ruling, { ok: true }>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { watch, looking, files, host } = monitor;
  switch (wanted.kind) {
    case 'file':
      return answer(response, 200, PAGE_FILES[wanted.path].type, fileText(monitor, wanted.path));
    case 'artwork': {
      const jpeg = host.view.artwork(wanted.unit, wanted.deck);
      if (jpeg === null) return answer(response, 404, 'text/plain', 'there is no artwork\n');
      response.writeHead(200, { ...HEADERS, 'content-type': 'image/jpeg' });
      return void response.end(jpeg);
    }
    case 'state':
      return answer(response, 200, 'application/json', `${JSON.stringify(watch.state())}\n`);
    case 'metrics':
      return answer(response, 200, 'text/plain; version=0.0.4', watch.metrics(looking.count()));
    case 'health': {
      const reason = watch.trouble();
      const body = reason === null ? { ok: true } : { ok: false, reason };
      return answer(response, reason === null ? 200 : 503, 'application/json', `${JSON.stringify(body)}\n`);
    }
    case 'events':
      response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' });
      return looking.add(response, { page: files.version, mayTouch });
    case 'act':
      return serveAct(monitor, request, response);
  }
}

/** Text of a file of the page; the style of the overlay may be one of the profile's. */
function fileText({ options: { overlayStyle }, files, host: { log } }: Monitor, path: PagePath): string {
  if (path !== '/overlay.css' || overlayStyle === null) return files.text(path);
  try {
    return readFileSync(overlayStyle, 'utf8');
  } catch (error) {
    const why = whyUnreadable(error, { what: 'a CSS file', ifMissing: 'mend overlay-style:' });
    log.warn({ file: overlayStyle }, `${overlayStyle}: ${why}: the overlay has the style that comes with it`);
    return files.text(path);
  }
}

function serveAct(monitor: Monitor, request: IncomingMessage, response: ServerResponse): void {
  const from = request.socket.remoteAddress;
  takeAct(request, monitor.host).then(
    ({ status, text }) => {
      if (status === 202) monitor.acts++;
      else monitor.refused(from, text);
      answer(response, status, 'text/plain', `${text}\n`);
    },
    // A body that ends too early has nobody to answer any more.
    () => response.destroy(),
  );
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
