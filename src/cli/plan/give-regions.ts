/** `decklight regions`: gives each track of a playlist a region of a timecode, and writes down which. */
import { type Allocation, allocate, type FrameSpan, type Region } from '../../core/planning/region-allocation.ts';
import { ofMedia } from '../../core/planning/sheet-subject.ts';
import type { Profile } from '../../core/profile.ts';
import { usualTrackFrames } from '../../core/timecode/regions.ts';
import type { TimecodeEntry } from '../../core/timecode/stream-entry.ts';
import { countOf, framesOfMs, framesPerDay, labelOf, labelText, readLabel } from '../../core/timecode/timecode.ts';
import { type MediaLibrary, tracksOfPlaylist } from '../../core/track/media-library.ts';
import type { MediaTrack } from '../../core/track/media-track.ts';
import { know } from '../../core/track/track-knowledge.ts';
import { plain } from '../../core/track/track-match.ts';
import { readProfile } from '../../files/profile-file.ts';
import { readRegions, regionsFileOf, writeRegions } from '../../files/regions-file.ts';
import { type GivenRegion, type RegionsFile, regionFor, writeRegionsFile } from '../../profile/regions-csv.ts';
import { didYouMean } from '../../text/did-you-mean.ts';
import { oneLine } from '../../text/one-line.ts';
import type { ProfileContext } from '../command-line/profile-context.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface RegionsOptions {
  /** By name; null: the profile's first. */
  readonly timecode: string | null;
  /** True: one region after the other; false: an hour for each. */
  readonly packed: boolean;
  /** No region begins before: `01:00:00:00`. */
  readonly from: string;
}

/**
 * Gives regions to those tracks of a playlist that have none; what has one keeps it.
 *
 * @param playlist its name, with the folders before it or without
 * @returns the exit code: 0 every track has one; 1 some were refused, or the file cannot be written; 2 the profile, the file
 *          of regions or a name is wrong; 3 nothing was imported
 */
export async function regionsCommand(
  profileFile: string,
  playlist: string,
  options: RegionsOptions,
  { out, bridges, library }: ProfileContext,
): Promise<number> {
  const { profile, lines } = readProfile(profileFile, bridges, library);
  for (const line of lines) out.error(line);
  if (profile === null) return 2;
  const request = requestOf({ profileFile, timecodes: profile.timecodes, playlist, library }, options);
  if (!request.ok) {
    out.error(request.text);
    return request.code;
  }
  const { timecode, tracks, unordered } = request;
  for (const stick of tracks.length > 1 ? unordered : []) {
    const why = 'an older Decklight imported the stick without it';
    out.error(`${stick}: the order of "${playlist}" is not known: ${why}; import it again (decklight media import)`);
  }
  const file = regionsFileOf(profileFile);
  const read = readRegions(file, profile.timecodes);
  if (!read.ok) {
    for (const line of read.lines) out.error(line);
    return 2;
  }
  const prepared = preparedIn(profile, timecode, library);
  const giving = give(request, options, { file: read.regions, prepared });
  const problem = written(file, timecode, { before: read.regions, giving });
  if (problem !== null) {
    out.error(problem);
    return 1;
  }
  tell(giving, { timecode, tracks, prepared }, out);
  const { added, given, refused } = giving;
  const counts = [`${added.length} given`, `${given.length - added.length} stayed`, `${refused.length} refused`];
  out.line(`${file}: ${timecode.name}: ${counts.join(', ')}`);
  return refused.length === 0 ? 0 : 1;
}

// ---- what is asked for

type Request =
  | {
      readonly ok: true;
      readonly timecode: TimecodeEntry;
      /** No region begins before this frame. */
      readonly from: number;
      readonly tracks: readonly MediaTrack[];
      /** Sticks that do not say the order of the playlist. */
      readonly unordered: readonly string[];
    }
  | Refusal;

interface Refusal {
  readonly ok: false;
  readonly text: string;
  /** The exit code. */
  readonly code: number;
}

const refuse = (text: string, code: number): Refusal => ({ ok: false, text, code });

interface RequestSubject {
  readonly profileFile: string;
  readonly timecodes: readonly TimecodeEntry[];
  readonly playlist: string;
  readonly library: MediaLibrary;
}

