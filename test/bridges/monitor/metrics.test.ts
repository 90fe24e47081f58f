/** The numbers of a show as Prometheus reads them. */
import { expect, it } from 'vitest';
import { metricsText, NO_CUE_LATENESS, withCueLateness } from '../../../bridges/monitor/metrics.ts';

const NOTHING = {
  status: null,
  packets: new Map(),
  lateness: NO_CUE_LATENESS,
  viewers: 0,
  loopDelayMs: { p50: 1, p99: 2 },
};

it('a lateness is counted in its class and in all above it', () => {
  const lateness = [0.5, 1, 3, 700].reduce(withCueLateness, NO_CUE_LATENESS);
  const lines = metricsText({ ...NOTHING, lateness }).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'decklight_cue_lateness_seconds_bucket{le="0.001"} 2',
      'decklight_cue_lateness_seconds_bucket{le="0.002"} 2',
      'decklight_cue_lateness_seconds_bucket{le="0.005"} 3',
      'decklight_cue_lateness_seconds_bucket{le="0.5"} 3',
      'decklight_cue_lateness_seconds_bucket{le="+Inf"} 4',
      'decklight_cue_lateness_seconds_sum 0.7045',
      'decklight_cue_lateness_seconds_count 4',
    ]),
  );
});

it('every line is a comment or a sample, each metric is explained once, and a label cannot break out of its quotes', () => {
  const status = {
    decks: [
      { deck: 1, playing: true, uncertaintyMs: 8 },
      { deck: 2, playing: false, uncertaintyMs: null },
    ],
    moments: { sent: 3, condition: 1 },
    bridges: [{ name: 'a"b\\c\nd', state: 'ready' }],
    timecodes: [{ name: 'main', run: 'running' }],
  };
  const text = metricsText({ ...NOTHING, status, packets: new Map([['status', 12]]) });
  const lines = text.trimEnd().split('\n');
  for (const line of lines) {
    expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="([^"\\\n]|\\.)*",?)+\})? [0-9.e+-]+)$/);
  }
  const types = lines.filter(line => line.startsWith('# TYPE')).map(line => line.split(' ')[2]);
  expect(new Set(types).size).toBe(types.length);
  expect(lines).toEqual(
    expect.arrayContaining([
      'decklight_position_half_width_seconds{deck="1"} 0.008',
      'decklight_moments_total{outcome="sent"} 3',
      'decklight_packets_total{kind="status"} 12',
      'decklight_bridge_ready{bridge="a\\"b\\\\c\\nd"} 1',
      'decklight_timecode_running{timecode="main"} 1',
    ]),
  );
  expect(text).not.toContain('deck="2"} 0.0');
});
