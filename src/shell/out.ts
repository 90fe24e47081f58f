/** Where a command speaks to people: lines, complaints, and a screen that is redrawn. */

export interface Out {
  readonly isTerminal: boolean;
  /** Width of the terminal; 80 where there is none. */
  columns(): number;
  line(text: string): void;
  error(text: string): void;
  /** Puts these lines where the last ones stood; only on a terminal. */
  redraw(lines: readonly string[]): void;
}

const CLEAR_TO_END_OF_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

export function terminalOut(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Out {
  let drawn = 0;
  const isTerminal = stdout.isTTY === true;
  // A reader that went away (`| head`) is no reason to stop the show.
  for (const stream of [stdout, stderr]) stream.on('error', () => {});
  return {
    isTerminal,
    columns: () => stdout.columns ?? 80,
    line(text) {
      drawn = 0;
      stdout.write(`${text}\n`);
    },
    error(text) {
      drawn = 0;
      stderr.write(`${text}\n`);
    },
    redraw(lines) {
      const width = stdout.columns ?? 80;
      // Counted as the terminal will: a text may have several lines.
      const all = lines.flatMap(line => line.split('\n'));
      const shown = all.slice(0, Math.max(1, (stdout.rows ?? 24) - 1)).map(line => cut(line, width));
      const home = drawn === 0 ? '' : `\u001b[${drawn}A`;
      stdout.write(`${home}${shown.map(line => line + CLEAR_TO_END_OF_LINE).join('\n')}\n${CLEAR_BELOW}`);
      drawn = shown.length;
    },
  };
}

const ESCAPE = '\u001b';
const COLOUR = new RegExp(`${ESCAPE}\\[[0-9;]*m`, 'y');

/** The part of a line that fits; colours take no room. */
function cut(line: string, width: number): string {
  let shown = '';
  let room = width;
  for (let i = 0; i < line.length && room > 0; ) {
    COLOUR.lastIndex = i;
    const colour = COLOUR.exec(line)?.[0];
    shown += colour ?? line[i];
    i += colour?.length ?? 1;
    if (colour === undefined) room--;
  }
  return `${shown}\u001b[0m`;
}
