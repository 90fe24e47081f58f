/** `decklight why` and `why-not`: what left on a recorded evening and what did not, and why. */
import type { Ms } from '../../core/clock.ts';
import { becauseText } from '../../core/engine/intents.ts';
import { loadProfile } from '../../profile/load.ts';
import type { ProfileSources } from '../../profile/profile-sources.ts';
import { readRecording } from '../../recording/recording-format.ts';
import { didYouMean } from '../../text/did-you-mean.ts';
import { type ContextFor, EXIT, openEvening, type RecordedEvening } from '../replay/recorded-evening.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { showTime } from '../terminal/transcript.ts';
import { absenceOf } from './absence.ts';
import type { Explanation } from './explanation-list.ts';
import { explanationsOf } from './explanations.ts';
import { explanationJson, explanationLines } from './why-text.ts';

export interface Asked {
  readonly question: 'why' | 'why-not';
  /** A rule or a cue; null: all. */
  readonly name: string | null;
  /** Since the start of the show; null: the whole evening. */
  readonly atMs: Ms | null;
  readonly json: boolean;
}

/** Time around the one that is asked about; a moment further away is not meant. */
const ABOUT_MS: Ms = 5000;

/**
 * Runs a recorded evening again and prints what was due: with `why` what left, with `why-not` what did not.
 *
 * @returns exit code: 0 done; 1 the file cannot be read; 2 it is no recording, or nothing of that name is in its profiles
 */
export async function whyCommand(file: string, asked: Asked, out: Terminal, contextFor: ContextFor): Promise<number> {
  const evening = await openEvening(file, out, contextFor);
  if (typeof evening === 'number') return evening;
  const { startedAtMs } = evening.start;
  const { name, question, atMs } = asked;
  const profiles = profilesOf(evening);
  const found = meantBy(name, profiles);
  if (name !== null && found.size === 0) {
    const known = profiles.flatMap(({ rules, cues }) => [...rules.keys(), ...cues.keys()]);
    out.error(`${file}: error: its profile has no rule and no cue called "${name}"${didYouMean(name, known)}`);
    return EXIT.notARecording;
  }
  const absence = absenceOf(found, atMs === null ? null : startedAtMs + atMs, startedAtMs);
  const answers = await explanationsOf(evening, name !== null && question === 'why-not' ? absence.look : () => {});
  const own = answers.filter(({ because }) => name === null || found.has(because.rule));
  print({ ...asked, own, startedAtMs, missing: absence.lines() }, out);
  return EXIT.done;
}

/** Of the profile that the evening began with, and of those that were saved in it. */
function profilesOf({ bytes, sources, bridges, library }: RecordedEvening): readonly ProfileSources[] {
  const saved = [...readRecording(bytes)].flatMap(item => {
    if (item.kind !== 'record' || item.record.decklight !== 'profile') return [];
    const loaded = loadProfile(item.record.source, item.record.file, bridges, library);
    return loaded.ok ? [loaded.sources] : [];
  });
  return [sources, ...saved];
}

/** Rules and cues that are meant by a name: itself, and the rules that send a cue of that name. */
function meantBy(name: string | null, profiles: readonly ProfileSources[]): ReadonlySet<string> {
  const meant = new Set<string>();
  if (name === null) return meant;
  for (const sources of profiles) {
    if (sources.rules.has(name)) meant.add(name);
    if (!sources.cues.has(name)) continue;
    meant.add(name);
    for (const rule of sources.usedBy.get(name) ?? []) meant.add(rule);
  }
  return meant;
}

interface Printed extends Asked {
  /** Those of the name that is asked about. */
  readonly own: readonly Explanation[];
  readonly startedAtMs: Ms;
  /** Reasons why nothing was due. */
  readonly missing: readonly string[];
}

function print({ question, name, atMs, json, own, startedAtMs, missing }: Printed, out: Terminal): void {
  const isAsked = ({ sent, heldBack }: Explanation): boolean =>
    question === 'why' ? sent.length > 0 || heldBack.length === 0 : heldBack.length > 0;
  const wanted = own.filter(isAsked);
  const about = ({ at }: Explanation): boolean => atMs === null || Math.abs(at - startedAtMs - atMs) <= ABOUT_MS;
  const shown = wanted.filter(about);
  for (const answer of shown) {
    if (json) out.line(explanationJson(answer, startedAtMs));
    else for (const line of explanationLines(answer, startedAtMs)) out.line(line);
  }
  if (json) return;
  const of = name === null ? 'anything' : `"${name}"`;
  const verb = question === 'why' ? 'sent' : 'held back';
  if (shown.length === 0 && atMs !== null) {
    const nearest = nearestOf(wanted, startedAtMs + atMs);
    const advice =
      nearest === null
        ? 'and never else'
        : `the nearest is at ${showTime(nearest.at - startedAtMs)}: ${becauseText(nearest.because)}`;
    out.line(`nothing of ${of} was ${verb} within ${ABOUT_MS / 1000} s of ${showTime(atMs)}; ${advice}`);
  }
  const sent = own.filter(({ sent }) => sent.length > 0).length;
  out.line(
    `of ${of}: ${own.length === 1 ? '1 was' : `${own.length} were`} due, ${sent} sent, ${own.length - sent} held back`,
  );
  if (question === 'why-not' && (own.length === 0 || atMs !== null)) for (const line of missing) out.line(line);
  if (question === 'why' && sent < own.length && shown.length === 0)
    out.line('decklight why-not says what held them back');
}

function nearestOf(answers: readonly Explanation[], at: Ms): Explanation | null {
  let nearest: Explanation | null = null;
  for (const each of answers)
    if (nearest === null || Math.abs(each.at - at) < Math.abs(nearest.at - at)) nearest = each;
  return nearest;
}
