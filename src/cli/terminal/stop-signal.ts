/** Requests to stop, as a terminal and the system make them. */

/** Ctrl-C, a polite kill, and a terminal that is closed. */
export const ENDING_SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Stops at any of these; a second one ends the program at once. */
export function stopSignal(signals: readonly NodeJS.Signals[] = ENDING_SIGNALS): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) {
    process.once(signal, () => {
      controller.abort();
      process.once(signal, () => process.exit(1));
    });
  }
  return controller.signal;
}

/** Waits until a signal stops the program. */
export const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise(done => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
