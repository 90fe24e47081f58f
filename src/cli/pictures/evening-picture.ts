/**
 * What happened in an evening as a picture: the decks with their tracks and phrases, what was sent, what left late, what was held
 * back, and what was dropped. Pure.
 */
import type { Ms } from '../../core/clock.ts';
import { becauseText } from '../../core/engine/intents.ts';
import { type Outcome, verdictOf } from '../../core/engine/outcome.ts';
import { reasonText } from '../terminal/reason-text.ts';
import { showTime } from '../terminal/transcript.ts';
import {
  box,
  caption,
  DRAWING_WIDTH,
  drawing,
  htmlPage,
  htmlTable,
  mark,
  paragraph,
  phraseColour,
} from './html-page.ts';

/** A stretch in which a deck played one phrase of one track. Times count from the start of the show. */
export interface PlayedStretch {
  readonly deck: string;
  readonly fromMs: Ms;
  readonly toMs: Ms;
  readonly track: string;
  /** null: not known. */
  readonly phrase: { readonly kind: string; readonly label: string } | null;
}

export interface HappenedMoment {
  readonly atMs: Ms;
  /** From its true time until it had been handed over. */
  readonly lateMs: Ms;
  readonly outcome: Outcome;
}

export interface HappenedEvening {
  readonly title: string;
  readonly lengthMs: Ms;
  readonly stretches: readonly PlayedStretch[];
  readonly moments: readonly HappenedMoment[];
  /** Packets that could not be recorded. */
  readonly gaps: readonly { readonly atMs: Ms; readonly packets: number }[];
}

/** What left later than this is told as late. */
const LATE_MS: Ms = 20;

const WHAT = {
  sent: { colour: '#007a3d', text: 'sent' },
  late: { colour: '#b36b00', text: `sent more than ${LATE_MS} ms late` },
  'held back': { colour: '#6a6a6a', text: 'held back' },
  dropped: { colour: '#c00020', text: 'dropped: too late, or not taken' },
} as const;
type What = keyof typeof WHAT;

function whatOf({ outcome, lateMs }: HappenedMoment): What {
  const verdict = verdictOf(outcome);
  if (verdict === 'sent') return lateMs > LATE_MS ? 'late' : 'sent';
  return verdict === 'late' || verdict === 'absent' ? 'dropped' : 'held back';
}

export function eveningPicture({ title, lengthMs, stretches, moments, gaps }: HappenedEvening): string {
  // Decks that are cued for what comes next pass places all the time: those are counted, not drawn.
  const told = moments.filter(({ outcome }) => verdictOf(outcome) !== 'not-heard');
  const counts = (Object.keys(WHAT) as What[]).map(
    what => `${told.filter(moment => whatOf(moment) === what).length} ${WHAT[what].text}`,
  );
  const others = moments.length - told.length;
  const rowMs = ROWS_MS.find(ms => ms >= lengthMs) ?? LONGEST_ROW_MS;
  const rows = Math.max(1, Math.ceil(lengthMs / rowMs));
  return htmlPage(title, [
    paragraph(`${showTime(lengthMs)} long; ${counts.join(', ')}; ${others} of decks that rules did not hear`),
    ...gaps.map(({ atMs, packets }) => paragraph(`${showTime(atMs)}: ${packets} packets could not be recorded`, 'bad')),
    legend(),
    ...Array.from({ length: rows }, (_, row) => rowOf({ fromMs: row * rowMs, rowMs }, { stretches, moments: told })),
    '<section><h2>What was not simply sent</h2>',
    momentTable(told.filter(moment => whatOf(moment) !== 'sent')),
    '</section>',
    '<section><h2>All that was sent</h2>',
    momentTable(told.filter(moment => verdictOf(moment.outcome) === 'sent')),
    '</section>',
  ]);
}

/** Times that one row of the drawing may show: the shortest that shows all of the evening, else the longest. */
const ROWS_MS: readonly Ms[] = [60_000, 120_000, 300_000, 600_000];
const LONGEST_ROW_MS: Ms = 600_000;
const COLUMNS = 10;
const LANE_HEIGHT = 24;
const MARKS_HEIGHT = 22;
const TOP = 16;

const legend = (): string =>
  drawing(
    'Legend',
    20,
    (Object.keys(WHAT) as What[]).flatMap((what, i) => [
      mark(i * 250 + 4, [3, 17], WHAT[what].colour, WHAT[what].text),
      caption(i * 250 + 10, 14, WHAT[what].text),
    ]),
  );

function rowOf(
  { fromMs, rowMs }: { readonly fromMs: Ms; readonly rowMs: Ms },
  { stretches, moments }: Pick<HappenedEvening, 'stretches' | 'moments'>,
): string {
  const toMs = fromMs + rowMs;
  const x = (ms: Ms): number => ((Math.min(Math.max(ms, fromMs), toMs) - fromMs) / rowMs) * DRAWING_WIDTH;
  const inRow = stretches.filter(stretch => stretch.fromMs < toMs && stretch.toMs > fromMs);
  const decks = [...new Set(inRow.map(({ deck }) => deck))].sort();
  const laneOf = (deck: string): number => TOP + decks.indexOf(deck) * LANE_HEIGHT;
  const marksTop = TOP + decks.length * LANE_HEIGHT;
  const times = Array.from({ length: COLUMNS }, (_, column) => fromMs + (column / COLUMNS) * rowMs);
  return drawing(`The show from ${showTime(fromMs)}`, marksTop + MARKS_HEIGHT + 6, [
    ...times.map(
      ms =>
        mark(x(ms), [TOP, marksTop + MARKS_HEIGHT], '#ddd', showTime(ms)) +
        caption(x(ms) + 2, 12, showTime(ms).slice(0, 8)),
    ),
    ...inRow.map(stretch => {
      const { deck, track, phrase } = stretch;
      const [from, to] = [x(stretch.fromMs), x(stretch.toMs)];
      const text = `deck ${deck.replace(/^.*\//, '')} · ${phrase === null ? '' : `${phrase.label} · `}${track}`;
      const place = { x: from, y: laneOf(deck), width: to - from, height: LANE_HEIGHT - 2 };
      return box(place, phraseColour(phrase?.kind ?? ''), text);
    }),
    ...moments
      .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
      .map(moment => {
        const what = whatOf(moment);
        const text = `${showTime(moment.atMs)} ${what}: ${becauseText(moment.outcome.because)}`;
        return mark(x(moment.atMs), [marksTop + 2, marksTop + MARKS_HEIGHT], WHAT[what].colour, text);
      }),
  ]);
}

const momentTable = (moments: readonly HappenedMoment[]): string =>
  moments.length === 0
    ? paragraph('nothing')
    : htmlTable(
        ['time', 'what', 'late by', 'cue and place', 'to', 'why not'],
        moments.map(moment => [
          showTime(moment.atMs),
          whatOf(moment),
          moment.outcome.sentTo.length === 0 ? '' : `${moment.lateMs.toFixed(1)} ms`,
          becauseText(moment.outcome.because),
          moment.outcome.sentTo.join(', '),
          moment.outcome.heldBack.map(reasonText).join('; '),
        ]),
      );
