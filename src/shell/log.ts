/** The log: pino, one child per bridge. Never written to on the way of a packet. */
import { type Logger, pino } from 'pino';
import type { Log } from '../bridge.ts';

/** One line of the log as the screen shows it. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly bridge: string;
  readonly text: string;
}

export interface ShowLog {
  of(bridge: string): Log;
  flush(): void;
}

const LEVEL_NAMES: Readonly<Record<number, LogLine['level']>> = { 30: 'info', 40: 'warn', 50: 'error' };

/**
 * @param file where pino's JSON lines go; null: to `shown` only
 * @param shown told of each line, for the screen
 */
export function openLog(file: string | null, shown: (line: LogLine) => void): ShowLog {
  const destination = file === null ? null : pino.destination({ dest: file, mkdir: true, sync: false });
  const screen = {
    write(json: string) {
      const { level, bridge, msg } = JSON.parse(json) as { level: number; bridge: string; msg: string };
      shown({ level: LEVEL_NAMES[level] ?? 'info', bridge, text: msg });
    },
  };
  const streams = destination === null ? [{ stream: screen }] : [{ stream: screen }, { stream: destination }];
  const root: Logger = pino({ base: null }, pino.multistream(streams));
  return {
    of(bridge) {
      const child = root.child({ bridge });
      return {
        info: (facts, text) => child.info(facts, text),
        warn: (facts, text) => child.warn(facts, text),
        error: (facts, text) => child.error(facts, text),
      };
    },
    flush: () => destination?.flushSync(),
  };
}
