/** The numbers of a show as Prometheus reads them. */
import { expect, it } from 'vitest';
import { metricsText, NO_CUE_LATENESS, withCueLateness } from '../../../bridges/monitor/metrics.ts';

const NOTHING = {
  status: null,
  bridges: [],
  packets: new Map(),
  reconnects: new Map(),
  lateness: NO_CUE_LATENESS,
  viewers: 0,
  loopDelayMs: { p50: 1, p99: 2, max: 3 },
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
      { unit: 'opus', deck: 1, playing: true, uncertaintyMs: 8 },
      { unit: 'opus', deck: 2, playing: false, uncertaintyMs: null },
    ],
    moments: { sent: 3, condition: 1, muted: 2, late: 4, absent: 1 },
    timecodes: [{ name: 'main', run: 'running' }],
  };
  const frames = { lateness: [3, 2, ...Array(10).fill(0)], sumMs: 0.5, gaps: 7 };
  const bridges = [
    { name: 'a"b\\c\nd', state: 'ready' as const, text: '' },
    { name: 'daw', state: 'waiting' as const, text: '', frames },
  ];
  const reconnects = new Map([['daw', 2]]);
  const text = metricsText({ ...NOTHING, status, bridges, reconnects, packets: new Map([['status', 12]]) });
  const lines = text.trimEnd().split('\n');
  for (const line of lines) {
    expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="([^"\\\n]|\\.)*",?)+\})? [0-9.e+-]+)$/);
  }
  const types = lines.filter(line => line.startsWith('# TYPE')).map(line => line.split(' ')[2]);
  expect(new Set(types).size).toBe(types.length);
  expect(lines).toEqual(
    expect.arrayContaining([
      'decklight_position_half_width_seconds{unit="opus",deck="1"} 0.008',
      'decklight_cues_total{outcome="sent"} 3',
      'decklight_cues_total{outcome="held_back"} 3',
      'decklight_cues_total{outcome="dropped"} 5',
      'decklight_bridge_reconnects_total{bridge="daw"} 2',
      'decklight_frame_lateness_seconds_bucket{bridge="daw",le="0.0001"} 3',
      'decklight_frame_lateness_seconds_bucket{bridge="daw",le="0.0002"} 5',
      'decklight_frame_lateness_seconds_bucket{bridge="daw",le="+Inf"} 5',
      'decklight_frame_lateness_seconds_sum{bridge="daw"} 0.0005',
      'decklight_frame_lateness_seconds_count{bridge="daw"} 5',
      'decklight_frames_left_out_total{bridge="daw"} 7',
      'decklight_event_loop_delay_seconds{quantile="1"} 0.003',
      'decklight_moments_total{outcome="sent"} 3',
      'decklight_packets_total{kind="status"} 12',
      'decklight_bridge_ready{bridge="a\\"b\\\\c\\nd"} 1',
      'decklight_timecode_running{timecode="main"} 1',
    ]),
  );
  expect(text).not.toContain('deck="2"} 0.0');
});
