/** Explanations as text: for people a few lines each, for machines one JSON object. */
import type { Ms } from '../../core/clock.ts';
import { becauseText } from '../../core/engine/intents.ts';
import { verdictOf } from '../../core/engine/outcome.ts';
import { partsText, reasonText } from '../terminal/reason-text.ts';
import { showTime } from '../terminal/transcript.ts';
import type { Explanation } from './explanation-list.ts';

/** Lines of an answer: time and cause, then what left, what did not, the condition, and the time it took. */
export function explanationLines(answer: Explanation, startedAtMs: Ms): readonly string[] {
  const { at, because, source, sent, heldBack, parts } = answer;
  const where = source === null ? '' : `${source.file}:${source.line}  `;
  return [
    `${showTime(at - startedAtMs)}  ${where}${becauseText(because)}`,
    ...sent.map(({ bridge, message }) => `    sent: ${bridge} ${message}`),
    ...heldBack.map(reason => `    held back: ${reasonText(reason)}`),
    // A condition that held it back has been said.
    ...(parts.length === 0 || heldBack.some(({ kind }) => kind === 'condition') ? [] : [`    if: ${partsText(parts)}`]),
    ...[timeLine(answer), differenceLine(answer)].filter(line => line !== null),
  ];
}

/** Says how long the messages took that evening; null: none left, or nothing was recorded of it. */
function timeLine({ recorded, sent }: Explanation): string | null {
  if (recorded === null || sent.length === 0) return null;
  const { by, at, handedOverAt, outcome } = recorded;
  if (by === 'packet') return `    packet to wire ${msText(handedOverAt - at)}`;
  return `    moment to wire ${msText(handedOverAt - outcome.trueTime)}, by the timer`;
}

const msText = (ms: Ms): string => `${ms.toFixed(3)} ms`;

/** Says that another outcome was recorded that evening: a bridge that was down then is there in a replay. */
function differenceLine({ recorded, sent, heldBack }: Explanation): string | null {
  if (recorded === null) return null;
  const { outcome } = recorded;
  const isSent = sent.length > 0 || heldBack.length === 0;
  const verdict = verdictOf(outcome);
  if (isSent === (verdict === 'sent')) {
    const absent = outcome.heldBack.filter(({ kind }) => kind === 'absent');
    return absent.length === 0 ? null : `    that evening: ${absent.map(reasonText).join(', ')}`;
  }
  return `    that evening: ${verdict === 'sent' ? 'sent' : `held back: ${outcome.heldBack.map(reasonText).join(', ')}`}`;
}

export function explanationJson(answer: Explanation, startedAtMs: Ms): string {
  const { at, because, trueTime, source, sent, heldBack, parts, recorded } = answer;
  const times = { atMs: at - startedAtMs, trueMs: trueTime - startedAtMs };
  const wire = recorded === null ? null : { by: recorded.by, msToWire: recorded.handedOverAt - recorded.at };
  return JSON.stringify({ ...times, ...because, source, sent, heldBack, parts, recorded: wire });
}
