/** A bridge of ours on a real port, and what the kernel's sequencer says meanwhile. */
import { readFileSync } from 'node:fs';
import type { MidiMessage } from '../../bridges/midi/codec.ts';
import { openMidi } from '../../bridges/midi/device.ts';
import { loadMidiSystem } from '../../bridges/midi/port.ts';
import { parseSequencer, type SequencerPort } from '../../bridges/midi/sequencer.ts';
import type { OpenBridge } from '../../src/bridge.ts';
import type { Clock } from '../../src/core/clock.ts';
import { liveClock } from '../../src/live/live-clock.ts';
import { testHost } from '../bridges/fake-host.ts';
import { until } from '../until.ts';

export const sequencer = (): string => readFileSync('/proc/asound/seq/clients', 'utf8');

/** Port of a client, or of the client whose port has this name. */
export const sequencerPort = (name: string): SequencerPort | undefined =>
  parseSequencer(sequencer()).find(port => port.client === name || port.name === name);

export interface RigBridge extends OpenBridge {
  readonly clockOf: Clock;
  readonly log: readonly string[];
  /** How often it has said that it can send, and that its device has gone. */
  readonly news: readonly ('ready' | 'lost')[];
  sendNow(message: MidiMessage): boolean;
}

/** @param isVirtual makes a port of this name; else it is searched for */
export function openOn(device: string, isVirtual = false): RigBridge {
  const clock = liveClock();
  const { host, log } = testHost(clock);
  const news: ('ready' | 'lost')[] = [];
  const told = { ...host, ready: () => void news.push('ready'), lost: () => void news.push('lost') };
  const bridge = openMidi({ device, isVirtual }, told, loadMidiSystem, message => message as MidiMessage);
  return { ...bridge, clockOf: clock, log, news, sendNow: message => bridge.send(message as never, clock.now()) };
}

export async function readyOn(device: string, isVirtual = false): Promise<RigBridge> {
  const bridge = openOn(device, isVirtual);
  await until(
    () => bridge.status().state === 'ready',
    () => `${bridge.status().text}\n${sequencer()}`,
  );
  return bridge;
}

export const waitMs = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms));
