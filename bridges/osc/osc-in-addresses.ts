/** OSC in: what a message to `/decklight/in/…` asks for. Pure. One table: the reading and docs/osc.md follow it. */

import { DECK_NUMBERS } from '../../src/core/deck-report.ts';
import type { OperatorAction, Switch } from '../../src/core/operator-action.ts';
import { nearest } from '../../src/text/did-you-mean.ts';
import type { OscArg, OscMessage } from './codec.ts';

/** `act` null: a button is let go, which asks for nothing. */
export type OscInResult =
  | { readonly ok: true; readonly act: OperatorAction | null }
  | { readonly ok: false; readonly reason: string };

/** One address, or a group of them. */
interface InAddress {
  /** After `/decklight/in/`. */
  readonly word: string;
  /** A part of its own that may follow the word; null: nothing. */
  readonly part: string | null;
  /** As documentation says it. */
  readonly args: string;
  readonly doc: string;
  read(part: string, args: readonly OscArg[]): OscInResult;
}

const PREFIX = '/decklight/in/';

const heard = (act: OperatorAction | null): OscInResult => ({ ok: true, act });
const refused = (reason: string): OscInResult => ({ ok: false, reason });

// ---- arguments

/** The one number of a message; TouchOSC sends floats where others send ints. null: it is not just one number. */
function oneNumber(args: readonly OscArg[]): number | null {
  const [arg] = args;
  if (arg === undefined || args.length > 1) return null;
  switch (arg.type) {
    case 'int':
    case 'float':
    case 'double':
      return Number.isFinite(arg.value) ? arg.value : null;
    case 'int64':
      return Number(arg.value);
    case 'bool':
      return arg.value ? 1 : 0;
    case 'string':
    case 'blob':
      return null;
  }
}

/** An action of a button: pressed with or without an argument, let go with a single 0. */
const button =
  (act: (part: string) => OperatorAction | string) =>
  (part: string, args: readonly OscArg[]): OscInResult => {
    if (oneNumber(args) === 0) return heard(null);
    const made = act(part);
    return typeof made === 'string' ? refused(made) : heard(made);
  };

/** An action that stays on or off. */
const lever =
  (act: (part: string, isOn: Switch) => OperatorAction) =>
  (part: string, args: readonly OscArg[]): OscInResult => {
    const value = oneNumber(args);
    if (args.length > 0 && value === null) return refused('expected no argument, or one of 0 (off) and 1 (on)');
    return heard(act(part, value === null ? null : value !== 0));
  };

function pin(number: number): OperatorAction | string {
  const deck = DECK_NUMBERS.find(each => each === number);
  return deck === undefined ? 'expected the number of a deck, 1 to 4' : { kind: 'pin', deck };
}

function nudge(timecode: string | null, args: readonly OscArg[]): OscInResult {
  const frames = oneNumber(args);
  if (frames === null || !Number.isSafeInteger(frames)) return refused('expected a whole number of frames');
  // Buttons that send 1 when pressed send 0 when let go.
  return heard(frames === 0 ? null : { kind: 'nudge', timecode, frames });
}

function nudgeTo(timecode: string | null, args: readonly OscArg[]): OscInResult {
  const frames = oneNumber(args);
  if (frames === null || !Number.isSafeInteger(frames)) return refused('expected a whole number of frames');
  return heard({ kind: 'nudge-to', timecode, frames });
}

function latencyTo(bridge: string, args: readonly OscArg[]): OscInResult {
  const ms = oneNumber(args);
  return ms === null ? refused('expected ms, as a number') : heard({ kind: 'latency-to', bridge, ms });
}

function latency(bridge: string, args: readonly OscArg[]): OscInResult {
  const addMs = oneNumber(args);
  if (addMs === null) return refused('expected ms, as a number');
  return heard(addMs === 0 ? null : { kind: 'latency', bridge, addMs });
}

