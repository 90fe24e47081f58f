/** The world of a probe as it is: the machine's network, the real clock, the keys of a terminal. */
import type { Cancel } from '../../core/clock.ts';
import { liveClock } from '../../live/live-clock.ts';
import { liveNetwork } from '../../live/live-network.ts';
import { profileContext } from '../command-line/profile-context.ts';
import { typedKeys } from '../terminal/keys.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { UnitWorld } from './probe-opus-quad.ts';

const INTERRUPT = '\u0003';

export function probeWorld(out: Terminal, stop: AbortSignal): UnitWorld {
  const clock = liveClock();
  const [begunAt, begunUnixMs] = [clock.now(), Date.now()];
  return {
    ...{ network: liveNetwork(clock), clock, out, stop },
    unixMs: at => begunUnixMs + (at - begunAt),
    keys: heard => keysOf(process.stdin, heard),
    contextFor: profile => profileContext(profile, undefined, out),
  };
}

/** Keys as they are pressed; where there is no terminal, as they come. */
function keysOf(terminal: NodeJS.ReadStream, heard: (key: string) => void): Cancel {
  const typed = (bytes: Buffer): void => {
    const text = bytes.toString('utf8');
    if (text.includes(INTERRUPT)) process.kill(process.pid, 'SIGINT');
    else for (const key of typedKeys(text)) heard(key);
  };
  if (terminal.isTTY) terminal.setRawMode(true);
  terminal.on('data', typed);
  terminal.resume();
  return () => {
    terminal.off('data', typed);
    if (terminal.isTTY) terminal.setRawMode(false);
    terminal.pause();
  };
}
