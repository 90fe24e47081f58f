/** `decklight probe cdj`: the ends of the probe at a CDJ: its reports, what it shows, the operator's keys and screen. */
import { randomBytes } from 'node:crypto';
import { isEmptyPacket, readPacket } from '../../../bridges/cdj-hid/codec.ts';
import { openCdj } from '../../../bridges/cdj-hid/device.ts';
import type { HidSystem } from '../../../bridges/cdj-hid/hid-port.ts';
import type { Login } from '../../../bridges/cdj-hid/login/login-data.ts';
import { USUAL_QUIRKS } from '../../../bridges/cdj-hid/quirks.ts';
import { toHex } from '../../bytes/hex.ts';
import type { Ms } from '../../core/clock.ts';
import { whyUnwritable } from '../../files/file-errors.ts';
import { packageVersion } from '../../files/package-file.ts';
import { openRecorder } from '../../recording/recorder.ts';
import { CDJ_PLAN, shownAt } from './cdj-plan.ts';
import type { CdjSaid } from './cdj-watch.ts';
import type { ProbeAnswer } from './probe.ts';
import { type ProbeFiles, probeFiles, tellResult } from './probe-result.ts';
import { type ProbeWorld, type RunningProbe, runProbe } from './probe-run.ts';

export interface CdjProbeOptions {
  readonly serial: string | null;
  readonly path: string | null;
  readonly login: Login;
  /** Folder that the result is written to. */
  readonly to: string;
}

/** The world of a probe at a CDJ. */
export interface CdjWorld extends ProbeWorld {
  readonly hid: () => Promise<HidSystem>;
}

/** What leaves, by the kind of its packet. */
export const CDJ_TALK: Readonly<Record<string, string>> = {
  handshake: "messages of the login: in answer to the player's",
  'control-output': 'lamps and numbers of its screen: every 200 ms, more often while a time runs',
  empty: 'empty packet: 400 ms after the last one, as keep-alive',
};

/** Reports that are kept for the bundle: those that differ from the one before. */
const MOST_RAW = 4000;

/**
 * Leads through the steps, and writes what was found.
 *
 * @returns exit code: 0 something is known; 1 the result cannot be written; 3 nobody logged in
 */
export async function probeCdj(options: CdjProbeOptions, world: CdjWorld): Promise<number> {
  const { out, clock } = world;
  let files: ProbeFiles;
  try {
    files = probeFiles(options.to, 'cdj');
  } catch (error) {
    out.error(`${options.to}: error: ${whyUnwritable(error)}`);
    return 1;
  }
  out.line('A probe of a CDJ in HID control mode: about five minutes, step by step. Its music is not touched.');
  out.line('What this machine writes to it, and nothing else:');
  for (const text of Object.values(CDJ_TALK)) out.line(`  ${text}`);
  const startedUnixMs = world.unixMs(clock.now());
  const ran = await runSteps(options, world, files);
  const device = `a player by USB HID, login ${options.login}`;
  return tellResult({ type: 'cdj-hid', device, startedUnixMs, ...ran, bundleNote: null }, files, world);
}

interface CdjRan {
  readonly answers: readonly ProbeAnswer[];
  readonly sent: ReadonlyMap<string, number>;
  readonly refused: readonly string[];
  /** Reports as they came, where they changed: the time in ms, and hex. */
  readonly raw: readonly string[];
}

async function runSteps(options: CdjProbeOptions, world: CdjWorld, files: ProbeFiles): Promise<CdjRan> {
  const { clock, out, unixMs } = world;
  const { login, serial, path } = options;
  const sent = new Map<string, number>();
  const refused: string[] = [];
  const raw: string[] = [];
  const startedAtMs = clock.now();
  const say = (_: unknown, text: string): void => out.line(`  (${text})`);
  const recorder = openRecorder(
    { file: files.recording, unixMs, log: { info() {}, warn: say, error: say } },
    {
      ...{ version: packageVersion(), startedAtMs, options: { simulate: false, dryRun: false }, instead: {} },
      profile: {
        file: 'probe.yaml',
        source: `decklight: 1\nname: probe\nbridges:\n  device: { type: cdj-hid, login: ${login} }\n`,
      },
      ...{ interfaces: [], memory: null, allocated: [], book: [], sticks: [] },
    },
  );
  let before = '';
  function keep(bytes: Uint8Array, at: Ms): void {
    const text = toHex(bytes);
    if (text === before || raw.length >= MOST_RAW) return;
    before = text;
    raw.push(`report ${(at - startedAtMs).toFixed(1)} ${text}`);
  }
  const probe: RunningProbe<CdjSaid> = runProbe(CDJ_PLAN, world, (index, at) =>
    device.show(shownAt(CDJ_PLAN.steps[index]?.id, at)),
  );
  const hid = tapped(world.hid, {
    reported(bytes, at) {
      keep(bytes, at);
      probe.take({ kind: 'event', event: { kind: 'report', bytes } }, at);
    },
    written(kind, bytes) {
      sent.set(kind, (sent.get(kind) ?? 0) + 1);
      probe.take({ kind: 'event', event: { kind: 'written', bytes } }, clock.now());
    },
    refused: what => void refused.push(what),
  });
  const device = openCdj(
    {
      ...{ surface: 'device', login, serial, path, longTime: 'hour-in-title' },
      quirks: USUAL_QUIRKS,
      seed: randomBytes(8),
    },
    { clock, log: { info() {}, warn: say, error: say } },
    hid,
    (event, { at, notBefore }) => {
      if (event.kind === 'control') recorder.control(event, { at, notBefore });
      if (event.kind === 'surface.found') {
        probe.take({ kind: 'event', event: { kind: 'found', product: event.product, firmware: event.firmware } }, at);
      }
      if (event.kind === 'surface.lost') probe.take({ kind: 'gone', why: event.why }, at);
    },
  );
  const answers = await probe.answers;
  await device.close();
  await recorder.stop(clock.now());
  return { answers, sent, refused, raw };
}

interface HidTap {
  reported(bytes: Uint8Array, at: Ms): void;
  written(kind: string, packet: Uint8Array): void;
  refused(what: string): void;
}

/** The same devices, listened to; what is not on the list is not written. */
function tapped(load: () => Promise<HidSystem>, tap: HidTap): () => Promise<HidSystem> {
  return async () => {
    const system = await load();
    return {
      list: () => system.list(),
      async open(path, clock, listener) {
        const handle = await system.open(path, clock, {
          ...listener,
          report(bytes, stamp) {
            listener.report(bytes, stamp);
            tap.reported(bytes, stamp.at);
          },
        });
        return {
          close: () => handle.close(),
          async write(bytes) {
            const packet = bytes.subarray(1);
            const read = readPacket(packet);
            const kind = isEmptyPacket(packet) ? 'empty' : read.ok ? read.kind : read.reason;
            if (!Object.hasOwn(CDJ_TALK, kind)) return tap.refused(kind);
            tap.written(kind, packet);
            await handle.write(bytes);
          },
        };
      },
    };
  };
}
