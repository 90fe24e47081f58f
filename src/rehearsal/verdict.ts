/**
 * What left an evening, held against what was due: each cue that was due, and each that left, has exactly one account.
 *
 * Of one cue by name, what left is matched in order with what was due, as closely in time as can be. What then is over
 * on one side or the other is the verdict.
 */
import { WEATHERS } from '../network/weather.ts';
import { type CueName, type Due, dueCues, type PlacesOf } from './due-cues.ts';
import type { EveningPlan } from './evening-plan.ts';
import type { Leaving, PlayedDeck, TruePath } from './true-path.ts';

/** A cue that left, or that the program says it has dropped. */
export interface LeftCue extends CueName {
  readonly at: number;
  /** null: it left. */
  readonly droppedFor: string | null;
}

/** A datagram of the unit that tells of a deck. */
export interface ToldOf {
  readonly deck: PlayedDeck;
  readonly kind: 'status' | 'position';
  readonly sentAt: number;
  readonly takenAt: number;
}

export interface PlayedEvening {
  readonly plan: EveningPlan;
  readonly path: TruePath;
  readonly outcomes: readonly LeftCue[];
  /** In order of sending. */
  readonly told: readonly ToldOf[];
  /** Lines of the program's log, with their moment. */
  readonly log: readonly { readonly at: number; readonly text: string }[];
}

export type Account =
  /** It left for this due. */
  | { readonly kind: 'sent'; readonly due: Due; readonly outcome: LeftCue; readonly lateMs: number }
  /** The program said that it has dropped it. */
  | { readonly kind: 'dropped'; readonly due: Due; readonly outcome: LeftCue }
  /** Nothing that came could tell of it: it was due between a jump or turn and the first report, or the last report and a jump or stop. */
  | { readonly kind: 'untold'; readonly due: Due }
  /** It left before a stop that was not told yet, in whose place it was due after. */
  | { readonly kind: 'ahead'; readonly due: Due }
  | { readonly kind: 'lost'; readonly due: Due }
  /** It lies so closely before a landing that it may be said. */
  | { readonly kind: 'landing'; readonly due: Due; readonly outcome: LeftCue }
  /** It left for a place that play would have come to, had it not gone elsewhere; that was not told yet. */
  | { readonly kind: 'overrun'; readonly due: Due; readonly outcome: LeftCue; readonly afterMs: number }
  | { readonly kind: 'doubled' | 'invented'; readonly outcome: LeftCue };

export type Fault = Extract<Account, { kind: 'doubled' | 'invented' | 'lost' }>;

export const isFault = (account: Account): account is Fault =>
  account.kind === 'doubled' || account.kind === 'invented' || account.kind === 'lost';

/** A published place may be this far ahead of the playhead: after a jump most of a beat. */
const EARLY_MOST_MS = 600;
/** What is later than this is dropped; it may be that much later than it seems to the program. */
const LATE_MOST_MS = 700;
/** That it was dropped is said when a jump is proved that was in doubt before: for as long as reports were held up until then. */
const DROPPED_SAID_LATER_MS = 1000;
/** Of two of one cue the second may be the one that was due: so far before it the first is its double. */
const AGAIN_WITHIN_MS = 3000;
/** The loop of a starved program stands still for up to this long. */
const BLOCKED_MOST_MS = 900;
/** From the report that proves where a deck has gone to what the program does about it. */
const BELIEVED_WITHIN_MS = 100;
/** So many reports that no delay can explain prove a jump or a stop. */
const PROOFS = { lighting: 2, cdj: 4 } as const;
/** A place that is settled is known this well, besides what lateness hides: what lies closer before a stop may be missed. */
const KNOWN_TO_MS = { lighting: 60, cdj: 10 } as const;
/** Positions are told this often, or a little less: where the first one lies no further on, the landing itself can be told. */
const POSITION_EVERY_MS = 35;
/** In fair weather every turn of a loop can be told. */
const FAIR_MOST_MS = 15;
/** A turn of a loop that is shorter than this and the longest delay together cannot be told from lateness. */
const TELLABLE_TURN_MS = 150;

