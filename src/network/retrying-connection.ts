/**
 * A connection that is opened until it stands, and opened again when it is lost. Told the clock.
 *
 * Each kind of trouble is said once: a device that is switched off must not fill the log.
 */
import type { Cancel, Clock, Ms } from '../core/clock.ts';
import { meaningOf, TROUBLE_SHOWN_MS } from './network-errors.ts';

export interface Closable {
  close(): void | Promise<void>;
}

/** Attempt to connect, as its maker reports on it. After its failure, no report of it counts. */
export interface Attempt<C> {
  /** The connection stands. Reported again where the other side has missed something. */
  opened(connection: C): void;
  /** Something went wrong, and the connection stays. */
  troubled(text: string): void;
  /** The connection is lost, or could not be had, and needs no closing any more. */
  failed(reason: string): void;
}

export interface RetryOptions<C> {
  readonly clock: Clock;
  /** From a failure to the next attempt. */
  readonly retryAfterMs: Ms;
  /** Follows the reason of a failure, for people: `; trying again every 5 s`. */
  readonly failureEnding: string;
  /**
   * Begins an attempt.
   *
   * @returns the means to close it, at any time until it has failed
   * @throws Error with the reason, when it is known at once that there is no connection to be had
   */
  begin(attempt: Attempt<C>): Closable;
  /** The connection stands. */
  opened(connection: C): void;
  /** A connection that stood is lost; called before anything is said of it. */
  lost(connection: C): void;
  /** Called once per kind of trouble. */
  warn(text: string): void;
}

export interface RetryingConnection<C> {
  /** The connection that stands; null: there is none. */
  current(): C | null;
  /** Trouble that keeps the connection from standing, or that came a moment ago; null: none is known. */
  trouble(): string | null;
  /** Makes the same trouble worth a line again. */
  forgetTrouble(): void;
  /** Makes the next attempt at once, if one is waited for. */
  tryNow(): void;
  /** Closing twice is no mistake. */
  close(): Promise<void>;
}

/** An attempt that is being made, or the connection it has led to. */
interface Held<C> {
  closable: Closable | null;
  connection: C | null;
}

export function retryingConnection<C>(options: RetryOptions<C>): RetryingConnection<C> {
  const { clock, retryAfterMs, failureEnding, begin, opened, lost } = options;
  const trouble = troubleOf(options);
  /** null: the next attempt is waited for. */
  let held: Held<C> | null = null;
  let isClosed = false;
  let cancelRetry: Cancel = () => {};

  function connect(): void {
    const mine: Held<C> = { closable: null, connection: null };
    held = mine;
    const attempt: Attempt<C> = {
      opened(connection) {
        if (held !== mine) return;
        mine.connection = connection;
        opened(connection);
      },
      troubled: text => held === mine && trouble.complain(text),
      failed: reason => held === mine && lose(mine, reason),
    };
    try {
      mine.closable = begin(attempt);
    } catch (error) {
      attempt.failed((error as Error).message);
    }
  }

  function lose({ connection }: Held<C>, reason: string): void {
    held = null;
    if (connection !== null) lost(connection);
    trouble.complain(`${reason}${failureEnding}`);
    cancelRetry = clock.at(clock.now() + retryAfterMs, connect);
  }

  const current = (): C | null => held?.connection ?? null;

  connect();
  return {
    current,
    trouble: () => trouble.shown(current() !== null),
    forgetTrouble: trouble.forget,
    tryNow() {
      if (held !== null || isClosed) return;
      cancelRetry();
      connect();
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      cancelRetry();
      const last = held;
      held = null;
      await last?.closable?.close();
    },
  };
}

/** The last trouble of a connection; while it stands, trouble that has not come again for a while is over. */
function troubleOf({ clock, warn }: Pick<RetryOptions<never>, 'clock' | 'warn'>) {
  let last: { readonly text: string; readonly at: Ms } | null = null;
  return {
    complain(text: string): void {
      if (text !== last?.text) warn(text);
      last = { text, at: clock.now() };
    },
    shown(isStanding: boolean): string | null {
      return last === null || (isStanding && clock.now() - last.at >= TROUBLE_SHOWN_MS) ? null : last.text;
    },
    forget(): void {
      last = null;
    },
  };
}

/** Makes an attempt of a promise; a connection that comes after the attempt was closed is closed as well. */
export function whenConnected<C extends Closable>(coming: Promise<C>, attempt: Attempt<C>): Closable {
  let found: C | null = null;
  let isOver = false;
  coming.then(
    connection => {
      if (isOver) return void connection.close();
      found = connection;
      attempt.opened(connection);
    },
    (error: Error) => attempt.failed(meaningOf(error)),
  );
  return {
    close() {
      if (isOver) return;
      isOver = true;
      return found?.close();
    },
  };
}
