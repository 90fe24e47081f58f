import { describe, expect, it } from 'vitest';
import { AUDIO_PROGRAMS, adviceFor, commandOf } from '../../../bridges/ltc/audio-program.ts';
import { ltcBridge } from '../../../bridges/ltc/index.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { loadProfile } from '../../../src/profile/load.ts';

function load(entry: string) {
  const loaded = loadProfile(
    `decklight: 1\nname: test\nbridges:\n  it: ${entry}\n`,
    'test.yaml',
    [ltcBridge],
    NO_LIBRARY,
  );
  return loaded.ok
    ? { options: loaded.profile.bridges[0]?.options, problems: [] }
    : { options: null, problems: loaded.problems.map(({ message }) => message) };
}

describe('options of LTC', () => {
  it('a file, at 48 kHz, -12 dB, without user bits and latency unless said', () => {
    expect(load('{ type: ltc, file: night.wav }').options).toMatchObject({
      destination: { kind: 'file', path: 'night.wav' },
      // 32767 / 10^(12/20).
      sound: { sampleRateHz: 48_000, amplitude: expect.closeTo(8230.7, 1), userBits: 0 },
      latencyMs: 0,
    });
  });

  it('everything said', () => {
    const entry =
      '{ type: ltc, player: aplay, device: "hw:1", sample-rate: 44100, level: -6 dB, user-bits: "0123abcd", latency: -30 ms }';
    expect(load(entry).options).toMatchObject({
      destination: { kind: 'player', device: 'hw:1' },
      sound: { sampleRateHz: 44_100, amplitude: expect.closeTo(16_422.4, 1), userBits: 0x0123abcd },
      latencyMs: -30,
    });
  });

  it.each([
    ['{ type: ltc }', /expected one of player: .*, file: .* and stdout: raw/],
    ['{ type: ltc, file: a.wav, stdout: raw }', /expected one of player: .*, file: .* and stdout: raw/],
    ['{ type: ltc, player: apaly }', /unknown player "apaly"; did you mean "aplay"\?/],
    ['{ type: ltc, player: [my-player], device: hw }', /put it into the command itself/],
    ['{ type: ltc, file: a.wav, device: hw }', /device goes with a player by name/],
    ['{ type: ltc, file: a.wav, level: 3 dB }', /"3 dB" is no level; expected one from -60 dB to 0 dB/],
    ['{ type: ltc, file: a.wav, level: -12 }', /"-12" is no level/],
    ['{ type: ltc, file: a.wav, user-bits: "123" }', /not eight hex digits/],
    ['{ type: ltc, file: a.wav, latency: 30 }', /"30" is no latency; expected .*30 ms/],
    ['{ type: ltc, file: a.wav, sample-rate: 96000 }', /unknown sample rate "96000"/],
    ['{ type: ltc, stdout: wav }', /unknown form "wav"/],
  ])('%s is refused in one line', (entry, expected) => {
    const { problems } = load(entry);
    expect(problems.length).toBe(1);
    expect(problems[0]).toMatch(expected);
    expect(problems[0]).not.toMatch(/\n/);
  });

  it('a player by name is called with rate, form and device, and what to install is known', () => {
    for (const player of AUDIO_PROGRAMS) {
      const words = commandOf(player, 'the-device', 44_100, 'linux');
      expect(words).toEqual(expect.arrayContaining([player, '44100', 'the-device']));
      expect(adviceFor(player)).toMatch(/sudo apt install /);
    }
    expect(commandOf('sox', null, 48_000, 'linux')).toContain('-d');
    expect(commandOf('ffmpeg', null, 48_000, 'darwin').slice(-2)).toEqual(['audiotoolbox', 'default']);
  });
});
