/** A track that plays and is not in the profile, as YAML to paste below `tracks:`. */
import type { Profile, TimecodeEntry } from '../core/profile.ts';
import { nextFreeRegion } from '../core/regions.ts';
import { type FrameRate, labelOf, labelText } from '../core/timecode.ts';

/** What is known of a track on a deck. */
export interface CapturedTrack {
  readonly id: number;
  readonly title: string | null;
  readonly artist: string | null;
  readonly tempoBpm: number | null;
}

/**
 * The list item that matches a track, with its next free region in every timecode of the profile.
 *
 * @param taken  by timecode, regions that were given to tracks captured before, in frames since midnight
 * @returns lines without a line end behind the last; for a track that the profile knows, a comment that says where it runs
 */
export function captureTrack(
  { tracks, timecodes }: Profile,
  { id, title, artist, tempoBpm }: CapturedTrack,
  taken: ReadonlyMap<string, readonly number[]>,
): string {
  if (tracks.some(track => track.id === id)) {
    const places = timecodes.map(entry => `, ${entry.name} ${placeOf(entry, id)}`);
    return `# track ${id} is in the profile already${places.join('')}`;
  }
  const regions = timecodes.map(entry => {
    const { name, rate } = entry;
    return `${name}: ${label(rate, nextFreeRegion(entry, taken.get(name) ?? []))}`;
  });
  return [
    `  - match: { id: ${id} }${tempoBpm === null ? '' : ` # ${Number(tempoBpm.toFixed(2))} BPM`}`,
    ...textLine('title', title),
    ...textLine('artist', artist),
    ...(regions.length === 0 ? [] : [`    timecode: { ${regions.join(', ')} }`]),
  ].join('\n');
}

const label = (rate: FrameRate, frames: number): string => labelText(rate, labelOf(rate, frames));

function placeOf({ rate, regions, unknownTrack }: TimecodeEntry, id: number): string {
  const own = regions.get(id);
  return own === undefined ? `${label(rate, unknownTrack)} (as an unknown track)` : label(rate, own);
}

/** In double quotes nothing in a title means anything to YAML; what no screen shows is written as a code. */
function textLine(key: string, text: string | null): readonly string[] {
  if (text === null || text.trim() === '') return [];
  const quoted = JSON.stringify(text).replaceAll(/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, sign => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return [`    ${key}: ${quoted}`];
}
