/** What the session says when it is due, in either mode, and when it holds its tongue. Pure. */
import type { Ms } from '../../../src/core/clock.ts';
import { broadcastOf, type Interface, isLoopback } from '../../../src/network/network.ts';
import { PORTS } from '../layout.ts';
import { dropFragments } from './data-fragments.ts';
import { routeChecked } from './interface-route.ts';
import { keptAliveAt, speakAsLighting } from './lighting-mode.ts';
import { isTakenForGone } from './lighting-turn.ts';
import { claimOf, FORGET_AFTER_MS, isOurs, readied, withoutNumber } from './player-mode.ts';
import { missRivals } from './rival-hearing.ts';
import { markJoined, note, type SessionDraft, say } from './session-draft.ts';
import { BETWEEN_MODES_MS, isUnanswered, quietUntil, UNANSWERED_MS } from './session-state.ts';
import { loseUnit } from './unit-meeting.ts';

/** Says what is due; forgets what has become old. */
export function speak(draft: SessionDraft, at: Ms): void {
  missRivals(draft, at);
  const { unit: met } = draft.state;
  if (met !== null && at - met.heardAt >= FORGET_AFTER_MS) loseUnit(draft);
  if (draft.state.fragments.size > 0) {
    draft.state = { ...draft.state, fragments: dropFragments(draft.state.fragments, at, () => false) };
  }
  const { unit, options, interfaces } = draft.state;
  // A unit that the profile names is greeted before its first word: on loopback it may be waiting for ours.
  const address = unit?.address ?? (options.unitAddress === 'auto' ? null : options.unitAddress);
  if (address === null || interfaces.length === 0) return;
  const way = routeChecked(draft.state.way, address, options.interface, interfaces);
  if (way !== draft.state.way) draft.state = { ...draft.state, way };
  const { nic, warning } = way;
  if (warning !== null) note(draft, 'warn', warning, { address });
  if (nic === null) return;
  if (isUnanswered(draft.state) && at - (draft.state.joinedAt ?? at) >= UNANSWERED_MS) rest(draft, at);
  if (draft.state.mode === 'lighting') giveUpTurn(draft, at);
  if (at < quietUntil(draft.state)) return;
  // A socket bound to a loopback address receives no broadcast.
  const everybody = isLoopback(nic.address) ? address : broadcastOf(nic);
  if (draft.state.mode === 'cdj') speakAsPlayer(draft, nic, everybody, at);
  else speakAsLighting(draft, nic, everybody, at);
}

/** Who has not kept itself alive for long is taken for gone by others, and must listen before it speaks again. */
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
    // Another network, or another place on it: whoever is there must be heard first.
    draft.state = { ...draft.state, watchedSince: at, joinedAt: null, player: withoutNumber(draft.state.player) };
    return;
  }
  draft.state = { ...draft.state, player: readied(draft.state.player, nic.address, at) };
  const word = claimOf(draft.state.player, nic, at);
  if (word === null || !say(draft, { address: everybody, port: PORTS.presence }, word.bytes, at)) return;
  if (isOurs(draft.state.player)) markJoined(draft, at);
  draft.state = { ...draft.state, player: word.player };
}
