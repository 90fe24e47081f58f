/**
 * SMPTE timecode: frame counts and their labels, exact both ways for every rate.
 *
 * A place in the day is a count of frames since midnight. It may have a fraction, and lie before midnight or beyond the
 * next: only a label wraps. Source: SMPTE ST 12-1 by way of libltc.
 */
import type { Ms } from '../clock.ts';

export interface FrameRate {
  /** As a profile writes it. */
  readonly name: string;
  /** Frames in a second, as a fraction: 29.97 is 30000/1001. */
  readonly frames: number;
  readonly seconds: number;
  /** Frame numbers in a second of the label. */
  readonly base: 24 | 25 | 30;
  /** Numbers 00 and 01 are left out at the start of every minute but each tenth. No picture is. */
  readonly isDrop: boolean;
}

export const FRAME_RATES: readonly FrameRate[] = [
  { name: '24', frames: 24, seconds: 1, base: 24, isDrop: false },
  { name: '25', frames: 25, seconds: 1, base: 25, isDrop: false },
  { name: '29.97df', frames: 30_000, seconds: 1001, base: 30, isDrop: true },
  { name: '29.97ndf', frames: 30_000, seconds: 1001, base: 30, isDrop: false },
  { name: '30', frames: 30, seconds: 1, base: 30, isDrop: false },
];

export interface Label {
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly frames: number;
}

/** Frames in ten minutes and in a minute that drops two numbers. */
const DROP_TEN_MINUTES = 17_982;
const DROP_MINUTE = 1798;

export const framesPerHour = ({ base, isDrop }: FrameRate): number => (isDrop ? 6 * DROP_TEN_MINUTES : 3600 * base);

export const framesPerDay = (of: FrameRate): number => 24 * framesPerHour(of);

export const framesPerMs = ({ frames, seconds }: FrameRate): number => frames / (seconds * 1000);

/** Frames in a length of time, with their fraction. */
export const framesOfMs = ({ frames, seconds }: FrameRate, ms: Ms): number => (ms * frames) / (seconds * 1000);

/** The label of the frame that a count is in; counts beyond a day, and before midnight, wrap. */
export function labelOf(of: FrameRate, count: number): Label {
  const day = framesPerDay(of);
  const whole = ((Math.floor(count) % day) + day) % day;
  const number = of.isDrop ? whole + dropped(whole) : whole;
  const seconds = Math.floor(number / of.base);
  return {
    hours: Math.floor(seconds / 3600),
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
    frames: number % of.base,
  };
}

/** Counts the frame numbers that were left out before the frame of a count. */
function dropped(count: number): number {
  const tens = Math.floor(count / DROP_TEN_MINUTES);
  const rest = count % DROP_TEN_MINUTES;
  return 18 * tens + (rest < 2 ? 0 : 2 * Math.floor((rest - 2) / DROP_MINUTE));
}

/** The count of a label; null: there is no such label at this rate (a dropped one, frame 25 of 25). */
export function countOf(of: FrameRate, { hours, minutes, seconds, frames }: Label): number | null {
  const isIn = hours < 24 && minutes < 60 && seconds < 60 && frames < of.base;
  if (!isIn || [hours, minutes, seconds, frames].some(n => n < 0 || !Number.isInteger(n))) return null;
  const allMinutes = 60 * hours + minutes;
  const number = of.base * (60 * allMinutes + seconds) + frames;
  if (!of.isDrop) return number;
  if (frames < 2 && seconds === 0 && minutes % 10 !== 0) return null;
  return number - 2 * (allMinutes - Math.floor(allMinutes / 10));
}

/** `01:02:03:04`; drop-frame rates have a semicolon before the frames. */
export function labelText(of: FrameRate, { hours, minutes, seconds, frames }: Label): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(hours)}:${two(minutes)}:${two(seconds)}${of.isDrop ? ';' : ':'}${two(frames)}`;
}

const LABEL = /^(\d{2}):(\d{2}):(\d{2})[:;](\d{2})$/;

/** The numbers of `01:02:03:04`; whether there is such a label at a rate, `countOf` says. null: it is no label at all. */
export function readLabel(text: string): Label | null {
  const [, hours, minutes, seconds, frames] = LABEL.exec(text) ?? [];
  if (frames === undefined) return null;
  return { hours: Number(hours), minutes: Number(minutes), seconds: Number(seconds), frames: Number(frames) };
}
