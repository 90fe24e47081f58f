/** The ports of this machine's MIDI system, behind the smallest interface that a test can stand in for. */
import type { Anchor } from '../../src/core/anchor.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Timed } from './codec.ts';
import type { MtcCounts } from './owner.ts';
import { portOnThread } from './thread.ts';

export interface MidiSystem {
  /** Names of the output ports that are there now. */
  outputs(): readonly string[];
  /** Begins to open a port; the listener is told how that went. @throws when it is known at once that it cannot be had */
  open(name: string, isVirtual: boolean, clock: Clock, listener: PortListener): MidiPort;
}

/** A port and its owner: everything that leaves through it is handed over here. Never throws. */
export interface MidiPort {
  /** Leaves as soon as possible, after those that were handed over before. */
  send(cue: Timed): void;
  /** How its timecode goes on. */
  run(anchor: Anchor): void;
  /** Lets go of the port once every cue handed over has left. */
  close(): Promise<void>;
}

/** What a port tells; never from within `open`. */
export interface PortListener {
  /** It is there. What was handed over before has not been lost, but nobody knew that it would leave. */
  opened(): void;
  /** It is gone, or could not be had. It tells nothing else and needs no closing. */
  failed(reason: string): void;
  /** How punctual its quarter frames have been since it was opened. */
  counted(counts: MtcCounts): void;
}

/** The module that a port's own thread opens it with; loaded there and only there. */
const OUTPUT_MODULE = new URL(import.meta.url.endsWith('.ts') ? './output.ts' : './output.js', import.meta.url).href;

/**
 * The real one, by easymidi; loaded only when a profile has a MIDI bridge.
 *
 * @throws Error with one line on what to install where there is no MIDI system
 */
export async function loadMidiSystem(): Promise<MidiSystem> {
  try {
    const { default: easymidi } = await import('easymidi');
    // Listing is the first thing that fails where there is no sound system.
    easymidi.getOutputs();
    return {
      outputs: () => easymidi.getOutputs(),
      open: (name, isVirtual, clock, listener) =>
        portOnThread({ module: OUTPUT_MODULE, name, isVirtual }, clock, listener),
    };
  } catch (error) {
    // Of a module that cannot be loaded the first line says which; the others are a trace.
    const [reason] = (error as Error).message.split('\n', 1);
    throw new Error(
      `there is no MIDI system here (${reason}): on Debian install libasound2 and see that /dev/snd/seq is there (modprobe snd-seq)`,
    );
  }
}
