/** The show profile as a schema: every key, what may stand there, and what an editor says about it. */
import { z } from 'zod';
import type { Bridge } from '../bridge.ts';
import type { Ms } from '../core/clock.ts';
import type { Expression } from '../core/expression.ts';
import type { Action, BridgeEntry, Place } from '../core/profile.ts';
import { nearest } from '../core/suggest.ts';
import { actions, type Step, steps } from './actions.ts';
import {
  badName,
  check,
  type Issue,
  isMap,
  issue,
  missing,
  NAME,
  quote,
  raise,
  shapeIssue,
  unknownKey,
} from './issues.ts';
import { type Names, NO_NAMES } from './names.ts';
import { place } from './place.ts';
import {
  choice,
  duration,
  expression,
  integer,
  jsonSchemaOf,
  map,
  number,
  shape,
  text,
  type Word,
  word,
} from './text.ts';
import { misplaced } from './word.ts';

export interface CheckedMoment {
  readonly kind: 'when';
  readonly name: string;
  readonly place: Place;
  readonly options: MomentOptions;
  readonly do: readonly Step[];
}

/** What rules with `when` and cues of tracks may say; null: as usual. */
export interface MomentOptions {
  readonly if: Expression | null;
  readonly decks: 'on-air' | 'any' | null;
  readonly onLoop: 'again' | 'once' | null;
  readonly onJump: 'skip' | 'fire' | null;
  readonly dropIfLateByMs: Ms | null;
}

export interface CheckedState {
  readonly kind: 'while';
  readonly name: string;
  readonly while: Expression;
  readonly if: Expression | null;
  readonly decks: 'on-air' | 'any' | null;
  readonly do: readonly Step[];
  readonly undo: readonly Step[];
}

export interface CheckedTrack {
  readonly id: number;
  readonly title: string | null;
  readonly artist: string | null;
  readonly grid: { readonly firstBeatMs: Ms; readonly tempoBpm: number } | null;
  /** `name` null: as names.ts makes it. */
  readonly cues: readonly (Omit<CheckedMoment, 'kind' | 'name'> & { readonly name: string | null })[];
}

/** A profile whose parts are right; names of cues are not yet replaced by what the cues do. */
export interface CheckedProfile {
  readonly name: string | null;
  readonly bridges: readonly BridgeEntry[];
  readonly tracks: readonly CheckedTrack[];
  readonly cues: ReadonlyMap<string, readonly Action[]>;
  readonly rules: readonly (CheckedMoment | CheckedState)[];
}

/**
 * The schema of a profile over the tree that read.ts makes.
 *
 * @param bridges  the kinds of bridge there are; each brings its own part
 * @param names    the profile's own bridges and cues; without them (for editors) no name is known
 */
export function profileSchema(bridges: readonly Bridge[], names: Names = NO_NAMES): Word<CheckedProfile> {
  const told = steps(bridges, names);
  return map(
    {
      decklight: version().meta({ description: 'version of the profile format: 1' }),
      name: text().meta({ description: 'what the show is called' }).optional(),
      bridges: named(bridgeEntry(bridges), 'a map of bridges (name: { type: … })').meta({
        description: 'the devices of the show, each with a name of its own and its type',
      }),
      tracks: shape('a list of tracks', { list: z.array(track(told)) })
        .meta({ description: 'what is known about single tracks, and their own cues' })
        .optional(),
      cues: named(actions(bridges, names), 'a map of cues (name: [ actions ])')
        .meta({ description: 'lists of actions by name, for do:' })
        .optional(),
      rules: shape('a list of rules', { list: z.array(rule(told)) })
        .meta({ description: 'what leaves when' })
        .optional(),
    },
    'a map of decklight, bridges, rules …',
  ).transform(
    ({
      name = null,
      bridges,
      tracks = [],
      cues = new Map<string, readonly Action[]>(),
      rules = [],
    }): CheckedProfile => ({
      name,
      bridges: [...bridges].map(([bridge, entry]) => ({ name: bridge, ...entry })),
      tracks,
      cues,
      rules,
    }),
  );
}

/** The JSON Schema that editors check a profile with, as profiles/profile.schema.json holds it. */
export const profileJsonSchema = (bridges: readonly Bridge[]): string =>
  `${JSON.stringify(
    {
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: 'Decklight show profile',
      ...jsonSchemaOf(profileSchema(bridges)),
    },
    null,
    2,
  )}\n`;

const VERSION = '1';

