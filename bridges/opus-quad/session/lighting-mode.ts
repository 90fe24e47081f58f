/**
 * The lighting mode's words, those of rekordbox's lighting: keeping itself alive, asking for status and song structures.
 * Pure; session-speaking.ts asks it what to say.
 *
 * Source: opus-quad-pro-dj-link-analysis and beat-link for the words and their pace.
 */
import type { Ms } from '../../../src/core/clock.ts';
import type { DeckNumber } from '../../../src/core/deck-report.ts';
import type { Interface } from '../../../src/network/network.ts';
import {
  binaryRequest,
  keepAlive,
  LIGHTING_NUMBER,
  PORTS,
  REKORDBOX_NAME,
  rawOfDeck,
  statusRequest,
} from '../layout.ts';
import { type LightingTurn, markText } from './lighting-turn.ts';
import { KEEP_ALIVE_EVERY_MS } from './player-mode.ts';
import { changeUnit, markJoined, note, type SessionDraft, say, setDeck } from './session-draft.ts';
import { type Ask, type DeckTalk, type JoinedUnit, type SessionState, STATUS_PATIENCE_MS } from './session-state.ts';

/** Between requests for status while none arrives, and while it does [I BL]. */
const REQUEST_EVERY_MS: Ms = 1500;
const REQUEST_AGAIN_EVERY_MS: Ms = 5000;
/** Never two requests within this, whatever the unit says. */
const REQUEST_FLOOR_MS: Ms = 500;
/** Never two keep-alives within this: the shortest interval that units know [I BL]. */
const KEEP_ALIVE_FLOOR_MS: Ms = 200;
/** Patience for an answer to a request for a song structure, try by try. */
const STRUCTURE_PATIENCE_MS: readonly Ms[] = [300, 1000, 3000, 3000];
/** After the last fragment that came, when one is missing. */
const FRAGMENT_ASK_AGAIN_MS: Ms = 300;

/** Gives the time of our last keep-alive; in the past: none has left. */
export const keptAliveAt = ({ keepAliveDueAt }: SessionState): Ms => keepAliveDueAt - KEEP_ALIVE_EVERY_MS;

/** Gives the time of the next keep-alive for a unit that was just met: it has heard none of those before. */
export const metDueAt = ({ keepAliveDueAt }: SessionState, at: Ms): Ms =>
  Math.min(keepAliveDueAt, Math.max(at, keepAliveDueAt - KEEP_ALIVE_EVERY_MS + KEEP_ALIVE_FLOOR_MS));

/** Gives the time of the status request after the unit's hello. */
export const greetedDueAt = (unit: JoinedUnit, at: Ms): Ms =>
  Math.max(at, (unit.requestedAt ?? -Infinity) + REQUEST_FLOOR_MS);

/** The request for a song structure of which a fragment has come, and not all. */
export const askedAfterFragment = (ask: Ask, at: Ms): Ask => ({ ...ask, dueAt: at + FRAGMENT_ASK_AGAIN_MS });

/** Says what is due: a keep-alive, a request for status, one for each song structure that is missing. */
export function speakAsLighting(draft: SessionDraft, nic: Interface, everybody: string, at: Ms): void {
  const toAll = { address: everybody, port: PORTS.presence };
  if (at >= draft.state.keepAliveDueAt && say(draft, toAll, keepAliveFrom(nic), at)) {
    draft.state = { ...draft.state, keepAliveDueAt: at + KEEP_ALIVE_EVERY_MS, turn: begun(draft.state.turn, at) };
    markJoined(draft, at);
  }
  const { unit } = draft.state;
  // Nobody is asked before the first keep-alive has said who asks.
  if (unit === null || draft.state.turn.beganAt === null) return;
  if (at >= requestDueAt(unit, at)) askForStatus(draft, unit, everybody, at);
  for (const [number, talk] of draft.state.decks) {
    if (talk.ask !== null && at >= talk.ask.dueAt) askForStructure(draft, { number, talk, address: unit.address }, at);
  }
}