function requestOf(subject: RequestSubject, options: RegionsOptions): Request {
  const { profileFile, timecodes, playlist, library } = subject;
  const timecode = options.timecode === null ? timecodes[0] : timecodes.find(({ name }) => name === options.timecode);
  if (timecode === undefined) return refuse(noTimecodeText(profileFile, timecodes, options.timecode), 2);
  const { rate } = timecode;
  const label = readLabel(options.from);
  const from = label === null ? null : countOf(rate, label);
  if (from === null) return refuse(`"${options.from}" is no timecode at ${rate.name}; expected 01:00:00:00`, 2);
  if (library.size === 0) return refuse('no stick was imported; decklight media import <folder> imports one', 3);
  const { tracks, unordered } = tracksOfPlaylist(library, playlist);
  if (tracks.length === 0) {
    const playlists = [...new Set([...library.all()].flatMap(each => each.playlists))].sort();
    const known = oneLine(playlists.slice(0, MOST_LISTED).join(', ')) || 'none';
    return refuse(
      `no imported stick has a playlist "${playlist}"; there are: ${known}${didYouMean(playlist, playlists)}`,
      2,
    );
  }
  return { ok: true, timecode, from, tracks, unordered };
}

function noTimecodeText(profileFile: string, timecodes: readonly TimecodeEntry[], asked: string | null): string {
  if (asked === null) return `${profileFile} has no timecode; it stands under timecode:`;
  const names = timecodes.map(({ name }) => name);
  const known = names.join(', ') || 'none';
  return `${profileFile} has no timecode called "${asked}"; it has: ${known}${didYouMean(asked, names)}`;
}

// ---- what is given

interface Given extends Asked {
  readonly start: number;
  readonly isNew: boolean;
}

interface Giving {
  /** Every track that has a region now. */
  readonly given: readonly Given[];
  /** Those of them that had none. */
  readonly added: readonly Given[];
  /** Those whose region has become longer. */
  readonly grown: readonly Given[];
  readonly refused: readonly { readonly track: MediaTrack; readonly why: string }[];
}

interface GivenBefore {
  readonly file: RegionsFile | null;
  readonly prepared: ReadonlyMap<MediaTrack, number>;
}

function give(
  { timecode, from, tracks }: Extract<Request, { ok: true }>,
  { packed }: RegionsOptions,
  { file, prepared }: GivenBefore,
): Giving {
  const asked = tracksOf(
    tracks.filter(track => !prepared.has(track)),
    timecode,
    file,
  );
  const before = regionsIn(timecode, file);
  const allocation = allocate({
    ...{ rate: timecode.rate, from, each: packed ? 'packed' : 'hour', before },
    tracks: asked.map(({ key, lengthFrames }) => ({ key, lengthFrames })),
    taken: takenOf(timecode, prepared),
  });
  const byKey = new Map(asked.map(each => [each.key, each]));
  const given = allocation.regions.flatMap(region => {
    const track = byKey.get(region.key);
    return track === undefined ? [] : [{ ...region, ...track, lengthFrames: region.lengthFrames }];
  });
  const refused = allocation.refused.flatMap(({ key, why }) => {
    const track = byKey.get(key)?.track;
    return track === undefined ? [] : [{ track, why: WHY[why] }];
  });
  const grown = given.filter(({ key, isNew, lengthFrames }) => {
    return !isNew && before.some(region => region.key === key && region.lengthFrames < lengthFrames);
  });
  return { given, added: given.filter(({ isNew }) => isNew), grown, refused };
}

/** Writes what has changed. @returns why it could not be; null: it is written, or nothing has changed */
function written(
  file: string,
  timecode: TimecodeEntry,
  { before, giving: { added, grown } }: { readonly before: RegionsFile | null; readonly giving: Giving },
): string | null {
  if (added.length === 0 && grown.length === 0) return null;
  const toRow = ({ start, lengthFrames, track }: Given): GivenRegion => {
    return { timecode, start, lengthFrames, durationMs: track.durationMs, track };
  };
  const kept = new Map(grown.map(each => [Number(each.key), toRow(each)]));
  return writeRegions(file, writeRegionsFile(before, kept, added.map(toRow)));
}

// ---- what is told

interface GivingTo {
  readonly timecode: TimecodeEntry;
  readonly tracks: readonly MediaTrack[];
  readonly prepared: ReadonlyMap<MediaTrack, number>;
}

