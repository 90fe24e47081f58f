/** `decklight replay --html`: a recorded evening runs again, and what happened is drawn. */
import type { Ms } from '../../core/clock.ts';
import { NO_WATCHER } from '../../live/engine.ts';
import type { OpenShow } from '../../live/open-show.ts';
import { eveningPicture, type HappenedMoment } from '../pictures/evening-picture.ts';
import { writePicture } from '../pictures/write-picture.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { watchStretches } from './played-stretches.ts';
import { EXIT, type RecordedEvening } from './recorded-evening.ts';
import { runAgain, SHOW_ALONE, startedAtUnixMs } from './run-again.ts';

/** @returns the exit code: 0 done; 1 the picture cannot be written */
export async function drawEvening(evening: RecordedEvening, file: string, out: Terminal): Promise<number> {
  const { start, untilMs, profile } = evening;
  const stretches = watchStretches(start.startedAtMs);
  const moments: HappenedMoment[] = [];
  const gaps: { readonly atMs: Ms; readonly packets: number }[] = [];
  // How late something was is what was measured that evening: run again, nothing is late.
  const measured = new Map<string, Ms>();
  let show: OpenShow | null = null;
  const since = (at: Ms): Ms => at - start.startedAtMs;
  await runAgain(evening, {
    ...SHOW_ALONE,
    watcher: () => ({
      ...NO_WATCHER,
      came: ({ at, outcome, handedOverAt }) =>
        void moments.push({ atMs: since(at), lateMs: handedOverAt - outcome.trueTime, outcome }),
    }),
    async opened(opened) {
      show = opened;
    },
    async waitUntil(sinceStartMs) {
      if (show !== null) stretches.look(show, start.startedAtMs + sinceStartMs);
    },
    recorded(record) {
      if (record.decklight === 'gap') gaps.push({ atMs: since(record.at), packets: record.packets });
      if (record.decklight !== 'came') return;
      measured.set(momentKey(since(record.at), record.outcome.id), record.handedOverAt - record.outcome.trueTime);
    },
  });
  const day = new Date(startedAtUnixMs(start)).toISOString().slice(0, 16).replace('T', ' ');
  const picture = eveningPicture({
    title: `${profile.name}: what happened on ${day} UTC`,
    lengthMs: since(untilMs),
    stretches: stretches.ended(untilMs),
    moments: moments.map(moment => ({
      ...moment,
      lateMs: measured.get(momentKey(moment.atMs, moment.outcome.id)) ?? moment.lateMs,
    })),
    gaps,
  });
  return writePicture(file, picture, out) ? EXIT.done : EXIT.unreadable;
}

/** A moment as the recording names it: a rule may fire at one place again after a load. */
const momentKey = (atMs: Ms, id: string): string => `${atMs} ${id}`;
