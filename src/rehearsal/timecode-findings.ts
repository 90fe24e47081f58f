/** Findings about timecode: jumps that no act explains, and tracks that run into the region of another. */
import { anchoredAt, type TimecodeAnchor } from '../core/timecode/stream-anchor.ts';
import type { TimecodeEntry } from '../core/timecode/stream-entry.ts';
import { framesOfMs } from '../core/timecode/timecode.ts';
import type { EveningFinding, Judge } from './findings.ts';
import type { PlayedRehearsal } from './play-rehearsal.ts';
import { FOLLOWS_WITHIN_MS, incidentAt, lateMsOf } from './rehearsal-plan.ts';

/** Steps up to this are corrections and slips. */
const STEP_FRAMES = 3;
/** From a start the place is known within a beat: it is put right for so long. */
const BEFORE_MS = 300;

export function timecodeFindings(judging: Judge, played: PlayedRehearsal): readonly EveningFinding[] {
  return [...jumps(judging, played), ...overruns(judging, played)];
}

function jumps({ rehearsed: { profile } }: Judge, played: PlayedRehearsal): readonly EveningFinding[] {
  const { anchors, path, plan } = played;
  const causes = [
    ...plan.pathActs.map(({ at }) => at),
    ...path.pieces.map(({ from }) => from),
    ...path.leavings.map(({ at }) => at),
  ].sort((a, b) => a - b);
  const lateMs = lateMsOf(plan);
  const restarts = plan.incidents.filter(({ kind }) => kind === 'restart').map(({ at }) => at);
  const isCaused = (at: number): boolean =>
    causes.some(cause => cause >= at - lateMs - FOLLOWS_WITHIN_MS && cause <= at + BEFORE_MS);
  return profile.timecodes.flatMap(({ name, to }) => {
    const [bridge] = to;
    let last: TimecodeAnchor | null = null;
    return anchors.flatMap(({ bridge: of, anchor }): readonly EveningFinding[] => {
      if (of !== bridge) return [];
      const before = last;
      last = anchor;
      const isOfAnotherRun = restarts.some(at => before !== null && before.from <= at && anchor.from > at);
      if (before === null || isOfAnotherRun || before.speed <= 0 || anchor.speed <= 0 || anchor.join === 'silence')
        return [];
      const step = anchor.place - anchoredAt(before, anchor.from);
      if (Math.abs(step) <= STEP_FRAMES || isCaused(anchor.from)) return [];
      const incident = incidentAt(plan, anchor.from, lateMs)?.kind ?? null;
      const text = `by ${step.toFixed(1)} frames, though no deck did anything`;
      const kind = incident === null ? 'timecode-jump' : 'incident';
      return [
        {
          kind,
          names: [name],
          text: incident === null ? text : `timecode jumped ${text}`,
          atMs: anchor.from,
          deck: null,
          incident,
        },
      ];
    });
  });
}

/** Tracks that are played past the start of the next region. */
function overruns({ rehearsed: { profile }, playable }: Judge, { path }: PlayedRehearsal): readonly EveningFinding[] {
  const told = new Set<string>();
  return path.pieces.flatMap(({ track: { id }, deck, from, fromMs, until, speed }): readonly EveningFinding[] => {
    const track = playable.find(each => each.track.id === id);
    if (track === undefined) return [];
    const endMs = fromMs + (until - from) * speed;
    return profile.timecodes.flatMap((timecode): readonly EveningFinding[] => {
      const { start, next } = regionAround(timecode, track.entry);
      const past = start + framesOfMs(timecode.rate, endMs) - next;
      if (past <= 0 || told.has(`${timecode.name} ${id}`)) return [];
      told.add(`${timecode.name} ${id}`);
      const seconds = past / framesOfMs(timecode.rate, 1000);
      const text = `${track.title} runs ${seconds.toFixed(1)} s into the region that begins after its own`;
      const atMs = until - (seconds * 1000) / speed;
      return [{ kind: 'overrun', names: [timecode.name, track.title], text, atMs, deck, incident: null }];
    });
  });
}

function regionAround({ regions, unknownTrack }: TimecodeEntry, entry: number | null) {
  const start = (entry === null ? undefined : regions.get(entry)) ?? unknownTrack;
  const others = [...regions.values(), unknownTrack].filter(place => place > start);
  return { start, next: Math.min(Number.POSITIVE_INFINITY, ...others) };
}
