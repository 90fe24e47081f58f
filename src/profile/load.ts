/** From the YAML text of a profile to a checked one, or to everything that is wrong with it. */
import type { Bridge } from '../bridge.ts';
import type { Happening } from '../core/deck/happenings.ts';
import type { Profile } from '../core/profile.ts';
import { DROP_IF_LATE_BY_MS, type MomentRule, type Place, type Rule, type RuleStep } from '../core/rules/rule.ts';
import { SHOW_HAPPENINGS } from '../core/show-happening.ts';
import { usualUnknownTrack } from '../core/timecode/regions.ts';
import type { TimecodeEntry } from '../core/timecode/stream-entry.ts';
import { steadyGrid } from '../core/track/beat-grid.ts';
import type { MediaLibrary } from '../core/track/media-library.ts';
import { matchName } from '../core/track/track-match.ts';
import { buildList, placesOf } from './build-cue-lists.ts';
import { doubtfulTexts } from './checks/doubtful-texts.ts';
import { expectedNameIssues } from './checks/expected-names.ts';
import { controlFactIssues } from './checks/placed-facts.ts';
import { readOverlaps } from './checks/region-overlaps.ts';
import { shownFactIssues } from './checks/shown-facts.ts';
import { warningsOf } from './checks/warnings.ts';
import { type Lines, lineOf, linesOf, type Problem, toProblem } from './problem-text.ts';
import { type ProfileSources, sourcesOf } from './profile-sources.ts';
import { isCueRef, type Step } from './schema/actions.ts';
import { readDuplicates, readNames, trackRuleName } from './schema/declared-names.ts';
import { check, type Issue, type Path } from './schema/issues.ts';
import { type CheckedProfile, profileSchema } from './schema/profile-schema.ts';
import type { CheckedMoment } from './schema/sections/rules-section.ts';
import type { YamlError } from './yaml/yaml-fault.ts';
import { type Entry, type MapNode, type Node, readYaml, type TextNode } from './yaml/yaml-reader.ts';

export type Loaded =
  | {
      readonly ok: true;
      readonly profile: Profile;
      readonly warnings: readonly Problem[];
      readonly sources: ProfileSources;
    }
  /** All there are, in the order of the file. */
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Loads a profile; never throws, whatever the text.
 *
 * @param file     its name, for messages and, without `name:`, for the show
 * @param bridges  the kinds of bridge there are
 * @param library  the tracks of imported sticks: what `match` may mean
 */
export function loadProfile(source: string, file: string, bridges: readonly Bridge[], library: MediaLibrary): Loaded {
  const text = source.replace(/^\ufeff/, '');
  const lines = linesOf(text);
  const fail = (faults: readonly YamlError[]): Loaded => ({
    ok: false,
    problems: inOrder(faults).map(fault => toProblem(fault, 'error', file, lines)),
  });
  const { root, faults } = readYaml(text);
  if (root === null || root.kind !== 'map') return fail(faults.length > 0 ? faults : [noProfile(root, text)]);

  const names = readNames(root);
  const lineAt = (offset: number): number => lineOf(lines, offset);
  const checked = check(profileSchema(bridges, names), root.data);
  const overlaps = readOverlaps(root, names, lineAt);
  const issues = [
    ...(checked.ok
      ? [
          ...shownFactIssues(checked.value, names),
          ...controlFactIssues(checked.value),
          ...expectedNameIssues(checked.value),
        ]
      : checked.issues),
    ...readDuplicates(root, lineAt),
    ...overlaps.errors,
  ];
  const all = [
    ...faults,
    ...withoutEchoes(
      issues.map(issue => locate(issue, root, text)),
      faults,
      lines,
    ),
  ];
  if (all.length > 0 || !checked.ok) return fail(all);
  const profile = build(checked.value, file);
  const issuesOfDoubt = [...warningsOf(checked.value, bridges, library), ...overlaps.warnings];
  const doubts = [...issuesOfDoubt.map(issue => locate(issue, root, text)), ...doubtfulTexts(root, text)];
  const warnings = inOrder(doubts).map(fault => toProblem(fault, 'warning', file, lines));
  const sources = sourcesOf(checked.value, path => {
    const { node, entry } = follow(root, path);
    return lineOf(lines, entry?.start ?? node.start);
  });
  return { ok: true, profile, warnings, sources };
}

