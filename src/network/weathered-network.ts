/** The way onto a network for a program that has weather before its door, and may be kept from running. */
import type { Cancel, Clock, Ms, VirtualClock } from '../core/clock.ts';
import type { Datagram, Network } from './network.ts';
import type { Road } from './weather.ts';

export interface Outdoors {
  /** The program's own clock: its timers do not run while it is kept from running. */
  readonly clock: Clock;
  readonly network: Network;
  /** Keeps the program from running from now on; afterwards it finds at once what came meanwhile, and knows how old that may be. */
  block(ms: Ms): void;
}

export interface WayIn {
  /** What datagrams of the unit take; all others arrive at once. */
  readonly road: Road;
  readonly unitAddress: string;
  /** Drawn for each datagram of the unit. */
  readonly isLost: () => boolean;
  /** Told of each datagram of the unit as the program takes it. */
  readonly taken?: (sentAt: Ms, datagram: Datagram) => void;
}

/** @param network without any delay of its own */
export function outdoors(clock: VirtualClock, network: Network, wayIn: WayIn): Outdoors {
  const { road, unitAddress, isLost, taken } = wayIn;
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
            const sentAt = clock.now();
            const isOfUnit = datagram.from.address === unitAddress;
            const take = (notBefore: Ms): void => {
              if (isOfUnit) taken?.(sentAt, datagram);
              listener.datagram({ ...datagram, stamp: { notBefore, at: clock.now() } });
            };
            const arrive = (): void => {
              if (blocked === null) return take(clock.now());
              const { since } = blocked;
              waiting.push(() => take(since));
            };
            if (!isOfUnit) return arrive();
            const arrivesAt = road.arrivalOf(sentAt);
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
