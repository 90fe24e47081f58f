/** Hands at the controls of a surface: each gesture to what the profile has bound to it. Pure. */

import type { Ms } from '../../clock.ts';
import type { Input } from '../../events.ts';
import { DROP_IF_LATE_BY_MS, isMessage, type RuleStep } from '../../rules/rule.ts';
import { type ControlEvent, DOUBLE_PRESS_MS } from '../../surface-control.ts';
import { type ButtonEntry, boundIn, type SurfaceEntry, type WheelEntry } from '../../surfaces/surface-entry.ts';
import { sendByHand } from '../cues.ts';
import type { EngineDraft, EngineState } from '../engine-state.ts';
import type { WaitingPress } from '../hands-at-controls.ts';
import type { Because } from '../intents.ts';
import { actAtControl } from '../operator-actions.ts';
import { subject } from '../show-subject.ts';
import { hearValue } from './control-values.ts';

/** A wheel that jumps, or was turned behind a stall, does no more than this at once. */
const MOST_STEPS_AT_ONCE = 32;

/** Does what the profile has bound to a gesture. */
export function applyControl(draft: EngineDraft, event: ControlEvent, { notBefore }: Input['stamp']): void {
  // What was due before it was done before it.
  settlePresses(draft);
  const entry = draft.program.profile.surfaces.find(({ bridge }) => bridge === event.surface);
  if (entry === undefined) return;
  const { atControls } = draft.state;
  draft.state = { ...draft.state, atControls: { ...atControls, count: atControls.count + 1 } };
  const lateMs = draft.at - notBefore;
  const layer = layerOf(draft, entry, event);
  const bound = boundIn(entry, layer);
  const wheel = bound.wheels.get(event.control);
  const button = bound.buttons.get(event.control);
  const value = bound.values.get(event.control);
  hold(draft, event, layer);
  if (wheel !== undefined) turn(draft, { entry, event, lateMs, layer }, wheel);
  if (button !== undefined) applyButton(draft, { entry, event, lateMs, layer }, button);
  if (value !== undefined) hearValue(draft, { event, layer, stepsPerTurn: value.stepsPerTurn });
}

const keyOf = ({ surface, deck, control }: ControlEvent): string => [surface, deck, control].join('/');

/**
 * The layer that a gesture belongs to; null: to none.
 *
 * Of a button that is held it is the one that it was pressed in, whatever has been let go since: what a press has begun its
 * own release ends.
 */
function layerOf(draft: EngineDraft, { layers }: SurfaceEntry, event: ControlEvent): string | null {
  const { held } = draft.state.atControls;
  const pressedIn = event.gesture === 'press' ? undefined : held.get(keyOf(event));
  if (pressedIn !== undefined) return pressedIn;
  const on = layers.find(
    ({ control, ...bound }) =>
      held.has(keyOf({ ...event, control })) &&
      [bound.buttons, bound.wheels, bound.values].some(each => each.has(event.control)),
  );
  return on?.name ?? null;
}

function hold(draft: EngineDraft, event: ControlEvent, layer: string | null): void {
  if (event.gesture !== 'press' && event.gesture !== 'release') return;
  const { atControls } = draft.state;
  const held = new Map(atControls.held);
  if (event.gesture === 'press') held.set(keyOf(event), layer);
  else held.delete(keyOf(event));
  draft.state = { ...draft.state, atControls: { ...atControls, held } };
}

/** A gesture, and where it is bound. */
interface BoundGesture {
  readonly entry: SurfaceEntry;
  readonly event: ControlEvent;
  readonly lateMs: Ms;
  readonly layer: string | null;
}

function turn(draft: EngineDraft, bound: BoundGesture, wheel: WheelEntry): void {
  const { event } = bound;
  if (event.gesture !== 'turn') return;
  const steps = wheel[event.direction];
  for (let i = 0; i < Math.min(event.count, MOST_STEPS_AT_ONCE); i++) perform(draft, bound, steps);
}

