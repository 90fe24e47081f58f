/** An expectation held against what a scene came to: met, or its first difference with what came instead and why. */
import type { Ms } from '../../core/clock.ts';
import { becauseText } from '../../core/engine/intents.ts';
import type { Within } from '../../core/expectation.ts';
import type { Profile } from '../../core/profile.ts';
import { asWritten } from '../../core/rules/template.ts';
import { framesPerMs } from '../../core/timecode/timecode.ts';
import { partsText, reasonText } from '../terminal/reason-text.ts';
import { showTime } from '../terminal/transcript.ts';
import type { Explanation } from '../why/explanation-list.ts';
import { type Heard, isCalled, type Tested } from './play-scene.ts';
import type { Expected, HeardMessage, Spot } from './scene.ts';

export interface ExpectationVerdict {
  readonly expected: Expected;
  /** The expectation in one line. */
  readonly text: string;
  /** null: it is met. */
  readonly difference: Difference | null;
  /** Lines of what it names, each with its name. */
  readonly rules: readonly NamedLine[];
}

export interface NamedLine {
  readonly name: string;
  readonly line: number;
}

export interface Difference {
  /** Since the start of the scene; null: it is about all of it. */
  readonly atMs: Ms | null;
  readonly what: string;
  /** What left there instead. */
  readonly instead: readonly string[];
  /** Why, or why not. */
  readonly why: readonly string[];
}

const USUAL_WITHIN_MS: Ms = 250;
const USUAL_FRAMES_PER_MS = 0.03;
/** Something of the same name this close to a place is taken for the one that was meant. */
const NEAR_MS: Ms = 5000;
/** What is told as having come instead, at most. */
const MOST_INSTEAD = 4;
const MOST_WHY = 4;

/** One thing that is expected: the fires of a name, or one message. */
interface Wanted {
  readonly text: string;
  /** Names whose explanations say why. */
  readonly names: ReadonlySet<string>;
  readonly isMeant: (message: HeardMessage) => boolean;
}

export function judgeExpectation(tested: Tested, expected: Expected, heard: Heard): ExpectationVerdict {
  const { sources } = tested;
  const wanted = wantedOf(tested, expected);
  const named = [...new Set(wanted.flatMap(({ names }) => [...names]))];
  const rules = named.flatMap((name): readonly NamedLine[] => {
    const line = sources.rules.get(name) ?? sources.cues.get(name);
    return line === undefined ? [] : [{ name, line }];
  });
  let difference: Difference | null = null;
  for (const each of wanted) difference ??= differenceOf(tested, expected, each, heard);
  return { expected, text: expectationText(expected, wanted), difference, rules };
}

function wantedOf({ profile, bridges, sources }: Tested, { expectation }: Expected): readonly Wanted[] {
  const { sends, messages, ends } = expectation;
  const known = (name: string): ReadonlySet<string> => new Set([name, ...(sources.usedBy.get(name) ?? [])]);
  const ofNames = sends.map(
    (name): Wanted => ({
      text: `"${name}"`,
      names: known(name),
      isMeant: ({ rule, cue, phase }) => (rule === name || cue === name) && phase !== 'undo',
    }),
  );
  const ofMessages = messages.map(({ bridge, message }): Wanted => {
    const type = profile.bridges.find(({ name }) => name === bridge)?.type;
    const kind = bridges.find(each => each.type === type);
    const text = kind?.describe(asWritten(message)) ?? '';
    return {
      text: `${bridge} ${text}`,
      names: new Set(),
      isMeant: each => each.bridge === bridge && each.message === text,
    };
  });
  const ofEnd =
    ends === null
      ? []
      : [
          {
            text: `the end of "${ends}"`,
            names: new Set([ends]),
            isMeant: ({ rule, phase }: HeardMessage) => rule === ends && phase === 'undo',
          },
        ];
  return [...ofNames, ...ofMessages, ...ofEnd];
}

