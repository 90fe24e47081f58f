/**
 * What to say to an OPUS-QUAD and when: finding it, joining it as rekordbox's lighting does (lighting.ts) or as a player
 * (player.ts), noticing that it is gone, and keeping out of its way. Pure: `step(state, input, at)`.
 *
 * Nothing but the packets of `send` below ever leaves; all of it is counted against one budget.
 */
import type { Ms } from '../../../src/core/clock.ts';
import type { DeckNumber } from '../../../src/core/deck-report.ts';
import type { ShowEvent } from '../../../src/core/events.ts';
import { songStructure } from '../../../src/core/track/phrase.ts';
import { broadcastOf, type Datagram, type Endpoint, type Interface, isLoopback } from '../../../src/network/network.ts';
import { fingerprintOf } from '../../rekordbox-media/analysis/fingerprint.ts';
import { decodeSongStructure, namesSongStructure } from '../../rekordbox-media/analysis/song-structure.ts';
import { decode, type Packet } from '../codec.ts';
import { deckOfRaw, type FragmentValue, OPUS_NAME, PORTS, type PositionValue, type StatusValue } from '../layout.ts';
import { dropFragments, FRAGMENT_PATIENCE_MS, joinFragment, NO_DATA_FRAGMENTS } from './data-fragments.ts';
import { routeChecked } from './interface-route.ts';
import {
  askedAfterFragment,
  greetedDueAt,
  hearRival,
  isRival,
  lightingDueAt,
  metDueAt,
  speakAsLighting,
} from './lighting-mode.ts';
import {
  claimOf,
  defenceOf,
  FORGET_AFTER_MS,
  hearAsPlayer,
  isOurs,
  playerDueAt,
  readied,
  withoutNumber,
} from './player-mode.ts';
import {
  changeUnit,
  count,
  markJoined,
  type Note,
  note,
  type Outgoing,
  type SessionDraft,
  say,
  setDeck,
} from './session-draft.ts';
import {
  BETWEEN_MODES_MS,
  type DeckTalk,
  isUnanswered,
  quietUntil,
  type SessionState,
  STATUS_PATIENCE_MS,
  UNANSWERED_MS,
} from './session-state.ts';
import { toReport } from './status-report.ts';

/** A unit that has not greeted us by then is asked for status all the same. */
const HELLO_PATIENCE_MS: Ms = 500;
/** Positions come 30 ms apart [D]: the same one again within this is a copy of it, not a deck that stands. */
const POSITION_COPIED_WITHIN_MS: Ms = 15;
const BUDGET_RETRY_MS: Ms = 100;
/** A unit that has been silent for less than this has not come back under another address. */
const ADDRESS_KEPT_MS: Ms = 3000;
const STRANGERS_MOST = 16;
/** Packet counters that fall by more than this have started anew. */
const COUNTER_RESTART = 1000;
/** So many rises in a row prove that a deck's packet counter counts. */
const COUNTER_PROOF = 2;

export type SessionInput =
  | { readonly kind: 'interfaces'; readonly interfaces: readonly Interface[] }
  | { readonly kind: 'datagram'; readonly datagram: Datagram }
  | { readonly kind: 'wake' }
  /** Leave: from now on nothing is sent. */
  | { readonly kind: 'close' };

export interface SessionStepped {
  readonly state: SessionState;
  readonly events: readonly ShowEvent[];
  readonly send: readonly Outgoing[];
  readonly notes: readonly Note[];
  /** When to step again if nothing else happens; null: only when something does. */
  readonly wakeAt: Ms | null;
}

export function step(before: SessionState, input: SessionInput, at: Ms): SessionStepped {
  const draft: SessionDraft = { state: before, events: [], send: [], notes: [] };
  if (before.isClosed) return { ...draft, wakeAt: null };
  if (input.kind === 'interfaces') meetInterfaces(draft, input.interfaces, at);
  if (input.kind === 'datagram') hear(draft, input.datagram, at);
  if (input.kind === 'close') draft.state = { ...draft.state, isClosed: true };
  else speak(draft, at);
  return { ...draft, wakeAt: wakeAt(draft.state, at) };
}

// ---- hearing

function meetInterfaces(draft: SessionDraft, interfaces: readonly Interface[], at: Ms): void {
  const watchedSince = interfaces.length === 0 ? null : (draft.state.watchedSince ?? at);
  draft.state = { ...draft.state, interfaces, watchedSince };
}

