/** The night in the log: a line for each message of a cue, and for each moment that came and of which something was held back. */
import { becauseText, type Reason } from '../../core/engine/intents.ts';
import { verdictOf } from '../../core/engine/outcome.ts';
import type { Arrived, Departure } from '../../live/engine.ts';
import type { ShowLog } from '../../live/log.ts';
import { reasonText } from '../terminal/reason-text.ts';

/** A message on its way out. `lateMs`: from its moment to its leaving. */
export function logSent({ aside }: ShowLog, { at, intent }: Departure, message: string): void {
  const { bridge, because, trueTime, id } = intent;
  const lateMs = Math.round((at - trueTime) * 10) / 10;
  aside.info(
    { kind: 'sent', bridge, ...because, id, message, lateMs },
    `${becauseText(because)}  ${bridge}  ${message}`,
  );
}

/** Logs the messages of a moment that did not leave, each with its reason; a moment that left whole is not logged. */
export function logHeldBack({ aside }: ShowLog, { outcome }: Arrived): void {
  const { because, id, sentTo, heldBack } = outcome;
  if (heldBack.length === 0) return;
  const why = heldBack.map(reasonText).join('; ');
  const facts = { kind: 'held-back', verdict: verdictOf(outcome), ...because, id, sentTo, heldBack };
  const text = `${becauseText(because)}  not sent: ${why}`;
  if (heldBack.some(({ kind }) => IS_TROUBLE[kind])) aside.warn(facts, text);
  else aside.info(facts, text);
}

/** Reasons that are trouble; a wish of the profile or of a hand is none. */
const IS_TROUBLE: Readonly<Record<Reason['kind'], boolean>> = {
  condition: false,
  'not-heard': false,
  late: true,
  once: false,
  'not-armed': false,
  unknown: true,
  absent: true,
  muted: false,
};
