/** LTC out: timecode as sound, through a program that plays it, into a WAV file, or to standard output. */
import { z } from 'zod';
import type { Bridge, BridgeDoubt } from '../../src/bridge.ts';
import type { Ms } from '../../src/core/clock.ts';
import { choice, fieldType, latency, shape, text } from '../../src/profile/schema/field-types.ts';
import { AUDIO_PROGRAMS, type Command, commandOf } from './audio-program.ts';
import { fileSink, type OpenSink, stdoutSink } from './audio-sink.ts';
import { FILE_PACE, LIVE_PACE, openLtc } from './device.ts';
import { playerSink } from './player-sink.ts';
import { amplitudeOf } from './render.ts';
import type { LtcOptions } from './sound-feed.ts';

/** The place that the samples go to. */
export type LtcDestination =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdout' }
  | { readonly kind: 'player'; readonly command: Command; readonly device: string | null };

type LtcBridgeOptions = LtcOptions & { readonly destination: LtcDestination; readonly latencyMs: Ms };

const SAMPLE_RATES = ['48000', '44100'] as const;
const USUAL_LEVEL_DB = -12;
const LEAST_LEVEL_DB = -60;

const LEVEL = /^(-?\d+(?:\.\d+)?)[ \t]*dB(?:FS)?$/;
const level = fieldType('a level (-12 dB)', { type: 'string', pattern: LEVEL.source }, ({ source }) => {
  const [, size] = LEVEL.exec(source) ?? [];
  const value = Number(size);
  if (size !== undefined && value <= 0 && value >= LEAST_LEVEL_DB) return { ok: true, value };
  return { ok: false, message: `"${source}" is no level; expected one from ${LEAST_LEVEL_DB} dB to 0 dB (-12 dB)` };
});

const USER_BITS = /^[0-9a-fA-F]{8}$/;
const userBits = fieldType(
  'eight hex digits ("00000000")',
  { type: 'string', pattern: USER_BITS.source },
  ({ source }) =>
    USER_BITS.test(source)
      ? { ok: true, value: Number.parseInt(source, 16) }
      : { ok: false, message: `"${source}" is not eight hex digits ("0123abcd")` },
);

const options = z
  .strictObject({
    player: shape('a player, or a list of words', {
      text: choice(AUDIO_PROGRAMS, 'player'),
      list: z.array(text('a word of a command')).min(1),
    })
      .meta({
        description: `a program that plays samples: ${AUDIO_PROGRAMS.join(', ')}, or a command as a list of words`,
      })
      .optional(),
    device: text('the name of a sound device')
      .meta({ description: 'the sound device, as the player names it; its default unless said' })
      .optional(),
    file: text('the name of a WAV file')
      .meta({ description: 'a WAV file that is written as it goes; a file that is there already is kept' })
      .optional(),
    stdout: choice(['raw'], 'form')
      .meta({ description: 'raw: 16-bit samples, one channel, low byte first, to standard output' })
      .optional(),
    'sample-rate': choice(SAMPLE_RATES, 'sample rate').meta({ description: '48000 unless said' }).optional(),
    level: level.meta({ description: 'of full scale; -12 dB unless said' }).optional(),
    'user-bits': userBits
      .meta({ description: 'eight hex digits in quotes, binary group 8 first; all 0 unless said' })
      .optional(),
    latency: latency()
      .meta({ description: 'what the sound card takes; timecode is sent so much earlier; 0 ms unless said' })
      .optional(),
  })
  .transform((keys, context): LtcBridgeOptions => {
    const fail = (key: string | null, message: string): LtcBridgeOptions => {
      context.addIssue({ code: 'custom', message, path: key === null ? [] : [key] });
      return z.NEVER;
    };
    const { player, device, file, stdout } = keys;
    if ([player, file, stdout].filter(each => each !== undefined).length !== 1) {
      return fail(null, 'expected one of player: (a program that plays it), file: (a WAV file) and stdout: raw');
    }
    if (device !== undefined && typeof player !== 'string') {
      return fail(
        'device',
        `device goes with a player by name (${AUDIO_PROGRAMS.join(', ')}); put it into the command itself`,
      );
    }
    const sampleRateHz = Number(keys['sample-rate'] ?? SAMPLE_RATES[0]);
    const sound = {
      sampleRateHz,
      amplitude: amplitudeOf(keys.level ?? USUAL_LEVEL_DB),
      userBits: keys['user-bits'] ?? 0,
    };
    const common = { sound, latencyMs: keys.latency ?? 0 };
    if (file !== undefined) return { ...common, pace: FILE_PACE, destination: { kind: 'file', path: file } };
    if (player === undefined) return { ...common, pace: LIVE_PACE, destination: { kind: 'stdout' } };
    const command =
      typeof player === 'string' ? commandOf(player, device ?? null, sampleRateHz, process.platform) : player;
    return { ...common, pace: LIVE_PACE, destination: { kind: 'player', command, device: device ?? null } };
  });

/** libltc, which many readers are built on, makes 8 bits of each sample first: below this it hears nothing. */
const LEAST_HEARD_DB = -40;

const levelDoubts = ({ sound }: LtcBridgeOptions): readonly BridgeDoubt[] => {
  if (sound.amplitude >= amplitudeOf(LEAST_HEARD_DB)) return [];
  const message = `many readers hear nothing below ${LEAST_HEARD_DB} dB (libltc is one); -12 dB is usual`;
  return [{ path: ['level'], message }];
};

function claimOf(destination: LtcDestination): string {
  switch (destination.kind) {
    case 'file':
      return `the file "${destination.path}"`;
    case 'stdout':
      return 'standard output';
    case 'player':
      return destination.device === null
        ? `the sound of "${destination.command.join(' ')}"`
        : `the sound device "${destination.device}"`;
  }
}

function sinkOf({ destination, sound }: LtcBridgeOptions): OpenSink {
  switch (destination.kind) {
    case 'file':
      return fileSink(destination.path, sound.sampleRateHz);
    case 'stdout':
      return stdoutSink(process.stdout.isTTY === true);
    case 'player':
      return playerSink(destination.command);
  }
}

const toOptions = (opened: unknown): LtcBridgeOptions => opened as LtcBridgeOptions;

export const ltcBridge: Bridge = {
  type: 'ltc',
  options,
  message: null,
  takesTimecode: true,
  serves: false,
  takesClock: false,
  latencyMs: opened => toOptions(opened).latencyMs,
  controls: null,
  feedMessage: null,
  claims: opened => [claimOf(toOptions(opened).destination)],
  doubts: (opened, { kind }) => (kind === 'entry' ? levelDoubts(toOptions(opened)) : []),
  simulate: null,
  describe: () => '',
  open: (_name, opened, host) => openLtc(toOptions(opened), host, sinkOf(toOptions(opened))),
};
