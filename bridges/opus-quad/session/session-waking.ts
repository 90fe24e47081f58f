/** Time at which the session acts next, if it hears nothing before. Pure. */
import type { Ms } from '../../../src/core/clock.ts';
import { FRAGMENT_PATIENCE_MS } from './data-fragments.ts';
import { lightingDueAt } from './lighting-mode.ts';
import { goneAt } from './lighting-turn.ts';
import { FORGET_AFTER_MS, playerDueAt } from './player-mode.ts';
import { isUnanswered, quietUntil, type SessionState, STATUS_PATIENCE_MS, UNANSWERED_MS } from './session-state.ts';

/** Pause before another try of a word that is due and could not be said. */
const BUDGET_RETRY_MS: Ms = 100;

/** The next moment at which something is due; null: nothing is, whatever time passes. */
export function wakeAt(state: SessionState, at: Ms): Ms | null {
  if (state.isClosed) return null;
  const { unit, turn } = state;
  const due: Ms[] = [...turn.rivals.values()].map(rival => goneAt(rival, turn.luck));
  if (state.interfaces.length > 0 && state.way?.nic !== null) due.push(...speechDueAt(state, at));
  if (unit !== null) {
    due.push(unit.heardAt + FORGET_AFTER_MS);
    // Status that stops is noticed when it has stopped, not at the next regular request.
    if (unit.statusAt !== null && unit.statusAt + STATUS_PATIENCE_MS >= at)
      due.push(unit.statusAt + STATUS_PATIENCE_MS + 1);
  }
  for (const { lastAt } of state.fragments.values()) due.push(lastAt + FRAGMENT_PATIENCE_MS + 1);
  const next = Math.min(...due.filter(Number.isFinite));
  // A word that is due and was not sent waits for the budget, or for an interface.
  return Number.isFinite(next) ? Math.max(next, at + (next <= at ? BUDGET_RETRY_MS : 0)) : null;
}

/** Lists the times of our next words; empty: none before we have heard something. */
function speechDueAt(state: SessionState, at: Ms): Ms[] {
  const { unit, options, joinedAt } = state;
  const quiet = quietUntil(state);
  const isCalled = unit !== null || (options.unitAddress !== 'auto' && state.mode === 'lighting');
  if (!isCalled) return [];
  if (at < quiet) return [quiet];
  const due = joinedAt !== null && isUnanswered(state) ? [joinedAt + UNANSWERED_MS] : [];
  if (state.mode === 'cdj') return [...due, playerDueAt(state.player)];
  return [...due, ...lightingDueAt(state, at)];
}
