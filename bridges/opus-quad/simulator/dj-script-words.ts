/** The words of a DJ's set and what each may be followed by; dj-script.ts says how a set is written. */
import type { DeckNumber } from '../../../src/core/deck-report.ts';
import { clockTimeMs } from '../../../src/text/clock-time.ts';
import { MODELS } from '../models.ts';
import { DEMO_TRACKS, trackTitled } from './demo-tracks.ts';
import type { Quirks, Span } from './quirks.ts';
import { type DeckAction, FROM_USB, type TrackOrigin } from './simulated-deck.ts';
import type { DjAction } from './unit-state.ts';

/** Word with the values it may take; `read` answers null for any other value. */
export interface ScriptWord<T> {
  readonly expected: string;
  read(text: string): T | null;
}

const word = <T>(expected: string, read: (text: string) => T | null): ScriptWord<T> => ({ expected, read });

const matched = <T>(expected: string, pattern: RegExp, value: (parts: readonly string[]) => T | null): ScriptWord<T> =>
  word(expected, text => {
    const match = pattern.exec(text);
    return match === null ? null : value(match.map(part => part ?? ''));
  });

const constant = <T>(value: T): ScriptWord<T> => matched('no value', /^$/, () => value);
export const anyText = word('a text', text => (text === '' ? null : text));
export const onOff = matched('on or off', /^(on|off|true|false)$/, ([text]) => text === 'on' || text === 'true');
export const wholeNumber = matched('a whole number', /^\d+$/, ([text]) => Number(text));
const share = matched('a share from 0 to 1', /^[01]?(?:\.\d+)?$/, ([text]) =>
  Number(text) <= 1 ? Number(text) : null,
);
const oneOf = <const T extends string>(...options: readonly T[]): ScriptWord<T> =>
  word(options.join(', '), text => options.find(option => option === text) ?? null);

export const time = word('a time such as 1:30 or 0:02.500', clockTimeMs);
const duration = matched('a duration such as 5 s or 500 ms', /^(\d+(?:\.\d+)?) ?(ms|s)$/, ([, n, unit]) =>
  unit === 's' ? Number(n) * 1000 : Number(n),
);
const span: ScriptWord<Span> = matched(
  'a span such as 0-10 ms',
  /^(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))? ?ms$/,
  parts => {
    const min = Number(parts[1]);
    const max = parts[2] === '' ? min : Number(parts[2]);
    return min <= max ? { min, max } : null;
  },
);

const NUMBER = '[+-]?\\d+(?:\\.\\d+)?';

/** Origins of a track, other than a stick. */
const ORIGINS: Readonly<Record<string, TrackOrigin>> = {
  streamed: { sourceSlot: 'streaming', trackType: 'streaming' },
  unanalysed: { sourceSlot: 'usb', trackType: 'unanalysed' },
  link: { sourceSlot: 'rekordbox', trackType: 'rekordbox' },
  'audio-cd': { sourceSlot: 'cd', trackType: 'audio-cd' },
  untold: { sourceSlot: 'none', trackType: 'none' },
};
const LOAD = /^(.+?)(?: as ([\w-]+))?(?: with number (\d{1,9}))?$/;
const LOAD_EXPECTED = `a title: ${DEMO_TRACKS.map(each => each.title).join(', ')}, and if need be "as ${Object.keys(ORIGINS).join('", "as ')}" or "with number 0"`;

