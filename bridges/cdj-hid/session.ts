/**
 * What to say to a player and when: the login, what its hands do, keep-alive, lamps, numbers, texts. Pure:
 * `stepSurface(state, input, at)`.
 *
 * Nothing but messages of the login leaves before the player has accepted: one that is not logged in must not be written
 * to [X ddj-bridge].
 */
import type { Ms } from '../../src/core/clock.ts';
import { EMPTY_PACKET, readPacket } from './codec.ts';
import { loginDueAt, reopenedLogin, stepLogin } from './host-login.ts';
import { hearReport, type InputStep, inputDueAt, loseInput, NO_INPUT, passTime } from './input-events.ts';
import { PACKETS, REPORT_BYTES } from './layout.ts';
import {
  NOTHING_SHOWN,
  nextOutputChange,
  type OutputOptions,
  outputPacket,
  type SurfaceOutput,
} from './output-state.ts';
import { KEEP_ALIVE_MS } from './quirks.ts';
import {
  dueScreen,
  ROWS_EVERY_MS,
  type ScreenContent,
  type ScreenKind,
  screenPackets,
  unknownScreen,
  wantedContent,
} from './screen-messages.ts';
import { firmwareOf, isOnline, productOf, type SurfaceState } from './session-state.ts';
import type { SurfaceEvent, SurfaceNote } from './surface-events.ts';

/** Reports leave at most so often: while something moves, this often [I]. */
export const OUTPUT_EVERY_MS: Ms = 20;
/** And at least so often while nothing does [I]. */
export const OUTPUT_REST_MS: Ms = 200;
/** Packets of texts, rows and artwork in each period of the reports: half of what an endpoint of 1 ms takes. */
const MESSAGE_PACKETS_PER_SLOT = 10;
/** More notes are not given between two logins. */
const NOTES_MOST = 50;

export type SurfaceInput =
  /** The device has been opened: from now on its reports come. */
  | { readonly kind: 'opened' }
  /** It cannot be read or written any more. */
  | { readonly kind: 'gone'; readonly why: string }
  /** @param notBefore when it can have come at the earliest */
  | { readonly kind: 'report'; readonly bytes: Uint8Array; readonly notBefore: Ms }
  /** What it is to show from now on. */
  | { readonly kind: 'show'; readonly output: SurfaceOutput }
  | { readonly kind: 'wake' }
  /** Leave: it goes dark, and nothing is sent afterwards. */
  | { readonly kind: 'close' };

/** What the opener has to do: nothing; close and open again after a while; close, and leave this device alone. */
export type SurfaceVerdict =
  | { readonly kind: 'go-on' }
  | { readonly kind: 'rest'; readonly ms: Ms }
  | { readonly kind: 'refuse' };

export interface SurfaceStepped {
  readonly state: SurfaceState;
  readonly events: readonly SurfaceEvent[];
  /** Packets of 64 bytes, in order. */
  readonly send: readonly Uint8Array[];
  readonly notes: readonly SurfaceNote[];
  readonly verdict: SurfaceVerdict;
  /** When to step again if nothing else happens; null: only when something does. */
  readonly wakeAt: Ms | null;
}

/** What a step has to say so far. */
interface SurfaceDraft {
  state: SurfaceState;
  readonly events: SurfaceEvent[];
  readonly send: Uint8Array[];
  readonly notes: SurfaceNote[];
  verdict: SurfaceVerdict;
}

export function stepSurface(before: SurfaceState, input: SurfaceInput, at: Ms): SurfaceStepped {
  const draft: SurfaceDraft = { state: before, events: [], send: [], notes: [], verdict: { kind: 'go-on' } };
  if (before.isClosed) return { ...draft, wakeAt: null };
  takeInput(draft, input, at);
  if (draft.state.isClosed) return { ...draft, wakeAt: null };
  passLogin(draft, null, at);
  passHands(draft, at);
  speak(draft, at);
  return { ...draft, wakeAt: wakeAt(draft.state, at) };
}

