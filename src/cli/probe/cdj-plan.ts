/** The steps at a CDJ in HID control mode: what its tables leave open, and how it would tell. Pure. */
import { INPUT_IDS, inputControl, JOG_STEPS_PER_TURN } from '../../../bridges/cdj-hid/controls/input-controls.ts';
import { NOTHING_SHOWN, type SurfaceOutput } from '../../../bridges/cdj-hid/output-state.ts';
import type { Ms } from '../../core/clock.ts';
import { beginCdjWatch, bitIn, bitText, type CdjSaid, type CdjWatch, sliderIn, watchCdj } from './cdj-watch.ts';
import { known, notKnown, type ProbeAnswer, type ProbePlan, type ProbeStep, type StepEnd } from './probe.ts';
import { gapsOf } from './unit-watch.ts';

type Step = ProbeStep<CdjWatch>;

const LIBRARY_VIEW = inputControl('library-view').place;
const isView = (report: Uint8Array | null): boolean | null =>
  LIBRARY_VIEW === null ? null : bitIn(report, LIBRARY_VIEW.offset, LIBRARY_VIEW.mask ?? 0xff);

/** Controls by the one bit where the tables say that they stand. */
const BUTTON_AT: ReadonlyMap<string, string> = new Map(
  INPUT_IDS.flatMap(id => {
    const { kind, place } = inputControl(id);
    return kind === 'button' && place !== null ? [[bitText(place.offset, place.mask ?? 0), id] as const] : [];
  }),
);

const watched = (
  id: string,
  todo: string,
  what: string,
  step: Pick<Step, 'questions' | 'answers' | 'isSeen'>,
): Step => ({
  ...{ id, todo, watched: what, limitMs: 60_000, mode: null, ...step },
});

/** A step that waits for Enter. */
const byHand = (id: string, todo: string, what: string, step: Pick<Step, 'questions' | 'answers'>): Step =>
  watched(id, todo, what, { ...step, isSeen: () => false });

/** A step whose answer only eyes can give. */
const asked = (id: string, todo: string, answer: (isYes: boolean) => ProbeAnswer): Step => ({
  ...{ id, todo, watched: 'nothing: only you see it', limitMs: 60_000, mode: null, questions: [id], isAsked: true },
  isSeen: () => false,
  answers: (_, end) => [end === 'yes' || end === 'no' ? answer(end === 'yes') : notKnown(id, 'nobody answered')],
});

const button = (id: string, label: string, control: string): Step =>
  watched(id, `Press and release ${label}, and nothing else.`, 'every bit of a report that rises and falls', {
    questions: [id],
    isSeen: ({ pressed }) => pressed.length > 0,
    answers: ({ pressed }, end) => [buttonAnswer(id, control, pressed, end)],
  });

