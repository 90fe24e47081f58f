/** A wire whose incoming datagrams and changes of interfaces are recorded on their way. */
import type { Ms } from '../core/clock.ts';
import { type Interface, isOnSubnet, type Network } from '../network/network.ts';
import type { Recorder } from './recorder.ts';

const ANY_ADDRESS = '0.0.0.0';
const BROADCAST = '255.255.255.255';

/**
 * The same wire, tapped. What is sent is not recorded, and neither are sockets that hear one endpoint only.
 *
 * A socket that listens on every interface is not told to which address a datagram came: the recording has that of the
 * interface on whose subnet the sender is, or 255.255.255.255 where there is none.
 */
export function recordingNetwork(
  network: Network,
  recorder: Pick<Recorder, 'datagram' | 'interfaces'>,
  now: () => Ms,
): Network {
  // As last listed: asking the system for each datagram would take longer than the datagram itself.
  let known: readonly Interface[] = [];
  function interfaces(): readonly Interface[] {
    known = network.interfaces();
    recorder.interfaces(known, now());
    return known;
  }
  const addressTowards = (sender: string): string => known.find(nic => isOnSubnet(nic, sender))?.address ?? BROADCAST;
  return {
    ...network,
    interfaces,
    open(local, listener) {
      interfaces();
      return network.open(local, {
        ...listener,
        datagram(datagram) {
          const { from } = datagram;
          recorder.datagram(datagram, local.address === ANY_ADDRESS ? addressTowards(from.address) : local.address);
          listener.datagram(datagram);
        },
      });
    },
  };
}
