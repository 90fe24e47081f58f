/** Findings of an evening: what went twice, not at all or late, what stayed on, what was sent against each other, what timecode did. */
import type { Profile } from '../core/profile.ts';
import { isStateRule } from '../core/rules/holds.ts';
import { isMessage, type MomentRule, type Rule } from '../core/rules/rule.ts';
import { asWritten } from '../core/rules/template.ts';
import type { PlacesOf } from './due-cues.ts';
import { levelKeys, levelOfMessage, type MessageLevel } from './message-levels.ts';
import type { PlayedRehearsal, Rehearsed, SentMessage } from './play-rehearsal.ts';
import type { PlayableTrack } from './playable-tracks.ts';
import { FOLLOWS_WITHIN_MS, incidentAt, lateMsOf } from './rehearsal-plan.ts';
import { timecodeFindings } from './timecode-findings.ts';
import { trackPlaces } from './track-places.ts';
import { isFault, judge, timeOf } from './verdict.ts';

/** Kinds of finding, the worst first, in words for people. */
export const FINDINGS = {
  twice: 'went twice',
  invented: 'left where the deck was not',
  lost: 'did not leave, and nobody was told',
  'stays-on': 'stayed on',
  never: 'can never leave',
  against: 'two rules against each other',
  overrun: "a track runs into another one's region",
  'timecode-jump': 'timecode jumped by itself',
  'loop-again': 'fired again at each turn of a loop',
  late: 'was dropped for being late',
  incident: 'came of an incident',
} as const;

export type FindingKind = keyof typeof FINDINGS;

/** Kinds that the weather alone brings about, and that the show has told: no fault of anybody. */
const OF_WEATHER: readonly FindingKind[] = ['late', 'incident'];
export const isOfWeather = ({ kind }: { readonly kind: FindingKind }): boolean => OF_WEATHER.includes(kind);

export interface EveningFinding {
  readonly kind: FindingKind;
  /** Rules that it is about, or timecodes; the first is the one that it is counted under. */
  readonly names: readonly string[];
  readonly text: string;
  readonly atMs: number;
  readonly deck: number | null;
  /** Incident that it fell into; null: none. */
  readonly incident: string | null;
}

/** What findings are judged by, worked out once for all evenings. */
export interface Judge {
  readonly rehearsed: Rehearsed;
  readonly placesOf: PlacesOf;
  readonly momentRules: ReadonlyMap<string, MomentRule>;
  readonly levels: ReadonlySet<string>;
  /** Rules that say nothing but levels: sending them again harms nobody. */
  readonly levelRules: ReadonlySet<string>;
  readonly playable: readonly PlayableTrack[];
}

export function judgeOf(rehearsed: Rehearsed, playable: readonly PlayableTrack[]): Judge {
  const { profile } = rehearsed;
  const moments = profile.rules.filter(
    (rule): rule is MomentRule => !isStateRule(rule) && rule.place.anchor.kind !== 'happening',
  );
  // Where a jump over a place fires it, what is due is another question.
  const judged = moments.filter(({ onJump }) => onJump === 'skip');
  const places = new Map(playable.map(each => [each.track.id, trackPlaces(profile, each, judged).places]));
  const written = profile.rules.map(rule => ({ name: rule.name, said: writtenLevels(rehearsed, rule) }));
  const ofCues = [...profile.cues.values()].flatMap(actions => actions.map(action => textOf(rehearsed, action)));
  const levels = levelKeys([
    ...written.flatMap(({ said }) => said.flatMap(each => each ?? [])),
    ...ofCues.flatMap(each => each ?? []),
  ]);
  return {
    ...{ rehearsed, playable, levels },
    placesOf: ({ id }) => places.get(id) ?? [],
    momentRules: new Map(moments.map(rule => [rule.name, rule])),
    levelRules: new Set(
      written
        .filter(({ said }) => said.length > 0 && said.every(each => each !== null && levels.has(each.key)))
        .map(({ name }) => name),
    ),
  };
}

/** Levels that a rule says as it is written; null: a message that is none. */
const writtenLevels = (rehearsed: Rehearsed, rule: Rule): readonly (MessageLevel | null)[] =>
  [...rule.do, ...(isStateRule(rule) ? rule.undo : [])].filter(isMessage).map(action => textOf(rehearsed, action));

