import { describe, expect, it } from 'vitest';
import type { OpenBridge } from '../../src/bridge.ts';
import { virtualClock } from '../../src/core/clock.ts';
import { FRESH_START } from '../../src/core/engine/engine-state.ts';
import type { ShowEvent } from '../../src/core/events.ts';
import { NO_WATCHER, type StepFault, startEngine } from '../../src/live/engine.ts';
import { momentRule, profileOf, report, reportEvent, stampAt } from '../core/core-samples.ts';

describe('the live end of the engine', () => {
  const outcome = (leaves: boolean | null): { sent: number; dropped: string[] } => {
    const clock = virtualClock();
    const result = { sent: 0, dropped: [] as string[] };
    const bridge: OpenBridge = {
      send: () => leaves ?? true,
      timecode() {},
      clock() {},
      release() {},
      status: () => ({ state: 'waiting', text: 'gone' }),
      close: async () => {},
    };
    const engine = startEngine({
      profile: profileOf([momentRule('beat', { kind: 'beat', beat: 2 })]),
      clock,
      pathTo: () => (leaves === null ? 'dry run' : { bridge, feedMessage: () => null }),
      beginnings: FRESH_START,
      failed: ({ error }) => {
        throw error;
      },
      watcher: {
        ...NO_WATCHER,
        sent: () => {
          result.sent++;
        },
        dropped: ({ reason }) => result.dropped.push(reason.kind),
      },
    });
    engine.emit('opus', reportEvent(1, report({ beat: 1 })), stampAt(0));
    clock.advance(600);
    engine.stop();
    expect(clock.pending()).toBe(0);
    return result;
  };

  it('says "sent" of what left, and of what a dry run would send; of nothing else', () => {
    expect(outcome(true)).toEqual({ sent: 1, dropped: [] });
    expect(outcome(null)).toEqual({ sent: 1, dropped: [] });
    expect(outcome(false)).toEqual({ sent: 0, dropped: ['absent'] });
  });

  it('a step that throws costs that step: it is told with its input, and what comes later leaves once', () => {
    const clock = virtualClock();
    const bridge: OpenBridge = {
      send: () => true,
      timecode() {},
      clock() {},
      release() {},
      status: () => ({ state: 'ready', text: '' }),
      close: async () => {},
    };
    const faults: StepFault[] = [];
    const sent: string[] = [];
    const broken = momentRule('broken', { kind: 'beat', beat: 2 });
    const evaluate = (): never => {
      throw new Error('out of order');
    };
    const engine = startEngine({
      profile: profileOf([
        { ...broken, if: { evaluate, roots: [], facts: [] } as unknown as (typeof broken)['if'] },
        momentRule('sound', { kind: 'beat', beat: 3 }),
      ]),
      clock,
      pathTo: () => ({ bridge, feedMessage: () => null }),
      beginnings: FRESH_START,
      failed: fault => faults.push(fault),
      watcher: { ...NO_WATCHER, sent: ({ intent }) => sent.push(intent.because.rule) },
    });
    const input = reportEvent(1, report({ beat: 1 }));
    engine.emit('opus', input, stampAt(0));
    clock.advance(700);
    const atBeatTwo = reportEvent(1, report({ beat: 2 }));
    engine.emit('opus', atBeatTwo, stampAt(700));
    clock.advance(600);
    engine.stop();
    expect(faults.map(({ error }) => error.message)).toEqual(['out of order']);
    expect(sent).toEqual(['sound']);
    expect(clock.pending()).toBe(0);
  });

  it('an event whose step throws is told with that event, and the next one is taken in', () => {
    const clock = virtualClock();
    const faults: StepFault[] = [];
    const engine = startEngine({
      profile: profileOf([]),
      clock,
      pathTo: () => null,
      beginnings: FRESH_START,
      failed: fault => faults.push(fault),
      watcher: NO_WATCHER,
    });
    const damaged = { kind: 'deck.report', deck: { unit: 'opus', number: 1 }, report: null } as unknown as ShowEvent;
    engine.emit('opus', damaged, stampAt(0));
    engine.emit('opus', reportEvent(1, report({ beat: 1 })), stampAt(10));
    engine.stop();
    expect(faults.map(({ input }) => input?.event)).toEqual([damaged]);
    expect(engine.state().show.decks.size).toBe(1);
  });
});
