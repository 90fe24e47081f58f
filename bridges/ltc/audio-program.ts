/** The programs that play raw samples from a pipe, and how each is called. Pure. */

export const AUDIO_PROGRAMS = ['aplay', 'pw-cat', 'sox', 'ffmpeg'] as const;
export type AudioProgramName = (typeof AUDIO_PROGRAMS)[number];

/** Words that a program is called with, the program first. */
export type Command = readonly string[];

/** Small buffers, for the players that take a size: what they hold comes out late. */
const BUFFER_MS = 40;

/** The Debian package of a program. */
const PACKAGES: ReadonlyMap<string, string> = new Map([
  ['aplay', 'alsa-utils'],
  ['pw-cat', 'pipewire-bin'],
  ['sox', 'sox'],
  ['ffmpeg', 'ffmpeg'],
]);

/** Names that sox and ffmpeg have for the sound system of a platform; elsewhere ALSA's names are tried. */
const SYSTEMS: Readonly<Record<string, { readonly sox: string; readonly ffmpeg: string }>> = {
  darwin: { sox: 'coreaudio', ffmpeg: 'audiotoolbox' },
  win32: { sox: 'waveaudio', ffmpeg: 'dshow' },
};
const ALSA = { sox: 'alsa', ffmpeg: 'alsa' };

/**
 * The call that plays one channel of 16-bit samples from standard input.
 *
 * @param device   as the program names it; null: its default
 * @param platform as Node names it
 */
export function commandOf(
  player: AudioProgramName,
  device: string | null,
  sampleRateHz: number,
  platform: string,
): Command {
  const rate = String(sampleRateHz);
  const system = SYSTEMS[platform] ?? ALSA;
  switch (player) {
    case 'aplay': {
      const buffer = [`--buffer-time=${BUFFER_MS * 1000}`, `--period-time=${BUFFER_MS * 250}`];
      return ['aplay', '-q', '-t', 'raw', '-f', 'S16_LE', '-r', rate, '-c', '1', ...buffer, ...given('-D', device)];
    }
    case 'pw-cat': {
      const latency = `--latency=${BUFFER_MS / 2}ms`;
      const form = ['--rate', rate, '--channels', '1', '--format', 's16', latency];
      return ['pw-cat', '--playback', ...form, ...given('--target', device), '-'];
    }
    case 'sox': {
      const form = ['-t', 'raw', '-r', rate, '-e', 'signed', '-b', '16', '-L', '-c', '1', '-'];
      return ['sox', '-q', '--buffer', '1024', ...form, ...(device === null ? ['-d'] : ['-t', system.sox, device])];
    }
    case 'ffmpeg': {
      const input = ['-fflags', 'nobuffer', '-f', 's16le', '-ar', rate, '-ac', '1', '-i', 'pipe:0'];
      return ['ffmpeg', '-nostdin', '-v', 'error', ...input, '-f', system.ffmpeg, device ?? 'default'];
    }
  }
}

const given = (option: string, value: string | null): readonly string[] => (value === null ? [] : [option, value]);

/** Advice where a program is not there. */
export function adviceFor(program: string): string {
  const name = PACKAGES.get(program);
  return name === undefined
    ? `check the name under "player:", or give its whole path`
    : `on Debian "sudo apt install ${name}", or choose another player: ${AUDIO_PROGRAMS.filter(each => each !== program).join(', ')}`;
}
