/** Pages that look on: each is told the same bytes, encoded once; one that reads slowly gets the newest only. */
import type { ServerResponse } from 'node:http';

/** Bytes that may wait for a page. */
const WAITING_MOST_BYTES = 256 * 1024;

export interface Viewers {
  /** Takes in a page, and tells it all that stands, by event. */
  add(response: ServerResponse, standing: Readonly<Record<string, unknown>>): void;
  tell(event: string, data: unknown): void;
  /** Tells only if it is other than what was told last. */
  tellChanged(event: string, data: unknown): void;
  count(): number;
  closeAll(): void;
}

export function viewers(): Viewers {
  const pages = new Set<ServerResponse>();
  const last = new Map<string, string>();
  const textOf = (event: string, json: string): string => `event: ${event}\ndata: ${json}\n\n`;

  function write(text: string): void {
    for (const page of pages) {
      if (page.writableLength < WAITING_MOST_BYTES) page.write(text);
    }
  }

  return {
    add(response, standing) {
      pages.add(response);
      response.on('close', () => pages.delete(response));
      for (const [event, data] of Object.entries(standing)) response.write(textOf(event, JSON.stringify(data)));
    },
    tell: (event, data) => write(textOf(event, JSON.stringify(data))),
    tellChanged(event, data) {
      const json = JSON.stringify(data);
      if (last.get(event) === json) return;
      last.set(event, json);
      write(textOf(event, json));
    },
    count: () => pages.size,
    closeAll() {
      for (const page of pages) page.end();
    },
  };
}
