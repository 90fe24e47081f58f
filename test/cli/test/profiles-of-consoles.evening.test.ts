/** The profiles for consoles and DAWs keep what they expect of themselves. */
import { it } from 'vitest';
import { isAsExpected } from './as-expected.ts';

it.each(['grandma3-mtc', 'qlcplus', 'reaper', 'resolume'])(
  'profiles/%s.yaml sends what it expects, and no rule of it stays unfired',
  isAsExpected,
);
