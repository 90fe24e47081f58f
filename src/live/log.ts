/** The log: pino, one child per bridge. Never written to on the way of a packet. */
import { type LevelWithSilent, type Logger, type LoggerOptions, pino } from 'pino';
import type { Log } from '../bridge.ts';
import { openLogFile, USUAL_ROTATION } from '../files/log-file.ts';
import type { LogLevel } from './log-levels.ts';

/** Line of the log as the screen shows it. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly bridge: string;
  readonly text: string;
}

export interface LogSetup {
  /** Where pino's JSON lines go; null: to the screen only. */
  readonly file: string | null;
  readonly level: LogLevel;
  /** Time of the show, as the status and the recording count it. */
  readonly showTime: () => string;
}

export interface ShowLog {
  of(bridge: string): Log;
  /** For the file alone: what the screen shows in a way of its own. */
  readonly aside: Log;
  /** Goes on in a new file of the same name; the old one is somebody else's now. */
  reopen(): void;
  close(): Promise<void>;
}

/** @param shown told of each line, for the screen */
export function openLog({ file, level, showTime }: LogSetup, shown: (line: LogLine) => void): ShowLog {
  const failed = (text: string): void => shown({ level: 'error', bridge: 'log', text });
  const lines = file === null ? null : openLogFile(file, USUAL_ROTATION, failed);
  const screen = {
    write(json: string) {
      const { level, bridge, msg } = JSON.parse(json) as { level: LogLine['level']; bridge: string; msg: string };
      shown({ level, bridge, text: msg });
    },
  };
  // Not pino's own file, which waits for ever on a disk that is full.
  const disk = { write: (json: string) => lines?.write([json.trimEnd()]) };
  const options = {
    base: null,
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: () => `,"time":"${localTime(new Date())}"`,
    mixin: () => ({ show: showTime() }),
  } satisfies LoggerOptions;
  const onDisk = { stream: disk, level: level as Exclude<LevelWithSilent, 'silent'> };
  const root: Logger = pino(options, pino.multistream([{ stream: screen, level: 'info' }, onDisk]));
  return {
    of: bridge => logOf(root.child({ bridge })),
    aside: logOf(pino({ ...options, level }, disk)),
    reopen: () => lines?.reopen(),
    close: async () => lines?.close(),
  };
}

const logOf = (logger: Logger): Log => ({
  info: (facts, text) => logger.info(facts, text),
  warn: (facts, text) => logger.warn(facts, text),
  error: (facts, text) => logger.error(facts, text),
});

/** Time of day where the machine stands, with its distance from UTC: `2026-12-01T23:14:05.123+01:00`. */
function localTime(date: Date): string {
  const eastMinutes = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + eastMinutes * 60_000).toISOString().slice(0, -1);
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  const away = Math.abs(eastMinutes);
  return `${local}${eastMinutes < 0 ? '-' : '+'}${two(away / 60)}:${two(away % 60)}`;
}
