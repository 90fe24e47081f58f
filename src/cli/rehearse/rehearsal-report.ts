/** Results of many evenings put together: findings of one kind about one thing are one line, the worst first. */

import type { Profile } from '../../core/profile.ts';
import { isStateRule } from '../../core/rules/holds.ts';
import type { ProfileSources } from '../../profile/profile-sources.ts';
import type { PlacesOf } from '../../rehearsal/due-cues.ts';
import type { TrackShelf } from '../../rehearsal/evening-plan.ts';
import { type EveningFinding, FINDINGS, type FindingKind } from '../../rehearsal/findings.ts';
import type { EveningResult } from './evening-result.ts';

/** Findings of one kind about one thing. */
export interface Found {
  readonly kind: FindingKind;
  readonly names: readonly string[];
  /** How often, in how many evenings; a rule that can never leave was found in none. */
  readonly count: number;
  readonly evenings: number;
  /** Seed of the first evening with it; null: of none in particular. */
  readonly seed: number | null;
  /** Weather and incident of that evening. */
  readonly weather: string | null;
  readonly example: EveningFinding | null;
  readonly text: string;
  /** Line in the profile; null: it has none. */
  readonly line: number | null;
}

export interface RehearsalReport {
  readonly evenings: number;
  readonly messages: number;
  readonly moments: number;
  readonly found: readonly Found[];
  /** Rules that nothing has reached, each with why. */
  readonly unreached: readonly { readonly rule: string; readonly line: number | null; readonly text: string }[];
}

const ORDER = Object.keys(FINDINGS) as readonly FindingKind[];
/** A rule that came so often and never left is no chance. */
const OFTEN = 20;

export function reportOf(
  { profile, sources }: { readonly profile: Profile; readonly sources: ProfileSources },
  { shelf, placesOf }: { readonly shelf: TrackShelf; readonly placesOf: PlacesOf },
  results: readonly EveningResult[],
): RehearsalReport {
  const inOrder = [...results].sort((a, b) => a.seed - b.seed);
  const lineOf = (name: string): number | null => sources.rules.get(name) ?? sources.cues.get(name) ?? null;
  const groups = new Map<string, { first: EveningFinding; result: EveningResult; count: number; seeds: Set<number> }>();
  for (const result of inOrder) {
    for (const finding of result.findings) {
      const key = `${finding.kind} ${finding.names.join(' / ')}`;
      const group = groups.get(key) ?? { first: finding, result, count: 0, seeds: new Set<number>() };
      group.count++;
      group.seeds.add(result.seed);
      groups.set(key, group);
    }
  }
  const seen = [...groups.values()].map(
    ({ first, result, count, seeds }): Found => ({
      ...{ kind: first.kind, names: first.names, count, evenings: seeds.size, seed: result.seed },
      ...{ weather: result.text, example: first, text: first.text, line: lineOf(first.names[0] ?? '') },
    }),
  );
  const { never, unreached } = neverSent(profile, inOrder, { shelf, placesOf, lineOf });
  const found = [...seen, ...never].sort(
    (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || b.evenings - a.evenings || (a.seed ?? 0) - (b.seed ?? 0),
  );
  const counts = inOrder.flatMap(({ rules }) => Object.values(rules));
  return {
    ...{ evenings: inOrder.length, found, unreached },
    messages: inOrder.reduce((sum, { messages }) => sum + messages, 0),
    moments: counts.reduce((sum, { came }) => sum + came, 0),
  };
}

interface Known {
  readonly shelf: TrackShelf;
  readonly placesOf: PlacesOf;
  readonly lineOf: (name: string) => number | null;
}

/** Rules of which nothing ever left: those that cannot, and those that no evening has reached. */
function neverSent(profile: Profile, results: readonly EveningResult[], { shelf, placesOf, lineOf }: Known) {
  const never: Found[] = [];
  const unreached: RehearsalReport['unreached'][number][] = [];
  if (results.length === 0) return { never, unreached };
  const placed = new Set(shelf.tracks.flatMap(track => placesOf(shelf.pathOf(track)).map(({ rule }) => rule)));
  for (const rule of profile.rules) {
    const counts = results.flatMap(({ rules }) => rules[rule.name] ?? []);
    if (counts.some(({ sent }) => sent > 0)) continue;
    const came = counts.reduce((sum, each) => sum + each.came, 0);
    const add = (text: string): void =>
      void never.push({
        ...{ kind: 'never', names: [rule.name], count: came, evenings: results.length, seed: null, weather: null },
        ...{ example: null, text, line: lineOf(rule.name) },
      });
    const line = lineOf(rule.name);
    if (isStateRule(rule)) {
      unreached.push({ rule: rule.name, line, text: `${rule.while.text} was never true` });
    } else if (came >= OFTEN) add(`it came ${came} times and was held back each time: ${reasonsOf(counts)}`);
    else if (came > 0) unreached.push({ rule: rule.name, line, text: `it came ${came} times: ${reasonsOf(counts)}` });
    else if (rule.place.anchor.kind === 'happening' || rule.onJump === 'fire' || placed.has(rule.name)) {
      unreached.push({ rule: rule.name, line, text: `no deck came to ${rule.place.text}` });
    } else add(`${rule.place.text} is in none of the tracks that are played`);
  }
  return { never, unreached };
}

function reasonsOf(counts: readonly { readonly reasons: Readonly<Record<string, number>> }[]): string {
  const all = new Map<string, number>();
  for (const { reasons } of counts)
    for (const [text, n] of Object.entries(reasons)) all.set(text, (all.get(text) ?? 0) + n);
  return [...all]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([text, n]) => `${text} (${n})`)
    .join(', ');
}
