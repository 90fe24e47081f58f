/** Findings about what the profile needs: each bridge and the machine it talks to. Pure. */
import { choosePort, lastingName } from '../../../bridges/midi/port-names.ts';
import { modelText } from '../../../bridges/opus-quad/models.ts';
import { type Interface, isLoopback, isOnSubnet } from '../../network/network.ts';
import { type Finding, fail, interfaceText, ok, type UnitNeed, warn } from './finding.ts';
import { judgePlayerNeed } from './hid-findings.ts';
import { proofOf, type Reach, subnetOf } from './hosts.ts';
import type { MachineFacts } from './machine-facts.ts';
import type { HostNeed } from './needs.ts';
import { unitsOf } from './unit-findings.ts';

type MidiNeed = Extract<HostNeed, { kind: 'midi-output' }>;

export function judgeNeed(need: HostNeed, facts: MachineFacts): Finding {
  switch (need.kind) {
    case 'unit':
      return judgeUnitNeed(need, facts);
    case 'host': {
      const found = facts.reaches.find(({ host }) => host === need.host);
      return judgeHost(need.bridge, found ?? unknownHost(need.host), facts.interfaces);
    }
    case 'midi-output':
      return judgeOutput(need, facts);
    case 'player':
      return judgePlayerNeed(need, facts);
  }
}

/** Judges what the profile says of the unit; a finding of its own says if any unit is heard. */
function judgeUnitNeed({ bridge, interface: ours, unitAddress, model }: UnitNeed, facts: MachineFacts): Finding {
  if (isLoopback(ours)) return ok(bridge, `on loopback (${ours}): a simulated unit`);
  const here = facts.interfaces.filter(({ address }) => !isLoopback(address));
  if (ours !== 'auto' && !here.some(({ address }) => address === ours)) {
    const names = here.map(interfaceText).join(', ') || 'none';
    return fail(bridge, `no interface here has the address ${ours}; there are: ${names}`, 'write "interface: auto"');
  }
  const units = unitsOf(facts).map(({ address }) => address);
  if (unitAddress !== 'auto' && units.length > 0 && !units.includes(unitAddress)) {
    const what = `no ${modelText(model)} at ${unitAddress}; heard: ${units.join(', ')}`;
    return fail(bridge, what, `write "unit: auto" or "unit: ${units[0]}"`);
  }
  const unit = unitAddress === 'auto' ? units[0] : unitAddress;
  const nic = here.find(({ address }) => address === ours);
  if (nic !== undefined && unit !== undefined && !isOnSubnet(nic, unit)) {
    const what = `the unit at ${unit} is not on the subnet of ${interfaceText(nic)}`;
    return fail(
      bridge,
      what,
      'write "interface: auto", or set the address of this interface to the subnet of the unit',
    );
  }
  return ok(bridge, `interface: ${ours}, unit: ${unitAddress}`);
}

const SWITCH_IT_ON = 'switch it on, look at its cable, and compare its address with the profile';

const unknownHost = (host: string): Reach => ({ host, address: null, from: null, neighbour: null });

function judgeHost(bridge: string, way: Reach, interfaces: readonly Interface[]): Finding {
  const { host, address, from } = way;
  if (address === null) {
    return fail(bridge, `no machine called ${host} is known here`, 'switch it on, or write its IPv4 address instead');
  }
  const what = host === address ? host : `${host} is ${address}`;
  const here = interfaces.filter(nic => !isLoopback(nic.address));
  if (from === null) {
    const names = here.map(interfaceText).join(', ') || 'none';
    const advice = "plug its network in, or set this machine's address to its subnet";
    return fail(bridge, `${what}: no network leads there; interfaces here: ${names}`, advice);
  }
  if (isLoopback(address) || from === address) return ok(bridge, `${what}, this machine`);
  const nic = subnetOf(address, here);
  const proof = proofOf(way, interfaces);
  if (nic !== null && proof !== null) {
    const { isThere, text } = proof;
    if (isThere === false) return fail(bridge, `${what} does not answer on ${interfaceText(nic)}`, SWITCH_IT_ON);
    return ok(bridge, isThere ? `${what} answers on ${interfaceText(nic)}` : text);
  }
  const advice = 'if it is meant to be on the same cable or switch, one of the two has a wrong address';
  return warn(
    bridge,
    `${what} is on the subnet of no interface here; ${from} sends it to a router, and that it is there is not proven`,
    advice,
  );
}

function judgeOutput({ bridge, device, isVirtual }: MidiNeed, { midi, platform }: MachineFacts): Finding {
  if (midi.kind === 'none') return fail(bridge, `no "${device}" without MIDI`, 'see MIDI above');
  if (isVirtual && platform === 'win32') {
    const advice = `make "${device}" with loopMIDI, and write "device:" in place of "virtual:"`;
    return fail(bridge, 'Windows lets no program make a MIDI port', advice);
  }
  if (isVirtual) return ok(bridge, `makes the MIDI port "${device}"`);
  const choice = choosePort(
    midi.outputs.map(fullName => ({ fullName })),
    device,
  );
  if (choice.ok) return ok(bridge, `MIDI output "${lastingName(choice.port.fullName)}"`);
  return fail(bridge, choice.text, 'plug it in, or correct the name in the profile');
}
