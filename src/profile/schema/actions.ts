/** `do:` and `undo:`, and the lists under `cues:`: what is said to which bridge. */
import { z } from 'zod';
import type { Bridge } from '../../bridge.ts';
import type { Action, RuleStep } from '../../core/rules/rule.ts';
import { rootsOf } from '../../core/rules/template.ts';
import { quote } from '../../text/quote.ts';
import { findBridge, TAKES_MESSAGES } from './bridge-name.ts';
import type { Names } from './declared-names.ts';
import { check, isMap, issue, raise, shapeIssue, unknownWord } from './issues.ts';
import { readOperatorWords } from './operator-words.ts';
import { type FieldType, fieldType, jsonSchemaOf, lazyJson, type Parsed, shape } from './schema-builder.ts';

/** A cue by its name: what it does is put in its place once all cues are known. */
export interface CueRef {
  readonly cue: string;
}

export type Step = RuleStep | CueRef;

export const isCueRef = (step: Step): step is CueRef => !('bridge' in step) && !('act' in step);

/** A cue's name, words of an operator, or a list of these and of actions. */
export const steps = (bridges: readonly Bridge[], names: Names): FieldType<readonly Step[]> => {
  const word = wordOrCue(names, ({ cue }): Step => ({ cue }));
  const item = shape<Step, never, Step>("an action ({ bridge: message }), a cue's name or words of an operator", {
    text: word,
    map: action(bridges, names),
  });
  return shape<readonly Step[], readonly Step[]>("a cue's name, words of an operator or a list of actions", {
    text: word.transform(step => [step]),
    list: z.array(item).min(1),
  });
};

/** Words of an operator, or a cue's name. @param ofCue what a cue's name stands for */
export const wordOrCue = <T>(names: Names, ofCue: (ref: CueRef) => T): FieldType<T | RuleStep> =>
  fieldType("a cue's name or words of an operator (panic)", { type: 'string' }, (text): Parsed<T | RuleStep> => {
    const said = readOperatorWords(text.source, names);
    if (said !== null) return said.ok ? { ok: true, value: { act: said.value } } : said;
    const cue = readCueName(text.source, names);
    return cue.ok ? { ok: true, value: ofCue(cue.value) } : cue;
  });

/** What a cue does. */
export const actions = (bridges: readonly Bridge[], names: Names): FieldType<readonly Action[]> =>
  shape('a list of actions', { list: z.array(action(bridges, names)).min(1) });

/** A cue by its name. */
export const cueRef = (names: Names): FieldType<CueRef> =>
  fieldType("a cue's name", { type: 'string' }, ({ source }): Parsed<CueRef> => readCueName(source, names));

function readCueName(source: string, names: Names): Parsed<CueRef> {
  if (names.cues.includes(source)) return { ok: true, value: { cue: source } };
  const several = source.split(/[ \t]*,[ \t]*/);
  if (several.length > 1 && several.every(name => names.cues.includes(name))) {
    return { ok: false, message: `several cues belong in a list: [${several.join(', ')}]` };
  }
  const [bridge = '', ...told] = source.split(/[ \t]+/);
  if (told.length > 0 && names.bridges.has(bridge)) {
    return { ok: false, message: `an action stands in a list, with a colon: [{ ${bridge}: ${told.join(' ')} }]` };
  }
  if (names.cues.length === 0) {
    return { ok: false, message: `unknown cue ${quote(source)}; this profile has none, they stand under cues:` };
  }
  const { message, note } = unknownWord('cue', source, names.cues);
  return { ok: false, message, note };
}

/** `{ console: /eos/cue/1/10/fire }`: one bridge by its name, and what it is told; the bridge's own schema reads that. */
export function action(bridges: readonly Bridge[], names: Names): FieldType<Action> {
  const speaking = bridges.flatMap(({ message }) => (message === null ? [] : [message]));
  const json = lazyJson(() => ({
    type: 'object',
    minProperties: 1,
    maxProperties: 1,
    additionalProperties: speaking.length === 1 ? speaking.map(jsonSchemaOf)[0] : { anyOf: speaking.map(jsonSchemaOf) },
  }));
  return z
    .unknown()
    .transform((input, context): Action => {
      const keys = isMap(input) ? Object.keys(input) : [];
      const [name, second] = keys;
      if (!isMap(input)) raise(context, [shapeIssue('an action ({ bridge: message })', input)]);
      else if (name === undefined) raise(context, [issue('expected a bridge and its message, found an empty map')]);
      else if (second !== undefined) {
        const message = `one action is one bridge and its message; put ${quote(second)} into an item of its own`;
        raise(context, [issue(message, { path: [second], at: 'key' })]);
      } else {
        const found = findBridge(name, names, bridges, TAKES_MESSAGES);
        if (!found.ok) raise(context, [{ ...found.issue, path: [name], at: 'key' }]);
        else if (found.bridge === null || found.bridge.message === null) {
          return { bridge: name, message: null, roots: [] };
        } else {
          const checked = check(found.bridge.message, input[name]);
          if (checked.ok) {
            const { value: message } = checked;
            const lastsMs = found.bridge.lastsMs?.(message) ?? 0;
            const told = { bridge: name, message, roots: rootsOf(message) };
            return lastsMs > 0 ? { ...told, lastsMs } : told;
          }
          raise(
            context,
            checked.issues.map(one => ({ ...one, path: [name, ...one.path] })),
          );
        }
      }
      return z.NEVER;
    })
    .meta(json);
}
