/** The terminal for a command that opens bridges: one of them may have standard output for itself. */
import type { Bridge } from '../../bridge.ts';
import type { BridgeEntry } from '../../core/profile.ts';
import type { Terminal, Terminals } from '../terminal/terminal.ts';

/** As a bridge claims it whose sound goes there. */
const STANDARD_OUTPUT = 'standard output';

export const claimsStandardOutput = (entries: readonly BridgeEntry[], bridges: readonly Bridge[]): boolean =>
  entries.some(({ type, options }) =>
    bridges
      .find(each => each.type === type)
      ?.claims(options)
      .includes(STANDARD_OUTPUT),
  );

/** @param entries the bridges that the command opens, and no others */
export const terminalBeside = (
  entries: readonly BridgeEntry[],
  bridges: readonly Bridge[],
  { out, aside }: Terminals,
): Terminal => (claimsStandardOutput(entries, bridges) ? aside : out);
