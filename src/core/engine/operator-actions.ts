/** What an operator does, done: hands change, and what follows from that leaves. Pure. */

import { didYouMean } from '../../text/did-you-mean.ts';
import { assertNever } from '../assert-never.ts';
import type { Ms } from '../clock.ts';
import type { OperatorAction, Switch } from '../operator-action.ts';
import { muteBridge, type OperatorState } from '../operator-state.ts';
import type { Profile } from '../profile.ts';
import { isLabelOffset, isLatency, MOST_LATENCY_MS } from '../timecode/stream-bounds.ts';
import { regionOf } from '../timecode/stream-units.ts';
import { numberTrouble } from '../track/track-identity.ts';
import { refusalDue, spend } from './action-budget.ts';
import { captureTrack } from './captured-track.ts';
import { ALL_BRIDGES, fireByHand, type Hand, resend, sendMissedHolds } from './cues.ts';
import { type EngineDraft, speakingOf } from './engine-state.ts';
import { actOnList, type ListOutcome } from './list-acts.ts';
import { subject } from './show-subject.ts';
import { silence } from './streams.ts';

/** Where acts by key come from: a lock holds back these and no others. */
export const KEYS = 'keys';

/** Does it, and answers: every act is told to the log, done or refused. */
export function applyOperatorAction(draft: EngineDraft, asked: OperatorAction, source: string): void {
  const { budget, isAllowed } = spend(draft.state.budget, { act: asked, source }, draft.at);
  draft.state = { ...draft.state, budget };
  if (!isAllowed) return;
  const isHeldBack = draft.state.hands.isLocked && source === KEYS && !THROUGH_LOCK.has(asked.kind);
  const outcome = isHeldBack
    ? refuse('the keys are locked: L unlocks them')
    : perform(draft, asked, { ...BY_HAND, control: source });
  draft.isMemorable = true;
  draft.answers.push({ act: asked, source, refusal: null, text: null, ...outcome });
}

const BY_HAND = { place: 'by hand', cause: 'by hand' };

/** Does what a hand at a control, or a rule, asks for, whatever the budget of messages: nobody presses faster than a show bears. */
export function actAtControl(draft: EngineDraft, act: OperatorAction, hand: Hand): void {
  const outcome = perform(draft, act, hand);
  draft.isMemorable = true;
  draft.answers.push({ act, source: hand.place, refusal: null, text: null, ...outcome });
}

/** Tells of actions that were not done since there were too many. @returns when there will be more to tell; null: nothing */
export function tellRefused(draft: EngineDraft): Ms | null {
  const { budget } = draft.state;
  const due = refusalDue(budget, draft.at);
  if (due === null) return budget.refused?.tellAt ?? null;
  draft.answers.push({ ...due.asked, refusal: due.refusal, text: null });
  draft.state = { ...draft.state, budget: { ...budget, refused: null } };
  return null;
}

/** What keys do that are locked against a sleeve on the keyboard: nobody looks for L in an emergency. */
const THROUGH_LOCK: ReadonlySet<OperatorAction['kind']> = new Set(['lock', 'panic']);

/** Nothing to say: it was done. */
type Outcome = ListOutcome | { readonly text: string };

const refuse = (refusal: string): Outcome => ({ refusal });

function perform(draft: EngineDraft, asked: OperatorAction, hand: Hand): Outcome {
  const { profile } = draft.program;
  const set = (hands: Partial<OperatorState>): null => {
    draft.state = { ...draft.state, hands: { ...draft.state.hands, ...hands } };
    return null;
  };
  switch (asked.kind) {
    case 'pin':
      return set({ pinned: asked.deck });
    case 'automatic':
      return set({ pinned: null });
    case 'lock':
      return set({ isLocked: asked.isOn ?? !draft.state.hands.isLocked });
    case 'nudge':
      return nudge(draft, asked.timecode, before => before + asked.frames);
    case 'nudge-to':
      return nudge(draft, asked.timecode, () => asked.frames);
    case 'latency':
      return latency(draft, asked.bridge, before => before + asked.addMs);
    case 'latency-to':
      return latency(draft, asked.bridge, () => asked.ms);
    case 'mute': {
      const { bridge, isOn } = asked;
      const names = mutableBridges(profile);
      if (bridge !== null && !names.includes(bridge) && !draft.state.hands.muted.has(bridge)) {
        return refuse(notThere('bridge that anything goes to', bridge, names));
      }
      return applyMute(draft, bridge, isOn);
    }
    case 'panic':
      applyMute(draft, null, true);
      set({ isPanic: true });
      // Every bridge, and not those alone that cues go to by now: a note may sound that a rule struck which has been saved away.
      for (const { name } of profile.bridges) draft.intents.push({ kind: 'release', bridge: name });
      if (profile.panic === null) return null;
      fireByHand(
        draft,
        { name: profile.panic.cue, actions: profile.panic.do, deck: subject(draft.state) },
        hand,
        () => true,
      );
      return null;
    case 'fire': {
      const actions = profile.cues.get(asked.cue);
      if (actions === undefined) return refuse(notThere('cue', asked.cue, [...profile.cues.keys()]));
      fireByHand(draft, { name: asked.cue, actions, deck: subject(draft.state) }, hand, ALL_BRIDGES);
      return null;
    }
    case 'go':
    case 'back':
    case 'select':
    case 'go-to':
      return actOnList(draft, asked, hand);
    case 'resend':
      resend(draft);
      return null;
    case 'capture':
      return capture(draft, profile);
    case 'tell':
      return profile.feeds.length === 0 ? refuse('this profile has no feed: feed: { console: {} } makes one') : null;
    default:
      return assertNever(asked);
  }
}

