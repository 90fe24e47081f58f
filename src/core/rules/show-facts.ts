/**
 * Facts of the show itself, beside those of its decks: what lamps and screens show. Each is of a thing that the profile
 * names: `cue.drop.isArmed`, `list.main.next`.
 */
import { STREAM_MOTIONS } from '../timecode/generator.ts';
import { FACTS, type Fact, type Sort } from './facts.ts';

const TRUTH: Sort = { kind: 'truth' };
const TEXT: Sort = { kind: 'text', values: null };
const fact = (doc: string, is: Sort = TRUTH): Fact => ({ changes: 'report', doc, is });

/** By the first part of their paths, then by the last. */
export const SHOW_FACTS = {
  cue: {
    isArmed: fact("a cue list's next GO begins it"),
    isRunning: fact(
      'from its first message until its last timed part has ended, at least 200 ms; in a list until the next step begins',
    ),
    isMuted: fact('a message of it would be held back now'),
    isFailed: fact('a message of its last fire could not be sent'),
  },
  list: {
    isArmed: fact('GO begins a step of it'),
    isRunning: fact('a step of it has begun'),
    isDone: fact('its last step has begun'),
    step: fact('the step that has begun last; null before the first', TEXT),
    next: fact('the step that the next GO begins; null when it is done', TEXT),
  },
  bridge: {
    isReady: fact('its device is there; null until that is known'),
  },
  timecode: {
    state: fact('stopped, running, locating, freewheeling or lost', { kind: 'text', values: STREAM_MOTIONS }),
  },
} as const satisfies Record<string, Record<string, Fact>>;

export type ShowRoot = keyof typeof SHOW_FACTS;

export const SHOW_ROOTS = Object.keys(SHOW_FACTS) as readonly ShowRoot[];

export const isShowRoot = (root: string): root is ShowRoot => (SHOW_ROOTS as readonly string[]).includes(root);

/** A path of a fact of the show, taken apart; null: it is none. Whether the profile has a thing of that name is not asked. */
export function showFactOf(
  path: string,
): { readonly root: ShowRoot; readonly name: string; readonly member: string } | null {
  const [root = '', name = '', member = '', ...rest] = path.split('.');
  if (!isShowRoot(root) || name === '' || rest.length > 0 || !Object.hasOwn(SHOW_FACTS[root], member)) return null;
  return { root, name, member };
}

/** The fact at a path, of a deck or of the show; undefined: there is none. */
export function factAt(path: string): Fact | undefined {
  const found = showFactOf(path);
  return found === null ? FACTS.get(path) : (SHOW_FACTS[found.root] as Readonly<Record<string, Fact>>)[found.member];
}
