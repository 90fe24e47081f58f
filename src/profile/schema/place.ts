/** Places in a track as a profile writes them: `[n beats|bars|ms before|after] place`. */
import type { Ms } from '../../core/clock.ts';
import { HAPPENINGS, type Happening } from '../../core/deck/happenings.ts';
import type { Offset, Place, PlaceAnchor } from '../../core/rules/rule.ts';
import { SHOW_HAPPENINGS } from '../../core/show-happening.ts';
import { HOT_CUES } from '../../core/track/cue-points.ts';
import { PHRASE_KINDS, type PhraseKind } from '../../core/track/phrase.ts';
import { didYouMean } from '../../text/did-you-mean.ts';
import { quote } from '../../text/quote.ts';
import { type FieldType, fieldType, type Parsed, type Refused } from './schema-builder.ts';

const ALL_HAPPENINGS: readonly Happening[] = [...HAPPENINGS, ...SHOW_HAPPENINGS];

const UNITS: Readonly<Record<string, { readonly unit: Offset['unit']; readonly scale: number }>> = {
  beat: { unit: 'beats', scale: 1 },
  beats: { unit: 'beats', scale: 1 },
  bar: { unit: 'bars', scale: 1 },
  bars: { unit: 'bars', scale: 1 },
  ms: { unit: 'ms', scale: 1 },
  s: { unit: 'ms', scale: 1000 },
};

/** Words a place can begin with. */
const PLACES: readonly string[] = [
  ...PHRASE_KINDS,
  'phrase',
  'fill',
  'end',
  'downbeat',
  'beat',
  'every',
  'hot',
  'memory',
  ...ALL_HAPPENINGS,
];
const FORMS = `a place is one of: 3:27.500, beat 512, chorus, chorus 2, phrase 5, fill, end, downbeat, every 8 bars, hot cue A, memory cue 2; before it may stand: 4 beats before; or it is what a deck does: ${HAPPENINGS.join(', ')}; or the show: ${SHOW_HAPPENINGS.join(', ')}`;

/** m:ss or h:mm:ss, each with up to three places of a second. */
const TIME = /^(?:(\d{1,2}):([0-5]\d)|(\d{1,3})):([0-5]\d)(?:\.(\d{1,3}))?$/;
const AMOUNT = /^\d{1,6}(?:\.\d{1,3})?$/;
const COUNT = /^[1-9]\d{0,5}$/;