function applyButton(draft: EngineDraft, bound: BoundGesture, button: ButtonEntry): void {
  const { event, lateMs, layer } = bound;
  switch (event.gesture) {
    case 'press':
      if (button.longPress === null && !button.waits) perform(draft, bound, button.press);
      else {
        const untilMs = button.waits ? draft.at + DOUBLE_PRESS_MS : Number.NEGATIVE_INFINITY;
        setWaiting(draft, waiting => [
          ...waiting,
          { event, layer, lateMs, untilMs, isHeld: button.longPress !== null },
        ]);
      }
      return;
    case 'double-press':
      // Both of its presses are part of it; where none waits they have been done.
      if (button.waits) setWaiting(draft, waiting => waiting.filter(press => !isSame(press.event, event)));
      perform(draft, bound, button.doublePress);
      return;
    case 'long-press':
      setWaiting(draft, waiting => waiting.filter(press => !press.isHeld || !isSame(press.event, event)));
      perform(draft, bound, button.longPress);
      return;
    case 'release':
      letGo(draft, event, event.isGone || event.wasLong);
      // Whatever it was: what a press has begun is to end.
      if (button.release !== null) doSteps(draft, bound, button.release, whereOf(event, 0));
      return;
  }
}

/** A button is held no more: its press was a short one, or none at all. */
function letGo(draft: EngineDraft, event: ControlEvent, isTakenBack: boolean): void {
  setWaiting(draft, waiting =>
    waiting.flatMap(press => {
      if (!press.isHeld || !isSame(press.event, event)) return [press];
      return isTakenBack ? [] : [{ ...press, isHeld: false }];
    }),
  );
  settlePresses(draft);
}

const isSame = (a: ControlEvent, b: ControlEvent): boolean =>
  a.surface === b.surface && a.deck === b.deck && a.control === b.control;

function setWaiting(draft: EngineDraft, change: (waiting: readonly WaitingPress[]) => readonly WaitingPress[]): void {
  const { atControls } = draft.state;
  draft.state = { ...draft.state, atControls: { ...atControls, waiting: change(atControls.waiting) } };
}

/** Presses that wait for nothing any more. */
export function settlePresses(draft: EngineDraft): void {
  const { at } = draft;
  const due = draft.state.atControls.waiting.filter(press => isDue(press, at));
  if (due.length === 0) return;
  setWaiting(draft, waiting => waiting.filter(press => !isDue(press, at)));
  for (const { event, lateMs, layer } of due) {
    const entry = draft.program.profile.surfaces.find(({ bridge }) => bridge === event.surface);
    if (entry === undefined) continue;
    // Another profile may have come meanwhile.
    const button = boundIn(entry, layer).buttons.get(event.control);
    if (button !== undefined) perform(draft, { entry, event, lateMs, layer }, button.press);
  }
}

/** A second press at that very moment still makes it a double one. */
const isDue = ({ isHeld, untilMs }: WaitingPress, at: Ms): boolean => !isHeld && at > untilMs;

/** When a press has to be settled; null: none waits for a time. */
export function pressDueAt({ atControls: { waiting } }: EngineState): Ms | null {
  const times = waiting.flatMap(({ isHeld, untilMs }) => (isHeld ? [] : [untilMs + 1]));
  return times.length === 0 ? null : Math.min(...times);
}

function perform(draft: EngineDraft, bound: BoundGesture, steps: readonly RuleStep[] | null): void {
  if (steps === null) return;
  const { entry, event, lateMs } = bound;
  if (entry.dropIfLateByMs !== null && lateMs > entry.dropIfLateByMs) {
    const because = becauseOf(event, whereOf(event, 0));
    draft.dropped.push({ because, trueTime: draft.at - lateMs, reason: { kind: 'late', lateMs } });
    return;
  }
  doSteps(draft, bound, steps, whereOf(event, lateMs));
}

/** `play-pause of booth`; with how long ago it may have been, where that is long. */
function whereOf({ control, surface }: ControlEvent, lateMs: Ms): string {
  const late = lateMs > DROP_IF_LATE_BY_MS ? `, up to ${Math.round(lateMs)} ms ago` : '';
  return `${control} of ${surface}${late}`;
}

const becauseOf = ({ control, gesture }: ControlEvent, place: string): Because => ({
  rule: `${control} ${gesture}`,
  deck: null,
  place,
  phase: 'fire',
});

function doSteps(draft: EngineDraft, { event }: BoundGesture, steps: readonly RuleStep[], where: string): void {
  const cause = [event.surface, event.deck, event.control, event.gesture, draft.state.atControls.count].join('/');
  const control = [event.surface, event.deck, event.control].join('/');
  for (const step of steps) {
    if (!isMessage(step)) actAtControl(draft, step.act, { place: where, cause, control });
    else {
      sendByHand(draft, { because: becauseOf(event, where), cause, actions: [step], deck: subject(draft.state) });
    }
  }
}
