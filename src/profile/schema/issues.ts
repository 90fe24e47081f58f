/** What a schema has to say against a value, in our words: what was found, what was expected, and where in the tree. */
import type { z } from 'zod';
import { didYouMean, nearest } from '../../text/did-you-mean.ts';
import { listed, quote } from '../../text/quote.ts';
import { oddSpace } from '../yaml/lookalikes.ts';
import { Text } from '../yaml/source-text.ts';
import { keyMeant } from './other-keys.ts';

export type Path = readonly PropertyKey[];

/** One thing wrong at one place of the tree. */
export interface Issue {
  readonly path: Path;
  /**
   * What the path points at: the `node` there, the `key` it ends with, or the map in which the key is `missing`.
   * `shape`: the node is a text, a list or a map where something else belongs.
   */
  readonly at: 'node' | 'key' | 'missing' | 'shape';
  readonly message: string;
  /** A second line: `known here: …`. */
  readonly note: string | null;
  /** The part of a text that is meant, in characters; null: all of it. */
  readonly part: { readonly offset: number; readonly length: number } | null;
  /** In words; null when the message says all. */
  readonly expected: string | null;
  /** The words that would have done, when there is a list of them. */
  readonly choices: readonly string[] | null;
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** An issue at the value itself; the rest is filled in. */
export const issue = (message: string, rest: Partial<Issue> = {}): Issue => ({
  path: [],
  at: 'node',
  message,
  note: null,
  part: null,
  expected: null,
  choices: null,
  ...rest,
});

/** Runs a schema over a tree of `Text`, lists and maps. Reports everything it finds; never zod's own wording. */
export function check<S extends z.ZodType>(schema: S, input: unknown): Checked<z.output<S>> {
  const known: KnownKeys = new Map();
  const result = schema.safeParse(input, {
    reportInput: true,
    // Not for its wording: only here does zod say which schema it was, and so which keys it knows.
    error: raw => {
      const shape: unknown = (raw.inst?._zod.def as { shape?: unknown } | undefined)?.shape;
      if (raw.code === 'unrecognized_keys' && typeof shape === 'object' && shape !== null) {
        known.set(raw.input, Object.keys(shape));
      }
      return undefined;
    },
  });
  if (result.success) return { ok: true, value: result.data };
  const issues = result.error.issues.flatMap(one => translate(one, [], input, known));
  return { ok: false, issues: withoutEchoes(issues, input) };
}

/** Hands the issues of an inner check on to the schema that ran it. */
export function raise(context: z.core.$RefinementCtx, issues: readonly Issue[]): void {
  for (const inner of issues) {
    context.addIssue({ code: 'custom', message: inner.message, path: [...inner.path], params: { issue: inner } });
  }
}

/** What somebody wrote, for a message. */
export function describeValue(value: unknown): string {
  if (value instanceof Text) return value.source === '' && !value.isQuoted ? 'nothing' : quote(value.source);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'a map' : 'nothing';
}

type KnownKeys = Map<unknown, readonly string[]>;

function translate(raw: z.core.$ZodIssue, prefix: Path, root: unknown, known: KnownKeys): readonly Issue[] {
  const path = [...prefix, ...raw.path];
  switch (raw.code) {
    case 'custom': {
      const { issue: own } = (raw.params ?? {}) as { issue?: unknown };
      // Only from outside is it known which key is missing.
      if (isIssue(own))
        return [own.at === 'missing' && own.expected !== null ? missing(own.expected, path) : { ...own, path }];
      return [issue(raw.message === 'Invalid input' ? 'this does not fit here' : raw.message, { path })];
    }
    case 'unrecognized_keys': {
      const keys = known.get(raw.input) ?? [];
      return isMap(raw.input)
        ? raw.keys.map(key => unknownKey(key, keys, path))
        : [shapeIssue('a map', raw.input, path)];
    }
    case 'invalid_type': {
      const expected = WORDS_FOR_TYPES[raw.expected] ?? 'something else';
      if (raw.input === undefined) return [missing(expected, path)];
      return [shapeIssue(expected, raw.input, path)];
    }
    case 'invalid_key':
      return [{ ...badName(String(path.at(-1))), path }];
    case 'invalid_union':
      return bestBranch(
        raw.errors.map(branch => branch.flatMap(one => translate(one, path, root, known))),
        path,
        raw.input,
      );
    case 'too_small':
      if (raw.origin === 'array' && raw.minimum === 1)
        return [issue('this list is empty; expected something in it', { path })];
      return [issue(`expected at least ${raw.minimum} ${raw.origin === 'array' ? 'in this list' : 'here'}`, { path })];
    case 'too_big':
      return [issue(`expected at most ${raw.maximum} ${raw.origin === 'array' ? 'in this list' : 'here'}`, { path })];
    default:
      return [issue(`this does not fit here, found ${describeValue(raw.input)}`, { path })];
  }
}

/** How names that people give look. */
export const NAME = /^[a-z][a-z0-9_]*$/;
export const NAME_RULE = 'a name has small letters, digits and _ and begins with a letter';

/** A key of a map of names that is none. */
export const badName = (key: string): Issue =>
  issue(`${quote(key)} is no name: ${NAME_RULE}`, { path: [key], at: 'key' });

const WORDS_FOR_TYPES: Readonly<Record<string, string>> = {
  object: 'a map',
  record: 'a map',
  map: 'a map',
  array: 'a list',
  tuple: 'a list',
  string: 'a word',
  number: 'a number',
  boolean: 'true or false',
};

const isIssue = (value: unknown): value is Issue =>
  typeof value === 'object' && value !== null && 'at' in value && 'message' in value;

/** A map of the profile: neither a text nor a list. */
export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Text);