function fire([name, ...rest]: readonly OscArg[]): OscInResult {
  if (name?.type !== 'string' || name.value === '' || rest.length > 0)
    return refused('expected the name of a cue, as text');
  return heard({ kind: 'fire', cue: name.value });
}

const PRESS = 'none, or 1; 0 is ignored';
const SWITCH = 'none: the other way; `,i 0` or `,F` off, `,i 1` or `,T` on; `,f` too';

/** The same act for the first cue list, and for the one that is named. */
const ofList = (word: string, doc: string, act: (list: string | null) => OperatorAction): readonly InAddress[] => [
  { word, part: null, args: PRESS, doc, read: button(() => act(null)) },
  { word, part: 'list', args: PRESS, doc: 'the same for the cue list of this name', read: button(act) },
];

function goTo(list: string | null, [step, ...rest]: readonly OscArg[]): OscInResult {
  if (step?.type !== 'string' || step.value === '' || rest.length > 0)
    return refused('expected the name of a step, as text');
  return heard({ kind: 'go-to', list, step: step.value });
}

// ---- the table

const ADDRESSES: readonly InAddress[] = [
  {
    word: 'pin',
    part: null,
    args: '`,i` 1 to 4',
    doc: 'timecode follows this deck',
    read(_, args) {
      const act = pin(oneNumber(args) ?? Number.NaN);
      return typeof act === 'string' ? refused(act) : heard(act);
    },
  },
  {
    word: 'pin',
    part: 'n',
    args: PRESS,
    doc: 'the same, n is 1 to 4',
    read: button(part => pin(/^\d$/.test(part) ? Number(part) : Number.NaN)),
  },
  {
    word: 'automatic',
    part: null,
    args: PRESS,
    doc: 'no deck is pinned any more',
    read: button(() => ({ kind: 'automatic' })),
  },
  {
    word: 'mute',
    part: null,
    args: SWITCH,
    doc: 'holds back the cues of all bridges',
    read: lever((_, isOn) => ({ kind: 'mute', bridge: null, isOn })),
  },
  {
    word: 'mute',
    part: 'bridge',
    args: SWITCH,
    doc: 'holds back what goes to this bridge, timecode included',
    read: lever((bridge, isOn) => ({ kind: 'mute', bridge, isOn })),
  },
  {
    word: 'panic',
    part: null,
    args: PRESS,
    doc: 'notes off, cues muted, then the cue that the profile names',
    read: button(() => ({ kind: 'panic' })),
  },
  {
    word: 'nudge',
    part: null,
    args: '`,i` frames',
    doc: 'moves the first timecode, back if negative',
    read: (_, args) => nudge(null, args),
  },
  {
    word: 'nudge',
    part: 'timecode',
    args: '`,i` frames',
    doc: 'moves the timecode of this name',
    read: nudge,
  },
  {
    word: 'nudge-set',
    part: null,
    args: '`,i` frames',
    doc: 'what operators have added to the first timecode is so many frames from now on',
    read: (_, args) => nudgeTo(null, args),
  },
  {
    word: 'nudge-set',
    part: 'timecode',
    args: '`,i` frames',
    doc: 'the same for the timecode of this name',
    read: nudgeTo,
  },
  {
    word: 'nudge-reset',
    part: null,
    args: PRESS,
    doc: 'takes back all that operators have added to the first timecode',
    read: button(() => ({ kind: 'nudge-to', timecode: null, frames: 0 })),
  },
  {
    word: 'nudge-reset',
    part: 'timecode',
    args: PRESS,
    doc: 'the same for the timecode of this name',
    read: button(timecode => ({ kind: 'nudge-to', timecode, frames: 0 })),
  },
  {
    word: 'latency',
    part: 'bridge',
    args: '`,f` or `,i` ms',
    doc: 'timecode and clock of this bridge leave so much earlier; later if negative; kept over a restart',
    read: latency,
  },
  {
    word: 'latency-set',
    part: 'bridge',
    args: '`,f` or `,i` ms',
    doc: 'what operators have added to the latency of this bridge is so many ms from now on',
    read: latencyTo,
  },
  {
    word: 'latency-reset',
    part: 'bridge',
    args: PRESS,
    doc: 'takes back all that operators have added to the latency of this bridge',
    read: button(bridge => ({ kind: 'latency-to', bridge, ms: 0 })),
  },
  {
    word: 'capture',
    part: null,
    args: PRESS,
    doc: 'prints the YAML that matches the track on the deck',
    read: button(() => ({ kind: 'capture' })),
  },
  {
    word: 'lock',
    part: null,
    args: SWITCH,
    doc: 'locks the keys',
    read: lever((_, isOn) => ({ kind: 'lock', isOn })),
  },
  {
    word: 'resend',
    part: null,
    args: PRESS,
    doc: 'sends every level that stands again',
    read: button(() => ({ kind: 'resend' })),
  },
  {
    word: 'fire',
    part: null,
    args: '`,s` name',
    doc: 'fires the cue of this name',
    read: (_, args) => fire(args),
  },
  {
    word: 'fire',
    part: 'name',
    args: PRESS,
    doc: 'the same',
    read: button(cue => ({ kind: 'fire', cue })),
  },
  ...ofList('go', 'begins the step of the first cue list that is armed', list => ({ kind: 'go', list })),
  ...ofList('back', 'takes the last step of the first cue list back', list => ({ kind: 'back', list })),
  ...ofList('select-next', 'arms the next step', list => ({ kind: 'select', list, by: 1 })),
  ...ofList('select-previous', 'arms the step before', list => ({ kind: 'select', list, by: -1 })),
  {
    word: 'go-to',
    part: null,
    args: '`,s` step',
    doc: 'begins the step of this name, of the first cue list',
    read: (_, args) => goTo(null, args),
  },
  {
    word: 'go-to',
    part: 'list',
    args: '`,s` step',
    doc: 'the same for the cue list of this name',
    read: goTo,
  },
  {
    word: 'state',
    part: null,
    args: PRESS,
    doc: 'sends the whole state feed again',
    read: button(() => ({ kind: 'tell' })),
  },
];

