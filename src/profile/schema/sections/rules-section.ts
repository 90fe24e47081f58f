/** Rules of a profile: what leaves at a moment or while a state holds, and what both may say beside it. */
import { z } from 'zod';
import type { Ms } from '../../../core/clock.ts';
import type { Expression } from '../../../core/rules/expression.ts';
import type { OncePer, Place } from '../../../core/rules/rule.ts';
import { isShowHappening } from '../../../core/show-happening.ts';
import type { Step } from '../actions.ts';
import { choice, duration, expression, type FieldType, jsonSchemaOf, map, shape, text } from '../field-types.ts';
import { check, type Issue, isMap, isMeant, issue, raise, unknownKey } from '../issues.ts';
import { place } from '../place.ts';
import { lazyJson, misplaced } from '../schema-builder.ts';

export interface CheckedMoment {
  readonly kind: 'when';
  readonly name: string;
  readonly place: Place;
  readonly options: MomentOptions;
  readonly do: readonly Step[];
}

/** Options of rules with `when` and of cues of tracks; null: as usual. */
export interface MomentOptions {
  readonly if: Expression | null;
  readonly decks: 'on-air' | 'any' | null;
  readonly once: OncePer | null;
  readonly onJump: 'skip' | 'fire' | null;
  readonly dropIfLateByMs: Ms | null;
  /** `on-loop: again` is written. */
  readonly saysAgain: boolean;
}

export interface CheckedState {
  readonly kind: 'while';
  readonly name: string;
  readonly while: Expression;
  readonly if: Expression | null;
  readonly decks: 'on-air' | 'any' | null;
  readonly do: readonly Step[];
  /** null: the profile says nothing of it. */
  readonly undo: readonly Step[] | null;
}

const DECKS = ['on-air', 'any'] as const;
const ONE_DECK = 'rules hear any deck or those on air; for one deck write if: deck.number == 1';
const HEARD: Readonly<Record<string, string>> = {
  all: 'write any',
  '1': ONE_DECK,
  '2': ONE_DECK,
  '3': ONE_DECK,
  '4': ONE_DECK,
  master: 'rules hear any deck or those on air; for the master write if: deck.isMaster',
};

/** Keys that rules of both kinds have. */
export const ruleKeys = (told: FieldType<readonly Step[]>) => ({
  if: expression().meta({ description: 'a condition: only while it holds (deck.uncertaintyMs < 20)' }).optional(),
  do: told.meta({ description: "a cue's name, or a list of actions: { bridge: message }" }),
  decks: choice(DECKS, 'word', HEARD)
    .meta({ description: 'on-air: hear decks that are on air (as usual); any: hear all' })
    .optional(),
});

/** Keys of what happens at a moment. */
export const momentKeys = {
  once: choice(['per pass', 'per load', 'per night'])
    .meta({
      description: 'how often the rule fires at most, at whichever of its places: per pass, per load, per night',
    })
    .optional(),
  'on-loop': choice(['again', 'once'])
    .meta({ description: 'again: each pass counts anew (as usual); once: once at each place of the rule and load' })
    .optional(),
  'on-jump': choice(['skip', 'fire'])
    .meta({ description: 'what a jump over the moment does: skip it (as usual), or fire it on landing' })
    .optional(),
  'drop-if-late-by': duration().meta({ description: 'a fire later than this is dropped; 500 ms as usual' }).optional(),
};

interface MomentKeys {
  readonly if?: Expression | undefined;
  readonly decks?: 'on-air' | 'any' | undefined;
  readonly 'on-loop'?: 'again' | 'once' | undefined;
  readonly once?: 'per pass' | 'per load' | 'per night' | undefined;
  readonly 'on-jump'?: 'skip' | 'fire' | undefined;
  readonly 'drop-if-late-by'?: Ms | undefined;
}

/** `once` says all that `on-loop` says, and more. */
export function refuseOdd(keys: MomentKeys, { anchor, text }: Place, context: z.core.$RefinementCtx): void {
  for (const key of anchor.kind === 'happening' ? (['on-loop', 'on-jump'] as const) : []) {
    if (keys[key] === undefined) continue;
    raise(context, [
      issue(`${key} is about places of a track, and ${text} is none; leave it out`, { path: [key], at: 'key' }),
    ]);
  }
  if (anchor.kind === 'happening' && isShowHappening(anchor.happening)) return refuseOfDecks(keys, text, context);
  if (keys.once === undefined || keys['on-loop'] === undefined) return;
  const message = `once: ${keys.once} and on-loop: ${keys['on-loop']} answer the same question; leave on-loop out`;
  raise(context, [issue(message, { path: ['on-loop'], at: 'key' })]);
}

/** A place, where it is of a track or of a deck: the show begins and ends without them. */
export const placeOfDeck = (): FieldType<Place> =>
  place().transform((at, context) => {
    if (at.anchor.kind === 'happening' && isShowHappening(at.anchor.happening)) {
      raise(context, [issue(`${at.text} is of no deck; it stands in a rule: when: ${at.text}`)]);
    }
    return at;
  });

