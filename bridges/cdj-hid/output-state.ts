/**
 * What a surface is to show, as a plain value from names to values, and the numbers of the report that shows it at a moment.
 *
 * Everything that moves by itself is told once: a lamp that blinks, one that pulses on the beat, a clock that runs. Where
 * they are is computed, so that nobody has to say it fifty times a second.
 */
import type { Ms } from '../../src/core/clock.ts';
import { didYouMean } from '../../src/text/did-you-mean.ts';
import { type BrowseRow, DARK_OUTPUT, encodeOutput, TEXT_KINDS, type TextKind } from './codec.ts';
import { type LightId, OUTPUT_IDS, type OutputId, outputControl } from './controls/output-controls.ts';
import { LONGEST_TIME_MS } from './controls/report-fields.ts';
import type { OutputValues } from './layout.ts';
import type { CdjQuirks } from './quirks.ts';

export const LIGHT_STATES = ['on', 'off', 'blink', 'pulse'] as const;
export type LightState = (typeof LIGHT_STATES)[number];

/** A clock: it stood at `ms` at the moment `at`, and runs `rate` times as fast as time; 0 it stands, below 0 backwards. */
export interface RunningTime {
  readonly ms: Ms;
  readonly at: Ms;
  readonly rate: number;
}

/** A beat came at `at`, and comes each `periodMs`: what a lamp pulses on. */
export interface BeatTrain {
  readonly at: Ms;
  readonly periodMs: Ms;
}

/** A lamp: a state, or true and false. A switch: true or false. A choice: its word, or a number of beats. */
export type ShownValue = LightState | boolean | number | string | RunningTime;

type ShownControls = Readonly<Partial<Record<OutputId | 'bpm', ShownValue>>>;
type ShownTexts = Readonly<Partial<Record<TextKind | 'key', string>>>;

/** What is not named is dark, hidden or blank. */
export interface SurfaceOutput extends ShownControls, ShownTexts {
  /** From the top; null: a blank one. */
  readonly rows?: readonly (BrowseRow | null)[];
  /** A JPEG; null: none. */
  readonly artwork?: Uint8Array | null;
  /** What lamps pulse on; null: there is no beat, and they blink. */
  readonly beat?: BeatTrain | null;
}

export const NOTHING_SHOWN: SurfaceOutput = {};

/** `bpm` shows its field and fills both parts of it. */
export const SHOWN_NAMES: readonly string[] = [...OUTPUT_IDS, 'bpm', ...TEXT_KINDS, 'key', 'rows', 'artwork'];

const LED = '-led';

/** The output that somebody names: a lamp may be named without `-led`. null: there is none. */
export function outputNamed(name: string): string | null {
  if (SHOWN_NAMES.includes(name)) return name;
  const lamp = `${name}${LED}`;
  return SHOWN_NAMES.includes(lamp) ? lamp : null;
}

/** What is wrong with a name or its value, in one line; null: nothing. Values that come from expressions are bent to fit. */
export function outputProblem(name: string, value: unknown): string | null {
  const id = outputNamed(name);
  if (id === null) {
    const known = [...SHOWN_NAMES, ...SHOWN_NAMES.filter(each => each.endsWith(LED)).map(each => each.slice(0, -4))];
    if (/^hot-cue-[a-h]$/.test(name)) return `"${name}": the pads of a CDJ have no lamps that can be reached`;
    return `a CDJ has no "${name}" to show${didYouMean(name, known)}`;
  }
  if (!isOutputId(id)) return null;
  const { kind, names } = outputControl(id);
  if (kind === 'light') {
    const isState = typeof value === 'boolean' || LIGHT_STATES.some(state => state === value);
    return isState
      ? null
      : `${id}: expected one of ${LIGHT_STATES.join(', ')}, found "${typeof value === 'string' ? value : typeof value}"`;
  }
  if (kind !== 'choice') return null;
  const text = choiceText(value);
  return names.includes(text)
    ? null
    : `${id}: expected one of ${names.join(', ')}, found "${text}"${didYouMean(text, names)}`;
}

