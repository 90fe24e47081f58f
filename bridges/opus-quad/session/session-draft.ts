/** Draft of one step of the session: its words so far, and the small changes it is made by. */
import type { UnitPacket } from '../../../src/bridge.ts';
import type { Ms } from '../../../src/core/clock.ts';
import type { DeckNumber } from '../../../src/core/deck-report.ts';
import type { ShowEvent } from '../../../src/core/events.ts';
import { seededRandom } from '../../../src/core/random.ts';
import type { Endpoint } from '../../../src/network/network.ts';
import type { DeckTalk, JoinedUnit, SessionCounts, SessionState } from './session-state.ts';

/** Datagrams we may send in any second. Joining takes 4 in either mode, a deck that loads 1 to 4. */
export const BUDGET_PER_SECOND = 8;
/** Most lines of news in a minute; each event beyond that is not told. */
const NEWS_PER_MINUTE = 20;
/** Notes are given once each; a sender who makes up new ones for ever is not given more than this. */
const NOTES_MOST = 200;

/** A datagram of ours. */
export interface Outgoing {
  readonly to: Endpoint;
  readonly bytes: Uint8Array;
}

/** Something the operator should read, said once. */
export interface Note {
  readonly level: 'info' | 'warn';
  readonly text: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Words and changes of a step so far: the scratch pad of one step, never seen outside the session. */
export interface SessionDraft {
  state: SessionState;
  readonly events: ShowEvent[];
  readonly send: Outgoing[];
  readonly notes: Note[];
  /** Packets of the unit, for programs that want them unchanged. */
  readonly heard: UnitPacket[];
}

/** Sends if the budget allows; false: not now. */
export function say(draft: SessionDraft, to: Endpoint, bytes: Uint8Array, at: Ms): boolean {
  const recent = draft.state.sentAt.filter(sent => at - sent < 1000);
  if (recent.length >= BUDGET_PER_SECOND) {
    draft.state = { ...draft.state, sentAt: recent };
    return false;
  }
  draft.state = { ...draft.state, sentAt: [...recent, at], hasSpoken: true };
  draft.send.push({ to, bytes });
  count(draft, 'sent');
  return true;
}

/** Notes when we first kept ourselves alive with this unit there. */
export function markJoined(draft: SessionDraft, at: Ms): void {
  const { unit, joinedAt } = draft.state;
  if (unit !== null && joinedAt === null) draft.state = { ...draft.state, joinedAt: at };
}

/** Changes what is known of the unit; without one there is nothing to change. */
export function changeUnit(draft: SessionDraft, change: (unit: JoinedUnit) => Partial<JoinedUnit>): void {
  const { unit } = draft.state;
  if (unit !== null) draft.state = { ...draft.state, unit: { ...unit, ...change(unit) } };
}

/** Sets what is under way with a deck. */
export function setDeck(draft: SessionDraft, number: DeckNumber, talk: DeckTalk): void {
  draft.state = { ...draft.state, decks: new Map(draft.state.decks).set(number, talk) };
}

/** Counts one more. */
export function count(draft: SessionDraft, what: keyof SessionCounts): void {
  const { counts } = draft.state;
  draft.state = { ...draft.state, counts: { ...counts, [what]: counts[what] + 1 } };
}

/** Tells the operator, unless the same has been told. */
export function note(draft: SessionDraft, level: Note['level'], text: string, facts: Note['facts']): void {
  const { said } = draft.state;
  if (said.has(text) || said.size >= NOTES_MOST) return;
  draft.notes.push({ level, text, facts });
  draft.state = { ...draft.state, said: new Set(said).add(text) };
}

/** Tells the operator what has happened, each time it happens. */
export function tellNews(draft: SessionDraft, news: Note, at: Ms): void {
  const newsAt = draft.state.newsAt.filter(told => at - told < 60_000);
  if (newsAt.length >= NEWS_PER_MINUTE) return;
  draft.notes.push(news);
  draft.state = { ...draft.state, newsAt: [...newsAt, at] };
}

/** A number in [0, 1) that this moment and our addresses fix: two machines draw different ones, a simulation the same. */
export function drawLuck({ state }: SessionDraft, at: Ms): number {
  const text = `${state.interfaces.map(({ address, mac }) => `${address} ${mac}`).join()} ${at}`;
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return seededRandom(hash)();
}
