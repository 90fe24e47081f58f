/** The markers of a DJ on a track: how people call them, and which lies where. */
import type { Ms } from '../clock.ts';
import type { CuePoint } from './media-track.ts';

/** A marker with what it is called: `hot cue A`, `memory cue 2`. */
export interface NamedCuePoint {
  readonly label: string;
  readonly point: CuePoint;
}

/** The buttons, as the device letters them. */
export const HOT_CUES = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'] as const;

/** Memory cues are counted in the order of their places. */
export function namedCuePoints(points: readonly CuePoint[]): readonly NamedCuePoint[] {
  let memories = 0;
  return points.map(point => {
    if (point.kind === 'hot') return { label: `hot cue ${HOT_CUES[(point.button ?? 1) - 1] ?? '?'}`, point };
    memories++;
    return { label: `memory cue ${memories}`, point };
  });
}

/** The marker that was passed last at a place; null: none. Of several at one place the last in their order. */
export const cuePointBefore = (points: readonly CuePoint[], positionMs: Ms): NamedCuePoint | null =>
  points.length === 0 ? null : (namedCuePoints(points).findLast(({ point }) => point.positionMs <= positionMs) ?? null);