const STEPS: readonly Step[] = [
  {
    ...{ id: 'login', todo: 'Plug the player in and choose USB MIDI under LINK, CONTROL MODE; then touch nothing.' },
    ...{ watched: 'its login, and how often it reports', limitMs: 90_000, mode: null },
    questions: ['login', 'announcement', 'acceptance', 'report-rate'],
    isSeen: ({ product, reportAt, reports }, sinceMs) =>
      product !== null && reports > 0 && (reportAt.at(-1) ?? 0) - (reportAt[0] ?? 0) > 3000 && sinceMs > 3000,
    answers: (watch, end) => [loginAnswer(watch, end), announceAnswer(watch), acceptAnswer(watch), rateAnswer(watch)],
  },
  byHand('view-open', 'Open the browse view on its screen, then press Enter.', 'the bit of the view', {
    questions: ['library-view'],
    answers: () => [],
  }),
  byHand('view-closed', 'Close the browse view, then press Enter.', 'the same bit', {
    questions: ['library-view'],
    answers: ({ last }, end, past) => [viewAnswer(isView(past.get('view-open')?.last ?? null), isView(last), end)],
  }),
  byHand('slider', 'Move the tempo slider to the end that is marked +, then press Enter.', 'its value', {
    questions: ['tempo-slider'],
    answers: ({ last }, end) => [sliderAnswer(sliderIn(last), end)],
  }),
  byHand('jog', 'Turn the jog wheel forward, three whole turns, then press Enter.', 'its counter and its direction', {
    questions: ['jog-wrap', 'jog-direction'],
    answers: (watch, end) => jogAnswers(watch, end),
  }),
  byHand(
    'needle',
    'Slide a finger along NEEDLE SEARCH, lift it, wait 2 s, then press Enter.',
    'its place, touched and not',
    {
      questions: ['needle'],
      answers: (watch, end) => [needleAnswer(watch, end)],
    },
  ),
  button('track-search-reverse', 'TRACK SEARCH |◄◄', 'track-search-reverse'),
  button('call-half', 'CUE/LOOP CALL ◄', 'cue-loop-call-half'),
  button('call-double', 'CUE/LOOP CALL ►', 'cue-loop-call-double'),
  asked('time-mode', 'A time runs on the screen. Does it count up?', isYes =>
    isYes
      ? known('time-mode', 'as the tables say')
      : known('time-mode', 'the other way round', ['time-mode', 'inverted']),
  ),
  asked('tempo-delta', 'A tempo of -2.35 % is shown. Is it that, and no large plus?', isYes =>
    isYes ? known('tempo-delta', 'signed') : known('tempo-delta', 'unsigned', ['tempo-delta', 'unsigned']),
  ),
  asked(
    'longest-minutes',
    'A length of 200:00 is shown, and the time stands at 150:00. Is it so, the needle within the ring?',
    isYes =>
      isYes ? known('longest-minutes', 'more than 127') : known('longest-minutes', '127', ['longest-minutes', '127']),
  ),
];

/** What the player shows at a step; else nothing. */
export function shownAt(step: string | undefined, at: Ms): SurfaceOutput {
  switch (step) {
    case 'time-mode':
      return {
        'jog-display-enable': true,
        'time-mode-elapsed': true,
        'elapsed-time': { ms: 0, at, rate: 1 },
        'track-length': 300_000,
      };
    case 'tempo-delta':
      return { 'bpm-visible': true, bpm: 125, 'tempo-delta': -2.35 };
    case 'longest-minutes':
      return {
        'jog-display-enable': true,
        'time-mode-elapsed': true,
        'elapsed-time': 150 * 60_000,
        'track-length': 200 * 60_000,
      };
    default:
      return NOTHING_SHOWN;
  }
}

export const CDJ_PLAN: ProbePlan<CdjSaid, CdjWatch> = {
  steps: STEPS,
  begin: beginCdjWatch,
  watch: watchCdj,
  isSign: ({ kind }) => kind === 'report',
};

function loginAnswer({ product, firmware }: CdjWatch, end: StepEnd): ProbeAnswer {
  if (product === null) return notKnown('login', end === 'done' ? 'nobody logged in' : 'nobody logged in in time');
  return known('login', `${product}, firmware ${firmware ?? 'not said'}, logged in`);
}

function announceAnswer({ announceAt, announceLength }: CdjWatch): ProbeAnswer {
  const question = 'announcement';
  if (announceLength === null) return notKnown(question, 'it was not heard: switch control mode off and on');
  const gaps = gapsOf(announceAt);
  const often = gaps === null ? `${announceAt.length} times before the login` : `every ${gaps.median.toFixed(0)} ms`;
  const quirk = announceLength === 4 ? (['announce-length', '4'] as const) : null;
  return known(question, `states a length of ${announceLength}, came ${often}`, quirk);
}

