/**
 * Everything that a packet of type 0x21 can show on a player, as data: which byte, which bits, what sort of thing.
 *
 * Marks in the docs, as in README.md: `[D …]` documented, `[X]` seen on a sibling of the player, `[I]` inferred, `[U]`
 * nobody knows. What is in no table is sent as 0.
 */
import { LONGEST_TIME_MS, type ReportPlace } from './report-fields.ts';

/** `light`: a lamp. `switch`: something on the screen is there or not. `time`: in ms. */
export type OutputKind = 'light' | 'switch' | 'choice' | 'time' | 'number';

export interface OutputControl {
  readonly kind: OutputKind;
  readonly label: string;
  readonly place: ReportPlace;
  /** Of a choice: the name of each code, from 0 on. Codes beyond them are never sent. */
  readonly names: readonly string[];
  /** Of a number: the range it may have, and whether the wire tells it in two's complement. */
  readonly least: number;
  readonly most: number;
  readonly doc: string;
}

const DOCUMENTED = '[D control]';

const bits = (kind: OutputKind, offset: number, mask: number, label: string, doc: string): OutputControl => ({
  kind,
  label,
  place: { offset, bytes: 1, mask },
  names: [],
  least: 0,
  most: mask / (mask & -mask),
  doc: `${label} ${doc}`,
});

const light = (offset: number, mask: number, label: string, doc = DOCUMENTED): OutputControl =>
  bits('light', offset, mask, label, doc);

const onOff = (offset: number, mask: number, label: string, doc = DOCUMENTED): OutputControl =>
  bits('switch', offset, mask, label, doc);

const choice = (offset: number, mask: number, label: string, names: readonly string[], doc = DOCUMENTED) => ({
  ...bits('choice', offset, mask, label, doc),
  names,
});

const time = (offset: number, label: string, doc = DOCUMENTED): OutputControl => ({
  kind: 'time',
  label,
  place: { offset, bytes: 4, mask: null },
  names: [],
  least: 0,
  most: LONGEST_TIME_MS,
  doc: `${label} ${doc}`,
});

const percent = (offset: number, label: string, doc: string): OutputControl => ({
  kind: 'number',
  label,
  place: { offset, bytes: 2, mask: null },
  names: [],
  least: -32768,
  most: 32767,
  doc: `${label} ${doc}`,
});

const LOOP_SIZES = [
  'hidden',
  'dashes',
  'arrow-left',
  '1/128',
  '1/64',
  '1/32',
  '1/16',
  '1/8',
  '1/4',
  '1/3',
  '1/2',
  '3/4',
  '1',
  '2',
  '4',
  '8',
  '16',
  '32',
  '64',
  '128',
  '256',
  '512',
  'arrow-right',
];

