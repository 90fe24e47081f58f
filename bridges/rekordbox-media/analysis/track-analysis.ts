/** The analysis of a track, from both of its files. Pure. */
import type { Ms } from '../../../src/core/clock.ts';
import { type BeatGrid, type GridBeat, measuredGrid } from '../../../src/core/track/beat-grid.ts';
import type { CuePoint, Fingerprint } from '../../../src/core/track/media-track.ts';
import { type SongStructure, songStructure } from '../../../src/core/track/phrase.ts';
import type { TrackEnergy } from '../../../src/core/track/track-notes.ts';
import { cuePointsOf } from './analysis-cues.ts';
import type { AnalysedBeat, GridEnds, ReadTags, StoredStructure } from './analysis-file.ts';
import { waveformEnergy } from './waveform-energy.ts';

/** The analysis of a track, both files together. */
export interface Analysis {
  /** As the files have it, from the root of the stick; null: neither says. */
  readonly audioPath: string | null;
  readonly durationMs: Ms | null;
  /** Beats that `grid` is made of, as stored; null: there is no grid. */
  readonly beats: readonly AnalysedBeat[] | null;
  /** null: not analysed, or no grid that rises. */
  readonly grid: BeatGrid | null;
  /** The first beat that begins a bar, 1..4; null: the grid does not say. */
  readonly firstDownbeat: number | null;
  /** The phrases were found on another grid than the track has now: they may begin elsewhere than their beats say. */
  readonly isGridMismatch: boolean;
  /** null: no phrases. */
  readonly structure: SongStructure | null;
  /** Structure that `structure` is made of, as stored; null: there is none. */
  readonly stored: StoredStructure | null;
  /** Of the structure; null: there is none. */
  readonly fingerprint: Fingerprint | null;
  /** In the order of their places; a memory cue before a hot cue at the same place. */
  readonly cuePoints: readonly CuePoint[];
  /** null: there is no waveform. */
  readonly energy: TrackEnergy | null;
  /** Parts that do not fit together and were made the best of, one line each. */
  readonly warnings: readonly string[];
}

/**
 * A path of an audio file as it compares: two that are equal are of one file. The drive is no part of it: a computer gives one
 * disk another letter, or another volume, from one analysis to the next.
 */
export const audioKey = (path: string): string =>
  path
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('\\', '/')
    .replace(/^(?:[a-z]:|\/volumes\/[^/]+(?=\/))/, '')
    .replace(/^\/+/, '');

/** An analysis that names these audio files may be that of this file; null: of whichever it is. */
export const isOfAudio = (audioPaths: readonly string[], file: string | null): boolean =>
  file === null || audioPaths.some(each => audioKey(each) === audioKey(file));

/**
 * The two analysis files of a track as one; null: that file is missing or was refused.
 *
 * The grid is that of `.DAT` (PQTZ), the structure that of `.EXT`; for cue points see `cuePointsOf`. A folder may be shared,
 * and a file in it be another track's: one that says it is of another audio file is left out.
 *
 * @param file the audio file of the track; null: not known, it is the one that the `.EXT` names, or else the `.DAT`
 */
export function analysisOf(datRead: ReadTags | null, extRead: ReadTags | null, file: string | null = null): Analysis {
  const warnings: string[] = [];
  const wanted = file ?? extRead?.audioPath ?? datRead?.audioPath ?? null;
  const ownOf = (suffix: string, half: ReadTags | null): ReadTags | null => {
    const named = half?.audioPath ?? null;
    if (named === null || wanted === null || audioKey(named) === audioKey(wanted)) return half;
    warnings.push(
      `the ${suffix} is of the audio file "${named}", not of "${wanted}": it is left out; export the track again`,
    );
    return null;
  };
  const dat = ownOf('.DAT', datRead);
  const ext = ownOf('.EXT', extRead);
  const audioPath = ext?.audioPath ?? dat?.audioPath ?? null;

  const { warnings: gridWarnings, ...grid } = gridOf(dat, ext);
  warnings.push(...gridWarnings);
  const stored = ext?.structure ?? null;
  const read = stored === null ? null : songStructure(stored.raw);
  warnings.push(...(read?.warnings ?? []));
  const structure = read?.structure ?? null;
  const durationMs = ext?.durationMs ?? dat?.durationMs ?? null;
  const cues = cuePointsOf(ext?.cueLists ?? [], dat?.cueLists ?? [], durationMs);
  warnings.push(...cues.warnings);

  return {
    audioPath,
    durationMs,
    ...grid,
    structure,
    stored: structure === null ? null : stored,
    fingerprint: structure === null || stored === null ? null : stored.fingerprint,
    cuePoints: cues.cuePoints,
    energy: waveformEnergy(ext?.waveform ?? dat?.waveform ?? null, grid.grid, structure),
    warnings,
  };
}

