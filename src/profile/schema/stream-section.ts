/** `timecode:` and `clock:`, the streams of the profile, and where each track begins in timecodes. */
import { z } from 'zod';
import type { Bridge } from '../../bridge.ts';
import type { Ms } from '../../core/clock.ts';
import { type Behaviour, type Follow, HAND_OVER_AFTER_MS, USUAL_BEHAVIOUR } from '../../core/timecode/stream-entry.ts';
import type { FrameRate } from '../../core/timecode/timecode.ts';
import { quote } from '../../text/quote.ts';
import { type Ability, findBridge, TAKES_CLOCK, TAKES_TIMECODE } from './bridge-name.ts';
import type { Names } from './declared-names.ts';
import { choice, duration } from './field-types.ts';
import { issue, NAME, raise, unknownWord } from './issues.ts';
import { namedEach, namedMap } from './named-map.ts';
import { type FieldType, fieldType, map, shape } from './schema-builder.ts';
import { followField, frameRate, rateNamed, timecode, timecodeOffset, USUAL_RATE } from './timecode-fields.ts';

export interface CheckedClock {
  readonly follow: Follow;
  readonly handOverAfterMs: number;
  readonly to: readonly string[];
  readonly behaviour: Behaviour;
}

/** Places are frames since midnight. */
export interface CheckedTimecode extends CheckedClock {
  readonly rate: FrameRate;
  readonly offsetFrames: number;
  /** null: wherever there is room. */
  readonly unknownTrack: number | null;
}

/** The generators by name. */
export const timecodes = (bridges: readonly Bridge[], names: Names): FieldType<ReadonlyMap<string, CheckedTimecode>> =>
  namedEach(generator(bridges, names, null), 'a map of timecodes (name: { to: [ bridges ] })', name => ({
    ok: true,
    entry: generator(bridges, names, names.timecodes.get(name) ?? null),
  }));

/** The generators of MIDI clock by name. */
export const clocks = (bridges: readonly Bridge[], names: Names): FieldType<ReadonlyMap<string, CheckedClock>> =>
  namedMap(clock(bridges, names), 'a map of clocks (name: { to: [ bridges ] })');

const clock = (bridges: readonly Bridge[], names: Names): FieldType<CheckedClock> =>
  map(
    following(bridges, names, TAKES_CLOCK, 'a bridge that takes MIDI clock'),
    'a clock ({ to: [ bridges ] })',
  ).transform(keys => ({ ...followed(keys), behaviour: USUAL_BEHAVIOUR }));

/** Keys of every stream that runs with a deck. */
const following = (bridges: readonly Bridge[], names: Names, ability: Ability, expected: string) => ({
  follow: followField()
    .meta({ description: 'which deck: on-air (as usual), master, or deck 1 to deck 4 whatever happens' })
    .optional(),
  'hand-over-after': duration()
    .meta({
      description: 'how long the deck that is followed must give no reason for it until another is; 500 ms as usual',
    })
    .optional(),
  to: shape('a list of bridges ([daw])', { list: z.array(taker(bridges, names, ability, expected)).min(1) }).meta({
    description: 'the bridges that send it, each for one only',
  }),
});

interface FollowingKeys {
  readonly follow?: Follow | undefined;
  readonly 'hand-over-after'?: number | undefined;
  readonly to: readonly string[];
}

const followed = (keys: FollowingKeys): Omit<CheckedClock, 'behaviour'> => ({
  follow: keys.follow ?? 'on-air',
  handOverAfterMs: keys['hand-over-after'] ?? HAND_OVER_AFTER_MS,
  to: keys.to,
});

/** Decks report every 200 ms: with less, one whose report is only late would be lost and found all the time. */
const LEAST_FREEWHEEL_MS: Ms = 500;

const freewheel = (): FieldType<Ms> =>
  duration().transform((ms, context) => {
    const why = 'decks report every 200 ms, and a silence cannot be told sooner';
    if (ms < LEAST_FREEWHEEL_MS) raise(context, [issue(`freewheel is ${LEAST_FREEWHEEL_MS} ms or more: ${why}`)]);
    return ms;
  });

