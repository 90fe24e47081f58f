/**
 * The device's side: an OPUS-QUAD that is not one. What it hears, when it speaks, and to whom; pure, on the tables that
 * the decoders read with.
 *
 * It never sends beats, media broadcasts or a defence of its numbers: nobody has seen the real unit do so. What the real
 * one does differently is collected in the README; every doubt has a switch in sim-quirks.ts.
 */

import { fromHex } from '../../../src/bytes/packet-layout.ts';
import type { Ms } from '../../../src/core/clock.ts';
import { DECK_NUMBERS, type DeckNumber } from '../../../src/core/deck-report.ts';
import { seededRandom } from '../../../src/core/random.ts';
import type { Endpoint } from '../../../src/network/network.ts';
import { decode, type Packet } from '../codec.ts';
import { deckOfRaw, keepAlive, lightingHello, MAGIC, OPUS_NAME, PORTS, type StatusValue } from '../layout.ts';
import { type DataType, fragmentsOf } from './data.ts';
import { isPresent, isServed, type UnitClient, withDatagram, withKeepAlive } from './peers.ts';
import type { Quirks, Span } from './quirks.ts';
import {
  applyDjAction,
  type DeckAction,
  EMPTY_DECK,
  isMovingAt,
  type PlayheadTruth,
  type SimulatedDeck,
  truthAt,
} from './simulated-deck.ts';
import { type Display, nextChangeAt, positionBytes, statusAt, statusBytes } from './status.ts';

/** What is fixed about a simulated unit. */
export interface UnitSettings {
  /** Its own IPv4 address, and the broadcast address of its interface. */
  readonly address: string;
  readonly broadcast: string;
  readonly mac: string;
  /** Where its keep-alives go instead of to everybody; null: broadcast. Needed on loopback, where no broadcast arrives. */
  readonly peer: string | null;
  readonly quirks: Quirks;
  /** The same seed gives the same bytes. */
  readonly seed: number;
}

export interface SimulatedUnit {
  readonly settings: UnitSettings;
  /** What the next random number comes from. */
  readonly seed: number;
  readonly decks: readonly SimulatedDeck[];
  /** The tempo master: exactly one as long as a track is loaded, else null. */
  readonly master: DeckNumber | null;
  /** Of each deck: raised above all others when it becomes master. */
  readonly syncNumbers: readonly number[];
  readonly streams: readonly Stream[];
  readonly peers: readonly UnitClient[];
  /** Numbers claimed to the end, as `address/number`. */
  readonly claimed: ReadonlySet<string>;
  readonly nextKeepAliveAt: Ms;
  readonly pushes: readonly Push[];
  readonly outbox: readonly Posted[];
  /** Nothing is sent or heard until then; null: it is there. */
  readonly silentUntil: Ms | null;
  /** Silent because it restarts: acts do nothing. */
  readonly isOff: boolean;
}

/** The statuses and positions of one deck. */
interface Stream {
  readonly counter: number;
  readonly shown: Omit<StatusValue, 'packetCounter'> | null;
  /** When its content may have changed. */
  readonly changeAt: Ms;
  /** Before which a change is not told. */
  readonly floorAt: Ms;
  /** When a status leaves in any case; infinity: nobody listens. */
  readonly refreshAt: Ms;
  /** `refreshAt` without its jitter. */
  readonly rasterAt: Ms;
  readonly positionAt: Ms;
}

interface Push {
  readonly at: Ms;
  readonly deck: DeckNumber;
  /** Of the load it belongs to. */
  readonly loadedAt: Ms;
}

/** A datagram on its way out. `fromPort` null: a source port of its own, as real players use for all but keep-alives. */
export interface Send {
  readonly to: Endpoint;
  readonly fromPort: number | null;
  readonly bytes: Uint8Array;
}

interface Posted extends Send {
  readonly at: Ms;
}

