/** Drives the pure engine as a unit would: a playhead that plays, jumps and loops, reported every 200 ms. */

import type { DeckNumber } from '../../src/core/deck-report.ts';
import {
  type Answer,
  begin,
  type EngineState,
  FRESH_START,
  type Program,
  prepare,
  type StartState,
} from '../../src/core/engine/engine-state.ts';
import { becauseText, type CueIntent, type Intent } from '../../src/core/engine/intents.ts';
import type { RestartState } from '../../src/core/engine/restart-state.ts';
import { reload, step } from '../../src/core/engine/step.ts';
import type { OperatorAction } from '../../src/core/operator-action.ts';
import type { Profile } from '../../src/core/profile.ts';
import type { Gesture } from '../../src/core/surface-control.ts';
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { report, reportEvent, stampAt, structureEvent } from './core-samples.ts';

const TEMPO_BPM = 120;
const BEATS_PER_MS = TEMPO_BPM / 60000;
const REPORT_EVERY_MS = 200;

export const isCue = (intent: Intent): intent is CueIntent => intent.kind === 'fire' || intent.kind === 'hold';

export interface Driver {
  readonly fired: readonly { readonly at: number; readonly what: string }[];
  readonly dropped: readonly string[];
  /** Everything that left, with the time of the step. */
  readonly left: readonly { readonly at: number; readonly intent: Intent }[];
  readonly answers: readonly Answer[];
  /** How often the engine has looked, for whatever reason. */
  looks(): number;
  /** What would be on disk. */
  memory(): RestartState | null;
  act(act: OperatorAction, source?: string): void;
  /** A hand at a control of the surface `booth`; it may have waited to be heard. */
  hand(control: string, gesture: Gesture, waitedMs?: number): void;
  /** A bridge that has missed something can send again. */
  ready(bridge: string): void;
  reload(profile: Profile): void;
  state(): EngineState;
  now(): number;
  /** Plays on for a time; `isAsleep`: the program does not look until it is over. */
  play(ms: number, isAsleep?: boolean): void;
  /** The program does not look for a time, and nothing is heard of the unit. */
  sleep(ms: number): void;
  /** Nothing is heard of the unit for a time; it plays on. */
  silence(ms: number): void;
  /** Plays at another speed from now on: 1.06 is +6 %, below 0 backwards. Said at once. */
  turn(speed: number): void;
  jumpTo(beat: number): void;
  /** Plays a loop of some beats from where it is, for a number of turns. */
  loop(beats: number, turns: number): void;
  pause(): void;
  start(): void;
  load(): void;
  /** Another deck of the unit, standing, reports that it is on air. */
  otherDeckOnAir(): void;
  trueBeat(): number;
}

interface Options {
  readonly number?: DeckNumber;
  readonly isOnAir?: boolean;
  /** What an earlier run left, and how old it is. */
  readonly memory?: { readonly memory: RestartState; readonly ageMs: number };
  /** What else the evening begins with. */
  readonly beginnings?: Partial<StartState>;
  /** Where the deck is when it is met, playing; else it stands cued on its first beat. */
  readonly playsAtBeat?: number;
  /** Nothing is heard of any unit. */
  readonly isAbsent?: boolean;
}

