/** Terminal on which a command speaks to people: lines, complaints, and a screen that is redrawn. */

export interface Terminal {
  readonly isTerminal: boolean;
  /** Width of the terminal; 80 where there is none. */
  columns(): number;
  /** Lines that a redraw has room for. */
  rows(): number;
  line(text: string): void;
  error(text: string): void;
  /** Puts these lines where the last ones stood; only on a terminal. */
  redraw(lines: readonly string[]): void;
}

/** The two streams that a program may speak on. */
export interface Terminals {
  readonly out: Terminal;
  /** Takes the place of `out` when a bridge has standard output for itself. */
  readonly aside: Terminal;
}

const CLEAR_TO_END_OF_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
const HOME = '\u001b[H';

export function openTerminal(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Terminal {
  let drawn = 0;
  const isTerminal = stdout.isTTY === true;
  for (const stream of [stdout, stderr]) {
    // A reader that went away (`| head`) is no reason to stop the show.
    stream.on('error', () => {});
    unblock(stream);
  }
  /** What the last redraw has drawn stands right above the cursor: it goes, so that none of it is left behind. */
  const wipe = (): void => {
    if (drawn > 0 && isTerminal) stdout.write(`\u001b[${drawn}A\r${CLEAR_BELOW}`);
    drawn = 0;
  };
  // A terminal of another width breaks the old lines anew: nobody knows then where they stand.
  stdout.on('resize', () => {
    if (drawn > 0) stdout.write(`${HOME}${CLEAR_BELOW}`);
    drawn = 0;
  });
  const rows = (): number => Math.max(1, (stdout.rows || 24) - 1);
  return {
    isTerminal,
    columns: () => stdout.columns || 80,
    rows,
    line(text) {
      wipe();
      stdout.write(`${printable(text)}\n`);
    },
    error(text) {
      wipe();
      stderr.write(`${printable(text)}\n`);
    },
    redraw(lines) {
      // A terminal that does not read, as over a line that hangs: what it shows next is what is so then.
      if (stdout.writableLength > 0) return;
      const width = stdout.columns || 80;
      // Counted as the terminal will: a text may have several lines.
      const all = lines.flatMap(line => printable(line).split('\n'));
      const shown = all.slice(0, rows()).map(line => cut(line, width));
      const home = drawn === 0 ? '' : `\u001b[${drawn}A`;
      stdout.write(`${home}${shown.map(line => line + CLEAR_TO_END_OF_LINE).join('\n')}\n${CLEAR_BELOW}`);
      drawn = shown.length;
    },
  };
}

/** Node waits for a terminal: one that takes no lines any more would hold up the whole show. */
function unblock(stream: NodeJS.WriteStream): void {
  const { _handle } = stream as { readonly _handle?: { setBlocking?(isBlocking: boolean): void } };
  if (stream.isTTY) _handle?.setBlocking?.(false);
}

const ESCAPE = '\u001b';
const COLOUR = new RegExp(`${ESCAPE}\\[[0-9;]*m`, 'y');
/** Characters that a terminal would obey, but for our own colours: names come from the network. */
const OBEYED = new RegExp(`(${ESCAPE}\\[[0-9;]*m|[\\n\\t])|\\p{Cc}`, 'gu');

const printable = (text: string): string => text.replace(OBEYED, (_, allowed?: string) => allowed ?? '?');

/** Characters of East Asian width and pictures, which take two columns [Unicode UAX 11, in the large]. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\p{Emoji_Presentation}]/u;

/** The part of a line that fits; colours take no room. */
function cut(line: string, width: number): string {
  let shown = '';
  let room = width;
  for (let i = 0; i < line.length; ) {
    COLOUR.lastIndex = i;
    const colour = COLOUR.exec(line)?.[0];
    const next = colour ?? String.fromCodePoint(line.codePointAt(i) ?? 0);
    room -= colour !== undefined ? 0 : WIDE.test(next) ? 2 : 1;
    if (room < 0) break;
    shown += next;
    i += next.length;
  }
  return `${shown}\u001b[0m`;
}
