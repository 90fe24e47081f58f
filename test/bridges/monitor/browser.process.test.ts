/**
 * The page in a real browser, Debian's Chromium, against a show in a process of its own with a simulated unit. Left out where
 * there is no Chromium. Prints the folder where its pictures are kept.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../free-port.ts';
import { until } from '../../until.ts';

const TOP = fileURLToPath(new URL('../../..', import.meta.url));
const CHROMIUM = ['chromium', 'chromium-browser'].find(
  name => spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined,
);
const VIEWS = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
  desktop: { viewport: { width: 1280, height: 800 } },
} as const;

/** Limit of a wait, far beyond what a busy machine needs. */
const PATIENCE = { timeout: 120_000, interval: 50 };

const SET = `
set: two decks, one of them stands
seed: 7
length: 10:00
acts:
  - { at: 0:00, deck: 1, load: Night Tram, on-air: on }
  - { at: 0:00, deck: 2, load: Copper Awning }
  - { at: 0:00.500, deck: 1, jump: to beat 131 }
  - { at: 0:00.500, deck: 2, jump: to beat 57 }
  - { at: 0:00.800, deck: 1, play }
`;

const profile = (page: number, console: number): string => `
decklight: 1
name: Friday, main room
bridges:
  opus: { type: opus-quad }
  console: { type: osc, host: 127.0.0.1, port: ${console} }
  visuals: { type: osc, host: 127.0.0.1, port: ${console}, timecode: { address: /timecode, as: text } }
  page: { type: monitor, port: ${page} }
timecode:
  main: { follow: on-air, rate: 30, to: [visuals] }
tracks:
  - { match: { id: 829 }, title: Night Tram at Noon, artist: Demo, timecode: { main: 01:00:00:00 } }
cues:
  doors: [ { console: /doors } ]
  drop: [ { console: /drop } ]
  calm: [ { console: /calm } ]
  safe: [ { console: /safe } ]
panic: safe
cue-lists:
  main:
    - { name: Doors, cue: doors }
    - { name: The drop, cue: drop }
    - { name: Calm, cue: calm }
rules:
  - name: every phrase
    when: phrase
    do: [ { console: /phrase } ]
  - name: too fast
    when: every 4 bars
    if: deck.tempoBpm > 200
    do: [ { console: /never } ]
`;

