/** All-in-one units beside the OPUS-QUAD: known by what they do, followed where a profile names them, and said to be untried. */
import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { decode, type Packet } from '../../../bridges/opus-quad/codec.ts';
import { keepAlive, PORTS } from '../../../bridges/opus-quad/layout.ts';
import {
  isAllInOne,
  isWanted,
  modelOfName,
  noSigns,
  profileLineFor,
  withSigns,
} from '../../../bridges/opus-quad/models.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { firstReportAfter, rivalStage } from './rivals-rig.ts';
import { statusOf } from './session/session-rig.ts';

const A = '10.0.0.11';
const UNIT = '10.0.0.2';

const announces = (number: number, name = 'XDJ-QQ'): Packet =>
  packetOf(
    PORTS.presence,
    keepAlive.encode({
      ...{ name, structure: 2, number, seniority: 1, mac: '02:00:00:00:00:07', address: UNIT, peers: 2 },
      ...{ reserved: new Uint8Array(3), deviceKind: 'player', generation: 0 },
    }),
  );
const speaksFor = (number: number): Packet =>
  packetOf(PORTS.status, statusOf({ name: 'XDJ-QQ', number, numberAgain: number }));

function packetOf(port: number, bytes: Uint8Array): Packet {
  const decoded = decode({ port }, bytes);
  if (!decoded.ok || decoded.packet === null) throw new Error('a packet of ours decodes');
  return decoded.packet;
}

const signsOf = (...packets: readonly Packet[]) => packets.reduce(withSigns, noSigns('XDJ-QQ'));

describe('an all-in-one unit is known by what it does', () => {
  it.each([
    ['announces itself alone', [announces(1)], false],
    ['is a player: one number, its own statuses', [announces(2), speaksFor(2)], false],
    ['speaks for deck 9 of a unit', [announces(9), speaksFor(9)], true],
    ['announces one number and speaks for two', [announces(1), speaksFor(1), speaksFor(2)], true],
    ['announces two and speaks for both', [announces(1), announces(2), speaksFor(1), speaksFor(2)], false],
    ['announces two and speaks for three', [announces(1), announces(2), ...[1, 2, 3].map(speaksFor)], true],
    ['speaks for two before it has announced anything', [speaksFor(1), speaksFor(2)], true],
  ])('%s', (_, packets, isOne) => {
    expect(isAllInOne(signsOf(...packets))).toBe(isOne);
  });

  it('its name counts whatever signs stand between the letters, and only a known one names a model', () => {
    expect(['OMNIS-DUO', 'Omnis Duo', 'XDJ-AZ', 'OPUS-QUAD', 'CDJ-3000', ''].map(modelOfName)).toEqual([
      ...['omnis-duo', 'omnis-duo', 'xdj-az', 'opus-quad'],
      ...[null, null],
    ]);
    expect(profileLineFor(noSigns('XDJ-AZ'), UNIT)).toBe('model: xdj-az');
    expect(profileLineFor(noSigns('XDJ-QQ'), UNIT)).toBe('model: other, unit: 10.0.0.2');
  });

  it('it is wanted by the name of its model, or by the address where profile and model name it', () => {
    const wants = (model: Parameters<typeof isWanted>[0]['model'], unitAddress: string, name: string): boolean =>
      isWanted({ model, unitAddress }, name, UNIT);
    expect(wants('omnis-duo', 'auto', 'OMNIS-DUO')).toBe(true);
    expect(wants('omnis-duo', 'auto', 'XDJ-AZ')).toBe(false);
    expect(wants('other', UNIT, 'XDJ-QQ')).toBe(true);
    expect(wants('other', '10.0.0.99', 'XDJ-QQ')).toBe(false);
    expect(wants('opus-quad', UNIT, 'OMNIS-DUO')).toBe(false);
    expect(wants('opus-quad', 'auto', 'OPUS QUAD')).toBe(false);
  });
});

describe('a unit that nobody has tried', () => {
  it('is passed over where the profile does not name it, and the log says what to write', async () => {
    const stage = await rivalStage();
    await stage.unit('model: omnis-duo');
    const program = await stage.open(A);
    stage.pass(20_000);
    expect(program.sent).toEqual([]);
    expect(program.text()).toMatch(/^waiting for an OPUS-QUAD/);
    expect(program.log).toEqual([
      '"OMNIS-DUO" at 10.0.0.2 is an all-in-one unit, as the OPUS-QUAD is, and is passed over; nobody has tried it. To follow it all the same write "model: omnis-duo" in the profile',
    ]);
  });

  it.each([
    ['lighting', 'omnis-duo', ''],
    ['cdj', 'omnis-duo', ''],
    ['cdj', 'xdj-xz', ', numbering: one-two-thirty-three'],
  ] as const)(
    'is followed in %s mode as %s where the profile names it, and every line says so',
    async (mode, model, more) => {
      const stage = await rivalStage();
      const program = await stage.open(A, { mode, model });
      const name = model.toUpperCase();
      expect(program.text()).toBe(`waiting for an ${name} (never tried): switch it on, check the cable`);
      stage.pass(5000);
      await stage.unit(`model: ${model}${more}`);
      stage.pass(10_000);
      expect(firstReportAfter(program, 5000)).toBeLessThan(13_000);
      expect(program.text()).toMatch(new RegExp(`^${name} \\(never tried\\) at 10\\.0\\.0\\.2, ${mode} mode`));
    },
  );

  it('of an unknown name is followed by its address', async () => {
    const stage = await rivalStage();
    await stage.unit('model: other');
    const program = await stage.open(A, { model: 'other', unitAddress: UNIT });
    stage.pass(10_000);
    expect(program.text()).toMatch(/^UNKNOWN \(never tried\) at 10\.0\.0\.2, lighting mode/);
  });

  it('an OPUS-QUAD beside it is passed over, and why is said', async () => {
    const stage = await rivalStage();
    await stage.unit();
    const program = await stage.open(A, { model: 'omnis-duo' });
    stage.pass(5000);
    expect(program.log).toEqual([
      'the OPUS-QUAD at 10.0.0.2 is passed over: the profile names another model, omnis-duo',
    ]);
  });

  it('"model: other" without an address is a mistake of the profile', () => {
    const source = 'decklight: 1\nname: a\nbridges:\n  opus: { type: opus-quad, model: other }\n';
    const loaded = loadProfile(source, 'a.yaml', BRIDGES, NO_LIBRARY);
    expect(loaded.ok ? [] : loaded.problems.map(({ line, message }) => `${line}: ${message}`)).toEqual([
      '4: "model: other" needs the address of the unit, such as "unit: 10.0.0.7"',
    ]);
  });
});
