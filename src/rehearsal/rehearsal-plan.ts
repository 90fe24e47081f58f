/** Evenings of a rehearsal by their seeds: weather, DJ, and at most one incident each. The same seed gives the same evening. */
import type { TimedAction } from '../../bridges/opus-quad/simulator/dj-script.ts';
import { type Random, seededRandom } from '../core/random.ts';
import { WEATHER_NAMES, WEATHERS } from '../network/weather.ts';
import { type EveningKind, type EveningPlan, planEvening, type TrackShelf } from './evening-plan.ts';
import type { PlannedAct } from './true-path.ts';

/** A stretch in which the show could not know all; faults in it are told with their cause. */
export interface Incident {
  readonly kind: 'reboot' | 'cable' | 'restart' | 'late load' | 'reverse';
  readonly at: number;
  /** It lasts so long; what follows from it may come later. */
  readonly forMs: number;
  /** By then all is as if it had not been. */
  readonly settledAt: number;
}

export interface RehearsalPlan extends EveningPlan {
  readonly incidents: readonly Incident[];
  /** Acts as they take the playheads; a unit that is off does nothing. */
  readonly pathActs: readonly PlannedAct[];
  /** In a few words: `bursts …, busy host, the unit restarts`. */
  readonly text: string;
}

const INCIDENTS = ['reboot', 'cable', 'restart'] as const;
/** From the return of a unit, or of the show, to everything known again. */
const SETTLES_MS = { reboot: 25_000, cable: 12_000, restart: 25_000, 'late load': 12_000, reverse: 4000 } as const;
const NAMES = {
  reboot: 'the unit restarts',
  cable: 'the cable is pulled',
  restart: 'the show is killed and started again',
  'late load': 'a late load',
  reverse: 'a deck runs backwards',
} as const;
/** An incident begins once decks have played for a while. */
const FIRST_INCIDENT_MS = 45_000;
const LAST_INCIDENT_BEFORE_END_MS = 40_000;
/** A load in the last seconds before play is a late one. */
const LATE_LOAD_MS = 8000;
const RETURNS_MS = 500;
/** A busy host is kept from running for this long at most. */
const BLOCKED_MOST_MS = 900;

export function planRehearsal(
  seed: number,
  mode: EveningKind['mode'],
  lengthMs: number,
  shelf: TrackShelf,
): RehearsalPlan {
  const random = seededRandom(Math.imul(seed, 0x85ebca6b));
  const weather = WEATHER_NAMES[(seed - 1) % WEATHER_NAMES.length] ?? '0-10';
  const kind: EveningKind = {
    ...{ mode, weather },
    play: random() < 0.25 ? 'straight' : 'acts',
    isStarved: random() < 0.2,
    isRough: true,
  };
  const plan = planEvening(kind, seed, lengthMs, shelf);
  const incident = incidentOf(random, lengthMs);
  const isOff = (at: number): boolean =>
    incident?.kind === 'reboot' && at >= incident.at && at <= incident.at + incident.forMs + RETURNS_MS;
  const acts = plan.acts.filter(({ at }) => !isOff(at));
  const ejected: readonly PlannedAct[] =
    incident?.kind === 'reboot'
      ? ([1, 2] as const).map(deck => ({ at: incident.at, deck, act: { kind: 'eject' } }))
      : [];
  const unitAct: readonly TimedAction[] =
    incident === null || incident.kind === 'restart'
      ? []
      : [
          {
            at: incident.at,
            act: { kind: incident.kind === 'cable' ? 'silence' : 'reboot', forMs: incident.forMs },
            text: NAMES[incident.kind],
          },
        ];
  const inOrder = <T extends { readonly at: number }>(all: readonly T[]): readonly T[] =>
    [...all].sort((a, b) => a.at - b.at);
  return {
    ...plan,
    acts,
    set: { ...plan.set, acts: inOrder([...plan.set.acts.filter(({ at }) => !isOff(at)), ...unitAct]) },
    pathActs: inOrder([...acts, ...ejected]),
    incidents: inOrder([...(incident === null ? [] : [incident]), ...lateLoads(acts), ...reverses(acts)]),
    text: [
      `${WEATHERS[weather].text} on the way`,
      ...(plan.loss > 0 ? [`${plan.loss * 100} % lost`] : []),
      ...(kind.isStarved ? ['a busy host'] : []),
      ...(incident === null ? [] : [NAMES[incident.kind]]),
    ].join(', '),
  };
}

function incidentOf(random: Random, lengthMs: number): Incident | null {
  const room = lengthMs - FIRST_INCIDENT_MS - LAST_INCIDENT_BEFORE_END_MS;
  if (room <= 0 || random() < 0.5) return null;
  const kind = INCIDENTS[Math.floor(random() * INCIDENTS.length)] ?? 'cable';
  const at = Math.round(FIRST_INCIDENT_MS + random() * room);
  const forMs = Math.round(kind === 'reboot' ? 8000 + random() * 10_000 : 1500 + random() * 6000);
  return { kind, at, forMs, settledAt: at + forMs + SETTLES_MS[kind] };
}

/** Loads so shortly before play that the phrases may come after it. */
function lateLoads(acts: readonly PlannedAct[]): readonly Incident[] {
  return acts.flatMap(({ at, deck, act }): readonly Incident[] => {
    if (act.kind !== 'load') return [];
    const play = acts.find(each => each.deck === deck && each.at > at && each.act.kind === 'play');
    if (play === undefined || play.at - at >= LATE_LOAD_MS) return [];
    return [{ kind: 'late load', at, forMs: play.at - at, settledAt: play.at + SETTLES_MS['late load'] }];
  });
}

function reverses(acts: readonly PlannedAct[]): readonly Incident[] {
  return acts.flatMap(({ at, deck, act }): readonly Incident[] => {
    if (act.kind !== 'reverse' || !act.isOn) return [];
    const forwards = acts.find(each => each.deck === deck && each.at > at && each.act.kind === 'reverse');
    const forMs = (forwards?.at ?? at) - at;
    return [{ kind: 'reverse', at, forMs, settledAt: at + 2 * forMs + SETTLES_MS.reverse }];
  });
}

/** The incident that a moment falls into; null: none. @param lateMs longest delay of the weather */
export const incidentAt = ({ incidents }: RehearsalPlan, at: number, lateMs: number): Incident | null =>
  incidents.find(each => at >= each.at - lateMs && at <= each.settledAt + lateMs) ?? null;

/** Longest time for which a report may be on its way. */
export const lateMsOf = ({ weather, isStarved }: RehearsalPlan): number =>
  WEATHERS[weather].mostMs + (isStarved ? BLOCKED_MOST_MS : 0);

/** What follows from an act may come this much later than the weather explains. */
export const FOLLOWS_WITHIN_MS = 3000;
