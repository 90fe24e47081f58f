/** The three ways `run` tells what happens: a status that is redrawn, plain lines, and JSON for machines. */

import type { Ms } from '../../core/clock.ts';
import type { CueListEntry } from '../../core/cue-lists/cue-list.ts';
import { type Deck, isStale } from '../../core/deck/deck.ts';
import { onAir, type Show } from '../../core/deck/decks.ts';
import { barsLacking, positionAt } from '../../core/deck/position.ts';
import type { Answer, EngineState } from '../../core/engine/engine-state.ts';
import { becauseText, type Dropped } from '../../core/engine/intents.ts';
import { listFacts } from '../../core/engine/list-facts.ts';
import { NO_TALLY, type Outcome, type Tally, tallied } from '../../core/engine/outcome.ts';
import { operatorActionText } from '../../core/operator-action.ts';
import { tempoBpmOf } from '../../core/rules/fact-values.ts';
import { NO_GENERATOR } from '../../core/timecode/generator.ts';
import type { Departure } from '../../live/engine.ts';
import { toMonotonicNs } from '../../live/live-clock.ts';
import type { LogLine } from '../../live/log.ts';
import type { OpenShow } from '../../live/open-show.ts';
import { changedLines } from './changed-lines.ts';
import { comingCues, nextCues } from './next-cues.ts';
import { phraseAhead } from './phrase-ahead.ts';
import {
  bridgeLine,
  COLOURS,
  type Drawing,
  deckLine,
  listLines,
  NO_COLOURS,
  statusLines,
  timecodeLabel,
} from './status-text.ts';
import type { Terminal } from './terminal.ts';
import { droppedLine, sentLine, showTime } from './transcript.ts';

export interface Screen {
  /** Time between two calls of `tick`. */
  readonly everyMs: Ms;
  tick(show: OpenShow, at: Ms): void;
  sent(departure: Departure, message: string): void;
  dropped(dropped: Dropped, at: Ms): void;
  came(outcome: Outcome): void;
  /** Shows an answer in full: the YAML of a captured track. */
  answered(answer: Answer): void;
  /** Shows lines once, above all that is redrawn. */
  announced(lines: readonly string[]): void;
  logged(line: LogLine): void;
}

export interface ScreenSetup {
  readonly out: Terminal;
  readonly startedAt: Ms;
  /** Lines that stay on the screen: a simulated device, a dry run, a broken profile. */
  readonly notices: () => readonly string[];
  /** What simulated devices show now. */
  readonly drawings: () => readonly Drawing[];
}

const LAST_SHOWN = 6;
const MESSAGES_SHOWN = 4;

/** A list that keeps its newest entries. */
function newest<T>(most: number): { readonly list: readonly T[]; add(entry: T): void; remove(entry: T): void } {
  const list: T[] = [];
  return {
    list,
    add(entry) {
      list.push(entry);
      if (list.length > most) list.shift();
    },
    remove(entry) {
      const i = list.indexOf(entry);
      if (i >= 0) list.splice(i, 1);
    },
  };
}

/** The last lines of what left and what did not: a rule that is held back again and again takes one line, its newest. */
function lastLines(most: number): {
  readonly list: readonly string[];
  add(line: string): void;
  drop(rule: string, line: string): void;
} {
  const last = newest<string>(most);
  const heldBack = new Map<string, string>();
  return {
    list: last.list,
    add: last.add,
    drop(rule, line) {
      const before = heldBack.get(rule);
      if (before !== undefined) last.remove(before);
      heldBack.set(rule, line);
      last.add(line);
    },
  };
}

