/** The one shape that every bridge has: a room between the show and one kind of device. */
import type { ZodType } from 'zod';
import type { Clock, Ms, Stamp } from './core/clock.ts';
import type { ShowEvent } from './core/events.ts';
import type { Filled } from './core/template.ts';
import type { Wire } from './wire.ts';

/**
 * A kind of bridge, as `bridges/index.ts` lists it.
 *
 * `options` and `message` are schemas over the profile's source texts (see profile/text.ts): the loader is handed them
 * and knows nothing else of a bridge.
 */
export interface Bridge {
  /** The word in the profile: `type: osc`. */
  readonly type: string;
  /** Its part of the profile, without `type`. */
  readonly options: ZodType;
  /** What an action may say to it; null: it takes no messages. */
  readonly message: ZodType | null;
  /** A message as one line for people: `/cue/7/go ,i 1`. */
  describe(message: Filled): string;
  /** Opens it. Never throws and never waits: what is not there yet shows in `status`, and is tried again. */
  open(name: string, options: unknown, host: Host): OpenBridge;
}

/** What a bridge may use of the world. */
export interface Host {
  readonly clock: Clock;
  readonly wire: Wire;
  readonly log: Log;
  /** Puts an event into the inbox of the show. */
  emit(event: ShowEvent, stamp: Stamp): void;
}

export interface OpenBridge {
  /**
   * Sends now. A failure is logged and counted, never thrown.
   *
   * @param at the moment it is meant for, for time tags
   */
  send(message: Filled, at: Ms): void;
  status(): BridgeStatus;
  /** Leaves cleanly: nothing is sent afterwards and no timer stays. Closing twice is no mistake. */
  close(): Promise<void>;
}

export interface BridgeStatus {
  /** `waiting`: something that may still come is not there; the text says what and what to do. */
  readonly state: 'ready' | 'waiting' | 'failed';
  readonly text: string;
}

/** Where a bridge says what happened; never called for each packet. */
export interface Log {
  info(facts: Readonly<Record<string, unknown>>, text: string): void;
  warn(facts: Readonly<Record<string, unknown>>, text: string): void;
  error(facts: Readonly<Record<string, unknown>>, text: string): void;
}
