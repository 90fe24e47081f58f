import { describe, expect, it } from 'vitest';
import { plainScreen } from '../../../src/cli/terminal/screens.ts';
import { demoProfile, demoSet, openEvening } from '../../show/hour-show.ts';

/** The lines that the plain screen prints of a show in so many seconds, each with the second it came in. */
async function printed(seconds: number): Promise<readonly { readonly second: number; readonly text: string }[]> {
  const evening = await openEvening(demoProfile(), demoSet());
  const lines: { second: number; text: string }[] = [];
  const line = (text: string): void => void lines.push({ second: evening.clock.now() / 1000, text });
  const out = { isTerminal: false, columns: () => 80, rows: () => 24, line, error() {}, redraw() {} };
  const screen = plainScreen({ out, startedAt: evening.clock.now(), notices: () => [], drawings: () => [] });
  for (let ms = 0; ms < seconds * 1000; ms += screen.everyMs) {
    screen.tick(evening.show, evening.clock.now());
    evening.pass(screen.everyMs);
  }
  await evening.close();
  return lines;
}

describe('the plain screen', () => {
  it('of the demo show prints a timecode every second that goes on by a second, and each deck every two', async () => {
    const lines = await printed(20);
    const running = lines.flatMap(({ second, text }) => {
      const [, minutes, seconds, frames] = /timecode main 01:(\d\d):(\d\d):(\d\d) running$/.exec(text) ?? [];
      return frames === undefined
        ? []
        : [{ second, label: 60 * Number(minutes) + Number(seconds) + Number(frames) / 30 }];
    });
    const [first] = running;
    expect(first?.second).toBeLessThanOrEqual(5);
    expect(running.map(({ second }) => second)).toEqual(running.map((_, i) => (first?.second ?? 0) + i));
    // A second of a track at its own tempo; the position is drawn in by two in a hundred at most.
    const steps = running.slice(1).map(({ label }, i) => label - (running[i]?.label ?? 0));
    for (const step of steps) expect(Math.abs(step - 1)).toBeLessThan(0.1);

    const deck1 = lines.filter(({ text }) => / {2}1 ▶ /.test(text)).map(({ second }) => second);
    expect(deck1.length).toBeGreaterThan(5);
    expect(deck1.slice(1).map((second, i) => second - (deck1[i] ?? 0))).toEqual(deck1.slice(1).map(() => 2));
  });
});