function textOf(
  { profile, bridges }: Rehearsed,
  { bridge, message }: { readonly bridge: string; readonly message: unknown },
): MessageLevel | null {
  const type = profile.bridges.find(({ name }) => name === bridge)?.type;
  const kind = bridges.find(each => each.type === type);
  return kind === undefined ? null : levelOfMessage(bridge, kind.describe(asWritten(message)));
}

export function findingsOf(judging: Judge, played: PlayedRehearsal): readonly EveningFinding[] {
  return [
    ...cueFindings(judging, played),
    ...lateFindings(played),
    ...levelFindings(judging, played),
    ...againstFindings(judging, played),
    ...loopFindings(judging, played),
    ...timecodeFindings(judging, played),
  ].sort((a, b) => a.atMs - b.atMs);
}

function cueFindings({ momentRules, placesOf }: Judge, played: PlayedRehearsal): readonly EveningFinding[] {
  const outcomes = played.outcomes.filter(({ rule }) => momentRules.get(rule)?.onJump === 'skip');
  const accounts = judge({ ...played, outcomes, log: [] }, placesOf);
  return accounts.filter(isFault).map((fault): EveningFinding => {
    const { rule, place, deck } = 'outcome' in fault ? fault.outcome : fault.due;
    const incident = incidentAt(played.plan, timeOf(fault), lateMsOf(played.plan))?.kind ?? null;
    const kind =
      fault.kind === 'doubled' ? 'twice' : fault.kind === 'lost' && incident !== null ? 'incident' : fault.kind;
    const text = kind === 'incident' ? `${place} was missed` : place;
    return { kind, names: [rule], text, atMs: timeOf(fault), deck, incident };
  });
}

function lateFindings(played: PlayedRehearsal): readonly EveningFinding[] {
  return played.outcomes.flatMap(({ rule, place, at, deck, droppedFor }): readonly EveningFinding[] => {
    if (droppedFor !== 'late') return [];
    const incident = incidentAt(played.plan, at, lateMsOf(played.plan))?.kind ?? null;
    const kind = incident === null ? 'late' : 'incident';
    return [{ kind, names: [rule], text: `${place}, dropped for being late`, atMs: at, deck, incident }];
  });
}

/** After a stop a level may stay for this long: people fade. */
const STAYS_MS = 15_000;

/** Levels that stay on though the deck that set them has stopped. */
function levelFindings({ levels }: Judge, { sent, path, plan }: PlayedRehearsal): readonly EveningFinding[] {
  const lateMs = lateMsOf(plan);
  const stands = new Map<string, SentMessage>();
  const found: EveningFinding[] = [];
  const told = new Set<string>();
  const isPlaying = (deck: number, at: number): boolean =>
    path.pieces.some(piece => piece.deck === deck && piece.from <= at && piece.until > at);
  const lastPlayedAt = (deck: number, at: number): number =>
    path.pieces.findLast(piece => piece.deck === deck && piece.from <= at)?.until ?? 0;
  const look = (at: number): void => {
    for (const [key, message] of stands) {
      const { deck, rule } = message;
      if (deck === null || told.has(`stays-on ${key} ${message.at}`) || isPlaying(deck, at)) continue;
      const stoppedAt = lastPlayedAt(deck, at);
      if (at - stoppedAt < STAYS_MS || message.at > at) continue;
      const incident = incidentAt(plan, at, lateMs)?.kind ?? null;
      const kind = incident === null ? 'stays-on' : 'incident';
      // While the unit or the show is away nobody knows that a deck has stopped: it is told once all is back.
      if (told.has(`${kind} ${key} ${message.at}`)) continue;
      told.add(`${kind} ${key} ${message.at}`);
      const text = `${message.bridge} ${message.text} stands ${STAYS_MS / 1000} s after its deck has stopped`;
      found.push({ kind, names: [rule], text, atMs: at, deck, incident });
    }
  };
  for (const message of sent) {
    look(message.at);
    const level = levelOfMessage(message.bridge, message.text);
    if (level === null || !levels.has(level.key)) continue;
    if (level.value === 0) stands.delete(level.key);
    else stands.set(level.key, message);
  }
  look(plan.lengthMs);
  return found;
}

