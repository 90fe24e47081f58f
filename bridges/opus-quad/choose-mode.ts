/** In which mode a profile joins the unit. */
import type { RequiredData } from '../../src/core/required-data.ts';
import type { Mode } from './session/session-state.ts';

/** As the profile writes it. */
export const MODES = ['auto', 'lighting', 'cdj'] as const;

/**
 * The mode that fits what a profile asks for, and why, as the end of a sentence about the profile.
 *
 * Positions without phrases are worth a cdj, and so are positions where somebody else knows the phrases; whoever asks for
 * beats or phrases that only the unit can tell cannot do without lighting.
 */
export function fittingMode(needs: RequiredData): { readonly mode: Mode; readonly why: string } {
  const { phrases, beats, positions, phrasesKnownBy } = needs;
  const asked = [phrases ? 'phrases' : null, beats ? 'beats' : null].filter(each => each !== null).join(' and ');
  if (asked !== '' && positions && phrasesKnownBy !== null) {
    return {
      mode: 'cdj',
      why: `asks for positions, and ${phrasesKnownBy} know${phrasesKnownBy === 'the track book' ? 's' : ''} the phrases`,
    };
  }
  if (asked !== '') return { mode: 'lighting', why: `asks for ${asked}` };
  if (!positions) return { mode: 'lighting', why: 'asks for nothing that positions would make better' };
  return { mode: 'cdj', why: 'asks for positions, and for neither phrases nor beats' };
}

/** The mode that a profile joins in. */
export const modeOf = (asked: (typeof MODES)[number], needs: RequiredData): Mode =>
  asked === 'auto' ? fittingMode(needs).mode : asked;
