/** Log lines of a run before its screen is there. */
import type { LogLine } from '../../live/log.ts';

export interface HeldLog {
  line(line: LogLine): void;
  /** Shows what was held back, and from then on every line at once. */
  showOn(shown: (line: LogLine) => void): void;
}

export function heldLog(): HeldLog {
  const early: LogLine[] = [];
  let show = (line: LogLine): void => void early.push(line);
  return {
    line: line => show(line),
    showOn(shown) {
      show = shown;
      for (const line of early.splice(0)) shown(line);
    },
  };
}
