/** Finding: a sentence of the doctor about one topic, and what to do if it is not well. */
import { type Interface, isLoopback } from '../../network/network.ts';
import type { MachineFacts } from './machine-facts.ts';
import type { HostNeed } from './needs.ts';

/** `ok`: nothing to do; `warn`: the show runs, but look at it; `fail`: what the show needs is not there. */
export type Finding =
  | { readonly level: 'ok'; readonly topic: string; readonly what: string }
  | { readonly level: 'warn' | 'fail'; readonly topic: string; readonly what: string; readonly advice: string };

export type UnitNeed = Extract<HostNeed, { kind: 'unit' }>;

export const ok = (topic: string, what: string): Finding => ({ level: 'ok', topic, what });
export const warn = (topic: string, what: string, advice: string): Finding => ({ level: 'warn', topic, what, advice });
export const fail = (topic: string, what: string, advice: string): Finding => ({ level: 'fail', topic, what, advice });

/** The unit of the profile that is to be met on a real network; a profile may want it on loopback, for simulations. */
export const realUnits = ({ needs }: MachineFacts): readonly UnitNeed[] =>
  (needs ?? []).filter(need => need.kind === 'unit').filter(need => !isLoopback(need.interface));

/** Without a profile the decks are what a machine is made ready for. */
export const wantsDecks = (facts: MachineFacts): boolean => facts.needs === null || realUnits(facts).length > 0;

/** An interface as findings name it: `en0 10.0.0.5`. */
export const interfaceText = ({ name, address }: Interface): string => `${name} ${address}`;
