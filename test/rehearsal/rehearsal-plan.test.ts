/** Evenings of a rehearsal by their seeds. */
import { describe, expect, it } from 'vitest';
import { DEMO_TRACKS } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import type { TrackShelf } from '../../src/rehearsal/evening-plan.ts';
import { levelKeys, levelOfMessage } from '../../src/rehearsal/message-levels.ts';
import { pathTrackOf } from '../../src/rehearsal/playable-tracks.ts';
import { incidentAt, planRehearsal } from '../../src/rehearsal/rehearsal-plan.ts';

const SHELF: TrackShelf = { tracks: DEMO_TRACKS.slice(0, 5), pathOf: pathTrackOf };
const LENGTH_MS = 180_000;
const plan = (seed: number) => planRehearsal(seed, 'lighting', LENGTH_MS, SHELF);
const SEEDS = Array.from({ length: 150 }, (_, i) => i + 1);

describe('the evening of a seed', () => {
  it('is the same each time, and another one for another seed', () => {
    const plain = (seed: number): string =>
      JSON.stringify({ ...plan(seed), set: null, acts: plan(seed).acts.map(({ at }) => at) });
    expect(plain(7)).toBe(plain(7));
    expect(plain(8)).not.toBe(plain(7));
  });

  it('among 150 has every weather, every incident, a busy host, late loads, reverses, loops, stops and jumps', () => {
    const plans = SEEDS.map(plan);
    expect(new Set(plans.map(({ weather }) => weather)).size).toBe(7);
    expect(new Set(plans.flatMap(({ incidents }) => incidents.map(({ kind }) => kind)))).toEqual(
      new Set(['reboot', 'cable', 'restart', 'late load', 'reverse']),
    );
    expect(new Set(plans.map(({ isStarved }) => isStarved)).size).toBe(2);
    const acts = new Set(plans.flatMap(each => each.acts.map(({ act }) => act.kind)));
    expect([...acts]).toEqual(
      expect.arrayContaining(['load', 'play', 'pause', 'cue', 'jump', 'loop', 'reverse', 'on-air']),
    );
  });

  it('has acts in order, and none at a unit that is off', () => {
    for (const { set, pathActs, incidents } of SEEDS.map(plan)) {
      expect([...set.acts].sort((a, b) => a.at - b.at)).toEqual(set.acts);
      expect([...pathActs].sort((a, b) => a.at - b.at)).toEqual(pathActs);
      const off = incidents.find(({ kind }) => kind === 'reboot');
      if (off === undefined) continue;
      const during = set.acts.filter(
        ({ at, act }) => act.kind !== 'reboot' && at >= off.at && at <= off.at + off.forMs,
      );
      expect(during).toEqual([]);
      expect(pathActs.filter(({ act }) => act.kind === 'eject').map(({ at }) => at)).toEqual([off.at, off.at]);
    }
  });

  it('knows which incident a moment falls into, lateness included', () => {
    const found = SEEDS.map(plan).find(({ incidents }) => incidents.some(({ kind }) => kind === 'cable'));
    const cable = found?.incidents.find(({ kind }) => kind === 'cable');
    if (found === undefined || cable === undefined) throw new Error('no cable is pulled');
    const alone = { ...found, incidents: [cable] };
    expect(incidentAt(alone, cable.at + 1, 0)?.kind).toBe('cable');
    expect(incidentAt(alone, cable.at - 50, 0)).toBeNull();
    expect(incidentAt(alone, cable.at - 50, 100)?.kind).toBe('cable');
    expect(incidentAt(alone, cable.settledAt + 101, 100)).toBeNull();
  });
});

describe('the level of a message', () => {
  it.each([
    ['/look/chorus ,i 1', { key: 'desk /look/chorus', value: 1 }],
    ['/look/chorus ,f 0.5', { key: 'desk /look/chorus', value: 0.5 }],
    ['/fader ,ii 3 100', { key: 'desk /fader 3', value: 100 }],
    ['control 7 = 0 ch 1', { key: 'desk control 7 ch 1', value: 0 }],
    ['note C3 127 ch 2', { key: 'desk note C3 ch 2', value: 127 }],
    ['note off C3 ch 2', { key: 'desk note C3 ch 2', value: 0 }],
    ['note C3 127 ch 2 for 100 ms', null],
    ['/cue/7/go', null],
    ['/cmd ,s "Go+ Sequence 1"', null],
    ['sysex f0 7f f7', null],
  ])('%s', (text, level) => {
    expect(levelOfMessage('desk', text)).toEqual(level);
  });

  it('is a level only where something takes it back', () => {
    const level = (key: string, value: number) => ({ key, value });
    expect([...levelKeys([level('a', 1), level('a', 0), level('b', 1), level('c', 0)])]).toEqual(['a']);
  });
});
