/** The live end of the engine: the inbox, the one timer, and the hand-over of what leaves to the bridges. */
import type { OpenBridge } from '../bridge.ts';
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
import type { RestartState } from '../core/engine/restart-state.ts';
import { reload, step } from '../core/engine/step.ts';
import type { Input, ShowEvent } from '../core/events.ts';
import type { Profile } from '../core/profile.ts';
import type { Filled } from '../core/rules/template.ts';
import type { TrackBook } from '../core/track/track-book.ts';

export interface Engine {
  /** The inbox. */
  emit(source: string, event: ShowEvent, stamp: Stamp): void;
  /** Looks at the show again, as its own timer does. */
  wake(at: Ms): void;
  /** Goes on by another profile, between two events. */
  reload(profile: Profile, at: Ms): void;
  /** A bridge has to be told all that stands as soon as it is ready: it has been opened anew. */
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

export interface Watcher {
  /** An event has come in; it is told before anything is made of it. */
  received(input: Input): void;
  /** The timer has woken the engine. */
  woke(at: Ms): void;
  /** What must be kept before anything leaves. */
  remember(memory: RestartState): void;
  /** The decks have taught something of their tracks, to be kept for other evenings. */
  learnt(book: TrackBook): void;
  sent(departure: Departure): void;
  dropped(dropped: Dropped, at: Ms): void;
  answered(answer: Answer, at: Ms): void;
}

/** Listens to nothing; to be spread into one that listens to little. */
export const NO_WATCHER: Watcher = {
  received() {},
  woke() {},
  remember() {},
  learnt() {},
  sent() {},
  dropped() {},
  answered() {},
};

/** How the engine reaches a bridge that is open. */
export interface OutputPath {
  readonly bridge: OpenBridge;
  /** How this kind of bridge says a fact of the state feed. */
  readonly feedMessage: (intent: Extract<Intent, { kind: 'tell' }>) => Filled | null;
}

export interface EngineSetup {
  readonly profile: Profile;
  readonly clock: Clock;
  /** null: there is no such bridge now; `dry run`: there is, and nothing is sent to it. */
  readonly wayTo: (bridge: string) => OutputPath | 'dry run' | null;
  readonly watcher: Watcher;
  readonly beginnings: StartState;
}

export function startEngine({ profile, clock, wayTo, watcher, beginnings }: EngineSetup): Engine {
  let program = prepare(profile, beginnings.library);
  /** Of the last step: time never goes back, whatever the stamps say. */
  let lastAt = clock.now();
  let state = begin(program, beginnings, lastAt);
  let cancelWake: Cancel = () => {};
  let isStopped = false;
  /** Bridges that something could not be handed over to. */
  const missed = new Set<string>();

  function take(stepped: EngineStepped, at: Ms): void {
    state = stepped.state;
    lastAt = at;
    if (stepped.memory !== null) watcher.remember(stepped.memory);
    for (const intent of stepped.intents) send(intent, at);
    for (const dropped of stepped.dropped) watcher.dropped(dropped, at);
    for (const answer of stepped.answers) watcher.answered(answer, at);
    if (stepped.book !== null) watcher.learnt(stepped.book);
    cancelWake();
    cancelWake = stepped.wakeAt === null ? () => {} : clock.at(stepped.wakeAt, () => wake(clock.now()));
  }

  function wake(at: Ms): void {
    if (isStopped) return;
    const now = Math.max(at, lastAt);
    watcher.woke(now);
    take(step(program, state, null, now), now);
  }

  /** Hands something over. @returns whether it left, or would have in a dry run */
  function hand(bridge: string, over: (way: OutputPath) => boolean): boolean {
    const way = wayTo(bridge);
    if (way === 'dry run') return true;
    const hasLeft = way !== null && over(way);
    if (!hasLeft) missed.add(bridge);
    return hasLeft;
  }

  function send(intent: Intent, at: Ms): void {
    const { bridge } = intent;
    switch (intent.kind) {
      case 'run':
        hand(bridge, way => {
          way.bridge.timecode(intent.anchor);
          return true;
        });
        return;
      case 'tick':
        hand(bridge, way => {
          way.bridge.clock(intent.anchor);
          return true;
        });
        return;
      case 'release':
        hand(bridge, way => {
          way.bridge.release();
          return true;
        });
        return;
      case 'tell':
        hand(bridge, way => {
          const message = way.feedMessage(intent);
          return message !== null && way.bridge.send(message, at);
        });
        return;
      case 'tempo':
        hand(bridge, way => way.bridge.send(intent.message, at));
        return;
      default: {
        const { because, trueTime } = intent;
        if (hand(bridge, way => way.bridge.send(intent.message, trueTime))) watcher.sent({ at, intent });
        else watcher.dropped({ because, trueTime, reason: { kind: 'absent', bridge } }, at);
      }
    }
  }

  function emit(source: string, event: ShowEvent, stamp: Stamp): void {
    if (isStopped) return;
    const input: Input = { source, event, stamp };
    watcher.received(input);
    // The time of the stamp, not of now: what comes of a recording is what came of the evening.
    const at = Math.max(stamp.at, lastAt);
    take(step(program, state, input, at), at);
  }

  return {
    emit,
    wake,
    reload(profile, at) {
      if (isStopped) return;
      const next = prepare(profile, program.library);
      const now = Math.max(at, lastAt);
      const stepped = reload(state, program, next, now);
      program = next;
      take(stepped, now);
    },
    missed: bridge => void missed.add(bridge),
    ready(bridge) {
      if (!missed.delete(bridge)) return;
      const at = clock.now();
      emit(bridge, { kind: 'bridge.ready', bridge }, { notBefore: at, at });
    },
    state: () => state,
    program: () => program,
    stop() {
      isStopped = true;
      cancelWake();
    },
  };
}