function acceptAnswer({ accepted, answerPackets }: CdjWatch): ProbeAnswer {
  const question = 'acceptance';
  if (accepted === null) return notKnown(question, 'no login was accepted');
  const text = `numbered ${accepted.join(' of ')} after an answer of ${answerPackets} packets`;
  if (answerPackets < 2) return notKnown(question, `${text}: either way looks so`);
  return known(question, text, accepted[1] === 1 ? ['accepted-index', 'single'] : null);
}

function rateAnswer({ reportAt }: CdjWatch): ProbeAnswer {
  const gaps = gapsOf(reportAt);
  if (gaps === null) return notKnown('report-rate', 'fewer than three reports came');
  return known('report-rate', `every ${gaps.median.toFixed(1)} ms at rest, ${gaps.least.toFixed(1)} ms at least`);
}

function viewAnswer(open: boolean | null, closed: boolean | null, end: StepEnd): ProbeAnswer {
  const question = 'library-view';
  if (end !== 'done' || open === null || closed === null)
    return notKnown(question, 'nobody said that the view was opened and closed');
  if (open === closed) return notKnown(question, 'the bit did not change');
  return open
    ? known(question, 'set while the view is open')
    : known(question, 'clear while the view is open', ['library-view', 'inverted']);
}

/** A slider nearer to the middle than this was hardly put to its end. */
const NEAR_MIDDLE = 300;

function sliderAnswer(value: number | null, end: StepEnd): ProbeAnswer {
  const question = 'tempo-slider';
  if (end !== 'done' || value === null) return notKnown(question, 'nobody said that it was moved');
  if (Math.abs(value) < NEAR_MIDDLE) return notKnown(question, `it stands at ${value}, near the middle`);
  return value > 0 ? known(question, `${value} at +`) : known(question, `${value} at +`, ['tempo-slider', 'inverted']);
}

function jogAnswers({ jogMost, jogSteps, jogWraps, directions }: CdjWatch, end: StepEnd): readonly ProbeAnswer[] {
  const direction =
    end !== 'done' || directions.length === 0
      ? notKnown('jog-direction', 'the wheel did not turn')
      : known('jog-direction', `values seen: ${directions.join(', ')}`);
  const turns = (jogSteps / JOG_STEPS_PER_TURN).toFixed(1);
  if (jogSteps < 1.5 * JOG_STEPS_PER_TURN)
    return [notKnown('jog-wrap', `it turned ${turns} times, which is too little`), direction];
  if (jogMost >= JOG_STEPS_PER_TURN + JOG_STEPS_PER_TURN / 2)
    return [known('jog-wrap', `counts on beyond a turn (${jogMost})`), direction];
  if (jogWraps === 0) return [notKnown('jog-wrap', `${turns} turns, and no place where it begins anew`), direction];
  return [known('jog-wrap', `begins anew after each turn (${jogWraps} times)`, ['jog-wrap', 'turn']), direction];
}

function needleAnswer({ needleTouched, needleUntouched }: CdjWatch, end: StepEnd): ProbeAnswer {
  const question = 'needle';
  if (needleTouched + needleUntouched === 0)
    return notKnown(question, end === 'done' ? 'its place did not change' : 'nobody touched it');
  // The one change on lifting may be a report that tells both at once.
  if (needleUntouched <= 1) return known(question, 'its place is told while it is touched');
  return known(question, `its place changed ${needleUntouched} times untouched`, ['needle', 'always']);
}

function buttonAnswer(question: string, control: string, pressed: readonly string[], end: StepEnd): ProbeAnswer {
  if (pressed.length === 0)
    return notKnown(question, end === 'done' ? 'no bit rose and fell' : 'no bit rose and fell in time');
  if (pressed.length > 1) return notKnown(question, `several bits moved: ${pressed.join(', ')}`);
  const [bit = ''] = pressed;
  const there = BUTTON_AT.get(bit);
  if (there === control) return known(question, `${bit}, as the tables say`);
  const where = there === undefined ? 'where the tables have nothing' : `where the tables have ${there}`;
  return known(question, `${bit}, ${where}`, ['buttons', `${control}: ${bit}`]);
}
