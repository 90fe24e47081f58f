/** What a CDJ has reported since a step of its probe began: bits that rose and fell, and where its counters and sliders went. Pure. */
import { INPUT_IDS, inputControl, JOG_STEPS_PER_TURN } from '../../../bridges/cdj-hid/controls/input-controls.ts';
import { REPORT_BYTES } from '../../../bridges/cdj-hid/layout.ts';
import type { Ms } from '../../core/clock.ts';

export type CdjSaid =
  | { readonly kind: 'report'; readonly bytes: Uint8Array }
  /** A packet of ours, which counts for the login. */
  | { readonly kind: 'written'; readonly bytes: Uint8Array }
  | { readonly kind: 'found'; readonly product: string; readonly firmware: string | null };

export interface CdjWatch {
  readonly product: string | null;
  readonly firmware: string | null;
  readonly reports: number;
  readonly reportAt: readonly Ms[];
  /** The report that the step began with, and the newest one; null: none. */
  readonly first: Uint8Array | null;
  readonly last: Uint8Array | null;
  /** Single bits that rose since the step began and fell again, as `0x02/0x04`; counters and the like are left out. */
  readonly up: readonly string[];
  readonly pressed: readonly string[];
  readonly announceAt: readonly Ms[];
  readonly announceLength: number | null;
  /** Packets of our last answer of the login, and index and count in what accepted it. */
  readonly answerPackets: number;
  readonly accepted: readonly [index: number, count: number] | null;
  /** Of the counter of the jog wheel: the highest value, and jumps by about a turn. */
  readonly jogMost: number;
  readonly jogSteps: number;
  readonly jogWraps: number;
  readonly directions: readonly number[];
  /** Changes of the place on the needle pad, touched and not. */
  readonly needleTouched: number;
  readonly needleUntouched: number;
}

const JOG = 0x17;
const NEEDLE = 0x1b;
const NEEDLE_TOUCH = { offset: 0x04, mask: 0x01 } as const;
const DIRECTION = { offset: 0x04, mask: 0x60, shift: 5 } as const;
const MOST_ARRIVALS = 300;

const NOTHING: CdjWatch = {
  ...{ product: null, firmware: null, reports: 0, reportAt: [], first: null, last: null, up: [], pressed: [] },
  ...{ announceAt: [], announceLength: null, answerPackets: 0, accepted: null },
  ...{ jogMost: 0, jogSteps: 0, jogWraps: 0, directions: [], needleTouched: 0, needleUntouched: 0 },
};

/** Begins a step: the device, its login and its newest report are kept. */
export function beginCdjWatch(last: CdjWatch | null): CdjWatch {
  if (last === null) return NOTHING;
  const { product, firmware, announceLength, answerPackets, accepted } = last;
  return { ...NOTHING, product, firmware, announceLength, answerPackets, accepted, first: last.last, last: last.last };
}

/** Bits that move by themselves: all but buttons, and what nobody has described. */
const MOVING = movingBits();

function movingBits(): Uint8Array {
  const bits = new Uint8Array(REPORT_BYTES);
  for (const id of INPUT_IDS) {
    const { kind, place } = inputControl(id);
    if (place === null || kind === 'button' || kind === 'flag') continue;
    for (let i = 0; i < place.bytes; i++) bits[place.offset + i] = (bits[place.offset + i] ?? 0) | (place.mask ?? 0xff);
  }
  return bits;
}

export const bitText = (offset: number, mask: number): string =>
  [offset, mask].map(byte => `0x${byte.toString(16).padStart(2, '0')}`).join('/');

export function watchCdj(watch: CdjWatch, said: CdjSaid, at: Ms): CdjWatch {
  if (said.kind === 'found') return { ...watch, product: said.product, firmware: said.firmware };
  const { bytes } = said;
  const type = bytes[1];
  if (said.kind === 'written') {
    const isAnswer = type === 0xf0 && bytes[6] === 0x14;
    return isAnswer ? { ...watch, answerPackets: u16(bytes, 4) } : watch;
  }
  if (type === 0xf0) return watchLogin(watch, bytes, at);
  return type === 0x20 ? watchReport(watch, bytes, at) : watch;
}

