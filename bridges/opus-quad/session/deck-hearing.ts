/** Reports from the unit on its decks: statuses, positions, artwork and song structures, each told once and in order. Pure. */
import type { Ms } from '../../../src/core/clock.ts';
import { type DeckNumber, NO_TRACK_NUMBER } from '../../../src/core/deck-report.ts';
import { songStructure } from '../../../src/core/track/phrase.ts';
import { fingerprintOf } from '../../rekordbox-media/analysis/fingerprint.ts';
import { decodeSongStructure, namesSongStructure } from '../../rekordbox-media/analysis/song-structure.ts';
import { deckOfRaw, type FragmentValue, type PositionValue, type StatusValue } from '../layout.ts';
import { dropFragments, joinFragment } from './data-fragments.ts';
import { askedAfterFragment } from './lighting-mode.ts';
import { FORGET_AFTER_MS } from './player-mode.ts';
import { changeUnit, count, note, type SessionDraft, setDeck, tellNews } from './session-draft.ts';
import { type DeckTalk, STATUS_PATIENCE_MS } from './session-state.ts';
import { toReport } from './status-report.ts';
import { type UnitQuirks, USUAL_UNIT_QUIRKS } from './unit-quirks.ts';

/** Positions come 30 ms apart [D]: the same one again within this is a copy of it, not a deck that stands. */
const POSITION_COPIED_WITHIN_MS: Ms = 15;
/** Packet counters that fall by more than this have started anew. */
const COUNTER_RESTART = 1000;
/** So many rises in a row prove that a deck's packet counter counts. */
const COUNTER_PROOF = 2;

/** Gives what the profile says of this unit; a recording of before there was any has none. */
const quirksOf = ({ state: { options } }: SessionDraft): UnitQuirks =>
  (options as Partial<typeof options>).quirks ?? USUAL_UNIT_QUIRKS;

/** Takes in an absolute position. */
export function hearPosition(draft: SessionDraft, packet: PositionValue, at: Ms): void {
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

/** Takes in a status. */
export function hearStatus(draft: SessionDraft, packet: StatusValue, at: Ms): void {
  const { deckByte, onAir } = quirksOf(draft);
  // The deck stands at 0x24; 0x21 may be the same for all four decks [I BL 05ddaa2].
  const [first, other] =
    deckByte === '0x21' ? [packet.number, packet.numberAgain] : [packet.numberAgain, packet.number];
  const number = deckOfRaw(first) ?? deckOfRaw(other);
  if (number === null) return count(draft, 'ignored');
  if (packet.number !== packet.numberAgain) {
    note(draft, 'info', `the two deck numbers of a status differ; the one at ${deckByte} is taken`, {
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
  const report = toReport(packet, {
    isOrderProved,
    isAfterLoss: isOrderProved && rise > counterStep,
    ...{ trackKind: draft.state.options.trackKind, onAir },
  });
  const isNewTrack = report.trackId !== (known?.trackId ?? null);
  // A player is not answered about song structures [D], and nobody is about a track without a number.
  const isToAsk = report.trackId !== null && report.trackId !== NO_TRACK_NUMBER && draft.state.mode === 'lighting';
  if (isNewTrack && report.trackId === NO_TRACK_NUMBER) {
    const text = `deck ${number} has a track without a number: it is not known, and no track of the profile fits it`;
    tellNews(draft, { level: 'warn', text, facts: { deck: number } }, at);
  }
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

/** Judges a status by the deck's packet counter: a copy, late, or proved to be the newest. */
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

/** Takes in a piece of data. */
export function hearFragment(draft: SessionDraft, from: string, packet: FragmentValue, at: Ms): void {
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

/** Takes in the unit's answer about phrases: a song structure, or data of another form for a track without any [D]. */
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