const isOutputId = (id: string): id is OutputId => (OUTPUT_IDS as readonly string[]).includes(id);

/** Half of a blink. */
export const BLINK_MS: Ms = 250;
/** How long a pulse is lit, at most a half of the beat. */
export const PULSE_MS: Ms = 120;

/** Shown while the show itself is lost, for what makes the output calls it so: the ring of the wheel blinks red. */
export const ALARM_OUTPUT: SurfaceOutput = { 'jog-ring-red-led': 'blink', 'cue-led': 'blink', 'play-led': 'blink' };

/** What a time does that is longer than its field: minutes within the hour with the hour in the title, or stand at the end. */
export const LONG_TIMES = ['hour-in-title', 'stop'] as const;
export type LongTime = (typeof LONG_TIMES)[number];

export type OutputOptions = Pick<CdjQuirks, 'timeMode' | 'tempoDelta' | 'longestMinutes' | 'bpmHundredths'> & {
  readonly longTime: LongTime;
};

const HOUR_MS: Ms = 3_600_000;
const MINUTE_MS: Ms = 60_000;

/** A value as a time, at a moment; below 0 and what is no number are 0. */
function timeAt(value: ShownValue | undefined, at: Ms): Ms {
  const ms =
    typeof value === 'object' ? value.ms + (at - value.at) * value.rate : typeof value === 'number' ? value : 0;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(Math.floor(ms), 0), Number.MAX_SAFE_INTEGER);
}

/** The longest time that the fields take. */
const longestMs = ({ longestMinutes }: OutputOptions): Ms =>
  Math.min(LONGEST_TIME_MS, (longestMinutes + 1) * MINUTE_MS - 1);

/** Hours that the time field cannot show and the title has to; null: all of it is in the field. */
export function hoursInTitle(output: SurfaceOutput, at: Ms, options: OutputOptions): number | null {
  const ms = timeAt(output['elapsed-time'], at);
  return options.longTime === 'hour-in-title' && ms > longestMs(options) ? Math.floor(ms / HOUR_MS) : null;
}

function isLit(value: ShownValue | undefined, at: Ms, beat: BeatTrain | null): boolean {
  if (value === 'pulse' && beat !== null) return phaseOf(beat, at) < pulseMs(beat);
  if (value === 'blink' || value === 'pulse') return ((at % (2 * BLINK_MS)) + 2 * BLINK_MS) % (2 * BLINK_MS) < BLINK_MS;
  return value === 'on' || value === true;
}

const pulseMs = ({ periodMs }: BeatTrain): Ms => Math.min(PULSE_MS, periodMs / 2);

/** Time since the last beat. */
const phaseOf = ({ at: beatAt, periodMs }: BeatTrain, at: Ms): Ms => (((at - beatAt) % periodMs) + periodMs) % periodMs;

/** A beat that nothing can pulse on is none. */
const beatOf = ({ beat }: SurfaceOutput): BeatTrain | null =>
  beat == null || !(beat.periodMs > 0 && beat.periodMs < Number.POSITIVE_INFINITY) ? null : beat;

/** The word of a choice: of a number of beats, `4` or `1/2`. */
function choiceText(value: unknown): string {
  if (typeof value !== 'number') return typeof value === 'string' ? value : '';
  if (!(value > 0 && value < 1)) return String(value);
  if (Math.abs(value - 0.75) < 1e-6) return '3/4';
  return `1/${Math.round(1 / value)}`;
}

/** A number, or a text that is one; everything else is none. */
const numberOf = (value: unknown): number =>
  typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;

const clamped = (value: number, least: number, most: number): number =>
  Number.isNaN(value) ? 0 : Math.min(Math.max(value, least), most);

