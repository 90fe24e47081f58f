/** Drives the pure engine as a unit would: a playhead that plays, jumps and loops, reported every 200 ms. */
import type { DeckNumber } from '../../src/core/events.ts';
import { becauseText } from '../../src/core/intents.ts';
import type { Profile } from '../../src/core/profile.ts';
import { begin, type EngineState, type Program, prepare, step } from '../../src/engine.ts';
import { report, reportEvent, stampAt, structureEvent } from './samples.ts';

const TEMPO_BPM = 120;
const BEATS_PER_MS = TEMPO_BPM / 60000;
const REPORT_EVERY_MS = 200;

export interface Driver {
  readonly fired: readonly { readonly at: number; readonly what: string }[];
  readonly dropped: readonly string[];
  state(): EngineState;
  now(): number;
  /** Plays on for a time; `isAsleep`: the program does not look until it is over. */
  play(ms: number, isAsleep?: boolean): void;
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

/** Begins with a track cued on its first beat, phrases known. */
export function drive(profile: Profile, options: { number?: DeckNumber; isOnAir?: boolean } = {}): Driver {
  const { number = 1, isOnAir = true } = options;
  const program: Program = prepare(profile);
  let state = begin(program);
  let at = 1000;
  let beat = 1;
  let isPlaying = false;
  let wakeAt: number | null = null;
  let nextReportAt = at;
  let loads = 0;
  const fired: { at: number; what: string }[] = [];
  const dropped: string[] = [];

  function take(event: Parameters<typeof reportEvent> | null): void {
    const input = event === null ? null : { source: 'opus', event: reportEvent(...event), stamp: stampAt(at) };
    apply(step(program, state, input, at));
  }
  function apply(stepped: ReturnType<typeof step>): void {
    state = stepped.state;
    wakeAt = stepped.wakeAt;
    for (const intent of stepped.intents) fired.push({ at: intent.trueTime, what: becauseText(intent.because) });
    for (const drop of stepped.dropped) dropped.push(becauseText(drop.because));
  }
  function tell(): void {
    const whole = Math.max(0, Math.floor(beat + 1e-9));
    const said = report({
      playState: isPlaying ? 'playing' : 'paused',
      beat: whole,
      beatInBar: ((((whole - 1) % 4) + 4) % 4) + 1,
      flags: { isMaster: true, isSynced: false, isOnAir },
    });
    take([number, said]);
    nextReportAt = at + REPORT_EVERY_MS;
  }
  function play(ms: number, isAsleep = false): void {
    const end = at + ms;
    while (at < end) {
      const next = isAsleep ? end : Math.min(end, nextReportAt, Math.max(wakeAt ?? Infinity, at));
      if (isPlaying) beat += (next - at) * BEATS_PER_MS;
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
  load();
  return {
    fired,
    dropped,
    state: () => state,
    now: () => at,
    play,
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
