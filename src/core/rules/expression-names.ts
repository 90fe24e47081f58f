/** Names in an expression: each is looked up in our own tables, and a message says where an unknown one stands. */
import { didYouMean, nearest } from '../../text/did-you-mean.ts';
import { STREAM_MOTIONS } from '../timecode/generator.ts';
import { BANKS, MOODS, PHRASE_KINDS } from '../track/phrase.ts';
import type { ExpressionFault, Operand } from './expression-tokens.ts';
import {
  CONTROL_FACTS,
  DECK_FACTS,
  DECK_NAMES,
  JUMP_FACTS,
  NEIGHBOUR_FACTS,
  NEIGHBOURS,
  PHRASE_FACTS,
  PLAY_STATES,
  TRACK_FACTS,
} from './facts.ts';
import { factAt, isShowRoot, SHOW_FACTS, SHOW_ROOTS, type ShowRoot } from './show-facts.ts';

/** Names that stand for themselves as text, so that they need no quotes. */
export const CONSTANTS: ReadonlySet<string> = new Set([
  ...PHRASE_KINDS,
  ...MOODS,
  ...BANKS,
  ...PLAY_STATES,
  ...STREAM_MOTIONS,
]);

export const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Functions and how many arguments they take. */
export const ARITY: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ['abs', [1, 1]],
  ['ceil', [1, 1]],
  ['contains', [2, 2]],
  ['floor', [1, 1]],
  ['has', [2, 2]],
  ['max', [1, 16]],
  ['min', [1, 16]],
  ['mod', [2, 2]],
  ['round', [1, 2]],
  ['sign', [1, 1]],
  ['sqrt', [1, 1]],
  ['startsWith', [2, 2]],
]);

/** A word of the text, in a message. */
export const shortened = (source: string): string => (source.length > 40 ? `${source.slice(0, 40)}…` : source);

const ROOTS: readonly string[] = ['track', 'phrase', 'now', 'jump', 'control', ...DECK_NAMES, ...SHOW_ROOTS];
const KNOWN_ROOTS = 'known here: deck, track, phrase, now, jump, master, deck1..deck4';

const isFact = (path: string): boolean => factAt(path) !== undefined;

/** Looks a name up in our own tables and nowhere else: `constructor` is as unknown as `phrse`. */
export function checkName(operand: Operand, source: string): ExpressionFault | null {
  const { word, offset } = operand;
  const parts = word.split('.');
  const root = parts[0] ?? '';
  const at = (message: string, note: string | null, from: number, length: number): ExpressionFault => ({
    message,
    note,
    offset: offset + from,
    length,
  });
  const whole = (message: string, note: string | null): ExpressionFault => at(message, note, 0, source.length);

  if (operand.sort === 'function') {
    if (ARITY.has(word)) return null;
    const note = `known here: ${[...ARITY.keys()].join(', ')}`;
    const known = isFact(word) || CONSTANTS.has(word) || ROOTS.includes(word);
    if (known) return whole(`${word} is not a function; put an operator between it and "("`, note);
    return whole(`unknown function "${shortened(word)}" in expression${didYouMean(word, ARITY.keys())}`, note);
  }
  if (parts.length === 1) {
    if (CONSTANTS.has(word) || LITERALS.has(word)) return null;
    if (isShowRoot(word)) return whole(`${word} is a record; say ${word}.NAME.…`, null);
    if (ROOTS.includes(word)) return whole(`${word} is a record; say ${word}.…`, knownOf(word));
    if (ARITY.has(word)) return whole(`${word} is a function; say ${word}(…)`, null);
    if (word === '$') return whole('a condition is an expression as it stands; leave out ${ and }', null);
    return whole(`unknown name "${shortened(word)}" in expression${suggestName(word)}`, KNOWN_ROOTS);
  }
  if (!ROOTS.includes(root)) {
    const length = root.length;
    if (CONSTANTS.has(root) || LITERALS.has(root))
      return whole(`${root} is a value; nothing can follow it with a dot`, null);
    const noDeck = /^deck\d+$/.test(root) ? '; decks are deck1 to deck4' : null;
    const message = `unknown name "${shortened(root)}" in expression${noDeck ?? suggestName(root)}`;
    return at(message, KNOWN_ROOTS, 0, length);
  }
  if (isFact(word)) return null;
  if (isShowRoot(root)) return checkShowFact(root, parts, whole);

  // The first part that leads nowhere is where the fault is.
  let path = root;
  for (const [i, part] of parts.entries()) {
    if (i === 0) continue;
    const from = nthPart(source, i);
    if (isFact(path)) return at(`${path} is a value; nothing can follow it with a dot`, null, from, part.length);
    const names = membersOf(path);
    const isLast = i === parts.length - 1;
    if (!names.includes(part)) {
      const message = `unknown fact "${shortened(part)}" of ${path}${suggestFact(path, part, names)}`;
      return at(message, knownOf(path), from, part.length);
    }
    path = `${path}.${part}`;
    if (isLast) return whole(`${path} is a record; say ${path}.…`, knownOf(path));
  }
  return null;
}

