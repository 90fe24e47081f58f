import { describe, expect, it } from 'vitest';
import { artnetBridge } from '../../../bridges/artnet/index.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { loadProfile } from '../../../src/profile/load.ts';

describe('Art-Net in a profile', () => {
  const load = (options: string) =>
    loadProfile(
      `decklight: 1\nname: t\nbridges:\n  lasers: { type: artnet, ${options} }\n`,
      't.yaml',
      [artnetBridge],
      NO_LIBRARY,
    );
  const optionsOf = (options: string): unknown => {
    const loaded = load(options);
    if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('; '));
    return loaded.profile.bridges[0]?.options;
  };

  it('wants an address; the rest is as is usual unless said', () => {
    const usual = { to: { address: '10.0.0.255', port: 6454 }, streamId: 0, latencyMs: 0 };
    expect(optionsOf('host: 10.0.0.255')).toEqual(usual);
    expect(optionsOf('host: 10.0.0.255, port: 6454, stream: 0, latency: 0 ms')).toEqual(usual);
    expect(optionsOf('host: 127.0.0.1, port: 7000, stream: 2, latency: -5 ms')).toEqual({
      to: { address: '127.0.0.1', port: 7000 },
      streamId: 2,
      latencyMs: -5,
    });
  });

  it.each([
    ['port: 6454', /"?host"?/],
    [
      'host: lasers.local',
      /expected the IPv4 address of a receiver \(10\.0\.0\.20\) or of its subnet \(10\.0\.0\.255\)/,
    ],
    ['host: 239.255.0.1', /239\.255\.0\.1 is no receiver; expected the address of a receiver/],
    ['host: 255.255.255.255', /255\.255\.255\.255 is no receiver/],
    ['host: 0.0.0.0', /0\.0\.0\.0 is no receiver/],
    ['host: 10.0.0.20, stream: 256', /expected a stream \(0 to 255\)/],
    ['host: 10.0.0.20, latency: 30', /"30" is no latency/],
    ['host: 10.0.0.20, universe: 1', /unknown key "universe"/],
  ])('%s is told in one clear line', (text, expected) => {
    const loaded = load(text);
    expect(loaded.ok).toBe(false);
    if (loaded.ok) return;
    expect(loaded.problems.length).toBe(1);
    expect(loaded.problems[0]?.message).toMatch(expected);
  });

  it('takes timecode and nothing else, and shares what it needs with everybody', () => {
    expect(artnetBridge).toMatchObject({ takesTimecode: true, takesClock: false, message: null, feedMessage: null });
    expect(artnetBridge.simulate).toBe(null);
    expect(artnetBridge.claims(optionsOf('host: 10.0.0.255'))).toEqual([]);
  });

  it('states its latency, which is applied before it is told how timecode goes on', () => {
    expect(artnetBridge.latencyMs(optionsOf('host: 10.0.0.20, latency: 12 ms'))).toBe(12);
    expect(artnetBridge.latencyMs(optionsOf('host: 10.0.0.20'))).toBe(0);
  });
});
