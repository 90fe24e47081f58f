/** One planned evening through the whole path: simulated unit, network with its weather, session, engine, and what left. */
import { virtualClock } from '../../src/core/clock.ts';
import type { Because } from '../../src/core/engine/intents.ts';
import type { TrackBook } from '../../src/core/track/track-book.ts';
import type { EveningPlan } from '../../src/rehearsal/evening-plan.ts';
import type { PlayedDeck, TruePath } from '../../src/rehearsal/true-path.ts';
import type { LeftCue, PlayedEvening, ToldOf } from '../../src/rehearsal/verdict.ts';
import type { MeasuredProgram } from '../bench/programs.ts';
import { ORACLE_RULES } from './due-cues.ts';
import { PLAIN_TRACKS, plainPath } from './plain-tracks.ts';
import { DESK, openWeatheredShow } from './weathered-show.ts';

const profileOf = (mode: 'lighting' | 'cdj'): string => `decklight: 1
name: evening
bridges:
  opus: { type: opus-quad, mode: ${mode} }
  console: { type: osc, host: ${DESK.address}, port: ${DESK.port} }
tracks:
${PLAIN_TRACKS.map(({ id, firstBeatMs, tempoBpm }) => `  - { match: { id: ${id} }, grid: { first-beat: ${firstBeatMs} ms, tempo: ${tempoBpm} } }`).join('\n')}
rules:
${ORACLE_RULES.map(({ name, when }) => `  - { name: ${name}, when: "${when}", decks: any, do: [ { console: /${name} } ] }`).join('\n')}
`;

/** What a deck tells stands in two kinds of datagram, by their port and type byte; the byte at 0x21 is its number. */
function toldDeck(port: number, bytes: Uint8Array): Pick<ToldOf, 'deck' | 'kind'> | null {
  const kind =
    port === 50_002 && bytes[0x0a] === 0x0a ? 'status' : port === 50_001 && bytes[0x0a] === 0x0b ? 'position' : null;
  const number = bytes[0x21];
  if (kind === null || (number !== 9 && number !== 10)) return null;
  return { kind, deck: number === 9 ? 1 : 2 };
}

/**
 * Plays an evening.
 *
 * @param book what earlier evenings have taught of the tracks
 * @throws Error when the true path and the simulated unit disagree, or the desk gets other than what has left
 */
export async function playEvening(
  program: MeasuredProgram,
  plan: EveningPlan,
  book: TrackBook = program.FRESH_START.book,
): Promise<PlayedEvening & { readonly book: TrackBook }> {
  const told: ToldOf[] = [];
  const outcomes: LeftCue[] = [];
  const log: { at: number; text: string }[] = [];
  let learnt = book;
  const clock = virtualClock();
  const note = (of: Because, droppedFor: string | null): void =>
    void outcomes.push({
      rule: of.rule,
      deck: of.deck as PlayedDeck,
      place: of.place ?? '',
      at: clock.now(),
      droppedFor,
    });
  const shown = await openWeatheredShow(program, {
    ...plan,
    ...{ clock, book, profile: profileOf(plan.mode) },
    log: text => void log.push({ at: clock.now(), text }),
    taken(sentAt, { port, bytes }) {
      const of = toldDeck(port, bytes);
      if (of !== null) told.push({ ...of, sentAt, takenAt: clock.now() });
    },
    watcher: {
      learnt: all => {
        learnt = all;
      },
      sent: ({ intent }) => note(intent.because, null),
      dropped: ({ because, reason }) =>
        note(because, reason.kind === 'late' ? `late by ${reason.lateMs.toFixed(0)} ms` : reason.kind),
    },
  });
  for (const { at, forMs } of plan.blocks) clock.at(at, () => shown.block(forMs));
  // What leaves at the very end may be early for what is due after it.
  const path = plainPath(plan.acts, plan.lengthMs + AFTER_END_MS);
  checkPath(path, plan, (at, place) => {
    clock.at(at, () => place(deck => shown.unit.truth(at)[deck - 1]?.positionMs ?? null));
  });
  clock.advance(plan.lengthMs);
  await shown.close();
  const left = outcomes.filter(({ droppedFor }) => droppedFor === null).length;
  if (shown.received() !== left) {
    throw new Error(`seed ${plan.seed}: ${left} cues left, the desk got ${shown.received()}`);
  }
  told.sort((a, b) => a.sentAt - b.sentAt);
  return { plan, path, outcomes, told, log, book: learnt };
}

const AFTER_END_MS = 2000;
const CHECKED_EVERY_MS = 1777;

/** Holds the true path against the simulated unit: an oracle that is wrong of the decks judges nobody. */
function checkPath(
  path: TruePath,
  { lengthMs, seed, acts }: EveningPlan,
  ask: (at: number, answer: (placeOf: (deck: PlayedDeck) => number | null) => void) => void,
): void {
  for (let at = CHECKED_EVERY_MS; at < lengthMs; at += CHECKED_EVERY_MS) {
    ask(at, placeOf => {
      for (const deck of [1, 2] as const) {
        const [ours, theirs] = [path.placeAt(deck, at), placeOf(deck)];
        // A deck that loads has no place yet; of what is done at that very moment either may speak first.
        const isOpen = acts.some(
          each =>
            each.deck === deck && (each.at === at || (each.act.kind === 'load' && at - each.at < 1100 && at > each.at)),
        );
        if (theirs === null || isOpen || (ours !== null && Math.abs(ours - theirs) < 1e-3)) continue;
        throw new Error(`seed ${seed}, deck ${deck} at ${at} ms: the path says ${ours}, the unit is at ${theirs}`);
      }
    });
  }
}
