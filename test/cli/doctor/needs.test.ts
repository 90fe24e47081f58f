import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { hostNeedsOf } from '../../../src/cli/doctor/needs.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { loadProfile } from '../../../src/profile/load.ts';

describe('what a profile needs', () => {
  it('is read from its bridges, in its order', () => {
    const source = `decklight: 1
name: needs
bridges:
  opus: { type: opus-quad, unit: 10.0.0.7 }
  console: { type: osc, host: 10.0.0.20, port: 8000, also: [{ host: desk.local, port: 9000 }] }
  daw: { type: midi, device: Show Control }
  ours: { type: midi, virtual: Decklight }
  booth: { type: cdj-hid, serial: A1 }
`;
    const loaded = loadProfile(source, 'needs.yaml', BRIDGES, NO_LIBRARY);
    expect(loaded.ok && hostNeedsOf(loaded.profile)).toEqual([
      {
        kind: 'unit',
        bridge: 'opus',
        interface: 'auto',
        unitAddress: '10.0.0.7',
        model: 'opus-quad',
        mode: 'lighting',
      },
      { kind: 'host', bridge: 'console', host: '10.0.0.20' },
      { kind: 'host', bridge: 'console', host: 'desk.local' },
      { kind: 'midi-output', bridge: 'daw', device: 'Show Control', isVirtual: false },
      { kind: 'midi-output', bridge: 'ours', device: 'Decklight', isVirtual: true },
      { kind: 'player', bridge: 'booth', serial: 'A1', path: null },
    ]);
  });

  it.each([
    ['mode: auto', '', 'lighting'],
    ['mode: auto', 'rules: [{ name: a, when: 3:27.500, do: [{ console: /a }] }]', 'cdj'],
    ['mode: auto', 'rules: [{ name: a, when: chorus, do: [{ console: /a }] }]', 'lighting'],
    ['mode: cdj', 'rules: [{ name: a, when: chorus, do: [{ console: /a }] }]', 'cdj'],
    ['mode: lighting', 'rules: [{ name: a, when: 3:27.500, do: [{ console: /a }] }]', 'lighting'],
  ])('a unit with %s and %j is joined in %s mode', (mode, rules, expected) => {
    const console = 'console: { type: osc, host: 127.0.0.1, port: 9000 }';
    const source = `decklight: 1\nname: modes\nbridges: { opus: { type: opus-quad, ${mode} }, ${console} }\n${rules}\n`;
    const loaded = loadProfile(source, 'needs.yaml', BRIDGES, NO_LIBRARY);
    if (!loaded.ok) throw new Error(loaded.problems[0]?.message);
    expect(hostNeedsOf(loaded.profile)[0]).toMatchObject({ kind: 'unit', mode: expected });
  });

  it('a kind of bridge that is not known needs nothing', () => {
    const loaded = loadProfile('decklight: 1\nname: new\nbridges: {}\n', 'new.yaml', BRIDGES, NO_LIBRARY);
    if (!loaded.ok) throw new Error(loaded.problems[0]?.message);
    const bridges = [{ name: 'new', type: 'hologram', options: {}, latencyMs: 0 }];
    expect(hostNeedsOf({ ...loaded.profile, bridges })).toEqual([]);
  });
});
