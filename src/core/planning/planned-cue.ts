/** Cues of a sheet as they are found, and what cannot be told of a rule. */
import type { Because } from '../engine/intents.ts';
import type { ExactPlace } from '../rules/exact-place.ts';
import type { Rule } from '../rules/rule.ts';

/** Something that would leave. */
export interface PlannedCue {
  readonly at: ExactPlace;
  readonly rule: Rule;
  readonly phase: Because['phase'];
  readonly place: string;
  readonly condition: string | null;
}

/**
 * Part of a rule that a sheet cannot tell, and why: `absent`, its place is not in this track; `unknown`, the place is not known,
 * since something is that media would tell; `outside`, it lies before the start or after the end; `live`, it depends on what
 * a deck does.
 */
export interface Unplanned {
  readonly rule: string;
  readonly kind: 'absent' | 'unknown' | 'outside' | 'live';
  /** The place, or the state, as the profile writes it; for `live` the facts: `deck.tempoBpm`. */
  readonly what: string;
  /** Knowledge that is missing; null but for `unknown`. */
  readonly lacking: string | null;
}

/** Part of a sheet: what was found, and what not. */
export interface Planned {
  readonly cues: readonly PlannedCue[];
  readonly unplanned: readonly Unplanned[];
}
