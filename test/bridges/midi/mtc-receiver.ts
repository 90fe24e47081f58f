/**
 * A receiver of MTC that knows nothing of our sender: it tells the direction by the order of the pieces alone, puts them
 * together in it, and begins again where one does not follow the one before. Like the strict ones in the field, but it
 * adds nothing for the time since piece 0.
 */

export interface HeardLabel {
  /** When piece 0 came: the first one forwards, the last one backwards. */
  readonly at: number;
  readonly isBackwards: boolean;
  readonly rateCode: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly frames: number;
}

export interface Receiver {
  hear(at: number, bytes: Uint8Array): void;
  /** Labels of which all eight pieces came in order, rising or falling. */
  readonly labels: readonly HeardLabel[];
  /** Full frames; `at` is when they came. */
  readonly fullFrames: readonly HeardLabel[];
  /** Moments at which a cycle was cut off by a piece that opens another, or by a full frame. */
  readonly cuts: readonly number[];
  /** Pieces that neither followed the one before nor opened a cycle. */
  readonly strays: readonly number[];
}

interface Piece {
  readonly at: number;
  readonly number: number;
  readonly data: number;
}

export function mtcReceiver(): Receiver {
  const labels: HeardLabel[] = [];
  const fullFrames: HeardLabel[] = [];
  const cuts: number[] = [];
  const strays: number[] = [];
  /** Pieces that followed each other in one direction, since the last cycle was whole. */
  let run: readonly Piece[] = [];

  function abandon(at: number): void {
    if (run.length > 0) cuts.push(at);
    run = [];
  }

  function hearPiece(piece: Piece): void {
    const { at, number } = piece;
    const last = run.at(-1);
    const before = run.at(-2);
    const isNear = last !== undefined && Math.abs(number - last.number) === 1;
    const isReversed = isNear && before !== undefined && number === before.number;
    if (isNear && !isReversed) run = [...run, piece];
    // What opens a cycle is known by the piece that comes after it, not by the one before.
    else if (isReversed && opens(last)) run = [last, piece];
    else if (opens(piece)) {
      abandon(at);
      run = isNear ? [last, piece] : [piece];
    } else {
      strays.push(at);
      run = [];
    }
    if (run.length < 8) return;
    labels.push(whole(run));
    run = [];
  }

  return {
    labels,
    fullFrames,
    cuts,
    strays,
    hear(at, bytes) {
      const [status, data = 255] = bytes;
      if (status === 0xf1) return hearPiece({ at, number: data >> 4, data: data & 15 });
      if (status !== 0xf0 || bytes[3] !== 1) return;
      abandon(at);
      const [hours = 0, minutes = 0, seconds = 0, frames = 0] = bytes.subarray(5);
      const rest = { rateCode: hours >> 5, hours: hours & 31, minutes, seconds, frames };
      fullFrames.push({ at, isBackwards: false, ...rest });
    },
  };
}

const opens = ({ number }: Piece): boolean => number === 0 || number === 7;

function whole(run: readonly Piece[]): HeardLabel {
  const isBackwards = run[0]?.number === 7;
  const rising = isBackwards ? run.toReversed() : run;
  const pair = (low: number): number => (rising[low]?.data ?? 0) + 16 * (rising[low + 1]?.data ?? 0);
  const last = pair(6);
  const at = rising[0]?.at ?? 0;
  return {
    ...{ at, isBackwards, rateCode: last >> 5, hours: last & 31 },
    ...{ minutes: pair(4), seconds: pair(2), frames: pair(0) },
  };
}

/** Frames since midnight, by the formula of SMPTE ST 12-1. */
export function countOfHeard({ hours, minutes, seconds, frames }: HeardLabel, base: number, isDrop: boolean): number {
  const all = 60 * hours + minutes;
  return base * (60 * all + seconds) + frames - (isDrop ? 2 * (all - Math.floor(all / 10)) : 0);
}
