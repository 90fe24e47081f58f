/**
 * Every control that a player reports in a packet of type 0x20, as data: which byte, which bits, what sort of control.
 *
 * Marks in the docs, as in README.md: `[D …]` documented, `[I]` inferred, `[U]` nobody knows. A quirk moves a button to
 * other bits, should a real player show that a doubtful one stands elsewhere.
 */
import type { ReportPlace } from './report-fields.ts';

/**
 * - `button`: 1 while held.
 * - `flag`: a state of the player's own, 0 or 1.
 * - `direction`: which way the jog wheel turns.
 * - `counter`: counts on for ever, both ways; the difference counts.
 * - `dial`, `slider`: where a knob, a pad or a fader stands, from `least` to `most`.
 * - `magnitude`: a number whose unit nobody knows.
 */
export type InputKind = 'button' | 'flag' | 'direction' | 'counter' | 'dial' | 'slider' | 'magnitude';

export interface InputControl {
  readonly kind: InputKind;
  /** As printed on the player, or a few words where nothing is printed. */
  readonly label: string;
  /** null: nobody knows where it stands; it is reported only when a quirk says so. */
  readonly place: ReportPlace | null;
  readonly least: number;
  readonly most: number;
  readonly doc: string;
}

const DOCUMENTED = '[D control]';

const button = (offset: number, mask: number, label: string, doc = DOCUMENTED): InputControl => ({
  kind: 'button',
  label,
  place: { offset, bytes: 1, mask },
  least: 0,
  most: 1,
  doc: `${label} ${doc}`,
});

const whole = (kind: InputKind, at: readonly [number, number], range: readonly [number, number], label: string) => ({
  kind,
  label,
  place: { offset: at[0], bytes: at[1], mask: null },
  least: range[0],
  most: range[1],
});

const screenButton = (offset: number, mask: number, label: string): InputControl =>
  button(offset, mask, `${label} (touch screen)`, '; exists while its panel is open on the screen [D control]');

