/**
 * A simulated CDJ in HID control mode, for any host: its login, its controls, and what it shows. Pure, told the time:
 * `stepPlayer(player, input, at)`, on the same tables as the driver.
 *
 * A real player's timeouts and how often it reports are not known; those here are our choice [I].
 */
import type { Ms } from '../../../src/core/clock.ts';
import {
  type BrowseRow,
  DARK_OUTPUT,
  decodeArtwork,
  decodeKey,
  decodeOutput,
  decodeRows,
  encodeInput,
  isTextKind,
  readPacket,
  type TextKind,
} from '../codec.ts';
import { type InputId, JOG_STEPS_PER_TURN } from '../controls/input-controls.ts';
import { joinMessage, NO_PARTIAL_MESSAGES, type PartialMessages } from '../fragments.ts';
import { type InputValues, inputFields, type OutputValues, ROWS_MOST } from '../layout.ts';
import type { CdjQuirks } from '../quirks.ts';
import { decodeText } from '../utf16.ts';
import { bent, type Dishonesty } from './dishonesty.ts';
import {
  openPlayerLogin,
  type PlayerLogin,
  type PlayerLoginOptions,
  playerLoginDueAt,
  resetPlayer,
  stepPlayerLogin,
} from './player-login.ts';

export interface PlayerOptions extends PlayerLoginOptions {
  readonly quirks: CdjQuirks;
  /** Reports come so often, and at once when something changes. */
  readonly reportEveryMs: Ms;
  /** A host that says nothing for so long is gone: it goes dark. */
  readonly hostLostMs: Ms;
  /** null: an honest one. */
  readonly dishonesty: Dishonesty | null;
  /** So many logins are dishonest; the next ones are honest. */
  readonly dishonestLogins: number;
}

export interface PlayerScreen {
  readonly texts: Readonly<Partial<Record<TextKind, string>>>;
  readonly key: string;
  readonly rows: readonly (BrowseRow | null)[];
  readonly artwork: Uint8Array | null;
}

const BLANK_SCREEN: PlayerScreen = {
  texts: {},
  key: '',
  rows: Array.from({ length: ROWS_MOST }, () => null),
  artwork: null,
};

export interface SimulatedPlayer {
  readonly options: PlayerOptions;
  /** Whether control mode is chosen on it. */
  readonly isOn: boolean;
  readonly login: PlayerLogin;
  /** Where each control stands in its reports. */
  readonly fields: ReturnType<typeof inputFields>;
  /** Where its controls stand. */
  readonly controls: InputValues;
  readonly reportDueAt: Ms;
  /** When the host last said anything. */
  readonly heardAt: Ms;
  readonly partial: PartialMessages;
  /** What it shows; dark when it is not logged in. */
  readonly shown: OutputValues;
  readonly screen: PlayerScreen;
  /** What the host wrote that it must not have written, at most as many as fit. */
  readonly violations: readonly string[];
}

const VIOLATIONS_MOST = 100;

/** What a hand does to it. */
export type PlayerAct =
  | { readonly kind: 'hold'; readonly control: InputId }
  | { readonly kind: 'let-go'; readonly control: InputId }
  /** Where a dial or a slider is put, in its own steps. */
  | { readonly kind: 'put'; readonly control: InputId; readonly to: number }
  /** Steps of a counter, below 0 backwards. */
  | { readonly kind: 'turn'; readonly control: InputId; readonly by: number };

export type PlayerInput =
  /** A packet of 64 bytes from the host. */
  | { readonly kind: 'written'; readonly packet: Uint8Array }
  | { readonly kind: 'act'; readonly act: PlayerAct }
  /** Control mode is chosen, or left. */
  | { readonly kind: 'control-mode'; readonly isOn: boolean }
  /** It ends the session by itself. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'wake' };

export interface PlayerStepped {
  readonly player: SimulatedPlayer;
  /** Reports of 64 bytes, in order. */
  readonly send: readonly Uint8Array[];
  readonly wakeAt: Ms | null;
}

export const openPlayer = (options: PlayerOptions, at: Ms): SimulatedPlayer => ({
  options,
  isOn: true,
  login: openPlayerLogin(options, at),
  fields: inputFields(options.quirks),
  controls: {},
  reportDueAt: at,
  heardAt: at,
  partial: NO_PARTIAL_MESSAGES,
  shown: DARK_OUTPUT,
  screen: BLANK_SCREEN,
  violations: [],
});

export const isPlayerOnline = ({ isOn, login }: SimulatedPlayer): boolean => isOn && login.stage === 'online';

interface PlayerDraft {
  player: SimulatedPlayer;
  readonly send: Uint8Array[];
}

export function stepPlayer(before: SimulatedPlayer, input: PlayerInput, at: Ms): PlayerStepped {
  const draft: PlayerDraft = { player: before, send: [] };
  switch (input.kind) {
    case 'written':
      hearWritten(draft, input.packet, at);
      break;
    case 'act':
      draft.player = { ...before, controls: moved(before.controls, input.act, before.options.quirks) };
      if (isPlayerOnline(before)) report(draft, at);
      break;
    case 'control-mode':
      draft.player = { ...openPlayer(before.options, at), isOn: input.isOn, controls: before.controls };
      break;
    case 'reset':
      fallBack(draft, at);
      break;
    case 'wake':
      break;
  }
  if (draft.player.isOn) passPlayerTime(draft, at);
  return { ...draft, wakeAt: playerWakeAt(draft.player) };
}

