/** `decklight replay`: a recorded evening again, in seconds. The same file gives the same output to the byte. */
import type { Ms } from '../../core/clock.ts';
import { tallied } from '../../core/engine/outcome.ts';
import { NO_WATCHER } from '../../live/engine.ts';
import { jsonScreen, plainScreen, type Screen } from '../terminal/screens.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { agreementLine, bundleLines, digester } from './bundle-text.ts';
import { drawEvening } from './draw-evening.ts';
import { type ContextFor, EXIT, openEvening, type RecordedEvening } from './recorded-evening.ts';
import { openReplayRelay } from './replay-relay.ts';
import { jsonReplayText, noReplayCounts, plainReplayText, type ReplayCounts, type ReplayText } from './replay-text.ts';
import { runAgain, startedAtUnixMs } from './run-again.ts';

interface ReplayOptions {
  readonly json: boolean;
  /** Its packets go to WebSocket clients, at their pace. */
  readonly relay: boolean;
  /** File for a picture of what happened; absent: none. */
  readonly html?: string;
}

/**
 * Runs a recorded show again, with all that came in at its time, and prints what left. Nothing leaves now.
 *
 * With `json` a line is one object: a `recording` first, then `sent`, `dropped` and `answer` as in the show, `profile` and
 * `gap`, then an `end`.
 *
 * @returns exit code: 0 done, also when the recording is cut (the last line says so); 1 the file cannot be read; 2 it
 *          is no recording of Decklight, or its profile is none that this version takes
 *
 * @param contextFor of the profile that was recorded
 */
export async function replayCommand(
  file: string,
  options: ReplayOptions,
  out: Terminal,
  contextFor: ContextFor,
): Promise<number> {
  const evening = await openEvening(file, out, contextFor);
  if (typeof evening === 'number') return evening;
  if (options.html !== undefined) return drawEvening(evening, options.html, out);
  if (evening.bundle === null) {
    await replay(evening, options, out);
    return EXIT.done;
  }
  for (const line of bundleLines(evening.bundle)) out.error(line);
  const witness = digester();
  await replay(evening, options, out, witness.terminal);
  out.error(agreementLine(file, evening.bundle, witness.digest()));
  return EXIT.done;
}

/** @param witness is told the same as with `json`, whatever the options */
export async function replay(
  evening: RecordedEvening,
  { json, relay: isRelayed }: ReplayOptions,
  out: Terminal,
  witness: Terminal | null = null,
): Promise<ReplayCounts> {
  const { start, untilMs, profile } = evening;
  const counts = noReplayCounts();
  const tellers = [teller(json, out, start.startedAtMs)];
  if (witness !== null) tellers.push(teller(true, witness, start.startedAtMs));
  const tell = (each: (to: Teller) => void): void => tellers.forEach(each);
  tell(({ text }) => text.begun(start, profile, startedAtUnixMs(start), untilMs - start.startedAtMs));
  let relay: Awaited<ReturnType<typeof openReplayRelay>> | null = null;
  await runAgain(evening, {
    async opened(show) {
      if (isRelayed) relay = await openReplayRelay(profile, show.packets, out);
    },
    waitUntil: async sinceStartMs => relay?.waitUntil(sinceStartMs),
    watcher: show => ({
      ...NO_WATCHER,
      answered: answer => tell(({ screen }) => screen.answered(answer)),
      sent(departure) {
        counts.sent++;
        tell(({ screen }) => screen.sent(departure, show().describe(departure.intent)));
      },
      dropped(dropped, at) {
        counts.dropped++;
        tell(({ screen }) => screen.dropped(dropped, at));
      },
      came({ outcome }) {
        counts.moments = tallied(counts.moments, outcome);
        tell(({ screen }) => screen.came(outcome));
      },
    }),
    datagram: () => void counts.datagrams++,
    passedOver: () => void counts.passedOver++,
    recorded(record) {
      if (record.decklight === 'act') counts.acts++;
      if (record.decklight === 'control') counts.gestures++;
      if (record.decklight === 'wake') counts.wakes++;
      if (record.decklight === 'stop') counts.isStopped = true;
      if (record.decklight === 'gap') tell(({ text }) => text.gap(record.packets, record.at));
    },
    reloaded: (changed, sources, at) => tell(({ text }) => text.reloaded(changed, sources !== null, at)),
    async ended(end) {
      await relay?.close();
      tell(({ text }) => text.ended(counts, end, untilMs));
    },
  });
  return counts;
}

/** Somebody who is told what left, and what of the recording. */
interface Teller {
  readonly screen: Screen;
  readonly text: ReplayText;
}

function teller(json: boolean, out: Terminal, startedAtMs: Ms): Teller {
  const setup = { out, startedAt: startedAtMs, notices: () => [], drawings: () => [] };
  return json
    ? { screen: jsonScreen(setup), text: jsonReplayText(out) }
    : { screen: plainScreen(setup), text: plainReplayText(out, startedAtMs) };
}
