/**
 * The cue sheet of a track: what would leave where in it, as far as that can be known before it is played.
 *
 * The track is put on a deck that stands, and asked what the show asks: the same moments, conditions and levels. So sheet
 * and show cannot differ.
 */
import type { Ms } from '../clock.ts';
import type { Because } from '../engine/intents.ts';
import type { Profile } from '../profile.ts';
import { isStateRule } from '../rules/holds.ts';
import { barOf, EXACT, phraseIn } from '../rules/place-facts.ts';
import type { MomentRule, RuleStep } from '../rules/rule.ts';
import type { TimecodeEntry } from '../timecode/stream-entry.ts';
import { regionOf } from '../timecode/stream-units.ts';
import { framesOfMs, labelOf, labelText } from '../timecode/timecode.ts';
import type { Track } from '../track/track.ts';
import type { Known } from '../track/track-knowledge.ts';
import type { PlannedCue, Unplanned } from './planned-cue.ts';
import { plannedLevels } from './planned-levels.ts';
import { plannedMoments } from './planned-moments.ts';
import { loadedTrack } from './sheet-deck.ts';
import type { SheetSubject } from './sheet-subject.ts';

export interface CueSheet {
  readonly known: Known;
  /** Start of the track in each timecode of the profile, in its order. */
  readonly starts: readonly TimecodePlace[];
  /** In the order in which they would leave. Where nothing carries beats into ms: those in beats, then those in ms. */
  readonly lines: readonly CueLine[];
  /** Rules and places that the lines leave out, in the order of the rules. */
  readonly unplanned: readonly Unplanned[];
}

export interface TimecodePlace {
  readonly timecode: string;
  /** Of the frame that the place is in: `01:00:31:14`. */
  readonly label: string;
  /** The track has no region of its own there. */
  readonly isUnknownTrack: boolean;
}

export interface CueLine {
  /** Label in each timecode of the profile, in its order; none if `positionMs` is not known. */
  readonly labels: readonly TimecodePlace[];
  /** From the start of the track at normal speed; null: nothing carries its beat into ms. */
  readonly positionMs: Ms | null;
  /** 1-based; the beats before the first downbeat are in bar 0. null: not known. */
  readonly bar: number | null;
  /** 1..4; null: not known. */
  readonly beatInBar: number | null;
  /** The phrase it lies in, as rekordbox shows it; null: none, or not known. */
  readonly phrase: string | null;
  readonly rule: string;
  readonly phase: Because['phase'];
  /** Place of its rule: `4 beats before chorus 1`; of a level the phrase that makes it so. */
  readonly place: string;
  /** Condition that has to be true on the evening for it to leave; null: none. */
  readonly condition: string | null;
  readonly actions: readonly RuleStep[];
}

export function cueSheet(profile: Profile, subject: SheetSubject): CueSheet {
  const loaded = loadedTrack(subject);
  const { track } = loaded;
  const rules = profile.rules.filter(
    rule => isStateRule(rule) || rule.track === null || rule.track === track.known.entry,
  );
  const fired = plannedMoments(
    loaded,
    rules.filter((rule): rule is MomentRule => !isStateRule(rule)),
  );
  const held = plannedLevels(loaded, rules.filter(isStateRule));
  const { inside, outside } = bounded(track, [...fired.cues, ...held.cues].sort(byPlace));
  const order = new Map(rules.map(({ name }, i) => [name, i]));
  const unplanned = [...fired.unplanned, ...held.unplanned, ...outside];
  return {
    known: track.known,
    starts: profile.timecodes.map(entry => placeIn(entry, track.known, 0)),
    lines: inside.map(each => lineOf(profile, track, each)),
    unplanned: unplanned.sort((a, b) => (order.get(a.rule) ?? 0) - (order.get(b.rule) ?? 0)),
  };
}

/** Stable: what has one place keeps its order. */
const byPlace = ({ at: a }: PlannedCue, { at: b }: PlannedCue): number =>
  a.beat !== null && b.beat !== null
    ? a.beat - b.beat
    : a.beat === null && b.beat === null
      ? (a.positionMs ?? 0) - (b.positionMs ?? 0)
      : a.beat === null
        ? 1
        : -1;

/** Databases tell a length in whole seconds. */
const LENGTH_ERROR_MS: Ms = 1000;

/** Without what a deck that plays the track never passes. */
function bounded(
  { known: { durationMs } }: Track,
  all: readonly PlannedCue[],
): { readonly inside: readonly PlannedCue[]; readonly outside: readonly Unplanned[] } {
  const endMs = (durationMs ?? Infinity) + LENGTH_ERROR_MS;
  const outside = new Map<string, Unplanned>();
  const inside = all.filter(({ at: { positionMs: ms }, rule, place }) => {
    const isBefore = ms !== null && ms < 0;
    const isAfter = ms !== null && ms > endMs;
    const what = `${place}, ${isBefore ? 'before the start' : 'after the end'} of the track`;
    if (isBefore || isAfter)
      outside.set(`${rule.name}/${what}`, { rule: rule.name, kind: 'outside', what, lacking: null });
    return !isBefore && !isAfter;
  });
  return { inside, outside: [...outside.values()] };
}

function lineOf(profile: Profile, track: Track, { at, rule, phase, place, condition }: PlannedCue): CueLine {
  const positionMs = at.positionMs === null ? null : Math.max(0, at.positionMs);
  const bar = at.beat === null ? null : barOf(track, at.beat);
  return {
    labels: positionMs === null ? [] : profile.timecodes.map(entry => placeIn(entry, track.known, positionMs)),
    positionMs,
    bar: bar?.bar ?? null,
    beatInBar: bar?.beatInBar ?? null,
    phrase: phraseIn(track, at, EXACT)?.label ?? null,
    ...{ rule: rule.name, phase, place, condition },
    actions: phase === 'undo' && isStateRule(rule) ? rule.undo : rule.do,
  };
}

/** Rounding of doubles: a place that is a frame but for that is in that frame. */
const SAME_FRAME = 1e-6;

function placeIn(timecode: TimecodeEntry, known: Known, ms: Ms) {
  const { name, rate, unknownTrack, offsetFrames } = timecode;
  const own = regionOf(timecode, known);
  const place = (own ?? unknownTrack) + framesOfMs(rate, ms) + offsetFrames;
  return {
    timecode: name,
    label: labelText(rate, labelOf(rate, place + SAME_FRAME)),
    isUnknownTrack: own === null,
  };
}
