/** Moments of a sheet: what fires where in the track. */
import type { Ms } from '../clock.ts';
import { type Moment, type Moments, momentsOf, seriesBetween } from '../rules/moments.ts';
import type { MomentRule, Rule } from '../rules/rule.ts';
import type { Track } from '../track/track.ts';
import { foretell } from './foretell.ts';
import type { Planned, PlannedCue, Unplanned } from './planned-cue.ts';
import type { LoadedTrack } from './sheet-deck.ts';

export function plannedMoments(loaded: LoadedTrack, rules: readonly MomentRule[]): Planned {
  const { track } = loaded;
  const inBeats = momentsOf(track, 'beats', rules);
  // Where nothing carries one into the other, times are known all the same, by themselves.
  const rest = inBeats.unknown.map(({ rule }) => rule);
  const inMs = track.timeline === null ? momentsOf(track, 'ms', [...new Set(rest)]) : null;
  const end = endBeatOf(track);
  const cueAt = (beat: number | null, ms: Ms | null, { rule, label, phrase }: Moment): readonly PlannedCue[] => {
    const outlook = rule.if === null ? true : foretell(loaded, rule.if, beat, phrase);
    if (outlook === false) return [];
    const condition = outlook === null ? (rule.if?.text ?? null) : null;
    return [{ beat, ms, rule, phase: 'fire', place: label, condition }];
  };
  const repeated = end === null ? [] : repeatedUntil(inBeats, end);
  const cues = [
    ...[...inBeats.single, ...repeated].flatMap(moment => cueAt(moment.position, msOf(track, moment.position), moment)),
    ...(inMs?.single ?? []).flatMap(moment => cueAt(null, moment.position, moment)),
  ];
  return { cues, unplanned: unplannedOf(rules, inBeats, inMs, end) };
}

function repeatedUntil(moments: Moments, end: number): readonly Moment[] {
  const first = Math.min(1, moments.track.timeline?.beatOfMs(0) ?? 1);
  return moments.series.flatMap(each => seriesBetween(moments, each, first, end));
}

function unplannedOf(
  rules: readonly MomentRule[],
  inBeats: Moments,
  inMs: Moments | null,
  end: number | null,
): readonly Unplanned[] {
  const unknown = inMs?.unknown ?? inBeats.unknown;
  const missing = new Map(
    unknown.map(({ rule, missing }): readonly [string, Unplanned] => [
      rule.name,
      { rule: rule.name, kind: 'unknown', what: rule.place.text, lacking: missing },
    ]),
  );
  const endless = (end === null ? inBeats.series : []).map(
    ({ rule: { name, place } }): Unplanned => ({
      rule: name,
      kind: 'unknown',
      what: place.text,
      lacking: 'how long the track is',
    }),
  );
  const met = new Set<Rule>(
    [...inBeats.single, ...(inMs?.single ?? []), ...unknown, ...inBeats.series].map(({ rule }) => rule),
  );
  const absent = rules
    .filter(rule => !met.has(rule))
    .map((rule): Unplanned => ({ rule: rule.name, kind: 'absent', what: rule.place.text, lacking: null }));
  return [...missing.values(), ...endless, ...absent];
}

const msOf = ({ timeline }: Track, beat: number): Ms | null => timeline?.msOfBeat(beat) ?? null;

/** A track is not planned beyond this many beats: half a day at a usual tempo. */
const MOST_BEATS = 100_000;

/** The last beat that is played; null: nobody knows. */
function endBeatOf({ known, timeline, structure }: Track): number | null {
  const { durationMs, grid } = known;
  const end = durationMs !== null && timeline !== null ? timeline.beatOfMs(durationMs) : null;
  const last = end ?? grid?.beats ?? structure?.endBeat ?? null;
  return last === null ? null : Math.min(last, MOST_BEATS);
}
