/** The words of `decklight probe`. */
import { hostname } from 'node:os';
import { type Command, Option } from 'commander';
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
  probe
    .command('cdj')
    .description('at a CDJ in HID control mode: its login, doubtful bits, wheel, slider, and what its screen shows')
    .option('--serial <text>', 'which player, by its serial number')
    .option('--path <path>', 'which player, by its path')
    .addOption(
      new Option('--login <name>', 'as which program').choices(['traktor', 'serato', 'rekordbox']).default('traktor'),
    )
    .option('--to <folder>', 'where the result is written', '.')
    .action(
      async (words: { serial?: string; path?: string; login: 'traktor' | 'serato' | 'rekordbox'; to: string }) => {
        const { probeCdj } = await import('./probe-cdj.ts');
        const { probeWorld } = await import('./probe-world.ts');
        const { loadHidSystem } = await import('../../../bridges/cdj-hid/hid-port.ts');
        const { serial = null, path = null, login, to } = words;
        const world = { ...probeWorld(out, stopSignal()), hid: loadHidSystem };
        process.exitCode = await probeCdj({ serial, path, login, to }, world);
      },
    );
}
