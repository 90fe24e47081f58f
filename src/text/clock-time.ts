/** A time as one reads it off a clock: `1:30`, `0:02.500`, `1:02:03`. */
const CLOCK_TIME = /^(?:(\d+):)?(\d+):(\d\d(?:\.\d+)?)$/;

/** @returns whole ms; null: the text is no such time */
export function clockTimeMs(text: string): number | null {
  const match = CLOCK_TIME.exec(text);
  if (match === null) return null;
  const [, hours, minutes, seconds] = match;
  return Math.round((Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000);
}
