/** Requests to a monitor: which of them are answered, and with what. Pure. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isLoopback } from '../../src/network/network.ts';

export interface MonitorOptions {
  readonly address: string;
  readonly port: number;
  /** null: none was given; one is made where browsers of other machines are heard. */
  readonly token: string | null;
  /** Whether a browser without the token may look. */
  readonly isLookOnlyFree: boolean;
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

const PLACES = {
  '/': 'page',
  '/page.css': 'style',
  '/page.js': 'script',
  '/overlay': 'overlay',
  '/overlay.js': 'overlay-script',
  '/state': 'state',
  '/events': 'events',
  '/metrics': 'metrics',
  '/health': 'health',
  '/act': 'act',
} as const;

export type MonitorPlace = (typeof PLACES)[keyof typeof PLACES];

export type Ruling =
  | { readonly ok: true; readonly wanted: MonitorPlace }
  | { readonly ok: false; readonly status: 401 | 403 | 404 | 405 | 415; readonly why: string };

/** Files of the page itself hold nothing of the show, so a browser gets them before it can bring a token. */
const FREE: readonly MonitorPlace[] = ['page', 'style', 'script', 'overlay-script'];

/** @param token the word to bring; null: none is needed, since only this machine is heard */
export function rulingOn(asked: AskedFor, token: string | null, isLookOnlyFree: boolean): Ruling {
  const { method, host, origin } = asked;
  if (host === undefined || !isPlainHost(host)) {
    return { ok: false, status: 403, why: 'the page was asked for by a name that is not its address: use the address' };
  }
  if (origin !== undefined && !isSameOrigin(origin, host)) {
    return { ok: false, status: 403, why: `a page of ${origin} wanted in` };
  }
  const { pathname, searchParams } = new URL(asked.url, 'http://monitor');
  const wanted = Object.hasOwn(PLACES, pathname) ? PLACES[pathname as keyof typeof PLACES] : null;
  if (wanted === null) return { ok: false, status: 404, why: `there is no ${pathname}` };
  const isAct = wanted === 'act';
  if (method !== (isAct ? 'POST' : 'GET')) {
    return { ok: false, status: 405, why: `${pathname} takes ${isAct ? 'POST' : 'GET'} alone` };
  }
  const isFree = token === null || FREE.includes(wanted) || (isLookOnlyFree && !isAct);
  if (!isFree && !isSameText(asked.token ?? searchParams.get('token') ?? '', token)) {
    return { ok: false, status: 401, why: 'it did not bring the token: open the link that the log shows at the start' };
  }
  if (isAct && asked.contentType !== 'application/json') {
    return { ok: false, status: 415, why: 'an act is application/json' };
  }
  return { ok: true, wanted };
}

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
