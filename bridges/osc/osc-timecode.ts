/** Timecode as OSC messages: nobody has laid down how, so the profile may say. Pure. */
import { countOf, type FrameRate, type Label, labelText } from '../../src/core/timecode/timecode.ts';
import { type FrameCursor, frameStream } from '../../src/output/frame-stream.ts';
import type { Stream } from '../../src/output/stream.ts';
import { type Bundles, type OscMessage, pack } from './codec.ts';

export const SPELLINGS = ['text', 'hmsf', 'seconds', 'frames'] as const;

/** One message of each frame. */
export interface TimecodeForm {
  readonly address: string;
  /**
   * - `text`: `,s "01:02:03:04"`, with a semicolon before the frames where the rate drops numbers;
   * - `hmsf`: `,iiii 1 2 3 4`;
   * - `seconds`: `,f`, the time since midnight that its frames take;
   * - `frames`: `,i`, how many there have been since midnight.
   */
  readonly as: (typeof SPELLINGS)[number];
}

/** The messages that leave unless the profile says otherwise, in this order. */
export const USUAL_FORMS: readonly [TimecodeForm, TimecodeForm] = [
  { address: '/timecode', as: 'text' },
  { address: '/timecode/hmsf', as: 'hmsf' },
];

export interface OscTimecode {
  readonly forms: readonly [TimecodeForm, ...TimecodeForm[]];
  readonly bundles: Bundles;
  /** Wall-clock time at moment 0, in ms since 1970, for time tags. */
  readonly epochUnixMs: number;
}

/** Each form of a frame is a message of its own. */
export const oscTimecodeStream = ({ forms, bundles, epochUnixMs }: OscTimecode): Stream<FrameCursor> => {
  const [first, ...others] = forms;
  return frameStream((rate, label, at) => {
    const packed = (form: TimecodeForm): Uint8Array => pack(spell(form, rate, label), bundles, epochUnixMs + at);
    return [packed(first), ...others.map(packed)];
  });
};

/** A label in one of the forms. */
export function spell({ address, as }: TimecodeForm, rate: FrameRate, label: Label): OscMessage {
  const { hours, minutes, seconds, frames } = label;
  const count = countOf(rate, label) ?? 0;
  switch (as) {
    case 'text':
      return { address, args: [{ type: 'string', value: labelText(rate, label) }] };
    case 'hmsf':
      return { address, args: [hours, minutes, seconds, frames].map(value => ({ type: 'int', value })) };
    case 'seconds':
      return { address, args: [{ type: 'float', value: (count * rate.seconds) / rate.frames }] };
    case 'frames':
      return { address, args: [{ type: 'int', value: count }] };
  }
}
