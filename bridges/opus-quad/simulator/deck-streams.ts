/** The statuses and positions of a simulated unit's decks, each at its time. */
import type { Ms } from '../../../src/core/clock.ts';
import { DECK_NUMBERS, type DeckNumber } from '../../../src/core/deck-report.ts';
import { PORTS, type StatusValue } from '../layout.ts';
import type { UnitClient } from './peers.ts';
import type { Span } from './quirks.ts';
import { type Display, nextChangeAt, positionBytes, statusAt, statusBytes } from './status.ts';
import { deckOf, drawnWithin, happens, post, replaced, statusPortOf, type UnitDraft } from './unit-draft.ts';
import { type DeckStream, IDLE_STREAM } from './unit-state.ts';

const STATUS_EVERY_MS: Ms = 200;
/** 200 ms between two statuses that say the same, as measured [C UE]. */
const REFRESH_MS: Span = { min: 198, max: 202 };
/** The least time between two statuses, as measured [C UE]. */
const FLOOR_MS: Span = { min: 62.9, max: 65.3 };
const RASTER_JITTER_MS: Span = { min: -5, max: 5 };

/** Sends what is due of one deck and answers when something will be due next. */
export function speakOfDeck(draft: UnitDraft, number: DeckNumber, served: readonly UnitClient[], at: Ms): Ms {
  const before = draft.streams[number - 1] ?? IDLE_STREAM;
  if (served.length === 0) {
    const idle = { ...IDLE_STREAM, counter: before.counter };
    if (before.refreshAt !== Infinity) draft.streams = replaced(draft.streams, number - 1, idle);
    return Infinity;
  }
  const players = served.filter(peer => peer.peerClass === 'player');
  let stream =
    before.refreshAt === Infinity
      ? begun(before, { number, positionEveryMs: draft.settings.quirks.positionEveryMs }, at)
      : before;
  const dueAt = (): Ms => Math.min(statusDueAt(draft, stream), players.length > 0 ? stream.positionAt : Infinity);
  if (at >= dueAt()) {
    stream = withStatus(draft, { number, stream, to: served }, at);
    if (players.length > 0) stream = withPosition(draft, { number, stream, to: players }, at);
  }
  if (stream !== before) draft.streams = replaced(draft.streams, number - 1, stream);
  return dueAt();
}

/** The four decks are spread over the period. */
function begun(
  stream: DeckStream,
  { number, positionEveryMs }: { readonly number: DeckNumber; readonly positionEveryMs: Ms },
  at: Ms,
): DeckStream {
  const spread = (number - 1) / DECK_NUMBERS.length;
  const first = at + spread * STATUS_EVERY_MS;
  const times = { floorAt: first, refreshAt: first, rasterAt: first, positionAt: at + spread * positionEveryMs };
  return { ...stream, ...times, shown: null };
}

function statusDueAt(draft: UnitDraft, { refreshAt, changeAt, floorAt }: DeckStream): Ms {
  const tellsChanges = draft.settings.quirks.statusMode === 'on-change';
  return tellsChanges ? Math.min(refreshAt, Math.max(changeAt, floorAt)) : refreshAt;
}

/** A deck whose turn it is to speak. */
interface DeckTurn {
  readonly number: DeckNumber;
  readonly stream: DeckStream;
  readonly to: readonly UnitClient[];
}

function withStatus(draft: UnitDraft, { number, stream, to }: DeckTurn, at: Ms): DeckStream {
  if (at < statusDueAt(draft, stream)) return stream;
  const { quirks, seed } = draft.settings;
  const deck = deckOf(draft, number);
  const syncNumber = draft.syncNumbers[number - 1] ?? 0;
  const display: Display = { number, isMaster: draft.master === number, syncNumber, quirks, seed };
  const content = statusAt(deck, display, at);
  const changeAt = quirks.statusMode === 'on-change' ? nextChangeAt(deck, display, at) : Infinity;
  if (at < stream.refreshAt && isSame(content, stream.shown)) return { ...stream, changeAt };

  const counter = quirks.counter === 'zero' ? 0 : stream.counter + 1;
  const hasZeroFlags = deck.track !== null && happens(draft, quirks.zeroFlagsShare);
  const bytes = statusBytes({ ...content, packetCounter: counter }, quirks, hasZeroFlags);
  const listeners = deck.track === null && !quirks.emptyStatuses ? [] : to;
  for (const peer of listeners) post(draft, { to: statusPortOf(peer), fromPort: null, bytes, at }, at);
  return { ...stream, ...nextStatus(draft, stream, at), changeAt, counter, shown: content };
}

function withPosition(draft: UnitDraft, { number, stream, to }: DeckTurn, at: Ms): DeckStream {
  if (at < stream.positionAt) return stream;
  const { quirks } = draft.settings;
  const bytes = quirks.positions === 'off' ? null : positionBytes(deckOf(draft, number), number, quirks, at);
  if (bytes !== null) {
    const due = at + drawnWithin(draft, quirks.positionJitterMs);
    const everybody = { address: draft.settings.peer ?? draft.settings.broadcast };
    const listeners = quirks.positions === 'broadcast' ? [everybody] : to;
    for (const { address } of listeners) {
      post(draft, { to: { address, port: PORTS.timing }, fromPort: null, bytes, at: due }, at);
    }
  }
  return { ...stream, positionAt: later(stream.positionAt, quirks.positionEveryMs, at) };
}

function nextStatus(
  draft: UnitDraft,
  stream: DeckStream,
  at: Ms,
): Pick<DeckStream, 'floorAt' | 'refreshAt' | 'rasterAt'> {
  const { statusMode } = draft.settings.quirks;
  if (statusMode === 'on-change') {
    return { rasterAt: at, refreshAt: at + drawnWithin(draft, REFRESH_MS), floorAt: at + drawnWithin(draft, FLOOR_MS) };
  }
  const rasterAt = later(stream.rasterAt, STATUS_EVERY_MS, at);
  const jitter = statusMode === 'raster' ? drawnWithin(draft, RASTER_JITTER_MS) : 0;
  return { rasterAt, refreshAt: rasterAt + jitter, floorAt: at };
}

/** The next point of a raster after `at`. One that was missed altogether is left out. */
function later(point: Ms, every: Ms, at: Ms): Ms {
  const next = point + every;
  return next > at - every / 2 ? next : next + Math.ceil((at - next) / every) * every;
}

function isSame(a: Omit<StatusValue, 'packetCounter'>, b: DeckStream['shown']): boolean {
  if (b === null) return false;
  for (const key of Object.keys(a) as (keyof typeof a)[]) {
    if (key !== 'flags' && a[key] !== b[key]) return false;
  }
  return JSON.stringify(a.flags) === JSON.stringify(b.flags);
}
