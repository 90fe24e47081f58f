/** Levels of the log, from all of it to the least: a file takes lines of one of these and above. */
export const LOG_LEVELS = ['info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
