/** The monitor over real sockets of loopback. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import decodeQR from 'qr/decode.js';
import { afterEach, describe, expect, it } from 'vitest';
import { openMonitor } from '../../../bridges/monitor/device.ts';
import { PAGE_FILES } from '../../../bridges/monitor/page-files.ts';
import type { MonitorOptions } from '../../../bridges/monitor/requests.ts';
import { type BridgeStatus, NO_VIEW, type ShownLine, type ShowView } from '../../../src/bridge.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import type { ShowEvent } from '../../../src/core/events.ts';
import { freePort } from '../../free-port.ts';
import { until } from '../../until.ts';
import { testHost } from '../fake-host.ts';

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function monitorAt(change: Partial<MonitorOptions> = {}) {
  const port = await freePort();
  const clock = virtualClock();
  const events: ShowEvent[] = [];
  const announced: string[] = [];
  const bridges: (BridgeStatus & { readonly name: string })[] = [];
  const { host, log } = testHost(clock, undefined, event => events.push(event));
  let status: Record<string, unknown> | null = { profile: 'Friday' };
  let tell: (line: ShownLine) => void = () => {};
  const view: ShowView = {
    ...NO_VIEW,
    status: () => status,
    bridges: () => bridges,
    artwork: (unit, deck) => (unit === 'opus' && deck === 2 ? Uint8Array.of(0xff, 0xd8, 7) : null),
    announce: lines => announced.push(...lines),
    listen(listener) {
      tell = listener;
      return () => {};
    },
  };
  const options: MonitorOptions = {
    address: '127.0.0.1',
    port,
    token: null,
    isLookOnlyFree: false,
    overlayStyle: null,
    ...change,
  };
  const bridge = openMonitor('page', options, { ...host, view });
  closing.push(() => bridge.close());
  await until(() => bridge.status().state === 'ready');
  const url = `http://127.0.0.1:${port}`;
  return {
    ...{ port, url, clock, events, log, host, announced, bridges },
    show(changed: Record<string, unknown> | null) {
      status = changed;
    },
    line: (line: Pick<ShownLine, 'kind' | 'at' | 'text' | 'lateMs'>) => tell({ ...line, what: line.text, why: null }),
  };
}

/** What a page is told, as text; grows as it comes. */
async function look(url: string, query = '') {
  const abort = new AbortController();
  closing.push(() => abort.abort());
  const response = await fetch(`${url}/events${query}`, { signal: abort.signal });
  const told = { text: '' };
  void (async () => {
    const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) told.text += part.value;
  })().catch(() => {});
  return told;
}

/** Reads what a terminal shows as a camera would: four pixels to a module, a light one where a block is drawn. */
function readQr(lines: readonly string[]): string {
  const ESCAPE = '\u001b';
  const COLOURS = new RegExp(`${ESCAPE}\\[[0-9;]*m`, 'g');
  const rows = lines.flatMap(line => {
    const blocks = [...line.replace(COLOURS, '')];
    return [blocks.map(block => '█▀'.includes(block)), blocks.map(block => '█▄'.includes(block))];
  });
  const size = 4;
  const width = (rows[0]?.length ?? 0) * size;
  const height = rows.length * size;
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const isLight = rows[Math.floor(i / width / size)]?.[Math.floor((i % width) / size)] === true;
    data.set(isLight ? [255, 255, 255, 255] : [0, 0, 0, 255], i * 4);
  }
  return decodeQR({ width, height, data });
}