const SPACE = '[ \\t]+';
const PATTERN = `^(\\d+(\\.\\d+)?[ \\t]*(${Object.keys(UNITS).join('|')})${SPACE}(before|after)${SPACE})?(${[
  '(\\d+:)?\\d+:\\d\\d(\\.\\d+)?',
  `(${[...PHRASE_KINDS, 'phrase', 'fill'].join('|')})(${SPACE}\\d+)?`,
  `beat${SPACE}\\d+`,
  'end',
  'downbeat',
  `every${SPACE}(\\d+${SPACE})?(bars?|beats?)`,
  `hot${SPACE}cue(${SPACE}([A-Ha-h]|"[^"]+"))?`,
  `memory${SPACE}cue(${SPACE}\\d+)?`,
  ...ALL_HAPPENINGS.map(each => each.replace(' ', SPACE)),
].join('|')})$`;

/** A place, for `when` and `at`. */
export const place = (): FieldType<Place> =>
  fieldType(
    'a place (3:27.500, beat 512, chorus 2, 4 beats before chorus)',
    // The words alone as well, so that an editor can offer them.
    {
      anyOf: [
        { enum: [...PHRASE_KINDS, 'phrase', 'fill', 'end', 'downbeat', 'hot cue', 'memory cue', ...ALL_HAPPENINGS] },
        { type: 'string', pattern: PATTERN },
      ],
    },
    ({ source }) => parsePlace(source),
  );

/** What a deck does; null: it is a place. */
function happeningOf(pieces: readonly Piece[]): Happening | null {
  const text = pieces.map(piece => piece.text).join(' ');
  return ALL_HAPPENINGS.find(each => each === text) ?? null;
}

/** One word of a place. */
interface Piece {
  readonly text: string;
  readonly offset: number;
}

/** Reads a place. Faults are counted in characters of the text. */
export function parsePlace(text: string): Parsed<Place> {
  // A number may touch its unit: `100ms before chorus`.
  const pieces: Piece[] = [...text.matchAll(/\d+(?:\.\d+)?(?=(?:ms|s|beats?|bars?)\b)|"[^"]*"|\S+/g)].map(match => ({
    text: match[0],
    offset: match.index,
  }));
  const [first, second, third] = pieces;
  if (first === undefined) return { ok: false, message: 'a place is missing', note: FORMS };

  const isOffset = second !== undefined && !TIME.test(first.text) && /^[-+]?\.?\d/.test(first.text);
  if (!isOffset) {
    const happening = happeningOf(pieces);
    if (happening !== null) {
      return { ok: true, value: { anchor: { kind: 'happening', happening }, offset: null, text: text.trim() } };
    }
    const anchor = parseAnchor(pieces, text);
    return anchor.ok ? { ok: true, value: { anchor: anchor.value, offset: null, text: text.trim() } } : anchor;
  }
  if (!AMOUNT.test(first.text)) {
    const isSigned = /^[-+]\d/.test(first.text);
    const way = first.text.startsWith('-') ? 'before' : 'after';
    const advice = isSigned ? `; write ${first.text.slice(1)} ${second.text} ${way} …` : '';
    return refuse(first, `${quote(first.text)} is no number of beats, bars or ms${advice}`);
  }
  const unit = Object.hasOwn(UNITS, second.text) ? UNITS[second.text] : undefined;
  if (unit === undefined) {
    const near = didYouMean(second.text, Object.keys(UNITS));
    return refuse(second, `unknown unit ${quote(second.text)}${near}`, 'known here: beats, bars, ms, s');
  }
  if (third === undefined) {
    const isTime = unit.unit === 'ms' ? ' (a time in a track is m:ss)' : '';
    return refuse(second, `before or after what? Say ${first.text} ${second.text} before chorus${isTime}`);
  }
  if (third.text !== 'before' && third.text !== 'after') {
    return refuse(
      third,
      `expected before or after, found ${quote(third.text)}${didYouMean(third.text, ['before', 'after'])}`,
    );
  }
  const rest = pieces.slice(3);
  const [what] = rest;
  if (what !== undefined && happeningOf(rest) !== null) {
    return refuse(
      what,
      `nobody knows ${third.text} when a deck does this; leave out ${first.text} ${second.text} ${third.text}`,
    );
  }
  if (rest.length === 0) return refuse(third, `${third.text} what? A place is missing`, FORMS);
  const anchor = parseAnchor(rest, text);
  if (!anchor.ok) return anchor;
  const size = Number(first.text) * unit.scale;
  const offset: Offset = { amount: third.text === 'before' ? 0 - size : size, unit: unit.unit };
  return { ok: true, value: { anchor: anchor.value, offset, text: text.trim() } };
}

const refuse = (at: Piece, message: string, note: string | null = null): Refused => ({
  ok: false,
  message,
  note,
  offset: at.offset,
  length: at.text.length,
});

const found = (anchor: PlaceAnchor): Parsed<PlaceAnchor> => ({ ok: true, value: anchor });

function parseAnchor(pieces: readonly Piece[], text: string): Parsed<PlaceAnchor> {
  const [head, ...more] = pieces;
  if (head === undefined) return { ok: false, message: 'a place is missing', note: FORMS };
  const span = (from: Piece): Piece => ({ text: text.slice(from.offset).trimEnd(), offset: from.offset });
  if (head.text === 'hot' || head.text === 'memory') return cuePoint(head, more, span);
  const none = (anchor: PlaceAnchor): Parsed<PlaceAnchor> => {
    const [extra] = more;
    return extra === undefined
      ? found(anchor)
      : refuse(span(extra), `nothing can follow ${head.text}, found ${quote(span(extra).text)}`);
  };
  const numbered = (anchor: (nth: number | null) => PlaceAnchor): Parsed<PlaceAnchor> => {
    const [nth, extra] = more;
    if (nth === undefined) return found(anchor(null));
    if (!COUNT.test(nth.text)) return refuse(nth, notWhich(head.text, nth.text, more.slice(1)));
    return extra === undefined
      ? found(anchor(Number(nth.text)))
      : refuse(span(extra), `nothing can follow ${head.text} ${nth.text}`);
  };

  if (/^\d/.test(head.text)) return time(head, none);
  switch (head.text) {
    case 'end':
      return none({ kind: 'end' });
    case 'downbeat':
      return none({ kind: 'downbeat' });
    case 'phrase':
      return numbered(nth => ({ kind: 'phrase', nth }));
    case 'fill':
      return numbered(nth => ({ kind: 'fill', nth }));
    case 'beat': {
      const [beat] = more;
      if (beat === undefined) return refuse(head, 'which beat? Say beat 512, or every beat');
      return numbered(nth => ({ kind: 'beat', beat: nth ?? 1 }));
    }
    case 'every':
      return every(head, more, span);
    default:
  }
  if (isPhraseKind(head.text)) {
    const phraseKind = head.text;
    return numbered(nth => ({ kind: 'phrase-kind', phraseKind, nth }));
  }
  const advice = placeMeant(head.text, more);
  return advice === null
    ? refuse(head, `unknown place ${quote(head.text)}${didYouMean(head.text, PLACES)}`, FORMS)
    : refuse(head, `unknown place ${quote(head.text)}; ${advice}`);
}

const COUNTED: ReadonlyMap<string, number> = new Map([
  ['first', 1],
  ['second', 2],
  ['third', 3],
  ['1st', 1],
  ['2nd', 2],
  ['3rd', 3],
]);
/** What DJs call phrases, and rekordbox does not. */
const OTHER_KINDS: ReadonlyMap<string, PhraseKind> = new Map([
  ['drop', 'chorus'],
  ['hook', 'chorus'],
  ['refrain', 'chorus'],
  ['break', 'down'],
  ['breakdown', 'down'],
  ['build', 'up'],
  ['buildup', 'up'],
  ['build-up', 'up'],
]);

/** What to write for a word that is no place and says what is meant all the same; null: nothing is known of it. */
function placeMeant(word: string, more: readonly Piece[]): string | null {
  const rest = more.map(({ text }) => text).join(' ');
  const said = word.toLowerCase();
  if (['the', 'a', 'at', 'on', 'in'].includes(said)) return rest === '' ? null : `leave it out: ${rest}`;
  if (said === 'before' || said === 'after') return `how long ${said}? Say 4 beats ${said} ${rest || 'chorus'}`;
  const nth = COUNTED.get(said);
  if (nth !== undefined && rest !== '') return `write ${rest} ${nth}`;
  const glued = /^([a-z]+)-?(\d+)$/.exec(said);
  if (glued !== null && PLACES.includes(glued[1] ?? '')) return `a space is missing: ${glued[1]} ${glued[2]}`;
  if (['hotcue', 'hot-cue', 'cue'].includes(said)) return `write hot cue ${rest || 'A'}`;
  if (/^(?:deck|track|phrase|master)\d?\./.test(said)) {
    return 'that is a condition, which stands under if:, or alone under while:';
  }
  const kind = OTHER_KINDS.get(said);
  return kind === undefined ? null : `rekordbox has no such phrase; of its kinds ${kind} is the nearest`;
}

/** What is wrong with something behind a phrase that should be its number. */
function notWhich(head: string, nth: string, more: readonly Piece[]): string {
  const amount = more.map(({ text }) => text).join(' ');
  if (/^[-+]$/.test(nth) && amount !== '') return `write ${amount} ${nth === '-' ? 'before' : 'after'} ${head}`;
  return `expected which ${head} (1, 2, …), found ${quote(nth)}`;
}

/** `hot cue`, `hot cue A`, `memory cue`, `memory cue 2`. */
function cuePoint(
  head: Piece,
  [word, which, extra]: readonly Piece[],
  span: (from: Piece) => Piece,
): Parsed<PlaceAnchor> {
  const isHot = head.text === 'hot';
  const example = isHot ? 'hot cue A' : 'memory cue 2';
  if (word?.text !== 'cue') return refuse(word ?? head, `expected ${head.text} cue, as in ${example}`);
  if (extra !== undefined) return refuse(span(extra), `nothing can follow ${head.text} cue ${which?.text ?? ''}`);
  if (which === undefined) return found(isHot ? { kind: 'hot-cue', button: null } : { kind: 'memory-cue', nth: null });
  if (!isHot) {
    return COUNT.test(which.text)
      ? found({ kind: 'memory-cue', nth: Number(which.text) })
      : refuse(which, `expected which memory cue (1, 2, …), found ${quote(which.text)}`);
  }
  const [, called] = /^"([^"]+)"$/.exec(which.text) ?? [];
  if (called !== undefined) return found({ kind: 'hot-cue', button: null, called });
  const button = (HOT_CUES as readonly string[]).indexOf(which.text.toUpperCase()) + 1;
  return button > 0
    ? found({ kind: 'hot-cue', button })
    : refuse(
        which,
        `expected which hot cue (A to H, or its name in quotes: hot cue "OUT"), found ${quote(which.text)}`,
      );
}

const isPhraseKind = (text: string): text is PhraseKind => (PHRASE_KINDS as readonly string[]).includes(text);

function time(head: Piece, done: (anchor: PlaceAnchor) => Parsed<PlaceAnchor>): Parsed<PlaceAnchor> {
  const match = TIME.exec(head.text);
  if (match === null)
    return refuse(
      head,
      `${quote(head.text)} is no time in a track; write m:ss, m:ss.mmm or h:mm:ss.mmm${likeTime(head.text)}`,
      FORMS,
    );
  const [, hours = '0', minutesOfHour, minutes, seconds = '0', fraction = ''] = match;
  const total = (Number(hours) * 60 + Number(minutesOfHour ?? minutes)) * 60 + Number(seconds);
  const positionMs: Ms = total * 1000 + Number(fraction.padEnd(3, '0'));
  return done({ kind: 'time', positionMs });
}

/** `3.27` is minutes and seconds to some. */
function likeTime(text: string): string {
  const [, minutes, seconds] = /^(\d{1,2})[.;']([0-5]\d)$/.exec(text) ?? [];
  return minutes === undefined ? '' : `, as in ${minutes}:${seconds}`;
}

/** `every 8 bars`, `every bar`. */
function every(head: Piece, more: readonly Piece[], span: (from: Piece) => Piece): Parsed<PlaceAnchor> {
  const [first] = more;
  if (first === undefined) return refuse(head, 'every what? Say every 8 bars or every 4 beats');
  const isCounted = /^\d/.test(first.text);
  if (isCounted && !COUNT.test(first.text))
    return refuse(first, `expected a whole number of bars or beats, found ${quote(first.text)}`);
  const [unit, extra] = isCounted ? more.slice(1) : more;
  if (unit === undefined) return refuse(first, `every ${first.text} what? Say every ${first.text} bars`);
  const word = unit.text.endsWith('s') ? unit.text : `${unit.text}s`;
  if (word !== 'bars' && word !== 'beats') {
    return refuse(unit, `expected bars or beats, found ${quote(unit.text)}${didYouMean(unit.text, ['bars', 'beats'])}`);
  }
  if (extra !== undefined) return refuse(span(extra), `nothing can follow ${unit.text}`);
  return found({ kind: 'every', count: isCounted ? Number(first.text) : 1, unit: word });
}
