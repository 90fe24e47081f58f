/** `decklight simulate opus-quad`: a virtual unit on the real network, for any client. */
import { parseDjScript } from '../../../bridges/opus-quad/simulator/dj-script.ts';
import { openSimulatedUnit } from '../../../bridges/opus-quad/simulator/unit-on-network.ts';
import { readDjSetFile } from '../../files/dj-set-file.ts';
import { openLineFile } from '../../files/line-file.ts';
import { liveClock } from '../../live/live-clock.ts';
import { liveNetwork } from '../../live/live-network.ts';
import { type Interface, isLoopback } from '../../network/network.ts';
import { stopped } from '../terminal/stop-signal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { truthLines } from '../terminal/trace.ts';

export interface SimulateOptions {
  /** DJ set that is played; null: the demo set. */
  readonly set: string | null;
  /** An address or a name of an interface; null: loopback. */
  readonly interface: string | null;
  /** Whom it talks to instead of broadcasting; null: everybody, or on loopback the other of the two addresses below. */
  readonly peer: string | null;
  readonly trace: string | null;
}

/** On one machine a unit and its bridge need an address each, since both want the same ports. */
const LOOPBACK_UNIT = '127.0.0.2';
const LOOPBACK_PEER = '127.0.0.1';

/** @returns the exit code: 0 it ran until stopped, 2 the set is wrong, 3 an address or a port is not to be had */
export async function simulateCommand(options: SimulateOptions, out: Terminal, signal: AbortSignal): Promise<number> {
  const read = readDjSetFile(options.set);
  if (!read.ok) {
    out.error(read.line);
    return 2;
  }
  const parsed = parseDjScript(read.source, read.file);
  if (!parsed.ok) {
    for (const mistake of parsed.mistakes) out.error(mistake);
    return 2;
  }

  const { set } = parsed;
  const clock = liveClock();
  const network = liveNetwork(clock);
  const interfaceAddress = addressOf(options.interface, network.interfaces());
  const loopbackPeer = interfaceAddress === LOOPBACK_PEER ? LOOPBACK_UNIT : LOOPBACK_PEER;
  const peer = options.peer ?? (isLoopback(interfaceAddress) ? loopbackPeer : null);
  const trace = options.trace === null ? null : openLineFile(options.trace, 'the trace', text => out.error(text));
  // A simulated unit is never said to be a real one: every line that tells what it does names it.
  const log = (text: string): void => out.line(`simulated OPUS-QUAD: ${text}`);
  try {
    const unit = await openSimulatedUnit({
      ...{ network, clock, interfaceAddress, peer, set, log },
      ...(trace === null
        ? {}
        : {
            onTruth: (at, decks) =>
              trace.write(
                truthLines(
                  decks.map(({ playing, ...deck }) => ({ ...deck, isPlaying: playing })),
                  at,
                ),
              ),
          }),
    });
    log(`at ${unit.address}, talks to ${peer ?? 'everybody on the network'}, plays "${set.name}"; stop with Ctrl-C`);
    await stopped(signal);
    await unit.close();
    return 0;
  } catch (error) {
    out.error(error instanceof Error ? error.message : String(error));
    return 3;
  } finally {
    await trace?.close();
  }
}

function addressOf(wanted: string | null, interfaces: readonly Interface[]): string {
  if (wanted === null) return LOOPBACK_UNIT;
  return interfaces.find(nic => nic.name === wanted)?.address ?? wanted;
}
