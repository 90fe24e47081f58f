/**
 * Reports of a player to what hands did: each report has the whole state, and what differs from the last one are gestures.
 * Pure, told the time; one state for each deck of a surface.
 *
 * Nothing in a report says when it was made. After a stall of this program several come at once: what they say in turn is
 * told in turn, so that no press is lost and none comes twice, and lengths that cannot be known are not claimed.
 */
import type { Field } from '../../src/bytes/fields.ts';
import type { Ms, Stamp } from '../../src/core/clock.ts';
import { DOUBLE_PRESS_MS, type Gesture } from '../../src/core/surface-control.ts';
import { decodeInput } from './codec.ts';
import {
  INPUT_IDS,
  type InputId,
  inputControl,
  JOG_DIRECTIONS,
  JOG_STEPS_PER_TURN,
} from './controls/input-controls.ts';
import type { InputValues } from './layout.ts';
import type { CdjQuirks } from './quirks.ts';

export const LONG_PRESS_MS: Ms = 600;
/** Values and turns of the jog wheel are told at most so often. */
export const VALUE_EVERY_MS: Ms = 20;
/** A wake that comes this much late was held up: reports may be waiting behind it. */
const LATE_WAKE_MS: Ms = 50;
/** Reports of a player come at least so often, as far as anybody guesses [D control]. */
const STEADY_REPORTS_MS: Ms = 100;
/** So long they are given to be heard before a button counts as still held. */
const DRAIN_MS: Ms = 20;

/** How far a control has to move from where it was last told, in its own steps; the ends and the centre are always told. */
const DEAD_BANDS: Readonly<Partial<Record<InputId, number>>> = {
  'vinyl-speed-touch': 2,
  'vinyl-speed-release': 2,
  'tempo-slider': 2,
  'needle-search-position': 2,
};

/** Wheels whose turns are many small steps: they are added up and told at the pace of values. */
const WHEELS: readonly InputId[] = ['jog-position'];

export type InputQuirks = Pick<CdjQuirks, 'libraryView' | 'tempoSlider' | 'jogWrap' | 'needle'>;

interface HeldButton {
  readonly pressedAt: Ms;
  /** When it counts as a long press; null: it has been told. */
  readonly longDueAt: Ms | null;
}

interface PacedValue {
  /** What was told last, raw; null: nothing since the first report. */
  readonly told: number;
  /** When something may be told again. */
  readonly freeAt: Ms;
}

/** Steps of a wheel that were not told yet, and in what time they were made. */
interface WheelSteps {
  readonly steps: number;
  readonly since: Ms;
  readonly until: Ms;
  readonly dueAt: Ms;
}

export interface DeckInput {
  /** The last report; null: none yet, the next one is where it begins. */
  readonly values: InputValues | null;
  /** Its bytes: most reports are as the one before. */
  readonly packet: Uint8Array;
  /** When it came. */
  readonly heardAt: Ms;
  readonly held: ReadonlyMap<InputId, HeldButton>;
  /** When a button was last pressed, not before: what a second press is measured from. */
  readonly pressed: ReadonlyMap<InputId, Ms>;
  readonly paced: ReadonlyMap<InputId, PacedValue>;
  readonly turning: ReadonlyMap<InputId, WheelSteps>;
}

export const NO_INPUT: DeckInput = {
  values: null,
  packet: new Uint8Array(0),
  heardAt: 0,
  held: new Map(),
  pressed: new Map(),
  paced: new Map(),
  turning: new Map(),
};

export type HandGesture = { readonly control: InputId } & Gesture;

export interface InputStep {
  readonly input: DeckInput;
  readonly gestures: readonly HandGesture[];
}

/** A step under way: maps are copied when they are first written. */
interface InputDraft {
  readonly quirks: InputQuirks;
  readonly stamp: Stamp;
  /** When the report before this one came. */
  readonly heardAt: Ms;
  readonly gestures: HandGesture[];
  readonly held: Map<InputId, HeldButton>;
  readonly pressed: Map<InputId, Ms>;
  readonly paced: Map<InputId, PacedValue>;
  readonly turning: Map<InputId, WheelSteps>;
}

const draftOf = (input: DeckInput, stamp: Stamp, quirks: InputQuirks): InputDraft => ({
  quirks,
  stamp,
  heardAt: input.heardAt,
  gestures: [],
  held: new Map(input.held),
  pressed: new Map(input.pressed),
  paced: new Map(input.paced),
  turning: new Map(input.turning),
});

const settled = (draft: InputDraft, report: Pick<DeckInput, 'values' | 'packet' | 'heardAt'>): InputStep => {
  const { gestures, held, pressed, paced, turning } = draft;
  const { values, packet, heardAt } = report;
  return { input: { values, packet, heardAt, held, pressed, paced, turning }, gestures };
};

