/** Cues: what rules and hands want said, on its way to an intent. Pure. */
import { type CueRuns, withSent, withUnsent } from '../cue-lists/cue-runs.ts';
import type { Deck } from '../deck/deck.ts';
import { isHeldBack } from '../operator-state.ts';
import { type RuleSubject, scopeOf } from '../rules/fact-values.ts';
import { diffHolds, type HoldChange, type SentHolds } from '../rules/hold-diff.ts';
import { type Action, isMessage, type RuleStep } from '../rules/rule.ts';
import { fill } from '../rules/template.ts';
import type { EngineDraft } from './engine-state.ts';
import type { Because, CueIntent, Reason } from './intents.ts';
import type { Outcome } from './outcome.ts';

/** Which bridges are told; ALL: every one but those that are held back. */
export type Which = ((bridge: string) => boolean) | typeof ALL_BRIDGES;
export const ALL_BRIDGES = null;

/** Sends again every level that stands: levels come back, one-shots do not. */
export function resend(draft: EngineDraft): void {
  for (const hold of draft.state.sent.values()) applyHoldChange(draft, { ...hold, phase: 'do' }, ALL_BRIDGES);
}

/** Brings bridges that were held back to where the holds are by now. @param standing what stood there since */
export function sendMissedHolds(draft: EngineDraft, standing: SentHolds, bridge: string): void {
  const { changes } = diffHolds(standing, [...draft.state.sent.values()], null);
  for (const change of changes) applyHoldChange(draft, change, name => name === bridge);
}

/** A cue of the profile that an operator fires. */
export interface CueByHand {
  readonly name: string;
  readonly actions: readonly Action[];
  /** The deck that the show is about; null: none. */
  readonly deck: Deck | null;
}

/** Whose hand it is, for people, and what tells it from any other. */
export interface Hand {
  readonly place: string;
  readonly cause: string;
  /** What it is at: two GOs of one control may be the same one. null: no control, but a rule. */
  readonly control: string | null;
}

/** Fires a cue by hand. */
export function fireByHand(
  draft: EngineDraft,
  { name, actions, deck }: CueByHand,
  { place, cause }: Pick<Hand, 'place' | 'cause'>,
  which: Which,
): void {
  const because: Because = { rule: name, deck: null, place, phase: 'fire' };
  sendByHand(draft, { because, cause, actions, deck }, which);
}

/** What a hand wants said, though it is no cue of the profile. */
interface SaidByHand extends Omit<CueByHand, 'name'> {
  readonly because: Because;
  readonly cause: string;
}

export function sendByHand(draft: EngineDraft, said: SaidByHand, which: Which = ALL_BRIDGES): void {
  const { at } = draft;
  const { because, cause, actions, deck } = said;
  const cue = { kind: 'fire', id: [cause, because.rule, at].join('/'), because, trueTime: at } as const;
  emit(draft, { cue, steps: actions, of: { deck }, which });
}

/** One side of a hold: its messages. @param place where in the track, or of what list; null: the phrase of its deck */
export function applyHoldChange(
  draft: EngineDraft,
  change: HoldChange,
  which: Which,
  place: string | null = null,
): Emitted {
  return emit(draft, holdEmission(draft, change, which, place));
}

export function holdEmission(
  draft: EngineDraft,
  { rule, deck: key, phase }: HoldChange,
  which: Which,
  place: string | null,
): Emission {
  const deck = draft.state.show.decks.get(key) ?? null;
  const label = draft.state.snapshot.decks.get(key)?.phrase.label;
  const because: Because = {
    rule: rule.name,
    deck: deck?.ref.number ?? null,
    place: place ?? (typeof label === 'string' ? label.toLowerCase() : null),
    phase,
  };
  const id = [rule.name, key, phase].join('/');
  const steps = phase === 'do' ? rule.do : rule.undo;
  return { cue: { kind: 'hold', id, because, trueTime: draft.at }, steps, of: { deck }, which };
}

/** A cue on its way out: why it leaves, what it says, of what, and to whom. */
export interface Emission {
  readonly cue: Omit<CueIntent, 'bridge' | 'message' | 'cue'>;
  readonly steps: readonly RuleStep[];
  readonly of: RuleSubject;
  readonly which: Which;
}

/** What came of each message of a cue. */
export type Emitted = Pick<Outcome, 'sentTo' | 'heldBack'>;

/** Sends the messages of an emission; acts in it are not done. */
export function emit(draft: EngineDraft, { cue, steps, of, which }: Emission): Emitted {
  draft.isMemorable = true;
  const { because, trueTime, kind } = cue;
  const sentTo: string[] = [];
  const heldBack: Reason[] = [];
  const drop = (reason: Reason): void => {
    heldBack.push(reason);
    draft.dropped.push({ because, trueTime, reason });
  };
  for (const { bridge, message, roots, cue: name = null, lastsMs = 0 } of steps.filter(isMessage)) {
    const isLeftOut = which === ALL_BRIDGES ? isHeldBack(draft.state.hands, bridge) : !which(bridge);
    if (isLeftOut) {
      // A level is made up for when the mute ends; a fire is gone.
      if (which === ALL_BRIDGES && kind === 'fire') drop({ kind: 'muted', bridge });
      continue;
    }
    const filling = fill(message, scopeOf(draft.state.show, of, roots, trueTime));
    if (!filling.ok) {
      drop({ kind: 'unknown', what: filling.unknown });
      if (name !== null) note(draft, runs => withUnsent(runs, name, cue.id));
      continue;
    }
    sentTo.push(bridge);
    draft.intents.push({ ...cue, bridge, message: filling.value, cue: name });
    if (name !== null) note(draft, runs => withSent(runs, name, cue.id, { at: draft.at, lastsMs }));
  }
  return { sentTo, heldBack };
}

function note(draft: EngineDraft, change: (runs: CueRuns) => CueRuns): void {
  draft.state = { ...draft.state, cueRuns: change(draft.state.cueRuns) };
}
