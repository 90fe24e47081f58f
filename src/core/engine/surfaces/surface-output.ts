/**
 * Lamps and screens of surfaces: what they should show now, sent as far as it differs from what they have been told.
 *
 * Lamps are looked at in every step of the engine. Texts, rows and clocks are looked at ten times a second at most.
 */
import type { Ms } from '../../clock.ts';
import { nextRunEnd } from '../../cue-lists/cue-runs.ts';
import { type Deck, isStale } from '../../deck/deck.ts';
import { masterOf } from '../../deck/decks.ts';
import { timeOfPlace } from '../../deck/line.ts';
import { positionAt } from '../../deck/position.ts';
import { isHeldBack } from '../../operator-state.ts';
import { isTrue, type Scope, type Value } from '../../rules/expression.ts';
import { scopeOf } from '../../rules/fact-values.ts';
import { showFactOf } from '../../rules/show-facts.ts';
import type { Filled } from '../../rules/template.ts';
import { type Shown, type ShownBeat, type SurfaceShown, shownChanges } from '../../surfaces/shown.ts';
import type { LampEntry } from '../../surfaces/surface-entry.ts';
import type { SurfaceReading } from '../../surfaces/surface-reading.ts';
import { toCoordinate } from '../../track/track.ts';
import type { EngineDraft, EngineState } from '../engine-state.ts';
import { listFacts } from '../list-facts.ts';
import { subject } from '../show-subject.ts';
import { screenShown } from './surface-screen.ts';

const NOTHING_TOLD: SurfaceShown = { told: {}, screenAt: Number.NEGATIVE_INFINITY, screen: {} };

/** Texts, rows and clocks are looked at this often at most. */
const SCREEN_EVERY_MS: Ms = 100;

/** Shows what is so on every surface. @returns when to look again though nothing is heard; null: only then */
export function showOnSurfaces(draft: EngineDraft): Ms | null {
  const { at, program } = draft;
  if (program.readings.length === 0 && draft.state.surfaces.size === 0) return null;
  const surfaces = new Map<string, SurfaceShown>();
  const isPlaying = [...draft.state.show.decks.values()].some(deck => deck.isPlaying && !isStale(deck, at));
  goDark(draft);
  let next = nextRunEnd(draft.state.cueRuns, at) ?? Infinity;
  for (const reading of program.readings) {
    const { bridge, screen } = reading.surface;
    const before = draft.state.surfaces.get(bridge) ?? NOTHING_TOLD;
    const scope = surfaceScope(draft, reading);
    const isTurn = at >= before.screenAt + SCREEN_EVERY_MS;
    const turnAt = isTurn ? at : before.screenAt;
    const shown = screen !== null && isTurn ? screenShown(draft, screen, scope) : before.screen;
    const wanted: Shown = {
      ...shown,
      ...lampsShown(reading, scope),
      ...(reading.pulses ? { beat: beatOf(draft) } : {}),
      // Said once a unit was there, and is so no longer: nobody must take its last state for what is so.
      'link-alarm': draft.state.lostUnits.size > 0,
    };
    const changes = shownChanges(before.told, wanted, at);
    if (changes !== null) draft.intents.push({ kind: 'show', bridge, shown: changes });
    const told = changes === null ? before.told : { ...before.told, ...changes };
    surfaces.set(bridge, { told, screen: shown, screenAt: turnAt });
    // A part that was not looked at now may have changed; a part that moves does so by itself.
    if ((screen !== null && !isTurn) || (reading.moves && isPlaying)) next = Math.min(next, turnAt + SCREEN_EVERY_MS);
  }
  draft.state = { ...draft.state, surfaces };
  return Number.isFinite(next) ? next : null;
}

/** Surfaces on which nothing is shown any more, by another profile. */
function goDark(draft: EngineDraft): void {
  const kept = new Set(draft.program.readings.map(({ surface }) => surface.bridge));
  for (const [bridge, { told }] of draft.state.surfaces) {
    const changes = kept.has(bridge) ? null : shownChanges(told, {}, draft.at);
    if (changes !== null) draft.intents.push({ kind: 'show', bridge, shown: changes });
  }
}