/** `cue.drop.isArmed`: a root, a name that people have given, and a fact. */
function checkShowFact(
  root: ShowRoot,
  [, name = '', member, ...rest]: readonly string[],
  whole: (message: string, note: string | null) => ExpressionFault,
): ExpressionFault {
  const members = Object.keys(SHOW_FACTS[root]);
  const note = `known of a ${root}: ${members.join(', ')}`;
  if (member === undefined) return whole(`${root}.${name} is a record; say ${root}.${name}.…`, note);
  if (!members.includes(member)) {
    return whole(`unknown fact "${shortened(member)}" of ${root}.${name}${didYouMean(member, members)}`, note);
  }
  return whole(`${root}.${name}.${member} is a value; nothing can follow it with a dot: "${rest.join('.')}"`, null);
}

/** Offset of the i-th part of a dotted name, blanks around the dots allowed for. */
function nthPart(source: string, i: number): number {
  let from = 0;
  for (let n = 0; n < i; n++) from = source.indexOf('.', from) + 1;
  while (source[from] === ' ' || source[from] === '\t') from++;
  return from;
}

function membersOf(path: string): readonly string[] {
  if (path.endsWith('track')) return Object.keys(TRACK_FACTS);
  if (path.endsWith('phrase')) return [...Object.keys(PHRASE_FACTS), ...NEIGHBOURS];
  if (path === 'now') return ['phrase'];
  if (path === 'jump') return Object.keys(JUMP_FACTS);
  if (path === 'control') return Object.keys(CONTROL_FACTS);
  if (NEIGHBOURS.some(name => path.endsWith(`phrase.${name}`))) return Object.keys(NEIGHBOUR_FACTS);
  return [...Object.keys(DECK_FACTS), 'track', 'phrase'];
}

const knownOf = (path: string): string => `known of ${path}: ${membersOf(path).join(', ')}`;

/** A fact of the deck's track or phrase is as likely as a misspelt one. */
function suggestFact(path: string, part: string, names: readonly string[]): string {
  const record = ['track', 'phrase'].find(each => isFact(`${path}.${each}.${part}`));
  const other = OTHER_WORDS.get(part.toLowerCase());
  if (record !== undefined) return `; did you mean "${path}.${record}.${part}"?`;
  return other !== undefined && names.includes(other) ? `; did you mean "${other}"?` : didYouMean(part, names);
}

/** Words that other programs have for a fact, where no letters lead to ours. */
const OTHER_WORDS: ReadonlyMap<string, string> = new Map([
  ['time', 'positionMs'],
  ['elapsed', 'positionMs'],
  ['timeleft', 'remainingMs'],
  ['speed', 'pitchPercent'],
  ['name', 'title'],
  ['type', 'kind'],
]);

/** A fact without its record (`kind`) is as likely as a misspelt name. */
function suggestName(word: string): string {
  for (const root of ['phrase', 'track', 'deck']) {
    if (isFact(`${root}.${word}`)) return `; did you mean "${root}.${word}"?`;
  }
  const near = nearest(word, [...ROOTS, ...CONSTANTS, ...LITERALS.keys()]);
  if (near !== null) return `; did you mean "${near}"?`;
  // Those of the deck first: they are what is so now.
  const [inRecord = null] = ['deck', 'phrase', 'track'].flatMap(root => {
    const found = nearest(
      word,
      membersOf(root).filter(each => isFact(`${root}.${each}`)),
    );
    return found === null ? [] : [`${root}.${found}`];
  });
  return inRecord === null || word.length < 3 ? '' : `; did you mean "${inRecord}"?`;
}
