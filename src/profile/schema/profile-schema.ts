/** The show profile as a schema: every key, what may stand there, and what an editor says about it. */
import { z } from 'zod';
import type { Bridge } from '../../bridge.ts';
import type { Ms } from '../../core/clock.ts';
import { type BridgeEntry, type FeedEntry, KEEP_RECORDINGS, type RecordingEntry } from '../../core/profile.ts';
import type { Expression } from '../../core/rules/expression.ts';
import type { Action, OncePer, Place } from '../../core/rules/rule.ts';
import type { SurfaceEntry } from '../../core/surfaces/surface-entry.ts';
import type { TrackMatch } from '../../core/track/track-match.ts';
import { quote } from '../../text/quote.ts';
import { actions, type CueRef, cueRef, type Step, steps } from './actions.ts';
import { bridgeType } from './bridge-type.ts';
import { type Names, NO_NAMES } from './declared-names.ts';
import { feeds } from './feed-section.ts';
import {
  choice,
  duration,
  expression,
  type FieldType,
  fieldType,
  integer,
  jsonSchemaOf,
  map,
  number,
  shape,
  text,
} from './field-types.ts';
import { check, type Issue, isMap, isMeant, issue, missing, raise, shapeIssue, unknownKey } from './issues.ts';
import { namedEach, namedMap } from './named-map.ts';
import { namedUnlessWord } from './operator-words.ts';
import { place } from './place.ts';
import { lazyJson, misplaced } from './schema-builder.ts';
import { surfaces } from './sections/controls-section.ts';
import { type CheckedList, cueLists } from './sections/cue-lists-section.ts';
import { type CheckedClock, type CheckedTimecode, clocks, regions, timecodes } from './stream-section.ts';

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
  readonly once: OncePer | null;
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
  /** null: the profile says nothing of it. */
  readonly undo: readonly Step[] | null;
}

export interface CheckedTrack {
  readonly match: TrackMatch;
  /** Where it begins in timecodes, in frames since midnight. */
  readonly regions: ReadonlyMap<string, number>;
  readonly title: string | null;
  readonly artist: string | null;
  readonly grid: { readonly firstBeatMs: Ms; readonly tempoBpm: number } | null;
  /** `name` null: as `trackRuleName` in declared-names.ts makes it. */
  readonly cues: readonly (Omit<CheckedMoment, 'kind' | 'name'> & { readonly name: string | null })[];
}

/** A profile whose parts are right; names of cues are not yet replaced by what the cues do. */
export interface CheckedProfile {
  readonly name: string | null;
  readonly bridges: readonly BridgeEntry[];
  readonly tracks: readonly CheckedTrack[];
  readonly cues: ReadonlyMap<string, readonly Action[]>;
  readonly lists: ReadonlyMap<string, CheckedList>;
  readonly rules: readonly (CheckedMoment | CheckedState)[];
  readonly timecodes: ReadonlyMap<string, CheckedTimecode>;
  readonly clocks: ReadonlyMap<string, CheckedClock>;
  readonly panic: CueRef | null;
  readonly feeds: readonly FeedEntry[];
  readonly surfaces: readonly SurfaceEntry[];
  readonly recording: RecordingEntry;
}

/**
 * The schema of a profile over the tree that yaml-reader.ts makes.
 *
 * @param bridges  the kinds of bridge there are; each brings its own part
 * @param names    the profile's own bridges and cues; without them (for editors) no name is known
 */
export function profileSchema(bridges: readonly Bridge[], names: Names = NO_NAMES): FieldType<CheckedProfile> {
  return map(profileKeys(bridges, names), 'a map of decklight, bridges, rules …').transform(
    ({
      name = null,
      bridges,
      tracks = [],
      cues = new Map<string, readonly Action[]>(),
      'cue-lists': lists = new Map<string, CheckedList>(),
      rules = [],
      timecode = new Map<string, CheckedTimecode>(),
      clock = new Map<string, CheckedClock>(),
      panic = null,
      feed = [],
      controls = [],
      recording = KEEP_RECORDINGS,
    }): CheckedProfile => ({
      name,
      bridges: [...bridges].map(([bridge, entry]) => ({ name: bridge, ...entry })),
      tracks,
      cues,
      lists,
      rules,
      timecodes: timecode,
      clocks: clock,
      panic,
      feeds: feed,
      surfaces: controls,
      recording,
    }),
  );
}

