import { describe, expect, it } from 'vitest';
import { oscBridge } from '../../../bridges/osc/index.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { loadProfile } from '../../../src/profile/load.ts';

function load(options: string) {
  const source = `decklight: 1\nname: test\nbridges:\n  console: { type: osc, host: 10.0.0.9, port: 3032${options} }\n`;
  return loadProfile(source, 'test.yaml', [oscBridge], NO_LIBRARY);
}
function optionsOf(options: string): unknown {
  const loaded = load(options);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return loaded.profile.bridges[0]?.options;
}

describe('the options of an OSC bridge', () => {
  it.each<[string, object]>([
    ['', { framing: null, listen: null, bundles: 'none' }],
    [', transport: udp', { framing: null }],
    [', transport: tcp', { framing: 'length' }],
    [', transport: tcp, framing: length', { framing: 'length' }],
    [', transport: tcp, framing: slip', { framing: 'slip' }],
    [
      '',
      {
        latencyMs: 0,
        timecode: [
          { address: '/timecode', as: 'text' },
          { address: '/timecode/hmsf', as: 'hmsf' },
        ],
      },
    ],
    [', latency: -5 ms', { latencyMs: -5 }],
    [', timecode: { address: /tc/time, as: seconds }', { timecode: [{ address: '/tc/time', as: 'seconds' }] }],
    [
      ', timecode: [{ address: /a, as: hmsf }, { address: /b, as: frames }]',
      {
        timecode: [
          { address: '/a', as: 'hmsf' },
          { address: '/b', as: 'frames' },
        ],
      },
    ],
    [', listen: 9001', { listen: { port: 9001, trust: [] } }],
    [', listen: 9001, trust: [10.0.0.31]', { listen: { port: 9001, trust: ['10.0.0.31'] } }],
  ])('"%s"', (text, expected) => {
    expect(optionsOf(text)).toMatchObject(expected);
  });

  it.each<[string, string, RegExp]>([
    [', framing: slip', 'slip', /framing is for TCP, and this goes over UDP; add "transport: tcp"/],
    [', transport: udp, framing: length', 'length', /framing is for TCP/],
    [', trust: [10.0.0.31]', '[10', /nobody is heard without a port; add "listen: 9001"/],
    [', listen: 9001, trust: [10.0.0.256]', '256', /is no IPv4 address: 256 is more than 255/],
    [', also: [{ host: 10.0.20, port: 1 }]', '10.0.20', /expected four numbers with dots between them, found three/],
    [', also: [{ host: 10.0.0.020, port: 1 }]', '020', /a zero in front .* write 20;/],
    [', also: [{ host: 10.0.0.20.5, port: 1 }]', '10.0.0.20.5', /found 5; expected an IPv4 address/],
    [', also: [{ host: 10.0.0.20:8000, port: 1 }]', ':8000', /a port has a place of its own/],
    [', also: [{ host: desk.local:8000, port: 1 }]', ':8000', /a port has a place of its own \(port: 8000\)/],
    [', also: [{ host: http://desk.local, port: 1 }]', 'http', /a host alone, without "http:\/\/"/],
    [', also: [{ host: büro.local, port: 1 }]', 'ü', /"ü" cannot stand in one, .* or its IPv4 address/],
    [', also: [{ host: desk_1, port: 1 }]', '_1', /"_" cannot stand in one/],
    [', also: [{ host: desk-, port: 1 }]', 'desk-', /begins and ends with a letter or digit/],
    [', listen: 9001, trust: [tablet]', 'tablet', /expected an IPv4 address/],
    [', transport: tpc', 'tpc', /did you mean "tcp"\?/],
    [', timecode: { address: tc, as: text }', 'tc,', /"tc" is no OSC address: a slash, then/],
    [', timecode: { address: "/tc/${deck.number}", as: text }', '"/tc', /no OSC address: .* and no \$\{…\}/],
    [', timecode: { address: /tc, as: smpte }', 'smpte', /unknown spelling "smpte"/],
    [', timecode: []', '[]', /nothing would leave; name a message, or leave timecode: out/],
    [', timecode: /tc', '/tc', /expected \{ address: \/timecode, as: text \}, or a list of such maps/],
    [', listen: 0', '0 }', /expected a port number/],
  ])('"%s" is refused in one line, at its place', (text, at, expected) => {
    const loaded = load(text);
    if (loaded.ok) throw new Error('it was taken');
    expect(loaded.problems.map(({ message }) => message)).toEqual([expect.stringMatching(expected)]);
    const line = `  console: { type: osc, host: 10.0.0.9, port: 3032${text} }`;
    expect(loaded.problems[0]).toMatchObject({ line: 4, column: line.lastIndexOf(at) + 1 });
  });

  it.each(['timecode', 'cue', 'cue with ${…}'])('an address of a %s that fits into no datagram is refused', where => {
    const long = `/${'x'.repeat(70_000)}`;
    const cue = (address: string): string => ` }\ncues: { safe: [ { console: "${address}" } ]`;
    const text = {
      timecode: `, timecode: { address: ${long}, as: text }`,
      cue: cue(long),
      'cue with ${…}': cue(`${long}\${deck.number}`),
    }[where];
    const loaded = load(text ?? '');
    if (loaded.ok) throw new Error('it was taken');
    expect(loaded.problems.map(({ message }) => message)).toEqual([
      'this OSC address has 70001 characters; 1024 at most, so that it fits into a packet',
    ]);
  });

  it('the latency is stated, for it is taken off before the bridge is told how timecode goes on', () => {
    expect(oscBridge.latencyMs(optionsOf(', latency: 12 ms'))).toBe(12);
    expect([oscBridge.takesTimecode, oscBridge.takesClock]).toEqual([true, false]);
  });

  it('what two bridges cannot both have is the port they listen on', () => {
    expect(oscBridge.claims(optionsOf(''))).toEqual([]);
    expect(oscBridge.claims(optionsOf(', listen: 9001'))).toEqual(['UDP port 9001']);
  });
});

describe('a fact of the feed as a message', () => {
  it.each([
    [{ address: '/decklight/deck/1/beat', type: 'int', value: 12 }, '/decklight/deck/1/beat ,i 12'],
    [{ address: '/decklight/tempo', type: 'float', value: 128 }, '/decklight/tempo ,f 128.0'],
    [{ address: '/decklight/deck/1/title', type: 'string', value: '' }, '/decklight/deck/1/title ,s ""'],
  ] as const)('%o', (fact, text) => {
    const filled = oscBridge.feedMessage?.(fact) ?? null;
    expect(oscBridge.describe(filled)).toBe(text);
  });
});
