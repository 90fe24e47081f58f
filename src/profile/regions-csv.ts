/**
 * The regions that were allocated to tracks, as the file beside a profile holds them: a table that a spreadsheet opens and
 * a console programmer works by, and that the show reads back.
 */
import type { Ms } from '../core/clock.ts';
import type { Profile } from '../core/profile.ts';
import { clockText } from '../core/rules/moments.ts';
import { usualUnknownTrack } from '../core/timecode/regions.ts';
import { countOf, type FrameRate, framesPerDay, labelOf, labelText, readLabel } from '../core/timecode/timecode.ts';
import type { MediaTrack } from '../core/track/media-track.ts';
import type { AllocatedRegion } from '../core/track/track-entry.ts';
import { bestMatch, factsOf, type TrackMatch } from '../core/track/track-match.ts';
import { type Csv, csvText, readCsv, type Separator } from '../text/csv.ts';
import { didYouMean } from '../text/did-you-mean.ts';
import { listed, quote } from '../text/quote.ts';

/** A timecode that regions may be of; those of a profile are. */
export interface RegionTimecode {
  readonly name: string;
  readonly rate: FrameRate;
}

/** A region and one way in which its track is known; a row of the file has one or two. */
export interface RegionEntry extends AllocatedRegion {
  /** Its row, from 0. */
  readonly row: number;
}

export interface RegionRow {
  /** In the file, 1-based. */
  readonly line: number;
  readonly timecode: string;
  /** Frames since midnight. */
  readonly start: number;
  readonly lengthFrames: number;
  readonly title: string | null;
  readonly artist: string | null;
  readonly file: string | null;
  readonly fingerprint: string | null;
}

