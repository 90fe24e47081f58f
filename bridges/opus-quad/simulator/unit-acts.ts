/** Acts of the DJ on a simulated unit, and their consequences for the tempo master. */
import type { Ms } from '../../../src/core/clock.ts';
import { DECK_NUMBERS, type DeckNumber } from '../../../src/core/deck-report.ts';
import { applyDjAction, isMovingAt } from './simulated-deck.ts';
import { deckOf, replaced, type UnitDraft } from './unit-draft.ts';
import { type DjAction, poweredUp } from './unit-state.ts';

/** From a load to the artwork [D]. */
const PUSH_AFTER_MS: Ms = 1000;

/** The network is back, or the unit is on again. */
export function wakeUp(draft: UnitDraft, at: Ms): void {
  if (draft.silentUntil === null || at < draft.silentUntil) return;
  draft.silentUntil = null;
  draft.isOff = false;
  draft.nextKeepAliveAt = at;
}

/** Does what the DJ does. */
export function actOnUnit(draft: UnitDraft, done: DjAction, at: Ms): void {
  if (draft.isOff) return;
  switch (done.kind) {
    case 'silence':
      draft.silentUntil = at + done.forMs;
      draft.outbox = [];
      return;
    case 'reboot':
      Object.assign(draft, poweredUp(draft.settings, at), {
        silentUntil: at + done.forMs,
        isOff: true,
        seed: draft.seed,
      });
      return;
    case 'master':
      makeMaster(draft, done.deck);
      break;
    default: {
      const index = done.deck - 1;
      const { junkBeatsWhileLoading } = draft.settings.quirks;
      draft.decks = replaced(
        draft.decks,
        index,
        applyDjAction(deckOf(draft, done.deck), done, at, junkBeatsWhileLoading),
      );
      if (done.kind === 'load')
        draft.pushes = [...draft.pushes, { at: at + PUSH_AFTER_MS, deck: done.deck, loadedAt: at }];
    }
  }
  draft.streams = draft.streams.map(stream => ({ ...stream, changeAt: Math.min(stream.changeAt, at) }));
}

function makeMaster(draft: UnitDraft, deck: DeckNumber | null): void {
  if (draft.master === deck || (deck !== null && deckOf(draft, deck).track === null)) return;
  draft.master = deck;
  if (deck === null) return;
  draft.syncNumbers = replaced(draft.syncNumbers, deck - 1, Math.max(...draft.syncNumbers) + 1);
  draft.streams = draft.streams.map(stream => ({ ...stream, changeAt: -Infinity }));
}

/** A master that stops hands over to a deck that plays; with tracks on the decks there is always exactly one. */
export function settleMaster(draft: UnitDraft, at: Ms): void {
  const { master } = draft;
  if (master !== null && isMovingAt(deckOf(draft, master), at)) return;
  const isLoaded = (deck: DeckNumber): boolean => deckOf(draft, deck).track !== null;
  const moving = DECK_NUMBERS.find(deck => isMovingAt(deckOf(draft, deck), at));
  if (moving !== undefined) makeMaster(draft, moving);
  else if (master === null || !isLoaded(master)) makeMaster(draft, DECK_NUMBERS.find(isLoaded) ?? null);
}
