/** The ports of this machine's MIDI system, behind the smallest interface that a test can stand in for. */
import { accessSync, constants, existsSync } from 'node:fs';
import type { Clock } from '../../src/core/clock.ts';
import type { PortListener, TimedPort } from '../../src/output/output-port.ts';
import { portOnThread } from '../../src/output/thread-port.ts';
import type { MidiOutputRequest } from './output.ts';
import { readSequencer, type SequencerPort } from './sequencer.ts';

/** An output port as one look finds it. */
export interface SeenPort {
  /** Name by which the package opens it: `UM-ONE:UM-ONE MIDI 1 24:0`. */
  readonly fullName: string;
  /** Those that are connected to send to it, ourselves among them; null: the system does not tell. */
  readonly senders: readonly Sender[] | null;
}

export interface Sender {
  /** Name of a connection on this system: `129:0`. */
  readonly connection: string;
  /** Name that its program gives itself. */
  readonly program: string;
}

export interface MidiSystem {
  /** The output ports that are there now. Nothing is opened for it. */
  outputs(): readonly SeenPort[];
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
    const outputs = await loadOutputs();
    // Listing is the first thing that fails where there is no sound system.
    outputs();
    return {
      outputs,
      open(name, isVirtual, clock, listener) {
        const request: MidiOutputRequest = { name, isVirtual };
        return portOnThread(OUTPUT_MODULE, request, clock, listener);
      },
    };
  } catch (error) {
    throw noMidi(failedMidi(error));
  }
}

/**
 * A look at the ports. What easymidi itself lists them with leaves a client of the sequencer behind each time, until all
 * places are taken and no program can open MIDI any more; the package beneath it has a list that leaves none.
 */
async function loadOutputs(): Promise<() => readonly SeenPort[]> {
  const { Output } = await import('@julusian/midi');
  const listed = (): readonly SeenPort[] =>
    distinct(Output.getPortNames()).map(fullName => ({ fullName, senders: null }));
  return () => {
    const ports = readSequencer();
    return ports === null ? listed() : seenPorts(ports);
  };
}

/** The ports to which programs may send, by the names that RtMidi gives them. Source: `portInfo` in its RtMidi.cpp. */
export function seenPorts(ports: readonly SequencerPort[]): readonly SeenPort[] {
  const programs = new Map(ports.map(({ address, client }) => [address, client]));
  return ports
    .filter(({ address, takesSenders }) => takesSenders && !address.startsWith('0:'))
    .map(({ client, name, address, senders }) => ({
      fullName: `${client}:${name} ${address}`,
      senders: senders.map(connection => ({ connection, program: programs.get(connection) ?? 'a program' })),
    }));
}

/** Those of the same name are numbered, as easymidi does where it opens one by its name. */
export function distinct(names: readonly string[]): readonly string[] {
  const taken: string[] = [];
  for (const name of names) {
    let numbered = name;
    for (let number = 1; taken.includes(numbered); number++) numbered = `${name}${number}`;
    taken.push(numbered);
  }
  return taken;
}

const noMidi = ({ why, advice }: NoMidi): Error => new Error(`no MIDI here: ${why}; ${advice}`);