export const INPUT_CONTROLS = {
  'play-pause': button(0x02, 0x80, 'PLAY/PAUSE'),
  cue: button(0x02, 0x40, 'CUE'),
  'search-forward': button(0x02, 0x20, 'SEARCH ►►'),
  'search-reverse': button(0x02, 0x10, 'SEARCH ◄◄'),
  'track-search-forward': button(0x02, 0x08, 'TRACK SEARCH ►►|'),
  'cue-loop-call-half': button(0x02, 0x04, 'CUE/LOOP CALL ◄', '; may be TRACK SEARCH |◄◄ [U]'),
  'cue-loop-call-double': button(0x02, 0x02, 'CUE/LOOP CALL ►', '; its row of the table may be shifted [U]'),
  'loop-in': button(0x03, 0x80, 'LOOP IN'),
  'loop-out': button(0x03, 0x40, 'LOOP OUT'),
  'reloop-exit': button(0x03, 0x20, 'RELOOP/EXIT'),
  'time-mode': button(0x03, 0x04, 'TIME MODE/AUTO CUE'),
  memory: button(0x03, 0x02, 'MEMORY'),
  delete: button(0x03, 0x01, 'DELETE'),
  'jog-mode': button(0x04, 0x80, 'JOG MODE'),
  'jog-direction': {
    kind: 'direction',
    label: 'jog wheel, which way it turns',
    place: { offset: 0x04, bytes: 1, mask: 0x60 },
    least: 0,
    most: 3,
    doc: '0 and 1 it stands, 2 backward, 3 forward [D control]; how 0 and 1 differ [U]',
  },
  'jog-touch': button(0x04, 0x10, 'jog wheel touched'),
  'tempo-range': button(0x04, 0x08, 'TEMPO range'),
  'master-tempo': button(0x04, 0x04, 'MASTER TEMPO'),
  'tempo-reset': button(0x04, 0x02, 'TEMPO RESET'),
  'needle-search-touch': button(0x04, 0x01, 'NEEDLE SEARCH touched'),
  'library-view': {
    kind: 'flag',
    label: 'browse view shown',
    place: { offset: 0x05, bytes: 1, mask: 0x80 },
    least: 0,
    most: 1,
    doc: '1 while the browse view is on the screen [D control]; may be the other way round [U]',
  },
  quantize: button(0x05, 0x40, 'QUANTIZE'),
  master: button(0x05, 0x20, 'MASTER'),
  sync: button(0x05, 0x10, 'SYNC'),
  'browse-press': button(0x05, 0x08, 'rotary selector pressed'),
  back: button(0x05, 0x04, 'BACK'),
  'tag-track': button(0x05, 0x02, 'TAG TRACK/REMOVE'),
  eject: button(0x05, 0x01, 'DISC EJECT'),
  slip: button(0x06, 0x80, 'SLIP'),
  'direction-reverse': button(0x06, 0x40, 'DIRECTION lever at REV', '; stays down by itself [D control]'),
  'direction-slip-reverse': button(0x06, 0x20, 'DIRECTION lever at SLIP REV', '; springs back [D control]'),
  'track-filter': button(0x06, 0x08, 'TRACK FILTER/EDIT'),
  'hot-cue-call-delete': button(0x06, 0x04, 'HOT CUE CALL/DELETE'),
  'loop-32': screenButton(0x08, 0x80, 'LOOP 32'),
  'loop-16': screenButton(0x08, 0x40, 'LOOP 16'),
  'loop-8': screenButton(0x08, 0x20, 'LOOP 8'),
  'loop-4': screenButton(0x08, 0x10, 'LOOP 4'),
  'loop-2': screenButton(0x08, 0x08, 'LOOP 2'),
  'loop-1': screenButton(0x08, 0x04, 'LOOP 1'),
  'loop-1-4': screenButton(0x09, 0x10, 'LOOP 1/4'),
  'loop-1-2': screenButton(0x09, 0x08, 'LOOP 1/2'),
  'loop-4-8-beat': button(0x09, 0x04, 'LOOP 4/8 BEAT'),
  'beat-jump-forward-1': screenButton(0x0d, 0x80, 'BEAT JUMP 1 ►'),
  'beat-jump-forward-2': screenButton(0x0d, 0x40, 'BEAT JUMP 2 ►'),
  'beat-jump-forward-4': screenButton(0x0d, 0x20, 'BEAT JUMP 4 ►'),
  'beat-jump-forward-8': screenButton(0x0d, 0x10, 'BEAT JUMP 8 ►'),
  'beat-jump-forward-16': screenButton(0x0d, 0x08, 'BEAT JUMP 16 ►'),
  'beat-jump-back-1': screenButton(0x0e, 0x80, 'BEAT JUMP 1 ◄'),
  'beat-jump-back-2': screenButton(0x0e, 0x40, 'BEAT JUMP 2 ◄'),
  'beat-jump-back-4': screenButton(0x0e, 0x20, 'BEAT JUMP 4 ◄'),
  'beat-jump-back-8': screenButton(0x0e, 0x10, 'BEAT JUMP 8 ◄'),
  'beat-jump-back-16': screenButton(0x0e, 0x08, 'BEAT JUMP 16 ◄'),
  'hot-cue-a': button(0x0f, 0x80, 'HOT CUE A'),
  'hot-cue-b': button(0x0f, 0x40, 'HOT CUE B'),
  'hot-cue-c': button(0x0f, 0x20, 'HOT CUE C'),
  'hot-cue-d': button(0x0f, 0x10, 'HOT CUE D'),
  'hot-cue-e': button(0x0f, 0x08, 'HOT CUE E'),
  'hot-cue-f': button(0x0f, 0x04, 'HOT CUE F'),
  'hot-cue-g': button(0x0f, 0x02, 'HOT CUE G'),
  'hot-cue-h': button(0x0f, 0x01, 'HOT CUE H'),
  'vinyl-speed-touch': {
    ...whole('dial', [0x11, 1], [0, 255], 'VINYL SPEED ADJUST TOUCH/BRAKE'),
    doc: 'knob for how fast it brakes [D control]',
  },
  'vinyl-speed-release': {
    ...whole('dial', [0x12, 1], [0, 255], 'VINYL SPEED ADJUST RELEASE/START'),
    doc: 'knob for how fast it starts [D control]',
  },
  'browse-encoder': {
    ...whole('counter', [0x13, 2], [0, 0xffff], 'rotary selector turned'),
    doc: 'counts on at each detent and wraps at 16 bits [D control]',
  },
  'tempo-slider': {
    ...whole('slider', [0x15, 2], [-1000, 1000], 'TEMPO slider'),
    doc: '0 at the centre, 1000 both ways [D control]; two’s complement [I]; which end is positive [U]',
  },
  'jog-position': {
    ...whole('counter', [0x17, 2], [0, 0xffff], 'jog wheel turned'),
    doc: 'about 9728 steps a turn [D control]; wraps at 16 bits or at a turn [U]',
  },
  'jog-speed': {
    ...whole('magnitude', [0x19, 2], [0, 0xffff], 'jog wheel, how fast it turns'),
    doc: 'without a sign, which jog-direction has; unit [U]',
  },
  'needle-search-position': {
    ...whole('dial', [0x1b, 2], [0, 599], 'NEEDLE SEARCH place'),
    doc: '0 start of the track, 599 its end [D control]; means something while the pad is touched [I]',
  },
  'track-search-reverse': {
    kind: 'button',
    label: 'TRACK SEARCH |◄◄',
    place: null,
    least: 0,
    most: 1,
    doc: 'the button exists; its bit is in no table [U]',
  },
} as const satisfies Readonly<Record<string, InputControl>>;

export type InputId = keyof typeof INPUT_CONTROLS;

export const INPUT_IDS = Object.keys(INPUT_CONTROLS) as InputId[];

export const inputControl = (id: InputId): InputControl => INPUT_CONTROLS[id];

/** Steps of the jog wheel's counter in one turn, about [D control]. */
export const JOG_STEPS_PER_TURN = 9728;

/** Which way the jog wheel turns, by the value of `jog-direction`. */
export const JOG_DIRECTIONS = ['still', 'still', 'reverse', 'forward'] as const;
export type JogDirection = (typeof JOG_DIRECTIONS)[number];

/** Bits of bytes 0x02 to 0x1c of a packet 0x20 that nobody has explained, by byte [D control]; those after it seem unused. */
export const UNEXPLAINED_INPUT: Readonly<Record<number, number>> = {
  2: 0x01,
  3: 0x18,
  6: 0x13,
  7: 0xff,
  8: 0x03,
  9: 0xe3,
  10: 0xff,
  11: 0xff,
  12: 0xff,
  13: 0x07,
  14: 0x07,
  16: 0xff,
};

/** Controls of the player that are in no report, so that no profile can use them [D control]. */
export const UNREPORTED_CONTROLS = ['jog-adjust', 'shortcut'] as const;
