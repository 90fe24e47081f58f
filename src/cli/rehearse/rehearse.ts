/** `decklight rehearse`: the profile through seeded evenings in every weather, on simulated time. */
import { writeFileSync } from 'node:fs';
import { whyUnwritable } from '../../files/file-errors.ts';
import { readProfile } from '../../files/profile-file.ts';
import { liveClock } from '../../live/live-clock.ts';
import type { ProfileSources } from '../../profile/profile-sources.ts';
import { describeAct } from '../../rehearsal/evening-plan.ts';
import { FINDINGS, findingsOf, isOfWeather } from '../../rehearsal/findings.ts';
import { playRehearsal } from '../../rehearsal/play-rehearsal.ts';
import { planRehearsal } from '../../rehearsal/rehearsal-plan.ts';
import type { ProfileContext } from '../command-line/profile-context.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { showTime } from '../terminal/transcript.ts';
import { type Explanation, type ExplanationList, explanationList } from '../why/explanation-list.ts';
import { explanationLines } from '../why/why-text.ts';
import type { EveningResult } from './evening-result.ts';
import { rehearsalPage } from './rehearsal-page.ts';
import { reportOf } from './rehearsal-report.ts';
import { type ReadyRehearsal, readyRehearsal } from './rehearsal-setup.ts';
import { type RehearsalAsked, rehearsalJson, reportLines } from './rehearsal-text.ts';
import { playInThreads } from './rehearsal-threads.ts';
import { rehearsedTracks } from './rehearsed-tracks.ts';

export interface RehearseOptions {
  readonly evenings: number;
  readonly minutes: number;
  readonly set: string | null;
  /** One evening alone; null: all of them from 1 on. */
  readonly seed: number | null;
  readonly html: string | null;
  readonly workers: number;
  readonly media: string | undefined;
  readonly json: boolean;
}

/** Exit codes: 0 nothing was found, 1 something was, nothing was played, or a thread has failed, 2 the profile or the set is wrong. */
const EXIT = { clean: 0, found: 1, wrong: 2 } as const;

const HEARS_UNIT = 'opus-quad';

/** @returns the exit code */
export async function rehearseCommand(
  file: string,
  options: RehearseOptions,
  { out, bridges, library }: ProfileContext,
  stopped: AbortSignal,
): Promise<number> {
  const { profile, sources, lines } = readProfile(file, bridges, library);
  for (const line of lines) out.error(line);
  if (profile === null || sources === null) return EXIT.wrong;
  if (!profile.bridges.some(({ type }) => type === HEARS_UNIT)) {
    out.error(`${file}: error: no bridge of type ${HEARS_UNIT}: without decks there is no evening to rehearse`);
    return EXIT.wrong;
  }
  const chosen = rehearsedTracks(profile, library, options.set);
  if (!chosen.ok) {
    for (const line of chosen.lines) out.error(line);
    return EXIT.wrong;
  }
  const ready = await readyRehearsal({ profile, bridges, library }, chosen.tracks);
  if (options.seed !== null) return tellEvening(ready, options.seed, { file, sources, minutes: options.minutes, out });

  const results: EveningResult[] = [];
  const order = { file, set: options.set, media: options.media ?? null, lengthMs: options.minutes * 60_000 };
  const bar = progress(out, options.evenings);
  bar(results);
  const clock = liveClock();
  const begunAt = clock.now();
  const failure = await playInThreads(
    {
      ...{ order, evenings: options.evenings, workers: options.workers },
      played(result) {
        results.push(result);
        bar(results);
      },
    },
    stopped,
  );
  if (out.isTerminal) out.redraw([]);
  const seconds = (clock.now() - begunAt) / 1000;
  // Apart from the report, which is the same for the same seeds.
  out.error(`${results.length} evenings in ${seconds.toFixed(1)} s, ${(results.length / seconds).toFixed(2)} a second`);
  const { judging, shelf, mode } = ready;
  const report = reportOf({ profile, sources }, { shelf, placesOf: judging.placesOf }, results);
  const asked: RehearsalAsked = {
    ...{
      file,
      mode,
      minutes: options.minutes,
      asked: options.evenings,
      tracks: chosen.tracks.map(({ title }) => title),
    },
    again: againText(file, options),
  };
  if (options.json) out.line(JSON.stringify(rehearsalJson(report, asked)));
  else for (const line of reportLines(report, asked)) out.line(line);
  if (failure !== null)
    out.error(`a thread has stopped by a mistake of this program: ${failure}; the report has what was played before`);
  if (options.html !== null) {
    try {
      writeFileSync(options.html, rehearsalPage(report, asked));
    } catch (error) {
      out.error(`${options.html}: error: ${whyUnwritable(error)}`);
      return EXIT.found;
    }
  }
  if (results.length === 0 || failure !== null) return EXIT.found;
  return report.found.every(isOfWeather) ? EXIT.clean : EXIT.found;
}