/** `1 beat`, `2 frames`, `100 ms`. */
const distanceText = ({ amount, unit }: Within): string =>
  `${amount} ${amount === 1 && unit !== 'ms' ? unit.slice(0, -1) : unit}`;

function expectationText({ expectation }: Expected, wanted: readonly Wanted[]): string {
  const { play, press, at, times, within } = expectation;
  const scene = [
    ...(play === null ? [] : [play]),
    ...(press.length === 0 ? [] : [`press ${press.join(', ')}`]),
    ...(at === null ? [] : [`at ${at.text}`]),
  ];
  const often = times === null ? '' : times === 0 ? ' never' : ` ${timesText(times)}`;
  const near = within === null ? '' : ` within ${distanceText(within)}`;
  const where = scene.length === 0 ? 'the evening' : scene.join(', ');
  return `${where}: ${wanted.map(({ text }) => text).join(', ')}${often}${near}`;
}

const timesText = (times: number): string => (times === 1 ? 'once' : `${times} times`);

function differenceOf(tested: Tested, expected: Expected, wanted: Wanted, heard: Heard): Difference | null {
  const { at, play, times } = expected.expectation;
  const isThere = (each: HeardMessage): boolean => play === null || each.title === null || isCalled(each.title, play);
  const fires = firesOf(heard.messages.filter(each => wanted.isMeant(each) && isThere(each)));
  if (at === null) return overAll(wanted, fires, times, heard);
  const spots = heard.spots.get(expected) ?? [];
  if (spots.length === 0) {
    const what = `nothing was ever at ${at.text}${play === null ? '' : ` of ${play}`}`;
    return times === 0 ? null : { atMs: null, what, instead: [], why: [] };
  }
  for (const spot of spots) {
    const distance = withinMs(expected.expectation.within, tested.profile, spot);
    const difference = atSpot(wanted, fires, { spot, spots, distance, count: times ?? 1 }, heard);
    if (difference !== null) return difference;
  }
  return null;
}