/** The show begins and ends for all decks at once. */
function refuseOfDecks({ decks, once }: MomentKeys, text: string, context: z.core.$RefinementCtx): void {
  if (decks !== undefined) {
    raise(context, [
      issue(`decks is about decks, and ${text} is of none; leave it out`, { path: ['decks'], at: 'key' }),
    ]);
  }
  if (once === undefined || once === 'per night') return;
  const message = `once: ${once} is about a deck, and ${text} is of none; it can be once: per night`;
  raise(context, [issue(message, { path: ['once'] })]);
}

const ONCE = { 'per pass': 'pass', 'per load': 'load', 'per night': 'night' } as const;

export const momentOptions = (keys: MomentKeys): MomentOptions => ({
  if: keys.if ?? null,
  decks: keys.decks ?? null,
  once: keys.once === undefined ? (keys['on-loop'] === 'once' ? 'place' : null) : ONCE[keys.once],
  onJump: keys['on-jump'] ?? null,
  dropIfLateByMs: keys['drop-if-late-by'] ?? null,
  saysAgain: keys['on-loop'] === 'again',
});

/** A rule has `when` or `while`; which one decides what else it may have. */
export function rule(told: FieldType<readonly Step[]>): FieldType<CheckedMoment | CheckedState> {
  const name = text('a name').meta({ description: 'unique in the profile: a reload knows the rule by it' });
  const moment: FieldType<CheckedMoment> = map({
    name,
    when: place().meta({ description: 'the moment: 4 beats before chorus, fill, every 8 bars, 3:27.500' }),
    ...ruleKeys(told),
    ...momentKeys,
    undo: misplaced('undo belongs to rules with while: a moment has no end'),
  }).transform(({ name, when, do: told, ...keys }, context) => {
    refuseOdd(keys, when, context);
    return { kind: 'when' as const, name, place: when, do: told, options: momentOptions(keys) };
  });
  const only = (key: string): z.ZodType<undefined, unknown> =>
    misplaced(`${key} belongs to rules with when: it is about a moment, and while is about a state`);
  const state: FieldType<CheckedState> = map({
    name,
    while: expression().meta({ description: 'the state: do when it begins to hold, undo when it ends' }),
    ...ruleKeys(told),
    undo: undone(told).meta({ description: 'what leaves when the state ends; [] where nothing is to' }).optional(),
    once: only('once'),
    'on-loop': only('on-loop'),
    'on-jump': only('on-jump'),
    'drop-if-late-by': only('drop-if-late-by'),
  }).transform(({ name, while: held, if: condition = null, decks = null, do: told, undo = null }) => ({
    kind: 'while' as const,
    name,
    while: held,
    if: condition,
    decks,
    do: told,
    undo,
  }));
  const read = z.unknown().transform((input, context) => readRule(input, context, { moment, state }));
  return shape('a rule ({ name, when or while, do })', {
    map: read.meta(lazyJson(() => ({ anyOf: [jsonSchemaOf(moment), jsonSchemaOf(state)] }))),
  });
}

/** Schema for what leaves when a state ends; an empty list says that nothing does. */
const undone = (told: FieldType<readonly Step[]>): FieldType<readonly Step[]> =>
  z
    .unknown()
    .transform((input, context): readonly Step[] => {
      if (Array.isArray(input) && input.length === 0) return [];
      const checked = check(told, input);
      if (checked.ok) return checked.value;
      raise(context, checked.issues);
      return z.NEVER;
    })
    .meta(lazyJson(() => ({ anyOf: [jsonSchemaOf(told), { type: 'array', maxItems: 0 }] })));

interface RuleTypes {
  readonly moment: FieldType<CheckedMoment>;
  readonly state: FieldType<CheckedState>;
}

/** Reads a rule by the type that its keys say it is. */
function readRule(
  input: unknown,
  context: z.core.$RefinementCtx,
  { moment, state }: RuleTypes,
): CheckedMoment | CheckedState {
  const keys = isMap(input) ? Object.keys(input) : [];
  const issues = aboutKind(keys);
  const isNone = !keys.includes('when') && !keys.includes('while');
  const checked = check<FieldType<CheckedMoment | CheckedState>>(
    keys.includes('when') || isNone ? moment : state,
    input,
  );
  if (checked.ok && issues.length === 0) return checked.value;
  // An issue about when and while covers what the one schema says of them.
  const said = new Set(issues.map(({ path }) => path[0]));
  const rest = checked.ok
    ? []
    : checked.issues.filter(({ path }) => !said.has(path[0]) && !(isNone && path[0] === 'when'));
  raise(context, [...issues, ...rest]);
  return z.NEVER;
}

/** A rule has one of `when` and `while`; with neither, one may be misspelt. */
function aboutKind(keys: readonly string[]): readonly Issue[] {
  if (keys.includes('when') && keys.includes('while')) {
    return [issue('a rule has when (a moment) or while (a state), not both', { path: ['while'], at: 'key' })];
  }
  if (keys.includes('when') || keys.includes('while')) return [];
  const misspelt = keys.find(key => isMeant(key, 'when') || isMeant(key, 'while'));
  if (misspelt !== undefined) return [unknownKey(misspelt, ['when', 'while'], [])];
  return [issue('a rule has when (a moment) or while (a state), found neither', { path: ['when'], at: 'missing' })];
}
