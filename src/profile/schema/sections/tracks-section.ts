/** Tracks of a profile: which one is meant, what is known of it, and what leaves at places of it. */
import { z } from 'zod';
import type { Ms } from '../../../core/clock.ts';
import { MATCHED_ORDERS, MATCHED_TEXTS, type MatchedNote, NOTE_COMPARISONS } from '../../../core/track/matched-note.ts';
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
import { regions } from '../stream-section.ts';
import { type CheckedMoment, momentKeys, momentOptions, placeOfDeck, refuseOdd, ruleKeys } from './rules-section.ts';

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

const COMPARED = /^(>=|<=|!=|==?|>|<)?\s*(\d{4}-\d{2}-\d{2}|\d{1,9})$/;

type OrderedNote = Extract<MatchedNote, { readonly value: unknown }>;

/** A number or a day, with a comparison before it or without: `4`, `">= 4"`, `">= 2026-01-01"`. */
const compared = (note: OrderedNote['note'], example: string): FieldType<OrderedNote> =>
  fieldType(`a comparison ("${example}")`, { type: ['string', 'number'], pattern: COMPARED.source }, ({ source }) => {
    const [, sign = '=', value = ''] = COMPARED.exec(source.trim()) ?? [];
    if (value === '' || value.includes('-') !== (note === 'added')) {
      return { ok: false, message: `${quote(source)} is no comparison; expected "${example}"` };
    }
    const comparison = NOTE_COMPARISONS.find(each => each === sign) ?? '=';
    return { ok: true, value: { note, comparison, value: note === 'added' ? value : Number(value) } };
  });

/** Keys that say which track is meant; any one of them will do. */
const MATCHED_BY = ['id', 'title', 'file', 'fingerprint', 'playlist', ...MATCHED_TEXTS, ...MATCHED_ORDERS] as const;

/** By its number, its title and artist, its file, its phrases, a playlist, or what is noted of it: all that is said has to be so. */
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
    tag: text('a My Tag').meta({ description: 'every track that has this My Tag' }).optional(),
    colour: text('a colour of tracks').meta({ description: 'every track of this colour: pink, red …' }).optional(),
    label: text('a record label').meta({ description: 'every track of this label' }).optional(),
    genre: text('a genre').meta({ description: 'every track of this genre' }).optional(),
    key: text('a musical key')
      .meta({ description: 'every track in this key, as rekordbox says it: Fm, 4A' })
      .optional(),
    comment: text('a part of a comment').meta({ description: 'every track whose comment holds this' }).optional(),
    history: text('a history')
      .meta({ description: 'every track that was played in this session: HISTORY 001' })
      .optional(),
    rating: compared('rating', '>= 4').meta({ description: 'stars, 0 to 5: 5, ">= 4"' }).optional(),
    year: compared('year', '< 2000').meta({ description: 'of its release: 1999, "< 2000"' }).optional(),
    'play-count': compared('play-count', '> 0').meta({ description: 'times it was played: 0, "> 3"' }).optional(),
    added: compared('added', '>= 2026-01-01').meta({ description: 'into the collection: ">= 2026-01-01"' }).optional(),
  });
  const read = keys.transform((said, context): TrackMatch => {
    if (MATCHED_BY.every(key => said[key] === undefined)) raise(context, [missing(ID, ['id'])]);
    const { id = null, title = null, artist = null, file = null, fingerprint = null, playlist = null } = said;
    const texts = MATCHED_TEXTS.flatMap((note): readonly MatchedNote[] => {
      const wanted = said[note];
      return wanted === undefined ? [] : [{ note, text: wanted }];
    });
    const notes = [...texts, ...MATCHED_ORDERS.flatMap(note => said[note] ?? [])];
    return { id, title, artist, file, fingerprint, playlist, ...(notes.length === 0 ? {} : { notes }) };
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
    at: placeOfDeck().meta({ description: 'a place of the track: 3:27.500, 16 beats before end' }),
    ...ruleKeys(told),
    name: text('a name').meta({ description: 'a name of its own; else it is called by track and place' }).optional(),
    ...momentKeys,
  }).transform(({ at, name = null, do: told, ...keys }, context) => {
    refuseOdd(keys, at, context);
    return { name, place: at, do: told, options: momentOptions(keys) };
  });