export const DECK_WORDS: Readonly<Record<string, ScriptWord<DeckAction | { readonly kind: 'master' }>>> = {
  load: word(LOAD_EXPECTED, text => {
    const [, title = '', as, number] = LOAD.exec(text) ?? [];
    const track = trackTitled(title);
    const origin = as === undefined ? FROM_USB : (ORIGINS[as] ?? null);
    if (track === null || origin === null) return null;
    // A track that rekordbox has not analysed for a stick has no phrases on the unit.
    const structure = origin.trackType === 'rekordbox' ? track.structure : null;
    const id = number === undefined ? track.id : Number(number);
    return { kind: 'load', track: { ...track, structure, id }, origin };
  }),
  play: constant({ kind: 'play' }),
  pause: constant({ kind: 'pause' }),
  cue: constant({ kind: 'cue' }),
  eject: constant({ kind: 'eject' }),
  master: constant({ kind: 'master' }),
  pitch: matched('percent such as +3.2 %', new RegExp(`^(${NUMBER}) ?%$`), ([, percent]) =>
    Math.abs(Number(percent)) <= 100 ? { kind: 'pitch', percent: Number(percent) } : null,
  ),
  bend: matched('percent and how long, such as +4 % for 500 ms', new RegExp(`^(${NUMBER}) ?% for (.+)$`), parts => {
    const forMs = duration.read(parts[2] ?? '');
    return forMs === null ? null : { kind: 'bend', percent: Number(parts[1]), forMs };
  }),
  jump: word('"to beat 129", "to 1:30" or "by -16 beats"', text => {
    const [, beat] = /^to beat (\d+(?:\.\d+)?)$/.exec(text) ?? [];
    if (beat !== undefined) return { kind: 'jump', to: { beat: Number(beat) } };
    const [, by] = new RegExp(`^by (${NUMBER}) beats?$`).exec(text) ?? [];
    if (by !== undefined) return { kind: 'jump', to: { byBeats: Number(by) } };
    const ms = text.startsWith('to ') ? time.read(text.slice('to '.length)) : null;
    return ms === null ? null : { kind: 'jump', to: { ms } };
  }),
  loop: word('"4 beats", "1/2 beat" or "out"', text => {
    if (text === 'out') return { kind: 'loop', beats: null };
    const [, over, under] = /^(\d+(?:\.\d+)?)(?:\/(\d+))? beats?$/.exec(text) ?? [];
    const beats = Number(over) / Number(under ?? 1);
    return beats > 0 && beats < Infinity ? { kind: 'loop', beats } : null;
  }),
  reverse: word(onOff.expected, text => ifPresent(onOff.read(text), isOn => ({ kind: 'reverse', isOn }))),
  'on-air': word(onOff.expected, text => ifPresent(onOff.read(text), isOn => ({ kind: 'on-air', isOn }))),
};

export const UNIT_WORDS: Readonly<Record<string, ScriptWord<DjAction>>> = {
  silence: word(duration.expected, text => ifPresent(duration.read(text), forMs => ({ kind: 'silence', forMs }))),
  reboot: word(duration.expected, text => ifPresent(duration.read(text), forMs => ({ kind: 'reboot', forMs }))),
};

export const deckNumber: ScriptWord<DeckNumber> = matched(
  '1, 2, 3 or 4',
  /^[1-4]$/,
  ([text]) => Number(text) as DeckNumber,
);

/** Acts that a deck without a track would not notice. */
export const NEEDS_TRACK = ['play', 'pause', 'cue', 'eject', 'master', 'bend', 'jump', 'loop', 'reverse'];

/** Names of the quirks in a set. */
export const QUIRK_WORDS: Readonly<Record<string, ScriptWord<Partial<Quirks>>>> = {
  status: quirk('statusMode', oneOf('on-change', 'raster', 'sharp')),
  'zero-flags-share': quirk('zeroFlagsShare', share),
  drop: quirk('drop', share),
  duplicate: quirk('duplicate', share),
  reorder: quirk('reorder', share),
  delay: quirk('delayMs', span),
  'position-jitter': quirk('positionJitterMs', span),
  'status-bytes': quirk('statusBytes', {
    expected: '0xd4, 0x11c, 0x124 or 0x200',
    read: text => ([0xd4, 0x11c, 0x124, 0x200] as const).find(bytes => bytes === Number(text)) ?? null,
  }),
  'constant-deck-byte': quirk('constantDeckByte', onOff),
  'constant-deck-byte-again': quirk('constantDeckByteAgain', onOff),
  counter: quirk('counter', oneOf('counting', 'zero')),
  p2: quirk('p2Family', oneOf('6x', '7x', '9x', 'fx')),
  'junk-beats-while-loading': quirk('junkBeatsWhileLoading', onOff),
  'lose-fragment': quirk('loseFragment', share),
  numbering: quirk('numbering', oneOf('nine', 'one-two-thirty-three')),
  'reports-on-air': quirk('reportsOnAir', onOff),
  'on-air-stuck': quirk('onAirStuck', onOff),
  'reports-loops': quirk('reportsLoops', onOff),
  'empty-statuses': quirk('emptyStatuses', onOff),
  'empty-positions': quirk('emptyPositions', onOff),
  'still-positions': quirk('stillPositions', onOff),
  'position-every': quirk('positionEveryMs', duration),
  'keep-alive-number': quirk(
    'keepAliveNumber',
    matched('a number from 1 to 255', /^(\d{1,3})$/, ([, n]) => (Number(n) > 0 && Number(n) < 256 ? Number(n) : null)),
  ),
  positions: quirk('positions', oneOf('unicast', 'broadcast', 'off')),
  'needs-claim': quirk('needsClaim', onOff),
  model: quirk('model', oneOf(...MODELS)),
};

function quirk<K extends keyof Quirks>(
  name: K,
  { expected, read }: ScriptWord<Quirks[K]>,
): ScriptWord<Partial<Quirks>> {
  return { expected, read: text => ifPresent(read(text), value => ({ [name]: value }) as Partial<Quirks>) };
}

export function ifPresent<T, U>(value: T | null, to: (value: T) => U): U | null {
  return value === null ? null : to(value);
}
