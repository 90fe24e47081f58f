import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { problemText } from '../../../src/profile/problem-text.ts';

const warningsOf = (rules: string): readonly string[] => {
  const source = `decklight: 1
bridges:
  opus: { type: opus-quad }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
cues:
  far: [{ console: "/far/${'${jump.beats}'}" }]
panic: far
rules:
${rules}
`;
  const loaded = loadProfile(source, 'test.yaml', BRIDGES, NO_LIBRARY);
  if (!loaded.ok) throw new Error(loaded.problems.map(problemText).join('\n'));
  return loaded.warnings.map(problemText).filter(line => line.includes('jump'));
};

describe('how far a deck has jumped', () => {
  it.each(['jump', 'loop'])('is known at when: %s, and in a cue that may be fired there', moment => {
    const rule = `  - { name: x, when: ${moment}, if: jump.beats > 4, do: [{ console: "/x/${'${jump.ms}'}" }] }`;
    expect(warningsOf(rule)).toEqual([]);
  });

  it.each([
    ['  - { name: x, when: play, if: jump.beats > 4, do: far }', /9:32: warning: jump.beats is known at when: jump/],
    [
      '  - { name: x, when: chorus, do: [{ console: "/x/${jump.ms}" }] }',
      /9:52: warning: jump.ms is known at when: jump/,
    ],
    ['  - { name: x, while: jump.beats > 4, do: far, undo: [] }', /9:23: warning: jump.beats is known at when: jump/],
  ])('is warned of where no deck jumps: %s', (rule, line) => {
    const found = warningsOf(rule);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(line);
  });
});
