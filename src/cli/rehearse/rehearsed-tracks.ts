/** Tracks that a rehearsal plays: those of a set, or those that the profile prepares, or what there is. */
import { parseDjScript } from '../../../bridges/opus-quad/simulator/dj-script.ts';
import type { Profile } from '../../core/profile.ts';
import type { MediaLibrary } from '../../core/track/media-library.ts';
import { readDjSetFile } from '../../files/dj-set-file.ts';
import { type PlayableTrack, playableTracks } from '../../rehearsal/playable-tracks.ts';

/** A shorter track leaves a DJ no room for anything. */
const SHORTEST_MS = 100_000;
/** A sound-check loads each. */
const MOST_TRACKS = 40;

export type ChosenTracks =
  | { readonly ok: true; readonly tracks: readonly PlayableTrack[] }
  | { readonly ok: false; readonly lines: readonly string[] };

/** @param setFile null: the profile decides */
export function rehearsedTracks(profile: Profile, library: MediaLibrary, setFile: string | null): ChosenTracks {
  const playable = playableTracks(profile, library);
  if (setFile === null) {
    const prepared = longEnough(playable.filter(({ entry }) => entry !== null));
    const imported = longEnough(playable.filter(({ from }) => from === 'imported'));
    const [tracks = playable] = [prepared, imported].filter(({ length }) => length > 0);
    return { ok: true, tracks: longEnough(tracks).slice(0, MOST_TRACKS) };
  }
  const read = readDjSetFile(setFile);
  if (!read.ok) return { ok: false, lines: [read.line] };
  const parsed = parseDjScript(read.source, read.file);
  if (!parsed.ok) return { ok: false, lines: parsed.mistakes };
  const ids = new Set(parsed.set.acts.flatMap(({ act }) => (act.kind === 'load' ? [act.track.id] : [])));
  const tracks = longEnough(playable.filter(({ track }) => ids.has(track.id)));
  if (tracks.length > 0) return { ok: true, tracks };
  return { ok: false, lines: [`${setFile}: error: it loads no track of more than ${SHORTEST_MS / 1000} s`] };
}

const longEnough = (tracks: readonly PlayableTrack[]): readonly PlayableTrack[] =>
  tracks.filter(({ track }) => track.lengthMs >= SHORTEST_MS);