/**
 * Takes in a report that says what the last one of its deck has said: nearly all do, up to a thousand a second [X], and nothing
 * follows from them but when they came.
 *
 * @returns null: it says something else
 */
export function hearAgain(state: SurfaceState, bytes: Uint8Array, at: Ms): SurfaceState | null {
  if (!isOnline(state) || bytes[1] !== PACKETS['control-input'].type) return null;
  // The deck is the high half of the first byte.
  const deck = (bytes[0] ?? 0) >> 4;
  const input = state.decks.get(deck);
  if (input === undefined || input.values === null || !isSamePacket(input.packet, bytes)) return null;
  const { counts } = state;
  return {
    ...state,
    counts: { ...counts, received: counts.received + 1 },
    decks: new Map(state.decks).set(deck, { ...input, heardAt: at }),
  };
}

function isSamePacket(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function takeInput(draft: SurfaceDraft, input: SurfaceInput, at: Ms): void {
  switch (input.kind) {
    case 'opened':
      draft.state = { ...draft.state, link: 'open', login: reopenedLogin(draft.state.login, at) };
      return;
    case 'gone':
      lose(draft, input.why, at);
      draft.state = { ...draft.state, link: 'closed', login: reopenedLogin(draft.state.login, at) };
      return;
    case 'report':
      return hear(draft, input.bytes, input.notBefore, at);
    case 'show':
      draft.state = { ...draft.state, wanted: input.output, isNew: true };
      return;
    case 'wake':
      return;
    case 'close':
      goDark(draft, at);
      draft.state = { ...draft.state, isClosed: true };
  }
}

// ---- hearing

function hear(draft: SurfaceDraft, bytes: Uint8Array, notBefore: Ms, at: Ms): void {
  if (draft.state.link !== 'open') return;
  countUp(draft, 'received');
  if (bytes.length !== REPORT_BYTES) {
    countUp(draft, 'refused');
    const text = `this device sends reports of ${bytes.length} bytes, expected ${REPORT_BYTES}: it is of another generation, and is left alone; a CDJ-2000NXS2 or CDJ-3000 can be used`;
    say(draft, { level: 'warn', text, facts: { bytes: bytes.length } });
    lose(draft, 'it is of another generation', at);
    draft.state = { ...draft.state, link: 'refused' };
    draft.verdict = { kind: 'refuse' };
    return;
  }
  passLogin(draft, bytes, at);
  const packet = readPacket(bytes);
  if (!packet.ok) {
    if (bytes[1] !== 0) countUp(draft, 'refused');
    return;
  }
  if (packet.kind !== 'control-input' || !isOnline(draft.state)) return;
  const { fields, decks, options } = draft.state;
  const step = hearReport(
    decks.get(packet.deck) ?? NO_INPUT,
    bytes,
    { notBefore, at },
    { fields, quirks: options.quirks },
  );
  tellHands(draft, packet.deck, step);
}

function tellHands(draft: SurfaceDraft, deck: number, { input, gestures }: InputStep): void {
  const { surface } = draft.state.options;
  for (const gesture of gestures) {
    draft.events.push({ kind: 'control', surface, deck, ...gesture });
    if (gesture.gesture === 'press') countUp(draft, 'presses');
  }
  draft.state = { ...draft.state, decks: new Map(draft.state.decks).set(deck, input) };
}

function passHands(draft: SurfaceDraft, at: Ms): void {
  for (const [deck, input] of draft.state.decks) {
    const due = inputDueAt(input);
    if (due !== null && at >= due) tellHands(draft, deck, passTime(input, at, draft.state.options.quirks));
  }
}

/** Lets the login hear a packet, or the time; what follows from it is told. */
function passLogin(draft: SurfaceDraft, packet: Uint8Array | null, at: Ms): void {
  if (draft.state.link !== 'open') return;
  const wasOnline = isOnline(draft.state);
  const step = stepLogin(draft.state.login, packet, at);
  if (wasOnline && step.login.stage !== 'online') lose(draft, 'it has ended the session', at);
  draft.state = { ...draft.state, login: step.login };
  draft.send.push(...step.send);
  for (const note of step.notes) say(draft, note);
  if (!wasOnline && step.login.stage === 'online') meet(draft, at);
  if (step.restMs !== null) {
    draft.verdict = { kind: 'rest', ms: step.restMs };
    draft.state = { ...draft.state, link: 'closed' };
  }
}

function meet(draft: SurfaceDraft, at: Ms): void {
  const { options, screen, wanted } = draft.state;
  draft.state = {
    ...draft.state,
    decks: new Map(),
    isNew: wanted !== null,
    shownAt: null,
    spokeAt: at,
    screen: unknownScreen(screen),
    leaving: null,
    said: new Set(),
  };
  draft.events.push({
    kind: 'surface.found',
    surface: options.surface,
    product: productOf(draft.state),
    firmware: firmwareOf(draft.state),
  });
}

/** Releases what is held, and says that it is gone, if it was there. */
function lose(draft: SurfaceDraft, why: string, at: Ms): void {
  if (!isOnline(draft.state)) return;
  for (const [deck, input] of draft.state.decks) tellHands(draft, deck, loseInput(input, at));
  draft.state = { ...draft.state, decks: new Map(), leaving: null };
  draft.events.push({ kind: 'surface.lost', surface: draft.state.options.surface, why });
}

// ---- speaking

const outputOptions = ({ options: { quirks, longTime } }: SurfaceState): OutputOptions => ({ ...quirks, longTime });

function speak(draft: SurfaceDraft, at: Ms): void {
  if (!isOnline(draft.state)) return;
  const dueAt = outputDueAt(draft.state);
  if (dueAt !== null && at >= dueAt) sendOutput(draft, at);
  sendScreen(draft, at);
  const { spokeAt } = draft.state;
  if (spokeAt === null || at - spokeAt >= KEEP_ALIVE_MS) send(draft, EMPTY_PACKET, at);
}

/** When the next report of lamps and numbers leaves; null: nothing is wanted, or a message is not to be interrupted. */
function outputDueAt(state: SurfaceState): Ms | null {
  const { wanted, shownAt, isNew, leaving, options } = state;
  if (wanted === null || (leaving !== null && options.quirks.betweenFragments === 'never')) return null;
  if (shownAt === null) return Number.NEGATIVE_INFINITY;
  const soonest = shownAt + OUTPUT_EVERY_MS;
  if (isNew) return soonest;
  const moves = nextOutputChange(wanted, shownAt, OUTPUT_EVERY_MS) ?? Number.POSITIVE_INFINITY;
  return Math.max(soonest, Math.min(moves, shownAt + OUTPUT_REST_MS));
}

function sendOutput(draft: SurfaceDraft, at: Ms): void {
  const { wanted, login } = draft.state;
  send(draft, outputPacket(login.deck, wanted ?? NOTHING_SHOWN, at, outputOptions(draft.state)), at);
  draft.state = { ...draft.state, shownAt: at, isNew: false };
}

const wantedScreen =
  (state: SurfaceState, at: Ms) =>
  (kind: ScreenKind): ScreenContent =>
    wantedContent(kind, state.wanted ?? NOTHING_SHOWN, at, outputOptions(state));

/** The next kind that may leave now; null: none is due, or its time has not come. */
function nextMessage(state: SurfaceState, at: Ms): ScreenKind | null {
  if (state.wanted === null) return null;
  const due = dueScreen(state.screen, wantedScreen(state, at));
  return due.find(kind => kind !== 'rows' || at >= state.rowsFreeAt) ?? null;
}

/** Sends packets of messages, one message after the other, as many as a period of the reports takes. */
function sendScreen(draft: SurfaceDraft, at: Ms): void {
  if (at >= draft.state.slot.at + OUTPUT_EVERY_MS) {
    draft.state = { ...draft.state, slot: { at, left: MESSAGE_PACKETS_PER_SLOT } };
  }
  while (draft.state.slot.left > 0) {
    if (draft.state.leaving === null && !beginMessage(draft, at)) return;
    const { leaving, slot } = draft.state;
    if (leaving === null) return;
    const now = leaving.left.slice(0, slot.left);
    for (const packet of now) send(draft, packet, at);
    const left = leaving.left.slice(now.length);
    draft.state = {
      ...draft.state,
      slot: { ...slot, left: slot.left - now.length },
      leaving: left.length === 0 ? null : { ...leaving, left },
    };
  }
}

function beginMessage(draft: SurfaceDraft, at: Ms): boolean {
  const { state } = draft;
  const kind = nextMessage(state, at);
  if (kind === null) return false;
  const content = wantedScreen(state, at)(kind);
  draft.state = {
    ...state,
    screen: new Map(state.screen).set(kind, content),
    rowsFreeAt: kind === 'rows' ? at + ROWS_EVERY_MS : state.rowsFreeAt,
    leaving: { kind, content, left: screenPackets(kind, state.login.deck, content, state.options.quirks) },
  };
  return true;
}

/** At a clean stop every lamp is off and every text that we wrote is blank. */
function goDark(draft: SurfaceDraft, at: Ms): void {
  const { state } = draft;
  if (!isOnline(state) || (state.wanted === null && state.screen.size === 0)) return;
  // What is half-way is ended first: a player waits for the rest of a message.
  for (const packet of state.leaving?.left ?? []) send(draft, packet, at);
  draft.state = { ...draft.state, wanted: NOTHING_SHOWN, leaving: null };
  sendOutput(draft, at);
  for (const kind of dueScreen(draft.state.screen, wantedScreen(draft.state, at))) {
    const content = wantedScreen(draft.state, at)(kind);
    for (const packet of screenPackets(kind, state.login.deck, content, state.options.quirks)) send(draft, packet, at);
  }
}

function send(draft: SurfaceDraft, packet: Uint8Array, at: Ms): void {
  draft.send.push(packet);
  countUp(draft, 'sent');
  draft.state = { ...draft.state, spokeAt: at };
}

function countUp(draft: SurfaceDraft, what: keyof SurfaceState['counts']): void {
  const { counts } = draft.state;
  draft.state = { ...draft.state, counts: { ...counts, [what]: counts[what] + 1 } };
}

/** Tells the operator, once until the next login. */
function say(draft: SurfaceDraft, note: SurfaceNote): void {
  const { said } = draft.state;
  if (said.has(note.text) || said.size >= NOTES_MOST) return;
  draft.notes.push(note);
  draft.state = { ...draft.state, said: new Set(said).add(note.text) };
}

// ---- waking

function wakeAt(state: SurfaceState, at: Ms): Ms | null {
  if (state.link !== 'open') return null;
  const times: (Ms | null)[] = [loginDueAt(state.login)];
  for (const input of state.decks.values()) times.push(inputDueAt(input));
  if (isOnline(state)) {
    times.push((state.spokeAt ?? at) + KEEP_ALIVE_MS, outputDueAt(state), messageDueAt(state, at));
  }
  const known = times.filter(time => time !== null);
  return known.length === 0 ? null : Math.max(at, Math.min(...known));
}

function messageDueAt(state: SurfaceState, at: Ms): Ms | null {
  const nextSlot = state.slot.at + OUTPUT_EVERY_MS;
  if (state.leaving !== null || nextMessage(state, at) !== null) return nextSlot;
  if (state.wanted === null) return null;
  // Rows that wait for their time.
  return dueScreen(state.screen, wantedScreen(state, at)).length > 0 ? Math.max(nextSlot, state.rowsFreeAt) : null;
}
