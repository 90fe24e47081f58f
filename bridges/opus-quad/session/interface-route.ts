/** Choice of our interface that leads to the unit, and the trouble where none does. Pure. */
import { type Interface, type InterfaceAbsence, isLoopback, isOnSubnet } from '../../../src/network/network.ts';

export type Route =
  /** `warning`: what the operator should know of the choice; null: nothing. */
  | { readonly nic: Interface; readonly warning: string | null }
  /** None does; `warning` says what to do. */
  | { readonly nic: null; readonly warning: string };

/** Facts from which a route is looked up. */
export interface RouteQuestion {
  /** Of the unit. */
  readonly to: string;
  /** The interface's address as the profile gives it, or `auto`: the one on whose subnet the unit is. */
  readonly named: 'auto' | string;
  readonly among: readonly Interface[];
  /** The interface by which the unit was last reached; null: none. */
  readonly before: Interface | null;
  /** Reason why that interface is not listed. */
  readonly absence: InterfaceAbsence;
}

/** A route, and what it was looked up from. */
export type CheckedRoute = Route & { readonly question: RouteQuestion };

/** @param known the route as last looked up: it is looked up again where anything about the question has changed */
export function routeChecked(known: CheckedRoute | null, question: RouteQuestion): CheckedRoute {
  const isKnown =
    known !== null &&
    known.question.to === question.to &&
    known.question.among === question.among &&
    known.question.absence === question.absence;
  return isKnown ? known : { ...routeTo(question), question };
}

export function routeTo(question: RouteQuestion): Route {
  return question.named === 'auto' ? bySubnet(question) : byAddress(question);
}

function byAddress(question: RouteQuestion): Route {
  const { named, among } = question;
  const found = among.find(nic => nic.address === named);
  if (found !== undefined) return { nic: found, warning: null };
  // Every address of 127/8 is this machine's, though systems list only the first.
  const loopback = among.find(nic => isLoopback(nic.address));
  if (isLoopback(named) && loopback !== undefined) return { nic: { ...loopback, address: named }, warning: null };
  const warning = lostText(question) ?? `no interface here has the address ${named}; there are: ${listText(among)}`;
  return { nic: null, warning };
}

function bySubnet(question: RouteQuestion): Route {
  const { to, among } = question;
  const [first, second, ...more] = among.filter(nic => isOnSubnet(nic, to));
  if (first === undefined) return { nic: null, warning: lostText(question) ?? astrayText(question) };
  if (second === undefined) return { nic: first, warning: null };
  const names = [first, second, ...more].map(nic => `${nic.address} (${nic.name})`).join(' and ');
  return {
    nic: first,
    warning: `two interfaces lead to the unit: ${names}. Using ${first.address}; write "interface: ${first.address}" or "interface: ${second.address}" in the profile, or unplug one`,
  };
}

const listText = (among: readonly Interface[]): string =>
  among.map(nic => `${nic.address} (${nic.name})`).join(', ') || 'none';

/** No interface that is up leads to the unit, and none ever did. */
function astrayText({ to, among }: RouteQuestion): string {
  if (among.every(nic => isLoopback(nic.address))) return NO_INTERFACE;
  return `the unit at ${to} is on the subnet of no interface here (${listText(among)}): set this machine's address to automatic (link-local) or to the unit's subnet`;
}

export const NO_INTERFACE =
  'no network interface of this machine is up: plug in the network cable, or switch the interface on';

/** Tells the fate of the interface by which the unit was reached; null: it was never reached, or the interface is fine. */
function lostText({ to, among, before, absence }: RouteQuestion): string | null {
  if (before === null) return null;
  const same = among.find(nic => nic.name === before.name);
  if (same === undefined) return absenceText(before, absence);
  if (same.address === before.address) return null;
  return `${same.name} has the address ${same.address} now and had ${before.address}, by which the unit at ${to} was reached: set it back, or to automatic`;
}

/** Describes an interface that is not listed any more, and what to do. */
export function absenceText({ name, address }: Interface, absence: InterfaceAbsence): string {
  const who = `${name} (${address}), by which the unit was reached,`;
  switch (absence) {
    case 'no-cable':
      return `${who} has no link: plug its cable in at both ends, and see that the switch is on`;
    case 'switched-off':
      return `${who} is switched off on this machine: switch it on`;
    case 'no-address':
      return `${who} has lost its address: set it to automatic (link-local) or to the unit's subnet`;
    case 'not-there':
      return `${who} is gone: plug its adapter in again`;
    case 'unknown':
      return `${who} is down or gone: its cable is out, its adapter unplugged, or it is switched off`;
  }
}