/** What the DJ does, or what happens to the unit. */
export type DjAction =
  | (DeckAction & { readonly deck: DeckNumber })
  /** On a deck that stands still only while none plays. */
  | { readonly kind: 'master'; readonly deck: DeckNumber }
  /** Its network is gone for a while; the music plays on. */
  | { readonly kind: 'silence'; readonly forMs: Ms }
  /** Off, and back with empty decks and no memory of anybody. */
  | { readonly kind: 'reboot'; readonly forMs: Ms };

export type UnitInput =
  | { readonly kind: 'datagram'; readonly from: Endpoint; readonly port: number; readonly bytes: Uint8Array }
  | { readonly kind: 'act'; readonly act: DjAction }
  | { readonly kind: 'wake' };

export interface UnitStepped {
  readonly state: SimulatedUnit;
  readonly send: readonly Send[];
  readonly wakeAt: Ms;
}

const KEEP_ALIVE_EVERY_MS: Ms = 2000;
const HELLO_EVERY_MS: Ms = 1000;
const STATUS_EVERY_MS: Ms = 200;
/** 200 ms between two statuses that say the same, as measured [C UE]. */
const REFRESH_MS: Span = { min: 198, max: 202 };
/** The least time between two statuses, as measured [C UE]. */
const FLOOR_MS: Span = { min: 62.9, max: 65.3 };
const RASTER_JITTER_MS: Span = { min: -5, max: 5 };
const POSITION_EVERY_MS: Ms = 30;
/** From a load to the artwork [D]. */
const PUSH_AFTER_MS: Ms = 1000;
const PUSHED: readonly DataType[] = ['artwork', 'type-4', 'type-6'];
/** "At once" [D KA]; how far apart the fragments of one answer leave is not on record [?]. */
const REPLY_AFTER_MS: Ms = 2;
const FRAGMENT_GAP_MS: Ms = 0.5;
/** Long enough to be overtaken by the next status in every mode. */
const OVERTAKEN_MS: Span = { min: 20, max: 220 };

const IDLE: Stream = {
  ...{ counter: 0, shown: null, floorAt: 0 },
  ...{ changeAt: Infinity, refreshAt: Infinity, rasterAt: Infinity, positionAt: Infinity },
};

/** A unit that is switched on at `at`, with empty decks; its first keep-alive leaves with the first step. */
export function poweredUp(settings: UnitSettings, at: Ms): SimulatedUnit {
  return {
    settings,
    seed: settings.seed,
    decks: DECK_NUMBERS.map(() => EMPTY_DECK),
    master: null,
    syncNumbers: DECK_NUMBERS.map(() => 0),
    streams: DECK_NUMBERS.map(() => IDLE),
    peers: [],
    claimed: new Set(),
    nextKeepAliveAt: at,
    pushes: [],
    outbox: [],
    silentUntil: null,
    isOff: false,
  };
}

/** What is so on each deck at a moment, not before the last act. */
export const truths = (unit: SimulatedUnit, at: Ms): readonly ({ readonly deck: DeckNumber } & PlayheadTruth)[] =>
  DECK_NUMBERS.map((deck, i) => ({ deck, ...truthAt(unit.decks[i] ?? EMPTY_DECK, at) }));

/** The unit after an input, what it sends now, and when it wants to be woken. Due or not, it does all that is due at `at`. */
export function step(state: SimulatedUnit, input: UnitInput, at: Ms): UnitStepped {
  const work = begin(state);
  wakeUp(work, at);
  if (input.kind === 'act') act(work, input.act, at);
  if (input.kind === 'datagram' && work.silentUntil === null) hear(work, input, at);
  settleMaster(work, at);
  if (work.silentUntil !== null) {
    const { random: _, sent: __, drawn: ___, ...after } = work;
    return { state: after, send: [], wakeAt: work.silentUntil };
  }
  const wakeAt = speak(work, at);
  const { random, sent, drawn, ...after } = work;
  return { state: drawn === 0 ? after : { ...after, seed: Math.floor(random() * 2 ** 32) }, send: sent, wakeAt };
}

