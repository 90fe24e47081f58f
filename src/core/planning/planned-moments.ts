/** Moments of a sheet: what fires where in the track. */
import { placeOfMs } from '../rules/exact-place.ts';
import { type Moment, type Moments, momentsOf, seriesBetween } from '../rules/moments.ts';
import type { MomentRule, Rule } from '../rules/rule.ts';
import type { Track } from '../track/track.ts';
import { foretellAt } from './foretell.ts';
import type { Planned, PlannedCue, Unplanned } from './planned-cue.ts';
import type { LoadedTrack } from './sheet-deck.ts';

export function plannedMoments(loaded: LoadedTrack, all: readonly MomentRule[]): Planned {
  const { track } = loaded;
  const live = all.filter(isHappening);
  const rules = all.filter(rule => !isHappening(rule));
  const inBeats = momentsOf(track, 'beats', rules);
  // Where nothing carries one into the other, times are known all the same, by themselves.
  const rest = inBeats.unknown.map(({ rule }) => rule);
  const inMs = track.timeline === null ? momentsOf(track, 'ms', [...new Set(rest)]) : null;
  const end = endBeatOf(track);
  const cueAt = (moment: Moment): readonly PlannedCue[] => {
    const { rule, label, place } = moment;
    const outlook = rule.if === null ? true : foretellAt(loaded, rule.if, moment);
    if (outlook === false) return [];
    const open = outlook === null ? (rule.if?.text ?? null) : null;
    const condition = rule.begins === null ? open : `armed in ${rule.begins.list}`;
    return [{ at: place, rule, phase: 'fire', place: label, condition }];
  };
  const repeated = end === null ? [] : repeatedUntil(inBeats, end);
  const cues = [...inBeats.single, ...repeated, ...(inMs?.single ?? [])].flatMap(cueAt);
  const happening = live.map(
    ({ name, place }): Unplanned => ({ rule: name, kind: 'live', what: place.text, lacking: null }),
  );
  return { cues, unplanned: [...unplannedOf(rules, inBeats, inMs, end), ...happening] };
}

const isHappening = ({ place: { anchor } }: MomentRule): boolean => anchor.kind === 'happening';

function repeatedUntil(moments: Moments, end: number): readonly Moment[] {
  const first = Math.min(1, placeOfMs(moments.track.timeline, 0).beat ?? 1);
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

/** A track is not planned beyond this many beats: half a day at a usual tempo. */
const MOST_BEATS = 100_000;

/** The last beat that is played; null: nobody knows. */
function endBeatOf({ known, timeline, structure }: Track): number | null {
  const { durationMs, grid } = known;
  const end = durationMs === null ? null : placeOfMs(timeline, durationMs).beat;
  const last = end ?? grid?.beats ?? structure?.endBeat ?? null;
  return last === null ? null : Math.min(last, MOST_BEATS);
}