/** Keys of what a timecode does where its deck does not simply play. */
const behaving = {
  'on-pitch': choice(['follow', 'nominal'])
    .meta({
      description:
        'follow: as fast as the deck (as usual); nominal: at normal speed, with two frames skipped or repeated to stay with it',
    })
    .optional(),
  'on-jump': choice(['jump', 'locate'])
    .meta({ description: 'jump: go on elsewhere (as usual); locate: with a full frame first' })
    .optional(),
  'on-loop': choice(['follow', 'run-on'])
    .meta({ description: 'follow: jump back at each turn (as usual); run-on: run on until the deck stops or jumps on' })
    .optional(),
  'on-reverse': choice(['stop', 'follow'])
    .meta({ description: 'stop: stand while the deck runs backwards (as usual); follow: run backwards' })
    .optional(),
  freewheel: freewheel()
    .meta({
      description: 'for how long it plays on by itself when nothing is heard of its deck; 500 ms or more, 1 s as usual',
    })
    .optional(),
};

interface BehavingKeys {
  readonly 'on-pitch'?: Behaviour['onPitch'] | undefined;
  readonly 'on-jump'?: Behaviour['onJump'] | undefined;
  readonly 'on-loop'?: Behaviour['onLoop'] | undefined;
  readonly 'on-reverse'?: Behaviour['onReverse'] | undefined;
  readonly freewheel?: number | undefined;
}

const behaviourOf = (keys: BehavingKeys): Behaviour => ({
  onPitch: keys['on-pitch'] ?? USUAL_BEHAVIOUR.onPitch,
  onJump: keys['on-jump'] ?? USUAL_BEHAVIOUR.onJump,
  onLoop: keys['on-loop'] ?? USUAL_BEHAVIOUR.onLoop,
  onReverse: keys['on-reverse'] ?? USUAL_BEHAVIOUR.onReverse,
  freewheelMs: keys.freewheel ?? USUAL_BEHAVIOUR.freewheelMs,
});

/** @param rate  null: not known, which has been said */
const generator = (bridges: readonly Bridge[], names: Names, rate: FrameRate | null): FieldType<CheckedTimecode> =>
  map(
    {
      ...following(bridges, names, TAKES_TIMECODE, 'a bridge that takes timecode'),
      rate: frameRate()
        .meta({ description: 'frames in a second: 24, 25, 29.97df (drop-frame), 29.97ndf, or 30 (as usual)' })
        .optional(),
      offset: timecodeOffset(rate)
        .meta({ description: 'added to every place: -2 frames, 40 ms, -0.5 s; nothing unless said' })
        .optional(),
      'unknown-track': timecode(rate)
        .meta({ description: 'where tracks without a region begin; unless said the next free hour' })
        .optional(),
      ...behaving,
    },
    'a timecode ({ to: [ bridges ] })',
  ).transform(keys => ({
    ...followed(keys),
    rate: keys.rate ?? (rateNamed(USUAL_RATE) as FrameRate),
    behaviour: behaviourOf(keys),
    offsetFrames: keys.offset ?? 0,
    unknownTrack: keys['unknown-track'] ?? null,
  }));

const taker = (bridges: readonly Bridge[], names: Names, ability: Ability, expected: string): FieldType<string> =>
  fieldType(expected, { type: 'string', pattern: NAME.source }, ({ source }) => {
    const found = findBridge(source, names, bridges, ability);
    if (found.ok) return { ok: true, value: source };
    return { ok: false, message: found.issue.message, note: found.issue.note };
  });

/** Where a track begins in each timecode: `{ main: 01:00:00:00 }`. */
export const regions = (names: Names): FieldType<ReadonlyMap<string, number>> =>
  namedEach(timecode(null), 'a map of timecodes (main: 01:00:00:00)', name => {
    const known = [...names.timecodes.keys()];
    if (names.timecodes.has(name)) return { ok: true, entry: timecode(names.timecodes.get(name) ?? null) };
    if (known.length > 0) return { ok: false, issue: unknownWord('timecode', name, known) };
    const message = `unknown timecode ${quote(name)}; this profile has none, they stand under timecode:`;
    return { ok: false, issue: issue(message) };
  });
