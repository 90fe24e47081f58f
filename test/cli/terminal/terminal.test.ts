import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { openTerminal } from '../../../src/cli/terminal/terminal.ts';

function terminal(columns = 40, rows = 10) {
  const written: string[] = [];
  const stream = Object.assign(new EventEmitter(), {
    ...{ isTTY: true, columns, rows, writableLength: 0 },
    write: (text: string) => written.push(text),
  });
  return {
    stream,
    written,
    out: openTerminal(stream as unknown as NodeJS.WriteStream, stream as unknown as NodeJS.WriteStream),
  };
}

const ESCAPE = '\u001b';
const UP = new RegExp(`${ESCAPE}\\[(\\d+)A`);
/** What a screen says to a terminal of its own: colours, and what to clear. */
const OURS = new RegExp(`${ESCAPE}\\[(?:[0-9;]*m|K|J)`, 'g');

describe('a screen that is redrawn', () => {
  it('goes back by as many lines as it wrote, whatever texts of several lines are in it', () => {
    const { out, written } = terminal();
    out.redraw(['a', 'b\nc\nd', 'e']);
    out.redraw(['a']);
    const lines = (written[0] ?? '').split('\n').length - 1;
    expect(Number(UP.exec(written[1] ?? '')?.[1])).toBe(lines);
  });

  it('never writes more than there is room for, in lines or in columns, wide characters and colours included', () => {
    const { out, written } = terminal(10, 4);
    out.redraw(['夜行列車は雨の中', '\u001b[31mred and more than ten\u001b[0m', 'c', 'd', 'e']);
    const shown = (written[0] ?? '').split('\n').slice(0, -1);
    expect(shown).toHaveLength(3);
    expect(shown[0]?.replaceAll(OURS, '')).toBe('夜行列車は');
    expect(shown[1]?.replaceAll(OURS, '')).toBe('red and mo');
  });

  it('is left out while the terminal does not take what was written before', () => {
    const { out, written, stream } = terminal();
    stream.writableLength = 5000;
    out.redraw(['a']);
    expect(written).toEqual([]);
  });
});

describe('what comes from outside', () => {
  it('never commands the terminal: it cannot clear the screen, set a title or ring', () => {
    const { out, written } = terminal(80);
    for (const say of [out.line, out.error, (text: string) => out.redraw([text])])
      say('x\u001b[2J\u001b]0;title\u0007\r\u009b2Jy');
    for (const text of written) {
      const ours = text.replaceAll(OURS, '');
      expect(ours).toMatch(/^x\?\[2J\?\]0;title\?\?\?2Jy/);
    }
  });
});
