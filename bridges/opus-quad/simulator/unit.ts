/**
 * The device's side: an OPUS-QUAD that is not one. What it hears, when it speaks, and to whom; pure, on the tables that
 * the decoders read with.
 *
 * It never sends beats, media broadcasts or a defence of its numbers: nobody has seen the real unit do so. What the real
 * one does differently is collected in the README; every doubt has a switch in quirks.ts.
 */
import type { Ms } from '../../../src/core/clock.ts';
import { actOnUnit, settleMaster, wakeUp } from './unit-acts.ts';
import { unitDraft } from './unit-draft.ts';
import { hearClient } from './unit-hearing.ts';
import { tellClients } from './unit-speaking.ts';
import type { SimulatedUnit, UnitInput, UnitStepped } from './unit-state.ts';

/** The unit after an input, what it sends now, and when it wants to be woken. Due or not, it does all that is due at `at`. */
export function step(state: SimulatedUnit, input: UnitInput, at: Ms): UnitStepped {
  const draft = unitDraft(state);
  wakeUp(draft, at);
  if (input.kind === 'act') actOnUnit(draft, input.act, at);
  if (input.kind === 'datagram' && draft.silentUntil === null) hearClient(draft, input, at);
  settleMaster(draft, at);
  if (draft.silentUntil !== null) {
    const { random: _, sent: __, drawn: ___, ...after } = draft;
    return { state: after, send: [], wakeAt: draft.silentUntil };
  }
  const wakeAt = tellClients(draft, at);
  const { random, sent, drawn, ...after } = draft;
  return { state: drawn === 0 ? after : { ...after, seed: Math.floor(random() * 2 ** 32) }, send: sent, wakeAt };
}
