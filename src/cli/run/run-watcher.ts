/** Ears of a run: what its show tells goes to the recording, the files, the trace, the log and the screen. */
import type { Answer } from '../../core/engine/engine-state.ts';
import { operatorActionText } from '../../core/operator-action.ts';
import type { LineFile } from '../../files/line-file.ts';
import type { Watcher } from '../../live/engine.ts';
import type { ShowLog } from '../../live/log.ts';
import type { OpenShow } from '../../live/open-show.ts';
import type { Recorder } from '../../recording/recorder.ts';
import type { Screen } from '../terminal/screens.ts';
import { sentTraceLine } from '../terminal/trace.ts';
import { logHeldBack, logSent } from './log-outcomes.ts';
import type { RunFiles } from './run-files.ts';

export interface WatchedBy {
  readonly files: RunFiles;
  /** null: nothing is recorded. */
  readonly recorder: Recorder | null;
  /** null: no trace is wanted. */
  readonly trace: LineFile | null;
  readonly screen: Screen;
  readonly log: ShowLog;
}

/** @param describe a message as one line for people */
export function runWatcher(
  { files, recorder, trace, screen, log }: WatchedBy,
  describe: OpenShow['describe'],
): Watcher {
  return {
    received({ source, event, stamp }) {
      if (event.kind === 'deck.artwork') files.keepCover(event.trackId, event.jpeg);
      if (event.kind === 'operator.act') recorder?.act(source, event.act, stamp.at);
      if (event.kind === 'show') recorder?.show(event.happening, stamp.at);
      if (event.kind === 'control') recorder?.control(event, stamp);
      if (event.kind === 'bridge.ready') recorder?.ready(event.bridge, stamp.at);
      if (event.kind === 'bridge.state') recorder?.bridgeState(event.bridge, event.isReady, stamp.at);
      if (event.kind === 'cue.unsent') recorder?.unsent(event, stamp.at);
    },
    woke: at => recorder?.wake(at),
    remember: files.remember,
    learnt: files.learnt,
    sent(departure) {
      const message = describe(departure.intent);
      logSent(log, departure, message);
      screen.sent(departure, message);
      trace?.write([sentTraceLine(departure, message)]);
    },
    dropped: (dropped, at) => screen.dropped(dropped, at),
    took: (bridge, isThere, at) => recorder?.took(bridge, isThere, at),
    came(arrived) {
      recorder?.came(arrived);
      logHeldBack(log, arrived);
      screen.came(arrived.outcome);
    },
    answered(answer) {
      logAnswer(log, answer);
      screen.answered(answer);
    },
  };
}

function logAnswer(log: ShowLog, { act, source, refusal }: Answer): void {
  const text = `${operatorActionText(act)}, by ${source}`;
  if (refusal === null) log.of('operator').info({ act, source }, text);
  else log.of('operator').warn({ act, source }, `not done: ${text}: ${refusal}`);
}
