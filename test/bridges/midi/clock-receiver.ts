/**
 * A receiver of MIDI clock that knows nothing of our sender, as MIDI 1.0 describes one: start is beat 1, a song position
 * counts in sixteenths and is taken only while it is stopped, and the first clock after start or continue is that place.
 */

/** Clocks until song positions begin anew: 14 bits of sixteenths. */
export const SONG_CLOCKS = 6 * 2 ** 14;

export interface HeardClock {
  readonly at: number;
  /** Which one it is, counted from beat 1, below `SONG_CLOCKS`. */
  readonly clock: number;
  /** It came first after a start or continue. */
  readonly isFirst: boolean;
}

export interface ClockReceiver {
  hear(at: number, bytes: Uint8Array): void;
  readonly clocks: readonly HeardClock[];
  /** Moments at which it stopped. */
  readonly stops: readonly number[];
  /** Song positions that came while it was stopped, in sixteenths. */
  readonly positions: readonly { readonly at: number; readonly sixteenth: number }[];
  /** What a receiver would ignore or stumble over, in words. */
  readonly faults: readonly string[];
}

export function clockReceiver(): ClockReceiver {
  const clocks: HeardClock[] = [];
  const stops: number[] = [];
  const positions: { readonly at: number; readonly sixteenth: number }[] = [];
  const faults: string[] = [];
  /** null: whoever sent before may have left it running. */
  let isRunning: boolean | null = null;
  let place = 0;
  let begunAt: number | null = null;

  function begin(at: number, word: string): void {
    if (isRunning !== false) faults.push(`${word} at ${at}, not stopped`);
    isRunning = true;
    begunAt = at;
  }

  return {
    clocks,
    stops,
    positions,
    faults,
    hear(at, [status, low = 0, high = 0]) {
      if (status === 0xfc) {
        if (isRunning === false) faults.push(`stop at ${at}, stopped already`);
        isRunning = false;
        stops.push(at);
      } else if (status === 0xf2) {
        if (isRunning !== false) faults.push(`song position at ${at}, not stopped`);
        place = 6 * (low + 128 * high);
        positions.push({ at, sixteenth: low + 128 * high });
      } else if (status === 0xfa) {
        begin(at, 'start');
        place = 0;
      } else if (status === 0xfb) begin(at, 'continue');
      else if (status === 0xf8) {
        if (isRunning !== true) faults.push(`clock at ${at}, not running`);
        if (begunAt !== null && at - begunAt < 1 - 1e-9) faults.push(`clock at ${at}, on the heels of ${begunAt}`);
        clocks.push({ at, clock: place % SONG_CLOCKS, isFirst: begunAt !== null });
        begunAt = null;
        place++;
      }
    },
  };
}
