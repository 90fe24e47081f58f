/** Monotonic milliseconds; only a Clock makes them. On a live clock they count from the machine's start. */
export type Ms = number;

export type Cancel = () => void;

/** The only way to know the time or to wait. There are two: the live one in src/live/live-clock.ts, and the virtual one here. */
export interface Clock {
  now(): Ms;
  /** Runs once at `time`, or as soon as possible when that is past. The returned function takes it back. */
  at(time: Ms, run: () => void): Cancel;
}

/**
 * When something reached us: not before `notBefore`, noticed at `at`.
 *
 * The two differ when the event loop was busy: a datagram may have waited in the kernel all that time, and whoever
 * draws conclusions from its arrival must allow for it.
 */
export interface Stamp {
  readonly notBefore: Ms;
  readonly at: Ms;
}

/** A clock that moves only when told, for tests, replays and simulated evenings. */
export interface VirtualClock extends Clock {
  /** Runs every timer due within `ms`, in order of time and then of asking, with `now` at each one's moment. */
  advance(ms: Ms): void;
  /** How many timers wait: what a closed bridge must not add to. */
  pending(): number;
}

interface Timer {
  readonly time: Ms;
  readonly order: number;
  run: (() => void) | null;
}

const isBefore = (a: Timer, b: Timer): boolean => a.time < b.time || (a.time === b.time && a.order < b.order);

/** Puts a timer into a heap whose first element is the earliest. */
function pushTimer(heap: Timer[], timer: Timer): void {
  let i = heap.push(timer) - 1;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    const above = heap[parent] as Timer;
    if (isBefore(above, timer)) break;
    heap[i] = above;
    i = parent;
  }
  heap[i] = timer;
}

/** Takes the earliest timer out of a heap that is not empty. */
function popTimer(heap: Timer[]): Timer {
  const first = heap[0] as Timer;
  const last = heap.pop() as Timer;
  if (heap.length === 0) return first;
  let i = 0;
  for (;;) {
    const left = 2 * i + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const least = right < heap.length && isBefore(heap[right] as Timer, heap[left] as Timer) ? right : left;
    if (isBefore(last, heap[least] as Timer)) break;
    heap[i] = heap[least] as Timer;
    i = least;
  }
  heap[i] = last;
  return first;
}

export function virtualClock(start: Ms = 0): VirtualClock {
  const heap: Timer[] = [];
  let now = start;
  let asked = 0;
  let waiting = 0;

  return {
    now: () => now,
    at(time, run) {
      const timer: Timer = { time: Math.max(time, now), order: asked++, run };
      pushTimer(heap, timer);
      waiting++;
      return () => {
        if (timer.run === null) return;
        timer.run = null;
        waiting--;
      };
    },
    advance(ms) {
      const target = now + ms;
      while (heap.length > 0 && (heap[0] as Timer).time <= target) {
        const timer = popTimer(heap);
        if (timer.run === null) continue;
        now = timer.time;
        const { run } = timer;
        timer.run = null;
        waiting--;
        run();
      }
      now = target;
    },
    pending: () => waiting,
  };
}