const version = (): Word<number> =>
  word('decklight: 1', { const: Number(VERSION) }, ({ source }) => {
    if (source === VERSION) return { ok: true, value: Number(VERSION) };
    return {
      ok: false,
      message: `this program reads profiles of version ${VERSION}, found ${quote(source)}; write decklight: ${VERSION}`,
    };
  });

/** A map whose keys are names that people give. */
function named<T>(entry: Word<T>, expected: string): Word<ReadonlyMap<string, T>> {
  const json = {
    type: 'object',
    propertyNames: { pattern: NAME.source },
    additionalProperties: jsonSchemaOf(entry),
  };
  // Not a z.record, which looks no further where a name is wrong.
  const read = z
    .unknown()
    .transform((input, context): ReadonlyMap<string, T> => {
      const entries = new Map<string, T>();
      for (const [name, node] of Object.entries(isMap(input) ? input : {})) {
        if (!NAME.test(name)) raise(context, [badName(name)]);
        const checked = check(entry, node);
        if (checked.ok) entries.set(name, checked.value);
        else {
          raise(
            context,
            checked.issues.map(one => ({ ...one, path: [name, ...one.path] })),
          );
        }
      }
      return entries;
    })
    .meta(json);
  return shape(expected, { map: read });
}

/** The options of a bridge are checked by the schema of its type, `type` itself aside. */
function bridgeEntry(bridges: readonly Bridge[]): Word<Omit<BridgeEntry, 'name'>> {
  const types = bridges.map(({ type }) => type);
  const type = choice(types, 'bridge type');
  const json = bridges.map(bridge => {
    const {
      properties = {},
      required = [],
      ...rest
    } = jsonSchemaOf(bridge.options) as Readonly<{
      properties?: Readonly<Record<string, unknown>>;
      required?: readonly string[];
    }>;
    return { ...rest, properties: { type: { const: bridge.type }, ...properties }, required: ['type', ...required] };
  });
  return z
    .unknown()
    .transform((input, context): Omit<BridgeEntry, 'name'> => {
      const give = (issues: readonly Issue[]): never => {
        raise(context, issues);
        return z.NEVER;
      };
      const expected = 'a map with a type ({ type: … })';
      if (!isMap(input)) return give([input === undefined ? missing(expected) : shapeIssue(expected, input)]);
      const { type: written, ...options } = input;
      if (written === undefined) return give([withoutKey('type', Object.keys(options), `one of: ${types.join(', ')}`)]);
      const known = check(type, written);
      if (!known.ok) return give(known.issues.map(one => ({ ...one, path: ['type', ...one.path] })));
      const bridge = bridges.find(one => one.type === known.value);
      const checked = bridge === undefined ? null : check(bridge.options, options);
      if (checked === null || !checked.ok) return give(checked?.issues ?? []);
      return { type: known.value, options: checked.value };
    })
    .meta(json.length === 1 ? { ...json[0] } : { anyOf: json });
}

/** A key that is missing, or misspelt. */
function withoutKey(key: string, keys: readonly string[], expected: string): Issue {
  const misspelt = keys.find(one => nearest(one, [key]) !== null);
  return misspelt === undefined ? missing(expected, [key]) : unknownKey(misspelt, [key], []);
}

const DECKS = ['on-air', 'any'] as const;

/** Keys that rules of both kinds have. */
const shared = (told: Word<readonly Step[]>) => ({
  if: expression().meta({ description: 'a condition: only while it holds (deck.uncertaintyMs < 20)' }).optional(),
  do: told.meta({ description: "a cue's name, or a list of actions: { bridge: message }" }),
  decks: choice(DECKS).meta({ description: 'on-air: hear decks that are on air (as usual); any: hear all' }).optional(),
});

/** Keys of what happens at a moment. */
const momentary = {
  'on-loop': choice(['again', 'once'])
    .meta({ description: 'again: each pass counts anew (as usual); once: once per load' })
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
  readonly 'on-jump'?: 'skip' | 'fire' | undefined;
  readonly 'drop-if-late-by'?: Ms | undefined;
}

const momentOptions = (keys: MomentKeys): MomentOptions => ({
  if: keys.if ?? null,
  decks: keys.decks ?? null,
  onLoop: keys['on-loop'] ?? null,
  onJump: keys['on-jump'] ?? null,
  dropIfLateByMs: keys['drop-if-late-by'] ?? null,
});

