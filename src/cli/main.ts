/** The entry point: reads the command line, and ends with the exit code of the command. */
import { decklightProgram } from './program.ts';
import { openTerminal } from './terminal/terminal.ts';

// Node would open its debugger, a port through which anybody on this machine can do anything.
process.on('SIGUSR1', () => {});

const out = openTerminal(process.stdout, process.stderr);
const aside = openTerminal(process.stderr, process.stderr);

try {
  await decklightProgram({ out, aside }).parseAsync();
} catch (error) {
  const { exitCode, code } = error as { exitCode?: number; code?: string };
  // Commander has said what is wrong; its own code for that is 1, ours for a wrong command line is 2.
  if (code?.startsWith('commander.') === true) process.exitCode = exitCode === 0 ? 0 : 2;
  else {
    out.error(`decklight stopped because of a mistake of its own: ${(error as Error).stack ?? String(error)}`);
    process.exitCode = 1;
  }
}

// Nothing is left to do. A terminal that does not read what is still to be said does not keep the program.
setTimeout(() => process.exit(), 1000).unref();