/** A copy of the state that one step may write to. */
type Work = { -readonly [K in keyof SimulatedUnit]: SimulatedUnit[K] } & {
  readonly random: () => number;
  readonly sent: Send[];
  drawn: number;
};

function begin(state: SimulatedUnit): Work {
  const next = seededRandom(state.seed);
  const work: Work = {
    ...state,
    sent: [],
    drawn: 0,
    random: () => {
      work.drawn++;
      return next();
    },
  };
  return work;
}

const within = (work: Work, { min, max }: Span): number => (min === max ? min : min + work.random() * (max - min));
const happens = (work: Work, share: number): boolean => share > 0 && work.random() < share;

const replaced = <T>(list: readonly T[], index: number, value: T): readonly T[] =>
  list.map((each, i) => (i === index ? value : each));

// ---- what it is told

function wakeUp(work: Work, at: Ms): void {
  if (work.silentUntil === null || at < work.silentUntil) return;
  work.silentUntil = null;
  work.isOff = false;
  work.nextKeepAliveAt = at;
}

function act(work: Work, done: DjAction, at: Ms): void {
  if (work.isOff) return;
  switch (done.kind) {
    case 'silence':
      work.silentUntil = at + done.forMs;
      work.outbox = [];
      return;
    case 'reboot':
      Object.assign(work, poweredUp(work.settings, at), { silentUntil: at + done.forMs, isOff: true, seed: work.seed });
      return;
    case 'master':
      makeMaster(work, done.deck);
      break;
    default: {
      const index = done.deck - 1;
      const { junkBeatsWhileLoading } = work.settings.quirks;
      work.decks = replaced(work.decks, index, applyDjAction(deckOf(work, done.deck), done, at, junkBeatsWhileLoading));
      if (done.kind === 'load')
        work.pushes = [...work.pushes, { at: at + PUSH_AFTER_MS, deck: done.deck, loadedAt: at }];
    }
  }
  work.streams = work.streams.map(stream => ({ ...stream, changeAt: Math.min(stream.changeAt, at) }));
}

const deckOf = (work: SimulatedUnit, deck: DeckNumber): SimulatedDeck => work.decks[deck - 1] ?? EMPTY_DECK;

function makeMaster(work: Work, deck: DeckNumber | null): void {
  if (work.master === deck || (deck !== null && deckOf(work, deck).track === null)) return;
  work.master = deck;
  if (deck === null) return;
  work.syncNumbers = replaced(work.syncNumbers, deck - 1, Math.max(...work.syncNumbers) + 1);
  work.streams = work.streams.map(stream => ({ ...stream, changeAt: -Infinity }));
}

/** A master that stops hands over to a deck that plays; with tracks on the decks there is always exactly one. */
function settleMaster(work: Work, at: Ms): void {
  const { master } = work;
  if (master !== null && isMovingAt(deckOf(work, master), at)) return;
  const isLoaded = (deck: DeckNumber): boolean => deckOf(work, deck).track !== null;
  const moving = DECK_NUMBERS.find(deck => isMovingAt(deckOf(work, deck), at));
  if (moving !== undefined) makeMaster(work, moving);
  else if (master === null || !isLoaded(master)) makeMaster(work, DECK_NUMBERS.find(isLoaded) ?? null);
}

const MAGIC_BYTES = fromHex(MAGIC);
const STATUS_REQUEST_TYPE = 0x11;
const STATUS_REQUEST_LEAST_BYTES = 0x24;
/** The last stage of a claim is said three times [I BL]. */
const CLAIM_ATTEMPTS = 3;
const CLAIMED_MOST = 32;

