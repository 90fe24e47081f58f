/** The places of a track that rules name, by the analysis that it is played by: where they lie, whoever plays it. */
import { loadedTrack } from '../core/planning/sheet-deck.ts';
import { ofMedia } from '../core/planning/sheet-subject.ts';
import type { Profile } from '../core/profile.ts';
import { momentsOf, seriesBetween } from '../core/rules/moments.ts';
import type { MomentRule } from '../core/rules/rule.ts';
import type { PlaceInTrack } from './due-cues.ts';
import type { PlayableTrack } from './playable-tracks.ts';

export interface TrackPlaces {
  /** In order of their places; those before the start and after the end of the track are left out. */
  readonly places: readonly PlaceInTrack[];
  /** Rules whose place nobody knows in this track, with what is missing. */
  readonly unknown: readonly { readonly rule: string; readonly missing: string }[];
}

export function trackPlaces(
  profile: Profile,
  { media, track }: PlayableTrack,
  rules: readonly MomentRule[],
): TrackPlaces {
  const moments = momentsOf(loadedTrack(ofMedia(profile, { ...media, id: track.id })).track, 'ms', rules);
  const lastBeat = track.grid.beatOfMs(track.lengthMs);
  const repeated = moments.series.flatMap(each => seriesBetween(moments, each, 1, lastBeat));
  const places = [...moments.single, ...repeated]
    .map(({ rule, label, position }): PlaceInTrack => ({ rule: rule.name, place: label, ms: position }))
    .filter(({ ms }) => ms >= 0 && ms <= track.lengthMs)
    .sort((a, b) => a.ms - b.ms);
  return { places, unknown: moments.unknown.map(({ rule, missing }) => ({ rule: rule.name, missing })) };
}
