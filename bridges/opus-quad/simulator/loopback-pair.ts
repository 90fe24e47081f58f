/** A simulated unit within reach of the bridge: on two loopback addresses, or in memory where those cannot be had. */
import type { DeckTruth, Simulation, SimulationRequest } from '../../../src/bridge.ts';
import { memoryNetwork } from '../../../src/network/memory-network.ts';
import type { Wire } from '../../../src/network/network.ts';
import { PORTS } from '../layout.ts';
import { parseDjSet } from './dj-script.ts';
import { type OpenSimulatedUnit, openSimulatedUnit, type UnitTruth } from './unit-on-network.ts';

const BRIDGE_ADDRESS = '127.0.0.1';
const UNIT_ADDRESS = '127.0.0.2';

/** @throws Error with one line per mistake in the set */
export async function simulateOpusQuad({ clock, wire, options, set, acted }: SimulationRequest): Promise<Simulation> {
  const parsed = parseDjSet(set.source, set.file);
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'));
  const open = (on: Wire): Promise<OpenSimulatedUnit> =>
    openSimulatedUnit({
      wire: on,
      clock,
      interfaceAddress: UNIT_ADDRESS,
      peer: BRIDGE_ADDRESS,
      set: parsed.set,
      log: acted,
    });
  const met = { ...(options as object), interface: BRIDGE_ADDRESS, unitAddress: UNIT_ADDRESS };
  try {
    await needPorts(wire);
    const unit = await open(wire);
    return simulation(unit, met, wire, `${parsed.set.name}, over UDP between ${BRIDGE_ADDRESS} and ${UNIT_ADDRESS}`);
  } catch (error) {
    const network = memoryNetwork(clock);
    const host = (address: string): Wire =>
      network.host({ name: 'memory', address, netmask: '255.0.0.0', mac: '00:00:00:00:00:00' });
    const unit = await open(host(UNIT_ADDRESS));
    return simulation(unit, met, host(BRIDGE_ADDRESS), `${parsed.set.name}, in memory: ${(error as Error).message}`);
  }
}

/** Fails when the ports of the bridge's own address are taken, before the unit is put where nobody will meet it. */
async function needPorts(wire: Wire): Promise<void> {
  for (const port of Object.values(PORTS)) {
    const socket = await wire.open({ address: BRIDGE_ADDRESS, port }, { datagram() {}, failed() {} });
    await socket.close();
  }
}

const simulation = (unit: OpenSimulatedUnit, options: unknown, wire: Wire, text: string): Simulation => ({
  options,
  wire,
  text,
  truth: at => unit.truth(at).map(toTruth),
  close: () => unit.close(),
});

const toTruth = ({ deck, trackId, beat, positionMs, playing, tempoBpm }: UnitTruth): DeckTruth => ({
  deck,
  trackId,
  beat,
  positionMs,
  isPlaying: playing,
  tempoBpm,
});