export function unknownKey(key: string, known: readonly string[], mapPath: Path): Issue {
  const note = known.length === 0 ? null : `known here: ${listed(known)}`;
  const path = [...mapPath, key];
  const first = firstWord(key);
  if (first !== key && known.includes(first)) {
    const rest = key.slice(first.length).trimStart();
    if (rest.startsWith(':')) return issue(`a space is missing after "${first}:"`, { path, at: 'key' });
    const written = rest.startsWith('=') ? ', and no "="' : '';
    return issue(`":" is missing after "${first}"${written}`, { path, at: 'key' });
  }
  const odd = oddSpace(key);
  if (odd !== null) return issue(odd.message, { path, at: 'key' });
  if (key.includes(' ? ')) {
    return issue('": " makes a map of this expression; put all of it in quotes', { path, at: 'key' });
  }
  const meant = keyMeant(key, known);
  const advice = meant === null ? didYouMean(key, known) : `; did you mean "${meant}"?`;
  return issue(`unknown key ${quote(key)}${advice}`, { path, at: 'key', note });
}

/** `{ port:8000 }`, `{ port 8000 }` and `{ port = 8000 }` are one long key to YAML. */
const firstWord = (key: string): string => /^[\w-]+/.exec(key)?.[0] ?? key;

export const missing = (expected: string, path: Path = []): Issue =>
  issue(`missing ${path.length === 0 ? 'value' : `key ${quote(String(path.at(-1)))}`}; expected ${expected}`, {
    path,
    at: 'missing',
    expected,
  });

export const shapeIssue = (expected: string, found: unknown, path: Path = []): Issue =>
  issue(`expected ${expected}, found ${describeValue(found)}`, {
    path,
    at: 'shape',
    expected,
    note: asList(expected, found),
  });

/** How the same is written as a list, where one belongs. */
function asList(expected: string, found: unknown): string | null {
  if (!/(?:^|or )a list/.test(expected)) return null;
  if (isMap(found)) {
    const [key] = Object.keys(found);
    return key === undefined ? null : `each item of a list begins with a dash: - ${key}: …`;
  }
  const isWord = found instanceof Text && found.source !== '' && /^a list/.test(expected);
  return isWord ? `a list has brackets, or a dash before each item: [${found.source.slice(0, 60)}]` : null;
}

