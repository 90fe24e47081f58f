import { expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { problemText } from '../../../src/profile/problem-text.ts';

const warningsOf = (message: string, surface: string): readonly string[] => {
  const loaded = loadProfile(
    `decklight: 1
bridges:
  booth: { type: cdj-hid }
cues:
  drop: [{ booth: ${message} }]
  again: [{ booth: ${message} }]
panic: drop
controls:
  booth: { buttons: { cue: { press: drop } }, ${surface} }
`,
    'test.yaml',
    BRIDGES,
    NO_LIBRARY,
  );
  if (!loaded.ok) throw new Error(loaded.problems.map(problemText).join('\n'));
  return loaded.warnings.map(problemText);
};

it.each([
  ['{ play: on }', 'leds: { play: cue.drop.isRunning }', 'play', 'leds'],
  ['{ play-led: on }', 'leds: { play: cue.drop.isRunning }', 'play-led', 'leds'],
  ['{ play: on }', 'leds: { play-led: cue.drop.isRunning }', 'play', 'leds'],
  ['{ title: x }', 'screen: { title: y }', 'title', 'screen'],
  ['{ rows: [x] }', 'screen: { rows: [y], title: z }', 'rows', 'screen'],
  ['{ elapsed-time: 5 }', 'screen: { time: next cue }', 'elapsed-time', 'screen'],
])('what %s writes beside %s is warned of once, where it stands', (message, surface, name, section) => {
  const found = warningsOf(message, surface);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(`test.yaml:5:21: warning: ${name} of booth is shown by ${section}: as well`);
});

it('what a message writes and nothing else shows is no matter', () => {
  expect(warningsOf('{ play: on, title: x }', 'leds: { cue: cue.drop.isRunning }')).toEqual([]);
});
