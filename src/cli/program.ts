/** The command line: all commands and their words. Each loads what it does only when it is called. */
import { Command } from 'commander';
import { packageVersion } from '../files/package-file.ts';
import { addBundleCommand } from './bundle/bundle-command.ts';
import { addCheckCommand } from './check-command.ts';
import { addDecodeCommand } from './decode/decode-command.ts';
import { addDevicesCommand, addDoctorCommand } from './doctor/doctor-command.ts';
import { addInitCommand } from './init-command.ts';
import { addMediaCommand } from './media/media-command.ts';
import { addPlanCommand, addRegionsCommand } from './plan/plan-command.ts';
import { addProbeCommand } from './probe/probe-command.ts';
import { addRehearseCommand } from './rehearse/rehearse-command.ts';
import { addReplayCommand } from './replay/replay-command.ts';
import { addRunCommand } from './run/run-command.ts';
import { addSendCommand, addTimecodeCommand } from './send/send-command.ts';
import { addSimulateCommand } from './simulate/simulate-command.ts';
import { addSurfaceCommand } from './surface/surface-command.ts';
import type { Terminals } from './terminal/terminal.ts';
import { addTestCommand } from './test/test-command.ts';
import { addWhyCommands } from './why/why-command.ts';

/** In the order of `--help`. */
const ADD_COMMANDS: readonly ((program: Command, terminals: Terminals) => void)[] = [
  addRunCommand,
  addCheckCommand,
  addTestCommand,
  addRehearseCommand,
  addPlanCommand,
  addRegionsCommand,
  addSurfaceCommand,
  addInitCommand,
  addSendCommand,
  addTimecodeCommand,
  addReplayCommand,
  addWhyCommands,
  addBundleCommand,
  addDoctorCommand,
  addProbeCommand,
  addSimulateCommand,
  addMediaCommand,
  addDecodeCommand,
  addDevicesCommand,
];

const HELP_AFTER = `
To try it without any hardware:
  decklight init                        writes show.yaml, a profile to start from
  decklight check show.yaml             finds its mistakes
  decklight run --simulate show.yaml    plays it against a simulated OPUS-QUAD

Exit codes: 0 done, 1 failed, 2 the profile or the command line is wrong, 3 something required is not there.`;

/** Builds the command line. It throws what is wrong with one, after it was said. */
export function decklightProgram(terminals: Terminals): Command {
  const program = new Command('decklight')
    .description("The bridge from a DJ's decks to light, video and sound.")
    .version(packageVersion())
    .exitOverride()
    .showHelpAfterError('(decklight --help, or decklight <command> --help, tells more)')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', HELP_AFTER);
  for (const add of ADD_COMMANDS) add(program, terminals);
  return program;
}
