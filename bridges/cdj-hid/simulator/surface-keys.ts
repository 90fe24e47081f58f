/** Keys of a terminal as hands at a simulated player. A terminal tells no key-up: a press is a short one. */
import { type InputId, inputControl } from '../controls/input-controls.ts';
import { readActs, type ScriptedAct } from './surface-script.ts';

/** Words of surface-script.ts for each key, by what a terminal sends for it. */
const KEY_WORDS: ReadonlyMap<string, string> = new Map([
  [' ', 'press play-pause'],
  ['x', 'press cue'],
  ['X', 'press cue for 700 ms'],
  ['s', 'press sync'],
  ...[...'qwetyuio'].map((key, i): [string, string] => [key, `press hot-cue-${'abcdefgh'[i]}`]),
  ['\r', 'press browse-press'],
  ['\u007f', 'press back'],
  ['\u001b[A', 'turn browse-encoder by -1'],
  ['\u001bOA', 'turn browse-encoder by -1'],
  ['\u001b[B', 'turn browse-encoder by 1'],
  ['\u001bOB', 'turn browse-encoder by 1'],
  [',', 'jog by -0.25 turns in 200 ms'],
  ['.', 'jog by 0.25 turns in 200 ms'],
  ['n', 'touch needle at 50 %'],
  ['z', 'unplug for 2 s'],
]);

/** A key that holds a control until it is typed again. */
const HOLD_KEYS: ReadonlyMap<string, InputId> = new Map([['v', 'slip']]);

/** Keys that move a control by a part of its way from the centre. */
const MOVE_KEYS: ReadonlyMap<string, { readonly control: InputId; readonly by: number }> = new Map([
  ['-', { control: 'tempo-slider', by: -0.1 }],
  ['+', { control: 'tempo-slider', by: 0.1 }],
  // Where + wants shift.
  ['=', { control: 'tempo-slider', by: 0.1 }],
]);

export const SURFACE_KEY_HELP =
  'space PLAY  X CUE  QWE TYUIO pads A–H  S SYNC  ↑/↓ turn  enter press  ⌫ BACK  V holds SLIP  -/+ tempo slider  ,/. jog wheel  N needle  Z unplugs';

/**
 * @param stands  where a control of the player stands by now, as it is sent
 * @returns what a key does, each after so many ms; null: it is none of these
 */
export function actsOfKey(
  key: string,
  stands: (control: InputId) => number,
): readonly (readonly [afterMs: number, act: ScriptedAct])[] | null {
  const held = HOLD_KEYS.get(key.toLowerCase());
  if (held !== undefined) return [[0, { kind: stands(held) === 1 ? 'let-go' : 'hold', control: held }]];
  const moved = MOVE_KEYS.get(key);
  if (moved !== undefined) {
    const { least, most } = inputControl(moved.control);
    const to = Math.max(least, Math.min(most, stands(moved.control) + Math.round(moved.by * most)));
    return [[0, { kind: 'put', control: moved.control, to }]];
  }
  const words = KEY_WORDS.get(key) ?? KEY_WORDS.get(key.toLowerCase());
  if (words === undefined) return null;
  const read = readActs(words);
  return typeof read === 'string' ? null : read;
}
