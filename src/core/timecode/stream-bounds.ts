/** Bounds of what moves a stream: they hold for the sum of what the profile says and what operators add. */
import type { Ms } from '../clock.ts';
import { type FrameRate, framesPerDay } from './timecode.ts';

/** No output takes longer than this; a larger number is a slip of the hand. */
export const MOST_LATENCY_MS: Ms = 10_000;

export const isLatency = (ms: Ms): boolean => Math.abs(ms) <= MOST_LATENCY_MS;

/** Tells whether labels may be moved by so many frames: whole ones, and less than a day. */
export const isLabelOffset = (rate: FrameRate, frames: number): boolean =>
  Number.isInteger(frames) && Math.abs(frames) < framesPerDay(rate);