function hear(draft: SessionDraft, datagram: Datagram, at: Ms): void {
  count(draft, 'received');
  const decoded = decode(datagram, datagram.bytes);
  if (!decoded.ok) return count(draft, 'refused');
  if (decoded.packet === null) return count(draft, 'ignored');
  if (!decoded.lengthAgrees) count(draft, 'lengthMismatches');
  const { packet } = decoded;
  const from = datagram.from.address;
  if (isEcho(draft.state.interfaces, packet, from)) return count(draft, 'ignored');
  if (draft.state.mode === 'cdj') hearNumber(draft, packet, from, at);
  else if (!isUnitName(packet) && isRival(packet)) return hearRival(draft, packet, from, at);
  if (!isUnitName(packet)) return count(draft, 'ignored');
  if (!meetUnit(draft, from, at)) return count(draft, 'ignored');
  noteService(draft, packet);
  switch (packet.kind) {
    case 'status':
      return hearStatus(draft, packet, at);
    case 'lighting-hello':
      // It greets whoever has not asked yet: a first meeting, or it has been switched off and on.
      return changeUnit(draft, unit => ({ requestDueAt: greetedDueAt(unit, at) }));
    case 'fragment':
      return hearFragment(draft, from, packet, at);
    case 'position':
      return hearPosition(draft, packet, at);
    default:
      // Keep-alives have done their work by being heard; of the rest nothing is for us.
      return;
  }
}

/** What a unit sends us before our first word is meant for an earlier run of ours, in that run's mode. */
function noteService(draft: SessionDraft, { kind }: Packet): void {
  const { hasSpoken, servedBefore } = draft.state;
  if (hasSpoken) return;
  const positions = servedBefore.positions || kind === 'position';
  const status = servedBefore.status || kind === 'status' || kind === 'lighting-hello' || kind === 'fragment';
  draft.state = { ...draft.state, servedBefore: { status, positions } };
}

function hearPosition(draft: SessionDraft, packet: PositionValue, at: Ms): void {
  const number = deckOfRaw(packet.number);
  if (number === null) return count(draft, 'ignored');
  const { playheadMs } = packet;
  const last = draft.state.positions.get(number);
  // Two of the same are what a deck that has stopped looks like.
  const isCopy = last?.playheadMs === playheadMs && at - last.at < POSITION_COPIED_WITHIN_MS;
  if (isCopy) return count(draft, 'duplicates');
  draft.state = { ...draft.state, positions: new Map(draft.state.positions).set(number, { playheadMs, at }) };
  draft.events.push({
    kind: 'deck.position',
    deck: { unit: draft.state.options.unit, number },
    positionMs: playheadMs,
    lengthS: packet.trackLengthS,
    pitchSpeed: 1 + packet.pitchPercent / 100,
  });
}

/** Who has which number among players, and whether somebody wants ours. */
function hearNumber(draft: SessionDraft, packet: Packet, from: string, at: Ms): void {
  const { number } = draft.state.player;
  const { player, defendTo, gaveWayTo } = hearAsPlayer(draft.state.player, packet, from, at);
  draft.state = { ...draft.state, player };
  if (gaveWayTo !== null) {
    const next = player.number === null ? 'no other is free, staying silent' : `taking ${player.number}`;
    note(draft, 'warn', `"${gaveWayTo.name}" at ${from} has player number ${number}: leaving it that one, ${next}`, {
      address: from,
    });
  }
  if (defendTo !== null && player.address !== null && number !== null) {
    say(draft, { address: defendTo, port: PORTS.presence }, defenceOf(number, player.address), at);
  }
}

/** Our own broadcast come back; after a change of address it may come from one we have not looked up yet. */
function isEcho(interfaces: readonly Interface[], packet: Packet, from: string): boolean {
  if (isUnitName(packet)) return false;
  const mac = 'mac' in packet ? packet.mac : null;
  return interfaces.some(nic => nic.address === from || (nic.mac === mac && mac !== NO_MAC));
}

const NO_MAC = '00:00:00:00:00:00';

const isUnitName = (packet: Packet): boolean => packet.name === OPUS_NAME;

/** Takes note of the unit; false: it is another one than the one we follow. */
function meetUnit(draft: SessionDraft, address: string, at: Ms): boolean {
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
        heardAt: at,
        statusAt: null,
        requestDueAt: at + HELLO_PATIENCE_MS,
        requestedAt: null,
      },
    };
    draft.events.push({ kind: 'unit.found', unit: options.unit, address });
    return true;
  }
  changeUnit(draft, () => ({ heardAt: at }));
  return true;
}

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

