/** Which requests a monitor answers. */
import { describe, expect, it } from 'vitest';
import { type AskedFor, rulingOn } from '../../../bridges/monitor/requests.ts';

const TOKEN = 'abcdefgh-12345678';
const asked = (change: Partial<AskedFor> = {}): AskedFor => ({
  ...{ method: 'GET', url: '/', host: '10.0.0.5:8090', origin: undefined, contentType: undefined, token: undefined },
  ...change,
});
const act = (change: Partial<AskedFor> = {}): AskedFor =>
  asked({ method: 'POST', url: '/act', contentType: 'application/json', ...change });
const statusOf = (request: AskedFor, token: string | null = TOKEN, isLookOnlyFree = false): number => {
  const ruling = rulingOn(request, token, isLookOnlyFree);
  return ruling.ok ? 200 : ruling.status;
};

describe('a request', () => {
  it.each(['localhost:8090', '127.0.0.1:8090', '10.0.0.5', '[::1]:8090'])('to the address %s is answered', host => {
    expect(statusOf(asked({ host }))).toBe(200);
  });

  it.each(['evil.example', 'evil.example:8090', '10.0.0.5.example.org', 'localhost.example.org', '', undefined])(
    'to the name %s is refused, on every path: another page may have been pointed here',
    host => {
      for (const url of ['/', '/state', '/act', '/nowhere']) expect(statusOf(asked({ host, url }))).toBe(403);
    },
  );

  it.each(['http://evil.example', 'null', 'http://10.0.0.5:3000', 'nonsense'])('of a page of %s is refused', origin => {
    expect(statusOf(asked({ origin }))).toBe(403);
    expect(statusOf(act({ origin, token: TOKEN }))).toBe(403);
  });

  it('of our own page is answered', () => {
    expect(statusOf(asked({ origin: 'http://10.0.0.5:8090', token: TOKEN, url: '/state' }))).toBe(200);
  });

  it('for what is not here is told so, and so is the wrong method and the wrong kind of content', () => {
    expect(statusOf(asked({ url: '/constructor' }))).toBe(404);
    expect(statusOf(asked({ url: '/../state' }), null)).toBe(200);
    expect(statusOf(asked({ url: '/act', token: TOKEN }))).toBe(405);
    expect(statusOf(asked({ url: '/state', method: 'DELETE', token: TOKEN }))).toBe(405);
    expect(statusOf(act({ contentType: 'text/plain', token: TOKEN }))).toBe(415);
  });
});

describe('a token', () => {
  it('is asked for by all but the files of the page, in a header or in the address', () => {
    for (const url of ['/', '/page.js', '/page.css']) expect(statusOf(asked({ url }))).toBe(200);
    for (const url of ['/state', '/events', '/metrics', '/health', '/overlay']) {
      expect(statusOf(asked({ url }))).toBe(401);
      expect(statusOf(asked({ url, token: TOKEN }))).toBe(200);
      expect(statusOf(asked({ url: `${url}?token=${TOKEN}` }))).toBe(200);
      expect(statusOf(asked({ url, token: TOKEN.slice(1) }))).toBe(401);
    }
    expect(statusOf(act())).toBe(401);
    expect(statusOf(act({ token: TOKEN }))).toBe(200);
  });

  it('is not asked for by those who only look, where the profile says so', () => {
    expect(statusOf(asked({ url: '/state' }), TOKEN, true)).toBe(200);
    expect(statusOf(act(), TOKEN, true)).toBe(401);
  });

  it('is not asked for where only this machine is heard', () => {
    expect(statusOf(act({ host: 'localhost:8090' }), null)).toBe(200);
  });
});
