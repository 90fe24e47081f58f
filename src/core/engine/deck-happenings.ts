/** Happenings of decks, and of the show, as moments of rules: the same conditions, outcomes and answers as those of places. Pure. */
import type { Ms } from '../clock.ts';
import { type Deck, isStale, STALE_AFTER_MS } from '../deck/deck.ts';
import { decksForRules, type Show } from '../deck/decks.ts';
import { type Happened, happened, type JumpBack } from '../deck/happenings.ts';
import { positionAt } from '../deck/position.ts';
import { phraseNow } from '../rules/fact-values.ts';
import type { ShowHappening } from '../show-happening.ts';
import type { EngineDraft } from './engine-state.ts';
import { come, comeAlone, type Hearing } from './rule-fires.ts';

/** Passes the happenings that an event has brought. @param before the show before it */
export function tellHappenings(draft: EngineDraft, before: Show): void {
  const { show, silent, jumpsBack } = draft.state;
  const found: Happened[] = [];
  let nextSilent = silent;
  let nextJumps = jumpsBack;
  for (const [key, deck] of show.decks) {
    const was = before.decks.get(key) ?? null;
    if (was === deck) continue;
    const isLost = silent.has(key) && !isStale(deck, draft.at);
    const jumpBack = jumpsBack.get(key) ?? null;
    const result = happened(was, deck, { isLost, jumpBack }, draft.at);
    found.push(...result.happened);
    if (isLost) nextSilent = new Set([...nextSilent].filter(each => each !== key));
    if (result.jumpBack !== jumpBack) nextJumps = withJump(nextJumps, key, result.jumpBack);
  }
  if (nextSilent !== silent || nextJumps !== jumpsBack)
    draft.state = { ...draft.state, silent: nextSilent, jumpsBack: nextJumps };
  if (found.length === 0 || draft.program.happenings.size === 0) return;
  // A deck that has just left the air is still heard of that.
  const [then, now] = [decksForRules(before), decksForRules(show)];
  const hearing = { ...now, keys: new Set([...then.keys, ...now.keys]) };
  for (const each of found) comeTo(draft, each, hearing, draft.at);
}

function withJump(
  jumps: ReadonlyMap<string, JumpBack>,
  key: string,
  jump: JumpBack | null,
): ReadonlyMap<string, JumpBack> {
  const next = new Map(jumps);
  if (jump === null) next.delete(key);
  else next.set(key, jump);
  return next;
}

/** The show begins, or is about to end. */
export function tellShow(draft: EngineDraft, happening: ShowHappening): void {
  for (const rule of draft.program.happenings.get(happening) ?? []) comeAlone(draft, rule, happening);
}

/** Decks of which nothing has been heard for too long by now. */
export function tellSilence(draft: EngineDraft): void {
  const { show, silent } = draft.state;
  const lost = [...show.decks.values()].filter(deck => !silent.has(deck.key) && isStale(deck, draft.at));
  if (lost.length === 0) return;
  draft.state = { ...draft.state, silent: new Set([...silent, ...lost.map(({ key }) => key)]) };
  const hearing = decksForRules(show);
  for (const deck of lost) {
    comeTo(draft, { happening: 'lost', deck, jump: null }, hearing, deck.reportedAt + STALE_AFTER_MS);
  }
}

function comeTo(draft: EngineDraft, { happening, deck, jump }: Happened, hearing: Hearing, trueTime: Ms): void {
  for (const rule of draft.program.happenings.get(happening) ?? []) {
    if (rule.track !== null && rule.track !== deck.track?.known.entry) continue;
    come(draft, { deck, moment: { ...whereOf(deck, trueTime), rule, label: happening, jump }, trueTime }, hearing);
  }
}

/** Gives the place of a deck, as a moment says it. */
function whereOf(deck: Deck, at: Ms) {
  const position = positionAt(deck, at);
  const place = { beat: position.beat, positionMs: position.positionMs };
  return { position: place.beat ?? 0, place, phrase: phraseNow(deck, position) };
}
