/** The words of timecode: frame rates, labels, offsets, and what to follow. */
import { DECK_NUMBERS } from '../../core/deck-report.ts';
import { isLabelOffset } from '../../core/timecode/stream-bounds.ts';
import type { Follow } from '../../core/timecode/stream-entry.ts';
import {
  countOf,
  FRAME_RATES,
  type FrameRate,
  framesOfMs,
  labelText,
  readLabel,
} from '../../core/timecode/timecode.ts';
import { quote } from '../../text/quote.ts';
import { describeValue, unknownWord } from './issues.ts';
import { DECIMAL, type FieldType, fieldType, type Parsed, type Refused } from './schema-builder.ts';

/** A timecode that does not say its rate has this one. */
export const USUAL_RATE = '30';

const RATE_NAMES = FRAME_RATES.map(({ name }) => name);

/** null: there is no such rate. */
export const rateNamed = (name: string): FrameRate | null => FRAME_RATES.find(one => one.name === name) ?? null;

/** One of the rates, by its name. */
export const frameRate = (): FieldType<FrameRate> =>
  fieldType(
    `a frame rate (${RATE_NAMES.join(', ')})`,
    // A number to an editor, where it looks like one.
    { enum: RATE_NAMES.flatMap(name => (DECIMAL.test(name) ? [Number(name), name] : [name])) },
    ({ source }) => {
      const rate = rateNamed(source);
      return rate === null ? noRate(source) : { ok: true, value: rate };
    },
  );

function noRate(source: string): Refused {
  if (source === '29.97') {
    const message = '29.97 is two frame rates: say 29.97df (drop-frame, keeps to the clock) or 29.97ndf (non-drop)';
    return { ok: false, message, choices: RATE_NAMES };
  }
  const bare = source.replace(/[ \t]*(?:fps|hz|frames?)$/i, '');
  if (bare !== source && rateNamed(bare) !== null) {
    return { ok: false, message: `a frame rate has no unit; write ${bare}`, choices: RATE_NAMES };
  }
  const { message, note } = unknownWord('frame rate', source, RATE_NAMES);
  return { ok: false, message, note, choices: RATE_NAMES };
}

/**
 * A place in the day: `01:00:00:00`, in frames since midnight.
 *
 * @param rate  at which it has to exist; null: the rate is not known, which has been said, so only its form is looked at
 */
export const timecode = (rate: FrameRate | null): FieldType<number> =>
  fieldType(
    'a timecode (hh:mm:ss:ff, as in 01:00:00:00)',
    { type: 'string', pattern: '^\\d{2}:\\d{2}:\\d{2}[:;]\\d{2}$' },
    text => {
      const label = readLabel(text.source);
      if (label === null) {
        return {
          ok: false,
          message: `expected a timecode (hh:mm:ss:ff, as in 01:00:00:00), found ${describeValue(text)}`,
        };
      }
      if (rate === null) return { ok: true, value: 0 };
      const count = countOf(rate, label);
      if (count !== null) return { ok: true, value: count };
      const no = (why: string): Refused => ({ ok: false, message: `there is no ${text.source} ${why}` });
      if (label.hours > 23 || label.minutes > 59 || label.seconds > 59) {
        return no('in a day: hours go to 23, minutes and seconds to 59');
      }
      if (label.frames >= rate.base) return no(`at ${rate.name}: frames go from 00 to ${rate.base - 1}`);
      const next = labelText(rate, { ...label, frames: 2 });
      return no(`at ${rate.name}: drop-frame leaves out frames 00 and 01 at the start of a minute; write ${next}`);
    },
  );

const OFFSET = /^([-+]?(?:\d+(?:\.\d+)?|\.\d+))[ \t]*(frames?|ms|s)$/;

/**
 * A length of timecode that may be negative: `-2 frames`, `40 ms`, `-0.5 s`, in frames with their fraction.
 *
 * @param rate  see `timecode`
 */
export const timecodeOffset = (rate: FrameRate | null): FieldType<number> =>
  fieldType(
    'an offset (-2 frames, 40 ms, -0.5 s)',
    { type: 'string', pattern: OFFSET.source },
    (text): Parsed<number> => {
      const no = (message: string): Refused => ({ ok: false, message });
      const [, amount, unit] = OFFSET.exec(text.source) ?? [];
      if (amount === undefined || unit === undefined) {
        const { source } = text;
        if (!DECIMAL.test(source))
          return no(`expected an offset (-2 frames, 40 ms, -0.5 s), found ${describeValue(text)}`);
        return no(`${source} of what? Write ${source} frames, ${source} ms or ${source} s`);
      }
      const size = Number(amount);
      if (rate === null) return { ok: true, value: 0 };
      const isFrames = unit.startsWith('frame');
      if (isFrames && !Number.isInteger(size))
        return no(`${quote(text.source)} is no whole number of frames; say it in ms`);
      const frames = isFrames ? size : framesOfMs(rate, unit === 's' ? size * 1000 : size);
      if (!isLabelOffset(rate, Math.round(frames))) return no('an offset is less than a day');
      return { ok: true, value: frames + 0 };
    },
  );

const FOLLOWS: ReadonlyMap<string, Follow> = new Map<string, Follow>([
  ['on-air', 'on-air'],
  ['master', 'master'],
  ...DECK_NUMBERS.map(number => [`deck ${number}`, number] as const),
]);

/** Which deck a timecode follows. */
export const followField = (): FieldType<Follow> =>
  fieldType(`one of: ${[...FOLLOWS.keys()].join(', ')}`, { enum: [...FOLLOWS.keys()] }, ({ source }) => {
    const found = FOLLOWS.get(source.replaceAll(/[ \t]+/g, ' '));
    if (found !== undefined) return { ok: true, value: found };
    const { message, note } = unknownWord('deck to follow', source, [...FOLLOWS.keys()]);
    return { ok: false, message, note };
  });
