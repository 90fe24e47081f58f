/**
 * What nobody knows for sure of a player, as values that a profile may override (`quirks:`): a test on a real player then
 * corrects it without a change of the program. The marks are those of README.md.
 */
import type { Ms } from '../../src/core/clock.ts';
import type { InputId } from './controls/input-controls.ts';
import type { ReportPlace } from './controls/report-fields.ts';

export interface CdjQuirks {
  /** Bit of `library-view`: set while the view is shown, or clear [U]. */
  readonly libraryView: 'usual' | 'inverted';
  /** Bit of `time-mode-elapsed`: set when time counts up; a sibling has it the other way round [X]. */
  readonly timeMode: 'usual' | 'inverted';
  /** Sign of the tempo slider: usual is as it is sent [U]. */
  readonly tempoSlider: 'usual' | 'inverted';
  /** `signed`: below 0 is told in two's complement [X]; `unsigned`: nothing below 0 can be told [D]. */
  readonly tempoDelta: 'signed' | 'unsigned';
  /** Where the jog wheel's counter begins anew: after 16 bits, or after a turn [U]. */
  readonly jogWrap: 'word' | 'turn';
  /** When the place on the needle pad means something [I]. */
  readonly needle: 'touched' | 'always';
  /** Minutes beyond this are not sent: on a sibling 128 and more turn the needle backwards [X]. */
  readonly longestMinutes: number;
  /** Whether the low nibble after the tenths of the BPM takes hundredths; one sibling then shows 999.9 [X]. */
  readonly bpmHundredths: boolean;
  /** Order of the two bytes that tell the length of an artwork [X]. */
  readonly artworkLength: 'little-endian' | 'big-endian';
  /** Whether a status may leave between the fragments of a long message; nothing shows that it harms [I]. */
  readonly betweenFragments: 'allowed' | 'never';
  /** The id that answers for the program, 20 hex digits, instead of the one in the table [U]. */
  readonly deviceId: string | null;
  /** Length that the player states in its announcement: 6 as a CDJ-3000 does [C], or 4 as a drawing says [D]. */
  readonly announceLength: 4 | 6;
  /** Index and count in the packet that accepts: those of the last packet from the host [I], or 1 of 1. */
  readonly acceptedIndex: 'echo' | 'single';
  /** Buttons that stand elsewhere than the table says. */
  readonly buttons: Readonly<Partial<Record<InputId, ReportPlace>>>;
}

export const USUAL_QUIRKS: CdjQuirks = {
  libraryView: 'usual',
  timeMode: 'usual',
  tempoSlider: 'usual',
  tempoDelta: 'signed',
  jogWrap: 'word',
  needle: 'touched',
  longestMinutes: 255,
  bpmHundredths: false,
  artworkLength: 'little-endian',
  betweenFragments: 'allowed',
  deviceId: null,
  announceLength: 6,
  acceptedIndex: 'echo',
  buttons: {},
};

/** The host sends something at least so often; commercial programs do [D keep-alive], and a second is the limit. */
export const KEEP_ALIVE_MS: Ms = 400;
/** A player that has heard nothing for so long takes the host for gone [D keep-alive]. */
export const HOST_LOST_MS: Ms = 1000;