const act = (url: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/act`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

describe('a monitor', () => {
  it('serves each file of its page, which name none that is not served', async () => {
    const { url } = await monitorAt();
    for (const [path, { file, type }] of Object.entries(PAGE_FILES)) {
      const response = await fetch(`${url}${path}`);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, `${type}; charset=utf-8`]);
      const text = await response.text();
      expect(text).toBe(readFileSync(new URL(`../../../bridges/monitor/page/${file}`, import.meta.url), 'utf8'));
      for (const [, named = ''] of text.matchAll(/from '\.(\/[\w.-]+)'/g)) expect(PAGE_FILES).toHaveProperty([named]);
    }
  });

  it('serves a page that loads nothing from elsewhere and runs no script of others', async () => {
    const { url } = await monitorAt();
    const page = await fetch(`${url}/`);
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    expect(html).not.toMatch(/https?:|\/\//);
    for (const [, file = ''] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
      expect((await fetch(`${url}${file}`)).status).toBe(200);
    }
  });

  it('tells a page all that stands, then what changes, and is quiet while nothing does', async () => {
    const { url, clock, show, line } = await monitorAt();
    const told = await look(url);
    await until(() => told.text.includes('event: lines'));
    expect(told.text).toContain('event: state\ndata: {"profile":"Friday"}\n\n');
    clock.advance(100);
    await until(() => told.text.split('event: state').length === 3);
    clock.advance(10_000);
    show({ profile: 'Saturday' });
    clock.advance(100);
    await until(() => told.text.includes('Saturday'));
    expect(told.text.split('event: state')).toHaveLength(4);
    line({ kind: 'sent', at: 1, text: 'a cue left', lateMs: 3 });
    await until(() =>
      told.text.includes('event: line\ndata: {"kind":"sent","at":1,"text":"a cue left","lateMs":3,"what"'),
    );
  });

  it('greets each page with its version and whether it may touch, and says every 5 s that it is there', async () => {
    const { url, clock } = await monitorAt({ token: 'abcdefgh-1234', isLookOnlyFree: true });
    const looker = await look(url);
    const toucher = await look(url, '?token=abcdefgh-1234');
    await until(() => looker.text.includes('event: lines') && toucher.text.includes('event: lines'));
    const greetingOf = ({ text }: { text: string }) =>
      JSON.parse(/^event: hello\ndata: (.*)\n/.exec(text)?.[1] ?? '') as { page: string; mayTouch: boolean };
    expect([greetingOf(looker).mayTouch, greetingOf(toucher).mayTouch]).toEqual([false, true]);
    expect(greetingOf(looker).page).toMatch(/^[\w-]{12}$/);
    clock.advance(100);
    await until(() => looker.text.includes('event: beat'));
    clock.advance(4900);
    clock.advance(100);
    await until(() => looker.text.split('event: beat').length === 3);
  });

  it('gives the artwork of a deck, and says where there is none', async () => {
    const { url } = await monitorAt();
    const jpeg = await fetch(`${url}/artwork/opus/2?track=7`);
    expect([jpeg.headers.get('content-type'), ...new Uint8Array(await jpeg.arrayBuffer())]).toEqual([
      ...['image/jpeg', 0xff, 0xd8, 7],
    ]);
    expect((await fetch(`${url}/artwork/opus/1`)).status).toBe(404);
    expect((await fetch(`${url}/artwork/opus/9`)).status).toBe(404);
  });

  it('takes the style of the overlay from a file as it is now, and does without one that is not there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'overlay-'));
    closing.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'mine.css');
    const { url, log } = await monitorAt({ overlayStyle: file });
    const own = await (await fetch(`${url}/overlay.css`)).text();
    expect(own).toContain('transparent');
    expect(log.some(line => line.startsWith(`${file}: `))).toBe(true);
    writeFileSync(file, '.title { color: red }');
    expect(await (await fetch(`${url}/overlay.css`)).text()).toBe('.title { color: red }');
  });

  it('shows its link once as a QR code where others are heard, which reads as the link', async () => {
    const { announced, log } = await monitorAt({ address: '0.0.0.0', token: 'abcdefgh-1234' });
    await until(() => announced.some(line => line.startsWith('http')));
    const link = announced.find(line => line.startsWith('http')) ?? '';
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=abcdefgh-1234$/);
    expect(log.some(line => line.includes(link))).toBe(true);
    expect(readQr(announced.slice(0, announced.indexOf(link)))).toBe(link);
  });

  it('shows no code where this machine alone is heard', async () => {
    const { announced, url } = await monitorAt();
    await fetch(`${url}/state`);
    expect(announced).toEqual([]);
  });

  it('keeps the last fifty lines for pages that come later', async () => {
    const { url, line } = await monitorAt();
    for (let i = 1; i <= 60; i++) line({ kind: 'held-back', at: i, text: `line ${i}`, lateMs: null });
    const state = (await (await fetch(`${url}/state`)).json()) as { lines: ShownLine[]; version: number };
    expect(state.version).toBe(1);
    expect(state.lines.map(({ at }) => at)).toEqual(Array.from({ length: 50 }, (_, i) => i + 11));
  });

  it('puts an act into the inbox, with its address in the log; what is no act is refused', async () => {
    const { url, events, log } = await monitorAt();
    expect((await act(url, '{"kind":"go","list":null}')).status).toBe(202);
    expect(events).toEqual([{ kind: 'operator.act', act: { kind: 'go', list: null } }]);
    expect(log.some(text => text.includes('go, asked for at 127.0.0.1'))).toBe(true);
    for (const body of [
      '',
      '{',
      '[]',
      '{"kind":"explode"}',
      '{"kind":"pin","deck":9}',
      '{"kind":"nudge","frames":"1"}',
    ]) {
      expect((await act(url, body)).status).toBe(400);
    }
    expect((await act(url, `{"kind":"fire","cue":"${'x'.repeat(5000)}"}`)).status).toBe(413);
    expect(events).toHaveLength(1);
  });

  it('counts how often a bridge is there again, and not the first time', async () => {
    const { url, clock, bridges } = await monitorAt();
    const reconnects = async (): Promise<string> =>
      /reconnects_total\{bridge="daw"\} (\d+)/.exec(await (await fetch(`${url}/metrics`)).text())?.[1] ?? 'none';
    const told: string[] = [];
    for (const state of ['waiting', 'ready', 'ready', 'waiting', 'ready', 'failed', 'failed', 'ready'] as const) {
      bridges.splice(0, 1, { name: 'daw', state, text: '' });
      clock.advance(100);
      told.push(await reconnects());
    }
    expect(told).toEqual(['0', '0', '0', '0', '1', '1', '1', '2']);
  });

  it('tells the delay of its event loop', async () => {
    const { url } = await monitorAt();
    await expect
      .poll(async () => {
        // Holds the loop up for 60 ms.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
        const text = await (await fetch(`${url}/metrics`)).text();
        return Number(/loop_delay_seconds\{quantile="1"\} (\S+)/.exec(text)?.[1]);
      })
      .toBeGreaterThan(0.035);
  });

  it('is healthy while a deck is heard, and says why when not', async () => {
    const { url, clock, host } = await monitorAt();
    const health = async () => {
      const response = await fetch(`${url}/health`);
      return [response.status, ((await response.json()) as { reason?: string }).reason];
    };
    expect(await health()).toEqual([503, 'no deck has been heard']);
    host.packets.heard({ kind: 'keep-alive', bytes: new Uint8Array() });
    expect((await health())[0]).toBe(503);
    host.packets.heard({ kind: 'status', bytes: new Uint8Array() });
    clock.advance(10_000);
    expect(await health()).toEqual([200, undefined]);
    clock.advance(1);
    expect(await health()).toEqual([503, 'no deck was heard for 10 s']);
  });

  it('asks for its token, and tells each refusal once', async () => {
    const token = 'abcdefgh-1234';
    const { url, events, log } = await monitorAt({ token });
    expect((await act(url, '{"kind":"panic"}')).status).toBe(401);
    expect((await act(url, '{"kind":"panic"}')).status).toBe(401);
    expect((await act(url, '{"kind":"panic"}', { 'x-decklight-token': token })).status).toBe(202);
    expect(events).toHaveLength(1);
    expect(log.filter(text => text.includes('did not bring the token'))).toHaveLength(1);
    expect(log.some(text => text.includes(`/#token=${token}`))).toBe(true);
  });

  it('is not reached under a foreign name', async () => {
    const { port } = await monitorAt();
    const status = await new Promise((done, fail) => {
      const asking = request({ port, host: '127.0.0.1', path: '/', headers: { host: 'evil.example' } }, response => {
        response.resume();
        done(response.statusCode);
      });
      asking.on('error', fail);
      asking.end();
    });
    expect(status).toBe(403);
  });
});