/** One fire with its messages is one, whatever it says. */
function firesOf(messages: readonly HeardMessage[]): readonly HeardMessage[] {
  const seen = new Set<string>();
  return messages.filter(({ id, at, phase }) => {
    const key = phase === 'fire' ? id : `${id} ${at} ${phase}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function overAll(
  wanted: Wanted,
  fires: readonly HeardMessage[],
  times: number | null,
  heard: Heard,
): Difference | null {
  const isMet = times === null ? fires.length > 0 : fires.length === times;
  if (isMet) return null;
  const asked = times === null ? 'at least once' : times === 0 ? 'never' : timesText(times);
  const left = fires.length === 0 ? 'it did not leave' : `it left ${timesText(fires.length)}`;
  const first = fires[times ?? 0] ?? null;
  return {
    atMs: first === null ? null : first.at - heard.startedAt,
    what: `${wanted.text} is to leave ${asked}; ${left}`,
    instead: fires.slice(0, MOST_INSTEAD).map(each => messageLine(each, heard)),
    why: fires.length > (times ?? 1) ? whyOf(wanted, heard, first) : whyNot(wanted, heard, null),
  };
}

interface AtSpot {
  readonly spot: Spot;
  /** All places of the expectation. */
  readonly spots: readonly Spot[];
  readonly distance: Ms;
  readonly count: number;
}

function atSpot(
  wanted: Wanted,
  fires: readonly HeardMessage[],
  { spot, spots, distance, count }: AtSpot,
  heard: Heard,
): Difference | null {
  // One that belongs to another place is not this one come early or late.
  const isNearest = (each: HeardMessage): boolean =>
    spots.every(other => Math.abs(each.at - other.at) >= Math.abs(each.at - spot.at));
  const near = fires.filter(
    each =>
      (spot.deck === null || each.deck === null || each.deck === spot.deck) &&
      Math.abs(each.at - spot.at) <= NEAR_MS &&
      isNearest(each),
  );
  const hits = near.filter(({ at }) => Math.abs(at - spot.at) <= distance);
  if (hits.length === count) return null;
  const atMs = spot.at - heard.startedAt;
  const asked = count === 0 ? 'is not to leave' : `is to leave ${timesText(count)} within ${distance.toFixed(0)} ms`;
  const where = `at ${spot.label} (${showTime(atMs)}) ${wanted.text} ${asked}`;
  if (hits.length > 0) {
    const what = `${where}; it left ${timesText(hits.length)}`;
    return {
      atMs,
      what,
      instead: hits.map(each => messageLine(each, heard)),
      why: whyOf(wanted, heard, hits.at(-1) ?? null),
    };
  }
  const [nearest] = [...near].sort((a, b) => Math.abs(a.at - spot.at) - Math.abs(b.at - spot.at));
  if (nearest !== undefined) {
    const off = nearest.at - spot.at;
    const what = `${where}; it left ${Math.abs(off).toFixed(0)} ms ${off < 0 ? 'before' : 'after'}`;
    return { atMs, what, instead: [messageLine(nearest, heard)], why: whyOf(wanted, heard, nearest) };
  }
  const others = heard.messages.filter(({ at }) => Math.abs(at - spot.at) <= Math.max(distance, USUAL_WITHIN_MS));
  return {
    atMs,
    what: `${where}; it did not leave`,
    instead: others.slice(0, MOST_INSTEAD).map(each => messageLine(each, heard)),
    why: whyNot(wanted, heard, spot.at),
  };
}

function withinMs(within: Within | null, { timecodes }: Profile, { beatMs }: Spot): Ms {
  if (within === null) return USUAL_WITHIN_MS;
  if (within.unit === 'ms') return within.amount;
  if (within.unit === 'beats') return within.amount * beatMs;
  const [timecode] = timecodes;
  return within.amount / (timecode === undefined ? USUAL_FRAMES_PER_MS : framesPerMs(timecode.rate));
}

const messageLine = ({ at, rule, phase, deck, bridge, message }: HeardMessage, { startedAt }: Heard): string => {
  const of = `${rule}${phase === 'undo' ? ' ends' : ''}${deck === null ? '' : `, deck ${deck}`}`;
  return `${showTime(at - startedAt)}  ${of}: ${bridge} ${message}`.trimEnd();
};

/** Causes of one that left. */
function whyOf({ names }: Wanted, heard: Heard, message: HeardMessage | null): readonly string[] {
  if (message === null) return [];
  const own = heard.explanations.filter(
    ({ because, at, sent }) =>
      (names.has(because.rule) || because.rule === message.rule) && at === message.at && sent.length > 0,
  );
  return own.slice(-MOST_WHY).map(each => `it left: ${explained(each)}`);
}

const explained = ({ because, source, parts }: Explanation): string => {
  const where = source === null ? '' : ` [${source.file}:${source.line}]`;
  return `${becauseText(because)}${where}${parts.length === 0 ? '' : `, if ${partsText(parts)}`}`;
};

/** What held it back, there or anywhere; else what was missing for it to be due at all. */
function whyNot({ names }: Wanted, heard: Heard, at: Ms | null): readonly string[] {
  const held = heard.explanations.filter(
    each =>
      names.has(each.because.rule) &&
      each.heldBack.length > 0 &&
      (at === null || Math.abs(each.trueTime - at) <= NEAR_MS),
  );
  if (held.length > 0) {
    return held.slice(0, MOST_WHY).map(each => {
      const reasons = each.heldBack.map(reasonText).join(', ');
      return `${showTime(each.at - heard.startedAt)}  held back: ${becauseText(each.because)}: ${reasons}`;
    });
  }
  const missing = [...names].flatMap(name => heard.missing(name));
  const due = heard.explanations.filter(({ because }) => names.has(because.rule)).length;
  if (due > 0) return [`it was due at other places, ${timesText(due)} in all`];
  return missing.length > 0 ? [...new Set(missing)].slice(0, MOST_WHY) : ['it was never due'];
}