/** Begins with a track cued on its first beat, phrases known. */
export function drive(profile: Profile, options: Options = {}): Driver {
  const { number = 1, isOnAir = true } = options;
  const library = options.beginnings?.library ?? NO_LIBRARY;
  let program: Program = prepare(profile, library);
  let at = 1000;
  let state = begin(program, { ...FRESH_START, ...options.beginnings, memory: options.memory ?? null }, at);
  let beat = 1;
  let isPlaying = false;
  let speed = 1;
  let wakeAt: number | null = null;
  let nextReportAt = at;
  let loads = 0;
  const fired: { at: number; what: string }[] = [];
  const dropped: string[] = [];
  const left: { at: number; intent: Intent }[] = [];
  const answers: Answer[] = [];
  let memory: RestartState | null = null;
  let looks = 0;

  function take(event: Parameters<typeof reportEvent> | null): void {
    const input = event === null ? null : { source: 'opus', event: reportEvent(...event), stamp: stampAt(at) };
    apply(step(program, state, input, at));
  }
  function apply(stepped: ReturnType<typeof step>): void {
    looks++;
    if (looks > 100_000) throw new Error('it looks and looks');
    state = stepped.state;
    wakeAt = stepped.wakeAt;
    memory = stepped.memory ?? memory;
    for (const intent of stepped.intents) {
      left.push({ at, intent });
      if (isCue(intent)) fired.push({ at: intent.trueTime, what: becauseText(intent.because) });
    }
    answers.push(...stepped.answers);
    for (const drop of stepped.dropped) dropped.push(becauseText(drop.because));
  }
  function tell(): void {
    const whole = Math.max(0, Math.floor(beat + 1e-9));
    const said = report({
      playState: isPlaying ? 'playing' : 'paused',
      beat: whole,
      beatInBar: ((((whole - 1) % 4) + 4) % 4) + 1,
      flags: { isMaster: true, isSynced: false, isOnAir },
      pitchSpeed: Math.abs(speed),
      ...(isPlaying ? { runSpeed: speed } : {}),
    });
    take([number, said]);
    nextReportAt = at + REPORT_EVERY_MS;
  }
  function play(ms: number, isAsleep = false): void {
    const end = at + ms;
    while (at < end) {
      const next = isAsleep ? end : Math.min(end, nextReportAt, Math.max(wakeAt ?? Infinity, at));
      if (isPlaying) beat += (next - at) * BEATS_PER_MS * speed;
      at = next;
      if (at >= nextReportAt) tell();
      else take(null);
    }
  }
  function load(): void {
    loads++;
    beat = 1;
    isPlaying = false;
    const flags = { isMaster: true, isSynced: false, isOnAir };
    take([number, report({ trackId: 1000 + loads, playState: 'loading', beat: null, beatInBar: null, flags })]);
    tell();
    const event = structureEvent(number);
    apply(step(program, state, { source: 'opus', event, stamp: stampAt(at) }, at));
  }
  if (options.isAbsent === true) {
    nextReportAt = Infinity;
    take(null);
  } else if (options.playsAtBeat === undefined) load();
  else {
    beat = options.playsAtBeat;
    isPlaying = true;
    tell();
    const event = structureEvent(number);
    apply(step(program, state, { source: 'opus', event, stamp: stampAt(at) }, at));
  }
  return {
    fired,
    dropped,
    left,
    answers,
    looks: () => looks,
    memory: () => memory,
    act(act, source = 'osc') {
      apply(step(program, state, { source, event: { kind: 'operator.act', act }, stamp: stampAt(at) }, at));
    },
    hand(control, gesture, waitedMs = 0) {
      const event = { kind: 'control', surface: 'booth', deck: 0, control, ...gesture } as const;
      apply(step(program, state, { source: 'booth', event, stamp: { notBefore: at - waitedMs, at } }, at));
    },
    ready(bridge) {
      apply(step(program, state, { source: bridge, event: { kind: 'bridge.ready', bridge }, stamp: stampAt(at) }, at));
    },
    reload(next) {
      const old = program;
      program = prepare(next, library);
      apply(reload(state, old, program, at));
    },
    state: () => state,
    now: () => at,
    play,
    sleep(ms) {
      if (isPlaying) beat += ms * BEATS_PER_MS * speed;
      at += ms;
      nextReportAt = at + REPORT_EVERY_MS;
    },
    silence(ms) {
      nextReportAt = at + ms + REPORT_EVERY_MS;
      play(ms);
    },
    turn(next) {
      speed = next;
      tell();
    },
    jumpTo(to) {
      beat = to;
    },
    loop(beats, turns) {
      const start = beat;
      for (let turn = 0; turn < turns; turn++) {
        // The end of a loop is not in it: what is reported at that very moment is the start.
        play(beats / BEATS_PER_MS - 0.01);
        beat = start;
      }
    },
    pause() {
      isPlaying = false;
      play(REPORT_EVERY_MS);
    },
    start() {
      isPlaying = true;
      tell();
    },
    load,
    otherDeckOnAir() {
      const flags = { isMaster: false, isSynced: false, isOnAir: true };
      take([number === 4 ? 3 : 4, report({ trackId: 9, playState: 'cued', flags })]);
    },
    trueBeat: () => beat,
  };
}
