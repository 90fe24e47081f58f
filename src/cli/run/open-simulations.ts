/** Simulated devices of `decklight run --simulate`. */
import type { Bridge, Simulation } from '../../bridge.ts';
import type { Clock } from '../../core/clock.ts';
import type { Profile } from '../../core/profile.ts';
import { readDjSetFile } from '../../files/dj-set-file.ts';
import type { Network } from '../../network/network.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface SimulationNeeds {
  readonly clock: Clock;
  readonly network: Network;
  readonly bridges: readonly Bridge[];
  readonly out: Terminal;
  /** Told of what a simulated device does, with the name of its bridge. */
  readonly acted: (bridge: string, text: string) => void;
}

/**
 * Puts a simulated device in place of every real one that can be simulated.
 *
 * @param setFile what the simulated DJ plays; null: the demo set
 * @returns       null: it could not, and that was said
 */
export async function openSimulations(
  profile: Profile,
  setFile: string | null,
  { clock, network, bridges, out, acted }: SimulationNeeds,
): Promise<ReadonlyMap<string, Simulation> | null> {
  const set = readDjSetFile(setFile);
  if (!set.ok) {
    out.error(set.line);
    return null;
  }
  const simulations = new Map<string, Simulation>();
  try {
    for (const { name, type, options } of profile.bridges) {
      const kind = bridges.find(bridge => bridge.type === type);
      if (kind?.simulate == null) continue;
      const names = profile.bridges.filter(each => each.type === type).map(each => each.name);
      const told = (text: string): void => acted(name, text);
      const request = { name, names, clock, network, options, set, acted: told };
      simulations.set(name, await kind.simulate(request));
    }
  } catch (error) {
    out.error((error as Error).message);
    return null;
  }
  if (simulations.size > 0) return simulations;
  const types = bridges.filter(({ simulate }) => simulate !== null).map(({ type }) => type);
  out.error(`--simulate needs a bridge of type ${types.join(' or ')} in the profile; write: opus: { type: opus-quad }`);
  return null;
}
