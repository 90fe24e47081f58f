/** The show profile as a schema: every key, what may stand there, and what an editor says about it. */
import { z } from 'zod';
import type { Bridge } from '../../bridge.ts';
import type { Expectation } from '../../core/expectation.ts';
import { type BridgeEntry, type FeedEntry, KEEP_RECORDINGS, type RecordingEntry } from '../../core/profile.ts';
import type { Action } from '../../core/rules/rule.ts';
import type { SurfaceEntry } from '../../core/surfaces/surface-entry.ts';
import { quote } from '../../text/quote.ts';
import { actions, type CueRef, cueRef, steps } from './actions.ts';
import { type Names, NO_NAMES } from './declared-names.ts';
import { feeds } from './feed-section.ts';
import { type FieldType, fieldType, integer, jsonSchemaOf, map, shape, text } from './field-types.ts';
import { namedEach } from './named-map.ts';
import { namedUnlessWord } from './operator-words.ts';
import { bridgeMap } from './sections/bridges-section.ts';
import { surfaces } from './sections/controls-section.ts';
import { type CheckedList, cueLists } from './sections/cue-lists-section.ts';
import { expectation } from './sections/expect-section.ts';
import { type CheckedMoment, type CheckedState, rule } from './sections/rules-section.ts';
import { type CheckedTrack, track } from './sections/tracks-section.ts';
import { withSharedParts } from './shared-parts.ts';
import { type CheckedClock, type CheckedTimecode, clocks, timecodes } from './stream-section.ts';

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
  readonly expectations: readonly Expectation[];
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
      expect: expectations = [],
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
      expectations,
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
    expect: shape('a list of expectations', { list: z.array(expectation(bridges, names)) })
      .meta({ description: 'what must leave: the tests of the show, which decklight test runs' })
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
      ...withSharedParts(jsonSchemaOf(profileSchema(bridges))),
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
