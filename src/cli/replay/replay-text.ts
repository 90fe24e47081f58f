/** Text of a replay about its recording, for people and for machines; what left is said as the show says it. */
import type { CaptureEnd } from '../../capture/capture.ts';
import type { Ms } from '../../core/clock.ts';
import { cameIn, NO_TALLY, type Tally } from '../../core/engine/outcome.ts';
import type { Profile } from '../../core/profile.ts';
import { toMonotonicNs } from '../../live/live-clock.ts';
import type { StartRecord } from '../../recording/recording-format.ts';
import { tallyText } from '../terminal/reason-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { showTime } from '../terminal/transcript.ts';

/** Counts of what has come and what has left; they grow as the replay goes on. */
export interface ReplayCounts {
  sent: number;
  dropped: number;
  /** Moments that came, by their outcomes. */
  moments: Tally;
  datagrams: number;
  acts: number;
  /** Of hands at controls. */
  gestures: number;
  wakes: number;
  /** Packets of the file that told the show nothing. */
  passedOver: number;
  /** The show was ended, and not killed. */
  isStopped: boolean;
}

export const noReplayCounts = (): ReplayCounts => ({
  ...{ sent: 0, dropped: 0, datagrams: 0, acts: 0, gestures: 0, wakes: 0, passedOver: 0 },
  moments: NO_TALLY,
  isStopped: false,
});

export interface ReplayText {
  begun(start: StartRecord, profile: Profile, startedAtUnixMs: number, lengthMs: Ms): void;
  reloaded(file: string, isTaken: boolean, at: Ms): void;
  gap(packets: number, at: Ms): void;
  ended(counts: ReplayCounts, end: CaptureEnd, at: Ms): void;
}

/** In UTC, so that it is the same wherever it is replayed. null: it is no time. */
function utcText(unixMs: number): string | null {
  const time = new Date(unixMs);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

/** A file can be whole and its show cut off: the end of a show is a record. */
function endText({ how, offset }: CaptureEnd, isStopped: boolean): string {
  if (how !== 'whole') return `${how} at byte ${offset}: replayed up to there`;
  return isStopped ? 'whole' : 'without its end: the show was killed, or is still running';
}

/** Lines for people. @param startedAtMs from which the times of its lines count */
export function plainReplayText(out: Terminal, startedAtMs: Ms): ReplayText {
  const line = (at: Ms, text: string): void => out.line(`${showTime(at - startedAtMs)}  ${text}`);
  return {
    begun({ version, profile: { file }, options, instead }, { name }, startedAtUnixMs, lengthMs) {
      const simulated = Object.keys(instead).join(', ') || '-';
      out.line(
        [
          `REPLAY of ${name} (${file})`,
          `recorded ${utcText(startedAtUnixMs) ?? 'at no known time'}, ${showTime(lengthMs)} long, by Decklight ${version}`,
          options.simulate ? `SIMULATED ${simulated}` : 'real devices',
          ...(options.dryRun ? ['DRY RUN: nothing left'] : []),
        ].join(' · '),
      );
    },
    reloaded: (file, isTaken, at) => line(at, `profile ${file} ${isTaken ? 'taken' : 'not taken by this version'}`),
    gap: (packets, at) => line(at, `${packets} packets before here were not recorded: what follows may differ`),
    ended({ sent, dropped, moments, datagrams, acts, gestures, wakes, passedOver, isStopped }, end) {
      const missed = passedOver === 0 ? '' : `, ${passedOver} packets passed over`;
      const byHand = gestures === 0 ? '' : `, ${gestures} gestures`;
      const came = `${datagrams} datagrams, ${acts} acts${byHand}, ${wakes} wakes${missed}`;
      const tally = cameIn(moments) === 0 ? '' : `; ${tallyText(moments)}`;
      out.line(`${sent} sent, ${dropped} not sent; ${came}${tally}; recording ${endText(end, isStopped)}`);
    },
  };
}

/** Lines for machines, one JSON object each. */
export function jsonReplayText(out: Terminal): ReplayText {
  const say = (at: Ms, kind: string, facts: Readonly<Record<string, unknown>>): void =>
    out.line(JSON.stringify({ monotonicNs: toMonotonicNs(at), kind, ...facts }));
  return {
    begun({ version, profile: { file }, startedAtMs, options, instead }, { name }, startedAtUnixMs, lengthMs) {
      const recorded = { recordedAt: utcText(startedAtUnixMs), lengthMs, version };
      say(startedAtMs, 'recording', { profile: name, file, ...recorded, ...options, simulated: Object.keys(instead) });
    },
    reloaded: (file, isTaken, at) => say(at, 'profile', { file, isTaken }),
    gap: (packets, at) => say(at, 'gap', { packets }),
    ended: (counts, { how, offset }, at) => say(at, 'end', { ...counts, how, offset }),
  };
}
