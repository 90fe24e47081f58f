/** `decklight probe opus-quad`: the ends of the probe at a unit: its network, its clock, the operator's keys and screen. */
import { decode } from '../../../bridges/opus-quad/codec.ts';
import { openOpusQuad } from '../../../bridges/opus-quad/device.ts';
import { modelOfName } from '../../../bridges/opus-quad/models.ts';
import { type Mode, USUAL_OPTIONS } from '../../../bridges/opus-quad/session/session-state.ts';
import { NO_VIEW, type OpenBridge } from '../../bridge.ts';
import type { Ms } from '../../core/clock.ts';
import { whyUnwritable } from '../../files/file-errors.ts';
import { packageVersion } from '../../files/package-file.ts';
import { packetTap } from '../../live/packet-tap.ts';
import { type Datagram, isLoopback, type Network } from '../../network/network.ts';
import { openRecorder, type Recorder } from '../../recording/recorder.ts';
import { recordingNetwork } from '../../recording/recording-network.ts';
import type { ProbeAnswer } from './probe.ts';
import { type ProbeFiles, probeFiles, tellResult } from './probe-result.ts';
import { type ProbeWorld, runProbe } from './probe-run.ts';
import { UNIT_PLAN } from './unit-plan.ts';
import { heldToList, wordLines } from './unit-words.ts';

export interface UnitProbeOptions {
  /** Address of our interface; null: found. */
  readonly interface: string | null;
  /** Address of the unit; null: found. */
  readonly unit: string | null;
  /** Folder that the result is written to. */
  readonly to: string;
  /** Name of this machine as the unit is told. */
  readonly computerName: string;
}

/** The world of a probe at a unit. */
export interface UnitWorld extends ProbeWorld {
  readonly network: Network;
}

/**
 * Leads through the steps, and writes what was found.
 *
 * @returns exit code: 0 something is known; 1 the result cannot be written; 3 nothing was heard of a unit
 */
export async function probeUnit(options: UnitProbeOptions, world: UnitWorld): Promise<number> {
  const { out, clock } = world;
  let files: ProbeFiles;
  try {
    files = probeFiles(options.to, 'opus-quad');
  } catch (error) {
    out.error(`${options.to}: error: ${whyUnwritable(error)}`);
    return 1;
  }
  for (const line of ['A probe of an OPUS-QUAD: about ten minutes, step by step. It sends no cue.', ...wordLines()])
    out.line(line);
  const startedUnixMs = world.unixMs(clock.now());
  const ran = await runSteps(options, world, files);
  const device = isLoopback(options.interface ?? options.unit ?? '')
    ? 'a SIMULATED unit on this machine'
    : 'the unit on the network';
  const bundleNote = 'addresses are in it; decklight bundle --mask';
  return tellResult({ type: 'opus-quad', device, startedUnixMs, ...ran, raw: [], bundleNote }, files, world);
}

interface Ran {
  readonly answers: readonly ProbeAnswer[];
  readonly sent: ReadonlyMap<string, number>;
  readonly refused: readonly string[];
}

async function runSteps(options: UnitProbeOptions, world: UnitWorld, files: ProbeFiles): Promise<Ran> {
  const { clock } = world;
  const sent = new Map<string, number>();
  const refused: string[] = [];
  const recorder = recorderOf(options, world, files);
  let mode: Mode = 'lighting';
  const wire = heldToList(world.network, {
    mode: () => mode,
    sent: kind => void sent.set(kind, (sent.get(kind) ?? 0) + 1),
    refused: what => void refused.push(what),
  });
  const network = recordingNetwork(wire, { ...recorder, datagram: heard }, clock.now);
  const probe = runProbe(UNIT_PLAN, world, entered);
  let bridge = join(options, world, { network, mode });

  function heard(datagram: Datagram, to: string): void {
    recorder.datagram(datagram, to);
    const decoded = decode(datagram, datagram.bytes);
    if (!decoded.ok || decoded.packet === null || modelOfName(decoded.packet.name) === null) return;
    probe.take({ kind: 'event', event: { packet: decoded.packet, bytes: datagram.bytes } }, datagram.stamp.at);
  }

  function entered(index: number, at: Ms): void {
    const wanted = UNIT_PLAN.steps[index]?.mode ?? mode;
    if (wanted === mode) return;
    mode = wanted as Mode;
    recorder.profile('probe.yaml', profileFor(options, mode), [], at);
    const before = bridge;
    bridge = before.then(async open => {
      await open.close();
      return join(options, world, { network, mode });
    });
  }

  const answers = await probe.answers;
  await (await bridge).close();
  await recorder.stop(clock.now());
  return { answers, sent, refused };
}

/** Joins the unit as the bridge does in a show: nothing else ever speaks. */
async function join(
  { interface: address, unit, computerName }: UnitProbeOptions,
  { clock, out, unixMs }: UnitWorld,
  { network, mode }: { readonly network: Network; readonly mode: Mode },
): Promise<OpenBridge> {
  const say = (_: unknown, text: string): void => out.line(`  (${text})`);
  return openOpusQuad(
    {
      ...USUAL_OPTIONS,
      ...{ unit: 'unit', computerName, mode },
      interface: address ?? USUAL_OPTIONS.interface,
      unitAddress: unit ?? USUAL_OPTIONS.unitAddress,
    },
    {
      ...{ clock, network, packets: packetTap(), view: NO_VIEW, hears: true, unixMs },
      log: { info() {}, warn: say, error: say },
      needs: { phrases: true, beats: true, positions: mode === 'cdj', phrasesKnownBy: null },
      emit() {},
      ready() {},
      lost() {},
    },
  );
}

const profileFor = ({ interface: address, unit }: UnitProbeOptions, mode: Mode): string =>
  `decklight: 1\nname: probe\nbridges:\n  device: { type: opus-quad, mode: ${mode}, interface: ${address ?? 'auto'}, unit: ${unit ?? 'auto'} }\n`;

function recorderOf(
  options: UnitProbeOptions,
  { clock, unixMs, network, out }: UnitWorld,
  { recording }: ProbeFiles,
): Recorder {
  const say = (_: unknown, text: string): void => out.error(text);
  return openRecorder(
    { file: recording, unixMs, log: { info() {}, warn: say, error: say } },
    {
      ...{ version: packageVersion(), profile: { file: 'probe.yaml', source: profileFor(options, 'lighting') } },
      ...{ startedAtMs: clock.now(), options: { simulate: false, dryRun: false }, instead: {} },
      ...{ interfaces: network.interfaces(), memory: null, allocated: [], book: [], sticks: [] },
    },
  );
}