function surfaceScope(draft: EngineDraft, { roots, ofShow }: SurfaceReading): Scope {
  const scope: Record<string, Value | Scope> = {
    ...scopeOf(draft.state.show, { deck: subject(draft.state) }, roots, draft.at),
  };
  const records: Record<string, Record<string, Record<string, Value>>> = {};
  for (const path of ofShow) {
    const found = showFactOf(path);
    if (found === null) continue;
    const { root, name, member } = found;
    records[root] ??= {};
    records[root][name] ??= {};
    records[root][name][member] = showValue(draft, found);
  }
  return Object.assign(scope, records);
}

function showValue(
  { state, program, at }: EngineDraft,
  { root, name, member }: NonNullable<ReturnType<typeof showFactOf>>,
): Value {
  switch (root) {
    case 'cue':
      return cueValue({ state, program, at }, name, member);
    case 'list': {
      const list = program.profile.lists.find(each => each.name === name);
      if (list === undefined) return null;
      const { step, next, isRunning } = listFacts(state, list);
      return { step, next, isRunning, isArmed: next !== null, isDone: next === null }[member] ?? null;
    }
    case 'bridge':
      return state.bridgesReady.get(name) ?? null;
    case 'timecode':
      return state.timecodes.get(name)?.run ?? null;
  }
}

function cueValue(
  { state, program, at }: Pick<EngineDraft, 'state' | 'program' | 'at'>,
  name: string,
  member: string,
): Value {
  const { profile } = program;
  const run = state.cueRuns.get(name);
  switch (member) {
    case 'isArmed':
      return profile.lists.some(list => stepsOf(state, list).armed?.cue === name);
    case 'isRunning':
      return (
        (run !== undefined && at < run.untilMs) ||
        profile.lists.some(list => stepsOf(state, list).current?.cue === name)
      );
    case 'isFailed':
      return run?.isFailed ?? false;
    default:
      return (profile.cues.get(name) ?? []).some(({ bridge }) => isHeldBack(state.hands, bridge));
  }
}

function stepsOf(state: EngineState, list: EngineDraft['program']['profile']['lists'][number]) {
  const place = state.lists.get(list.name);
  const stepAt = (index: number | null | undefined) => (index == null ? null : (list.steps[index] ?? null));
  return { armed: stepAt(place === undefined ? 0 : place.armed), current: stepAt(place?.current) };
}

function lampsShown({ surface }: SurfaceReading, scope: Scope): Shown {
  const shown: Record<string, Filled> = {};
  for (const [id, lamp] of surface.lamps) shown[id] = lampState(lamp, scope);
  return shown;
}

function lampState({ on, blink, pulse }: LampEntry, scope: Scope): string {
  if (on !== null && isTrue(on.evaluate(scope))) return 'on';
  if (blink !== null && isTrue(blink.evaluate(scope))) return 'blink';
  return pulse !== null && isTrue(pulse.evaluate(scope)) ? 'pulse' : 'off';
}

/** The beats of the deck that the show is about, or of the master; null: there are none now. */
function beatOf({ state, at }: EngineDraft): ShownBeat | null {
  return [subject(state), masterOf(state.show)].map(deck => beatsOn(deck, at)).find(beat => beat !== null) ?? null;
}

function beatsOn(deck: Deck | null, at: Ms): ShownBeat | null {
  if (deck === null || deck.line === null || deck.track === null || !deck.isPlaying) return null;
  const { beat } = positionAt(deck, at);
  const timeOf = (place: number): Ms | null => {
    const coordinate = toCoordinate(deck.track as NonNullable<Deck['track']>, deck.line?.coordinate ?? 'beats', place);
    return coordinate === null || deck.line === null ? null : timeOfPlace(deck.line, coordinate);
  };
  const next = beat === null ? null : timeOf(Math.floor(beat) + 1);
  const second = beat === null ? null : timeOf(Math.floor(beat) + 2);
  return next === null || second === null || second <= next ? null : { at: next, periodMs: second - next };
}
