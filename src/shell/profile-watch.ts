/** A profile as it is saved again and again: told whenever its text is another one. */
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { Cancel } from '../core/clock.ts';

/** Editors save in many ways, and network folders tell nothing: it is looked at. */
const LOOK_EVERY_MS = 200;
/** A file that is being written is half of itself for a moment: its text must be the same twice. */
const SETTLES_WITHIN_MS = 60;

/**
 * @param source what was read at the start
 * @param saved  told the new text; a file that is gone or not readable for a moment, as between two writes, is not told
 */
export function watchProfile(file: string, source: string, saved: (source: string) => void): Cancel {
  let last = source;
  let timer: NodeJS.Timeout | null = null;
  const look = (before: string | null): void => {
    timer = null;
    const text = read(file);
    if (text === null || text === '' || text === last) return;
    if (text !== before) timer = setTimeout(() => look(text), SETTLES_WITHIN_MS).unref();
    else {
      last = text;
      saved(text);
    }
  };
  const changed = (): void => {
    if (timer === null) look(null);
  };
  watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, changed);
  return () => {
    unwatchFile(file, changed);
    if (timer !== null) clearTimeout(timer);
  };
}

/** null: it is being written, has been moved away, or is no text; the last good one stays. */
function read(file: string): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch {
    return null;
  }
}