/** Takes in a report. The first one is where it begins: what is held then is no press. */
export function hearReport(
  input: DeckInput,
  packet: Uint8Array,
  stamp: Stamp,
  { fields, quirks }: { readonly fields: ReadonlyMap<InputId, Field<number>>; readonly quirks: InputQuirks },
): InputStep {
  const before = input.values;
  if (before !== null && packet.every((byte, i) => byte === input.packet[i])) {
    return { input: { ...input, heardAt: stamp.at }, gestures: [] };
  }
  const report = { values: decodeInput(fields, packet), packet, heardAt: stamp.at };
  const { values } = report;
  const changed = before === null ? [] : INPUT_IDS.filter(id => values[id] !== before[id]);
  if (before === null || changed.length === 0) return { input: { ...input, ...report }, gestures: [] };
  const draft = draftOf(input, stamp, quirks);
  // Buttons first: a touch says whether the place that comes with it counts.
  for (const id of changed) if (inputControl(id).kind === 'button') changeButton(draft, id, values);
  for (const id of changed) changeValue(draft, id, before, values);
  return settled(draft, report);
}

/** Tells what has become due: presses that are long now, values and turns that were held back. */
export function passTime(input: DeckInput, at: Ms, quirks: InputQuirks): InputStep {
  const due = inputDueAt(input);
  if (due === null || at < due) return { input, gestures: [] };
  const draft = draftOf(input, { notBefore: at, at }, quirks);
  for (const [id, button] of input.held) {
    if (button.longDueAt === null || at < button.longDueAt) continue;
    if (at - button.longDueAt > LATE_WAKE_MS) {
      // Its release may be among what waits to be heard.
      draft.held.set(id, { ...button, longDueAt: at + DRAIN_MS });
      continue;
    }
    draft.held.set(id, { ...button, longDueAt: null });
    draft.gestures.push({ control: id, gesture: 'long-press' });
  }
  for (const id of input.turning.keys()) tellTurn(draft, id);
  if (input.values !== null) {
    for (const id of input.paced.keys()) tellValue(draft, id, input.values);
  }
  return settled(draft, input);
}

/** When to look again though no report comes; null: there is nothing to wait for. */
export function inputDueAt({ held, paced, turning, values }: DeckInput): Ms | null {
  const times = [
    ...[...held.values()].map(({ longDueAt }) => longDueAt),
    ...[...turning.values()].map(({ dueAt }) => dueAt),
    ...[...paced].map(([id, value]) => (isNews(id, value.told, values?.[id] ?? value.told) ? value.freeAt : null)),
  ].filter(time => time !== null);
  return times.length === 0 ? null : Math.min(...times);
}

/** The surface is gone: what a press was told of is released, and the next report is where it begins. */
export function loseInput(input: DeckInput, at: Ms): InputStep {
  const gestures = [...input.held].map(([id, { pressedAt, longDueAt }]): HandGesture => {
    return { control: id, gesture: 'release', heldMs: at - pressedAt, wasLong: longDueAt === null, isGone: true };
  });
  return { input: NO_INPUT, gestures };
}

function changeButton(draft: InputDraft, id: InputId, values: InputValues): void {
  const { stamp, held, pressed, gestures } = draft;
  if (values[id] === 1) {
    gestures.push({ control: id, gesture: 'press' });
    held.set(id, { pressedAt: stamp.at, longDueAt: stamp.at + LONG_PRESS_MS });
    const last = pressed.get(id);
    // Told only where even the longest time that may lie between the two is short enough.
    if (last !== undefined && stamp.at - last <= DOUBLE_PRESS_MS) {
      gestures.push({ control: id, gesture: 'double-press' });
      pressed.delete(id);
    } else pressed.set(id, stamp.notBefore);
    if (id === 'needle-search-touch') tellPlace(draft, values);
    return;
  }
  const button = held.get(id);
  // Held since before the first report: no press was told of it.
  if (button === undefined) return;
  held.delete(id);
  const { pressedAt, longDueAt } = button;
  const wasLong = longDueAt === null;
  gestures.push({ control: id, gesture: 'release', heldMs: stamp.at - pressedAt, wasLong, isGone: false });
}

/** Where a finger came down is news, though it be the place of the last one. */
function tellPlace(draft: InputDraft, values: InputValues): void {
  const id = 'needle-search-position';
  const raw = values[id];
  if (raw === undefined || draft.quirks.needle === 'always') return;
  draft.gestures.push({ control: id, gesture: 'value', value: controlValue(id, raw, draft.quirks) });
  draft.paced.set(id, { told: raw, freeAt: draft.stamp.at + VALUE_EVERY_MS });
}

