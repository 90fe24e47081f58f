/** The words of `decklight probe`. */
import { hostname } from 'node:os';
import type { Command } from 'commander';
import { interfaceOption, ipv4Option } from '../command-line/option-values.ts';
import { stopSignal } from '../terminal/stop-signal.ts';
import type { Terminals } from '../terminal/terminal.ts';

export function addProbeCommand(program: Command, { out }: Terminals): void {
  const probe = program
    .command('probe')
    .description('ten guided minutes at a real device: what nobody knows of it, as quirks for the profile');
  probe
    .command('opus-quad')
    .description('at an OPUS-QUAD: on air, deck numbers, cadence, loops, where tracks come from, positions')
    .option('--interface <address>', 'address of this machine towards the unit', interfaceOption)
    .option('--unit <address>', 'address of the unit', ipv4Option)
    .option('--to <folder>', 'where the result is written', '.')
    .action(async (words: { interface?: string; unit?: string; to: string }) => {
      const { probeUnit } = await import('./probe-opus-quad.ts');
      const { probeWorld } = await import('./probe-world.ts');
      const { interface: address = null, unit = null, to } = words;
      const options = { interface: address, unit, to, computerName: hostname() };
      process.exitCode = await probeUnit(options, probeWorld(out, stopSignal()));
    });
}
