/** The live end of the engine: the inbox, the one timer, and the hand-over of what leaves to the bridges. */
import type { Cancel, Clock, Ms, Stamp } from '../core/clock.ts';
import {
  type Answer,
  begin,
  type EngineState,
  type EngineStepped,
  type Program,
  prepare,
  type StartState,
} from '../core/engine/engine-state.ts';
import type { CueIntent, Dropped, Intent } from '../core/engine/intents.ts';
import { type Outcome, withAbsent } from '../core/engine/outcome.ts';
import type { RestartState } from '../core/engine/restart-state.ts';
import { reload, skipStep, step } from '../core/engine/step.ts';
import type { Input, ShowEvent } from '../core/events.ts';
import type { Profile } from '../core/profile.ts';
import type { TrackBook } from '../core/track/track-book.ts';
import { deliver, type OutputPath } from './delivery.ts';

export interface Engine {
  /** The inbox. */
  emit(source: string, event: ShowEvent, stamp: Stamp): void;
  /** Looks at the show again, as its own timer does. */
  wake(at: Ms): void;
  /** Goes on by another profile, between two events. */
  reload(profile: Profile, at: Ms): void;
  /** A bridge has to be told all that stands as soon as it is ready: it has been opened anew, or its device was away. */
  missed(bridge: string): void;
  /** A bridge can send, or can again. */
  ready(bridge: string): void;
  /** The state after the last step, for status and trace. */
  state(): EngineState;
  program(): Program;
  /** Stops the timer; bridges are closed by who opened them. */
  stop(): void;
}

/** A cue on its way out, told to whoever listens: the status, the trace, a transcript. */
export interface Departure {
  readonly at: Ms;
  readonly intent: CueIntent;
}

/** A moment that came, told once it is known whether its bridges took what it said. */
export interface Arrived {
  /** Of the packet, or of the timer, that brought it up. */
  readonly at: Ms;
  readonly outcome: Outcome;
  /** When all of it had been handed over. */
  readonly handedOverAt: Ms;
  readonly by: 'packet' | 'timer';
}

export interface Watcher {
  /** An event has come in; it is told before anything is made of it. */
  received(input: Input): void;
  /** The timer has woken the engine. */
  woke(at: Ms): void;
  /** Keeps the memory on disk before anything leaves. */
  remember(memory: RestartState): void;
  /** The decks have taught something of their tracks, to be kept for other evenings. */
  learnt(book: TrackBook): void;
  sent(departure: Departure): void;
  dropped(dropped: Dropped, at: Ms): void;
  /** A bridge could not take a message though it could before, or the other way round. */
  took(bridge: string, isThere: boolean, at: Ms): void;
  /** A moment has come. */
  came(arrival: Arrived): void;
  answered(answer: Answer, at: Ms): void;
}

/** A step that threw: a mistake of this program. */
export interface StepFault {
  readonly at: Ms;
  readonly error: Error;
  /** null: the timer had woken the engine, or another profile had come. */
  readonly input: Input | null;
}

/** Listens to nothing; to be spread into one that listens to little. */
export const NO_WATCHER: Watcher = {
  received() {},
  woke() {},
  remember() {},
  learnt() {},
  sent() {},
  dropped() {},
  took() {},
  came() {},
  answered() {},
};

export interface EngineSetup {
  readonly profile: Profile;
  readonly clock: Clock;
  /** null: there is no such bridge now; `dry run`: there is, and nothing is sent to it. */
  readonly pathTo: (bridge: string) => OutputPath | 'dry run' | null;
  readonly watcher: Watcher;
  /** Told of a step that could not be made; the show goes on as if its input had not come. */
  readonly failed: (fault: StepFault) => void;
  readonly beginnings: StartState;
  /** Outcomes of what is sent say what its condition was, too; not unless said. */
  readonly explains?: boolean;
}

/** After a step that failed at the timer it is tried again this much later: a fault must not spin. */
const RETRY_AFTER_FAULT_MS: Ms = 100;

/** State of the engine between two steps. */
interface Held {
  readonly setup: EngineSetup;
  program: Program;
  state: EngineState;
  /** Of the last step: time never goes back, whatever the stamps say. */
  lastAt: Ms;
  cancelWake: Cancel;
  isStopped: boolean;
  /** Bridges that could not take the last message that was handed to them. */
  readonly absent: Set<string>;
  /** The last step could not be made. */
  isFaulty: boolean;
  /** Bridges that something could not be handed over to. */
  readonly missed: Set<string>;
}

export function startEngine(setup: EngineSetup): Engine {
  const { clock } = setup;
  const program = prepare(setup.profile, setup.beginnings.library, setup.explains);
  const startsAt = clock.now();
  const held: Held = {
    setup,
    program,
    state: begin(program, setup.beginnings, startsAt),
    lastAt: startsAt,
    cancelWake() {},
    isStopped: false,
    absent: new Set(),
    isFaulty: false,
    missed: new Set(),
  };
  // A list that an earlier run has left counts on before anything is heard, and surfaces show what is so.
  const counts = [...held.state.lists.values()].some(({ follow }) => follow !== null);
  if (counts || program.readings.length > 0) wakeAt(held, startsAt);
  return {
    emit: (source, event, stamp) => emit(held, { source, event, stamp }),
    wake: at => wake(held, at),
    reload: (profile, at) => change(held, profile, at),
    missed: bridge => void held.missed.add(bridge),
    ready(bridge) {
      if (!held.missed.delete(bridge)) return;
      const at = clock.now();
      emit(held, { source: bridge, event: { kind: 'bridge.ready', bridge }, stamp: { notBefore: at, at } });
    },
    state: () => held.state,
    program: () => held.program,
    stop() {
      held.isStopped = true;
      held.cancelWake();
    },
  };
}

