/** The words of `decklight simulate`. */
import type { Command } from 'commander';
import { interfaceOption, ipv4Option, textOption, trackCountOption } from '../command-line/option-values.ts';
import { stopSignal } from '../terminal/stop-signal.ts';
import type { Terminals } from '../terminal/terminal.ts';

export function addSimulateCommand(program: Command, terminals: Terminals): void {
  const simulate = program
    .command('simulate')
    .description('a virtual unit on the wire, a CDJ by USB HID, or a made-up stick');
  addOpusQuad(simulate, terminals);
  addCdj(simulate, terminals);
  addStick(simulate, terminals);
}

function addOpusQuad(simulate: Command, { out }: Terminals): void {
  simulate
    .command('opus-quad')
    .description('a virtual unit on the wire, with a scripted DJ, for any client')
    .option('--set <file>', 'what the DJ plays (YAML); else a demo')
    .option('--interface <address>', 'address of the unit, one of this machine: 127.0.0.2, 10.0.0.5', interfaceOption)
    .option('--peer <address>', 'send keep-alives to this address alone; needed on loopback', ipv4Option)
    .option('--trace <file>', 'write the true positions (100 a second), one JSON object a line')
    .action(async (options: Record<string, string | undefined>) => {
      const { set = null, interface: address = null, peer = null, trace = null } = options;
      const { simulateCommand } = await import('./simulate-opus-quad.ts');
      process.exitCode = await simulateCommand({ set, interface: address, peer, trace }, out, stopSignal());
    });
}

function addCdj(simulate: Command, { out }: Terminals): void {
  simulate
    .command('cdj')
    .description('a CDJ as a HID device of this Linux machine (/dev/uhid), for any program; keys are its hands')
    .option('--set <file>', 'what hands do at it (YAML), its acts with "surface:"; else keys alone')
    .option('--product <name>', 'name that it says: CDJ2000NXS2, CDJ3000, CDJTOUR1, XDJ1000MK2', 'CDJ2000NXS2')
    .option('--serial <text>', 'serial number; else none', textOption)
    .option('--wrong <way>', 'do each login wrong in this way: bad-hash, reset, silence …', textOption)
    .action(async (options: { set?: string; product: string; serial?: string; wrong?: string }) => {
      const { set = null, serial = '', wrong = null, product } = options;
      const { simulateCdjCommand } = await import('./simulate-cdj-device.ts');
      process.exitCode = await simulateCdjCommand({ set, product, serial, wrong }, out, stopSignal());
    });
}

function addStick(simulate: Command, { out }: Terminals): void {
  simulate
    .command('stick')
    .description('a rekordbox stick with the tracks of the virtual unit, to try the import with')
    .requiredOption('--to <folder>', 'where to write it')
    .option(
      '--tracks <number>',
      'how many; else the ten of the virtual unit, and beyond them made-up ones',
      trackCountOption,
    )
    .option('--key <text>', 'what its library is encrypted with; else a key of ours', textOption)
    .option('--wal', 'all rows of its library in the -wal file alone, as after a fresh export', false)
    .action(async (options: { to: string; tracks?: number; key?: string; wal: boolean }) => {
      const { tracks = null, key = null, ...rest } = options;
      const { simulateStickCommand } = await import('./simulate-stick.ts');
      process.exitCode = await simulateStickCommand({ ...rest, tracks, key }, out, stopSignal());
    });
}