const notThere = (what: string, name: string, names: readonly string[]): string =>
  `there is no ${what} called "${name}"; there are: ${names.join(', ') || 'none'}${didYouMean(name, names)}`;

/** Bridges that cues, timecode, clock or a feed go to. */
export const mutableBridges = (profile: Profile): string[] => [
  ...new Set([
    ...speakingOf(profile),
    ...[...profile.timecodes, ...profile.clocks].flatMap(({ to }) => to),
    ...profile.feeds.map(feed => feed.bridge),
  ]),
];

/** @param next what operators have added from now on, from what they had before */
function nudge(draft: EngineDraft, name: string | null, next: (before: number) => number): Outcome {
  const { timecodes } = draft.program.profile;
  const entry = name === null ? timecodes[0] : timecodes.find(each => each.name === name);
  if (entry === undefined) {
    if (timecodes.length === 0) return refuse('this profile has no timecode');
    const names = timecodes.map(each => each.name);
    return refuse(notThere('timecode', name ?? '', names));
  }
  const { hands } = draft.state;
  const frames = next(hands.nudges.get(entry.name) ?? 0);
  const sum = entry.offsetFrames + frames;
  if (!isLabelOffset(entry.rate, sum)) {
    return refuse(
      `${entry.name} would be moved by ${sum} frames in all; expected whole frames, less than a day of them`,
    );
  }
  draft.state = { ...draft.state, hands: { ...hands, nudges: new Map(hands.nudges).set(entry.name, frames) } };
  return null;
}

/** @param next what operators have added from now on, from what they had before */
function latency(draft: EngineDraft, bridge: string, next: (before: Ms) => Ms): Outcome {
  const { timecodes, clocks, bridges } = draft.program.profile;
  const outputs = [...new Set([...timecodes, ...clocks].flatMap(({ to }) => to))];
  if (!outputs.includes(bridge)) return refuse(notThere('bridge that timecode or clock goes to', bridge, outputs));
  const { hands } = draft.state;
  const addedMs = next(hands.latencies.get(bridge) ?? 0);
  const sumMs = (bridges.find(({ name }) => name === bridge)?.latencyMs ?? 0) + addedMs;
  if (!isLatency(sumMs)) {
    return refuse(
      `the latency of ${bridge} would be ${sumMs} ms in all; expected at most ${MOST_LATENCY_MS} ms either way`,
    );
  }
  draft.state = { ...draft.state, hands: { ...hands, latencies: new Map(hands.latencies).set(bridge, addedMs) } };
  draft.latencyChanged.add(bridge);
  return null;
}

function applyMute(draft: EngineDraft, bridge: string | null, isOn: Switch): null {
  const { hands: before, sent } = draft.state;
  const { profile } = draft.program;
  const { hands, held, freed } = muteBridge(before, { bridge, isOn }, speakingOf(profile), sent);
  draft.state = { ...draft.state, hands };
  for (const each of held) draft.intents.push({ kind: 'release', bridge: each });
  for (const each of freed) sendMissedHolds(draft, each.standing, each.bridge);
  if (bridge === null) return null;
  const [was, is] = [before.muted.has(bridge), hands.muted.has(bridge)];
  if (is && !was) silence(draft, profile, bridge);
  if (was && !is) draft.bridgesToResync.add(bridge);
  return null;
}

/** Regions that are given away and stand nowhere in the profile, by timecode. */
const takenIn = (
  { timecodes, allocated }: Profile,
  { captured }: OperatorState,
): ReadonlyMap<string, readonly number[]> =>
  new Map(
    timecodes.map(({ name }) => [
      name,
      [...(captured.get(name) ?? []), ...allocated.flatMap(region => (region.timecode === name ? [region.start] : []))],
    ]),
  );

function capture(draft: EngineDraft, profile: Profile): Outcome {
  const { hands } = draft.state;
  const track = subject(draft.state)?.track ?? null;
  if (track === null) return refuse('no deck has a track loaded');
  const { id, known, tempoBpm, said } = track;
  const trouble = numberTrouble(said);
  if (trouble !== null && known.media === null) return refuse(`no entry can name this track by its number: ${trouble}`);
  const { entry, title, artist } = known;
  const isKnown = entry !== null || known.regions.size > 0;
  const own = profile.timecodes.flatMap((timecode): [string, number][] => {
    const region = regionOf(timecode, known);
    return region === null ? [] : [[timecode.name, region]];
  });
  const { yaml, given } = captureTrack(
    profile,
    { id, title, artist, isOfMedia: known.media !== null, tempoBpm, regions: isKnown ? new Map(own) : null },
    takenIn(profile, hands),
  );
  if (given.size > 0) {
    const captured = new Map(hands.captured);
    for (const [name, region] of given) captured.set(name, [...(captured.get(name) ?? []), region]);
    draft.state = { ...draft.state, hands: { ...hands, captured } };
  }
  return { text: yaml };
}
