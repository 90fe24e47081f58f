/**
 * Messages of a run to systemd: it is up, it still turns, it stops.
 *
 * Node opens no unix datagram sockets, so `systemd-notify` says it, a program that comes with systemd. Started by anybody else
 * than systemd, nothing is said.
 */
import { spawn } from 'node:child_process';
import type { Clock, Ms } from '../../core/clock.ts';
import { type Environment, isService } from '../command-line/service-environment.ts';

export interface ServiceManager {
  /** From now on the show runs, and the watchdog is fed. */
  ready(text: string): void;
  stopping(): void;
}

/** @param failed told once, when `systemd-notify` cannot be run */
export function serviceManager(environment: Environment, clock: Clock, failed: (text: string) => void): ServiceManager {
  if (!isService(environment)) return { ready() {}, stopping() {} };
  let hasFailed = false;
  let isStopping = false;
  const tell = (...words: readonly string[]): void => {
    const child = spawn('systemd-notify', words, { stdio: 'ignore' });
    child.on('error', ({ message }) => {
      if (!hasFailed) failed(`systemd is not told that the show runs: systemd-notify: ${message}`);
      hasFailed = true;
    });
    // A show that has ended does not wait for it.
    child.unref();
  };
  const feedEveryMs = watchdogMs(environment['WATCHDOG_USEC']);
  const feed = (): void => {
    if (isStopping || feedEveryMs === null) return;
    tell('WATCHDOG=1');
    clock.at(clock.now() + feedEveryMs, feed);
  };
  return {
    ready(text) {
      tell('--ready', `--status=${text}`);
      feed();
    },
    stopping() {
      isStopping = true;
      tell('STOPPING=1');
    },
  };
}

/** Time between two signs of life: a third of what is given, so that one may be late. null: none is wanted. */
function watchdogMs(microseconds: string | undefined): Ms | null {
  const given = Number(microseconds ?? '');
  return given > 0 ? given / 3000 : null;
}
