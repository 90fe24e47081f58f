import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../bridges/index.ts';
import { requiredData } from '../../src/core/required-data.ts';
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { NO_KNOWLEDGE } from '../../src/core/track/track-knowledge.ts';
import { loadProfile } from '../../src/profile/load.ts';

const BRIDGES_OF = `
decklight: 1
name: needs
bridges:
  opus: { type: opus-quad }
  console: { type: osc, host: 10.0.0.9, port: 8000 }
  daw: { type: midi, device: a }
`;

function needs(rest: string): string {
  const loaded = loadProfile(`${BRIDGES_OF}${rest}\n`, 'needs.yaml', BRIDGES, NO_LIBRARY);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const found = requiredData(loaded.profile, NO_KNOWLEDGE);
  return Object.entries(found)
    .filter(([, isNeeded]) => isNeeded)
    .map(([name]) => name)
    .join(' ');
}

const rule = (text: string): string => `rules: [ { name: a, ${text}, do: [ { console: /a } ] } ]`;

describe('what a profile needs', () => {
  it.each([
    ['', ''],
    ['timecode: { main: { to: [daw] } }', 'positions'],
    [rule('when: 3:27.500'), 'positions'],
    [rule('when: chorus'), 'phrases'],
    [rule('when: 500 ms before end'), 'phrases'],
    [rule('when: 4 beats before chorus'), 'phrases beats'],
    [rule('when: downbeat'), 'beats'],
    [rule('while: phrase.kind == chorus'), 'phrases'],
    [rule('while: deck2.phrase.isFill'), 'phrases'],
    [rule('while: track.mood == high'), 'phrases'],
    [rule('when: 1:00, if: deck.beatInBar == 1'), 'beats positions'],
    [rule('while: deck.isPlaying, if: master.positionMs > 1000'), 'positions'],
    [
      'rules: [ { name: a, when: 1:00, do: [ { console: { address: /a, args: ["${phrase.kind}"] } } ] } ]',
      'phrases positions',
    ],
    ['feed: { console: {} }', 'phrases beats'],
  ])('%j needs %j', (rest, expected) => {
    expect(needs(rest)).toBe(expected);
  });
});
