/** A simulated unit within reach of the bridge: on two loopback addresses, or in memory where those cannot be had. */
import type { DeckTruth, Simulation, SimulationRequest } from '../../../src/bridge.ts';
import { memoryNetwork } from '../../../src/network/memory-network.ts';
import type { Network } from '../../../src/network/network.ts';
import { PORTS } from '../layout.ts';
import { parseDjScript } from './dj-script.ts';
import { type OpenSimulatedUnit, openSimulatedUnit, type UnitTruth } from './unit-on-network.ts';

const BRIDGE_ADDRESS = '127.0.0.1';
const UNIT_ADDRESS = '127.0.0.2';

/** @throws Error with one line per mistake in the set */
export async function simulateOpusQuad({
  clock,
  network,
  options,
  set,
  acted,
}: SimulationRequest): Promise<Simulation> {
  const parsed = parseDjScript(set.source, set.file);
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'));
  const open = (on: Network): Promise<OpenSimulatedUnit> =>
    openSimulatedUnit({
      network: on,
      clock,
      interfaceAddress: UNIT_ADDRESS,
      peer: BRIDGE_ADDRESS,
      set: parsed.set,
      log: acted,
    });
  const met = { ...(options as object), interface: BRIDGE_ADDRESS, unitAddress: UNIT_ADDRESS };
  try {
    await needPorts(network);
    const unit = await open(network);
    return simulation(unit, met, network, `${parsed.set.name}, over UDP between ${BRIDGE_ADDRESS} and ${UNIT_ADDRESS}`);
  } catch (error) {
    const memory = memoryNetwork(clock);
    const host = (address: string): Network =>
      memory.host({ name: 'memory', address, netmask: '255.0.0.0', mac: '00:00:00:00:00:00' });
    const unit = await open(host(UNIT_ADDRESS));
    return simulation(unit, met, host(BRIDGE_ADDRESS), `${parsed.set.name}, in memory: ${(error as Error).message}`);
  }
}

/** Fails when the ports of the bridge's own address are taken, before the unit is put where nobody will meet it. */
async function needPorts(network: Network): Promise<void> {
  for (const port of Object.values(PORTS)) {
    const socket = await network.open({ address: BRIDGE_ADDRESS, port }, { datagram() {}, failed() {} });
    await socket.close();
  }
}

const simulation = (unit: OpenSimulatedUnit, options: unknown, network: Network, text: string): Simulation => ({
  options,
  network,
  open: null,
  text,
  drawn: () => [],
  keys: null,
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