describe.skipIf(CHROMIUM === undefined)('the page in Chromium (left out where there is none)', () => {
  const pictures = mkdtempSync(join(tmpdir(), 'decklight-page-'));
  const folder = mkdtempSync(join(tmpdir(), 'decklight-browser-'));
  const heard: string[] = [];
  let console_: Socket;
  let port = 0;
  let show: ChildProcess;
  let browser: Browser;
  let phone: Page;
  let desktop: Page;

  function startShow(): ChildProcess {
    const args = ['--import', 'tsx', 'src/cli/main.ts', 'run', '--no-record', '--simulate'];
    const files = ['--set', join(folder, 'set.yaml'), join(folder, 'show.yaml')];
    return spawn(process.execPath, [...args, ...files], { cwd: TOP, stdio: 'ignore' });
  }
  async function endShow(): Promise<void> {
    if (show.exitCode !== null || show.signalCode !== null) return;
    const ended = once(show, 'exit');
    show.kill('SIGKILL');
    await ended;
  }
  const state = async () => (await (await fetch(`http://127.0.0.1:${port}/state`)).json()) as ShownState;
  const has = (page: Page, id: string, text: string | RegExp): Promise<void> =>
    expect.poll(() => page.getByTestId(id).innerText()).toMatch(text);
  const framesOf = async (page: Page): Promise<number> => {
    const [, minutes = 0, seconds = 0, frames = 0] = (await page.getByTestId('timecode').innerText())
      .split(':')
      .map(Number);
    return (minutes * 60 + seconds) * 30 + frames;
  };
  /** Two presses of GO within 150 ms are one: until the timecode has gone on by more than that. */
  async function nextPress(page: Page): Promise<void> {
    const from = await framesOf(page);
    await expect.poll(() => framesOf(page)).toBeGreaterThan(from + 6);
  }
  async function open(view: keyof typeof VIEWS): Promise<Page> {
    const context: BrowserContext = await browser.newContext(VIEWS[view]);
    const page = await context.newPage();
    await page.clock.install();
    await page.goto(`http://127.0.0.1:${port}/`);
    await vi.waitFor(
      async () => expect(await page.getByTestId('deck-1').innerText()).toContain('Chorus 1 →'),
      PATIENCE,
    );
    return page;
  }

  beforeAll(async () => {
    console_ = createSocket('udp4', bytes => {
      const address = /^\/[\w/]+/.exec(bytes.toString('latin1'))?.[0] ?? '';
      if (address !== '/timecode') heard.push(address);
    });
    console_.bind(0, '127.0.0.1');
    await once(console_, 'listening');
    port = await freePort();
    writeFileSync(join(folder, 'show.yaml'), profile(port, (console_.address() as AddressInfo).port));
    writeFileSync(join(folder, 'set.yaml'), SET);
    show = startShow();
    browser = await chromium.launch({ executablePath: `/usr/bin/${CHROMIUM}`, args: ['--no-sandbox'] });
    await vi.waitFor(async () => expect((await state()).decks[1]?.trackId).toBe(1203), PATIENCE);
    phone = await open('phone');
    desktop = await open('desktop');
  });
  afterAll(async () => {
    await browser.close();
    await endShow();
    console_.close();
    rmSync(folder, { recursive: true });
    process.stdout.write(`pictures of the page: ${pictures}\n`);
  });

  it('shows timecode, decks, cues with their conditions, the list and the bridges, and labels move', async () => {
    for (const page of [phone, desktop]) {
      const label = await page.getByTestId('timecode').innerText();
      expect(label).toMatch(/^01:0\d:\d\d:\d\d$/);
      await expect.poll(() => page.getByTestId('timecode').innerText()).not.toBe(label);
      await has(page, 'deck-1', /Night Tram at Noon[\s\S]*Demo[\s\S]*ON AIR[\s\S]*TIMECODE main/);
      await has(page, 'deck-1', /±\d+ ms · 128\.00 BPM · \+0\.00 %/);
      await has(page, 'next', /deck 1 .*too fast · if: not now: deck\.tempoBpm > 200 no \(128\)/);
      await has(page, 'list-main', /Doors · next\s+The drop\s+Calm/);
      await has(page, 'bridges', /console[\s\S]*visuals[\s\S]*timecode runs/);
      await has(page, 'warnings', /SIMULATED opus/);
    }
    await expect
      .poll(() =>
        phone.locator('[data-testid=deck-1] img').evaluate(img => (img as unknown as ShownImage).naturalWidth),
      )
      .toBeGreaterThan(0);
  });

  it('draws the phrase bar and its playhead where the engine says they are', async () => {
    const { tracks, decks } = await state();
    for (const { deck, phrases, endBeat } of tracks) {
      const wanted = phrases.map(({ label, startBeat }) => [label, ((startBeat - 1) / (endBeat - 1)) * 100]);
      const parts = desktop.locator(`[data-testid=bar-${deck}] .part`);
      const drawn = await parts.evaluateAll(list =>
        (list as unknown as ShownPart[]).map(({ textContent, style }) => [textContent, Number.parseFloat(style.left)]),
      );
      expect(drawn.map(([label]) => label)).toEqual(wanted.map(([label]) => label));
      for (const [i, [, left]] of drawn.entries()) expect(left).toBeCloseTo(Number(wanted[i]?.[1]), 3);
    }
    const leftOf = (deck: number): Promise<number> =>
      desktop
        .locator(`[data-testid=bar-${deck}] .playhead`)
        .evaluate(element => Number.parseFloat((element as unknown as ShownPart).style.left));
    const percentOf = async (deck: number): Promise<number> => {
      const { decks, tracks } = await state();
      const end = tracks.find(track => track.deck === deck)?.endBeat ?? Number.NaN;
      return (((decks[deck - 1]?.beat ?? Number.NaN) - 1) / (end - 1)) * 100;
    };
    expect(decks[1]?.playing).toBe(false);
    await expect.poll(async () => Math.abs((await leftOf(2)) - (await percentOf(2)))).toBeLessThan(0.001);
    // A deck that plays goes on between the two looks: by less than four beats, once they come close together.
    await expect.poll(async () => Math.abs((await leftOf(1)) - (await percentOf(1)))).toBeLessThan(400 / 512);
    const before = await leftOf(1);
    await expect.poll(() => leftOf(1)).toBeGreaterThan(before);
    for (const [name, page] of Object.entries({ phone, desktop })) {
      await page.screenshot({ path: join(pictures, `${name}.png`) });
      await page.screenshot({ path: join(pictures, `${name}-whole.png`), fullPage: true });
    }
  });

  it('a touch of GO fires the armed cue, which every page shows with its reason', async () => {
    await phone.getByTestId('go').tap();
    await until(() => heard.includes('/doors'));
    await has(desktop, 'list-main', /Doors · running[\s\S]*The drop · next/);
    await has(desktop, 'last', /console \/doors/);
    await has(phone, 'go', /The drop/);
    await has(phone, 'log', /go, asked for at 127\.0\.0\.1/);
  });

  it('its keys are those of the terminal, and each button is reached and pressed by keyboard', async () => {
    await nextPress(desktop);
    await desktop.keyboard.press('g');
    await until(() => heard.includes('/drop'));
    await has(desktop, 'go', /Calm/);
    await desktop.getByTestId('go').focus();
    await nextPress(desktop);
    await desktop.keyboard.press('Enter');
    await until(() => heard.includes('/calm'));
    await has(desktop, 'list-main', /Calm · running/);
    await desktop.keyboard.press('b');
    await has(desktop, 'list-main', /The drop · running/);
    await desktop.locator('summary').focus();
    await desktop.keyboard.press('Enter');
    await desktop.keyboard.press('Tab');
    expect(await desktop.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Nudge main −1');
    await desktop.keyboard.press('Enter');
    await has(desktop, 'nudge-main', /^-1 frames$/);
    await desktop.keyboard.press('2');
    await has(desktop, 'warnings', /deck 2 is pinned/);
    await desktop.keyboard.press('a');
    await expect.poll(async () => (await state()).pinned).toBe(null);
    await desktop.getByTestId('fire-safe').click();
    await until(() => heard.includes('/safe'));
    await desktop.keyboard.press('c');
    await has(desktop, 'captured', /match|already|cues/);
    await desktop.getByText('Close').click();
  });

  it('a lock lets nothing through but panic and the lock itself', async () => {
    await desktop.keyboard.press('l');
    await expect.poll(() => phone.getByTestId('go').isDisabled()).toBe(true);
    expect(await phone.getByTestId('panic').isEnabled()).toBe(true);
    await desktop.keyboard.press('l');
    await expect.poll(() => phone.getByTestId('go').isDisabled()).toBe(false);
  });

  it('panic wants to be held for half a second, then mutes and sends its cue; nothing else leaves until unmute', async () => {
    const panic = phone.getByTestId('panic');
    // Time of the page stands still, but for what is said here.
    await phone.clock.pauseAt(Date.now() + 3_600_000);
    await panic.dispatchEvent('pointerdown');
    await phone.clock.runFor(499);
    await panic.dispatchEvent('pointerup');
    await phone.clock.runFor(1000);
    await phone.getByTestId('mute').tap();
    await expect.poll(async () => (await state()).muted).toBe('all');
    expect((await state()).panic).toBe(false);
    await phone.getByTestId('mute').tap();
    await expect.poll(async () => (await state()).muted).toEqual([]);

    heard.splice(0);
    await panic.dispatchEvent('pointerdown');
    await phone.clock.runFor(500);
    await until(() => heard.includes('/safe'));
    await has(desktop, 'warnings', /PANIC: all is muted/);
    await desktop.screenshot({ path: join(pictures, 'panic.png') });
    heard.splice(0);
    await desktop.getByTestId('fire-drop').click();
    await has(desktop, 'last', /not sent: console is muted/);
    await desktop.getByTestId('mute').click();
    await expect.poll(async () => (await state()).panic).toBe(false);
    await desktop.getByTestId('fire-calm').click();
    await until(() => heard.includes('/calm'));
    expect(heard).not.toContain('/drop');
    await phone.clock.resume();
  });

  it('has no fault of contrast, labels or order that axe finds', async () => {
    for (const page of [phone, desktop]) {
      await page.evaluate(axe.source);
      const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults;
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('; ')}`)).toEqual([]);
    }
  });

  it('shows all again after a reload, and comes back by itself when the show has been killed and started again', async () => {
    await phone.reload();
    await has(phone, 'deck-1', /Night Tram at Noon/);
    await has(phone, 'last', /console \/calm/);
    await endShow();
    for (const page of [phone, desktop]) {
      await expect.poll(() => page.locator('#link').innerText()).toContain('NO CONNECTION');
    }
    show = startShow();
    for (const page of [phone, desktop]) {
      await expect.poll(() => page.locator('#link').innerText()).toBe('live');
      await has(page, 'list-main', /Doors · next/);
      await has(page, 'deck-1', /Night Tram at Noon/);
    }
  });
});

interface ShownState {
  readonly decks: readonly {
    readonly trackId: number | null;
    readonly beat: number | null;
    readonly playing: boolean;
  }[];
  readonly tracks: readonly {
    readonly deck: number;
    readonly endBeat: number;
    readonly phrases: readonly { readonly label: string; readonly startBeat: number }[];
  }[];
  readonly muted: 'all' | readonly string[];
  readonly panic: boolean;
  readonly pinned: number | null;
}

/** The parts of elements in a browser that are looked at here. */
interface ShownImage {
  readonly naturalWidth: number;
}
interface ShownPart {
  readonly textContent: string;
  readonly style: { readonly left: string };
}
