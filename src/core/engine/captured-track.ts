/** A track that plays and is not in the profile, as YAML to paste below `tracks:`. */
import type { Profile } from '../profile.ts';
import { nextFreeRegion } from '../timecode/regions.ts';
import type { TimecodeEntry } from '../timecode/stream-entry.ts';
import { type FrameRate, labelOf, labelText } from '../timecode/timecode.ts';

/** What is known of a track on a deck. */
export interface CapturedTrack {
  /** Where it runs already, by the name of the timecode, in frames since midnight; null: the profile does not know it. */
  readonly regions: ReadonlyMap<string, number> | null;
  readonly id: number;
  readonly title: string | null;
  readonly artist: string | null;
  /** An imported stick says what it is called, so that it is known by that on any stick. */
  readonly isOfMedia: boolean;
  readonly tempoBpm: number | null;
}

/**
 * The list item that matches a track, with its next free region in every timecode of the profile.
 *
 * @param taken  by timecode, regions that were given to tracks captured before, in frames since midnight
 * @returns in `yaml` lines without a line end behind the last, for a track that the profile knows a comment that says where
 *          it runs; in `given` the regions that it is given by them, by timecode
 */
export function captureTrack(
  { timecodes }: Profile,
  { regions: known, id, title, artist, isOfMedia, tempoBpm }: CapturedTrack,
  taken: ReadonlyMap<string, readonly number[]>,
): { readonly yaml: string; readonly given: ReadonlyMap<string, number> } {
  if (known !== null) {
    const places = timecodes.map(entry => `, ${entry.name} ${placeOf(entry, known)}`);
    return { yaml: `# track ${id} is in the profile already${places.join('')}`, given: new Map() };
  }
  const given = new Map(timecodes.map(entry => [entry.name, nextFreeRegion(entry, taken.get(entry.name) ?? [])]));
  const regions = timecodes.map(({ name, rate }) => `${name}: ${label(rate, given.get(name) ?? 0)}`);
  const note = tempoBpm === null ? '' : ` # ${Number(tempoBpm.toFixed(2))} BPM`;
  const named = [...textPair('title', title), ...textPair('artist', artist)];
  const lines = [
    ...(isOfMedia && title !== null
      ? [`  - match: { ${named.join(', ')} }${note}`]
      : [`  - match: { id: ${id} }${note}`, ...named.map(pair => `    ${pair}`)]),
    ...(regions.length === 0 ? [] : [`    timecode: { ${regions.join(', ')} }`]),
  ];
  return { yaml: lines.join('\n'), given };
}

const label = (rate: FrameRate, frames: number): string => labelText(rate, labelOf(rate, frames));

function placeOf({ name, rate, unknownTrack }: TimecodeEntry, known: ReadonlyMap<string, number>): string {
  const own = known.get(name);
  return own === undefined ? `${label(rate, unknownTrack)} (as an unknown track)` : label(rate, own);
}

/** In double quotes nothing in a title means anything to YAML; what no screen shows is written as a code. */
function textPair(key: string, text: string | null): readonly string[] {
  if (text === null || text.trim() === '') return [];
  const quoted = JSON.stringify(text).replaceAll(/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, sign => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return [`${key}: ${quoted}`];
}
