/** The way onto a network for a program that has weather before its door, and may be kept from running. */
import type { Cancel, Clock, Ms, VirtualClock } from '../../src/core/clock.ts';
import type { Network } from '../../src/network/network.ts';
import type { Road } from '../weather.ts';

export interface Outdoors {
  /** The program's own clock: its timers do not run while it is kept from running. */
  readonly clock: Clock;
  readonly network: Network;
  /** Keeps the program from running from now on; afterwards it finds at once what came meanwhile, and knows how old that may be. */
  block(ms: Ms): void;
}

/**
 * @param network without any delay of its own
 * @param road what comes from `unitAddress` takes; all else arrives at once
 * @param isLost drawn for each datagram of the unit
 */
export function outdoors(
  clock: VirtualClock,
  network: Network,
  { road, unitAddress, isLost }: { readonly road: Road; readonly unitAddress: string; readonly isLost: () => boolean },
): Outdoors {
  let blocked: { readonly since: Ms; readonly until: Ms } | null = null;
  let waiting: (() => void)[] = [];

  function at(time: Ms, run: () => void): Cancel {
    let cancel = clock.at(time, function fire() {
      if (blocked !== null && clock.now() < blocked.until) cancel = clock.at(blocked.until, fire);
      else run();
    });
    return () => cancel();
  }

  return {
    clock: { now: clock.now, at },
    network: {
      ...network,
      open: (local, listener) =>
        network.open(local, {
          ...listener,
          datagram(datagram) {
            const arrive = (): void => {
              const now = clock.now();
              if (blocked === null) return listener.datagram({ ...datagram, stamp: { notBefore: now, at: now } });
              const stamp = { notBefore: blocked.since, at: blocked.until };
              waiting.push(() => listener.datagram({ ...datagram, stamp }));
            };
            if (datagram.from.address !== unitAddress) return arrive();
            const arrivesAt = road.arrivalOf(clock.now());
            if (!isLost()) clock.at(arrivesAt, arrive);
          },
        }),
    },
    block(ms) {
      const since = clock.now();
      blocked = { since, until: since + ms };
      clock.at(since + ms, () => {
        // Timers that were due meanwhile run before what the network has brought: they were put off to this moment first.
        clock.at(since + ms, () => {
          blocked = null;
          const due = waiting;
          waiting = [];
          for (const deliver of due) deliver();
        });
      });
    },
  };
}
