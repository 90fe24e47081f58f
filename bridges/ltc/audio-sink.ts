/** Sinks for samples: a file or standard output; player-sink.ts has the programs. Each is a live end; none ever throws. */
import { closeSync, openSync, unlinkSync, write, writeSync } from 'node:fs';
import { parse } from 'node:path';
import type { Clock } from '../../src/core/clock.ts';
import { bytesOf, WAV_HEADER_BYTES, wavHeader } from './wav.ts';

export interface AudioSink {
  /** True while samples are taken: not while it is full, and not before `opened` or after `failed`. */
  isFree(): boolean;
  write(samples: Int16Array): void;
  close(): Promise<void>;
}

/** The listener that a sink reports to; never from within the function that opens it. */
export interface SinkListener {
  /** Called once it takes samples. `text` is its name for people. */
  opened(text: string): void;
  /** Called when it is gone, or could not be had. It reports nothing else and needs no closing. */
  failed(reason: string): void;
}

export type OpenSink = (clock: Clock, listener: SinkListener) => AudioSink;

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

/** A listener that hears nothing after a failure or the end of its sink. */
export interface GuardedListener extends SinkListener {
  end(): void;
  isOver(): boolean;
}

export function guarded({ opened, failed }: SinkListener): GuardedListener {
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
 * A WAV file that is whole whenever it is cut off: its header is written again with every block.
 *
 * A file that is there already is kept; the new one gets the next free number: `night-2.wav`.
 */
export const fileSink =
  (path: string, sampleRateHz: number): OpenSink =>
  (clock, listener) => {
    const report = guarded(listener);
    let file: number | null = null;
    let name = path;
    let dataBytes = 0;

    /** Removes a file without a sample: a full disk is tried again and again, and would leave one each time. */
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
        report.failed(`${path}: ${reasonOf(error)}`);
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
        report.opened(name);
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
        report.end();
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
    const report = guarded(listener);
    let isOpen = false;
    let isWriting = false;
    const cancel = clock.at(clock.now(), () => {
      if (isTerminal) {
        report.failed('standard output is a terminal, which cannot show samples; pipe it to a program that plays them');
        return;
      }
      isOpen = true;
      report.opened('standard output');
    });

    function give(bytes: Uint8Array): void {
      isWriting = true;
      write(STDOUT, bytes, 0, bytes.length, null, (error, written) => {
        isWriting = false;
        if (error === null || error.code === 'EAGAIN') {
          // Half of a sample must not stay out: all that follows would be noise.
          const rest = bytes.subarray(error === null ? written : 0);
          if (rest.length > 0 && !report.isOver()) clock.at(clock.now() + 1, () => report.isOver() || give(rest));
          isWriting = rest.length > 0;
          return;
        }
        isOpen = false;
        const gone = 'whoever read standard output has gone; start both again';
        report.failed(error.code === 'EPIPE' ? gone : `standard output: ${error.message}`);
      });
    }
    return {
      isFree: () => isOpen && !isWriting,
      write: samples => give(bytesOf(samples)),
      async close() {
        report.end();
        cancel();
        isOpen = false;
      },
    };
  };
