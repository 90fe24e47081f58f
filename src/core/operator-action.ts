/** What an operator does: by a key, by OSC, and later by a button. Plain data, so that it is recorded and replayed. */
import type { Ms } from './clock.ts';
import type { DeckNumber } from './deck-report.ts';

export type OperatorAction =
  /** Timecode follows this deck until `automatic`. */
  | { readonly kind: 'pin'; readonly deck: DeckNumber }
  | { readonly kind: 'automatic' }
  /** Holds back cues; one bridge muted by name holds back its timecode too. @see Mutes */
  | { readonly kind: 'mute'; readonly bridge: string | null; readonly isOn: Switch }
  | { readonly kind: 'panic' }
  /** `timecode` null: the first one of the profile. */
  | { readonly kind: 'nudge'; readonly timecode: string | null; readonly frames: number }
  /** What operators have added to a timecode is so much from now on; 0: nothing. */
  | { readonly kind: 'nudge-to'; readonly timecode: string | null; readonly frames: number }
  /** The timecode and the clock of an output leave so much earlier; below 0: later. */
  | { readonly kind: 'latency'; readonly bridge: string; readonly addMs: Ms }
  /** What operators have added to a latency is so much from now on; 0: nothing. */
  | { readonly kind: 'latency-to'; readonly bridge: string; readonly ms: Ms }
  /** Asks for the YAML that matches the track on the deck. */
  | { readonly kind: 'capture' }
  /** While locked, keys do nothing but unlock. */
  | { readonly kind: 'lock'; readonly isOn: Switch }
  /** Sends again every level that stands. */
  | { readonly kind: 'resend' }
  | { readonly kind: 'fire'; readonly cue: string }
  | ListAction
  /** Asks the state feed for everything. */
  | { readonly kind: 'tell' };

/** A hand at a cue list; `list` null: the first one of the profile. */
export type ListAction =
  /** Begins the step that is armed. */
  | { readonly kind: 'go'; readonly list: string | null }
  /** Takes the last step back. */
  | { readonly kind: 'back'; readonly list: string | null }
  /** Arms the step so many further on; below 0: before. */
  | { readonly kind: 'select'; readonly list: string | null; readonly by: number }
  /** Begins the step of this name. */
  | { readonly kind: 'go-to'; readonly list: string | null; readonly step: string };

/** null: the other way than it is. */
export type Switch = boolean | null;

/** As the log says it: `pin deck 2`, `mute console`. */
export function operatorActionText(act: OperatorAction): string {
  const onOff = (isOn: Switch): string => (isOn === null ? '' : isOn ? ' on' : ' off');
  switch (act.kind) {
    case 'pin':
      return `pin deck ${act.deck}`;
    case 'automatic':
      return 'automatic: no deck pinned';
    case 'mute':
      return `mute ${act.bridge ?? 'all'}${onOff(act.isOn)}`;
    case 'panic':
      return 'panic';
    case 'nudge':
      return `nudge ${act.timecode ?? 'timecode'} by ${act.frames} frame${Math.abs(act.frames) === 1 ? '' : 's'}`;
    case 'nudge-to':
      return `nudge of ${act.timecode ?? 'timecode'} is ${act.frames} frame${Math.abs(act.frames) === 1 ? '' : 's'}`;
    case 'latency':
      return `latency of ${act.bridge} ${act.addMs < 0 ? '' : '+'}${act.addMs} ms`;
    case 'latency-to':
      return `latency added to ${act.bridge} is ${act.ms} ms`;
    case 'capture':
      return 'capture the track';
    case 'lock':
      return `lock${onOff(act.isOn)}`;
    case 'resend':
      return 'send the holds again';
    case 'fire':
      return `fire ${act.cue}`;
    case 'go':
      return `go ${act.list ?? ''}`.trimEnd();
    case 'back':
      return `back ${act.list ?? ''}`.trimEnd();
    case 'select': {
      const count = Math.abs(act.by) === 1 ? '' : ` by ${Math.abs(act.by)}`;
      return `select ${act.by < 0 ? 'previous' : 'next'} ${act.list ?? ''}`.trimEnd() + count;
    }
    case 'go-to':
      return `go to ${act.list === null ? '' : `${act.list} `}${act.step}`;
    case 'tell':
      return 'tell the whole state';
  }
}
