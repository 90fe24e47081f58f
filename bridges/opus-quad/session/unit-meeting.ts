/** Finding the unit, keeping to it, and losing it. Pure. */
import type { Ms } from '../../../src/core/clock.ts';
import { OPUS_NAME } from '../layout.ts';
import { NO_DATA_FRAGMENTS } from './data-fragments.ts';
import { metDueAt } from './lighting-mode.ts';
import { isTakenForGone } from './lighting-turn.ts';
import { FORGET_AFTER_MS, withoutNumber } from './player-mode.ts';
import { changeUnit, note, type SessionDraft } from './session-draft.ts';

/** A unit that has not greeted us by then is asked for status all the same. */
const HELLO_PATIENCE_MS: Ms = 500;
/** A unit that has been silent for less than this has not come back under another address. */
const ADDRESS_KEPT_MS: Ms = 3000;
const STRANGERS_MOST = 16;

/** Takes note of the unit; false: it is another one than the one we follow. */
export function meetUnit(draft: SessionDraft, address: string, at: Ms): boolean {
  const { unit, options } = draft.state;
  if (options.unitAddress !== 'auto' && address !== options.unitAddress) {
    note(draft, 'info', `another ${OPUS_NAME} at ${address} is passed over: the profile names ${options.unitAddress}`, {
      address,
    });
    return false;
  }
  if (unit !== null && unit.address !== address) {
    const isStranger = draft.state.strangers.has(address);
    if (at - unit.heardAt < (isStranger ? FORGET_AFTER_MS : ADDRESS_KEPT_MS)) {
      draft.state = { ...draft.state, strangers: new Set([...draft.state.strangers, address].slice(-STRANGERS_MOST)) };
      note(
        draft,
        'warn',
        `a second ${OPUS_NAME} at ${address} is passed over; to follow it write "unit: ${address}" in the profile`,
        { address },
      );
      return false;
    }
    note(draft, 'warn', `the unit at ${unit.address} is silent: following the one at ${address} now`, { address });
    loseUnit(draft);
  }
  if (draft.state.unit === null) {
    draft.state = {
      ...draft.state,
      keepAliveDueAt: metDueAt(draft.state, at),
      unit: {
        address,
        metAt: at,
        heardAt: at,
        statusAt: null,
        requestDueAt: at + HELLO_PATIENCE_MS,
        requestedAt: null,
      },
    };
    draft.events.push({ kind: 'unit.found', unit: options.unit, address });
    return true;
  }
  const { turn } = draft.state;
  if (turn.beganAt !== null && isTakenForGone(draft.state.unit.heardAt, at)) {
    // We were off its network as well, perhaps, and another may have taken our turn there.
    draft.state = { ...draft.state, turn: { ...turn, beganAt: at } };
  }
  changeUnit(draft, () => ({ heardAt: at }));
  return true;
}

/** Forgets the unit, and all that was under way with it. */
export function loseUnit(draft: SessionDraft): void {
  const { player } = draft.state;
  const forgotten = {
    unit: null,
    joinedAt: null,
    decks: new Map(),
    positions: new Map(),
    fragments: NO_DATA_FRAGMENTS,
  };
  draft.state = { ...draft.state, ...forgotten, player: withoutNumber(player) };
  draft.events.push({ kind: 'unit.lost', unit: draft.state.options.unit });
}
