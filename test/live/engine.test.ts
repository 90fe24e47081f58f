import { describe, expect, it } from 'vitest';
import type { OpenBridge } from '../../src/bridge.ts';
import { virtualClock } from '../../src/core/clock.ts';
import { FRESH_START } from '../../src/core/engine/engine-state.ts';
import { NO_WATCHER, startEngine } from '../../src/live/engine.ts';
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
      wayTo: () => (leaves === null ? 'dry run' : { bridge, feedMessage: () => null }),
      beginnings: FRESH_START,
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
});
