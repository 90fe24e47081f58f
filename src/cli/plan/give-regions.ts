/** `decklight regions`: gives each track of a playlist a region of a timecode, and writes down which. */
import type { Bridge } from '../../bridge.ts';
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
import type { Terminal } from '../terminal/terminal.ts';

export interface RegionsOptions {
  /** By name; null: the profile's first. */
  readonly timecode: string | null;
  /** One after the other instead of an hour for each. */
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
  out: Terminal,
  bridges: readonly Bridge[],
  library: MediaLibrary,
): Promise<number> {
  const { profile, lines } = readProfile(profileFile, bridges, library);
  for (const line of lines) out.error(line);
  if (profile === null) return 2;
  const refuse = (text: string, code: number): number => {
    out.error(text);
    return code;
  };
  const { timecodes } = profile;
  const names = timecodes.map(({ name }) => name);
  const timecode = options.timecode === null ? timecodes[0] : timecodes.find(({ name }) => name === options.timecode);
  if (timecode === undefined) {
    if (options.timecode === null) return refuse(`${profileFile} has no timecode; it stands under timecode:`, 2);
    const { timecode: asked } = options;
    const known = names.join(', ') || 'none';
    return refuse(`${profileFile} has no timecode called "${asked}"; it has: ${known}${didYouMean(asked, names)}`, 2);
  }
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
  for (const stick of tracks.length > 1 ? unordered : []) {
    const why = 'an older Decklight imported the stick without it';
    out.error(`${stick}: the order of "${playlist}" is not known: ${why}; import it again (decklight media import)`);
  }
  const file = regionsFileOf(profileFile);
  const read = readRegions(file, timecodes);
  if (!read.ok) {
    for (const line of read.lines) out.error(line);
    return 2;
  }
  const prepared = preparedIn(profile, timecode, library);
  const own = tracks.filter(track => prepared.has(track));
  const asked = tracksOf(
    tracks.filter(track => !prepared.has(track)),
    timecode,
    read.regions,
  );
  const before = regionsIn(timecode, read.regions);
  const allocation = allocate({
    ...{ rate, from, each: options.packed ? 'packed' : 'hour', before },
    tracks: asked.map(({ key, lengthFrames }) => ({ key, lengthFrames })),
    taken: takenOf(timecode, prepared),
  });
  const byKey = new Map(asked.map(each => [each.key, each]));
  const given = allocation.regions.flatMap(region => {
    const track = byKey.get(region.key);
    return track === undefined ? [] : [{ ...region, ...track, lengthFrames: region.lengthFrames }];
  });
  const added = given.filter(({ isNew }) => isNew);
  const grown = given.filter(({ key, isNew, lengthFrames }) => {
    return !isNew && before.some(region => region.key === key && region.lengthFrames < lengthFrames);
  });
  const toRow = ({ start, lengthFrames, track }: (typeof given)[number]): GivenRegion => {
    return { timecode, start, lengthFrames, durationMs: track.durationMs, track };
  };
  if (added.length > 0 || grown.length > 0) {
    const kept = new Map(grown.map(each => [Number(each.key), toRow(each)]));
    const problem = writeRegions(file, writeRegionsFile(read.regions, kept, added.map(toRow)));
    if (problem !== null) return refuse(problem, 1);
  }
  for (const track of own) {
    const start = timecode.regions.get(prepared.get(track) ?? -1) ?? 0;
    out.line(`${labelText(rate, labelOf(rate, start))}  in the profile  ${nameOf(track)}`);
  }
  for (const { start, isNew, track } of given) {
    const note = track.durationMs === null ? '  (its length is not known: taken for ten minutes)' : '';
    out.line(`${labelText(rate, labelOf(rate, start))}  ${isNew ? 'given ' : 'stayed'}  ${nameOf(track)}${note}`);
  }
  for (const { key, why } of allocation.refused) {
    const track = byKey.get(key)?.track;
    if (track !== undefined) out.error(`refused  ${nameOf(track)}: ${WHY[why]}`);
  }
  const counts = [
    `${added.length} given`,
    `${given.length - added.length} stayed`,
    `${allocation.refused.length} refused`,
  ];
  out.line(`${file}: ${timecode.name}: ${counts.join(', ')}`);
  return allocation.refused.length === 0 ? 0 : 1;
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

/** What has been given in a timecode, by row. */
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