/** Status with a line per deck, then what comes next and what has left; redrawn five times a second. */
export function terminalScreen({ out, startedAt, notices, drawings }: ScreenSetup): Screen {
  const last = lastLines(LAST_SHOWN);
  let tally = NO_TALLY;
  const messages = newest<LogLine>(MESSAGES_SHOWN);
  return {
    everyMs: 200,
    tick({ engine, status }, at) {
      const lists = { last: last.list, messages: messages.list, notices: notices(), drawings: drawings(), tally };
      const told = { program: engine.program(), state: engine.state(), bridges: status() };
      out.redraw(statusLines({ ...told, ...lists, startedAt, columns: out.columns(), rows: out.rows() }, at, COLOURS));
    },
    sent: ({ at, intent }, message) => last.add(sentLine(at - startedAt, intent, message)),
    dropped(dropped, at) {
      // Decks that are cued for what comes next pass places all the time: those are counted, not listed.
      if (dropped.reason.kind === 'not-heard') return;
      last.drop(`${dropped.because.rule} ${dropped.reason.kind}`, droppedLine(at - startedAt, dropped));
    },
    came(outcome) {
      tally = tallied(tally, outcome);
    },
    answered({ text }) {
      if (text !== null) out.line(text);
    },
    announced: lines => out.line(lines.join('\n')),
    logged: line => messages.add(line),
  };
}

/**
 * A line for everything that leaves, every second one per timecode, every two seconds one per loaded deck, and each
 * line of what a simulated device shows when it is another one.
 */
export function plainScreen({ out, startedAt, notices, drawings }: ScreenSetup): Screen {
  const said = new Map<string, string>();
  const changed = changedLines();
  let noticed: readonly string[] = [];
  let ticks = 0;
  return {
    everyMs: 1000,
    tick({ engine, status }, at) {
      const time = showTime(at - startedAt);
      const now = notices();
      for (const notice of now) if (!noticed.includes(notice)) out.line(notice);
      noticed = now;
      for (const bridge of status()) {
        // The count of what was sent changes all the time; the state and its reason are what is news.
        const news = `${bridge.state} ${bridge.state === 'ready' ? '' : bridge.text}`;
        if (said.get(bridge.name) !== news) out.line(`${time}  ${bridgeLine(bridge, NO_COLOURS)}`);
        said.set(bridge.name, news);
      }
      for (const { name, lines } of drawings()) {
        for (const line of changed(name, lines)) out.line(`${time}  ${name} shows ${line}`);
      }
      const { show, timecodes, hands } = engine.state();
      const isDeckTurn = ticks++ % 2 === 0;
      if (isDeckTurn && hands.isAllMuted) {
        out.line(`${time}  ${hands.isPanic ? 'PANIC: all is muted' : 'MUTED: cues are held back'}`);
      }
      for (const bridge of isDeckTurn ? hands.muted : []) out.line(`${time}  ${bridge} muted`);
      for (const entry of engine.program().profile.timecodes) {
        const generator = timecodes.get(entry.name) ?? NO_GENERATOR;
        out.line(`${time}  timecode ${entry.name} ${timecodeLabel(entry, generator, at)} ${generator.run}`);
      }
      for (const line of listLines(engine.program(), engine.state(), at)) {
        // Told when it has moved, not while it counts.
        const key = line.replace(/ in [\d.]+ (s|beats)/, '');
        const [list = ''] = line.split(' ', 1);
        if (said.get(`list ${list}`) !== key) out.line(`${time}  list ${line}`);
        said.set(`list ${list}`, key);
      }
      for (const deck of show.decks.values()) {
        if (!isDeckTurn || deck.track === null) continue;
        const name = String(deck.ref.number);
        out.line(`${time}  ${deckLine({ show, deck, name }, at, NO_COLOURS)}`);
      }
    },
    sent: ({ at, intent }, message) => out.line(sentLine(at - startedAt, intent, message)),
    dropped: (dropped, at) => out.line(droppedLine(at - startedAt, dropped)),
    came() {},
    answered({ text }) {
      if (text !== null) out.line(text);
    },
    announced: lines => out.line(lines.join('\n')),
    logged: ({ level, bridge, text }) => out.error(`${level}: ${bridge}: ${text}`),
  };
}

/**
 * One JSON object a line, each with a `kind`: `status` once a second, `sent` and `dropped` as they happen, these three with
 * `monotonicNs`, `answer` to what an operator asked for, and `log`. Fields that are not known are null.
 */