function hearStatus(draft: SessionDraft, packet: StatusValue, at: Ms): void {
  // The deck stands at 0x24; 0x21 may be the same for all four decks [I BL 05ddaa2].
  const number = deckOfRaw(packet.numberAgain) ?? deckOfRaw(packet.number);
  if (number === null) return count(draft, 'ignored');
  if (packet.number !== packet.numberAgain) {
    note(draft, 'info', 'the two deck numbers of a status differ; the one at 0x24 is taken', {
      at0x21: packet.number,
      at0x24: packet.numberAgain,
    });
  }
  changeUnit(draft, () => ({ statusAt: at }));
  const known = draft.state.decks.get(number);
  const order = counterOrder(known, packet.packetCounter, at);
  if (order === 'duplicate') return count(draft, 'duplicates');
  if (order === 'late') return count(draft, 'outOfOrder');
  const counterRises = order === 'rises' ? (known?.counterRises ?? 0) + 1 : 0;
  const rise = packet.packetCounter - (known?.counter ?? 0);
  const counterStep = order === 'rises' ? Math.min(known?.counterStep ?? Infinity, rise) : Infinity;
  const isOrderProved = counterRises >= COUNTER_PROOF;
  const report = toReport(packet, { isOrderProved, isAfterLoss: isOrderProved && rise > counterStep });
  const isNewTrack = report.trackId !== (known?.trackId ?? null);
  // A player is not answered about song structures [D].
  const isToAsk = report.trackId !== null && draft.state.mode === 'lighting';
  const ask = isNewTrack ? (isToAsk ? { tries: 0, dueAt: at } : null) : (known?.ask ?? null);
  setDeck(draft, number, {
    trackId: report.trackId,
    ask,
    counter: packet.packetCounter,
    counterRises,
    counterStep,
    statusAt: at,
  });
  if (isNewTrack) {
    const fragments = dropFragments(
      draft.state.fragments,
      at,
      message => deckOfRaw(message.rawDeck) === number && message.trackId !== report.trackId,
    );
    draft.state = { ...draft.state, fragments };
  }
  draft.events.push({ kind: 'deck.report', deck: { unit: draft.state.options.unit, number }, report });
}

/** What a deck's packet counter tells of a status: whether it is a copy, late, or proved to be the newest. */
function counterOrder(
  known: DeckTalk | undefined,
  counter: number,
  at: Ms,
): 'duplicate' | 'late' | 'rises' | 'unknown' {
  if (known === undefined || at - known.statusAt > FORGET_AFTER_MS) return 'unknown';
  if (counter > known.counter) return 'rises';
  if (known.counterRises < COUNTER_PROOF || known.counter - counter > COUNTER_RESTART) return 'unknown';
  if (counter === known.counter) return 'duplicate';
  // A unit that was switched off counts from the start again; it has been silent before.
  return at - known.statusAt > STATUS_PATIENCE_MS ? 'unknown' : 'late';
}

function hearFragment(draft: SessionDraft, from: string, packet: FragmentValue, at: Ms): void {
  const number = deckOfRaw(packet.number);
  if (number === null) return count(draft, 'ignored');
  const { state: fragments, joined } = joinFragment(draft.state.fragments, { from, value: packet }, at);
  draft.state = { ...draft.state, fragments };
  if (joined.kind === 'refused') return count(draft, 'refused');
  const talk = draft.state.decks.get(number);
  const isStructure = packet.dataType === 'song-structure';
  if (joined.kind === 'waiting') {
    if (isStructure && talk?.ask != null && talk.trackId === packet.trackId) {
      setDeck(draft, number, { ...talk, ask: askedAfterFragment(talk.ask, at) });
    }
    return;
  }
  const deck = { unit: draft.state.options.unit, number };
  if (packet.dataType === 'artwork') {
    draft.events.push({ kind: 'deck.artwork', deck, trackId: packet.trackId, jpeg: joined.bytes });
  }
  if (isStructure) hearStructure(draft, number, packet.trackId, joined.bytes);
}

/** What the unit says when asked for phrases: a song structure, or data of another form for a track without any [D]. */
function hearStructure(draft: SessionDraft, number: DeckNumber, trackId: number, bytes: Uint8Array): void {
  const deck = { unit: draft.state.options.unit, number };
  const tag = decodeSongStructure(bytes);
  if (!tag.ok && namesSongStructure(bytes)) {
    // Neither phrases nor none: what was asked for stays asked for.
    note(draft, 'warn', `track ${trackId}: what the unit sent cannot be read, ${tag.reason}`, { trackId });
    return;
  }
  const talk = draft.state.decks.get(number);
  if (talk?.trackId === trackId) setDeck(draft, number, { ...talk, ask: null });
  if (!tag.ok) {
    draft.events.push({ kind: 'deck.structure', deck, trackId, structure: null, fingerprint: null });
    return;
  }
  const { structure, warnings } = songStructure(tag.raw);
  for (const warning of [...tag.warnings, ...warnings]) {
    draft.notes.push({ level: 'info', text: `song structure of track ${trackId}: ${warning}`, facts: { trackId } });
  }
  draft.events.push({ kind: 'deck.structure', deck, trackId, structure, fingerprint: fingerprintOf(tag) });
}

