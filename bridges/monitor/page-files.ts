/** Files of the page and the overlay, as browsers fetch them: they stand in `page/` as they are, without a build step. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { packageFile } from '../../src/files/package-file.ts';

/** By the path at which a browser asks for it. */
export const PAGE_FILES = {
  '/': { file: 'index.html', type: 'text/html' },
  '/page.css': { file: 'page.css', type: 'text/css' },
  '/page.js': { file: 'page.js', type: 'text/javascript' },
  '/decks.js': { file: 'decks.js', type: 'text/javascript' },
  '/hands.js': { file: 'hands.js', type: 'text/javascript' },
  '/dom.js': { file: 'dom.js', type: 'text/javascript' },
  '/overlay': { file: 'overlay.html', type: 'text/html' },
  '/overlay.js': { file: 'overlay.js', type: 'text/javascript' },
  '/overlay.css': { file: 'overlay.css', type: 'text/css' },
} as const;

export type PagePath = keyof typeof PAGE_FILES;

export interface PageFiles {
  text(path: PagePath): string;
  /** Another text after a change of one of the files. */
  readonly version: string;
}

export function readPageFiles(): PageFiles {
  const paths = Object.keys(PAGE_FILES) as PagePath[];
  const texts = new Map(
    paths.map(path => [path, readFileSync(packageFile(`bridges/monitor/page/${PAGE_FILES[path].file}`), 'utf8')]),
  );
  const hash = createHash('sha256');
  for (const text of texts.values()) hash.update(text);
  return { text: path => texts.get(path) ?? '', version: hash.digest('base64url').slice(0, 12) };
}
