/** Arbitrary values of a property that names no number of its own. */
import fc from 'fast-check';
import { rounds } from './rounds.ts';

fc.configureGlobal({ numRuns: rounds(25) });
