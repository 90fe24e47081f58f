/**
 * A receiver of MTC that knows nothing of our sender: it puts pieces together in their order and begins again where one
 * does not follow the one before. Like the strict ones in the field, but it adds nothing for the time since piece 0.
 */

export interface HeardLabel {
  /** When piece 0 came. */
  readonly at: number;
  readonly rateCode: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly frames: number;
}

export interface Receiver {
  hear(at: number, bytes: Uint8Array): void;
  /** Labels of which all eight pieces came in order. */
  readonly labels: readonly HeardLabel[];
  /** Full frames; `at` is when they came. */
  readonly fullFrames: readonly HeardLabel[];
  /** Moments at which a cycle was cut off by the piece 0 of another, or by a full frame. */
  readonly cuts: readonly number[];
  /** Pieces that neither followed the one before nor opened a cycle. */
  readonly strays: readonly number[];
}

export function mtcReceiver(): Receiver {
  const labels: HeardLabel[] = [];
  const fullFrames: HeardLabel[] = [];
  const cuts: number[] = [];
  const strays: number[] = [];
  let nibbles: number[] = [];
  let begunAt = 0;

  function abandon(at: number): void {
    if (nibbles.length > 0) cuts.push(at);
    nibbles = [];
  }

  function piece(at: number, data: number): void {
    const number = data >> 4;
    if (number === 0) {
      abandon(at);
      begunAt = at;
    } else if (number !== nibbles.length) {
      strays.push(at);
      nibbles = [];
      return;
    }
    nibbles.push(data & 15);
    if (nibbles.length < 8) return;
    const pair = (low: number): number => (nibbles[low] ?? 0) + 16 * (nibbles[low + 1] ?? 0);
    const last = pair(6);
    labels.push({
      at: begunAt,
      rateCode: last >> 5,
      hours: last & 31,
      minutes: pair(4),
      seconds: pair(2),
      frames: pair(0),
    });
    nibbles = [];
  }

  return {
    labels,
    fullFrames,
    cuts,
    strays,
    hear(at, bytes) {
      if (bytes[0] === 0xf1) return piece(at, bytes[1] ?? 255);
      if (bytes[0] !== 0xf0 || bytes[3] !== 1) return;
      abandon(at);
      const [hours = 0, minutes = 0, seconds = 0, frames = 0] = bytes.subarray(5);
      fullFrames.push({ at, rateCode: hours >> 5, hours: hours & 31, minutes, seconds, frames });
    },
  };
}

/** Frames since midnight, by the formula of SMPTE ST 12-1. */
export function countOfHeard({ hours, minutes, seconds, frames }: HeardLabel, base: number, isDrop: boolean): number {
  const all = 60 * hours + minutes;
  return base * (60 * all + seconds) + frames - (isDrop ? 2 * (all - Math.floor(all / 10)) : 0);
}
