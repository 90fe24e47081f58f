/** The words of `decklight doctor` and `decklight devices`. */
import type { Command } from 'commander';
import type { Ms } from '../../core/clock.ts';
import { durationOption, JSON_OPTION } from '../command-line/option-values.ts';
import { profileContext } from '../command-line/profile-context.ts';
import type { Terminals } from '../terminal/terminal.ts';

export function addDoctorCommand(program: Command, { out }: Terminals): void {
  program
    .command('doctor')
    .description('is this machine ready for the show? what to do if not')
    .argument('[profile]', 'show profile (YAML), to look for what it needs')
    .option(...JSON_OPTION)
    .action(async (profile: string | undefined, { json }: { json: boolean }) => {
      const { doctorCommand } = await import('./doctor.ts');
      const file = profile ?? null;
      process.exitCode = await doctorCommand(file, { json }, await profileContext(file, undefined, out));
    });
}

export function addDevicesCommand(program: Command, { out }: Terminals): void {
  program
    .command('devices')
    .description('interfaces, units on the network, MIDI ports, HID players, and who holds a port')
    .option('--for <time>', 'how long to listen for units (3s)', durationOption)
    .option('--udev', 'print the udev rule that lets a Linux user open a CDJ, and stop', false)
    .option(...JSON_OPTION)
    .action(async (options: { for?: Ms; udev: boolean; json: boolean }) => {
      const { devicesCommand, udevCommand } = await import('./devices.ts');
      process.exitCode = options.udev
        ? udevCommand(out)
        : await devicesCommand({ listenMs: options.for ?? 3000, json: options.json }, out);
    });
}
