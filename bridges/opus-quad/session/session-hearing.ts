/** Hearing of the session: the sender of a packet, whether it is the unit, and the part of the session it belongs to. Pure. */
import type { UnitPacketKind } from '../../../src/bridge.ts';
import type { Ms } from '../../../src/core/clock.ts';
import {
  type Datagram,
  type Interface,
  type InterfaceAbsence,
  isLoopback,
  isOnSubnet,
} from '../../../src/network/network.ts';
import { decode, type Packet } from '../codec.ts';
import { NO_MAC, PORTS } from '../layout.ts';
import { isOfFamily, isWanted, modelOfName, noSigns, profileLineFor, withSigns } from '../models.ts';
import { hearFragment, hearPosition, hearStatus } from './deck-hearing.ts';
import { greetedDueAt } from './lighting-mode.ts';
import { defenceOf, hearAsPlayer } from './player-mode.ts';
import { hearRival, rivalWordOf } from './rival-hearing.ts';
import { changeUnit, count, drawLuck, note, type SessionDraft, say } from './session-draft.ts';
import type { SessionState } from './session-state.ts';
import { meetUnit } from './unit-meeting.ts';

interface InterfacesSeen {
  readonly interfaces: readonly Interface[];
  readonly absence: InterfaceAbsence;
}

/** Takes in which interfaces there are now. */
export function meetInterfaces(draft: SessionDraft, { interfaces, absence }: InterfacesSeen, at: Ms): void {
  const since = draft.state.watchedSince;
  const watchedSince = canHear(draft.state, interfaces) ? (since ?? at) : null;
  draft.state = { ...draft.state, interfaces, absence, watchedSince };
  if (since === null && watchedSince !== null) {
    draft.state = { ...draft.state, turn: { ...draft.state.turn, luck: drawLuck(draft, at) } };
  }
}

/** Tells whether the unit, or another device on its network, can be heard by one of these interfaces. */
function canHear({ options, reachedBy }: SessionState, interfaces: readonly Interface[]): boolean {
  if (isLoopback(options.interface)) return interfaces.length > 0;
  if (reachedBy !== null)
    return interfaces.some(nic => nic.name === reachedBy.name || isOnSubnet(nic, reachedBy.address));
  const isFar = options.unitAddress === 'auto' || !isLoopback(options.unitAddress);
  return interfaces.some(nic => !(isFar && isLoopback(nic.address)));
}

/** Takes in a datagram. */
export function hearDatagram(draft: SessionDraft, datagram: Datagram, at: Ms): void {
  count(draft, 'received');
  const decoded = decode(datagram, datagram.bytes);
  if (!decoded.ok) return count(draft, 'refused');
  if (decoded.packet === null) return count(draft, 'ignored');
  if (!decoded.lengthAgrees) count(draft, 'lengthMismatches');
  const { packet } = decoded;
  const from = datagram.from.address;
  if (isEcho(draft.state.interfaces, packet, from)) return count(draft, 'ignored');
  if (draft.state.mode === 'cdj') hearNumber(draft, packet, from, at);
  const rival = draft.state.mode === 'lighting' && !isFamilyName(packet) ? rivalWordOf(packet, from) : null;
  if (rival !== null) return hearRival(draft, rival, at);
  if (!isWanted(draft.state.options, packet.name, from)) return noteDevice(draft, packet, from);
  if (!meetUnit(draft, packet, from, at)) return count(draft, 'ignored');
  noteService(draft, packet);
  const kind = packetKindOf(packet);
  if (kind !== null) draft.heard.push({ kind, bytes: datagram.bytes });
  switch (packet.kind) {
    case 'status':
      return hearStatus(draft, packet, at);
    case 'lighting-hello':
      // A unit greets a program that has not asked yet: at a first meeting, or after it has been switched off and on.
      return changeUnit(draft, unit => ({ requestDueAt: greetedDueAt(unit, at) }));
    case 'fragment':
      return hearFragment(draft, from, packet, at);
    case 'position':
      return hearPosition(draft, packet, at);
    default:
      // Keep-alives have done their work by being heard; of the rest nothing is for us.
      return;
  }
}

/** Gives the kind under which other programs ask for a packet; null: none. */
function packetKindOf({ kind }: Packet): UnitPacketKind | null {
  switch (kind) {
    case 'status':
    case 'position':
    case 'keep-alive':
      return kind;
    case 'fragment':
      return 'metadata';
    default:
      return null;
  }
}

/** Notes packets that arrive before our first word: they are meant for an earlier run of ours, in that run's mode. */
function noteService(draft: SessionDraft, { kind }: Packet): void {
  const { hasSpoken, servedBefore } = draft.state;
  if (hasSpoken) return;
  const positions = servedBefore.positions || kind === 'position';
  const status = servedBefore.status || kind === 'status' || kind === 'lighting-hello' || kind === 'fragment';
  draft.state = { ...draft.state, servedBefore: { status, positions } };
}

/** Notes the number that a player uses, and whether a device wants ours. */
function hearNumber(draft: SessionDraft, packet: Packet, from: string, at: Ms): void {
  const { number } = draft.state.player;
  const { player, defendTo, gaveWayTo } = hearAsPlayer(draft.state.player, packet, from, at);
  draft.state = { ...draft.state, player };
  if (gaveWayTo !== null) {
    const next = player.number === null ? 'no other is free, staying silent' : `taking ${player.number}`;
    note(draft, 'warn', `"${gaveWayTo.name}" at ${from} has player number ${number}: leaving it that one, ${next}`, {
      address: from,
    });
  }
  if (defendTo !== null && player.address !== null && number !== null) {
    say(draft, { address: defendTo, port: PORTS.presence }, defenceOf(number, player.address), at);
  }
}

/** Our own broadcast come back; after a change of address it may come from one we have not looked up yet. */
function isEcho(interfaces: readonly Interface[], packet: Packet, from: string): boolean {
  if (isFamilyName(packet)) return false;
  const mac = 'mac' in packet ? packet.mac : null;
  return interfaces.some(nic => nic.address === from || (nic.mac === mac && mac !== NO_MAC));
}

const isFamilyName = (packet: Packet): boolean => modelOfName(packet.name) !== null;

/** Takes note of a device that is not the unit; one of the family is named, with what to write to follow it. */
function noteDevice(draft: SessionDraft, packet: Packet, address: string): void {
  count(draft, 'ignored');
  const { devices } = draft.state;
  const known = devices.get(address);
  const before = known?.name === packet.name ? known : noSigns(packet.name);
  const signs = withSigns(before, packet);
  if (signs === known) return;
  if (known === undefined && devices.size >= DEVICES_MOST) return;
  draft.state = { ...draft.state, devices: new Map(devices).set(address, signs) };
  if (!isOfFamily(signs)) return;
  const { model } = draft.state.options;
  const text =
    modelOfName(signs.name) === 'opus-quad'
      ? `the ${signs.name} at ${address} is passed over: the profile names another model, ${model}`
      : `"${signs.name}" at ${address} is an all-in-one unit, as the OPUS-QUAD is, and is passed over; nobody has tried it. To follow it all the same write "${profileLineFor(signs, address)}" in the profile`;
  note(draft, 'info', text, { address });
}

/** Devices of a network that are remembered. */
const DEVICES_MOST = 32;