export interface RegionProblem {
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

export interface RegionsFile {
  /** To be matched as the tracks of a profile are: the best match wins, a fingerprint before a file. */
  readonly entries: readonly RegionEntry[];
  readonly rows: readonly RegionRow[];
  /** All there are, in the order of the file; rows with one are left out where nothing can be made of them. */
  readonly problems: readonly RegionProblem[];
  /** The table as it is, for whoever adds to it: columns that are not ours stay. */
  readonly table: Csv;
}

export const REGION_COLUMNS = ['timecode', 'start', 'end', 'length', 'title', 'artist', 'file', 'fingerprint'] as const;
export type RegionColumn = (typeof REGION_COLUMNS)[number];

/** Those that say which track a region is of, and where it lies. */
const NEEDED: readonly RegionColumn[] = ['timecode', 'start', 'end', 'file', 'fingerprint'];

const FINGERPRINT = /^[0-9a-f]{8,64}$/i;

/**
 * Reads the file; never throws. A spreadsheet may have left another separator, line ends of its own, a mark, columns in
 * another order, more columns, and empty rows. `length` is for people and not looked at.
 *
 * @param timecodes  those of the profile: a label has to exist at the rate of its own
 */
export function readRegionsFile(text: string, timecodes: readonly RegionTimecode[]): RegionsFile {
  const table = readCsv(text);
  const [header, ...records] = table.records;
  const problems: RegionProblem[] = [];
  const rows: RegionRow[] = [];
  if (header === undefined) return { entries: [], rows, problems, table };
  const columns = columnsOf(header.fields);
  const lacking = NEEDED.filter(name => !columns.has(name));
  if (lacking.length > 0) {
    const message = `the first line lacks ${listed(lacking)}; expected the columns ${REGION_COLUMNS.join(', ')}`;
    return { entries: [], rows, problems: [{ line: header.line, message }], table };
  }
  for (const { line, fields } of records) {
    const cell = (name: RegionColumn): string => (fields[columns.get(name) ?? -1] ?? '').trim();
    const read = readRow(line, cell, timecodes);
    if (typeof read === 'string') problems.push({ line, message: read });
    else rows.push(read);
  }
  problems.push(...overlaps(rows, timecodes));
  const entries = rows.flatMap((row, i) => matchesOf(row).map(match => entryOf(row, match, i)));
  return { entries, rows, problems: problems.sort((a, b) => a.line - b.line), table };
}

const columnsOf = (header: readonly string[]): ReadonlyMap<string, number> =>
  new Map(header.map((name, i) => [name.trim().toLowerCase(), i] as const).reverse());

/** A text: what is wrong with it. */
function readRow(
  line: number,
  cell: (name: RegionColumn) => string,
  timecodes: readonly RegionTimecode[],
): RegionRow | string {
  const name = cell('timecode');
  const names = timecodes.map(each => each.name);
  const timecode = timecodes.find(each => each.name === name);
  if (timecode === undefined) {
    const known = names.length === 0 ? 'this profile has none' : `there are: ${listed(names)}`;
    return `there is no timecode called ${quote(name)}; ${known}${didYouMean(name, names)}`;
  }
  const { rate } = timecode;
  const placeOf = (column: 'start' | 'end'): number | string => {
    const label = readLabel(cell(column));
    const place = label === null ? null : countOf(rate, label);
    return (
      place ?? `${column} ${quote(cell(column))} is no timecode at ${rate.name}; expected hh:mm:ss:ff (01:00:00:00)`
    );
  };
  const [start, end] = [placeOf('start'), placeOf('end')];
  if (typeof start === 'string') return start;
  if (typeof end === 'string') return end;
  // The end of the day is written as its beginning.
  const lengthFrames = (end === 0 ? framesPerDay(rate) : end) - start;
  if (lengthFrames <= 0) return `the region ends at ${cell('end')}, not after its start at ${cell('start')}`;
  const fingerprint = cell('fingerprint').toLowerCase();
  if (fingerprint !== '' && !FINGERPRINT.test(fingerprint)) {
    return `${quote(fingerprint)} is no fingerprint; expected eight to 64 hex digits, or nothing`;
  }
  const orNull = (text: string): string | null => (text === '' ? null : text);
  const file = orNull(cell('file'));
  if (file === null && fingerprint === '') return 'no track is named; expected its file or its fingerprint';
  return {
    ...{ line, timecode: name, start, lengthFrames },
    ...{ title: orNull(cell('title')), artist: orNull(cell('artist')), file, fingerprint: orNull(fingerprint) },
  };
}

function overlaps(rows: readonly RegionRow[], timecodes: readonly RegionTimecode[]): readonly RegionProblem[] {
  return timecodes.flatMap(({ name }) => {
    const own = rows.filter(row => row.timecode === name).sort((a, b) => a.start - b.start || a.line - b.line);
    const problems: RegionProblem[] = [];
    let furthest: RegionRow | null = null;
    for (const row of own) {
      const end = furthest === null ? 0 : furthest.start + furthest.lengthFrames;
      if (furthest !== null && row.start < end) {
        const [first, second] = furthest.line < row.line ? [furthest, row] : [row, furthest];
        problems.push({ line: second.line, message: `this region and that of line ${first.line} overlap` });
      }
      if (furthest === null || row.start + row.lengthFrames > end) furthest = row;
    }
    return problems;
  });
}

const NO_MATCH: TrackMatch = { id: null, fingerprint: null, file: null, title: null, artist: null, playlist: null };

/**
 * By its phrases and title, since very regular tracks have the same phrases; and by its file, for a track that was analysed
 * anew or whose title a spreadsheet has taken for a number.
 */
const matchesOf = ({ fingerprint, title, file }: RegionRow): readonly TrackMatch[] => [
  ...(fingerprint === null ? [] : [{ ...NO_MATCH, fingerprint, title }]),
  ...(file === null ? [] : [{ ...NO_MATCH, file }]),
];

const entryOf = ({ timecode, start, lengthFrames }: RegionRow, match: TrackMatch, row: number): RegionEntry => ({
  ...{ timecode, start, lengthFrames, match, row },
});

/** The region of an imported track in a timecode; null: it has none. */
export function regionFor(entries: readonly RegionEntry[], timecode: string, track: MediaTrack): RegionEntry | null {
  const own = entries.filter(entry => entry.timecode === timecode);
  const best = bestMatch(
    own.map(({ match }) => match),
    factsOf(track),
  );
  return best === null ? null : (own[best] ?? null);
}

/** A profile with the regions that were allocated beside it; unknown tracks stay clear of them, unless it says where they go. */
export function withRegions(profile: Profile, allocated: readonly AllocatedRegion[]): Profile {
  const timecodes = profile.timecodes.map(entry => {
    const own = [...entry.regions.values()];
    if (entry.unknownTrack !== usualUnknownTrack(entry.rate, own)) return entry;
    // Both of its ends: a packed region may reach into the next hour.
    const given = allocated.flatMap(({ timecode, start, lengthFrames }) =>
      timecode === entry.name ? [start, start + Math.max(0, lengthFrames - 1)] : [],
    );
    return given.length === 0 ? entry : { ...entry, unknownTrack: usualUnknownTrack(entry.rate, [...own, ...given]) };
  });
  return { ...profile, timecodes, allocated };
}

/** A row that is written. */
export interface GivenRegion {
  readonly timecode: RegionTimecode;
  readonly start: number;
  readonly lengthFrames: number;
  readonly durationMs: Ms | null;
  readonly track: Pick<MediaTrack, 'title' | 'artist' | 'file' | 'fingerprint'>;
}

const cellsOf = ({ timecode, start, lengthFrames, durationMs, track }: GivenRegion): Record<RegionColumn, string> => {
  const { name, rate } = timecode;
  return {
    timecode: name,
    start: labelText(rate, labelOf(rate, start)),
    end: labelText(rate, labelOf(rate, start + lengthFrames)),
    length: durationMs === null ? '' : clockText(durationMs),
    ...{ title: track.title ?? '', artist: track.artist ?? '', file: track.file },
    fingerprint: track.fingerprint?.exact ?? '',
  };
};

/**
 * The file with some regions more; what stands in it stays as it is, line by line, other columns too.
 *
 * @param before  the file as it is, without problems; null: there is none
 * @param kept    by row, regions that are there already and whose end is another now
 * @param added   go below, in this order
 */
export function writeRegionsFile(
  before: RegionsFile | null,
  kept: ReadonlyMap<number, GivenRegion>,
  added: readonly GivenRegion[],
): string {
  const [header = { line: 1, fields: REGION_COLUMNS }, ...records] = before?.table.records ?? [];
  const separator: Separator = before === null ? ',' : before.table.separator;
  const columns = columnsOf(header.fields);
  const rowOf = (region: GivenRegion, fields: readonly string[], which: readonly RegionColumn[]): readonly string[] => {
    const cells = cellsOf(region);
    const filled = header.fields.map((_, i) => fields[i] ?? '');
    for (const name of which) {
      const i = columns.get(name);
      if (i !== undefined) filled[i] = cells[name];
    }
    return filled;
  };
  const stood = records.map(({ fields }, i) => {
    const region = kept.get(i);
    return region === undefined ? fields : rowOf(region, fields, ['end', 'length']);
  });
  return csvText([header.fields, ...stood, ...added.map(region => rowOf(region, [], REGION_COLUMNS))], separator);
}
