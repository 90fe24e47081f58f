/** A program that plays the samples it reads. The live end; it never throws. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Cancel, Clock, Ms } from '../../src/core/clock.ts';
import { adviceFor, type Command } from './audio-program.ts';
import { type GuardedListener, guarded, type OpenSink } from './audio-sink.ts';
import { bytesOf } from './wav.ts';

/** Time that a program may take to play out and end. */
const ENDS_WITHIN_MS: Ms = 500;
/** A program whose pipe is full for so long is far behind, and would stay so. */
const FULL_MOST_MS: Ms = 200;

export const playerSink =
  (command: Command): OpenSink =>
  (clock, listener) => {
    const [program = ''] = command;
    const report = guarded(listener);
    const player = startPlayer(command, report);
    let cancelFull: Cancel | null = null;

    /** Samples that wait in a full pipe would be heard late for the rest of the night: they are thrown away with the program. */
    function watch(): void {
      cancelFull ??= clock.at(clock.now() + FULL_MOST_MS, () => {
        cancelFull = null;
        if (!isFull(player) || report.isOver()) return;
        player.isOpen = false;
        report.failed(`${program} does not play as fast as it is fed; check its device`);
        signal(player, 'SIGKILL');
      });
    }

    return {
      isFree: () => player.isOpen && !isFull(player),
      write(samples) {
        player.child.stdin?.write(bytesOf(samples));
        if (isFull(player)) watch();
      },
      async close() {
        report.end();
        player.isOpen = false;
        cancelFull?.();
        await endPlayer(player, clock);
      },
    };
  };

interface Player {
  readonly child: ChildProcess;
  /** True while it takes samples. */
  isOpen: boolean;
  hasEnded: boolean;
  readonly ended: Promise<void>;
}

function startPlayer([program = '', ...args]: Command, report: GuardedListener): Player {
  // A group of its own: Ctrl-C in the terminal must not take it before the show is over.
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'], detached: process.platform !== 'win32' });
  let resolve = (): void => {};
  const ended = new Promise<void>(run => {
    resolve = run;
  });
  const player: Player = { child, isOpen: false, hasEnded: false, ended };
  let errorText = '';

  function end(reason: string): void {
    player.isOpen = false;
    player.hasEnded = true;
    resolve();
    report.failed(reason);
  }

  child.once('spawn', () => {
    player.isOpen = true;
    report.opened(program);
  });
  // A pipe that breaks is followed by the end of the program, which says why.
  child.stdin?.on('error', () => {
    player.isOpen = false;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorText = (errorText + text).slice(-1000);
  });
  child.once('close', (code, signal) => {
    const last = errorText.trim().split('\n').at(-1) ?? '';
    end(`${program} has ended (${signal ?? `exit code ${code}`})${last === '' ? '' : `: ${last.slice(-200)}`}`);
  });
  child.once('error', (error: NodeJS.ErrnoException) => {
    if (child.pid !== undefined) return;
    const isMissing = error.code === 'ENOENT';
    end(
      isMissing
        ? `there is no program called ${program}; ${adviceFor(program)}`
        : `${program} does not start: ${error.message}`,
    );
  });
  return player;
}

/** Lets a program play out, for a while. */
async function endPlayer(player: Player, clock: Clock): Promise<void> {
  if (player.hasEnded) return;
  player.child.stdin?.destroy();
  let cancel: Cancel = () => {};
  const late = new Promise<void>(resolve => {
    cancel = clock.at(clock.now() + ENDS_WITHIN_MS, () => {
      signal(player, 'SIGKILL');
      resolve();
    });
  });
  signal(player, 'SIGTERM');
  await Promise.race([player.ended, late]);
  cancel();
}

const isFull = ({ child }: Player): boolean => (child.stdin?.writableLength ?? 0) > 0;

/** Never to a program that did not start: Node would send the signal to our own group, since it has no other number. */
function signal({ child }: Player, name: NodeJS.Signals): void {
  if (child.pid !== undefined) child.kill(name);
}
