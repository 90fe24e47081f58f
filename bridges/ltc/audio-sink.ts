/** Where the samples go: a file, standard output, or a program that plays them. Each is a live end; none ever throws. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, unlinkSync, write, writeSync } from 'node:fs';
import { parse } from 'node:path';
import type { Cancel, Clock, Ms } from '../../src/core/clock.ts';
import { adviceFor, type Command } from './audio-program.ts';
import { bytesOf, WAV_HEADER_BYTES, wavHeader } from './wav.ts';

export interface AudioSink {
  /** Whether samples are taken now: not while it is full, and not before `opened` or after `failed`. */
  isFree(): boolean;
  write(samples: Int16Array): void;
  close(): Promise<void>;
}

/** What a sink tells; never from within the function that opens it. */
export interface SinkListener {
  /** It takes samples. `text` is what it is, for people. */
  opened(text: string): void;
  /** It is gone, or could not be had. It tells nothing else and needs no closing. */
  failed(reason: string): void;
}

export type OpenSink = (clock: Clock, listener: SinkListener) => AudioSink;

/** How long a player may take to play out and end. */
const ENDS_WITHIN_MS: Ms = 500;
/** A player whose pipe is full for so long is far behind, and would stay so. */
const FULL_MOST_MS: Ms = 200;
const MOST_NAMES = 1000;
const STDOUT = 1;

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; make room and start again',
  EACCES: 'it may not be written; check the rights of its folder',
  EROFS: 'the disk is read-only; choose another folder',
  ENOENT: 'its folder is not there; make it first',
  EISDIR: 'it is a folder; give the name of a file',
};

function reasonOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}

/** Whatever a sink does later it does through this: nothing is told twice, or after its end. */
function teller({
  opened,
  failed,
}: SinkListener): SinkListener & { readonly end: () => void; readonly isOver: () => boolean } {
  let isOver = false;
  return {
    opened(text) {
      if (!isOver) opened(text);
    },
    failed(reason) {
      if (isOver) return;
      isOver = true;
      failed(reason);
    },
    end() {
      isOver = true;
    },
    isOver: () => isOver,
  };
}

/**
 * A WAV file that is whole whenever it is cut off: its head is written anew with every block.
 *
 * A file that is there already is kept; the new one gets the next free number: `night-2.wav`.
 */
export const fileSink =
  (path: string, sampleRateHz: number): OpenSink =>
  (clock, listener) => {
    const tell = teller(listener);
    let file: number | null = null;
    let name = path;
    let dataBytes = 0;

    /** One without a sample is taken away: a full disk is tried again and again, and would leave one each time. */
    function release(): void {
      if (file === null) return;
      closeSync(file);
      file = null;
      if (dataBytes === 0) unlinkSync(name);
    }
    function attempt(run: () => void): void {
      try {
        run();
      } catch (error) {
        tell.failed(`${path}: ${reasonOf(error)}`);
        try {
          release();
        } catch {
          file = null;
        }
      }
    }
    const cancel = clock.at(clock.now(), () =>
      attempt(() => {
        const opened = openNew(path);
        file = opened.file;
        name = opened.name;
        writeSync(file, wavHeader(sampleRateHz, 0), 0, WAV_HEADER_BYTES, 0);
        tell.opened(name);
      }),
    );
    return {
      isFree: () => file !== null,
      write(samples) {
        attempt(() => {
          if (file === null) return;
          const bytes = bytesOf(samples);
          writeSync(file, bytes, 0, bytes.length, WAV_HEADER_BYTES + dataBytes);
          dataBytes += bytes.length;
          writeSync(file, wavHeader(sampleRateHz, dataBytes), 0, WAV_HEADER_BYTES, 0);
        });
      },
      async close() {
        tell.end();
        cancel();
        attempt(release);
      },
    };
  };

function openNew(path: string): { readonly file: number; readonly name: string } {
  const { dir, name, ext } = parse(path);
  for (let number = 1; ; number++) {
    const tried = number === 1 ? path : `${dir === '' ? '' : `${dir}/`}${name}-${number}${ext}`;
    try {
      return { file: openSync(tried, 'wx'), name: tried };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || number === MOST_NAMES) throw error;
    }
  }
}

