/**
 * Session with an OPUS-QUAD: finding it, joining it as rekordbox's lighting does (lighting-mode.ts) or as a player
 * (player-mode.ts), noticing that it is gone, and keeping out of its way. Pure: `step(state, input, at)`.
 *
 * A step hears (session-hearing.ts), speaks (session-speaking.ts) and says when to wake it (session-waking.ts). Nothing but
 * the packets of `send` below ever leaves; all of it is counted against one budget.
 */
import type { UnitPacket } from '../../../src/bridge.ts';
import type { Ms } from '../../../src/core/clock.ts';
import type { ShowEvent } from '../../../src/core/events.ts';
import type { Datagram, Interface, InterfaceAbsence } from '../../../src/network/network.ts';
import type { Note, Outgoing, SessionDraft } from './session-draft.ts';
import { hearDatagram, meetInterfaces } from './session-hearing.ts';
import { speak } from './session-speaking.ts';
import type { SessionState } from './session-state.ts';
import { wakeAt } from './session-waking.ts';

export type SessionInput =
  /** `absence`: why the interface by which the unit was reached is not among them; of no meaning where it is. */
  | {
      readonly kind: 'interfaces';
      readonly interfaces: readonly Interface[];
      readonly absence: InterfaceAbsence;
    }
  | { readonly kind: 'datagram'; readonly datagram: Datagram }
  | { readonly kind: 'wake' }
  /** Leave: from now on nothing is sent. */
  | { readonly kind: 'close' };

export interface SessionStepped {
  readonly state: SessionState;
  readonly events: readonly ShowEvent[];
  readonly send: readonly Outgoing[];
  readonly notes: readonly Note[];
  /** Packets of the unit in this input, for programs that want them unchanged. */
  readonly heard: readonly UnitPacket[];
  /** Time of the next step if nothing else happens; null: only when something does. */
  readonly wakeAt: Ms | null;
}

export function step(before: SessionState, input: SessionInput, at: Ms): SessionStepped {
  const draft: SessionDraft = { state: before, events: [], send: [], notes: [], heard: [] };
  if (before.isClosed) return { ...draft, wakeAt: null };
  if (input.kind === 'interfaces') meetInterfaces(draft, input, at);
  if (input.kind === 'datagram') hearDatagram(draft, input.datagram, at);
  if (input.kind === 'close') draft.state = { ...draft.state, isClosed: true };
  else speak(draft, at);
  return { ...draft, wakeAt: wakeAt(draft.state, at) };
}
