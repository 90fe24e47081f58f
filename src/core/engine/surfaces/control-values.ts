/**
 * Messages that follow a slider, a dial or a wheel: told as it moves, no more often than they are given, and at its end where
 * it has come to. A bridge that is held back, or was not there, is told where a control stands as soon as it hears again. Pure.
 */
import type { Ms } from '../../clock.ts';
import { isHeldBack } from '../../operator-state.ts';
import { scopeOf } from '../../rules/fact-values.ts';
import type { Action } from '../../rules/rule.ts';
import { fill } from '../../rules/template.ts';
import type { ControlEvent } from '../../surface-control.ts';
import { boundIn, type ValueEntry } from '../../surfaces/surface-entry.ts';
import type { EngineDraft } from '../engine-state.ts';
import type { ControlValue, FollowedControl } from '../hands-at-controls.ts';
import { subject } from '../show-subject.ts';

/** A wheel that was not turned for so long stands: twice the time in which a player that is slow reports. */
const STANDS_AFTER_MS: Ms = 200;

/** Places are quotients: one that is just as far as the dead band is far enough. */
const ROUNDING = 1e-9;

interface MovedControl {
  readonly event: ControlEvent;
  readonly layer: string | null;
  readonly stepsPerTurn: number | null;
}

/** Takes in where a control stands; what follows it is told by the end of the step. */
export function hearValue(draft: EngineDraft, { event, layer, stepsPerTurn }: MovedControl): void {
  const moved = movedBy(event, stepsPerTurn);
  if (moved === null) return;
  const key = [event.surface, event.deck, event.control, layer ?? ''].join('/');
  const before = draft.state.atControls.followed.get(key);
  const isTurned = moved.turnsPerSecond !== null;
  const untold = isTurned && typeof before?.value === 'number' ? before.value : 0;
  setFollowed(draft, key, {
    surface: event.surface,
    control: event.control,
    layer,
    value: isTurned ? untold + (moved.value as number) : moved.value,
    turnsPerSecond: moved.turnsPerSecond,
    movedAt: draft.at,
    toldAt: before?.toldAt ?? Number.NEGATIVE_INFINITY,
    told: before?.told ?? [],
  });
}

/** null: the gesture says nothing of where it stands. */
function movedBy(
  event: ControlEvent,
  stepsPerTurn: number | null,
): Pick<FollowedControl, 'value' | 'turnsPerSecond'> | null {
  if (event.gesture === 'value') return { value: event.value, turnsPerSecond: null };
  if (event.gesture !== 'turn' || stepsPerTurn === null) return null;
  const sign = event.direction === 'forward' ? 1 : -1;
  return { value: (sign * event.count) / stepsPerTurn, turnsPerSecond: sign * (event.turnsPerSecond ?? 0) };
}

function setFollowed(draft: EngineDraft, key: string, control: FollowedControl): void {
  const { atControls } = draft.state;
  const followed = new Map(atControls.followed).set(key, control);
  draft.state = { ...draft.state, atControls: { ...atControls, followed } };
}

/** Tells what is due. @returns when more of it is; null: when something is heard */
export function tellValues(draft: EngineDraft): Ms | null {
  let next = Infinity;
  for (const [key, control] of draft.state.atControls.followed) {
    const entry = entryOf(draft, control);
    if (entry === null) continue;
    const told = tell(draft, control, entry);
    if (told.control !== control) setFollowed(draft, key, told.control);
    next = Math.min(next, told.dueAt ?? Infinity);
  }
  return Number.isFinite(next) ? next : null;
}

/** null: by the profile of now nothing follows it. */
function entryOf({ program }: EngineDraft, { surface, layer, control }: FollowedControl): ValueEntry | null {
  const entry = program.profile.surfaces.find(({ bridge }) => bridge === surface);
  return entry === undefined ? null : (boundIn(entry, layer).values.get(control) ?? null);
}

interface Told {
  readonly control: FollowedControl;
  readonly dueAt: Ms | null;
}

function tell(draft: EngineDraft, control: FollowedControl, entry: ValueEntry): Told {
  return control.turnsPerSecond === null ? tellPlace(draft, control, entry) : tellTurns(draft, control, entry);
}

function tellPlace(draft: EngineDraft, control: FollowedControl, entry: ValueEntry): Told {
  const { value, toldAt } = control;
  const isDue = (action: Action, i: number): boolean =>
    !isHeldBack(draft.state.hands, action.bridge) && isNews(control.told[i] ?? null, value, entry.deadBand);
  if (!entry.do.some(isDue)) return { control, dueAt: null };
  const freeAt = toldAt + entry.everyMs;
  if (draft.at < freeAt) return { control, dueAt: freeAt };
  const told = entry.do.map((action, i) => {
    if (!isDue(action, i)) return control.told[i] ?? null;
    say(draft, action, control);
    return value;
  });
  return { control: { ...control, told, toldAt: draft.at }, dueAt: null };
}

/** Far enough from what was told, or at an end or the centre. */
function isNews(told: ControlValue | null, value: ControlValue, deadBand: number): boolean {
  if (Object.is(told, value)) return false;
  if (typeof told !== 'number' || typeof value !== 'number') return true;
  return value === 0 || Math.abs(value) === 1 || Math.abs(value - told) >= deadBand - ROUNDING;
}

/** Turns are told once: what a bridge that is held back has missed is gone. A wheel that stands by now says so. */
function tellTurns(draft: EngineDraft, control: FollowedControl, entry: ValueEntry): Told {
  const { at } = draft;
  const { value, turnsPerSecond, movedAt, toldAt } = control;
  if (turnsPerSecond === 0 && value === 0) return { control, dueAt: null };
  const standsAt = movedAt + STANDS_AFTER_MS;
  const isFarEnough = typeof value === 'number' && value !== 0 && Math.abs(value) >= entry.deadBand - ROUNDING;
  const freeAt = toldAt + entry.everyMs;
  if (isFarEnough && at >= freeAt) {
    sayToAll(draft, entry, control);
    return { control: { ...control, value: 0, toldAt: at }, dueAt: standsAt };
  }
  if (at < standsAt) return { control, dueAt: isFarEnough ? Math.min(freeAt, standsAt) : standsAt };
  const standing = { ...control, value: 0, turnsPerSecond: 0, toldAt: at };
  sayToAll(draft, entry, standing);
  return { control: standing, dueAt: null };
}

function sayToAll(draft: EngineDraft, entry: ValueEntry, control: FollowedControl): void {
  for (const action of entry.do) if (!isHeldBack(draft.state.hands, action.bridge)) say(draft, action, control);
}

/** A message with a value that is not known does not leave: the next one may. */
function say(draft: EngineDraft, { bridge, message, roots }: Action, control: FollowedControl): void {
  // The table says a number of what may be a word or a truth as well.
  const values = { value: control.value as number, turnsPerSecond: control.turnsPerSecond };
  const { state, at } = draft;
  const filling = fill(message, scopeOf(state.show, { deck: subject(state), control: values }, roots, at));
  if (filling.ok) draft.intents.push({ kind: 'follow', bridge, message: filling.value });
}

/** A bridge that has missed something is told anew where controls stand. */
export function forgetTold(draft: EngineDraft, bridge: string): void {
  const { atControls } = draft.state;
  const followed = new Map<string, FollowedControl>();
  for (const [key, control] of atControls.followed) {
    const entry = entryOf(draft, control);
    const told = control.told.map((value, i) => (entry?.do[i]?.bridge === bridge ? null : value));
    followed.set(key, { ...control, told });
  }
  if (followed.size > 0) draft.state = { ...draft.state, atControls: { ...atControls, followed } };
}
