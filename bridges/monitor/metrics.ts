/** Numbers of a show in the text format of Prometheus 0.0.4. Pure. */

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
  readonly packets: ReadonlyMap<string, number>;
  readonly lateness: CueLateness;
  readonly viewers: number;
  readonly loopDelayMs: { readonly p50: number; readonly p99: number };
}

type Entry = Readonly<Record<string, unknown>>;
const listOf = (value: unknown): readonly Entry[] => (Array.isArray(value) ? (value as Entry[]) : []);

export function metricsText({ status, packets, lateness, viewers, loopDelayMs }: Measured): string {
  const lines: string[] = [];
  const metric = (name: string, type: string, help: string, samples: readonly Sample[]): void => {
    lines.push(`# HELP decklight_${name} ${help}`, `# TYPE decklight_${name} ${type}`);
    for (const [labels, value] of samples) lines.push(`decklight_${name}${labelText(labels)} ${value}`);
  };
  metric(
    'packets_total',
    'counter',
    'Packets of the unit, by kind.',
    [...packets].map(([kind, n]) => [{ kind }, n]),
  );
  const decks = listOf(status?.['decks']);
  const bars = decks.filter(({ uncertaintyMs }) => typeof uncertaintyMs === 'number');
  metric(
    'position_half_width_seconds',
    'gauge',
    "Half-width of the error bar of a deck's position.",
    bars.map(({ deck, uncertaintyMs }) => [{ deck: String(deck) }, (uncertaintyMs as number) / 1000]),
  );
  metric(
    'deck_playing',
    'gauge',
    'Whether a deck plays.',
    decks.map(({ deck, playing }) => [{ deck: String(deck) }, flag(playing)]),
  );
  const moments = Object.entries((status?.['moments'] ?? {}) as Readonly<Record<string, number>>);
  metric(
    'moments_total',
    'counter',
    'Moments that came, by outcome.',
    moments.map(([outcome, n]) => [{ outcome }, n]),
  );
  metric(
    'bridge_ready',
    'gauge',
    'Whether a bridge is ready.',
    listOf(status?.['bridges']).map(({ name, state }) => [{ bridge: String(name) }, flag(state === 'ready')]),
  );
  metric(
    'timecode_running',
    'gauge',
    'Whether a timecode runs.',
    listOf(status?.['timecodes']).map(({ name, run }) => [{ timecode: String(name) }, flag(run === 'running')]),
  );
  lines.push(...latenessLines(lateness));
  metric('viewers', 'gauge', 'Pages that look on.', [[{}, viewers]]);
  metric('event_loop_delay_seconds', 'gauge', 'Delay of the event loop.', [
    [{ quantile: '0.5' }, loopDelayMs.p50 / 1000],
    [{ quantile: '0.99' }, loopDelayMs.p99 / 1000],
  ]);
  return `${lines.join('\n')}\n`;
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

const flag = (value: unknown): number => (value === true ? 1 : 0);

function labelText(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

const escaped = (text: string): string => text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');

function latenessLines({ counts, sumMs }: CueLateness): readonly string[] {
  const name = 'decklight_cue_lateness_seconds';
  let sum = 0;
  const buckets = counts.map((count, i) => {
    sum += count;
    const bound = CUE_LATENESS_BOUNDS_MS[i];
    return `${name}_bucket{le="${bound === undefined ? '+Inf' : bound / 1000}"} ${sum}`;
  });
  return [
    `# HELP ${name} Time from the moment of a place to the moment its cue left.`,
    `# TYPE ${name} histogram`,
    ...buckets,
    `${name}_sum ${sumMs / 1000}`,
    `${name}_count ${sum}`,
  ];
}
