/** Requests to a monitor: which of them are answered, and with what. Pure. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { DeckNumber } from '../../src/core/deck-report.ts';
import { isLoopback } from '../../src/network/network.ts';
import { quote } from '../../src/text/quote.ts';
import { PAGE_FILES, type PagePath } from './page-files.ts';

export interface MonitorOptions {
  readonly address: string;
  readonly port: number;
  /** null: none was given; one is made where browsers of other machines are heard. */
  readonly token: string | null;
  /** Whether a browser without the token may look. */
  readonly isLookOnlyFree: boolean;
  /** CSS file of the overlay; null: the one that comes with it. */
  readonly overlayStyle: string | null;
}

/** The parts of a request that decide about it. */
export interface AskedFor {
  readonly method: string;
  readonly url: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly contentType: string | undefined;
  /** Token of the header; undefined: it may still stand in the address. */
  readonly token: string | undefined;
}

const DATA_PLACES = {
  '/state': 'state',
  '/events': 'events',
  '/metrics': 'metrics',
  '/health': 'health',
  '/act': 'act',
} as const;

type DataPlace = (typeof DATA_PLACES)[keyof typeof DATA_PLACES];

export type MonitorPlace =
  | { readonly kind: DataPlace }
  | { readonly kind: 'file'; readonly path: PagePath }
  | { readonly kind: 'artwork'; readonly unit: string; readonly deck: DeckNumber };

export type Ruling =
  /** `mayTouch`: an act that is asked for likewise would be taken. */
  | { readonly ok: true; readonly wanted: MonitorPlace; readonly mayTouch: boolean }
  | { readonly ok: false; readonly status: 401 | 403 | 404 | 405 | 415; readonly why: string };

/** @param token the word to bring; null: none is needed, since only this machine is heard */
export function rulingOn(asked: AskedFor, token: string | null, isLookOnlyFree: boolean): Ruling {
  const { method, host, origin } = asked;
  if (host === undefined || !isPlainHost(host)) {
    return { ok: false, status: 403, why: 'the page was asked for by a name that is not its address: use the address' };
  }
  if (origin !== undefined && !isSameOrigin(origin, host)) {
    return { ok: false, status: 403, why: `a page of ${quote(origin)} wanted in` };
  }
  const url = urlOf(asked.url);
  const wanted = url === null ? null : placeOf(url.pathname);
  if (url === null || wanted === null) {
    return { ok: false, status: 404, why: `there is no ${quote(url?.pathname ?? asked.url)}` };
  }
  const isAct = wanted.kind === 'act';
  if (method !== (isAct ? 'POST' : 'GET')) {
    return { ok: false, status: 405, why: `${url.pathname} takes ${isAct ? 'POST' : 'GET'} alone` };
  }
  const mayTouch = token === null || isSameText(asked.token ?? url.searchParams.get('token') ?? '', token);
  if (!mayTouch && !isFree(wanted) && (isAct || !isLookOnlyFree)) {
    return { ok: false, status: 401, why: 'it did not bring the token: open the link that the log shows at the start' };
  }
  if (isAct && asked.contentType !== 'application/json') {
    return { ok: false, status: 415, why: 'an act is application/json' };
  }
  return { ok: true, wanted, mayTouch };
}

function urlOf(url: string): URL | null {
  try {
    return new URL(url, 'http://monitor');
  } catch {
    return null;
  }
}

function placeOf(pathname: string): MonitorPlace | null {
  if (Object.hasOwn(PAGE_FILES, pathname)) return { kind: 'file', path: pathname as PagePath };
  if (Object.hasOwn(DATA_PLACES, pathname)) return { kind: DATA_PLACES[pathname as keyof typeof DATA_PLACES] };
  const [, unit, digit] = /^\/artwork\/(\w{1,64})\/([1-4])$/.exec(pathname) ?? [];
  return unit === undefined ? null : { kind: 'artwork', unit, deck: Number(digit) as DeckNumber };
}

/** Files of the page itself hold nothing of the show, so a browser gets them before it can bring a token. */
const isFree = (wanted: MonitorPlace): boolean => wanted.kind === 'file' && wanted.path !== '/overlay';

/** A name that is no address may be that of a foreign page which has been pointed here. */
const isPlainHost = (host: string): boolean => /^(localhost|\d{1,3}(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host);

function isSameOrigin(origin: string, host: string): boolean {
  try {
    return new URL(origin).host === host.toLowerCase();
  } catch {
    return false;
  }
}

/** Takes as long whatever the difference, so that a token cannot be guessed letter by letter. */
function isSameText(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

/** Tells whether browsers of other machines are heard. */
export const isOpenToOthers = ({ address }: MonitorOptions): boolean => !isLoopback(address);
