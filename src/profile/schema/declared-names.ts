/** What a profile calls its things, read before it is checked: an action is checked by the bridge that it names. */
import { stepNames } from '../../core/cue-lists/cue-list.ts';
import type { FrameRate } from '../../core/timecode/timecode.ts';
import { quote } from '../../text/quote.ts';
import type { Text } from '../yaml/source-text.ts';
import type { Node } from '../yaml/yaml-reader.ts';
import { type Issue, issue, type Path } from './issues.ts';
import { rateNamed, USUAL_RATE } from './timecode-fields.ts';

export interface Names {
  /** Bridges by name, each with its `type` as written; null: it says none. */
  readonly bridges: ReadonlyMap<string, string | null>;
  readonly cues: readonly string[];
  /** Cue lists by name, each with the names of its steps. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** Timecodes by name, each with its rate; null: there is no rate of that name. */
  readonly timecodes: ReadonlyMap<string, FrameRate | null>;
}

export const NO_NAMES: Names = { bridges: new Map(), cues: [], lists: new Map(), timecodes: new Map() };

export function readNames(root: Node): Names {
  const bridges = new Map<string, string | null>();
  for (const [name, node] of keysOf(child(root, 'bridges'))) bridges.set(name, textOf(node, 'type')?.source ?? null);
  const timecodes = new Map<string, FrameRate | null>();
  for (const [name, node] of keysOf(child(root, 'timecode'))) {
    timecodes.set(name, rateNamed(textOf(node, 'rate')?.source ?? USUAL_RATE));
  }
  const lists = new Map(
    keysOf(child(root, 'cue-lists')).map(([name, node]) => [name, stepNames(itemsOf(stepsIn(node)).map(stepOf))]),
  );
  return { bridges, cues: keysOf(child(root, 'cues')).map(([name]) => name), lists, timecodes };
}

/** A list is its steps, or a map with more than these. */
const stepsIn = (node: Node): Node | undefined => (node.kind === 'list' ? node : child(node, 'steps'));

/** A step as far as its name goes: a cue's name alone is one as well. */
const stepOf = (node: Node) =>
  node.kind === 'text'
    ? { name: null, cue: node.data.source }
    : { name: textOf(node, 'name')?.source ?? null, cue: textOf(node, 'cue')?.source ?? '' };

/** How a cue of a track is called as a rule when it has no name of its own. */
export const trackRuleName = (id: string, place: string): string => `track ${id} at ${place}`;

/** Names that two rules share, tracks that are listed twice, ports with two timecodes: what no schema of one part sees. */
export function readDuplicates(root: Node, lineOf: (offset: number) => number): readonly Issue[] {
  const issues: Issue[] = [];
  const firsts = new Map<string, Text>();
  const see = (key: string, text: Text, path: Path, message: (line: number) => string): void => {
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, text);
    else issues.push(issue(message(lineOf(first.start)), { path }));
  };
  const taken = (name: string) => (line: number) =>
    `the name ${quote(name)} is taken: line ${line}; each rule has its own, so that a reload knows which is which`;

  for (const [i, rule] of itemsOf(child(root, 'rules')).entries()) {
    const name = textOf(rule, 'name');
    if (name !== null) see(`rule ${name.source}`, name, ['rules', i, 'name'], taken(name.source));
  }
  for (const [i, track] of itemsOf(child(root, 'tracks')).entries()) {
    const id = textOf(child(track, 'match'), 'id');
    const number = String(Number(id?.source)); // 05 is 5
    const idPath = ['tracks', i, 'match', 'id'];
    if (id !== null) see(`track ${number}`, id, idPath, line => `track ${number} stands here twice: line ${line}`);
    for (const [j, cue] of itemsOf(child(track, 'cues')).entries()) {
      const name = textOf(cue, 'name');
      const at = textOf(cue, 'at');
      const path = ['tracks', i, 'cues', j];
      if (name !== null) see(`rule ${name.source}`, name, [...path, 'name'], taken(name.source));
      else if (id !== null && at !== null) {
        see(`rule ${trackRuleName(number, at.source.trim())}`, at, [...path, 'at'], line => {
          return `this track has a cue at ${at.source.trim()} already: line ${line}; put both into one list, or give one a name`;
        });
      }
    }
  }
  for (const [list, node] of keysOf(child(root, 'cue-lists'))) {
    for (const [i, step] of itemsOf(stepsIn(node)).entries()) {
      const name = textOf(step, 'name');
      const path = ['cue-lists', list, ...(node.kind === 'map' ? ['steps'] : []), i, 'name'];
      if (name !== null)
        see(`step ${list} ${name.source}`, name, path, line => `${list} has a step of this name already: line ${line}`);
    }
  }
  for (const stream of ['timecode', 'clock']) {
    for (const [name, node] of keysOf(child(root, stream))) {
      for (const [i, item] of itemsOf(child(node, 'to')).entries()) {
        if (item.kind !== 'text') continue;
        const bridge = item.data.source;
        see(`${stream} port ${bridge}`, item.data, [stream, name, 'to', i], line => {
          return `${bridge} sends the ${stream} of line ${line} already; a port carries one`;
        });
      }
    }
  }
  return issues;
}

export const keysOf = (node: Node | undefined): readonly (readonly [string, Node])[] =>
  node?.kind === 'map' ? [...node.entries].map(([name, entry]) => [name, entry.node] as const) : [];

export const itemsOf = (node: Node | undefined): readonly Node[] => (node?.kind === 'list' ? node.items : []);

export const child = (node: Node | undefined, key: string): Node | undefined =>
  node?.kind === 'map' ? node.entries.get(key)?.node : undefined;

export function textOf(node: Node | undefined, key: string): Text | null {
  const value = child(node, key);
  return value?.kind === 'text' && value.data.source !== '' ? value.data : null;
}