function passPlayerTime(draft: PlayerDraft, at: Ms): void {
  const { player } = draft;
  if (isPlayerOnline(player)) {
    if (at - player.heardAt >= player.options.hostLostMs) return fallBack(draft, at);
    if (at >= player.reportDueAt) report(draft, at);
    return;
  }
  goOn(draft, stepPlayerLogin(player.login, null, at), at);
}

function playerWakeAt(player: SimulatedPlayer): Ms | null {
  if (!player.isOn) return null;
  if (!isPlayerOnline(player)) return playerLoginDueAt(player.login);
  return Math.min(player.reportDueAt, player.heardAt + player.options.hostLostMs);
}

function report(draft: PlayerDraft, at: Ms): void {
  const { options, fields, controls } = draft.player;
  draft.send.push(encodeInput(fields, options.deck, asReported(controls, options.quirks)));
  draft.player = { ...draft.player, reportDueAt: at + options.reportEveryMs };
}

/** Gives the controls as a player with these quirks tells them. */
function asReported(controls: InputValues, { libraryView, tempoSlider }: CdjQuirks): InputValues {
  const view = controls['library-view'] ?? 0;
  const slider = controls['tempo-slider'] ?? 0;
  return {
    ...controls,
    'library-view': libraryView === 'inverted' ? 1 - view : view,
    'tempo-slider': tempoSlider === 'inverted' ? -slider : slider,
  };
}

/** Dark and blank, it announces itself anew. */
function fallBack(draft: PlayerDraft, at: Ms): void {
  if (!draft.player.isOn) return;
  draft.player = { ...draft.player, shown: DARK_OUTPUT, screen: BLANK_SCREEN, partial: NO_PARTIAL_MESSAGES };
  goOn(draft, resetPlayer(draft.player.login, at), at);
}

/** Takes a step of the login, bent where this player is not honest. */
function goOn(draft: PlayerDraft, step: ReturnType<typeof stepPlayerLogin>, at: Ms): void {
  const { options, login: before } = draft.player;
  const { dishonesty, dishonestLogins } = options;
  const isDishonest = dishonesty !== null && step.login.count <= dishonestLogins;
  const isAccepting = before.stage !== 'online' && step.login.stage === 'online';
  const taken = isDishonest && dishonesty === 'reset' && isAccepting ? resetPlayer(before, at) : step;
  const isMute = isDishonest && dishonesty === 'never-accepts' && isAccepting;
  draft.player = { ...draft.player, login: isMute ? { ...before, since: at } : taken.login };
  draft.send.push(...(isDishonest ? taken.send.flatMap(packet => bent(dishonesty, packet)) : taken.send));
  if (isPlayerOnline(draft.player) && isAccepting) draft.player = { ...draft.player, heardAt: at, reportDueAt: at };
}

function moved(controls: InputValues, act: PlayerAct, { jogWrap }: CdjQuirks): InputValues {
  const { control } = act;
  switch (act.kind) {
    case 'hold':
      return { ...controls, [control]: 1 };
    case 'let-go':
      return { ...controls, [control]: 0 };
    case 'put':
      return { ...controls, [control]: act.to };
    case 'turn': {
      const after = (controls[control] ?? 0) + act.by;
      const isTurn = control === 'jog-position' && jogWrap === 'turn';
      const size = isTurn ? JOG_STEPS_PER_TURN : 0x10000;
      return { ...controls, [control]: ((after % size) + size) % size };
    }
  }
}

// ---- hearing the host

function hearWritten(draft: PlayerDraft, packet: Uint8Array, at: Ms): void {
  if (!draft.player.isOn) return;
  const read = readPacket(packet);
  const isHandshake = read.ok && read.kind === 'handshake';
  if (!isPlayerOnline(draft.player) || isHandshake) {
    if (!isHandshake) return violate(draft, read.ok ? `${read.kind} before the login` : 'a packet before the login');
    return goOn(draft, stepPlayerLogin(draft.player.login, packet, at), at);
  }
  draft.player = { ...draft.player, heardAt: at };
  if (!read.ok) {
    if (packet.some(byte => byte !== 0)) violate(draft, read.reason);
    return;
  }
  const { player } = draft;
  if (read.kind === 'control-output') draft.player = { ...player, shown: decodeOutput(packet) ?? player.shown };
  else if (read.kind === 'key') draft.player = { ...player, screen: { ...player.screen, key: decodeKey(packet) } };
  else hearMessage(draft, packet, read.kind, at);
}

function hearMessage(draft: PlayerDraft, packet: Uint8Array, kind: string, at: Ms): void {
  const { partial, joined } = joinMessage(draft.player.partial, packet, at);
  draft.player = { ...draft.player, partial };
  if (joined.kind === 'refused') return violate(draft, `${kind}: ${joined.reason}`);
  if (joined.kind === 'waiting') return;
  const { screen, options } = draft.player;
  const { payload } = joined.message;
  if (kind === 'rows') draft.player = { ...draft.player, screen: { ...screen, rows: decodeRows(payload) } };
  else if (kind === 'artwork') {
    const artwork = decodeArtwork(payload, options.quirks.artworkLength);
    draft.player = { ...draft.player, screen: { ...screen, artwork } };
  } else if (isTextKind(kind)) {
    const texts = { ...screen.texts, [kind]: decodeText(payload).text };
    draft.player = { ...draft.player, screen: { ...screen, texts } };
  }
}

function violate(draft: PlayerDraft, text: string): void {
  const { violations } = draft.player;
  if (violations.length < VIOLATIONS_MOST) draft.player = { ...draft.player, violations: [...violations, text] };
}