export function judge(evening: PlayedEvening, placesOf: PlacesOf): readonly Account[] {
  const { plan, path, outcomes, told } = evening;
  const lateMs = WEATHERS[plan.weather].mostMs + (plan.isStarved ? BLOCKED_MOST_MS : 0);
  const limits: Limits = { earlyMs: EARLY_MOST_MS, lateMs: LATE_MOST_MS + lateMs };
  const overBy = (due: Due): number => overUntil(due, told, plan.mode, lateMs);
  const dues = dueCues(path, 2000 + 2 * lateMs, placesOf);
  const accounts: Account[] = [];
  const loads = plan.acts.filter(({ act }) => act.kind === 'load');
  const loadAt = ({ deck, at }: LeftCue): number => loads.filter(each => each.deck === deck && each.at <= at).length;
  const nameOf = (deck: number, load: number, rule: string, place: string): string =>
    `${deck}/${load}/${rule}/${place}`;
  const groups = new Map<string, { dues: Due[]; outcomes: LeftCue[] }>();
  const groupOf = (name: string) => {
    const known = groups.get(name) ?? { dues: [], outcomes: [] };
    groups.set(name, known);
    return known;
  };
  for (const due of dues) groupOf(nameOf(due.deck, due.load, due.rule, due.place)).dues.push(due);
  for (const outcome of outcomes) {
    groupOf(nameOf(outcome.deck, loadAt(outcome), outcome.rule, outcome.place)).outcomes.push(outcome);
  }
  for (const group of groups.values()) {
    accounts.push(...judgeOne(group, limits, overBy, due => isUntold(due, told, evening, lateMs)));
  }
  // What is due at the very end may leave after it.
  const counts = (account: Account): boolean => !('due' in account) || account.due.at < plan.lengthMs - limits.lateMs;
  return accounts.filter(counts).sort((a, b) => timeOf(a) - timeOf(b));
}

export const timeOf = (account: Account): number => ('outcome' in account ? account.outcome.at : account.due.at);

interface Limits {
  readonly earlyMs: number;
  readonly lateMs: number;
}

interface Group {
  readonly dues: readonly Due[];
  readonly outcomes: readonly LeftCue[];
}

/** What it costs to leave something without its match: a cue that left more than one that was due. */
const COST = { outcome: 1000, must: 100, kind: { must: 0, landing: 1, beyond: 2 } } as const;

function judgeOne(
  { dues, outcomes }: Group,
  limits: Limits,
  overBy: (due: Due) => number,
  isUntoldDue: (due: Due) => boolean,
): readonly Account[] {
  const pairs = matched({ dues, outcomes }, (due, outcome) => {
    const lateMs = outcome.at - due.at;
    const mostMs = limits.lateMs + (outcome.droppedFor === null ? 0 : DROPPED_SAID_LATER_MS);
    if (lateMs < -limits.earlyMs || lateMs > mostMs) return null;
    if (due.kind === 'beyond' && outcome.at > overBy(due)) return null;
    return COST.kind[due.kind] + Math.abs(lateMs) / (limits.earlyMs + limits.lateMs);
  });
  const accounts: Account[] = [];
  const dueOf = new Map(pairs.map(({ due, outcome }) => [outcome, due]));
  const outcomeOf = new Map(pairs.map(({ due, outcome }) => [due, outcome]));
  for (const outcome of outcomes) {
    const due = dueOf.get(outcome);
    if (due !== undefined) accounts.push(accountOf(due, outcome));
    else if (outcome.droppedFor === null) {
      const isAgain = outcomes.some(
        other => other !== outcome && other.droppedFor === null && other.at <= outcome.at + AGAIN_WITHIN_MS,
      );
      accounts.push({ kind: isAgain ? 'doubled' : 'invented', outcome });
    }
  }
  for (const due of dues) {
    if (due.kind !== 'must' || outcomeOf.has(due)) continue;
    const before = dues.findLast(other => other.kind === 'beyond' && other.sinceAt <= due.at && outcomeOf.has(other));
    const isAhead = before !== undefined && before.placeMs === due.placeMs && before.sinceAt >= due.sinceAt;
    accounts.push({ kind: isAhead ? 'ahead' : isUntoldDue(due) ? 'untold' : 'lost', due });
  }
  return accounts;
}

function accountOf(due: Due, outcome: LeftCue): Account {
  if (due.kind === 'landing') return { kind: 'landing', due, outcome };
  if (due.kind === 'beyond') return { kind: 'overrun', due, outcome, afterMs: outcome.at - due.sinceAt };
  return outcome.droppedFor === null
    ? { kind: 'sent', due, outcome, lateMs: outcome.at - due.at }
    : { kind: 'dropped', due, outcome };
}

