/** `decklight replay --profile other.yaml --diff`: the cues of a recorded evening that another profile would have changed. */
import type { Ms } from '../../core/clock.ts';
import { becauseText } from '../../core/engine/intents.ts';
import type { Profile } from '../../core/profile.ts';
import { readProfile } from '../../files/profile-file.ts';
import type { ProfileSources } from '../../profile/profile-sources.ts';
import { reasonText } from '../terminal/reason-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { showTime } from '../terminal/transcript.ts';
import { type Explanation, type ExplanationList, explanationList } from '../why/explanation-list.ts';
import { byOtherProfile, type ContextFor, EXIT, openEvening, type RecordedEvening } from './recorded-evening.ts';
import { runAgain, SHOW_ALONE } from './run-again.ts';

/** A message that left, with its cause. */
interface LeftMessage {
  readonly at: Ms;
  readonly bridge: string;
  readonly message: string;
  readonly cause: Explanation;
}

interface Run {
  readonly left: readonly LeftMessage[];
  readonly all: readonly Explanation[];
}

/** A cue that is other than it was. null: there is none. */
export interface ChangedCue {
  readonly before: LeftMessage | null;
  readonly after: LeftMessage | null;
}

/** Times that differ by less are the same: a frame at 25 a second. */
const SAME_MS: Ms = 40;
/** Two of one cause within this time are one cue that has changed. */
const ABOUT_MS: Ms = 1000;

/**
 * Runs an evening twice on its own timers, by the profile it was recorded with and by another, and prints the cues that
 * differ, one line each, with both whys.
 *
 * @returns exit code: 0 done; 1 the file cannot be read; 2 it is no recording, or the profile cannot be used
 */
export async function replayDiffCommand(
  file: string,
  { profile: other, json }: { readonly profile: string; readonly json: boolean },
  out: Terminal,
  contextFor: ContextFor,
): Promise<number> {
  const evening = await openEvening(file, out, contextFor);
  if (typeof evening === 'number') return evening;
  const { profile, sources, lines } = readProfile(other, evening.bridges, evening.library);
  for (const line of lines) out.error(line);
  if (profile === null || sources === null) return EXIT.notARecording;
  const { startedAtMs, profile: recorded } = evening.start;
  const before = await runBy(evening, { profile: evening.profile, sources: evening.sources, file: recorded.file });
  const after = await runBy(evening, { profile, sources, file: other });
  const changed = changedCues(before.left, after.left);
  const isAt = { before, after, startedAtMs };
  for (const each of changed) out.line(json ? changedJson(each, startedAtMs) : changedLine(each, isAt));
  const counts = countsOf(changed);
  const total = { before: before.left.length, after: after.left.length, ...counts };
  if (json) out.line(JSON.stringify({ kind: 'end', ...total }));
  else {
    const same = total.before - counts.gone - counts.changed;
    const parts = `${counts.gone} gone, ${counts.new} new, ${counts.changed} changed, ${same} as they were`;
    out.line(`${total.before} messages by ${recorded.file}, ${total.after} by ${other}: ${parts}`);
  }
  return EXIT.done;
}

interface NamedProfile {
  readonly profile: Profile;
  readonly sources: ProfileSources;
  readonly file: string;
}

async function runBy(evening: RecordedEvening, { profile, sources, file }: NamedProfile): Promise<Run> {
  let list: ExplanationList | null = null;
  await runAgain(
    byOtherProfile(evening, profile, sources),
    {
      ...SHOW_ALONE,
      watcher: show => {
        list = explanationList(show, () => ({ file, sources }));
        return list.watcher;
      },
    },
    true,
  );
  const all = (list as ExplanationList | null)?.ended() ?? [];
  const left = all.flatMap(cause =>
    cause.sent.map(({ bridge, message }) => ({ at: cause.at, bridge, message, cause })),
  );
  return { all, left };
}

