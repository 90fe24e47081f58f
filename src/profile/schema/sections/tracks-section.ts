/** Tracks of a profile: which one is meant, what is known of it, and what leaves at places of it. */
import { z } from 'zod';
import type { Ms } from '../../../core/clock.ts';
import type { TrackMatch } from '../../../core/track/track-match.ts';
import { quote } from '../../../text/quote.ts';
import type { Step } from '../actions.ts';
import type { Names } from '../declared-names.ts';
import {
  duration,
  type FieldType,
  fieldType,
  integer,
  jsonSchemaOf,
  map,
  number,
  shape,
  text,
} from '../field-types.ts';
import { missing, raise } from '../issues.ts';
import { place } from '../place.ts';
import { regions } from '../stream-section.ts';
import { type CheckedMoment, momentKeys, momentOptions, refuseOdd, ruleKeys } from './rules-section.ts';

export interface CheckedTrack {
  readonly match: TrackMatch;
  /** Start of the track in timecodes, in frames since midnight. */
  readonly regions: ReadonlyMap<string, number>;
  readonly title: string | null;
  readonly artist: string | null;
  readonly grid: { readonly firstBeatMs: Ms; readonly tempoBpm: number } | null;
  /** `name` null: as `trackRuleName` in declared-names.ts makes it. */
  readonly cues: readonly (Omit<CheckedMoment, 'kind' | 'name'> & { readonly name: string | null })[];
}

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

/** Keys that say which track is meant; one of the first four at least, or a playlist. */
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

export const track = (told: FieldType<readonly Step[]>, names: Names): FieldType<CheckedTrack> =>
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
    ...ruleKeys(told),
    name: text('a name').meta({ description: 'a name of its own; else it is called by track and place' }).optional(),
    ...momentKeys,
  }).transform(({ at, name = null, do: told, ...keys }, context) => {
    refuseOdd(keys, at, context);
    return { name, place: at, do: told, options: momentOptions(keys) };
  });
