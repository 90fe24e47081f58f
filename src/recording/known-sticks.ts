/** Imported sticks as a show knew them, by name and hash, so that a replay can tell whether it knows the same. */
import { createHash } from 'node:crypto';
import type { MediaLibrary } from '../core/track/media-library.ts';
import type { MediaTrack } from '../core/track/media-track.ts';

export interface KnownStick {
  readonly name: string;
  readonly tracks: number;
  /** Of all that is known of its tracks, whatever their order: SHA-256, its first 16 hex digits. */
  readonly hash: string;
}

const HASH_DIGITS = 16;

function group(into: Map<string, MediaTrack[]>, track: MediaTrack): void {
  const known = into.get(track.stick);
  if (known === undefined) into.set(track.stick, [track]);
  else known.push(track);
}

export function knownSticks(library: MediaLibrary): readonly KnownStick[] {
  const byName = new Map<string, MediaTrack[]>();
  for (const track of library.all()) group(byName, track);
  return [...byName].map(([name, tracks]) => {
    const texts = tracks.map(track => JSON.stringify(track)).sort();
    const hash = createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, HASH_DIGITS);
    return { name, tracks: tracks.length, hash };
  });
}

const counted = (tracks: number): string => (tracks === 1 ? '1 track' : `${tracks} tracks`);

/** Lists the differences between the sticks of an evening and those of now, a line each; null: none. */
export function differences(then: readonly KnownStick[], now: readonly KnownStick[]): readonly string[] {
  const here = new Map(now.map(stick => [stick.name, stick]));
  const there = new Set(then.map(({ name }) => name));
  const changed = then.flatMap(({ name, tracks, hash }) => {
    const same = here.get(name);
    if (same?.hash === hash) return [];
    return same === undefined
      ? [`stick ${name}, ${counted(tracks)}, was known that evening and is not imported here`]
      : [`stick ${name} was another that evening: ${counted(tracks)} then, ${same.tracks} now`];
  });
  const added = now.flatMap(({ name }) => (there.has(name) ? [] : [`stick ${name} was not known that evening`]));
  return [...changed, ...added];
}