type GridFacts = Pick<Analysis, 'beats' | 'grid' | 'firstDownbeat' | 'isGridMismatch' | 'warnings'>;

function gridOf(dat: ReadTags | null, ext: ReadTags | null): GridFacts {
  const ends = ext?.gridEnds ?? dat?.gridEnds ?? null;
  const beats = dat?.beats ?? ext?.beats ?? null;
  if (beats === null) return { beats, grid: null, firstDownbeat: null, isGridMismatch: false, warnings: [] };
  const grid = measuredGrid(beats);
  // A second grid without beats is that of a track in which no phrases were looked for.
  const isGridMismatch = ends !== null && ends.count > 0 && !isOfGrid(ends, beats);
  const warnings = [
    ...(beats.length > 0 && grid === null ? [notRising(beats)] : []),
    ...oddBeats(beats),
    ...(isGridMismatch ? [mismatchOf(ends, beats)] : []),
  ];
  if (grid === null) return { beats: null, grid, firstDownbeat: null, isGridMismatch, warnings };
  return { beats, grid, firstDownbeat: firstDownbeatOf(beats), isGridMismatch, warnings };
}

function firstDownbeatOf(beats: readonly AnalysedBeat[]): number | null {
  const index = beats.slice(0, 4).findIndex(({ beatInBar }) => beatInBar === 1);
  return index < 0 ? null : index + 1;
}

function notRising(beats: readonly AnalysedBeat[]): string {
  const index = beats.findIndex(({ ms }, i) => ms <= (beats[i - 1]?.ms ?? -1));
  return `the beat grid is not used: beat ${index + 1} at ${beats[index]?.ms} ms does not come after the one before`;
}

/** Beyond the tempi of any music that rekordbox finds a grid for. */
const MOST_TEMPO_BPM = 300;

/** Values that no beat has, one line each; what can be is made of the grid all the same, by its times. */
const oddBeats = (beats: readonly AnalysedBeat[]): readonly string[] => [
  ...oddLine(
    beats,
    ({ beatInBar }) => beatInBar < 1 || beatInBar > 4,
    ({ beatInBar }) => `says it is beat ${beatInBar} of its bar, expected 1 to 4`,
  ),
  ...oddLine(
    beats,
    ({ tempoBpm }) => tempoBpm <= 0 || tempoBpm > MOST_TEMPO_BPM,
    ({ tempoBpm }) => `says a tempo of ${tempoBpm} BPM, expected more than 0 and at most ${MOST_TEMPO_BPM}`,
  ),
];

function oddLine(
  beats: readonly AnalysedBeat[],
  isOdd: (beat: AnalysedBeat) => boolean,
  what: (beat: AnalysedBeat) => string,
): readonly string[] {
  const odd = beats.filter(isOdd);
  const [first] = odd;
  if (first === undefined) return [];
  const more = odd.length === 1 ? '' : `, as do ${odd.length - 1} more`;
  return [`beat ${beats.indexOf(first) + 1} of the grid ${what(first)}${more}: look at its grid in rekordbox`];
}

function mismatchOf(ends: GridEnds, beats: readonly AnalysedBeat[]): string {
  const now = spanOf(beats.length, beats[0], beats[beats.length - 1]);
  const then = spanOf(ends.count, ends.first, ends.last);
  return `the beat grid has ${now}, the phrases were found on one of ${then}: they may begin beside their beats`;
}

function isOfGrid({ first, last, count }: GridEnds, beats: readonly AnalysedBeat[]): boolean {
  if (count !== beats.length) return false;
  return count === 0 || (isSameBeat(first, beats[0]) && isSameBeat(last, beats[count - 1]));
}

const isSameBeat = (a: AnalysedBeat, b: AnalysedBeat | undefined): boolean =>
  a.ms === b?.ms && a.tempoBpm === b.tempoBpm && a.beatInBar === b.beatInBar;

const spanOf = (count: number, first: GridBeat | undefined, last: GridBeat | undefined): string =>
  count === 0 ? 'no beats' : `${count} beats from ${first?.ms} to ${last?.ms} ms`;
