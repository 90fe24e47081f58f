/** Other programs that pose as rekordbox's lighting: heard, named, yielded to or not, and missed when they are gone. Pure. */
import type { Ms } from '../../../src/core/clock.ts';
import type { Packet } from '../codec.ts';
import { isLightingKeepAlive, LIGHTING_NUMBER } from '../layout.ts';
import { greetedDueAt } from './lighting-mode.ts';
import {
  hasJustBegun,
  type Rival,
  type RivalWord,
  readMark,
  withoutGone,
  withRival,
  yieldsTo,
} from './lighting-turn.ts';
import { changeUnit, count, drawLuck, type Note, type SessionDraft, tellNews } from './session-draft.ts';

/** Reads from another device's packet whether it poses as lighting; null: the packet does not say. */
export function rivalWordOf(packet: Packet, address: string): RivalWord | null {
  const { name } = packet;
  switch (packet.kind) {
    case 'status-request':
      return { name, address, mark: readMark(packet.computerName) };
    case 'keep-alive':
      return packet.number === LIGHTING_NUMBER || isLightingKeepAlive(packet) ? { name, address, mark: null } : null;
    case 'short-keep-alive':
    case 'number-in-use':
    case 'claim-2':
    case 'rekordbox-status':
      return packet.number === LIGHTING_NUMBER ? { name, address, mark: null } : null;
    default:
      return null;
  }
}

/** Takes in a rival's word: who is silent waits, who has just begun yields, who runs goes on unless told otherwise. */
export function hearRival(draft: SessionDraft, word: RivalWord, at: Ms): void {
  count(draft, 'ignored');
  const { turn: before, options } = draft.state;
  const known = before.rivals.get(word.address) ?? null;
  const turn = withRival(before, word, at);
  draft.state = { ...draft.state, turn };
  const rival = turn.rivals.get(word.address);
  if (rival === undefined) return;
  if (yieldsTo(turn, word, options.onRival, at)) return yieldTo(draft, rival, word, at);
  if (known === null) return noteRival(draft, rival, at);
  if (known.decklightOn === null && rival.decklightOn !== null) {
    tellNews(draft, newsOf(rival, 'info', `"${rival.name}" at ${rival.address} is ${rivalText(rival)}`), at);
  }
}

function noteRival(draft: SessionDraft, rival: Rival, at: Ms): void {
  const { turn } = draft.state;
  if (turn.beganAt === null) {
    draft.state = { ...draft.state, turn: { ...turn, luck: drawLuck(draft, at) } };
    const text = `${rivalText(rival)} already poses as rekordbox's lighting: yielding to it, since this program comes second; it joins by itself when that one is gone`;
    return tellNews(draft, newsOf(rival, 'warn', text), at);
  }
  // A Decklight among the listeners learns at once who is here.
  changeUnit(draft, unit => ({ requestDueAt: greetedDueAt(unit, at) }));
  const text = `${rivalText(rival)} begins to pose as rekordbox's lighting too: going on, since this program ran first. Nobody has tried a unit with two of them: should decks stand still, close that one`;
  tellNews(draft, newsOf(rival, 'warn', text), at);
}

/** Falls silent until the rival is gone, or until luck has parted two that began at once. */
function yieldTo(draft: SessionDraft, rival: Rival, { mark }: RivalWord, at: Ms): void {
  const { turn } = draft.state;
  const isCollision = turn.beganAt !== null && hasJustBegun(turn.beganAt, at);
  draft.state = {
    ...draft.state,
    joinedAt: null,
    turn: { ...turn, beganAt: null, isSecond: true, luck: drawLuck(draft, at) },
  };
  const why = isCollision
    ? "poses as rekordbox's lighting and was not heard before this program began: yielding to it"
    : mark !== null
      ? 'has run for as long as this program or longer: yielding to it'
      : "begins to pose as rekordbox's lighting too: yielding to it (on-rival: yield)";
  tellNews(draft, newsOf(rival, 'warn', `${rivalText(rival)} ${why}; joining again when it is gone`), at);
}

/** Forgets the rivals that are gone, and says so. */
export function missRivals(draft: SessionDraft, at: Ms): void {
  const { turn, gone } = withoutGone(draft.state.turn, at);
  if (gone.length === 0) return;
  draft.state = { ...draft.state, turn };
  const next = turn.beganAt === null && turn.rivals.size === 0 ? ': its turn is ours' : '';
  for (const rival of gone) {
    tellNews(draft, newsOf(rival, 'info', `${rivalText(rival)} no longer poses as lighting${next}`), at);
  }
}

/** A rival as messages name it. */
export const rivalText = ({ name, address, decklightOn }: Rival): string =>
  decklightOn === null ? `"${name}" at ${address}` : `Decklight on "${decklightOn}" at ${address}`;

const newsOf = ({ address }: Rival, level: 'info' | 'warn', text: string): Note => ({
  level,
  text,
  facts: { address },
});
