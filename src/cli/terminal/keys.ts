/** The keys of the live status: each is an act, the same as by OSC. */

import type { Cancel } from '../../core/clock.ts';
import type { OperatorAction } from '../../core/operator-action.ts';

const act = (kind: 'automatic' | 'panic' | 'capture' | 'resend'): OperatorAction => ({ kind });
const nudge = (frames: number): OperatorAction => ({ kind: 'nudge', timecode: null, frames });

const select = (by: number): OperatorAction => ({ kind: 'select', list: null, by });

/** By what a terminal sends for the key. */
const KEY_ACTS: ReadonlyMap<string, OperatorAction> = new Map([
  ['1', { kind: 'pin', deck: 1 }],
  ['2', { kind: 'pin', deck: 2 }],
  ['3', { kind: 'pin', deck: 3 }],
  ['4', { kind: 'pin', deck: 4 }],
  ['a', act('automatic')],
  ['m', { kind: 'mute', bridge: null, isOn: null }],
  ['p', act('panic')],
  ['c', act('capture')],
  ['r', act('resend')],
  ['l', { kind: 'lock', isOn: null }],
  ['g', { kind: 'go', list: null }],
  ['b', { kind: 'back', list: null }],
  ['j', select(1)],
  ['k', select(-1)],
  ['\u001b[D', nudge(-1)],
  ['\u001b[C', nudge(1)],
  // The same keys of a terminal in application mode.
  ['\u001bOD', nudge(-1)],
  ['\u001bOC', nudge(1)],
]);

/** Help line of the status. */
export const KEY_HELP = 'P panic  M mute  1–4 pin  A automatic  L lock  ←/→ nudge  C capture  R re-send';

/** Put before it where the profile has cue lists. */
export const LIST_KEY_HELP = 'G GO  B back  J/K select next/previous  ';

/** Pattern of one key: a single character, or a whole escape sequence (ECMA-48), which is long for a function key. */
const ESCAPE = '\u001b';
const KEY = new RegExp(`(${ESCAPE}\\[\\[?[0-?]*[ -/]*[@-~]|${ESCAPE}O.|${ESCAPE}.|.)`, 'su');

const INTERRUPT = '\u0003';

/** What a terminal sent, key by key. */
export const typedKeys = (typed: string): readonly string[] => typed.split(KEY).filter(key => key !== '');

/** What a key does; null: it means nothing. */
const actionOfKey = (key: string): OperatorAction | null =>
  KEY_ACTS.get(key) ?? KEY_ACTS.get(key.toLowerCase()) ?? null;

/** The acts of what a terminal sent; keys that mean nothing are passed over. */
export const actionsOfKeys = (typed: string): readonly OperatorAction[] =>
  typedKeys(typed).flatMap(key => actionOfKey(key) ?? []);

/**
 * Listens to a terminal, key by key. Ctrl-C still stops the program.
 *
 * @param other told of keys that are no act
 * @returns gives the terminal back as it was
 */
export function listenToKeys(
  terminal: NodeJS.ReadStream,
  done: (act: OperatorAction) => void,
  other: (key: string) => void,
): Cancel {
  const heard = (typed: Buffer): void => {
    const text = typed.toString('utf8');
    if (text.includes(INTERRUPT)) process.kill(process.pid, 'SIGINT');
    for (const key of typedKeys(text)) {
      const action = actionOfKey(key);
      if (action === null) other(key);
      else done(action);
    }
  };
  terminal.setRawMode(true);
  terminal.on('data', heard);
  terminal.resume();
  return () => {
    terminal.off('data', heard);
    terminal.setRawMode(false);
    terminal.pause();
  };
}