const againText = (file: string, { set, minutes, media }: RehearseOptions): string =>
  [
    file,
    `--minutes ${minutes}`,
    ...(set === null ? [] : [`--set ${set}`]),
    ...(media === undefined ? [] : [`--media ${media}`]),
  ].join(' ');

const BAR_WIDTH = 30;

/** Draws a bar on a terminal, and nothing elsewhere. */
function progress(out: Terminal, evenings: number): (results: readonly EveningResult[]) => void {
  if (!out.isTerminal) return () => {};
  return results => {
    const done = Math.round((results.length / evenings) * BAR_WIDTH);
    const foul = results.filter(({ findings }) => findings.some(each => !isOfWeather(each))).length;
    const bar = `${'█'.repeat(done)}${'░'.repeat(BAR_WIDTH - done)}`;
    out.redraw([
      `${bar} ${results.length} of ${evenings} evenings, something found in ${foul}; Ctrl-C stops with what there is`,
    ]);
  };
}

interface Told {
  readonly file: string;
  readonly sources: ProfileSources;
  readonly minutes: number;
  readonly out: Terminal;
}

/** What is told around a finding: what its rule did, and why. */
const AROUND_MS = 5000;

/** Plays one evening again and tells what the DJ did, what was found, and why it came about. */
async function tellEvening(
  ready: ReadyRehearsal,
  seed: number,
  { file, sources, minutes, out }: Told,
): Promise<number> {
  const { judging, shelf, mode } = ready;
  const plan = planRehearsal(seed, mode, minutes * 60_000, shelf);
  const lists: ExplanationList[] = [];
  const played = await playRehearsal(judging.rehearsed, plan, shelf.pathOf, show => {
    const list = explanationList(show, () => ({ file, sources }));
    lists.push(list);
    return list.watcher;
  });
  const explanations: readonly Explanation[] = lists.flatMap(list => list.ended());
  const findings = findingsOf(judging, played);
  const lines = [
    ...plan.acts.map(({ at, deck, act }) => ({ at, text: [`${showTime(at)}  deck ${deck}: ${describeAct(act)}`] })),
    ...plan.incidents.map(({ at, kind, forMs }) => ({
      at,
      text: [`${showTime(at)}  ${kind}, ${(forMs / 1000).toFixed(1)} s`],
    })),
    ...findings.map(({ atMs: at, kind, names, text, deck, incident }) => {
      const around = explanations.filter(
        each =>
          names.includes(each.because.rule) &&
          Math.abs(each.at - at) <= AROUND_MS &&
          (deck === null || each.because.deck === deck),
      );
      const where = deck === null ? '' : `deck ${deck}, `;
      const why = around.flatMap(each => explanationLines(each, 0)).map(line => `      ${line}`);
      const during = incident === null ? '' : ` (${incident})`;
      return {
        at,
        text: [`${showTime(at)}  FOUND ${FINDINGS[kind]}: ${names.join(' and ')}: ${where}${text}${during}`, ...why],
      };
    }),
  ];
  out.line(`SIMULATED evening ${seed}: ${plan.text}, ${mode} mode, ${minutes} min`);
  for (const { text } of lines.sort((a, b) => a.at - b.at)) for (const line of text) out.line(line);
  out.line(`${findings.length === 0 ? 'nothing' : findings.length} found`);
  return findings.every(isOfWeather) ? EXIT.clean : EXIT.found;
}
