/** Numbers of a show in the text format of Prometheus 0.0.4. Pure. */

import type { BridgeStatus } from '../../src/bridge.ts';
import type { Ms } from '../../src/core/clock.ts';
import { LATENESS_BOUNDS_MS } from '../../src/output/lateness-histogram.ts';

/** Upper bounds of the classes of lateness, in ms. */
export const CUE_LATENESS_BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500] as const;

/** Lateness of cues that left, by class; `counts` has one more for those beyond the last bound. */
export interface CueLateness {
  readonly counts: readonly number[];
  readonly sumMs: number;
}

export const NO_CUE_LATENESS: CueLateness = { counts: [...CUE_LATENESS_BOUNDS_MS, 0].map(() => 0), sumMs: 0 };

export function withCueLateness({ counts, sumMs }: CueLateness, lateMs: number): CueLateness {
  const found = CUE_LATENESS_BOUNDS_MS.findIndex(bound => lateMs <= bound);
  const place = found < 0 ? CUE_LATENESS_BOUNDS_MS.length : found;
  return { counts: counts.map((count, i) => (i === place ? count + 1 : count)), sumMs: sumMs + lateMs };
}

export interface Measured {
  /** Status of the show, with the keys of `run --json`; null: the show is not open. */
  readonly status: Readonly<Record<string, unknown>> | null;
  readonly bridges: readonly (BridgeStatus & { readonly name: string })[];
  readonly packets: ReadonlyMap<string, number>;
  readonly lateness: CueLateness;
  /** How often each bridge was there again after it had not been. */
  readonly reconnects: ReadonlyMap<string, number>;
  readonly viewers: number;
  readonly loopDelayMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

type Entry = Readonly<Record<string, unknown>>;
const listOf = (value: unknown): readonly Entry[] => (Array.isArray(value) ? (value as Entry[]) : []);

/** The outcomes of `moments`, as a graph wants them: what an operator, a rule or a doubt kept back, and what was lost. */
const DROPPED: readonly string[] = ['late', 'absent'];

export function metricsText({
  status,
  bridges,
  packets,
  lateness,
  reconnects,
  viewers,
  loopDelayMs,
}: Measured): string {
  const moments = Object.entries((status?.['moments'] ?? {}) as Readonly<Record<string, number>>);
  const kindOf = (outcome: string): string =>
    outcome === 'sent' ? 'sent' : DROPPED.includes(outcome) ? 'dropped' : 'held_back';
  const cues = new Map([
    ['sent', 0],
    ['held_back', 0],
    ['dropped', 0],
  ]);
  for (const [outcome, n] of moments) cues.set(kindOf(outcome), (cues.get(kindOf(outcome)) ?? 0) + n);
  const framed = bridges.flatMap(({ name, frames }) => (frames === undefined ? [] : [{ name, frames }]));
  const named = (label: string, counts: Iterable<readonly [string, number]>): readonly Sample[] =>
    [...counts].map(([name, count]) => [{ [label]: name }, count]);
  const lines = [
    ...metric('packets_total', 'counter', 'Packets of the unit, by kind.', named('kind', packets)),
    ...deckMetrics(listOf(status?.['decks'])),
    ...metric('moments_total', 'counter', 'Moments that came, by outcome.', named('outcome', moments)),
    ...metric('cues_total', 'counter', 'Moments that came: sent, held back, dropped.', named('outcome', cues)),
    ...metric(
      'bridge_ready',
      'gauge',
      'Whether a bridge is ready.',
      bridges.map(({ name, state }) => [{ bridge: name }, flag(state === 'ready')]),
    ),
    ...metric(
      'bridge_reconnects_total',
      'counter',
      'Times that a bridge was there again.',
      bridges.map(({ name }) => [{ bridge: name }, reconnects.get(name) ?? 0]),
    ),
    ...metric(
      'timecode_running',
      'gauge',
      'Whether a timecode runs.',
      listOf(status?.['timecodes']).map(({ name, run }) => [{ timecode: String(name) }, flag(run === 'running')]),
    ),
    ...histogram('cue_lateness_seconds', 'Time from the moment of a place to the moment its cue left.', [
      { labels: {}, boundsMs: CUE_LATENESS_BOUNDS_MS, ...lateness },
    ]),
    ...histogram(
      'frame_lateness_seconds',
      'Time by which messages of timecode and clock left later than meant, since their ports were opened.',
      framed.map(({ name, frames }) => ({
        ...{ labels: { bridge: name }, boundsMs: LATENESS_BOUNDS_MS },
        ...{ counts: frames.lateness, sumMs: frames.sumMs },
      })),
    ),
    ...metric(
      'frames_left_out_total',
      'counter',
      'Messages of timecode and clock that had become too late.',
      framed.map(({ name, frames }) => [{ bridge: name }, frames.gaps]),
    ),
    ...metric('viewers', 'gauge', 'Pages that look on.', [[{}, viewers]]),
    ...metric('event_loop_delay_seconds', 'gauge', 'Delay of the event loop in the last minute.', [
      [{ quantile: '0.5' }, loopDelayMs.p50 / 1000],
      [{ quantile: '0.99' }, loopDelayMs.p99 / 1000],
      [{ quantile: '1' }, loopDelayMs.max / 1000],
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function deckMetrics(decks: readonly Entry[]): readonly string[] {
  const labelsOf = ({ unit, deck }: Entry) => ({ unit: String(unit), deck: String(deck) });
  const bars = decks.filter(({ uncertaintyMs }) => typeof uncertaintyMs === 'number');
  return [
    ...metric(
      'position_half_width_seconds',
      'gauge',
      "Half-width of the error bar of a deck's position.",
      bars.map(deck => [labelsOf(deck), (deck['uncertaintyMs'] as number) / 1000]),
    ),
    ...metric(
      'deck_playing',
      'gauge',
      'Whether a deck plays.',
      decks.map(deck => [labelsOf(deck), flag(deck['playing'])]),
    ),
  ];
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

const flag = (value: unknown): number => (value === true ? 1 : 0);

function labelText(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

const escaped = (text: string): string => text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');

function metric(name: string, type: string, help: string, samples: readonly Sample[]): readonly string[] {
  return [
    `# HELP decklight_${name} ${help}`,
    `# TYPE decklight_${name} ${type}`,
    ...samples.map(([labels, value]) => `decklight_${name}${labelText(labels)} ${value}`),
  ];
}

interface Histogram {
  readonly labels: Readonly<Record<string, string>>;
  readonly boundsMs: readonly Ms[];
  /** Of each class, and where there is one more of what lies beyond the last bound. */
  readonly counts: readonly number[];
  readonly sumMs: Ms;
}

function histogram(name: string, help: string, series: readonly Histogram[]): readonly string[] {
  return [
    ...metric(name, 'histogram', help, []),
    ...series.flatMap(({ labels, boundsMs, counts, sumMs }) => {
      const all = counts.reduce((sum, count) => sum + count, 0);
      let sum = 0;
      const buckets = boundsMs.map((bound, i) => {
        sum += counts[i] ?? 0;
        return [String(bound / 1000), sum] as const;
      });
      return [
        ...[...buckets, ['+Inf', all] as const].map(
          ([le, count]) => `decklight_${name}_bucket${labelText({ ...labels, le })} ${count}`,
        ),
        `decklight_${name}_sum${labelText(labels)} ${sumMs / 1000}`,
        `decklight_${name}_count${labelText(labels)} ${all}`,
      ];
    }),
  ];
}