/** Of several ways to read a value, the one its author will have meant: the shape decides, then `type`, then the count. */
function bestBranch(branches: readonly (readonly Issue[])[], path: Path, input: unknown): readonly Issue[] {
  const isHere = (one: Issue): boolean => one.path.length === path.length;
  const isType = (one: Issue): boolean => one.path.length === path.length + 1 && one.path.at(-1) === 'type';
  const rank = (branch: readonly Issue[]): number =>
    (branch.some(one => isHere(one) && one.at === 'shape') ? 1e6 : 0) + (branch.some(isType) ? 1e4 : 0) + branch.length;
  const [best = []] = [...branches].sort((a, b) => rank(a) - rank(b));
  if (rank(best) >= 1e6) {
    const expected = new Set(branches.flatMap(branch => branch.filter(isHere).map(one => one.expected ?? '')));
    return [shapeIssue([...expected].filter(text => text !== '').join(' or '), input, path)];
  }
  const wrongType = best.find(isType);
  if (wrongType === undefined || !branches.every(branch => branch.some(isType))) return best;
  const choices = [...new Set(branches.flatMap(branch => branch.filter(isType).flatMap(one => one.choices ?? [])))];
  if (choices.length === 0 || wrongType.at === 'missing') return [wrongType];
  const { type } = (isMap(input) ? input : {}) as { type?: unknown };
  return [unknownWord('type', type instanceof Text ? type.source : '', choices, wrongType.path)];
}

/** A word that is none of those that may stand here. */
export function unknownWord(what: string, found: string, choices: readonly string[], path: Path = []): Issue {
  const first = firstWord(found);
  // `{ console /eos/go }` is a key without a value.
  const isColonMissing = choices.includes(first) && /^\s+\//.test(found.slice(first.length));
  const message = isColonMissing
    ? `":" is missing after "${first}"`
    : `unknown ${what} ${quote(found)}${didYouMean(found, choices)}`;
  return issue(message, {
    path,
    note: `known here: ${listed(choices)}`,
    expected: `one of: ${listed(choices)}`,
    choices,
  });
}

/** A text where a map belongs misses every key of the map: said once, and as what it is. */
function withoutEchoes(issues: readonly Issue[], root: unknown): readonly Issue[] {
  const seen = new Set<string>();
  const kept: Issue[] = [];
  const misspelt = wrongKeys(issues);
  for (const one of issues) {
    // The missing key stands there in other letters, which has been said: `prot` for `port`.
    const wrong = one.at === 'missing' ? (misspelt.get(mapOf(one.path)) ?? []) : [];
    if (wrong.some(key => isMeant(key, String(one.path.at(-1))))) continue;
    const real = one.path.length === 0 ? one : (beneathText(one.path, root) ?? one);
    const key = JSON.stringify(real.path.map(String));
    if (real.at === 'shape' && seen.has(key)) continue;
    if (real.at === 'shape') seen.add(key);
    kept.push(real);
  }
  return kept;
}

/** Whether a key that is none stands for one that is missing. */
export const isMeant = (key: string, missing: string): boolean =>
  firstWord(key) === missing || nearest(key, [missing]) !== null || keyMeant(key, [missing]) !== null;

/** Keys that were complained about, by the path of their map. */
function wrongKeys(issues: readonly Issue[]): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, string[]>();
  for (const { at, path } of issues) {
    if (at !== 'key') continue;
    const where = mapOf(path);
    keys.set(where, [...(keys.get(where) ?? []).slice(0, 20), String(path.at(-1))]);
  }
  return keys;
}

const mapOf = (path: Path): string => JSON.stringify(path.slice(0, -1).map(String));

/** The issue that a path leads through a text or a key into a list; null when it does not. */
function beneathText(path: Path, root: unknown): Issue | null {
  let node = root;
  for (const [i, key] of path.entries()) {
    const fits = Array.isArray(node) ? typeof key === 'number' : isMap(node);
    if (!fits) return node === undefined ? null : shapeIssue('a map', node, path.slice(0, i));
    node = (node as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return null;
}
