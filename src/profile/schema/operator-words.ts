/** Words of an operator, where a cue's name may stand: `panic`, `mute console`, `pin 2`. */
import { DECK_NUMBERS } from '../../core/deck-report.ts';
import type { OperatorAction, Switch } from '../../core/operator-action.ts';
import { listed, quote } from '../../text/quote.ts';
import type { Names } from './declared-names.ts';
import { issue, unknownWord } from './issues.ts';
import type { Naming } from './named-map.ts';
import type { FieldType, Parsed, Refused } from './schema-builder.ts';

/** What begins with one of these is said by an operator, so that no cue can be called so. */
export const OPERATOR_WORDS = ['go', 'back', 'select', 'pin', 'mute', 'panic'] as const;
type OperatorWord = (typeof OPERATOR_WORDS)[number];

const isOperatorWord = (word: string): word is OperatorWord => (OPERATOR_WORDS as readonly string[]).includes(word);

/** How a thing of this name is read, unless the name is a word of an operator. */
export function namedUnlessWord<T>(what: string, name: string, entry: FieldType<T>): Naming<T> {
  if (!isOperatorWord(name)) return { ok: true, entry };
  const message = `${quote(name)} is a word of operators (${listed(OPERATOR_WORDS)}), so that no ${what} can be called so`;
  return { ok: false, issue: issue(message) };
}

const refused = (message: string): Refused => ({ ok: false, message });
const acted = (act: OperatorAction): Parsed<OperatorAction> => ({ ok: true, value: act });

const SWITCHES: Readonly<Record<string, Switch>> = { on: true, off: false };

/** What an operator says; null: the text does not begin with one of the words. */
export function readOperatorWords(source: string, names: Names): Parsed<OperatorAction> | null {
  const [word = '', ...rest] = source.trim().split(/\s+/);
  if (!isOperatorWord(word)) return null;
  switch (word) {
    case 'panic':
      return rest.length === 0 ? acted({ kind: 'panic' }) : refused(`panic stands alone, found ${quote(source)}`);
    case 'pin':
      return readPin(source, rest);
    case 'mute':
      return readMute(source, rest, names);
    case 'go':
      return rest[0] === 'to' ? readGoTo(rest.slice(1), names) : onList(rest, names, list => ({ kind: 'go', list }));
    case 'back':
      return onList(rest, names, list => ({ kind: 'back', list }));
    case 'select': {
      const [way = '', ...list] = rest;
      const by = STEPS_OF_WAY[way];
      if (by === undefined)
        return refused(`expected select next or select previous and a cue list, found ${quote(source)}`);
      return onList(list, names, list => ({ kind: 'select', list, by }));
    }
  }
}

/** Words that stand where the name of a cue list may. */
export const WORDS_OF_LISTS: readonly string[] = ['to', 'next', 'previous'];

const STEPS_OF_WAY: Readonly<Record<string, number>> = { next: 1, previous: -1 };

/** A list by its name; where there is but one, its name may be left off. */
function onList(
  [name, ...more]: readonly string[],
  { lists }: Names,
  act: (list: string) => OperatorAction,
): Parsed<OperatorAction> {
  const all = [...lists.keys()];
  const [first = '', ...others] = all;
  if (all.length === 0) return refused('this profile has no cue lists; they stand under cue-lists:');
  if (name === undefined) {
    return others.length === 0 ? acted(act(first)) : refused(`expected which cue list: ${listed(all)}`);
  }
  if (!lists.has(name)) {
    const { message, note } = unknownWord('cue list', name, all);
    return { ok: false, message, note };
  }
  if (more.length > 0) return refused(`expected nothing after the cue list ${name}, found ${quote(more.join(' '))}`);
  return acted(act(name));
}

/** `go to main finale`: a step by its name, which may have blanks in it. */
function readGoTo([name = '', ...words]: readonly string[], names: Names): Parsed<OperatorAction> {
  const steps = names.lists.get(name);
  if (steps === undefined) return onList([name], names, list => ({ kind: 'go', list }));
  const step = words.join(' ');
  if (steps.includes(step)) return acted({ kind: 'go-to', list: name, step });
  if (step === '') return refused(`expected a step of ${name} after it: ${listed(steps)}`);
  const { message, note } = unknownWord(`step of ${name}`, step, steps);
  return { ok: false, message, note };
}

function readPin(source: string, [what = '', ...rest]: readonly string[]): Parsed<OperatorAction> {
  const deck = DECK_NUMBERS.find(number => String(number) === what);
  if (rest.length === 0 && what === 'off') return acted({ kind: 'automatic' });
  if (rest.length === 0 && deck !== undefined) return acted({ kind: 'pin', deck });
  return refused(`expected pin 1 to pin 4, or pin off, found ${quote(source)}`);
}

/** `mute`, `mute on`, `mute console`, `mute console off`. */
function readMute(source: string, words: readonly string[], names: Names): Parsed<OperatorAction> {
  const [last = ''] = words.slice(-1);
  const isOn = SWITCHES[last] ?? null;
  const [bridge = null, ...more] = isOn === null ? words : words.slice(0, -1);
  if (more.length > 0)
    return refused(`expected mute, mute on, mute off, or a bridge in between, found ${quote(source)}`);
  if (bridge !== null && !names.bridges.has(bridge)) {
    const { message, note } = unknownWord('bridge', bridge, [...names.bridges.keys()]);
    return { ok: false, message, note };
  }
  return acted({ kind: 'mute', bridge, isOn });
}