/** A line for each track, and one for each that was refused. */
function tell({ given, refused }: Giving, { timecode, tracks, prepared }: GivingTo, out: Terminal): void {
  const { rate, regions } = timecode;
  for (const track of tracks.filter(each => prepared.has(each))) {
    const start = regions.get(prepared.get(track) ?? -1) ?? 0;
    out.line(`${labelText(rate, labelOf(rate, start))}  in the profile  ${nameOf(track)}`);
  }
  for (const { start, isNew, track } of given) {
    const note = track.durationMs === null ? '  (its length is not known: taken for ten minutes)' : '';
    out.line(`${labelText(rate, labelOf(rate, start))}  ${isNew ? 'given ' : 'stayed'}  ${nameOf(track)}${note}`);
  }
  for (const { track, why } of refused) out.error(`refused  ${nameOf(track)}: ${why}`);
}

const MOST_LISTED = 30;

const WHY: Readonly<Record<Allocation['refused'][number]['why'], string>> = {
  midnight: 'it would run past midnight; begin earlier: --from',
  full: 'there is no room left for it before midnight; begin earlier (--from), or --packed',
  overlap: 'it runs out of its region into another; take its line out of the file, and it is given a new one',
};

const nameOf = ({ title, artist, file }: MediaTrack): string =>
  oneLine(title === null ? file : [artist, title].filter(part => part !== null).join(' - '));

interface Asked {
  /** The row of the file where it has one, else what makes it the same track on another stick. */
  readonly key: string;
  readonly lengthFrames: number;
  readonly track: MediaTrack;
}

function tracksOf(
  tracks: readonly MediaTrack[],
  { name, rate }: TimecodeEntry,
  file: RegionsFile | null,
): readonly Asked[] {
  return tracks.map(track => {
    const row = regionFor(file?.entries ?? [], name, track)?.row ?? null;
    const { durationMs, fingerprint, title, artist } = track;
    const own =
      fingerprint === null
        ? `file ${track.file}`
        : [fingerprint.exact, plain(title ?? ''), plain(artist ?? '')].join(' ');
    const lengthFrames = durationMs === null ? usualTrackFrames(rate) : Math.ceil(framesOfMs(rate, durationMs));
    return { key: row === null ? own : String(row), lengthFrames: Math.max(1, lengthFrames), track };
  });
}

/** Regions that have been given in a timecode, by row. */
const regionsIn = ({ name }: TimecodeEntry, file: RegionsFile | null): readonly Region[] =>
  (file?.rows ?? []).flatMap(({ timecode, start, lengthFrames }, row) =>
    timecode === name ? [{ key: String(row), start, lengthFrames }] : [],
  );

/** Imported tracks to which the profile itself gives a region, and which of its tracks they are. */
function preparedIn(
  profile: Profile,
  { regions }: TimecodeEntry,
  library: MediaLibrary,
): ReadonlyMap<MediaTrack, number> {
  const prepared = new Map<MediaTrack, number>();
  if (regions.size === 0) return prepared;
  for (const track of library.all()) {
    const { knowledge, said } = ofMedia(profile, track);
    const { entry } = know(knowledge, said);
    if (entry !== null && regions.has(entry)) prepared.set(track, entry);
  }
  return prepared;
}

/**
 * Regions of the profile, each as long as its track, or as a usual one where that is not known; and what an offset would
 * push over midnight.
 */
function takenOf(
  { rate, regions, unknownTrack, offsetFrames }: TimecodeEntry,
  prepared: ReadonlyMap<MediaTrack, number>,
): readonly FrameSpan[] {
  const usual = usualTrackFrames(rate);
  const lengths = new Map<number, number>();
  for (const [{ durationMs }, entry] of prepared) {
    if (durationMs !== null) lengths.set(entry, Math.max(lengths.get(entry) ?? 0, framesOfMs(rate, durationMs)));
  }
  const over = Math.ceil(Math.abs(offsetFrames));
  return [
    ...[...regions].map(([entry, start]) => ({ start, lengthFrames: lengths.get(entry) ?? usual })),
    { start: unknownTrack, lengthFrames: usual },
    ...(over === 0 ? [] : [{ start: offsetFrames < 0 ? 0 : framesPerDay(rate) - over, lengthFrames: over }]),
  ];
}
