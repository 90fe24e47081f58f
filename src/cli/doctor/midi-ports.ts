/** MIDI ports of this machine. Lists only, opens nothing. */
import { failedMidi, missingMidi, type NoMidi } from '../../../bridges/midi/port.ts';

export type MidiPorts =
  | { readonly kind: 'ports'; readonly inputs: readonly string[]; readonly outputs: readonly string[] }
  | ({ readonly kind: 'none' } & NoMidi);

/** The ports of this machine's MIDI system; the package is loaded only here. Never throws. */
export async function midiPorts(): Promise<MidiPorts> {
  const missing = missingMidi();
  if (missing !== null) return { kind: 'none', ...missing };
  try {
    const { Input, Output } = await import('@julusian/midi');
    return { kind: 'ports', inputs: Input.getPortNames(), outputs: Output.getPortNames() };
  } catch (error) {
    return { kind: 'none', ...failedMidi(error) };
  }
}