const track = (told: Word<readonly Step[]>): Word<CheckedTrack> =>
  map(
    {
      match: map({
        id: integer(1, 2 ** 32 - 1, 'the number of the track on the unit').meta({
          description: 'as the unit numbers it: the status line of decklight run shows it',
        }),
      }).meta({ description: 'which track this is' }),
      title: text('a title').meta({ description: 'shown in the status, and track.title in expressions' }).optional(),
      artist: text('an artist')
        .meta({ description: 'shown in the status, and track.artist in expressions' })
        .optional(),
      grid: map({
        'first-beat': duration('the time of the first beat (0.123 s)').meta({
          description: 'where beat 1 lies: 0.123 s',
        }),
        tempo: number(20, 500, 'a tempo in beats per minute (20 to 500)').meta({ description: 'beats per minute' }),
      })
        .meta({ description: 'the beat grid, for a track of one tempo: carries beats into milliseconds' })
        .optional(),
      cues: shape('a list of cues ({ at: place, do: … })', { list: z.array(trackCue(told)) })
        .meta({ description: 'what leaves at places of this track' })
        .optional(),
    },
    'a track ({ match: { id: … } })',
  ).transform(({ match, title = null, artist = null, grid, cues = [] }) => ({
    id: match.id,
    title,
    artist,
    grid: grid === undefined ? null : { firstBeatMs: grid['first-beat'], tempoBpm: grid.tempo },
    cues,
  }));

const trackCue = (told: Word<readonly Step[]>) =>
  map({
    at: place().meta({ description: 'a place of the track: 3:27.500, 16 beats before end' }),
    ...shared(told),
    name: text('a name').meta({ description: 'a name of its own; else it is called by track and place' }).optional(),
    ...momentary,
  }).transform(({ at, name = null, do: told, ...keys }) => ({
    name,
    place: at,
    do: told,
    options: momentOptions(keys),
  }));

/** A rule has `when` or `while`; which one decides what else it may have. */
function rule(told: Word<readonly Step[]>): Word<CheckedMoment | CheckedState> {
  const name = text('a name').meta({ description: 'unique in the profile: a reload knows the rule by it' });
  const moment: Word<CheckedMoment> = map({
    name,
    when: place().meta({ description: 'the moment: 4 beats before chorus, fill, every 8 bars, 3:27.500' }),
    ...shared(told),
    ...momentary,
    undo: misplaced('undo belongs to rules with while: a moment has no end'),
  }).transform(({ name, when, do: told, ...keys }) => ({
    kind: 'when' as const,
    name,
    place: when,
    do: told,
    options: momentOptions(keys),
  }));
  const only = (key: string): z.ZodType<undefined, unknown> =>
    misplaced(`${key} belongs to rules with when: it is about a moment, and while is about a state`);
  const state: Word<CheckedState> = map({
    name,
    while: expression().meta({ description: 'the state: do when it begins to hold, undo when it ends' }),
    ...shared(told),
    undo: told.meta({ description: 'what leaves when the state ends' }).optional(),
    'on-loop': only('on-loop'),
    'on-jump': only('on-jump'),
    'drop-if-late-by': only('drop-if-late-by'),
  }).transform(({ name, while: held, if: condition = null, decks = null, do: told, undo = [] }) => ({
    kind: 'while' as const,
    name,
    while: held,
    if: condition,
    decks,
    do: told,
    undo,
  }));
  const read = z.unknown().transform((input, context): CheckedMoment | CheckedState => {
    const keys = isMap(input) ? Object.keys(input) : [];
    const isBoth = keys.includes('when') && keys.includes('while');
    const isNone = !keys.includes('when') && !keys.includes('while');
    const issues: Issue[] = [];
    if (isBoth) {
      issues.push(issue('a rule has when (a moment) or while (a state), not both', { path: ['while'], at: 'key' }));
    } else if (isNone) {
      const misspelt = keys.find(key => nearest(key, ['when', 'while']) !== null);
      if (misspelt === undefined)
        issues.push(
          issue('a rule has when (a moment) or while (a state), found neither', { path: ['when'], at: 'missing' }),
        );
      else issues.push(unknownKey(misspelt, ['when', 'while'], []));
    }
    const checked = check<Word<CheckedMoment | CheckedState>>(keys.includes('when') || isNone ? moment : state, input);
    if (checked.ok && issues.length === 0) return checked.value;
    // What was said of when and while covers what the one schema says of them.
    const said = new Set(issues.map(({ path }) => path[0]));
    const rest = checked.ok
      ? []
      : checked.issues.filter(({ path }) => !said.has(path[0]) && !(isNone && path[0] === 'when'));
    raise(context, [...issues, ...rest]);
    return z.NEVER;
  });
  return shape('a rule ({ name, when or while, do })', {
    map: read.meta({ anyOf: [jsonSchemaOf(moment), jsonSchemaOf(state)] }),
  });
}