// ---- speaking

function speak(draft: SessionDraft, at: Ms): void {
  const { state } = draft;
  if (state.conflict !== null && at - state.conflict.at >= FORGET_AFTER_MS) {
    // Should it come back, that is news again.
    draft.state = { ...draft.state, conflict: null, said: new Set() };
    note(draft, 'info', 'the other lighting program is gone: joining again', {});
  }
  if (state.unit !== null && at - state.unit.heardAt >= FORGET_AFTER_MS) loseUnit(draft);
  if (draft.state.fragments.size > 0) {
    draft.state = { ...draft.state, fragments: dropFragments(draft.state.fragments, at, () => false) };
  }
  const { unit, options, interfaces } = draft.state;
  // A unit that the profile names is greeted before its first word: on loopback it may be waiting for ours.
  const address = unit?.address ?? (options.unitAddress === 'auto' ? null : options.unitAddress);
  if (address === null || interfaces.length === 0 || draft.state.conflict !== null) return;
  const way = routeChecked(draft.state.way, address, options.interface, interfaces);
  if (way !== draft.state.way) draft.state = { ...draft.state, way };
  const { nic, warning } = way;
  if (warning !== null) note(draft, 'warn', warning, { address });
  if (nic === null) return;
  if (isUnanswered(draft.state) && at - (draft.state.joinedAt ?? at) >= UNANSWERED_MS) rest(draft, at);
  if (at < quietUntil(draft.state)) return;
  // A socket bound to a loopback address receives no broadcast.
  const everybody = { address: isLoopback(nic.address) ? address : broadcastOf(nic), port: PORTS.presence };
  if (draft.state.mode === 'cdj') speakAsPlayer(draft, nic, everybody, at);
  else speakAsLighting(draft, nic, everybody, at);
}

/** Leaves without a word, for as long as the unit needs to forget what it takes us for. */
function rest(draft: SessionDraft, at: Ms): void {
  const { state } = draft;
  const restUntil = at + BETWEEN_MODES_MS;
  draft.state = { ...state, restUntil, joinedAt: null, keepAliveDueAt: 0, player: withoutNumber(state.player) };
  note(
    draft,
    'warn',
    `the unit does not answer in ${state.mode} mode, as if it took this machine for something else: silent for ${BETWEEN_MODES_MS / 1000} s, then again`,
    { address: state.unit?.address },
  );
}

function speakAsPlayer(draft: SessionDraft, nic: Interface, everybody: Endpoint, at: Ms): void {
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
  if (word === null || !say(draft, everybody, word.bytes, at)) return;
  if (isOurs(draft.state.player)) markJoined(draft, at);
  draft.state = { ...draft.state, player: word.player };
}

// ---- waking

function wakeAt(state: SessionState, at: Ms): Ms | null {
  if (state.isClosed) return null;
  const { unit, conflict } = state;
  const due: Ms[] = [];
  if (conflict !== null) due.push(conflict.at + FORGET_AFTER_MS);
  else if (state.interfaces.length > 0 && state.way?.nic !== null) due.push(...speechDueAt(state, at));
  if (unit !== null) {
    due.push(unit.heardAt + FORGET_AFTER_MS);
    // Status that stops is noticed when it has stopped, not at the next regular request.
    if (unit.statusAt !== null && unit.statusAt + STATUS_PATIENCE_MS >= at)
      due.push(unit.statusAt + STATUS_PATIENCE_MS + 1);
  }
  for (const { lastAt } of state.fragments.values()) due.push(lastAt + FRAGMENT_PATIENCE_MS + 1);
  const next = Math.min(...due.filter(Number.isFinite));
  // What is due and was not sent waits for the budget, or for an interface.
  return Number.isFinite(next) ? Math.max(next, at + (next <= at ? BUDGET_RETRY_MS : 0)) : null;
}

/** When we have something to say next; none: not before we have heard something. */
function speechDueAt(state: SessionState, at: Ms): Ms[] {
  const { unit, options, joinedAt } = state;
  const quiet = quietUntil(state);
  const isCalled = unit !== null || (options.unitAddress !== 'auto' && state.mode === 'lighting');
  if (!isCalled) return [];
  if (at < quiet) return [quiet];
  const due = joinedAt !== null && isUnanswered(state) ? [joinedAt + UNANSWERED_MS] : [];
  if (state.mode === 'cdj') return [...due, playerDueAt(state.player)];
  return [...due, ...lightingDueAt(state, at)];
}
