/** `decklight simulate cdj`: a player as a HID device of this machine, by `/dev/uhid`, for any program. */
import { LOGINS, loginsFor } from '../../../bridges/cdj-hid/login/login-data.ts';
import { DISHONESTY_WORDS } from '../../../bridges/cdj-hid/simulator/dishonesty.ts';
import { drawPlayer } from '../../../bridges/cdj-hid/simulator/draw.ts';
import { openHands } from '../../../bridges/cdj-hid/simulator/player-hands.ts';
import { USUAL_PLAYER } from '../../../bridges/cdj-hid/simulator/player-options.ts';
import { SURFACE_KEY_HELP } from '../../../bridges/cdj-hid/simulator/surface-keys.ts';
import { parseHands } from '../../../bridges/cdj-hid/simulator/surface-set.ts';
import { openUhidPlayer, type UhidPlayer } from '../../../bridges/cdj-hid/simulator/uhid-player.ts';
import type { Cancel, Clock, Ms } from '../../core/clock.ts';
import { readDjSetFile } from '../../files/dj-set-file.ts';
import { liveClock } from '../../live/live-clock.ts';
import { didYouMean } from '../../text/did-you-mean.ts';
import { changedLines } from '../terminal/changed-lines.ts';
import { listenToKeys } from '../terminal/keys.ts';
import { stopped } from '../terminal/stop-signal.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface SimulateCdjOptions {
  /** File with what hands do; null: keys alone. */
  readonly set: string | null;
  /** Name that the player says. */
  readonly product: string;
  /** Empty: none. */
  readonly serial: string;
  /** Way in which each login goes wrong; null: an honest player. */
  readonly wrong: string | null;
}

const NOBODY = 'set: nobody\nacts: []';
const DRAW_EVERY_MS: Ms = 100;

/** @returns the exit code: 0 it ran until stopped, 2 an option or the set is wrong, 3 this machine has no `/dev/uhid` for it */
export async function simulateCdjCommand(
  options: SimulateCdjOptions,
  out: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { product, serial, set, wrong } = options;
  const dishonesty = DISHONESTY_WORDS.find(word => word === wrong) ?? null;
  const mistake = mistakeIn(options);
  const read = set === null ? { ok: true as const, file: '', source: NOBODY } : readDjSetFile(set);
  if (mistake !== null || !read.ok) {
    out.error(mistake ?? (read.ok ? '' : read.line));
    return 2;
  }
  const parsed = parseHands(read.source, read.file, { name: null, names: null });
  if (!parsed.ok) {
    for (const line of parsed.mistakes) out.error(line);
    return 2;
  }
  const clock = liveClock();
  // A simulated player is never said to be a real one: every line that tells what it does names it.
  const log = (text: string): void => out.error(`simulated ${product}: ${text}`);
  const player = { ...USUAL_PLAYER, product, dishonesty, dishonestLogins: Number.POSITIVE_INFINITY };
  try {
    const uhid = await openUhidPlayer({ clock, player, serial, log });
    log('plugged in as a HID device of this machine; stop with Ctrl-C');
    const hands = openHands({ clock, script: parsed.hands, handled: uhid, acted: log });
    const cancels = [drawAgain(uhid, product, clock, out), hands.stop];
    if (out.isTerminal && process.stdin.isTTY) {
      const press = (key: string): void => void hands.press(key);
      cancels.push(listenToKeys(process.stdin, () => {}, press));
    }
    await stopped(signal);
    for (const cancel of cancels) cancel();
    await uhid.close();
    return 0;
  } catch (error) {
    out.error((error as Error).message);
    return 3;
  }
}

/** Finds the mistake in the options, as one line; null: none. */
function mistakeIn({ product, wrong }: SimulateCdjOptions): string | null {
  if (wrong !== null && !DISHONESTY_WORDS.some(word => word === wrong)) {
    const hint = didYouMean(wrong, DISHONESTY_WORDS);
    return `--wrong: there is no way "${wrong}"${hint}; there are: ${DISHONESTY_WORDS.join(', ')}`;
  }
  if (loginsFor(product).length > 0) return null;
  return `--product: nobody knows how to log in to "${product}" as ${LOGINS.filter(login => login !== 'none').join(', ')}; expected CDJ2000NXS2, CDJ3000, CDJTOUR1 or XDJ1000MK2`;
}

/** Draws what it shows: on a terminal in one place, else each line that changes. */
function drawAgain(uhid: UhidPlayer, product: string, clock: Clock, out: Terminal): Cancel {
  const changed = changedLines();
  let cancel: Cancel = () => {};
  const draw = (): void => {
    const picture = uhid.isPlugged() ? drawPlayer(uhid.player()) : [`${product}: unplugged`];
    if (out.isTerminal) out.redraw([`SIMULATED ${product}`, ...picture, SURFACE_KEY_HELP]);
    else for (const line of changed('', picture)) out.line(`simulated ${product} shows ${line}`);
    cancel = clock.at(clock.now() + DRAW_EVERY_MS, draw);
  };
  draw();
  return () => cancel();
}
