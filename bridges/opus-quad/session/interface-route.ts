/** Which of our interfaces leads to the unit. Pure. */
import { type Interface, isLoopback, isOnSubnet } from '../../../src/network/network.ts';

export type Route =
  /** `warning`: what the operator should know of the choice; null: nothing. */
  | { readonly nic: Interface; readonly warning: string | null }
  /** None does; `warning` says what to do. */
  | { readonly nic: null; readonly warning: string };

/** A route, and what it was looked up for. */
export type CheckedRoute = Route & { readonly to: string; readonly among: readonly Interface[] };

/** @param known the way as last looked up: it is looked up again where the unit or the interfaces are others */
export const routeChecked = (
  known: CheckedRoute | null,
  unitAddress: string,
  named: 'auto' | string,
  interfaces: readonly Interface[],
): CheckedRoute =>
  known !== null && known.to === unitAddress && known.among === interfaces
    ? known
    : { ...routeTo(unitAddress, named, interfaces), to: unitAddress, among: interfaces };

/** @param named the interface's address as the profile gives it, or `auto`: the one on whose subnet the unit is */
export function routeTo(unitAddress: string, named: 'auto' | string, interfaces: readonly Interface[]): Route {
  const here = interfaces.map(nic => `${nic.address} (${nic.name})`).join(', ') || 'none';
  return named === 'auto' ? bySubnet(unitAddress, interfaces, here) : byAddress(named, interfaces, here);
}

function byAddress(named: string, interfaces: readonly Interface[], here: string): Route {
  const found = interfaces.find(nic => nic.address === named);
  if (found !== undefined) return { nic: found, warning: null };
  // Every address of 127/8 is this machine's, though systems list only the first.
  const loopback = interfaces.find(nic => isLoopback(nic.address));
  if (isLoopback(named) && loopback !== undefined) return { nic: { ...loopback, address: named }, warning: null };
  return { nic: null, warning: `no interface here has the address ${named}; there are: ${here}` };
}

function bySubnet(unitAddress: string, interfaces: readonly Interface[], here: string): Route {
  const [first, second, ...more] = interfaces.filter(nic => isOnSubnet(nic, unitAddress));
  if (first === undefined) {
    const warning = `the unit at ${unitAddress} is on the subnet of no interface here (${here}): set this machine's address to automatic (link-local) or to the unit's subnet`;
    return { nic: null, warning };
  }
  if (second === undefined) return { nic: first, warning: null };
  const names = [first, second, ...more].map(nic => `${nic.address} (${nic.name})`).join(' and ');
  return {
    nic: first,
    warning: `two interfaces lead to the unit: ${names}. Using ${first.address}; write "interface: ${first.address}" or "interface: ${second.address}" in the profile, or unplug one`,
  };
}
