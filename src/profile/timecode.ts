/** `timecode:`, the generators of the profile, and where each track begins in them. */
import { z } from 'zod';
import type { Bridge } from '../bridge.ts';
import { type Follow, HAND_OVER_AFTER_MS } from '../core/profile.ts';
import type { FrameRate } from '../core/timecode.ts';
import { findBridge, TAKES_TIMECODE } from './bridge-name.ts';
import { issue, NAME, quote, unknownWord } from './issues.ts';
import { namedEach } from './named.ts';
import type { Names } from './names.ts';
import { duration } from './text.ts';
import { follow, frameRate, rateNamed, timecode, timecodeOffset, USUAL_RATE } from './timecode-words.ts';
import { map, shape, type Word, word } from './word.ts';

/** Places are frames since midnight. */
export interface CheckedTimecode {
  readonly follow: Follow;
  readonly handOverAfterMs: number;
  readonly rate: FrameRate;
  readonly to: readonly string[];
  readonly offsetFrames: number;
  /** null: wherever there is room. */
  readonly unknownTrack: number | null;
}

/** The generators by name. */
export const timecodes = (bridges: readonly Bridge[], names: Names): Word<ReadonlyMap<string, CheckedTimecode>> =>
  namedEach(generator(bridges, names, null), 'a map of timecodes (name: { to: [ bridges ] })', name => ({
    ok: true,
    entry: generator(bridges, names, names.timecodes.get(name) ?? null),
  }));

/** @param rate  null: not known, which has been said */
const generator = (bridges: readonly Bridge[], names: Names, rate: FrameRate | null): Word<CheckedTimecode> =>
  map(
    {
      follow: follow()
        .meta({ description: 'which deck: on-air (as usual), master, or deck 1 to deck 4 whatever happens' })
        .optional(),
      'hand-over-after': duration()
        .meta({
          description:
            'how long the deck that is followed must give no reason for it until another is; 500 ms as usual',
        })
        .optional(),
      rate: frameRate()
        .meta({ description: 'frames in a second: 24, 25, 29.97df (drop-frame), 29.97ndf, or 30 (as usual)' })
        .optional(),
      to: shape('a list of bridges ([daw])', { list: z.array(taker(bridges, names)).min(1) }).meta({
        description: 'the bridges that send it, each for one timecode only',
      }),
      offset: timecodeOffset(rate)
        .meta({ description: 'added to every place: -2 frames, 40 ms, -0.5 s; nothing unless said' })
        .optional(),
      'unknown-track': timecode(rate)
        .meta({ description: 'where tracks without a region begin; unless said the next free hour' })
        .optional(),
    },
    'a timecode ({ to: [ bridges ] })',
  ).transform(keys => ({
    follow: keys.follow ?? 'on-air',
    handOverAfterMs: keys['hand-over-after'] ?? HAND_OVER_AFTER_MS,
    rate: keys.rate ?? (rateNamed(USUAL_RATE) as FrameRate),
    to: keys.to,
    offsetFrames: keys.offset ?? 0,
    unknownTrack: keys['unknown-track'] ?? null,
  }));

const taker = (bridges: readonly Bridge[], names: Names): Word<string> =>
  word('a bridge that takes timecode', { type: 'string', pattern: NAME.source }, ({ source }) => {
    const found = findBridge(source, names, bridges, TAKES_TIMECODE);
    if (found.ok) return { ok: true, value: source };
    return { ok: false, message: found.issue.message, note: found.issue.note };
  });

/** Where a track begins in each timecode: `{ main: 01:00:00:00 }`. */
export const regions = (names: Names): Word<ReadonlyMap<string, number>> =>
  namedEach(timecode(null), 'a map of timecodes (main: 01:00:00:00)', name => {
    const known = [...names.timecodes.keys()];
    if (names.timecodes.has(name)) return { ok: true, entry: timecode(names.timecodes.get(name) ?? null) };
    if (known.length > 0) return { ok: false, issue: unknownWord('timecode', name, known) };
    const message = `unknown timecode ${quote(name)}; this profile has none, they stand under timecode:`;
    return { ok: false, issue: issue(message) };
  });