function hear(work: Work, { from, port, bytes }: UnitInput & { kind: 'datagram' }, at: Ms): void {
  if (!MAGIC_BYTES.every((byte, i) => bytes[i] === byte)) return;
  const decoded = decode({ port }, bytes);
  const packet = decoded.ok ? decoded.packet : null;
  if (packet?.kind === 'claim-3' && packet.attempt === CLAIM_ATTEMPTS) {
    work.claimed = new Set([...work.claimed, `${from.address}/${packet.number}`].slice(-CLAIMED_MOST));
  }
  if (packet?.kind === 'keep-alive') {
    const lacksClaim = packet.deviceKind === 'player' && !work.claimed.has(`${from.address}/${packet.number}`);
    if (work.settings.quirks.needsClaim && lacksClaim) return;
    if (packet.address !== work.settings.address) work.peers = withKeepAlive(work.peers, packet, from.address, at);
    return;
  }
  work.peers = withDatagram(work.peers, from.address, at);
  const peer = work.peers.find(each => each.source === from.address && isPresent(each, at));
  if (peer === undefined || peer.peerClass !== 'lighting' || port !== PORTS.status) return;
  // Neither the name nor the end of the request matters to the unit [I BL], so any length from its head on will do.
  if (bytes[0x0a] === STATUS_REQUEST_TYPE && bytes.length >= STATUS_REQUEST_LEAST_BYTES) {
    work.peers = work.peers.map(each => (each === peer ? { ...each, hasAsked: true } : each));
  }
  if (packet?.kind === 'binary-request') answer(work, packet, peer, at);
}

/** The deck and track that were asked for; a request that fits no deck is answered for all of them, as beat-link relies on. */
function answer(work: Work, request: Packet & { kind: 'binary-request' }, peer: UnitClient, at: Ms): void {
  const loaded = DECK_NUMBERS.filter(deck => deckOf(work, deck).track !== null);
  const asked = loaded.filter(
    deck => deck === deckOfRaw(request.rawDeck) && deckOf(work, deck).track?.id === request.trackId,
  );
  let due = at + REPLY_AFTER_MS;
  for (const deck of asked.length > 0 ? asked : loaded) {
    due = sendData(work, deck, 'song-structure', [peer], due, at);
  }
}

// ---- what it says

/** Sends all that is due and answers when something will be due next. */
function speak(work: Work, at: Ms): Ms {
  flush(work, at);
  let wakeAt = Infinity;
  const wake = (time: Ms): void => {
    wakeAt = Math.min(wakeAt, time);
  };

  if (at >= work.nextKeepAliveAt) {
    sendKeepAlives(work, at);
    const next = work.nextKeepAliveAt + KEEP_ALIVE_EVERY_MS;
    work.nextKeepAliveAt = next > at ? next : at + KEEP_ALIVE_EVERY_MS;
  }
  wake(work.nextKeepAliveAt);

  for (const peer of work.peers) {
    if (!isPresent(peer, at) || peer.peerClass !== 'lighting' || peer.hasAsked) continue;
    if (at >= peer.nextHelloAt) {
      const number = work.settings.quirks.numbering === 'nine' ? 9 : 1;
      post(work, statusPortOf(peer), null, lightingHello.encode({ name: OPUS_NAME, number }), at, at);
      work.peers = work.peers.map(each => (each === peer ? { ...each, nextHelloAt: at + HELLO_EVERY_MS } : each));
    }
    wake(at >= peer.nextHelloAt ? at + HELLO_EVERY_MS : peer.nextHelloAt);
  }

  const served = work.peers.filter(peer => isServed(peer, at));
  const due = work.pushes.filter(push => at >= push.at);
  if (due.length > 0) work.pushes = work.pushes.filter(push => at < push.at);
  for (const push of due) {
    if (deckOf(work, push.deck).loadedAt !== push.loadedAt) continue;
    const lighting = served.filter(peer => peer.peerClass === 'lighting');
    PUSHED.reduce((time, type) => sendData(work, push.deck, type, lighting, time, at), at);
  }
  for (const push of work.pushes) wake(push.at);

  for (const deck of DECK_NUMBERS) wake(speakOfDeck(work, deck, served, at));
  for (const posted of work.outbox) wake(posted.at);
  return wakeAt;
}

