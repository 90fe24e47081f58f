/** Transcript of a show: a line for everything that left, as people read it. */
import type { Ms } from '../../core/clock.ts';
import { type Because, becauseText, type CueIntent, type Dropped } from '../../core/engine/intents.ts';
import { reasonText } from './reason-text.ts';

/** Time since the start of the show: `00:01:32.433`. */
export function showTime(sinceStartMs: Ms): string {
  const ms = Math.max(0, Math.round(sinceStartMs));
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`;
}

/** `00:01:32.433  deck 1 chorus 2  console  /cue/7/go ,i 1`. */
export function sentLine(sinceStartMs: Ms, intent: CueIntent, message: string): string {
  return [showTime(sinceStartMs), cause(intent.because), intent.bridge, message].join('  ');
}

/** Line of a cue that was due and did not leave, with the reason. */
export function droppedLine(sinceStartMs: Ms, { because, reason }: Dropped): string {
  const why = `not sent: ${reasonText(reason)}`;
  return [showTime(sinceStartMs), cause(because), why, becauseText(because)].join('  ');
}

const cause = ({ rule, deck, place, phase }: Because): string =>
  [deck === null ? null : `deck ${deck}`, phase === 'fire' ? place : `${rule}${phase === 'undo' ? ' ends' : ''}`]
    .filter(part => part !== null)
    .join(' ');