/** The keys at the top of a profile. */
function profileKeys(bridges: readonly Bridge[], names: Names) {
  const told = steps(bridges, names);
  return {
    decklight: version().meta({ description: 'version of the profile format: 1' }),
    name: text().meta({ description: 'what the show is called' }).optional(),
    bridges: bridgeMap(bridges).meta({
      description: 'the devices of the show, each with a name of its own and its type',
    }),
    tracks: shape('a list of tracks', { list: z.array(track(told, names)) })
      .meta({ description: 'what is known about single tracks, and their own cues' })
      .optional(),
    cues: cueMap(bridges, names).meta({ description: 'lists of actions by name, for do:' }).optional(),
    'cue-lists': cueLists(bridges, names)
      .meta({ description: 'steps in order, begun one after the other by GO, each list with a name of its own' })
      .optional(),
    rules: shape('a list of rules', { list: z.array(rule(told)) })
      .meta({ description: 'what leaves when' })
      .optional(),
    timecode: timecodes(bridges, names)
      .meta({
        description: 'generators of timecode, each with a name of its own; the first is the one of the status',
      })
      .optional(),
    clock: clocks(bridges, names)
      .meta({ description: 'generators of MIDI clock, each with a name of its own' })
      .optional(),
    panic: cueRef(names)
      .meta({ description: 'the cue that leaves at a panic, after everything else has been muted' })
      .optional(),
    feed: feeds(bridges, names)
      .meta({ description: 'bridges that are told the state of the decks, a fact at a time' })
      .optional(),
    controls: surfaces(bridges, names)
      .meta({ description: 'what hands do at the controls of surfaces, by bridge' })
      .optional(),
    recording: recording()
      .meta({ description: 'how much of the recordings is kept; the rest is deleted at a start' })
      .optional(),
  };
}

const recording = (): FieldType<RecordingEntry> =>
  map({
    'keep-days': integer(1, 3650)
      .meta({ description: 'for how many days recordings are kept; 30 unless said' })
      .optional(),
    'keep-megabytes': integer(1, 1_000_000, 'a number of megabytes (1 to 1000000)')
      .meta({ description: 'how much room they may take together; 4000 unless said' })
      .optional(),
  }).transform(keys => ({
    keepDays: keys['keep-days'] ?? KEEP_RECORDINGS.keepDays,
    keepMegabytes: keys['keep-megabytes'] ?? KEEP_RECORDINGS.keepMegabytes,
  }));

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

const version = (): FieldType<number> =>
  fieldType('decklight: 1', { const: Number(VERSION) }, ({ source }) => {
    if (source === VERSION) return { ok: true, value: Number(VERSION) };
    return {
      ok: false,
      message: `this program reads profiles of version ${VERSION}, found ${quote(source)}; write decklight: ${VERSION}`,
    };
  });

/** Cues by name; none is called as an operator speaks. */
function cueMap(bridges: readonly Bridge[], names: Names): FieldType<ReadonlyMap<string, readonly Action[]>> {
  const cue = actions(bridges, names);
  return namedEach(cue, 'a map of cues (name: [ actions ])', name => namedUnlessWord('cue', name, cue));
}

/** The bridges by name; no two may need the same for themselves alone. */
const bridgeMap = (bridges: readonly Bridge[]): FieldType<ReadonlyMap<string, Omit<BridgeEntry, 'name'>>> =>
  namedMap(bridgeEntry(bridges), 'a map of bridges (name: { type: … })').transform((entries, context) => {
    const holders = new Map<string, string>();
    for (const [name, { type, options }] of entries) {
      const claims = bridges.find(one => one.type === type)?.claims(options) ?? [];
      const [taken] = claims.filter(claim => holders.has(claim));
      const holder = holders.get(taken ?? '');
      if (holder !== undefined) {
        raise(context, [issue(`${name} needs ${taken}, and so does ${holder}`, { path: [name], at: 'key' })]);
      }
      for (const claim of claims) if (!holders.has(claim)) holders.set(claim, name);
    }
    return entries;
  });