function changeValue(draft: InputDraft, id: InputId, before: InputValues, values: InputValues): void {
  const [raw = 0, rawBefore = 0] = [values[id], before[id]];
  switch (inputControl(id).kind) {
    case 'button':
      return;
    case 'flag':
      draft.gestures.push({ control: id, gesture: 'value', value: controlValue(id, raw, draft.quirks) });
      return;
    case 'direction': {
      const [value, valueBefore] = [controlValue(id, raw, draft.quirks), controlValue(id, rawBefore, draft.quirks)];
      if (value !== valueBefore) draft.gestures.push({ control: id, gesture: 'value', value });
      return;
    }
    case 'counter':
      return turn(draft, id, stepsBetween(rawBefore, raw, id, draft.quirks));
    case 'dial':
    case 'slider':
    case 'magnitude':
      if (!draft.paced.has(id)) draft.paced.set(id, { told: rawBefore, freeAt: draft.stamp.at });
      return tellValue(draft, id, values);
  }
}

/** Steps from one place of a counter to the next, by the shorter way round. */
function stepsBetween(from: number, to: number, id: InputId, { jogWrap }: InputQuirks): number {
  const steps = ((to - from + 0x8000) & 0xffff) - 0x8000;
  const isWithinTurn = from < JOG_STEPS_PER_TURN && to < JOG_STEPS_PER_TURN;
  if (id !== 'jog-position' || jogWrap === 'word' || !isWithinTurn) return steps;
  if (steps > JOG_STEPS_PER_TURN / 2) return steps - JOG_STEPS_PER_TURN;
  return steps < -JOG_STEPS_PER_TURN / 2 ? steps + JOG_STEPS_PER_TURN : steps;
}

function turn(draft: InputDraft, id: InputId, steps: number): void {
  const { at } = draft.stamp;
  if (!WHEELS.includes(id)) {
    draft.gestures.push(turnGesture(id, steps, null));
    return;
  }
  const before = draft.turning.get(id);
  // These steps were made since the report before, or it is long ago and was the last before the wheel stood still.
  const since = before?.since ?? Math.max(draft.heardAt, at - STEADY_REPORTS_MS);
  const dueAt = before?.dueAt ?? at + VALUE_EVERY_MS;
  draft.turning.set(id, { steps: (before?.steps ?? 0) + steps, since, until: at, dueAt });
  tellTurn(draft, id);
}

function tellTurn(draft: InputDraft, id: InputId): void {
  const { at } = draft.stamp;
  const sum = draft.turning.get(id);
  if (sum === undefined || at < sum.dueAt) return;
  draft.turning.delete(id);
  // Forth and back again within the pace is no turn.
  if (sum.steps === 0) return;
  const seconds = Math.max(sum.until - sum.since, 1) / 1000;
  draft.gestures.push(turnGesture(id, sum.steps, Math.abs(sum.steps) / JOG_STEPS_PER_TURN / seconds));
}

const turnGesture = (control: InputId, steps: number, turnsPerSecond: number | null): HandGesture => ({
  control,
  gesture: 'turn',
  count: Math.abs(steps),
  direction: steps > 0 ? 'forward' : 'reverse',
  turnsPerSecond,
});

/** Far enough from what was told last, or at an end or the centre where it was not before. */
function isNews(id: InputId, told: number, raw: number): boolean {
  if (raw === told) return false;
  const { least, most } = inputControl(id);
  return raw === least || raw === most || raw === 0 || Math.abs(raw - told) >= (DEAD_BANDS[id] ?? 1);
}

function tellValue(draft: InputDraft, id: InputId, values: InputValues): void {
  const { at } = draft.stamp;
  const raw = values[id];
  const last = draft.paced.get(id);
  if (raw === undefined || last === undefined || at < last.freeAt || !isNews(id, last.told, raw)) return;
  const isBlind = id === 'needle-search-position' && draft.quirks.needle === 'touched';
  draft.paced.set(id, { told: raw, freeAt: at + VALUE_EVERY_MS });
  if (isBlind && values['needle-search-touch'] !== 1) return;
  draft.gestures.push({ control: id, gesture: 'value', value: controlValue(id, raw, draft.quirks) });
}

/** A dial from 0 to 1, a slider from -1 to 1, a direction as a word, a state as true or false; a speed as it was sent. */
export function controlValue(id: InputId, raw: number, quirks: InputQuirks): number | string | boolean {
  const { kind, most } = inputControl(id);
  switch (kind) {
    case 'dial':
      return Math.min(raw / most, 1);
    case 'slider': {
      const value = Math.max(-1, Math.min(raw / most, 1));
      // Not -0: what was sent as 0 is told as 0.
      return quirks.tempoSlider === 'inverted' ? 0 - value : value;
    }
    case 'direction':
      return JOG_DIRECTIONS[raw] ?? 'still';
    case 'flag':
      return (raw === 1) !== (quirks.libraryView === 'inverted');
    case 'button':
    case 'counter':
    case 'magnitude':
      return raw;
  }
}
