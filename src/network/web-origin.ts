/** Pages of browsers that may talk to a server of ours, by the origin that a browser says for them. Source: RFC 6454. */

/** Origins that a profile names, in lower case, without a slash at the end. */
export type AllowedOrigins = ReadonlySet<string>;

/** Brings an origin to the form in which browsers say it; null: it is none. `null` stands for a page opened from disk. */
export function originOf(text: string): string | null {
  const wanted = text.trim().toLowerCase().replace(/\/$/, '');
  if (wanted === 'null') return wanted;
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+$/.test(wanted)) return null;
  try {
    const { host, protocol } = new URL(wanted);
    return host === '' ? null : `${protocol}//${host}`;
  } catch {
    return null;
  }
}

/**
 * Tells whether a client is let in.
 *
 * @param origin as the client said it; undefined: none, as programs that are no browser do
 */
export function isOriginAllowed(origin: string | undefined, allowed: AllowedOrigins): boolean {
  if (origin === undefined) return true;
  const page = originOf(origin);
  return page !== null && (allowed.has(page) || isOnThisMachine(page));
}

const isOnThisMachine = (origin: string): boolean =>
  /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(origin);