/** Two messages this close to each other are of one moment. */
const ONE_MOMENT_MS = 50;

function againstFindings({ levels }: Judge, { sent, plan }: PlayedRehearsal): readonly EveningFinding[] {
  const last = new Map<string, { readonly message: SentMessage; readonly value: number }>();
  return sent.flatMap((message): readonly EveningFinding[] => {
    const level = levelOfMessage(message.bridge, message.text);
    if (level === null || !levels.has(level.key)) return [];
    const before = last.get(level.key);
    last.set(level.key, { message, value: level.value });
    const isAgainst =
      before !== undefined &&
      before.value !== level.value &&
      before.message.rule !== message.rule &&
      before.message.deck === message.deck &&
      Math.abs(before.message.trueTime - message.trueTime) <= ONE_MOMENT_MS;
    if (!isAgainst) return [];
    const names = [message.rule, before.message.rule].sort();
    const text = `${level.key}: ${before.value} by "${before.message.rule}", then ${level.value} by "${message.rule}"`;
    const incident = incidentAt(plan, message.at, 0)?.kind ?? null;
    return [{ kind: 'against', names, text, atMs: message.at, deck: message.deck, incident }];
  });
}

/** Cues that fire again at a turn of a loop, where the profile does not say that they are to. */
function loopFindings(
  { momentRules, levelRules }: Judge,
  { outcomes, plan }: PlayedRehearsal,
): readonly EveningFinding[] {
  const loops = loopsIn(plan.acts);
  const last = new Map<string, number>();
  return outcomes.flatMap(({ rule: name, deck, place, at, droppedFor }): readonly EveningFinding[] => {
    const rule = momentRules.get(name);
    const isSeries = rule?.place.anchor.kind === 'every' || rule?.place.anchor.kind === 'downbeat';
    if (rule === undefined || isSeries || droppedFor !== null || rule.saysAgain === true || levelRules.has(name))
      return [];
    const key = `${name} ${deck} ${place}`;
    const before = last.get(key);
    last.set(key, at);
    const loop = loops.find(
      each =>
        each.deck === deck &&
        before !== undefined &&
        before >= each.from - FOLLOWS_WITHIN_MS &&
        at <= each.until + FOLLOWS_WITHIN_MS,
    );
    if (loop === undefined || before === undefined) return [];
    const text = `${place}, ${((at - before) / 1000).toFixed(1)} s after it had; on-loop: once holds it back, on-loop: again says that it is meant`;
    return [{ kind: 'loop-again', names: [name], text, atMs: at, deck, incident: null }];
  });
}

function loopsIn(acts: PlayedRehearsal['plan']['acts']) {
  return acts.flatMap(({ at, deck, act }) => {
    if (act.kind !== 'loop' || act.beats === null) return [];
    const end = acts.find(
      each => each.deck === deck && each.at > at && (each.act.kind === 'loop' || each.act.kind === 'jump'),
    );
    return [{ deck, from: at, until: end?.at ?? Number.POSITIVE_INFINITY }];
  });
}

/** Names of a profile's rules that came, by what became of them. */
export interface RuleCounts {
  came: number;
  sent: number;
  /** Reasons why it was held back, each with how often. */
  readonly reasons: Record<string, number>;
}

export function countRules(profile: Profile, { came, sent }: PlayedRehearsal): Readonly<Record<string, RuleCounts>> {
  const counts: Record<string, RuleCounts> = {};
  for (const { name } of profile.rules) counts[name] = { came: 0, sent: 0, reasons: {} };
  for (const { because, heldBack } of came) {
    const count = counts[because.rule];
    if (count === undefined) continue;
    count.came++;
    const [reason] = heldBack;
    if (reason === undefined) count.sent++;
    else {
      const text = reason.kind === 'condition' ? `if: ${reason.text}` : reason.kind;
      count.reasons[text] = (count.reasons[text] ?? 0) + 1;
    }
  }
  for (const { rule, phase } of sent) {
    const count = counts[rule];
    if (count !== undefined && phase !== 'fire') count.sent++;
  }
  return counts;
}
