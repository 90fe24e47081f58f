/** Requests to stop, as a terminal and the system make them. */

/**
 * Stops at Ctrl-C, at a polite kill and when its terminal is closed; a second one ends the program at once.
 *
 * @param isService no terminal is there to be closed: SIGHUP asks for what happens anyway, to read a profile that was saved
 */
export function stopSignal(isService = false): AbortSignal {
  const controller = new AbortController();
  if (isService) process.on('SIGHUP', () => {});
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    if (isService && signal === 'SIGHUP') continue;
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
