/** What a session with a player knows: how far its login is, what its hands hold, what it shows and what it should show. */
import type { Field } from '../../src/bytes/fields.ts';
import type { Ms } from '../../src/core/clock.ts';
import type { InputId } from './controls/input-controls.ts';
import { type HostLogin, openLogin } from './host-login.ts';
import type { DeckInput } from './input-events.ts';
import { inputFields } from './layout.ts';
import type { Login } from './login/login-data.ts';
import { firmwareText } from './login-codec.ts';
import type { LongTime, SurfaceOutput } from './output-state.ts';
import type { CdjQuirks } from './quirks.ts';
import type { ScreenContent, ScreenKind, SentScreen } from './screen-messages.ts';

export interface SurfaceOptions {
  /** The bridge's name in the profile. */
  readonly surface: string;
  readonly login: Login;
  readonly quirks: CdjQuirks;
  readonly longTime: LongTime;
  /** Eight bytes nobody can guess, for the seeds of the logins. */
  readonly seed: Uint8Array;
}

/** A message whose packets are leaving. */
export interface LeavingMessage {
  readonly kind: ScreenKind;
  readonly content: ScreenContent;
  readonly left: readonly Uint8Array[];
}

export interface SurfaceCounts {
  readonly received: number;
  /** Reports of another length, or of a type nobody has described. */
  readonly refused: number;
  readonly sent: number;
  readonly presses: number;
}

export interface SurfaceState {
  readonly options: SurfaceOptions;
  readonly fields: ReadonlyMap<InputId, Field<number>>;
  /** `refused`: the device that was opened is none of those that this program speaks with. */
  readonly link: 'closed' | 'open' | 'refused';
  readonly login: HostLogin;
  readonly decks: ReadonlyMap<number, DeckInput>;
  /** What it is to show; null: nobody has said it yet, and only keep-alives leave. */
  readonly wanted: SurfaceOutput | null;
  /** Something new is wanted since the last report left. */
  readonly isNew: boolean;
  /** When the last report of lamps and numbers left; null: none since it is there. */
  readonly shownAt: Ms | null;
  /** When anything left; null: nothing since it is there. */
  readonly spokeAt: Ms | null;
  readonly screen: SentScreen;
  /** When rows may leave again. */
  readonly rowsFreeAt: Ms;
  readonly leaving: LeavingMessage | null;
  /** When packets of messages may leave again, and how many may leave now. */
  readonly slot: { readonly at: Ms; readonly left: number };
  readonly counts: SurfaceCounts;
  /** Notes that have been given since the last login. */
  readonly said: ReadonlySet<string>;
  readonly isClosed: boolean;
}

export const openSurface = (options: SurfaceOptions, at: Ms): SurfaceState => ({
  options,
  fields: inputFields(options.quirks),
  link: 'closed',
  login: openLogin({ login: options.login, deviceId: options.quirks.deviceId, seed: options.seed }, at),
  decks: new Map(),
  wanted: null,
  isNew: false,
  shownAt: null,
  spokeAt: null,
  screen: new Map(),
  rowsFreeAt: at,
  leaving: null,
  slot: { at, left: 0 },
  counts: { received: 0, refused: 0, sent: 0, presses: 0 },
  said: new Set(),
  isClosed: false,
});

export const isOnline = ({ link, login }: SurfaceState): boolean => link === 'open' && login.stage === 'online';

/** What a player without a name is called, when there was no login in which it says it. */
const NAMELESS = 'the player';

export const productOf = ({ login }: SurfaceState): string => login.product ?? NAMELESS;

export const firmwareOf = ({ login }: SurfaceState): string | null =>
  login.firmware === null ? null : firmwareText(login.firmware);

/** Where it stands, for people; of a device that is not open its opener knows more. */
export function describeSurface(state: SurfaceState): { readonly isReady: boolean; readonly text: string } {
  const { login, options, counts } = state;
  const firmware = firmwareOf(state);
  const who = firmware === null ? productOf(state) : `${productOf(state)}, firmware ${firmware}`;
  if (isOnline(state)) {
    const as = options.login === 'none' ? 'without a login' : `as ${options.login}`;
    return { isReady: true, text: `${who}, ${as}, ${counts.presses === 1 ? '1 press' : `${counts.presses} presses`}` };
  }
  if (state.link === 'refused') return { isReady: false, text: `${NAMELESS} is not of a kind that can be used` };
  if (login.stage !== 'waiting') return { isReady: false, text: `logging in to ${who} as ${options.login}` };
  return {
    isReady: false,
    text: 'waiting for the player to announce itself; on it choose LINK, CONTROL MODE (CDJ), USB MIDI',
  };
}