/** Sends what is due of one deck and answers when something will be due next. */
function speakOfDeck(work: Work, number: DeckNumber, served: readonly UnitClient[], at: Ms): Ms {
  const before = work.streams[number - 1] ?? IDLE;
  if (served.length === 0) {
    const idle = { ...IDLE, counter: before.counter };
    if (before.refreshAt !== Infinity) work.streams = replaced(work.streams, number - 1, idle);
    return Infinity;
  }
  const players = served.filter(peer => peer.peerClass === 'player');
  let stream = before.refreshAt === Infinity ? begun(before, number, at) : before;
  const dueAt = (): Ms => Math.min(statusDueAt(work, stream), players.length > 0 ? stream.positionAt : Infinity);
  if (at >= dueAt()) {
    stream = withStatus(work, number, stream, served, at);
    if (players.length > 0) stream = withPosition(work, number, stream, players, at);
  }
  if (stream !== before) work.streams = replaced(work.streams, number - 1, stream);
  return dueAt();
}

/** The four decks are spread over the period. */
function begun(stream: Stream, number: DeckNumber, at: Ms): Stream {
  const spread = (number - 1) / DECK_NUMBERS.length;
  const first = at + spread * STATUS_EVERY_MS;
  const times = { floorAt: first, refreshAt: first, rasterAt: first, positionAt: at + spread * POSITION_EVERY_MS };
  return { ...stream, ...times, shown: null };
}

function statusDueAt(work: Work, { refreshAt, changeAt, floorAt }: Stream): Ms {
  const tellsChanges = work.settings.quirks.statusMode === 'on-change';
  return tellsChanges ? Math.min(refreshAt, Math.max(changeAt, floorAt)) : refreshAt;
}

function withStatus(work: Work, number: DeckNumber, stream: Stream, served: readonly UnitClient[], at: Ms): Stream {
  if (at < statusDueAt(work, stream)) return stream;
  const { quirks, seed } = work.settings;
  const deck = deckOf(work, number);
  const syncNumber = work.syncNumbers[number - 1] ?? 0;
  const display: Display = { number, isMaster: work.master === number, syncNumber, quirks, seed };
  const content = statusAt(deck, display, at);
  const changeAt = quirks.statusMode === 'on-change' ? nextChangeAt(deck, display, at) : Infinity;
  if (at < stream.refreshAt && isSame(content, stream.shown)) return { ...stream, changeAt };

  const counter = quirks.counter === 'zero' ? 0 : stream.counter + 1;
  const hasZeroFlags = deck.track !== null && happens(work, quirks.zeroFlagsShare);
  const bytes = statusBytes({ ...content, packetCounter: counter }, quirks, hasZeroFlags);
  for (const peer of served) post(work, statusPortOf(peer), null, bytes, at, at);
  return { ...stream, ...nextStatus(work, stream, at), changeAt, counter, shown: content };
}

function withPosition(work: Work, number: DeckNumber, stream: Stream, players: readonly UnitClient[], at: Ms): Stream {
  if (at < stream.positionAt) return stream;
  const { quirks } = work.settings;
  const bytes = quirks.positions === 'off' ? null : positionBytes(deckOf(work, number), number, quirks, at);
  if (bytes !== null) {
    const due = at + within(work, quirks.positionJitterMs);
    const everybody = { address: work.settings.peer ?? work.settings.broadcast };
    const listeners = quirks.positions === 'broadcast' ? [everybody] : players;
    for (const { address } of listeners) post(work, { address, port: PORTS.timing }, null, bytes, due, at);
  }
  return { ...stream, positionAt: later(stream.positionAt, POSITION_EVERY_MS, at) };
}