function emit(held: Held, input: Input): void {
  if (held.isStopped) return;
  held.setup.watcher.received(input);
  // The time of the stamp, not of now: what comes of a recording is what came of the evening.
  const at = Math.max(input.stamp.at, held.lastAt);
  run(held, () => step(held.program, held.state, input, at), input, at);
}

function wake(held: Held, at: Ms): void {
  if (held.isStopped) return;
  const now = Math.max(at, held.lastAt);
  held.setup.watcher.woke(now);
  run(held, () => step(held.program, held.state, null, now), null, now);
}

function change(held: Held, profile: Profile, at: Ms): void {
  if (held.isStopped) return;
  const next = prepare(profile, held.program.library, held.program.explains);
  const now = Math.max(at, held.lastAt);
  const make = (): EngineStepped => {
    const stepped = reload(held.state, held.program, next, now);
    held.program = next;
    return stepped;
  };
  run(held, make, null, now);
}

/** Makes a step and hands over what comes of it; a step that throws is told, and its moments are gone. */
function run(held: Held, make: () => EngineStepped, input: Input | null, at: Ms): void {
  let stepped: EngineStepped;
  try {
    stepped = make();
  } catch (error) {
    held.state = skipStep(held.state, at);
    held.lastAt = at;
    held.setup.failed({ at, input, error: error instanceof Error ? error : new Error(String(error)) });
    alarm(held, true, at);
    wakeAt(held, at + RETRY_AFTER_FAULT_MS);
    return;
  }
  const unsent = applyStep(held, stepped, input === null ? 'timer' : 'packet', at);
  alarm(held, false, at);
  wakeAt(held, stepped.wakeAt);
  tellUnsent(held, unsent, at);
}

/** Shows on every surface that the show itself has failed, or does so no longer. */
function alarm(held: Held, isFaulty: boolean, at: Ms): void {
  if (held.isFaulty === isFaulty) return;
  held.isFaulty = isFaulty;
  for (const { surface } of held.program.readings) {
    const path = held.setup.pathTo(surface.bridge);
    if (path !== null && path !== 'dry run') path.bridge.send({ 'engine-alarm': isFaulty }, at);
  }
}

/** Tells the show of cues that could not be sent, where a surface shows it: an event like any other, so that it is recorded. */
function tellUnsent(held: Held, unsent: readonly CueIntent[], at: Ms): void {
  if (held.program.readings.length === 0) return;
  const told = new Set<string>();
  for (const { bridge, cue, id } of unsent) {
    if (cue === null || told.has(`${cue} ${id}`)) continue;
    told.add(`${cue} ${id}`);
    emit(held, { source: bridge, event: { kind: 'cue.unsent', bridge, cue, id }, stamp: { notBefore: at, at } });
  }
}

function wakeAt(held: Held, at: Ms | null): void {
  const { clock } = held.setup;
  held.cancelWake();
  held.cancelWake = at === null ? () => {} : clock.at(at, () => wake(held, clock.now()));
}

/** Keeps what must outlive the program, then hands over what leaves. @returns cues that could not be sent */
function applyStep(held: Held, stepped: EngineStepped, by: Arrived['by'], at: Ms): readonly CueIntent[] {
  const { pathTo, watcher, clock } = held.setup;
  held.state = stepped.state;
  held.lastAt = at;
  if (stepped.memory !== null) watcher.remember(stepped.memory);
  const absent: CueIntent[] = [];
  for (const intent of stepped.intents) {
    const path = pathTo(intent.bridge);
    const hasLeft = path === 'dry run' || (path !== null && deliver(intent, path, at));
    if (!hasLeft) held.missed.add(intent.bridge);
    if (hasLeft === held.absent.has(intent.bridge)) tellTook(held, intent.bridge, hasLeft, at);
    if (!isCue(intent)) continue;
    if (!hasLeft) absent.push(intent);
    tellCue(watcher, intent, hasLeft, at);
  }
  for (const dropped of stepped.dropped) watcher.dropped(dropped, at);
  if (stepped.outcomes.length > 0) {
    const handedOverAt = Math.max(at, clock.now());
    for (const outcome of stepped.outcomes) {
      const bridges = absent.filter(({ id }) => id === outcome.id).map(({ bridge }) => bridge);
      watcher.came({ at, outcome: withAbsent(outcome, bridges), handedOverAt, by });
    }
  }
  for (const answer of stepped.answers) watcher.answered(answer, at);
  if (stepped.book !== null) watcher.learnt(stepped.book);
  return absent;
}

function tellTook({ absent, setup: { watcher } }: Held, bridge: string, isThere: boolean, at: Ms): void {
  if (isThere) absent.delete(bridge);
  else absent.add(bridge);
  watcher.took(bridge, isThere, at);
}

const isCue = (intent: Intent): intent is CueIntent => intent.kind === 'hold' || intent.kind === 'fire';

function tellCue(watcher: Watcher, intent: CueIntent, hasLeft: boolean, at: Ms): void {
  if (hasLeft) return watcher.sent({ at, intent });
  const { because, trueTime, bridge } = intent;
  watcher.dropped({ because, trueTime, reason: { kind: 'absent', bridge } }, at);
}
