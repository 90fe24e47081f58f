import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { actionsOfKeys, listenToKeys } from '../../../src/cli/terminal/keys.ts';
import { type OperatorAction, operatorActionText } from '../../../src/core/operator-action.ts';

describe('the keys of the live status', () => {
  it.each<[string, OperatorAction]>([
    ['1', { kind: 'pin', deck: 1 }],
    ['4', { kind: 'pin', deck: 4 }],
    ['a', { kind: 'automatic' }],
    ['A', { kind: 'automatic' }],
    ['m', { kind: 'mute', bridge: null, isOn: null }],
    ['P', { kind: 'panic' }],
    ['c', { kind: 'capture' }],
    ['l', { kind: 'lock', isOn: null }],
    ['R', { kind: 'resend' }],
    ['\u001b[D', { kind: 'nudge', timecode: null, frames: -1 }],
    ['\u001b[C', { kind: 'nudge', timecode: null, frames: 1 }],
    ['g', { kind: 'go', list: null }],
    ['B', { kind: 'back', list: null }],
    ['j', { kind: 'select', list: null, by: 1 }],
    ['K', { kind: 'select', list: null, by: -1 }],
    ['\u001bOC', { kind: 'nudge', timecode: null, frames: 1 }],
  ])('%j is an act', (typed, act) => {
    expect(actionsOfKeys(typed)).toEqual([act]);
    expect(operatorActionText(act)).not.toBe('');
  });

  it('typed fast, each counts; a cat on the keyboard means nothing', () => {
    expect(actionsOfKeys('1a\u001b[Cm').map(({ kind }) => kind)).toEqual(['pin', 'automatic', 'nudge', 'mute']);
    expect(actionsOfKeys('5 xyz\u001b[A\u001b[3~é\n')).toEqual([]);
  });

  it.each([
    ['F1 on the Linux console', '\u001b[[A'],
    ['F5', '\u001b[15~'],
    ['F10', '\u001b[21~'],
    ['F11', '\u001b[23~'],
    ['F12', '\u001b[24~'],
    ['Shift-Left', '\u001b[1;2D'],
    ['Alt-Left', '\u001b[1;3D'],
    ['Ctrl-Right', '\u001b[1;5C'],
    ['Alt-P', '\u001bp'],
    ['Escape', '\u001b'],
    ['Page Up', '\u001b[5~'],
  ])('%s is no act, whatever letters and digits it sends', (_, typed) => {
    expect(actionsOfKeys(typed)).toEqual([]);
    expect(actionsOfKeys(`${typed}m`.replace('\u001bm', 'm')).length).toBeLessThanOrEqual(1);
  });

  it('give the terminal back as it was', () => {
    const modes: boolean[] = [];
    const terminal = Object.assign(new PassThrough(), { setRawMode: (isRaw: boolean) => modes.push(isRaw) });
    const heard: string[] = [];
    const others: string[] = [];
    const cancel = listenToKeys(
      terminal as unknown as NodeJS.ReadStream,
      act => heard.push(act.kind),
      key => others.push(key),
    );
    terminal.emit('data', Buffer.from('m x\u001b[Ap'));
    cancel();
    terminal.emit('data', Buffer.from('m'));
    expect(heard).toEqual(['mute', 'panic']);
    expect(others).toEqual([' ', 'x', '\u001b[A']);
    expect(modes).toEqual([true, false]);
  });
});
