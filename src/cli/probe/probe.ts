/**
 * A probe: guided steps at a real device, each with what to do, what is watched, and a limit of time. Pure: told the time, the
 * events and the operator's keys; it gives the lines to show and, in the end, what is known and what is not.
 */
import type { Ms } from '../../core/clock.ts';

/** An answer to one question about the device. */
export interface ProbeAnswer {
  /** `on-air`, as the result names it. */
  readonly question: string;
  /** In words; of an answer that is not known, why not. */
  readonly answer: string;
  readonly isKnown: boolean;
  /** Key and value for the profile; null: the usual, or not known. */
  readonly quirk: readonly [key: string, value: string] | null;
}

export const known = (question: string, answer: string, quirk: ProbeAnswer['quirk'] = null): ProbeAnswer => ({
  ...{ question, answer, isKnown: true, quirk },
});
export const notKnown = (question: string, why: string): ProbeAnswer => ({
  ...{ question, answer: `not known: ${why}`, isKnown: false, quirk: null },
});

/** How a step ended. */
export type StepEnd = 'seen' | 'yes' | 'no' | 'done' | 'skipped' | 'time' | 'gone' | 'stopped';

export interface ProbeStep<W> {
  readonly id: string;
  /** What the operator is to do. */
  readonly todo: string;
  readonly watched: string;
  readonly limitMs: Ms;
  /** Mode of joining that it needs; null: any. */
  readonly mode: string | null;
  /** What this step is to answer; a step that is skipped says of each that it is not known. */
  readonly questions: readonly string[];
  /** Only eyes can tell: the operator answers yes or no. */
  readonly isAsked?: boolean;
  /** Tells whether enough was seen since the step began. */
  isSeen(watch: W, sinceMs: Ms): boolean;
  /** Gives the answers. @param end `done`: the operator says that it was done */
  answers(watch: W, end: StepEnd, past: ReadonlyMap<string, W>): readonly ProbeAnswer[];
}

export interface ProbePlan<E, W> {
  readonly steps: readonly ProbeStep<W>[];
  /** What is watched, at the beginning of a step; `last`: of the step before. */
  begin(last: W | null): W;
  watch(watch: W, event: E, at: Ms): W;
  /** Tells whether an event is a sign of the device. */
  isSign(event: E): boolean;
}

export type ProbeInput<E> =
  | { readonly kind: 'event'; readonly event: E }
  | { readonly kind: 'key'; readonly key: string }
  /** The device is there no more, as the system says. */
  | { readonly kind: 'gone'; readonly why: string }
  | { readonly kind: 'tick' };

export interface ProbeState<W> {
  /** Step that goes on; the number of steps: the probe has ended. */
  readonly index: number;
  readonly stepAt: Ms;
  readonly watch: W;
  readonly past: ReadonlyMap<string, W>;
  readonly answers: readonly ProbeAnswer[];
  /** Last sign of the device; null: none yet. */
  readonly heardAt: Ms | null;
  /** Since when it is gone; null: it is not. */
  readonly goneAt: Ms | null;
  /** Time of this step without the device: its limit waits. */
  readonly goneMs: Ms;
}

export interface ProbeStepped<W> {
  readonly state: ProbeState<W>;
  /** Lines that are said now. */
  readonly lines: readonly string[];
}

/** A device that is there says something far more often than this. */
export const SILENT_MS: Ms = 3000;
/** A device that is gone for this long is not waited for any more. */
export const GONE_MS: Ms = 60_000;

export function beginProbe<E, W>(plan: ProbePlan<E, W>, at: Ms): ProbeStepped<W> {
  const state: ProbeState<W> = {
    ...{ index: 0, stepAt: at, watch: plan.begin(null), past: new Map(), answers: [] },
    ...{ heardAt: null, goneAt: null, goneMs: 0 },
  };
  return { state, lines: stepLines(plan, 0) };
}

export const isEnded = <E, W>(plan: ProbePlan<E, W>, { index }: ProbeState<W>): boolean => index >= plan.steps.length;

/** Takes one step of the probe. */
export function stepProbe<E, W>(
  plan: ProbePlan<E, W>,
  before: ProbeState<W>,
  input: ProbeInput<E>,
  at: Ms,
): ProbeStepped<W> {
  if (isEnded(plan, before)) return { state: before, lines: [] };
  const heard = hear(plan, before, input, at);
  const { state } = heard;
  const step = plan.steps[state.index];
  if (step === undefined) return heard;
  const end = endOf(step, state, input, at);
  if (end === null) return heard;
  const ended = endStep(plan, state, end, at);
  return { state: ended.state, lines: [...heard.lines, ...ended.lines] };
}

