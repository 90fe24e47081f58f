/** Texts of why something does not leave, and of how many moments had which outcome. */
import { assertNever } from '../../core/assert-never.ts';
import type { Reason } from '../../core/engine/intents.ts';
import { cameIn, type Tally, type Verdict } from '../../core/engine/outcome.ts';
import type { PartValue, Value } from '../../core/rules/expression.ts';

export function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case 'condition':
      return `if is false: ${partsText(reason.parts)}`;
    case 'not-heard':
      return hearingText(reason.by, reason.heard);
    case 'late':
      return `${Math.round(reason.lateMs)} ms late`;
    case 'once':
      return `once per ${reason.per === 'place' ? 'place and load' : reason.per}, and it has been sent`;
    case 'not-armed':
      return `${reason.list} is elsewhere: ${reason.armed === null ? 'it is done' : `${reason.armed} is armed`}`;
    case 'unknown':
      return `${reason.what} is not known`;
    case 'absent':
      return `${reason.bridge} did not take it`;
    case 'muted':
      return `${reason.bridge} is muted`;
    default:
      return assertNever(reason);
  }
}

type NotHeard = Extract<Reason, { kind: 'not-heard' }>;

function hearingText(by: NotHeard['by'], heard: NotHeard['heard']): string {
  if (by === 'none') return 'its deck is not heard: rules hear none now';
  const decks = `deck ${heard.join(' and ')}`;
  const which = { 'on-air': 'what is on air', master: 'the master', 'longest-playing': 'what has played longest' }[by];
  return `its deck is not heard: rules hear ${which}, ${decks}`;
}

/** Each part of a condition, what it is, and what it read: `deck.uncertaintyMs < 20 no (34.2), phrase.kind == chorus yes (chorus)`. */
export const partsText = (parts: readonly PartValue[]): string =>
  parts.map(({ text, isTrue, facts }) => `${text} ${isTrue ? 'yes' : 'no'}${factsText(text, facts)}`).join(', ');

function factsText(text: string, facts: PartValue['facts']): string {
  const [only] = facts;
  if (only === undefined) return '';
  const isAllOfIt = text === only.path || text === `not ${only.path}`;
  if (isAllOfIt) return only.value === null ? ' (not known)' : '';
  const said = facts.map(({ path, value }) => (facts.length === 1 ? valueText(value) : `${path} ${valueText(value)}`));
  return ` (${said.join(', ')})`;
}

const valueText = (value: Value): string =>
  value === null ? 'not known' : typeof value === 'number' ? String(Number(value.toFixed(3))) : String(value);

/** In the order in which they are told. */
const VERDICTS: Readonly<Record<Verdict, string>> = {
  sent: 'sent',
  condition: 'if false',
  'not-heard': 'deck not heard',
  unknown: 'value not known',
  late: 'late',
  muted: 'muted',
  'not-armed': 'step not armed',
  once: 'once',
  absent: 'bridge down',
};

/** `41 moments came: 30 sent, 9 if false, 2 deck not heard`; '': none came. */
export function tallyText(tally: Tally): string {
  const came = cameIn(tally);
  if (came === 0) return '';
  const parts = (Object.keys(VERDICTS) as Verdict[]).flatMap(verdict => {
    const count = tally[verdict] ?? 0;
    return count === 0 ? [] : [`${count} ${VERDICTS[verdict]}`];
  });
  return `${came === 1 ? '1 moment' : `${came} moments`} came: ${parts.join(', ')}`;
}