/** Standard output; one write at a time, so that whoever reads slowly holds up nobody but itself. */
export const stdoutSink =
  (isTerminal: boolean): OpenSink =>
  (clock, listener) => {
    const tell = teller(listener);
    let isOpen = false;
    let isWriting = false;
    const cancel = clock.at(clock.now(), () => {
      if (isTerminal) {
        tell.failed('standard output is a terminal, which cannot show samples; pipe it to a program that plays them');
        return;
      }
      isOpen = true;
      tell.opened('standard output');
    });

    function give(bytes: Uint8Array): void {
      isWriting = true;
      write(STDOUT, bytes, 0, bytes.length, null, (error, written) => {
        isWriting = false;
        if (error === null || error.code === 'EAGAIN') {
          // Half of a sample must not stay out: all that follows would be noise.
          const rest = bytes.subarray(error === null ? written : 0);
          if (rest.length > 0 && !tell.isOver()) clock.at(clock.now() + 1, () => tell.isOver() || give(rest));
          isWriting = rest.length > 0;
          return;
        }
        isOpen = false;
        const gone = 'whoever read standard output has gone; start both again';
        tell.failed(error.code === 'EPIPE' ? gone : `standard output: ${error.message}`);
      });
    }
    return {
      isFree: () => isOpen && !isWriting,
      write: samples => give(bytesOf(samples)),
      async close() {
        tell.end();
        cancel();
        isOpen = false;
      },
    };
  };

/** A program that plays what it reads. */
export const playerSink =
  (command: Command): OpenSink =>
  (clock, listener) => {
    const [program = '', ...words] = command;
    const tell = teller(listener);
    let said = '';
    let isOpen = false;
    let hasEnded = false;
    const child = begin();
    const ended = new Promise<void>(resolve => {
      const end = (): void => {
        isOpen = false;
        hasEnded = true;
        resolve();
      };
      child.once('close', (code, signal) => {
        end();
        const last = said.trim().split('\n').at(-1) ?? '';
        tell.failed(
          `${program} has ended (${signal ?? `exit code ${code}`})${last === '' ? '' : `: ${last.slice(-200)}`}`,
        );
      });
      child.once('error', (error: NodeJS.ErrnoException) => {
        if (child.pid !== undefined) return;
        end();
        tell.failed(
          error.code === 'ENOENT'
            ? `there is no program called ${program}; ${adviceFor(program)}`
            : `${program} does not start: ${error.message}`,
        );
      });
    });

    function begin(): ChildProcess {
      // A group of its own: Ctrl-C in the terminal must not take it before the show is over.
      const made = spawn(program, words, { stdio: ['pipe', 'ignore', 'pipe'], detached: process.platform !== 'win32' });
      made.once('spawn', () => {
        isOpen = true;
        tell.opened(program);
      });
      // A pipe that breaks is followed by the end of the program, which says why.
      made.stdin?.on('error', () => {
        isOpen = false;
      });
      made.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-1000);
      });
      return made;
    }

    /** Never to a program that did not start: Node would send the signal to our own group, since it has no other number. */
    const signal = (name: NodeJS.Signals): void => {
      if (child.pid !== undefined) child.kill(name);
    };

    const isFull = (): boolean => (child.stdin?.writableLength ?? 0) > 0;
    let cancelFull: Cancel | null = null;
    /** What waits in a full pipe would be heard late for the rest of the night: it is thrown away with the player. */
    function watch(): void {
      cancelFull ??= clock.at(clock.now() + FULL_MOST_MS, () => {
        cancelFull = null;
        if (!isFull() || tell.isOver()) return;
        isOpen = false;
        tell.failed(`${program} does not play as fast as it is fed; check its device`);
        signal('SIGKILL');
      });
    }

    return {
      isFree: () => isOpen && !isFull(),
      write(samples) {
        child.stdin?.write(bytesOf(samples));
        if (isFull()) watch();
      },
      async close() {
        tell.end();
        isOpen = false;
        cancelFull?.();
        if (hasEnded) return;
        child.stdin?.destroy();
        let cancel: Cancel = () => {};
        const late = new Promise<void>(resolve => {
          cancel = clock.at(clock.now() + ENDS_WITHIN_MS, () => {
            signal('SIGKILL');
            resolve();
          });
        });
        signal('SIGTERM');
        await Promise.race([ended, late]);
        cancel();
      },
    };
  };
