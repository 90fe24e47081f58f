/** Speech of the session when it is due, in either mode, and the reasons to be silent. Pure. */
import type { Ms } from '../../../src/core/clock.ts';
import { broadcastOf, type Interface, isLoopback, isOnSubnet } from '../../../src/network/network.ts';
import { PORTS } from '../layout.ts';
import { dropFragments } from './data-fragments.ts';
import { routeChecked } from './interface-route.ts';
import { keptAliveAt, speakAsLighting } from './lighting-mode.ts';
import { isTakenForGone } from './lighting-turn.ts';
import { claimOf, isOurs, readied, withoutNumber } from './player-mode.ts';
import { missRivals } from './rival-hearing.ts';
import { changeUnit, markJoined, note, type SessionDraft, say, tellNews } from './session-draft.ts';
import { BETWEEN_MODES_MS, isUnanswered, quietUntil, UNANSWERED_MS } from './session-state.ts';
import { HELLO_PATIENCE_MS, missUnit } from './unit-meeting.ts';

/** Says what is due; forgets what has become old. */
export function speak(draft: SessionDraft, at: Ms): void {
  missRivals(draft, at);
  missUnit(draft, at);
  if (draft.state.fragments.size > 0) {
    draft.state = { ...draft.state, fragments: dropFragments(draft.state.fragments, at, () => false) };
  }
  const { unit, options, interfaces, reachedBy } = draft.state;
  // A unit that the profile names is greeted before its first word: on loopback it may be waiting for ours.
  const address = unit?.address ?? (options.unitAddress === 'auto' ? null : options.unitAddress);
  if (address === null || (interfaces.length === 0 && reachedBy === null)) return;
  const nic = wayTo(draft, address, at);
  if (nic === null) return;
  if (isUnanswered(draft.state) && at - (draft.state.joinedAt ?? at) >= UNANSWERED_MS) rest(draft, at);
  if (draft.state.mode === 'lighting') giveUpTurn(draft, at);
  if (at < quietUntil(draft.state)) return;
  // A socket bound to a loopback address receives no broadcast.
  const everybody = isLoopback(nic.address) ? address : broadcastOf(nic);
  if (draft.state.mode === 'cdj') speakAsPlayer(draft, nic, everybody, at);
  else speakAsLighting(draft, nic, everybody, at);
}

/** The interface that leads to the unit; null: none, and why not is said. */
function wayTo(draft: SessionDraft, address: string, at: Ms): Interface | null {
  const { way: known, options, interfaces, reachedBy, absence } = draft.state;
  const question = { to: address, named: options.interface, among: interfaces, before: reachedBy, absence };
  const way = routeChecked(known, question);
  if (way === known) return way.nic;
  draft.state = { ...draft.state, way };
  const { nic, warning } = way;
  if (nic === null) {
    if (way.warning !== known?.warning) tellNews(draft, { level: 'warn', text: way.warning, facts: { address } }, at);
    return null;
  }
  if (warning !== null) note(draft, 'warn', warning, { address });
  if (reachedBy !== null && reachedBy.address !== nic.address) tellOfUs(draft, reachedBy, nic, at);
  else if (known?.nic === null && reachedBy !== null) {
    const text = `${nic.name} (${nic.address}), which leads to the unit, is back`;
    tellNews(draft, { level: 'info', text, facts: { address } }, at);
  }
  draft.state = { ...draft.state, reachedBy: nic };
  return nic;
}

/** Our own address is another: whoever knows us by the old one is told the new one at once. */
function tellOfUs(draft: SessionDraft, before: Interface, nic: Interface, at: Ms): void {
  const text = `this machine has the address ${nic.address} towards the unit now (${before.address} before): joining it from there`;
  tellNews(draft, { level: 'warn', text, facts: { address: nic.address } }, at);
  draft.state = { ...draft.state, keepAliveDueAt: Math.min(draft.state.keepAliveDueAt, at), joinedAt: null };
  changeUnit(draft, () => ({ requestedAt: null, requestDueAt: at + HELLO_PATIENCE_MS }));
}

/** Gives up our turn after a long silence: others take us for gone, and we must listen before we speak again. */
function giveUpTurn(draft: SessionDraft, at: Ms): void {
  const { turn } = draft.state;
  if (turn.beganAt === null || !isTakenForGone(keptAliveAt(draft.state), at)) return;
  draft.state = { ...draft.state, turn: { ...turn, beganAt: null } };
}

/** Leaves without a word, for as long as the unit needs to forget what it takes us for. */
function rest(draft: SessionDraft, at: Ms): void {
  const { state } = draft;
  const restUntil = at + BETWEEN_MODES_MS;
  const turn = { ...state.turn, beganAt: null };
  draft.state = { ...state, restUntil, joinedAt: null, keepAliveDueAt: 0, turn, player: withoutNumber(state.player) };
  note(
    draft,
    'warn',
    `the unit does not answer in ${state.mode} mode, as if it took this machine for something else: silent for ${BETWEEN_MODES_MS / 1000} s, then again`,
    { address: state.unit?.address },
  );
}

function speakAsPlayer(draft: SessionDraft, nic: Interface, everybody: string, at: Ms): void {
  // Nobody is joined who is not there.
  if (draft.state.unit === null) return;
  const { address } = draft.state.player;
  if (address !== null && address !== nic.address) {
    draft.state = { ...draft.state, joinedAt: null };
    if (!isOnSubnet(nic, address)) {
      // Another network: whoever is there must be heard first.
      draft.state = { ...draft.state, watchedSince: at, player: withoutNumber(draft.state.player) };
      return;
    }
  }
  draft.state = { ...draft.state, player: readied(draft.state.player, nic.address, at) };
  const word = claimOf(draft.state.player, nic, at);
  if (word === null || !say(draft, { address: everybody, port: PORTS.presence }, word.bytes, at)) return;
  if (isOurs(draft.state.player)) markJoined(draft, at);
  draft.state = { ...draft.state, player: word.player };
}