/** Pairs in order, at the least cost. @param cost null: the two do not belong together */
function matched(
  { dues, outcomes }: Group,
  cost: (due: Due, outcome: LeftCue) => number | null,
): readonly { readonly due: Due; readonly outcome: LeftCue }[] {
  const dueCost = (due: Due | undefined): number => (due?.kind === 'must' ? COST.must : 0);
  const width = outcomes.length + 1;
  const best = new Float64Array((dues.length + 1) * width);
  const at = (i: number, j: number): number => best[i * width + j] ?? 0;
  for (let j = 1; j <= outcomes.length; j++) best[j] = at(0, j - 1) + COST.outcome;
  for (let i = 1; i <= dues.length; i++) {
    const due = dues[i - 1] as Due;
    best[i * width] = at(i - 1, 0) + dueCost(due);
    for (let j = 1; j <= outcomes.length; j++) {
      const together = cost(due, outcomes[j - 1] as LeftCue);
      best[i * width + j] = Math.min(
        at(i - 1, j) + dueCost(due),
        at(i, j - 1) + COST.outcome,
        together === null ? Infinity : at(i - 1, j - 1) + together,
      );
    }
  }
  const pairs: { due: Due; outcome: LeftCue }[] = [];
  for (let i = dues.length, j = outcomes.length; i > 0 && j > 0; ) {
    const [due, outcome] = [dues[i - 1] as Due, outcomes[j - 1] as LeftCue];
    const together = cost(due, outcome);
    if (together !== null && at(i, j) === at(i - 1, j - 1) + together) {
      pairs.push({ due, outcome });
      i--;
      j--;
    } else if (at(i, j) === at(i - 1, j) + dueCost(due)) i--;
    else j--;
  }
  return pairs.reverse();
}

// ---- what the program could know

/** Until when play that has gone elsewhere may still be followed: until enough has come that no delay explains. */
function overUntil(due: Due, told: readonly ToldOf[], mode: 'lighting' | 'cdj', lateMs: number): number {
  let proofs = 0;
  for (let i = firstSentAt(told, due.sinceAt + lateMs); i < told.length; i++) {
    const each = told[i] as ToldOf;
    if (each.deck === due.deck && ++proofs === PROOFS[mode]) return each.takenAt + BELIEVED_WITHIN_MS;
  }
  return Infinity;
}

/**
 * Whether nothing that came could tell of a due. After a landing the place that is told first lies behind it; or the deck
 * left so soon after it that nothing was sent in between; or a turn is so short that its reports look like late ones.
 */
function isUntold(due: Due, told: readonly ToldOf[], evening: PlayedEvening, lateMs: number): boolean {
  const { path, plan } = evening;
  const until = path.leavings.find(each => each.deck === due.deck && each.at >= due.at)?.at ?? Infinity;
  const kind = plan.mode === 'cdj' ? 'position' : 'status';
  const firstFrom = (at: number): ToldOf | null => {
    for (let i = firstSentAt(told, at); i < told.length; i++) {
      const each = told[i] as ToldOf;
      if (each.sentAt >= until) return null;
      if (each.deck === due.deck && each.kind === kind) return each;
    }
    return null;
  };
  const isUnseen = firstFrom(due.at) === null;
  if (isUnseen && until - due.at < lateMs + KNOWN_TO_MS[plan.mode]) return true;
  // Where a deck has turned back before, it is not said to have gone on until a report has been there: it may be a loop.
  if (isUnseen && path.leavings.some(each => hasTurnedAt(each, due, path))) return true;
  const landing = path.pieces.find(each => each.deck === due.deck && each.from === due.sinceAt);
  if (landing === undefined || landing.beginning !== 'landed') return false;
  if (until - due.sinceAt < lateMs + TELLABLE_TURN_MS && lateMs > FAIR_MOST_MS) return true;
  const first = firstFrom(due.sinceAt);
  const toldMs = first === null ? Infinity : (path.placeAt(due.deck, first.sentAt) ?? 0);
  if (kind === 'position') return toldMs > due.placeMs + POSITION_EVERY_MS;
  return Math.floor(landing.track.beatOfMs(toldMs) + 1e-6) > landing.track.beatOfMs(due.placeMs) + 1e-6;
}

/** Whether a deck turned back before at a place, give or take what a beat told leaves open. */
const hasTurnedAt = ({ deck, load, at, fromMs, track }: Leaving, due: Due, { pieces }: TruePath): boolean =>
  deck === due.deck &&
  load === due.load &&
  at < due.at &&
  pieces.some(each => each.deck === deck && each.from === at && each.load === load && each.fromMs < fromMs) &&
  Math.abs(track.beatOfMs(fromMs) - track.beatOfMs(due.placeMs)) < 1;

function firstSentAt(told: readonly ToldOf[], at: number): number {
  let low = 0;
  let high = told.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((told[middle]?.sentAt ?? Infinity) >= at) high = middle;
    else low = middle + 1;
  }
  return low;
}