const u16 = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);

function watchLogin(watch: CdjWatch, bytes: Uint8Array, at: Ms): CdjWatch {
  if (bytes[6] === 0x11) return { ...watch, announceAt: [...watch.announceAt, at], announceLength: bytes[7] ?? null };
  if (bytes[6] === 0x15) return { ...watch, accepted: [u16(bytes, 2), u16(bytes, 4)] };
  return watch;
}

function watchReport(watch: CdjWatch, bytes: Uint8Array, at: Ms): CdjWatch {
  const { last } = watch;
  const next: CdjWatch = {
    ...watch,
    ...{ reports: watch.reports + 1, reportAt: [...watch.reportAt, at].slice(-MOST_ARRIVALS) },
    ...{ first: watch.first ?? bytes, last: bytes },
  };
  if (last === null || last.every((byte, i) => byte === bytes[i])) return next;
  const direction = ((bytes[DIRECTION.offset] ?? 0) & DIRECTION.mask) >> DIRECTION.shift;
  return {
    ...withBits(next, last, bytes),
    ...jogOf(next, last, bytes),
    ...needleOf(next, last, bytes),
    directions: next.directions.includes(direction) ? next.directions : [...next.directions, direction],
  };
}

function withBits(watch: CdjWatch, last: Uint8Array, bytes: Uint8Array): CdjWatch {
  const up = new Set(watch.up);
  const pressed = new Set(watch.pressed);
  for (let i = 2; i < REPORT_BYTES; i++) {
    const changed = ((bytes[i] ?? 0) ^ (last[i] ?? 0)) & ~(MOVING[i] ?? 0);
    for (let mask = 1; mask < 0x100; mask <<= 1) {
      if ((changed & mask) === 0) continue;
      const bit = bitText(i, mask);
      if (((bytes[i] ?? 0) & mask) !== 0) up.add(bit);
      else if (up.delete(bit)) pressed.add(bit);
    }
  }
  return { ...watch, up: [...up], pressed: [...pressed] };
}

function jogOf(watch: CdjWatch, last: Uint8Array, bytes: Uint8Array): Partial<CdjWatch> {
  const [before, now] = [u16(last, JOG), u16(bytes, JOG)];
  const delta = ((now - before + 0x8000) & 0xffff) - 0x8000;
  const isWrap =
    Math.abs(now - before) > JOG_STEPS_PER_TURN / 2 && before < JOG_STEPS_PER_TURN && now < JOG_STEPS_PER_TURN;
  return {
    jogMost: Math.max(watch.jogMost, now),
    jogSteps: watch.jogSteps + (isWrap ? JOG_STEPS_PER_TURN - Math.abs(now - before) : Math.abs(delta)),
    jogWraps: watch.jogWraps + (isWrap ? 1 : 0),
  };
}

function needleOf(watch: CdjWatch, last: Uint8Array, bytes: Uint8Array): Partial<CdjWatch> {
  if (u16(last, NEEDLE) === u16(bytes, NEEDLE)) return {};
  const isTouched = ((bytes[NEEDLE_TOUCH.offset] ?? 0) & NEEDLE_TOUCH.mask) !== 0;
  return isTouched ? { needleTouched: watch.needleTouched + 1 } : { needleUntouched: watch.needleUntouched + 1 };
}

/** A bit of a report; null: there is none. */
export const bitIn = (report: Uint8Array | null, offset: number, mask: number): boolean | null =>
  report === null ? null : ((report[offset] ?? 0) & mask) !== 0;

/** The tempo slider as it is sent, -1000 to 1000; null: there is no report. */
export const sliderIn = (report: Uint8Array | null): number | null =>
  report === null ? null : (u16(report, 0x15) << 16) >> 16;
