/** The log: pino, one child per bridge. Never written to on the way of a packet. */
import { type Logger, pino } from 'pino';
import type { Log } from '../bridge.ts';
import { openLineFile } from '../files/line-file.ts';

/** Line of the log as the screen shows it. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly bridge: string;
  readonly text: string;
}

export interface ShowLog {
  of(bridge: string): Log;
  close(): Promise<void>;
}

const LEVEL_NAMES: Readonly<Record<number, LogLine['level']>> = { 30: 'info', 40: 'warn', 50: 'error' };

/**
 * @param file  where pino's JSON lines go; null: to `shown` only
 * @param shown told of each line, for the screen
 */
export function openLog(file: string | null, shown: (line: LogLine) => void): ShowLog {
  const failed = (text: string): void => shown({ level: 'error', bridge: 'log', text });
  const lines = file === null ? null : openLineFile(file, 'the log', failed);
  const screen = {
    write(json: string) {
      const { level, bridge, msg } = JSON.parse(json) as { level: number; bridge: string; msg: string };
      shown({ level: LEVEL_NAMES[level] ?? 'info', bridge, text: msg });
    },
  };
  // Not pino's own file, which waits for ever on a disk that is full.
  const disk = { write: (json: string) => lines?.write([json.trimEnd()]) };
  const root: Logger = pino({ base: null }, pino.multistream([{ stream: screen }, { stream: disk }]));
  return {
    of(bridge) {
      const child = root.child({ bridge });
      return {
        info: (facts, text) => child.info(facts, text),
        warn: (facts, text) => child.warn(facts, text),
        error: (facts, text) => child.error(facts, text),
      };
    },
    close: async () => lines?.close(),
  };
}
