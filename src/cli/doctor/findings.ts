/** Findings of the doctor: what the facts about a machine mean for a show. Pure. */
import type { Finding } from './finding.ts';
import { judgeHid } from './hid-findings.ts';
import type { MachineFacts } from './machine-facts.ts';
import { judgeDisk, judgeGovernor, judgeLateness, judgeMidi, judgeNode } from './machine-findings.ts';
import { judgeNeed } from './need-findings.ts';
import { judgeFirewall, judgeInterfaces, judgePorts } from './network-findings.ts';
import { judgePeers } from './unit-findings.ts';

/** Every topic in a fixed order, at least one finding each; then one for each thing that the profile needs. */
export function findings(facts: MachineFacts): readonly Finding[] {
  return [
    judgeNode(facts),
    ...judgeInterfaces(facts),
    ...judgePorts(facts),
    ...judgePeers(facts),
    judgeFirewall(facts),
    judgeMidi(facts),
    ...judgeHid(facts),
    judgeLateness(facts),
    judgeGovernor(facts),
    judgeDisk(facts),
    ...(facts.needs ?? []).map(need => judgeNeed(need, facts)),
  ];
}
