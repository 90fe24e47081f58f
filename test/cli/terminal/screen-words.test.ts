/** What an operator must see: texts are broken and not cut, and no picture of a moment ago is left behind. */
import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { wrapped } from '../../../src/cli/terminal/status-text.ts';
import { openTerminal } from '../../../src/cli/terminal/terminal.ts';

test('a text that is too long for the terminal is broken between words, up to four lines', () => {
  expect(wrapped('show.yaml:28:11: error: unknown place "chrous"; did you mean "chorus"?', 40)).toEqual([
    'show.yaml:28:11: error: unknown place',
    '  "chrous"; did you mean "chorus"?',
  ]);
  expect(wrapped('short', 40)).toEqual(['short']);
  expect(wrapped('two\nlines', 40)).toEqual(['two', 'lines']);
  expect(wrapped('a '.repeat(400), 40)).toHaveLength(4);
  // A word alone that is too long is left to the terminal.
  expect(wrapped('x'.repeat(90), 40)).toEqual(['x'.repeat(90)]);
});

const ESCAPE = '\u001b';
const WRITTEN = new RegExp(`(${ESCAPE}\\[\\d*[A-Z]|\\r|\\n|${ESCAPE}\\[0m)|([^${ESCAPE}\\r\\n]+)`, 'g');
const UP = new RegExp(`^${ESCAPE}\\[(\\d+)A$`);

/** A terminal that keeps what is written to it, as the rows that one would see. */
function fakeTerminal(columns: number) {
  const rows: string[] = [''];
  let row = 0;
  const stream = Object.assign(new EventEmitter(), {
    ...{ isTTY: true, columns, rows: 24, writableLength: 0 },
    write(text: string) {
      for (const [, code, plain] of text.matchAll(WRITTEN)) {
        const up = UP.exec(code ?? '');
        if (up !== null) row = Math.max(0, row - Number(up[1]));
        else if (code === '\u001b[J') rows.splice(row, rows.length, '');
        else if (code === '\u001b[K') continue;
        else if (code === '\u001b[H') row = 0;
        else if (code === '\n') rows[++row] ??= '';
        else if (plain !== undefined) rows[row] = plain;
      }
      return true;
    },
  });
  return { stream: stream as unknown as NodeJS.WriteStream, shown: () => rows.filter(text => text !== '') };
}

test('a line that is said between two redraws takes the place of the picture, which is drawn anew below it', () => {
  const { stream, shown } = fakeTerminal(80);
  const out = openTerminal(stream, stream);
  out.redraw(['status 1', 'deck 1']);
  out.line('captured: yaml');
  expect(shown()).toEqual(['captured: yaml']);
  out.redraw(['status 2', 'deck 2']);
  expect(shown()).toEqual(['captured: yaml', 'status 2', 'deck 2']);
});

test('a terminal of another size is drawn from its top, and no picture of the old size stays', () => {
  const { stream, shown } = fakeTerminal(80);
  const out = openTerminal(stream, stream);
  out.redraw(['status 1', 'deck 1']);
  stream.emit('resize');
  out.redraw(['status 2']);
  expect(shown()).toEqual(['status 2']);
});