/** Every address OSC in knows, with `<…>` for a part to fill in, as docs/osc.md lists them. */
export const OSC_IN_ROWS: readonly { readonly address: string; readonly args: string; readonly doc: string }[] =
  ADDRESSES.map(({ word, part, args, doc }) => ({
    address: `${PREFIX}${word}${part === null ? '' : `/<${part}>`}`,
    args,
    doc,
  }));

const WORDS: readonly string[] = [...new Set(ADDRESSES.map(({ word }) => word))];

/** The action that a message asks for, or why that is not known. Names in it are taken as they are: the show knows which exist. */
export function toOperatorAction({ address, args }: OscMessage): OscInResult {
  if (!address.startsWith(PREFIX)) return refused(`${quoted(address)} does not begin with ${PREFIX}`);
  const [word = '', part = null, ...rest] = address.slice(PREFIX.length).split('/');
  const found = ADDRESSES.find(each => each.word === word && (each.part === null) === (part === null));
  if (found === undefined || part === '' || rest.length > 0) {
    const near = WORDS.includes(word) ? null : nearest(word, WORDS);
    const hint = near === null ? `; known there: ${WORDS.join(', ')}` : `; did you mean "${PREFIX}${near}"?`;
    return refused(`unknown address ${quoted(address)}${hint}`);
  }
  const read = found.read(part ?? '', args);
  return read.ok ? read : refused(`${quoted(address)}: ${read.reason}`);
}

const LONGEST_SHOWN = 80;

/** In quotes, shortened, control characters spelt out: it comes from outside and goes into a line of the log. */
const quoted = (text: string): string =>
  JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