export function jsonScreen({ out, notices, drawings }: ScreenSetup): Screen {
  const say = (at: Ms | null, kind: string, facts: Readonly<Record<string, unknown>>): void =>
    out.line(JSON.stringify({ ...(at === null ? {} : { monotonicNs: toMonotonicNs(at) }), kind, ...facts }));
  let tally = NO_TALLY;
  return {
    everyMs: 1000,
    tick(show, at) {
      const drawn = Object.fromEntries(drawings().map(({ name, lines }) => [name, lines]));
      say(at, 'status', statusFacts(show, { notices: notices(), simulated: drawn, tally }, at));
    },
    sent({ at, intent }, message) {
      const { bridge, because, trueTime, kind, id } = intent;
      const times = { trueTimeNs: toMonotonicNs(trueTime) };
      say(at, 'sent', { intent: kind, id, bridge, message, because: becauseText(because), ...times });
    },
    dropped: ({ because, reason }, at) => say(at, 'dropped', { because: becauseText(because), reason }),
    came(outcome) {
      tally = tallied(tally, outcome);
    },
    answered({ act, source, refusal, text }) {
      if (text !== null) say(null, 'answer', { act: operatorActionText(act), source, refusal, text });
    },
    // Machines read the log.
    announced() {},
    logged: line => say(null, 'log', { ...line }),
  };
}

export interface ToldBeside {
  readonly notices: readonly string[];
  /** Lines of simulated devices, by the names of their bridges. */
  readonly simulated: Readonly<Record<string, readonly string[]>>;
  readonly tally: Tally;
}

/** Cues that are told before they come. */
const COMING_TOLD = 8;

/** Status of a show as plain data. */
export function statusFacts(
  { engine, status }: Pick<OpenShow, 'engine' | 'status'>,
  { notices, simulated, tally }: ToldBeside,
  at: Ms,
): Readonly<Record<string, unknown>> {
  const { show, sent, hands, timecodes } = engine.state();
  const program = engine.program();
  return {
    profile: program.profile.name,
    notices,
    simulated,
    bridges: status(),
    timecodes: program.profile.timecodes.map(entry => {
      const generator = timecodes.get(entry.name) ?? NO_GENERATOR;
      const label = timecodeLabel(entry, generator, at);
      const nudge = hands.nudges.get(entry.name) ?? 0;
      return { name: entry.name, label, rate: entry.rate.name, run: generator.run, deck: generator.deck, nudge };
    }),
    lists: program.profile.lists.map(list => listStatus(engine.state(), list, at)),
    pinned: hands.pinned,
    muted: hands.isAllMuted ? 'all' : [...hands.muted],
    panic: hands.isPanic,
    locked: hands.isLocked,
    latencies: Object.fromEntries(hands.latencies),
    decks: [...show.decks.values()].map(deck => deckFacts(show, deck, at)),
    holds: [...sent.keys()],
    next: nextCues(program, show, at),
    coming: comingCues(program, show, at, COMING_TOLD),
    moments: tally,
  };
}

function listStatus(state: EngineState, list: CueListEntry, at: Ms): Readonly<Record<string, unknown>> {
  const { name, step, next, follows, place } = listFacts(state, list);
  const { at: dueAt = null, beatsLeft = null } = follows ?? {};
  return { name, step, next, done: next === null, followsInMs: dueAt === null ? null : dueAt - at, beatsLeft, place };
}

function deckFacts(show: Show, deck: Deck, at: Ms): Readonly<Record<string, unknown>> {
  const position = positionAt(deck, at);
  const { track } = deck;
  const { now, next, beatsLeft } = phraseAhead(deck, position);
  return {
    deck: deck.ref.number,
    unit: deck.ref.unit,
    joinedAtBeat: deck.joinedAtBeat,
    trackId: track?.id ?? null,
    title: track?.known.title ?? null,
    artist: track?.known.artist ?? null,
    confidence: track?.known.confidence ?? null,
    advice: track?.known.advice ?? null,
    playState: deck.playState,
    playing: deck.isPlaying,
    onAir: onAir(show, deck),
    master: deck.isMaster,
    tempoBpm: tempoBpmOf(deck),
    pitchPercent: track === null ? null : (deck.pitchSpeed - 1) * 100,
    silent: isStale(deck, at),
    phrase: now?.label ?? null,
    nextPhrase: next?.label ?? null,
    beatsLeft,
    ...position,
    barsLacking: barsLacking(deck, position),
  };
}
