/** Levels of a sheet: what begins and ends at the edges of phrases. */
import { placeOfBeat } from '../rules/exact-place.ts';
import type { Expression } from '../rules/expression.ts';
import { diffHolds, type SentHolds } from '../rules/hold-diff.ts';
import { EXACT, phraseIn } from '../rules/place-facts.ts';
import type { StateRule } from '../rules/rule.ts';
import type { Track } from '../track/track.ts';
import { isOfTrack, isSo, openFacts } from './foretell.ts';
import type { Planned, PlannedCue, Unplanned } from './planned-cue.ts';
import { type LoadedTrack, SHEET_DECK } from './sheet-deck.ts';

/** Rules that hold, where nothing but the track and its phrases decides: what begins and ends at the edges of phrases. */
export function plannedLevels(loaded: LoadedTrack, rules: readonly StateRule[]): Planned {
  const { track } = loaded;
  const cues: PlannedCue[] = [];
  const unplanned: Unplanned[] = [];
  const foretold = rules.filter(({ name: rule, while: held, if: condition }) => {
    const open = [...openFacts(loaded, held), ...(condition === null ? [] : openFacts(loaded, condition))];
    const live = open.filter(path => !isOfTrack(path) || track.structure !== undefined);
    if (live.length > 0) unplanned.push({ rule, kind: 'live', what: [...new Set(live)].join(', '), lacking: null });
    else if (open.length > 0)
      unplanned.push({ rule, kind: 'unknown', what: held.text, lacking: 'the phrases, not received yet' });
    return open.length === 0;
  });
  if (foretold.length === 0) return { cues, unplanned };
  let sent: SentHolds = new Map();
  for (const beat of edgesOf(track)) {
    const at = placeOfBeat(track.timeline, beat);
    const phrase = phraseIn(track, at, EXACT);
    const holds = (condition: Expression | null): boolean =>
      condition === null || isSo(loaded, condition, { place: at, phrase });
    const wanted = foretold
      .filter(rule => holds(rule.while) && holds(rule.if))
      .map(rule => ({ rule, deck: SHEET_DECK }));
    const planned = diffHolds(sent, wanted, null);
    sent = planned.sent;
    const place = phrase?.label.toLowerCase() ?? 'outside the phrases';
    for (const { rule, phase } of planned.changes) {
      cues.push({ at, rule, phase, place, condition: null });
    }
  }
  return { cues, unplanned };
}

/** Beats at which the facts of the phrase change: the start of the track, each start and end of a phrase or fill. */
function edgesOf({ structure }: Track): readonly number[] {
  const phrases = structure?.phrases ?? [];
  const edges = phrases.flatMap(({ startBeat, fillBeat, endBeat }) => [startBeat, fillBeat ?? startBeat, endBeat]);
  return [...new Set([Math.min(1, ...edges), ...edges])].sort((a, b) => a - b);
}
