/** Text of the actions that a rule or a hand asks for, as one line for people, before the evening. */
import type { Bridge } from '../../bridge.ts';
import { operatorActionText } from '../../core/operator-action.ts';
import type { Profile } from '../../core/profile.ts';
import { isMessage, type RuleStep } from '../../core/rules/rule.ts';
import { asWritten } from '../../core/rules/template.ts';

export type Speaker = (step: RuleStep) => string;

/** Bridge and message in one line; what is known only on the evening stands as the profile writes it. */
export function speaker({ bridges }: Profile, kinds: readonly Bridge[]): Speaker {
  const byName = new Map(bridges.map(({ name, type }) => [name, kinds.find(kind => kind.type === type)]));
  return step => {
    if (!isMessage(step)) return operatorActionText(step.act);
    const { bridge, message } = step;
    return `${bridge} ${byName.get(bridge)?.describe(asWritten(message)) ?? ''}`.trimEnd();
  };
}
