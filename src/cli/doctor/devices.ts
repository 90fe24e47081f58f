/** `decklight devices`: what this machine and its network have to offer, and what is in the way. Only listens. */
import { udevFile } from '../../../bridges/cdj-hid/udev-rule.ts';
import { tellingNames } from '../../../bridges/midi/port-names.ts';
import { OPUS_NAME } from '../../../bridges/opus-quad/layout.ts';
import { isOfFamily, modelOfName, profileLineFor, shownName } from '../../../bridges/opus-quad/models.ts';
import type { Ms } from '../../core/clock.ts';
import { liveNetwork } from '../../live/live-network.ts';
import { isLinkLocal } from '../../network/link-local.ts';
import { type Interface, isLoopback } from '../../network/network.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type DjLinkDevice, type LinkPort, listenForPeers } from './dj-link-peers.ts';
import { type HidPlayers, hidPlayers, hidPlayerText } from './hid-players.ts';
import { type MidiPorts, midiPorts } from './midi-ports.ts';

export interface DevicesOptions {
  readonly listenMs: Ms;
  /** One JSON object in place of lines. */
  readonly json: boolean;
}

/** What was found, as values. */
interface Found {
  readonly interfaces: readonly Interface[];
  readonly ports: readonly LinkPort[];
  readonly devices: readonly DjLinkDevice[];
  readonly midi: MidiPorts;
  readonly hid: HidPlayers;
}

/** @returns the exit code: 0 */
export async function devicesCommand({ listenMs, json }: DevicesOptions, out: Terminal): Promise<number> {
  const network = liveNetwork();
  const presence = await listenForPeers(network);
  await new Promise(done => setTimeout(done, listenMs));
  await presence.close();
  const found: Found = {
    interfaces: network.interfaces(),
    ports: presence.ports,
    devices: presence.devices(),
    midi: await midiPorts(),
    hid: await hidPlayers(),
  };
  if (json) out.line(JSON.stringify(toJson(found)));
  else for (const line of foundLines(found, listenMs)) out.line(line);
  return 0;
}

function foundLines({ interfaces, ports, devices, midi, hid }: Found, listenMs: Ms): readonly string[] {
  const indented = (lines: readonly string[]): readonly string[] => lines.map(line => `  ${line}`);
  const nics = interfaces.map(({ name, address, netmask, mac }) => {
    const note = isLinkLocal(address) ? '  (link-local: as a unit without a router has)' : '';
    return `${name}  ${address}  netmask ${netmask}${isLoopback(address) ? '' : `  ${mac}`}${note}`;
  });
  const isAlone = interfaces.every(({ address }) => isLoopback(address));
  return [
    'Interfaces',
    ...indented([...nics, ...(isAlone ? ['no network: plug in a cable or join one'] : [])]),
    'DJ Link ports',
    ...indented(ports.map(portLine)),
    `Units and players on the network (listened for ${(listenMs / 1000).toFixed(0)} s)`,
    ...indented(devices.length === 0 ? [noneHeard(ports)] : devices.map(deviceLine)),
    'MIDI ports',
    ...indented(midiLines(midi)),
    'USB HID players',
    ...indented(hidLines(hid)),
  ];
}

/** A device as other programs read it. `profile`: the line that follows it; null: it is no all-in-one unit. */
const toJson = ({ devices, ...rest }: Found) => ({
  ...rest,
  devices: devices.map(({ address, signs, isLighting, decklightOn }) => ({
    name: signs.name,
    address,
    numbers: [...signs.announced].sort((a, b) => a - b),
    decks: [...signs.decks].sort((a, b) => a - b),
    isLighting,
    decklightOn,
    profile: isOfFamily(signs) ? profileLineFor(signs, address) : null,
  })),
});

/** A device as a line, whatever it is. */
export function deviceLine({ address, signs, isLighting, decklightOn }: DjLinkDevice): string {
  const { name, announced, decks } = signs;
  const numbers = [...announced].sort((a, b) => a - b).join(', ');
  const isUnit = isOfFamily(signs);
  const isKnown = modelOfName(name) === 'opus-quad';
  return [
    name === '' ? '(no name)' : isUnit ? shownName(name) : name,
    address,
    ...(numbers === '' ? [] : [`number ${numbers}`]),
    ...(decks.size === 0 ? [] : [`speaks for ${[...decks].sort((a, b) => a - b).join(', ')}`]),
    ...(isUnit && !isKnown ? [`all-in-one unit: "${profileLineFor(signs, address)}" in the profile follows it`] : []),
    ...(isLighting ? ["poses as rekordbox's lighting"] : []),
    ...(decklightOn === null ? [] : [`Decklight on "${decklightOn}"`]),
  ].join('  ');
}

/** Why nobody was heard: a port that is not ours hears nothing, whatever the cable. */
export function noneHeard(ports: readonly LinkPort[]): string {
  const closed = ports.filter(({ kind }) => kind !== 'free');
  if (closed.length === 0) return `none heard: is the ${OPUS_NAME} on, its network cable in, on the same subnet?`;
  const [first] = closed;
  const holder = first?.kind === 'held' && first.holder !== null ? first.holder : 'another program';
  const which = `${closed.length === 1 ? 'port' : 'ports'} ${closed.map(({ port }) => port).join(', ')}`;
  return first?.kind === 'refused'
    ? `none heard, and none could be on ${which}: ${first.message}`
    : `none heard, and none could be on ${which}: ${holder} has it; close that program and look again (the cable may be fine)`;
}

function portLine(port: LinkPort): string {
  switch (port.kind) {
    case 'free':
      return `${port.port} free`;
    case 'held':
      return port.message;
    case 'refused':
      return `${port.port}: ${port.message}`;
  }
}

function midiLines(midi: MidiPorts): readonly string[] {
  if (midi.kind === 'none') return [`not to be had: ${midi.why}; ${midi.advice}`];
  const named = (names: readonly string[]): readonly string[] => tellingNames(names.map(fullName => ({ fullName })));
  const lines = [...named(midi.inputs).map(name => `in   ${name}`), ...named(midi.outputs).map(name => `out  ${name}`)];
  return lines.length === 0 ? ['none'] : lines;
}

function hidLines(hid: HidPlayers): readonly string[] {
  if (hid.kind === 'none') return [hid.why];
  if (hid.players.length === 0) return ['none: a CDJ needs its USB cable, and its control mode on'];
  const udev = ' (not to be opened by this user: "decklight devices --udev" prints the rule that allows it)';
  return hid.players.map(player => `${hidPlayerText(player)}${player.mayOpen === false ? udev : ''}`);
}

/** The rule that lets a user open a player, as a file to install. @returns the exit code */
export function udevCommand(out: Terminal): number {
  for (const line of udevFile()) out.line(line);
  return 0;
}
