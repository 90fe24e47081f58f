/** A memory with something in every part of it. */
import type { RestartState } from '../../../src/core/engine/restart-state.ts';

export const MEMORY: RestartState = {
  decklight: 1,
  decks: [
    {
      ...{ key: 'opus/1', trackId: 829, pass: 3, crossedBeat: 128.25, agoMs: 12.5, beatsPerMs: 128 / 60_000 },
      firedOnce: ['intro'],
    },
  ],
  firedTonight: ['walk in'],
  lists: [],
  holds: [{ rule: 'chorus look', deck: 'opus/1', level: '00ff' }],
  hands: {
    pinned: 2,
    isAllMuted: false,
    isPanic: false,
    muted: ['console'],
    standing: [['console', [{ rule: 'chorus look', deck: 'opus/2', level: '00ff' }]]],
    latencies: [['daw', -3]],
    nudges: [['main', -2]],
    isLocked: true,
  },
};