export const OUTPUT_CONTROLS = {
  'play-led': light(0x02, 0x80, 'PLAY'),
  'cue-led': light(0x02, 0x40, 'CUE'),
  'cursor-color': choice(0x02, 0x03, 'colour of the cursor', ['white', 'red'], '; 2 is red too, 3 [U] [D control]'),
  'loop-in-led': light(0x03, 0x80, 'LOOP IN'),
  'loop-out-led': light(0x03, 0x40, 'LOOP OUT'),
  'reloop-exit-led': light(0x03, 0x20, 'RELOOP/EXIT'),
  'time-mode-elapsed': onOff(0x03, 0x08, 'time counts up', '[D control]; a sibling has it the other way round [X]'),
  'auto-cue-indicator': onOff(0x03, 0x04, 'AUTO CUE shown'),
  'browse-ring-led': light(0x03, 0x01, 'ring of the rotary selector'),
  'tempo-range-display': choice(
    0x04,
    0xf0,
    'tempo range',
    ['none', '6', '10', '16', 'wide'],
    'in percent [D control]; 0 [U]; wide also shows the tempo change with fewer digits',
  ),
  'tempo-reset-led': light(0x04, 0x08, 'TEMPO RESET'),
  'master-tempo-led': light(0x04, 0x04, 'MASTER TEMPO'),
  'jog-ring-white-led': light(0x04, 0x02, 'ring round the jog wheel, white'),
  'jog-ring-red-led': light(0x04, 0x01, 'ring round the jog wheel, red'),
  'master-led': light(0x05, 0x80, 'MASTER', 'and the frame of the BPM on the screen [D control]'),
  'sync-led': light(0x05, 0x40, 'SYNC'),
  'sync-display': choice(0x05, 0x30, 'sign for sync', ['none', 'inverted', 'sync'], '; 3 [U] [D control]'),
  'slip-led': light(0x05, 0x08, 'SLIP'),
  'reverse-led': light(0x05, 0x04, 'REVERSE'),
  'jog-mode-display': choice(0x05, 0x03, 'jog mode', ['cdj', 'vinyl', 'off'], '; 3 is off too [D control]'),
  'quantize-resolution': choice(
    0x06,
    0xe0,
    'quantize',
    ['hidden', '1', '1/2', '1/4', '1/8', '1/16'],
    'in beats; 6 and 7 hide it [D control]; so does 0 [U]',
  ),
  'quantize-active-color': onOff(0x06, 0x10, 'quantize shown red, else grey'),
  'quantize-led': light(0x06, 0x08, 'QUANTIZE'),
  'phase-meter-enable': onOff(0x06, 0x01, 'phase meter shown', '[U]'),
  'jog-display-enable': onOff(0x09, 0x80, 'display in the jog wheel on'),
  'continue-mode': onOff(0x09, 0x40, 'CONTINUE and the track number, else SINGLE'),
  'bpm-visible': onOff(0x09, 0x20, 'BPM shown'),
  'tempo-delta-disable': onOff(0x09, 0x02, 'tempo change hidden', '[D control]; what for [U]'),
  'loop-size-grey': onOff(0x0a, 0x80, 'loop size shown grey'),
  'loop-size': choice(0x0a, 0x1f, 'loop size', LOOP_SIZES, 'in beats; 23 to 31 hide it [D control]'),
  'elapsed-time': time(0x0b, 'time'),
  'track-length': time(0x0f, 'length of the track'),
  'bpm-integer': { ...bits('number', 0x15, 0xff, 'BPM before the point', DOCUMENTED), most: 255 },
  'bpm-tenths': { ...bits('number', 0x16, 0xf0, 'BPM after the point', DOCUMENTED), most: 9 },
  'tempo-delta': percent(0x17, 'tempo change, percent × 100', '[D control]; two’s complement [X], else unsigned [U]'),
  'slip-elapsed-time': time(0x22, 'time where the track would be without slip'),
  'tempo-delta-2': percent(0x26, 'perhaps the tempo change again', '[U]; the BPM on a sibling [X]'),
} as const satisfies Readonly<Record<string, OutputControl>>;

export type OutputId = keyof typeof OUTPUT_CONTROLS;

export const OUTPUT_IDS = Object.keys(OUTPUT_CONTROLS) as OutputId[];

export const outputControl = (id: OutputId): OutputControl => OUTPUT_CONTROLS[id];

/** Ids of the lamps alone. */
export type LightId = Extract<OutputId, `${string}-led`>;

/** Bits of a packet 0x21 that nobody has explained, by byte [D control]; bytes 0x28 to 0x3f are all unexplained. */
export const UNEXPLAINED_OUTPUT: Readonly<Record<number, number>> = {
  2: 0x3c,
  3: 0x12,
  6: 0x06,
  7: 0xff,
  8: 0xff,
  9: 0x1d,
  10: 0x60,
  19: 0xff,
  20: 0xff,
  22: 0x0f,
  25: 0xff,
  26: 0xff,
  27: 0xff,
  28: 0xff,
  29: 0xff,
  30: 0xff,
  31: 0xff,
  32: 0xff,
  33: 0xff,
};
