/** Finding the unit, keeping to it, and losing it. Pure. */
import type { Ms } from '../../../src/core/clock.ts';
import type { Packet } from '../codec.ts';
import { NO_MAC } from '../layout.ts';
import { shownName } from '../models.ts';
import { NO_DATA_FRAGMENTS } from './data-fragments.ts';
import { metDueAt } from './lighting-mode.ts';
import { isTakenForGone } from './lighting-turn.ts';
import { FORGET_AFTER_MS, withoutNumber } from './player-mode.ts';
import { note, type SessionDraft, tellNews } from './session-draft.ts';
import type { JoinedUnit, UnitSigns } from './session-state.ts';

/** A unit that has not greeted us by then is asked for status all the same. */
export const HELLO_PATIENCE_MS: Ms = 500;
/** A unit that has been silent for less than this has not come back under another address. */
const ADDRESS_KEPT_MS: Ms = 3000;
const STRANGERS_MOST = 16;

/** Takes note of the unit; false: it is another one than the one we follow. */
export function meetUnit(draft: SessionDraft, packet: Packet, address: string, at: Ms): boolean {
  const { unit, options, lastUnit } = draft.state;
  const { name } = packet;
  const mac = 'mac' in packet && packet.mac !== NO_MAC ? packet.mac : null;
  const isKnownByMac = mac !== null && mac === lastUnit?.mac;
  if (options.unitAddress !== 'auto' && address !== options.unitAddress && !isKnownByMac) {
    // A unit that has moved sends from its new address: the session goes on with that address.
    if (unit?.address === address) return followUnit(draft, { ...unit, heardAt: at }, at);
    const text = `another ${shownName(name)} at ${address} is passed over: the profile names ${options.unitAddress}`;
    note(draft, 'info', text, { address });
    return false;
  }
  if (unit !== null && unit.address !== address) {
    if (isKnownByMac) return moveUnit(draft, unit, address, at);
    if (isStranger(draft, unit, { name, address, mac }, at)) return false;
    loseUnit(draft);
  }
  const { unit: followed } = draft.state;
  if (followed === null) return findUnit(draft, { name, address, mac }, at);
  return followUnit(draft, { ...followed, mac: mac ?? followed.mac, heardAt: at }, at);
}

/** The unit as it is heard once more. */
function followUnit(draft: SessionDraft, unit: JoinedUnit, at: Ms): true {
  const { turn, unit: before } = draft.state;
  if (turn.beganAt !== null && before !== null && isTakenForGone(before.heardAt, at)) {
    // We may have been off its network as well, and another program may have taken our turn there.
    draft.state = { ...draft.state, turn: { ...turn, beganAt: at } };
  }
  draft.state = { ...draft.state, unit, lastUnit: unit };
  return true;
}

/** Tells whether a speaker from another address is another unit, since ours is still there. */
function isStranger(draft: SessionDraft, unit: JoinedUnit, { name, address, mac }: UnitSigns, at: Ms): boolean {
  const { strangers } = draft.state;
  if (at - unit.heardAt >= (strangers.has(address) ? FORGET_AFTER_MS : ADDRESS_KEPT_MS)) return false;
  // Ours may have moved: its next keep-alive tells.
  if (mac === null && unit.mac !== null) return true;
  draft.state = { ...draft.state, strangers: new Set([...strangers, address].slice(-STRANGERS_MOST)) };
  const text = `a second ${shownName(name)} at ${address} is passed over; to follow it write "unit: ${address}" in the profile`;
  note(draft, 'warn', text, { address });
  return true;
}

/** Begins to follow a unit. */
function findUnit(draft: SessionDraft, signs: UnitSigns, at: Ms): true {
  const { address } = signs;
  const { lastUnit, options } = draft.state;
  if (lastUnit !== null) tellNews(draft, { level: 'info', text: foundText(lastUnit, signs), facts: { address } }, at);
  draft.state = {
    ...draft.state,
    keepAliveDueAt: metDueAt(draft.state, at),
    lastUnit: signs,
    unit: {
      ...{ ...signs, metAt: at, heardAt: at, statusAt: null },
      ...{ requestDueAt: at + HELLO_PATIENCE_MS, requestedAt: null },
    },
  };
  draft.events.push({ kind: 'unit.found', unit: options.unit, address });
  return true;
}

function foundText(last: UnitSigns, { name, address, mac }: UnitSigns): string {
  const who = shownName(name);
  if (last.address === address) return `the ${who} at ${address} is back`;
  if (mac !== null && mac === last.mac) return `the ${who} is back, at ${address} now (${last.address} before)`;
  return `following the ${who} at ${address} now; the one at ${last.address} is silent`;
}

/** Moves the unit to another address: its decks go on, and it is told once more who we are. */
function moveUnit(draft: SessionDraft, unit: JoinedUnit, address: string, at: Ms): true {
  const text = `the ${shownName(unit.name)} has the address ${address} now (${unit.address} before): following it there`;
  tellNews(draft, { level: 'warn', text, facts: { address } }, at);
  const strangers = new Set([...draft.state.strangers].filter(each => each !== address));
  draft.state = { ...draft.state, strangers, keepAliveDueAt: metDueAt(draft.state, at) };
  draft.events.push({ kind: 'unit.found', unit: draft.state.options.unit, address });
  const asked = { requestDueAt: at + HELLO_PATIENCE_MS, requestedAt: null };
  return followUnit(draft, { ...unit, ...asked, address, heardAt: at }, at);
}

/** Forgets a unit that has been silent for long, and says so. */
export function missUnit(draft: SessionDraft, at: Ms): void {
  const { unit } = draft.state;
  if (unit === null || at - unit.heardAt < FORGET_AFTER_MS) return;
  const text = `the ${shownName(unit.name)} at ${unit.address} is gone: not a word for ${FORGET_AFTER_MS / 1000} s`;
  tellNews(draft, { level: 'warn', text, facts: { address: unit.address } }, at);
  loseUnit(draft);
}

/** Forgets the unit, and all that was under way with it. */
function loseUnit(draft: SessionDraft): void {
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