/** The options of a bridge are checked by the schema of its type, `type` itself aside. */
function bridgeEntry(bridges: readonly Bridge[]): FieldType<Omit<BridgeEntry, 'name'>> {
  const types = bridges.map(({ type }) => type);
  const type = bridgeType(types);
  const jsonOf = (bridge: Bridge) => {
    const {
      properties = {},
      required = [],
      ...rest
    } = jsonSchemaOf(bridge.options) as Readonly<{
      properties?: Readonly<Record<string, unknown>>;
      required?: readonly string[];
    }>;
    return { ...rest, properties: { type: { const: bridge.type }, ...properties }, required: ['type', ...required] };
  };
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
      if (bridge === undefined || checked === null || !checked.ok)
        return give(checked?.ok === false ? checked.issues : []);
      return { type: known.value, options: checked.value, latencyMs: bridge.latencyMs(checked.value) };
    })
    .meta(
      lazyJson(() => {
        const [only, ...more] = bridges.map(jsonOf);
        return more.length === 0 ? { ...only } : { anyOf: [only, ...more] };
      }),
    );
}

/** A key that is missing, or misspelt. */
function withoutKey(key: string, keys: readonly string[], expected: string): Issue {
  const misspelt = keys.find(one => isMeant(one, key));
  return misspelt === undefined ? missing(expected, [key]) : unknownKey(misspelt, [key], []);
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
const shared = (told: FieldType<readonly Step[]>) => ({
  if: expression().meta({ description: 'a condition: only while it holds (deck.uncertaintyMs < 20)' }).optional(),
  do: told.meta({ description: "a cue's name, or a list of actions: { bridge: message }" }),
  decks: choice(DECKS, 'word', HEARD)
    .meta({ description: 'on-air: hear decks that are on air (as usual); any: hear all' })
    .optional(),
});

/** Keys of what happens at a moment. */
const momentary = {
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
function refuseOdd(keys: MomentKeys, { anchor, text }: Place, context: z.core.$RefinementCtx): void {
  for (const key of anchor.kind === 'happening' ? (['on-loop', 'on-jump'] as const) : []) {
    if (keys[key] === undefined) continue;
    raise(context, [
      issue(`${key} is about places of a track, and ${text} is none; leave it out`, { path: [key], at: 'key' }),
    ]);
  }
  if (keys.once === undefined || keys['on-loop'] === undefined) return;
  const message = `once: ${keys.once} and on-loop: ${keys['on-loop']} answer the same question; leave on-loop out`;
  raise(context, [issue(message, { path: ['on-loop'], at: 'key' })]);
}

const ONCE = { 'per pass': 'pass', 'per load': 'load', 'per night': 'night' } as const;

const momentOptions = (keys: MomentKeys): MomentOptions => ({
  if: keys.if ?? null,
  decks: keys.decks ?? null,
  once: keys.once === undefined ? (keys['on-loop'] === 'once' ? 'place' : null) : ONCE[keys.once],
  onJump: keys['on-jump'] ?? null,
  dropIfLateByMs: keys['drop-if-late-by'] ?? null,
});

const ID = 'the number of the track on the unit';

const HEX = /^[0-9a-f]{8,64}$/i;
const fingerprint = fieldType(
  'a fingerprint (eight to 64 hex digits)',
  { type: 'string', pattern: HEX.source },
  ({ source }) =>
    HEX.test(source)
      ? { ok: true, value: source.toLowerCase() }
      : {
          ok: false,
          message: `${quote(source)} is no fingerprint; expected eight to 64 hex digits, as media show prints`,
        },
);

/** What there is to say which track is meant; one of the first four at least, or a playlist. */
const MATCHED_BY = ['id', 'title', 'file', 'fingerprint', 'playlist'] as const;

/** By its number, its title and artist, its file, its phrases, or a playlist: all that is said has to be so. */
function match(): FieldType<TrackMatch> {
  const keys = map({
    id: integer(1, 2 ** 32 - 1, ID)
      .meta({
        description:
          'as the unit numbers it: the status line of decklight run shows it; another stick has other numbers',
      })
      .optional(),
    title: text('a title')
      .meta({
        description: 'its title, as an imported stick says it; case, accents, guests and mix names do not matter',
      })
      .optional(),
    artist: text('an artist').meta({ description: 'its artist, or one of several; beside title' }).optional(),
    file: text('an audio file').meta({ description: 'its file on the stick, or the end of that path' }).optional(),
    fingerprint: fingerprint.meta({ description: 'of its phrases, as media show prints it' }).optional(),
    playlist: text('a playlist').meta({ description: 'every track of this playlist' }).optional(),
  });
  const read = keys.transform((said, context): TrackMatch => {
    if (MATCHED_BY.every(key => said[key] === undefined)) raise(context, [missing(ID, ['id'])]);
    const { id = null, title = null, artist = null, file = null, fingerprint = null, playlist = null } = said;
    return { id, title, artist, file, fingerprint, playlist };
  });
  const json = jsonSchemaOf(keys);
  const told = { anyOf: MATCHED_BY.map(key => ({ ...json, required: [key] })) };
  return shape('a map ({ id: 414 } or { title: … })', { map: z.unknown().pipe(read).meta(told) });
}

const track = (told: FieldType<readonly Step[]>, names: Names): FieldType<CheckedTrack> =>
  map(
    {
      match: match().meta({ description: 'which track this is' }),
      title: text('a title').meta({ description: 'shown in the status, and track.title in expressions' }).optional(),
      artist: text('an artist')
        .meta({ description: 'shown in the status, and track.artist in expressions' })
        .optional(),
      grid: map(
        {
          'first-beat': duration('the time of the first beat (0.123 s)').meta({
            description: 'where beat 1 lies: 0.123 s',
          }),
          tempo: number(20, 500, 'a tempo in beats per minute (20 to 500)').meta({ description: 'beats per minute' }),
        },
        'a map ({ first-beat: 0.123 s, tempo: 128 })',
      )
        .meta({ description: 'the beat grid, for a track of one tempo: carries beats into milliseconds' })
        .optional(),
      timecode: regions(names)
        .meta({ description: 'where the track begins in each timecode: { main: 01:00:00:00 }' })
        .optional(),
      cues: shape('a list of cues ({ at: place, do: … })', { list: z.array(trackCue(told)) })
        .meta({ description: 'what leaves at places of this track' })
        .optional(),
    },
    'a track ({ match: { id: … } })',
  ).transform(({ match, title = null, artist = null, grid, timecode = new Map<string, number>(), cues = [] }) => ({
    match,
    regions: timecode,
    title,
    artist,
    grid: grid === undefined ? null : { firstBeatMs: grid['first-beat'], tempoBpm: grid.tempo },
    cues,
  }));

const trackCue = (told: FieldType<readonly Step[]>) =>
  map({
    at: place().meta({ description: 'a place of the track: 3:27.500, 16 beats before end' }),
    ...shared(told),
    name: text('a name').meta({ description: 'a name of its own; else it is called by track and place' }).optional(),
    ...momentary,
  }).transform(({ at, name = null, do: told, ...keys }, context) => {
    refuseOdd(keys, at, context);
    return { name, place: at, do: told, options: momentOptions(keys) };
  });

/** A rule has `when` or `while`; which one decides what else it may have. */
function rule(told: FieldType<readonly Step[]>): FieldType<CheckedMoment | CheckedState> {
  const name = text('a name').meta({ description: 'unique in the profile: a reload knows the rule by it' });
  const moment: FieldType<CheckedMoment> = map({
    name,
    when: place().meta({ description: 'the moment: 4 beats before chorus, fill, every 8 bars, 3:27.500' }),
    ...shared(told),
    ...momentary,
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
    ...shared(told),
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

/** What leaves when a state ends; an empty list says that nothing does. */
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
  // What was said of when and while covers what the one schema says of them.
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
