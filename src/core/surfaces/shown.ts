/** Lamps and screen that a surface has been told, and the fewest words from there to what it should show now. Pure. */
import type { Ms } from '../clock.ts';
import type { Filled } from '../rules/template.ts';

/** By the names of the surface; null: dark, blank or hidden. */
export type Shown = Readonly<Record<string, Filled>>;

/** State of a surface as it has been told. */
export interface SurfaceShown {
  readonly told: Shown;
  /** Time of the last look at its screen. */
  readonly screenAt: Ms;
  /** As the screen should be since then. */
  readonly screen: Shown;
}

/** A clock that runs by itself: it stood at `ms` at the moment `at`. */
export type ShownClock = { readonly ms: Ms; readonly at: Ms; readonly rate: number };

/** Beats that come by themselves. */
export type ShownBeat = { readonly at: Ms; readonly periodMs: Ms };

/** A clock this far off is as good as right: no eye sees it. */
const SAME_CLOCK_MS: Ms = 20;
/** A beat this far off, and a tempo by this share. */
const SAME_BEAT_MS: Ms = 15;
const SAME_TEMPO_SHARE = 0.005;

/** @returns what differs; null: nothing does */
export function shownChanges(told: Shown, wanted: Shown, at: Ms): Shown | null {
  const changes: Record<string, Filled> = {};
  for (const name of Object.keys(wanted)) {
    if (!isSame(told[name] ?? null, wanted[name] ?? null, at)) changes[name] = wanted[name] ?? null;
  }
  for (const name of Object.keys(told)) if (!(name in wanted) && told[name] !== null) changes[name] = null;
  return Object.keys(changes).length === 0 ? null : changes;
}

function isSame(a: Filled, b: Filled, at: Ms): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof Uint8Array || b instanceof Uint8Array) return false;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (isClock(a) && isClock(b)) return a.rate === b.rate && Math.abs(clockAt(a, at) - clockAt(b, at)) < SAME_CLOCK_MS;
  if (isBeat(a) && isBeat(b)) return isSameBeat(a, b);
  const [keys, items, others] = [Object.keys(a), a as Shown, b as Shown];
  return keys.length === Object.keys(b).length && keys.every(key => key in b && isSame(items[key], others[key], at));
}

const isClock = (value: object): value is ShownClock => 'rate' in value;
const isBeat = (value: object): value is ShownBeat => 'periodMs' in value;

const clockAt = ({ ms, at, rate }: ShownClock, now: Ms): Ms => ms + (now - at) * rate;

function isSameBeat(a: ShownBeat, b: ShownBeat): boolean {
  if (Math.abs(a.periodMs - b.periodMs) > SAME_TEMPO_SHARE * a.periodMs) return false;
  const apart = (((b.at - a.at) % a.periodMs) + a.periodMs) % a.periodMs;
  return Math.min(apart, a.periodMs - apart) < SAME_BEAT_MS;
}
