/** The demo and the cue list on a CDJ keep what they expect of themselves. */
import { it } from 'vitest';
import { isAsExpected } from './as-expected.ts';

it.each(['demo', 'cdj-cue-surface'])(
  'profiles/%s.yaml sends what it expects, and no rule of it stays unfired',
  isAsExpected,
);