/** The numbers of the report that shows this at a moment. */
export function outputAt(output: SurfaceOutput, at: Ms, options: OutputOptions): OutputValues {
  const values: Record<OutputId, number> = { ...DARK_OUTPUT };
  const beat = beatOf(output);
  for (const id of OUTPUT_IDS) {
    const value = output[id];
    if (value !== undefined) values[id] = rawOutput(id, value, { at, beat, options });
  }
  if (output.bpm !== undefined) Object.assign(values, bpmFields(numberOf(output.bpm), options));
  if (output['bpm-visible'] === false) values['bpm-visible'] = 0;
  if (hoursInTitle(output, at, options) !== null) values['elapsed-time'] = timeAt(output['elapsed-time'], at) % HOUR_MS;
  if (options.timeMode === 'inverted') values['time-mode-elapsed'] = 1 - values['time-mode-elapsed'];
  return values;
}

interface OutputMoment {
  readonly at: Ms;
  readonly beat: BeatTrain | null;
  readonly options: OutputOptions;
}

function rawOutput(id: OutputId, value: ShownValue, { at, beat, options }: OutputMoment): number {
  const { kind, names, least, most } = outputControl(id);
  switch (kind) {
    case 'light':
      return isLit(value, at, beat) ? 1 : 0;
    case 'switch':
      return value === true || value === 'on' ? 1 : 0;
    case 'choice':
      return Math.max(0, names.indexOf(choiceText(value)));
    case 'time':
      return Math.min(timeAt(value, at), longestMs(options));
    case 'number': {
      const isPercent = id === 'tempo-delta' || id === 'tempo-delta-2';
      const raw = Math.round(numberOf(value) * (isPercent ? 100 : 1));
      return clamped(raw, isPercent && options.tempoDelta === 'unsigned' ? 0 : least, most);
    }
  }
}

/** Both parts of the BPM field, and that it is shown; what is no tempo hides it. */
function bpmFields(bpm: number, { bpmHundredths }: OutputOptions): Partial<Record<OutputId, number>> {
  if (!(bpm > 0)) return { 'bpm-visible': 0 };
  const steps = bpmHundredths ? 100 : 10;
  const shown = Math.min(Math.round(bpm * steps), 256 * steps - 1);
  const whole = Math.floor(shown / steps);
  return { 'bpm-integer': whole, 'bpm-tenths': Math.floor((shown * 10) / steps) % 10, 'bpm-visible': 1 };
}

/** The byte of the BPM's tenths, whose low nibble takes hundredths where a quirk asks for them. */
const TENTHS_BYTE = 0x16;

function bpmHundredthsOf({ bpm }: SurfaceOutput, { bpmHundredths }: OutputOptions): number {
  if (!bpmHundredths || !(numberOf(bpm) > 0)) return 0;
  return Math.min(Math.round(numberOf(bpm) * 100), 25599) % 10;
}

/** The packet that shows this at a moment. */
export function outputPacket(deck: number, output: SurfaceOutput, at: Ms, options: OutputOptions): Uint8Array {
  const packet = encodeOutput(deck, outputAt(output, at, options));
  packet[TENTHS_BYTE] = (packet[TENTHS_BYTE] ?? 0) | bpmHundredthsOf(output, options);
  return packet;
}

/** The next moment after `at` at which the report may be another one, though nothing new is wanted; null: never. */
export function nextOutputChange(output: SurfaceOutput, at: Ms, frameMs: Ms): Ms | null {
  const beat = beatOf(output);
  const times: Ms[] = [];
  for (const id of OUTPUT_IDS) {
    const value = output[id];
    if (typeof value === 'object' && value.rate !== 0) times.push(at + frameMs);
    if (value === 'pulse' && beat !== null) {
      const phase = phaseOf(beat, at);
      times.push(at + (phase < pulseMs(beat) ? pulseMs(beat) : beat.periodMs) - phase);
    } else if (value === 'blink' || value === 'pulse') times.push((Math.floor(at / BLINK_MS) + 1) * BLINK_MS);
  }
  return times.length === 0 ? null : Math.min(...times);
}

/** Every lamp by its id. */
export const LIGHT_IDS = OUTPUT_IDS.filter((id): id is LightId => id.endsWith(LED));