function hear<E, W>(plan: ProbePlan<E, W>, before: ProbeState<W>, input: ProbeInput<E>, at: Ms): ProbeStepped<W> {
  if (input.kind === 'event') {
    const watch = plan.watch(before.watch, input.event, at);
    if (!plan.isSign(input.event)) return { state: { ...before, watch }, lines: [] };
    const { goneAt } = before;
    const state = { ...before, watch, heardAt: at, goneAt: null };
    if (goneAt === null) return { state, lines: [] };
    return {
      state: { ...state, goneMs: before.goneMs + (at - goneAt) },
      lines: ['  it is heard again; the step goes on'],
    };
  }
  const isSilent = before.heardAt !== null && at - before.heardAt > SILENT_MS;
  if (before.goneAt !== null || !(input.kind === 'gone' || isSilent)) return { state: before, lines: [] };
  const why = input.kind === 'gone' ? input.why : `nothing is heard of it for ${SILENT_MS / 1000} s`;
  const since = input.kind === 'gone' ? at : (before.heardAt ?? at);
  return {
    state: { ...before, goneAt: since },
    lines: [`  ${why}: is its cable in, is it on? The step waits ${GONE_MS / 1000} s for it`],
  };
}

/** A key that is held ends one step and not the next. */
const TWICE_MS: Ms = 300;

const ENTER = /^[\r\n]$/;

/** Gives the way in which the step has ended; null: it goes on. */
function endOf<E, W>(step: ProbeStep<W>, state: ProbeState<W>, input: ProbeInput<E>, at: Ms): StepEnd | null {
  if (input.kind === 'key') {
    if (/^q$/i.test(input.key)) return 'stopped';
    if (/^s$/i.test(input.key)) return 'skipped';
    if (step.isAsked && /^y$/i.test(input.key)) return 'yes';
    if (step.isAsked && /^n$/i.test(input.key)) return 'no';
    if (!step.isAsked && ENTER.test(input.key) && at - state.stepAt >= TWICE_MS) return 'done';
  }
  if (state.goneAt !== null) return at - state.goneAt > GONE_MS ? 'gone' : null;
  const sinceMs = at - state.stepAt - state.goneMs;
  if (step.isSeen(state.watch, sinceMs)) return 'seen';
  return sinceMs > step.limitMs ? 'time' : null;
}

const WHY_NOT: Readonly<Record<Exclude<StepEnd, 'seen' | 'yes' | 'no' | 'done'>, string>> = {
  skipped: 'its step was skipped',
  time: 'it was not seen in time',
  gone: 'the device was gone',
  stopped: 'the probe was ended before',
};

function endStep<E, W>(plan: ProbePlan<E, W>, before: ProbeState<W>, end: StepEnd, at: Ms): ProbeStepped<W> {
  const step = plan.steps[before.index];
  if (step === undefined) return { state: before, lines: [] };
  const answers =
    end === 'skipped' || end === 'gone' || end === 'stopped'
      ? step.questions.map(question => notKnown(question, WHY_NOT[end]))
      : step.answers(before.watch, end, before.past);
  const rest = end === 'stopped' || end === 'gone' ? plan.steps.slice(before.index + 1) : [];
  const unasked = rest.flatMap(({ questions }) =>
    questions.map(question => notKnown(question, WHY_NOT[end as 'gone'])),
  );
  const index = rest.length > 0 ? plan.steps.length : before.index + 1;
  const said = end === 'skipped' ? ['  skipped'] : end === 'time' ? [`  ${step.limitMs / 1000} s are over`] : [];
  return {
    state: {
      ...before,
      ...{ index, stepAt: at, goneMs: 0, watch: plan.begin(before.watch) },
      // A device that is gone at the end of a step that a key has ended is still gone.
      goneAt: before.goneAt === null ? null : at,
      past: new Map(before.past).set(step.id, before.watch),
      answers: withAnswers(before.answers, [...answers, ...unasked]),
    },
    lines: [...said, ...answers.map(answerLine), ...stepLines(plan, index)],
  };
}

/** A known answer takes the place of one that is not, and is never taken back by one that is not. */
function withAnswers(before: readonly ProbeAnswer[], news: readonly ProbeAnswer[]): readonly ProbeAnswer[] {
  const all = new Map(before.map(each => [each.question, each]));
  for (const each of news) if (each.isKnown || !all.get(each.question)?.isKnown) all.set(each.question, each);
  return [...all.values()];
}

export const answerLine = ({ question, answer, quirk }: ProbeAnswer): string =>
  `  ${question}: ${answer}${quirk === null ? '' : ` -> ${quirk.join(': ')}`}`;

function stepLines<E, W>(plan: ProbePlan<E, W>, index: number): readonly string[] {
  const step = plan.steps[index];
  if (step === undefined) return [];
  return [
    '',
    `${index + 1} of ${plan.steps.length}  ${step.todo}`,
    `  watched: ${step.watched}; at most ${step.limitMs / 1000} s. ${step.isAsked ? 'Y: yes; N: no' : 'Enter: it is done'}; S: skip; Q: end`,
  ];
}
