/** The dashboard of docs/monitor-grafana.json, held to the metrics that there are. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CUE_LATENESS_BOUNDS_MS, metricsText } from '../../../bridges/monitor/metrics.ts';
import { NO_COUNTS } from '../../../src/output/lateness-histogram.ts';

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

const { panels } = JSON.parse(
  readFileSync(new URL('../../../docs/monitor-grafana.json', import.meta.url), 'utf8'),
) as Dashboard;
const targets = panels.flatMap(panel => panel.targets);

/** Names of all samples of a show that has one of everything, each with its labels. */
const samples = new Map(
  metricsText({
    status: {
      decks: [{ unit: 'opus', deck: 1, playing: true, uncertaintyMs: 8 }],
      moments: { sent: 1 },
      timecodes: [{ name: 'main', run: 'running' }],
    },
    bridges: [{ name: 'daw', state: 'ready', text: '', frames: NO_COUNTS }],
    packets: new Map([['status', 1]]),
    reconnects: new Map(),
    lateness: { counts: CUE_LATENESS_BOUNDS_MS.map(() => 1), sumMs: 1 },
    viewers: 1,
    loopDelayMs: { p50: 1, p99: 2, max: 3 },
  })
    .split('\n')
    .flatMap(line => {
      const [, name, labels = ''] = /^(decklight_\w+)(\{.*\})? /.exec(line) ?? [];
      return name === undefined
        ? []
        : [[name, [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label)] as const];
    }),
);
const namesIn = (expr: string): readonly string[] => expr.match(/decklight_\w+/g) ?? [];

it('every query of the dashboard asks for metrics that there are, by labels that they have', () => {
  for (const { expr, legendFormat } of targets) {
    const names = namesIn(expr);
    expect(names.length, expr).toBeGreaterThan(0);
    for (const name of names) {
      const labels = samples.get(name);
      expect(labels, `${name} in ${expr}`).toBeDefined();
      const wanted = [
        ...[...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/)),
        ...[...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label),
      ];
      for (const label of wanted) expect(labels, `${label} of ${name} in ${expr}`).toContain(label);
    }
  }
});

it('every metric is drawn in the dashboard', () => {
  const drawn = new Set(targets.flatMap(({ expr }) => namesIn(expr)));
  expect([...samples.keys()].filter(name => !drawn.has(name))).toEqual([]);
});

it('a counter and the buckets of a histogram are drawn as what they grow by, and a gauge as it is', () => {
  for (const { expr } of targets) {
    for (const name of namesIn(expr)) {
      const isCount = /_(total|bucket|sum|count)$/.test(name);
      expect(new RegExp(`(rate|increase)\\(${name}\\[`).test(expr), `${name} in ${expr}`).toBe(isCount);
    }
  }
});