function noProfile(root: Node | null, text: string): YamlError {
  const at = (message: string, end: number): YamlError => ({ start: root?.start ?? 0, end, message, note: null });
  if (root === null || (root.kind === 'text' && root.data.source === '')) {
    return at('this file holds nothing; a profile begins with decklight: 1 (decklight init writes one)', 1);
  }
  const glued = /^[\w-]+:\S/.test(text.slice(root.start, root.start + 100));
  const advice = glued
    ? 'a space is missing after the colon'
    : 'it begins with decklight: 1 (decklight init writes one)';
  return at(
    `a profile is a map of keys and values, found ${root.kind === 'list' ? 'a list' : 'a text'}; ${advice}`,
    root.end,
  );
}

/** What YAML could not read as meant makes no sense to a schema either; it has been said already. */
function withoutEchoes(found: readonly YamlError[], said: readonly YamlError[], lines: Lines): readonly YamlError[] {
  const taken = new Set(said.map(({ start }) => lineOf(lines, start)));
  return found.filter(({ start }) => !taken.has(lineOf(lines, start)));
}

function inOrder(faults: readonly YamlError[]): readonly YamlError[] {
  const seen = new Set<string>();
  return [...faults]
    .sort((a, b) => a.start - b.start)
    .filter(({ start, message }) => {
      const key = `${start} ${message}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}

/** Where an issue stands in the file. */
function locate({ path, at, message, note, part }: Issue, root: MapNode, text: string): YamlError {
  const { node, entry } = follow(root, at === 'missing' ? path.slice(0, -1) : path);
  if (at === 'key' && entry !== null) {
    return { start: entry.start, end: entry.end, message, note: cutByComma(entry, message, text) ?? note };
  }
  if (at === 'missing') {
    // A map in a list has no key of its own: its first one shows where it is.
    const [first] = node.kind === 'map' ? node.entries.values() : [];
    const { start, end } = entry ?? first ?? { start: node.start, end: node.start + 1 };
    return { start, end, message, note };
  }
  if (node.kind !== 'text') return { start: node.start, end: node.end, message, note };
  if (node.data.source === '' && !node.data.isQuoted) return locateNothing(node.start, message, note, text);
  const { start, end } = part === null ? node : node.data.rangeOf(part.offset, part.length);
  return { start, end, message, note: note ?? cutByHash(node, text) };
}

/** `if: track.title == #1 Crush`: what is missing stands in a comment. */
function cutByHash({ data, end }: TextNode, text: string): string | null {
  const [comment] = /^[ \t]+#[^\s#][^\n]*/.exec(text.slice(end, end + 200)) ?? [];
  return comment === undefined || data.isQuoted ? null : `from # on it is a comment; if it is text, put it in quotes`;
}

/** `{ title: Hello, Goodbye }`: the rest of a text is a key without a value to YAML. */
function cutByComma({ start, node }: Entry, message: string, text: string): string | null {
  const isAlone = node.kind === 'text' && node.data.source === '' && !node.data.isQuoted;
  const isAfterComma = /[^\s,{[],[ \t]*$/.test(text.slice(Math.max(0, start - 100), start));
  if (!isAlone || !isAfterComma || !message.startsWith('unknown key') || message.includes('did you mean')) return null;
  return 'a comma ends a text inside { } and [ ]; if it belongs to the text, put all of that in quotes';
}

/** An empty value is empty for a reason, and that may stand behind it: `title: #1 Crush`. */
function locateNothing(start: number, message: string, note: string | null, text: string): YamlError {
  const [, space = '', comment] = /^([ \t]*)(#[^\n]*)?/.exec(text.slice(start)) ?? [];
  const advice = /expected (?:a map|a list)/.test(message)
    ? 'what belongs to a key stands on the lines below it, indented further'
    : 'leave the key out when there is nothing to say';
  if (comment === undefined) return { start, end: start + 1, message, note: note ?? advice };
  const from = start + space.length;
  const shown = comment.trimEnd();
  return {
    start: from,
    end: from + shown.length,
    message,
    note: `from # on it is a comment; if it is text, put it in quotes: "${shown.slice(0, 80)}"`,
  };
}

/** Down a path as far as it leads; `entry` is the key that the last step took, null in a list and at the root. */
function follow(root: Node, path: Path): { readonly node: Node; readonly entry: Entry | null } {
  let node = root;
  let entry: Entry | null = null;
  for (const key of path) {
    if (node.kind === 'map') {
      const next = node.entries.get(String(key));
      if (next === undefined) break;
      entry = next;
      node = next.node;
    } else {
      const next: Node | undefined = node.kind === 'list' ? node.items[Number(key)] : undefined;
      if (next === undefined) break;
      entry = null;
      node = next;
    }
  }
  return { node, entry };
}

/** Tracks are loaded on decks that are not on air, and of a deck that is lost or just found the lamp says little. */
const OF_ANY_DECK: ReadonlySet<string> = new Set<Happening>(['found', 'unload', 'load', 'lost', ...SHOW_HAPPENINGS]);

const usualDecks = ({ anchor }: Place): MomentRule['decks'] =>
  anchor.kind === 'happening' && OF_ANY_DECK.has(anchor.happening) ? 'any' : 'on-air';

function build(checked: CheckedProfile, file: string): Profile {
  const { name, bridges, tracks, rules, clocks, panic, feeds, surfaces, recording, expectations } = checked;
  // Each message knows its cue, wherever that is fired.
  const cues = new Map(
    [...checked.cues].map(([cue, actions]) => [cue, actions.map(action => ({ ...action, cue }))] as const),
  );
  const stepsOf = (steps: readonly Step[]): readonly RuleStep[] =>
    steps.flatMap((step): readonly RuleStep[] => (isCueRef(step) ? (cues.get(step.cue) ?? []) : [step]));
  const moment = (name: string, rule: Omit<CheckedMoment, 'kind' | 'name'>, track: number | null): MomentRule => ({
    kind: 'when',
    name,
    track,
    place: rule.place,
    if: rule.options.if,
    do: stepsOf(rule.do),
    begins: null,
    decks: rule.options.decks ?? usualDecks(rule.place),
    once: rule.options.once,
    onJump: rule.options.onJump ?? 'skip',
    dropIfLateByMs: rule.options.dropIfLateByMs ?? DROP_IF_LATE_BY_MS,
    ...(rule.options.saysAgain ? { saysAgain: true as const } : {}),
  });
  const ofProfile = rules.map((rule): Rule => {
    if (rule.kind === 'when') return moment(rule.name, rule, null);
    return { ...rule, decks: rule.decks ?? 'on-air', do: stepsOf(rule.do), undo: stepsOf(rule.undo ?? []) };
  });
  const ofTracks = tracks.flatMap(({ match, cues: own }, index) =>
    own.map(cue => moment(cue.name ?? trackRuleName(matchName(match), cue.place.text), cue, index)),
  );
  const lists = [...checked.lists].map(([list, entry]) => buildList(list, entry, { cues, stepsOf }));
  return {
    name: name ?? file.replace(/^.*[\\/]/, '').replace(/\.ya?ml$/i, ''),
    bridges,
    tracks: tracks.map(({ match, title, artist, grid }) => ({
      match,
      title,
      artist,
      grid: grid === null ? null : steadyGrid(grid.firstBeatMs, grid.tempoBpm),
    })),
    allocated: [],
    cues,
    lists,
    rules: [...ofProfile, ...ofTracks, ...lists.flatMap(placesOf)],
    timecodes: [...checked.timecodes].map(([timecode, entry]): TimecodeEntry => {
      const regions = new Map(
        tracks.flatMap(({ regions }, index) => {
          const region = regions.get(timecode);
          return region === undefined ? [] : [[index, region]];
        }),
      );
      const unknownTrack = entry.unknownTrack ?? usualUnknownTrack(entry.rate, [...regions.values()]);
      return { ...entry, name: timecode, regions, unknownTrack };
    }),
    clocks: [...clocks].map(([clock, entry]) => ({ ...entry, name: clock })),
    panic: panic === null ? null : { cue: panic.cue, do: cues.get(panic.cue) ?? [] },
    feeds,
    surfaces,
    recording,
    expectations,
  };
}