function nextStatus(work: Work, stream: Stream, at: Ms): Pick<Stream, 'floorAt' | 'refreshAt' | 'rasterAt'> {
  const { statusMode } = work.settings.quirks;
  if (statusMode === 'on-change') {
    return { rasterAt: at, refreshAt: at + within(work, REFRESH_MS), floorAt: at + within(work, FLOOR_MS) };
  }
  const rasterAt = later(stream.rasterAt, STATUS_EVERY_MS, at);
  const jitter = statusMode === 'raster' ? within(work, RASTER_JITTER_MS) : 0;
  return { rasterAt, refreshAt: rasterAt + jitter, floorAt: at };
}

/** The next point of a raster after `at`. One that was missed altogether is left out. */
function later(point: Ms, every: Ms, at: Ms): Ms {
  const next = point + every;
  return next > at - every / 2 ? next : next + Math.ceil((at - next) / every) * every;
}

function isSame(a: Omit<StatusValue, 'packetCounter'>, b: Stream['shown']): boolean {
  if (b === null) return false;
  for (const key of Object.keys(a) as (keyof typeof a)[]) {
    if (key !== 'flags' && a[key] !== b[key]) return false;
  }
  return JSON.stringify(a.flags) === JSON.stringify(b.flags);
}

function sendKeepAlives(work: Work, at: Ms): void {
  const { address, broadcast, mac, peer, quirks } = work.settings;
  const to = { address: peer ?? broadcast, port: PORTS.presence };
  const peers = 1 + work.peers.filter(each => isPresent(each, at)).length;
  for (const number of quirks.numbering === 'nine' ? [9] : [1, 2, 33]) {
    const bytes = keepAlive.encode({
      ...{ name: OPUS_NAME, structure: 2, number, seniority: 1, mac, address, peers },
      ...{ reserved: new Uint8Array(3), deviceKind: number === 33 ? 'mixer' : 'player', generation: 0 },
    });
    post(work, to, PORTS.presence, bytes, at, at);
  }
}

/** Sends one kind of data from `due` on; answers when the next may begin. */
function sendData(work: Work, deck: DeckNumber, type: DataType, to: readonly UnitClient[], due: Ms, at: Ms): Ms {
  const { track } = deckOf(work, deck);
  if (track === null) return due;
  let time = due;
  for (const bytes of fragmentsOf(track, type, deck, work.settings.quirks)) {
    for (const peer of to) {
      if (!happens(work, work.settings.quirks.loseFragment)) post(work, statusPortOf(peer), null, bytes, time, at);
    }
    time += FRAGMENT_GAP_MS;
  }
  return time;
}

const statusPortOf = (peer: UnitClient): Endpoint => ({ address: peer.address, port: PORTS.status });

/** Hands a datagram to the network of this unit, which may lose, double or delay it. */
function post(work: Work, to: Endpoint, fromPort: number | null, bytes: Uint8Array, due: Ms, at: Ms): void {
  const { drop, duplicate, reorder, delayMs } = work.settings.quirks;
  if (happens(work, drop)) return;
  for (let copies = happens(work, duplicate) ? 2 : 1; copies > 0; copies--) {
    const time = due + within(work, delayMs) + (happens(work, reorder) ? within(work, OVERTAKEN_MS) : 0);
    if (time <= at) work.sent.push({ to, fromPort, bytes });
    else work.outbox = [...work.outbox, { at: time, to, fromPort, bytes }];
  }
}

/** Sends what was held back until now. */
function flush(work: Work, at: Ms): void {
  if (work.outbox.length === 0) return;
  const due = work.outbox.filter(posted => posted.at <= at).sort((a, b) => a.at - b.at);
  work.outbox = work.outbox.filter(posted => posted.at > at);
  for (const { to, fromPort, bytes } of due) work.sent.push({ to, fromPort, bytes });
}
