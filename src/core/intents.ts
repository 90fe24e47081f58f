/** What rules want: messages with their reason. Plain data, so that they can be logged, compared and replayed. */
import type { Ms } from './clock.ts';
import type { Filled } from './template.ts';

/** Why something leaves. */
export interface Because {
  /** The name of the rule. */
  readonly rule: string;
  readonly deck: number | null;
  /** Where in the track: `chorus 2`, `4 beats before chorus 1`. */
  readonly place: string | null;
  readonly phase: 'fire' | 'do' | 'undo';
}

export interface Intent {
  /** `fire`: once, never again; `hold`: a level, sent again on request. */
  readonly kind: 'fire' | 'hold';
  /** Made from the cause: the same cause has the same id after a reload or a restart. */
  readonly id: string;
  readonly bridge: string;
  readonly message: Filled;
  readonly because: Because;
  /** The moment it is meant for. */
  readonly trueTime: Ms;
}

/** Something that was due and does not leave. */
export interface Dropped {
  readonly because: Because;
  readonly trueTime: Ms;
  /** `late`: by more than its rule allows; `unknown`: a value in it is not known; `absent`: its bridge could not send. */
  readonly reason:
    | { readonly kind: 'late'; readonly lateMs: Ms }
    | { readonly kind: 'unknown'; readonly what: string }
    | { readonly kind: 'absent'; readonly bridge: string };
}

/** `strobe before the chorus: deck 1, 4 beats before chorus 2`. */
export function becauseText({ rule, deck, place, phase }: Because): string {
  const where = [deck === null ? null : `deck ${deck}`, place].filter(part => part !== null).join(', ');
  return `${rule}${phase === 'undo' ? ' ends' : ''}${where === '' ? '' : `: ${where}`}`;
}