const begun = (turn: LightingTurn, at: Ms): LightingTurn =>
  turn.beganAt === null ? { ...turn, beganAt: at, isSecond: false } : turn;

/** Of the unit alone while it is silent; else of everybody, so that other Decklights hear who is here [I BL asks so]. */
function askForStatus(draft: SessionDraft, unit: JoinedUnit, everybody: string, at: Ms): void {
  const { options, turn } = draft.state;
  const ageS = Math.floor((at - (turn.beganAt ?? at)) / 1000);
  const address = isArriving(unit, at) ? everybody : unit.address;
  const bytes = requestFrom(markText({ machine: options.computerName, ageS }));
  if (say(draft, { address, port: PORTS.status }, bytes, at)) {
    changeUnit(draft, () => ({ requestedAt: at, requestDueAt: Infinity }));
  }
}

/** Lists the next time of each kind of work. */
export function lightingDueAt({ keepAliveDueAt, unit, decks }: SessionState, at: Ms): Ms[] {
  if (unit === null) return [keepAliveDueAt];
  const asks = [...decks.values()].flatMap(({ ask }) => (ask === null ? [] : [ask.dueAt]));
  return [keepAliveDueAt, requestDueAt(unit, at), ...asks];
}

const isArriving = ({ statusAt }: JoinedUnit, at: Ms): boolean =>
  statusAt !== null && at - statusAt <= STATUS_PATIENCE_MS;

/** Gives the time of the next status request: as hello says, or at the pace that fits whether status arrives. */
function requestDueAt(unit: JoinedUnit, at: Ms): Ms {
  if (unit.requestedAt === null) return unit.requestDueAt;
  const every = isArriving(unit, at) ? REQUEST_AGAIN_EVERY_MS : REQUEST_EVERY_MS;
  return Math.min(unit.requestDueAt, unit.requestedAt + every);
}

interface AskedDeck {
  readonly number: DeckNumber;
  readonly talk: DeckTalk;
  /** Of the unit. */
  readonly address: string;
}

function askForStructure(draft: SessionDraft, { number, talk, address }: AskedDeck, at: Ms): void {
  if (talk.ask === null || talk.trackId === null) return;
  const patience = STRUCTURE_PATIENCE_MS[talk.ask.tries];
  if (patience === undefined) {
    setDeck(draft, number, { ...talk, ask: null });
    note(
      draft,
      'warn',
      `deck ${number}: the unit was asked for the phrases of track ${talk.trackId} and sent none that can be read; its phrase cues wait until it is loaded again`,
      { deck: number, trackId: talk.trackId },
    );
    return;
  }
  const bytes = binaryRequest.encode({
    name: REKORDBOX_NAME,
    number: LIGHTING_NUMBER,
    trackId: talk.trackId,
    dataType: 0x0a,
    rawDeck: rawOfDeck(number),
  });
  if (say(draft, { address, port: PORTS.status }, bytes, at)) {
    setDeck(draft, number, { ...talk, ask: { tries: talk.ask.tries + 1, dueAt: at + patience } });
  }
}

const keepAliveFrom = (nic: Interface): Uint8Array =>
  keepAlive.encode({
    name: REKORDBOX_NAME,
    structure: 0x03,
    number: LIGHTING_NUMBER,
    seniority: 0x01,
    mac: nic.mac,
    address: nic.address,
    peers: 0x04,
    reserved: Uint8Array.of(0x01, 0x00, 0x00),
    deviceKind: 'rekordbox',
    generation: 0x08,
  });

const requestFrom = (computerName: string): Uint8Array =>
  statusRequest.encode({
    name: REKORDBOX_NAME,
    number: LIGHTING_NUMBER,
    numberAgain: LIGHTING_NUMBER,
    computerName,
  });