/** Pairs messages in the order of time; what is over on one side or the other is gone or new. */
export function changedCues(before: readonly LeftMessage[], after: readonly LeftMessage[]): readonly ChangedCue[] {
  const over = new Set(after);
  const pick = (of: LeftMessage, isSame: (each: LeftMessage) => boolean, withinMs: Ms): LeftMessage | null => {
    let best: LeftMessage | null = null;
    for (const each of over) {
      if (each.at > of.at + withinMs) break;
      if (each.at < of.at - withinMs || !isSame(each)) continue;
      if (best === null || Math.abs(each.at - of.at) < Math.abs(best.at - of.at)) best = each;
    }
    if (best !== null) over.delete(best);
    return best;
  };
  const unmatched = before.filter(
    of => pick(of, each => each.bridge === of.bridge && each.message === of.message, SAME_MS) === null,
  );
  const changed = unmatched.map(
    (of): ChangedCue => ({ before: of, after: pick(of, each => isOneCause(of, each), ABOUT_MS) }),
  );
  const fresh = [...over].map((each): ChangedCue => ({ before: null, after: each }));
  return [...changed, ...fresh].sort((a, b) => timeOf(a) - timeOf(b));
}

const isOneCause = ({ bridge, cause: { because: a } }: LeftMessage, { bridge: other, cause }: LeftMessage): boolean => {
  const { because: b } = cause;
  return bridge === other && a.rule === b.rule && a.deck === b.deck && a.place === b.place && a.phase === b.phase;
};

const timeOf = ({ before, after }: ChangedCue): Ms => before?.at ?? after?.at ?? 0;

function countsOf(changed: readonly ChangedCue[]) {
  const gone = changed.filter(({ after }) => after === null).length;
  const fresh = changed.filter(({ before }) => before === null).length;
  return { gone, new: fresh, changed: changed.length - gone - fresh };
}

interface BothRuns {
  readonly before: Run;
  readonly after: Run;
  readonly startedAtMs: Ms;
}

function changedLine(cue: ChangedCue, runs: BothRuns): string {
  const { before, after } = cue;
  const sign = before === null ? '+' : after === null ? '-' : '~';
  const said = (each: LeftMessage): string => `${each.bridge} ${each.message}`;
  const one = before ?? after;
  const became = before !== null && after !== null && said(before) !== said(after) ? ` -> ${said(after)}` : '';
  const what = one === null ? '' : `${said(one)}${became}`;
  const whyThen = before === null ? absentText(after, runs.before) : causeText(before.cause);
  const whyNow = after === null ? absentText(before, runs.after) : `${causeText(after.cause)}${movedText(cue)}`;
  return `${showTime(timeOf(cue) - runs.startedAtMs)}  ${sign} ${what}  then: ${whyThen}  now: ${whyNow}`;
}

function movedText({ before, after }: ChangedCue): string {
  const ms = before === null || after === null ? 0 : after.at - before.at;
  return Math.abs(ms) <= SAME_MS ? '' : `, ${Math.abs(ms).toFixed(0)} ms ${ms < 0 ? 'earlier' : 'later'}`;
}

const causeText = ({ because, source }: Explanation): string =>
  `${becauseText(because)}${source === null ? '' : ` [${source.file}:${source.line}]`}`;

/** Why a message did not leave in a run: what its rule was held back for there; else that nothing was due. */
function absentText(message: LeftMessage | null, { all }: Run): string {
  if (message === null) return 'nothing';
  const { because, trueTime } = message.cause;
  const own = all.filter(each => each.because.rule === because.rule && Math.abs(each.trueTime - trueTime) <= ABOUT_MS);
  const held = own.find(({ heldBack }) => heldBack.length > 0);
  if (held !== undefined) return `held back: ${held.heldBack.map(reasonText).join(', ')}`;
  if (own.length > 0) return 'it says something else';
  return all.some(each => each.because.rule === because.rule)
    ? `"${because.rule}" was not due before`
    : `no "${because.rule}" was due`;
}

function changedJson(cue: ChangedCue, startedAtMs: Ms): string {
  const { before, after } = cue;
  const side = (each: LeftMessage | null) =>
    each === null
      ? null
      : {
          atMs: each.at - startedAtMs,
          bridge: each.bridge,
          message: each.message,
          ...each.cause.because,
          source: each.cause.source,
        };
  const kind = before === null ? 'new' : after === null ? 'gone' : 'changed';
  return JSON.stringify({ kind, atMs: timeOf(cue) - startedAtMs, before: side(before), after: side(after) });
}
