/** In which mode a profile joins the unit, and how the log says why. */

import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { fittingMode, modeOf } from '../../../bridges/opus-quad/choose-mode.ts';
import { requiredData } from '../../../src/core/required-data.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { NO_KNOWLEDGE } from '../../../src/core/track/track-knowledge.ts';
import { loadProfile } from '../../../src/profile/load.ts';

function needs(rest: string) {
  const source = `decklight: 1
name: modes
bridges:
  opus: { type: opus-quad }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
  daw: { type: ltc, player: [none] }
${rest}
`;
  const loaded = loadProfile(source, 'modes.yaml', BRIDGES, NO_LIBRARY);
  if (!loaded.ok) throw new Error(loaded.problems[0]?.message);
  return requiredData(loaded.profile, NO_KNOWLEDGE);
}
const rule = (when: string): string => `rules: [{ name: a, when: ${when}, do: [{ console: /a }] }]`;

describe('the mode that fits a profile', () => {
  it.each([
    [rule('chorus'), 'lighting', 'asks for phrases'],
    [rule('downbeat'), 'lighting', 'asks for beats'],
    [rule('4 beats before chorus'), 'lighting', 'asks for phrases and beats'],
    [`${rule('chorus')}\ntimecode: { main: { to: [daw] } }`, 'lighting', 'asks for phrases'],
    ['', 'lighting', 'asks for nothing that positions would make better'],
    ['timecode: { main: { to: [daw] } }', 'cdj', 'asks for positions, and for neither phrases nor beats'],
    [rule('3:27.500'), 'cdj', 'asks for positions, and for neither phrases nor beats'],
  ])('%j: %s, since it %s', (rest, mode, why) => {
    expect(fittingMode(needs(rest))).toEqual({ mode, why });
    expect(modeOf('auto', needs(rest))).toBe(mode);
  });

  it('is not asked where the profile says one', () => {
    expect(modeOf('cdj', needs(rule('chorus')))).toBe('cdj');
    expect(modeOf('lighting', needs(rule('3:27.500')))).toBe('lighting');
  });
});

describe('where somebody else knows the phrases', () => {
  const needs = { phrases: true, beats: true, positions: true };
  it('a profile that asks for positions too joins as a player, and says who knows them', () => {
    expect(fittingMode({ ...needs, phrasesKnownBy: 'imported sticks' })).toEqual({
      mode: 'cdj',
      why: 'asks for positions, and imported sticks know the phrases',
    });
    expect(fittingMode({ ...needs, phrasesKnownBy: 'the track book' }).why).toBe(
      'asks for positions, and the track book knows the phrases',
    );
  });
  it('without a wish for positions the unit itself is asked', () => {
    expect(fittingMode({ ...needs, positions: false, phrasesKnownBy: 'imported sticks' }).mode).toBe('lighting');
    expect(fittingMode({ ...needs, phrasesKnownBy: null }).mode).toBe('lighting');
  });
});
