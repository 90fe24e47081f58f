/** Pages that look on: each is told the same bytes, encoded once; one that reads slowly gets the newest when it reads again. */
import type { ServerResponse } from 'node:http';

export interface Viewers {
  /** Takes in a page, and tells it all that stands. @param greeting told to this page alone, before all else */
  add(response: ServerResponse, greeting: unknown): void;
  /** Tells it to each page in its turn; one that is behind is told what stands for `standingFor` instead, once it reads again. */
  tell(event: string, data: unknown, standingFor: string): void;
  /** Tells only if it is other than what was told last. */
  tellChanged(event: string, data: unknown): void;
  count(): number;
  closeAll(): void;
}

interface Page {
  readonly response: ServerResponse;
  /** Names of what stands, to be told once it reads again; null: it keeps up. */
  missed: Set<string> | null;
}

/** @param standing gives all that stands by event, for pages that come, and for those that were behind */
export function viewers(standing: () => Readonly<Record<string, unknown>>): Viewers {
  const pages = new Set<Page>();
  const last = new Map<string, string>();

  function write(page: Page, bytes: Buffer): void {
    if (!page.response.write(bytes)) page.missed = new Set();
  }

  function writeAll(bytes: Buffer, standsFor: string): void {
    for (const page of pages) {
      if (page.missed === null) write(page, bytes);
      else page.missed.add(standsFor);
    }
  }

  function catchUp(page: Page): void {
    const { missed } = page;
    page.missed = null;
    if (missed === null || missed.size === 0) return;
    const told = Object.entries(standing()).filter(([event]) => missed.has(event));
    write(page, Buffer.concat(told.map(([event, data]) => bytesOf(event, JSON.stringify(data)))));
  }

  return {
    add(response, greeting) {
      const page: Page = { response, missed: null };
      pages.add(page);
      response.on('close', () => pages.delete(page));
      response.on('drain', () => catchUp(page));
      const all = Object.entries({ hello: greeting, ...standing() });
      write(page, Buffer.concat(all.map(([event, data]) => bytesOf(event, JSON.stringify(data)))));
    },
    tell: (event, data, standingFor) => writeAll(bytesOf(event, JSON.stringify(data)), standingFor),
    tellChanged(event, data) {
      const json = JSON.stringify(data);
      if (last.get(event) === json) return;
      last.set(event, json);
      writeAll(bytesOf(event, json), event);
    },
    count: () => pages.size,
    closeAll() {
      for (const { response } of pages) response.end();
    },
  };
}

/** Message of an event stream. Source: WHATWG HTML, 9.2. */
const bytesOf = (event: string, json: string): Buffer => Buffer.from(`event: ${event}\ndata: ${json}\n\n`);
