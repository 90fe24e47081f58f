/** The ports of this machine's MIDI system, behind the smallest interface that a test can stand in for. */
import { accessSync, constants, existsSync } from 'node:fs';
import type { Clock } from '../../src/core/clock.ts';
import type { PortListener, TimedPort } from '../../src/output/output-port.ts';
import { portOnThread } from '../../src/output/thread-port.ts';
import type { MidiOutputRequest } from './output.ts';

export interface MidiSystem {
  /** Names of the output ports that are there now. */
  outputs(): readonly string[];
  /** Begins to open a port; the listener hears how that went. @throws when it is known at once that it cannot be had */
  open(name: string, isVirtual: boolean, clock: Clock, listener: PortListener): TimedPort;
}

/** The module that a port's own thread opens it with; loaded there and only there. */
const OUTPUT_MODULE = new URL(import.meta.url.endsWith('.ts') ? './output.ts' : './output.js', import.meta.url).href;

/** The file behind which Linux has its MIDI ports. */
const SEQUENCER = '/dev/snd/seq';

/** The reason why there is no MIDI to be had on this machine, and what to do. */
export interface NoMidi {
  readonly why: string;
  readonly advice: string;
}

/**
 * Parts known to be missing before the package is asked, whose native part would write complaints of its own to the
 * terminal; null: nothing.
 */
export function missingMidi(): NoMidi | null {
  if (process.platform !== 'linux') return null;
  if (!existsSync(SEQUENCER)) {
    const advice =
      'install libasound2 (Debian) and run "sudo modprobe snd-seq"; a container needs /dev/snd from its host';
    return { why: `there is no ${SEQUENCER}`, advice };
  }
  try {
    accessSync(SEQUENCER, constants.R_OK | constants.W_OK);
    return null;
  } catch {
    const advice = 'run "sudo usermod -aG audio $USER" and log in again';
    return { why: `this user may not open ${SEQUENCER}`, advice };
  }
}

/** The meaning of an error of the package or of its native part. */
export function failedMidi(error: unknown): NoMidi {
  // Of a module that cannot be loaded the first line says which; the others are a trace.
  const [why = ''] = (error as Error).message.split('\n', 1);
  return { why, advice: 'on Debian install libasound2; else install Decklight again' };
}

/**
 * The real one, by easymidi; loaded only when a profile has a MIDI bridge.
 *
 * @throws Error with one line on what to install where there is no MIDI system
 */
export async function loadMidiSystem(): Promise<MidiSystem> {
  const missing = missingMidi();
  if (missing !== null) throw noMidi(missing);
  try {
    const { default: easymidi } = await import('easymidi');
    // Listing is the first thing that fails where there is no sound system.
    easymidi.getOutputs();
    return {
      outputs: () => easymidi.getOutputs(),
      open(name, isVirtual, clock, listener) {
        const request: MidiOutputRequest = { name, isVirtual };
        return portOnThread(OUTPUT_MODULE, request, clock, listener);
      },
    };
  } catch (error) {
    throw noMidi(failedMidi(error));
  }
}

const noMidi = ({ why, advice }: NoMidi): Error => new Error(`no MIDI here: ${why}; ${advice}`);
