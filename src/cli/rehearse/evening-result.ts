/** One evening of a rehearsal as plain data: what a worker hands back. */
import { countRules, type EveningFinding, findingsOf, type RuleCounts } from '../../rehearsal/findings.ts';
import { playRehearsal } from '../../rehearsal/play-rehearsal.ts';
import { planRehearsal } from '../../rehearsal/rehearsal-plan.ts';
import type { ReadyRehearsal } from './rehearsal-setup.ts';

export interface EveningResult {
  readonly seed: number;
  /** Weather and incident in words. */
  readonly text: string;
  readonly findings: readonly EveningFinding[];
  readonly rules: Readonly<Record<string, RuleCounts>>;
  readonly messages: number;
}

export async function rehearseEvening(ready: ReadyRehearsal, seed: number, lengthMs: number): Promise<EveningResult> {
  const { judging, shelf, mode } = ready;
  const plan = planRehearsal(seed, mode, lengthMs, shelf);
  const played = await playRehearsal(judging.rehearsed, plan, shelf.pathOf);
  return {
    ...{ seed, text: plan.text, findings: findingsOf(judging, played) },
    rules: countRules(judging.rehearsed.profile, played),
    messages: played.sent.length,
  };
}
