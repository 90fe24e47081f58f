/** Findings about the machine itself: Node.js, timers, processor, disk and MIDI. Pure. */
import { lastingName } from '../../../bridges/midi/port-names.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { MachineFacts } from './machine-facts.ts';

/** Later than this at the 99th percentile, a timer makes cues late that one can see. */
const LATE_MS = 20;
const LEAST_FREE_BYTES = 2e9;
/** Not even the first hour of a recording. */
const NOTHING_BYTES = 50e6;

export function judgeNode({ node: { has, wants } }: MachineFacts): Finding {
  const [hasMajor = 0, hasMinor = 0] = has.split('.').map(Number);
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(wants) ?? []).map(Number);
  const isEnough = hasMajor > major || (hasMajor === major && hasMinor >= minor);
  if (isEnough) return ok('Node.js', `${has}; ${wants} is needed`);
  return fail('Node.js', `${has} is too old; ${wants} is needed`, 'install a newer one from nodejs.org');
}

export function judgeLateness({ lateness: { p99Ms, mostMs } }: MachineFacts): Finding {
  const what = `99 of 100 within ${p99Ms.toFixed(1)} ms, latest ${mostMs.toFixed(1)} ms`;
  if (p99Ms <= LATE_MS) return ok('timers', what);
  return warn(
    'timers',
    `${what}; ${LATE_MS} ms is the limit`,
    'close other programs, switch power saving off, give a virtual machine more processors',
  );
}

/** Drivers whose `powersave` still speeds up under load [kernel docs, admin-guide/pm/intel_pstate and amd-pstate]. */
const SPEEDING_DRIVERS: ReadonlySet<string> = new Set(['intel_pstate', 'amd-pstate-epp']);

export function judgeGovernor({ governor }: MachineFacts): Finding {
  if (governor === null) return ok('processor', 'this system does not tell its power plan');
  const { name, driver } = governor;
  const what = `governor ${name}${driver === '' ? '' : ` by ${driver}`}`;
  if (name !== 'powersave' || SPEEDING_DRIVERS.has(driver)) return ok('processor', what);
  return warn('processor', `${what}: it stays at its lowest speed`, 'sudo cpupower frequency-set -g performance');
}

export function judgeDisk({ disk: { folder, isWritable, freeBytes } }: MachineFacts): Finding {
  if (!isWritable) {
    return fail('disk', `${folder} cannot be written, where recordings go`, 'check its rights, or move the profile');
  }
  if (freeBytes === null) return warn('disk', `${folder}: free space not known`, 'see that 2 GB are free there');
  const what = `${(freeBytes / 1e9).toFixed(1)} GB free in ${folder}`;
  if (freeBytes < NOTHING_BYTES) return fail('disk', what, 'make room: nothing could be recorded');
  if (freeBytes >= LEAST_FREE_BYTES) return ok('disk', what);
  return warn('disk', `only ${what}, where recordings go`, 'make room: 2 GB or more');
}

export function judgeMidi({ midi, needs }: MachineFacts): Finding {
  if (midi.kind === 'none') {
    const isNeeded = (needs ?? []).some(({ kind }) => kind === 'midi-output');
    if (needs !== null && !isNeeded) return ok('MIDI', `not to be had (${midi.why}); this profile needs none`);
    return (isNeeded ? fail : warn)('MIDI', `not to be had: ${midi.why}`, midi.advice);
  }
  return ok('MIDI', `outputs: ${midi.outputs.map(lastingName).join(', ') || 'none'}`);
}
