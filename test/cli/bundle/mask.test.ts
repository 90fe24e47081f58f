/** What is masked, and what must compare as before; and files that are no bundles, or were made to do harm. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { claimStage2, fragment, keepAlive, PORTS, statusRequest } from '../../../bridges/opus-quad/layout.ts';
import { maskPacket } from '../../../src/cli/bundle/mask-packet.ts';
import { learnProfile, maskProfile } from '../../../src/cli/bundle/mask-profile.ts';
import { maskWords } from '../../../src/cli/bundle/mask-words.ts';
import { bundleBytes, openBundle } from '../../../src/cli/replay/bundle-file.ts';
import { replayCommand } from '../../../src/cli/replay/replay.ts';
import { bestMatch, factsOf } from '../../../src/core/track/track-match.ts';
import { djLink } from '../../capture/write-capture.ts';
import { recordingOf, START } from '../../recording/sample-recordings.ts';
import { collect } from '../replay/recorded-show.ts';

const unzipped = (bytes: Uint8Array): Buffer => gunzipSync(bytes);

describe('words that stand for others', () => {
  it('compare as the words they stand for did: case, accents, mixes, several artists, ends of paths', () => {
    const mask = maskWords();
    const match = (title: string, artist: string, file: string) => ({
      ...{ id: null, fingerprint: null, playlist: null },
      ...{ title: mask.title(title), artist: mask.artist(artist), file: mask.path(file) },
    });
    const track = (title: string, artist: string, file: string) =>
      factsOf({
        title: mask.title(title),
        artist: mask.artist(artist),
        file: mask.path(file),
        id: 1,
        playlists: [],
      } as never);
    const fits = (m: ReturnType<typeof match>, t: ReturnType<typeof track>) => bestMatch([m], t) === 0;
    expect(fits(match('strobe', 'ÁNNA', 'b/c.mp3'), track('Strobe (Original Mix)', 'Anna & Bob', '/a/b/c.mp3'))).toBe(
      true,
    );
    expect(fits(match('Strobe', 'Anna', 'c.mp3'), track('Strobe (Club Edit)', 'Anna', '/c.mp3'))).toBe(true);
    expect(fits(match('Strobe', 'Anna', 'c.mp3'), track('Strobe (Bob Remix)', 'Anna', '/c.mp3'))).toBe(false);
    expect(fits(match('Strobe', 'Carl', 'c.mp3'), track('Strobe', 'Anna & Bob', '/c.mp3'))).toBe(false);
    expect(mask.title('Strobe (Bob Remix)')).not.toMatch(/bob|strobe/i);
  });

  it('are the same for the same thing, and addresses of one subnet stay on one', () => {
    const mask = maskWords();
    mask.subnet('172.16.5.4', '255.255.0.0');
    const masked = ['172.16.5.4', '172.16.9.9', '192.168.1.2', '192.168.1.3', '172.16.5.4'].map(mask.host);
    expect(masked[0]).toBe(masked[4]);
    expect(masked[1]).toBe(`${masked[0]?.split('.').slice(0, 2).join('.')}.9.9`);
    expect(masked[2]?.split('.').slice(0, 3)).toEqual(masked[3]?.split('.').slice(0, 3));
    expect(masked.every(each => /^198\.1[89]\./.test(each))).toBe(true);
    expect(['127.0.0.1', '255.255.255.255', '0.0.0.0', '224.0.0.1'].map(mask.host)).toEqual([
      ...['127.0.0.1', '255.255.255.255', '0.0.0.0', '224.0.0.1'],
    ]);
    expect(mask.text('from 172.16.5.4 (aa:bb:cc:dd:ee:ff) at 01:00:00:00')).toBe(
      `from ${masked[0]} (02:00:5e:00:00:01) at 01:00:00:00`,
    );
  });

  it('leave the lines of a profile where they are, and its quotes; remarks are emptied', () => {
    const mask = maskWords();
    const source = [
      'decklight: 1 # Anna',
      'name: "Anna\'s night"',
      'tracks:',
      "  - match: { title: 'It''s on', artist: Anna }",
      'rules:',
      '  - { name: Anna first, when: chorus, if: track.title == "Big Sky" } # secret',
      '# the end',
    ].join('\n');
    learnProfile(source, mask);
    const masked = maskProfile(source, mask);
    expect(masked.split('\n')).toEqual([
      'decklight: 1 #',
      'name: "Show-1"',
      'tracks:',
      "  - match: { title: 'Title-1', artist: Artist-1 }",
      'rules:',
      '  - { name: Artist-1 first, when: chorus, if: track.title == "Title-2" } #',
      '#',
    ]);
  });
});

describe('a masked packet', () => {
  const bytesOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
  const MAC = 'a0:b1:c2:d3:e4:f5';
  const ADDRESS = '10.20.30.40';
  const mac = Buffer.from(MAC.replaceAll(':', ''), 'hex').toString('latin1');
  const ip = Buffer.from(ADDRESS.split('.').map(Number)).toString('latin1');

  const packets: readonly (readonly [string, number, Uint8Array, readonly string[]])[] = [
    [
      'a keep-alive',
      PORTS.presence,
      keepAlive.encode({
        ...{ name: 'Annas Mac', structure: 2, number: 7, seniority: 1, mac: MAC, address: ADDRESS, peers: 2 },
        ...{ reserved: new Uint8Array(3), deviceKind: 'player', generation: 0 },
      }),
      ['Annas Mac', mac, ip],
    ],
    [
      'a claim',
      PORTS.presence,
      claimStage2.encode({
        ...{ name: 'Annas Mac', assignment: 0, structure: 2, address: ADDRESS, mac: MAC, number: 7, attempt: 1 },
        ...{ deviceKind: 1, auto: 1 },
      }),
      ['Annas Mac', mac, ip],
    ],
    [
      'a status request',
      PORTS.status,
      statusRequest.encode({ name: 'rekordbox', number: 0x17, numberAgain: 0x17, computerName: 'Annas Mac' }),
      ['A\0n\0n\0a\0s'],
    ],
    [
      'a cover',
      PORTS.status,
      fragment.encode({
        ...{ name: 'OPUS-QUAD', number: 9, dataType: 'artwork', trackId: 1, numberAgain: 9, index: 0, count: 1 },
        data: Buffer.from('a picture of Anna'),
      }),
      ['Anna'],
    ],
    [
      'a packet that nobody has described',
      PORTS.status,
      Buffer.concat([djLink(0x77, 0x40), Buffer.from('Anna')]),
      ['Anna'],
    ],
    ['no packet of DJ Link', PORTS.status, Buffer.from('hello from Anna, a stranger'), ['Anna']],
  ];

  it.each(packets)(
    '%s is as long as it was, and has no name, no cover, no MAC and no IPv4 address',
    (_, port, bytes, secrets) => {
      const masked = maskPacket(port, bytes, maskWords());
      expect(masked.length).toBe(bytes.length);
      for (const secret of secrets) {
        expect(bytesOf(bytes)).toContain(secret);
        expect(bytesOf(masked)).not.toContain(secret);
      }
    },
  );

  it('of another kind keeps its form: words of the night in it are written over', () => {
    const mask = maskWords();
    mask.title('Big Sky');
    const masked = maskPacket(9000, Buffer.from('/cue\0\0\0\0,s\0\0big sky\0'), mask);
    expect(bytesOf(masked)).toBe('/cue\0\0\0\0,s\0\0Title-1\0');
  });
});

describe('a file that is no bundle as it should be', () => {
  const info = {
    ...{ version: '0.1.0', machine: { node: '20', platform: 'linux' }, sticks: [], findings: null, masked: null },
    replay: { lines: 0, sha256: '0'.repeat(64) },
  };
  const hostile = '../../../../tmp/decklight-was-here';
  const start = { ...START, profile: { file: hostile, source: 'decklight: 1\nbridges: {}\n' } };
  const recording = recordingOf([], [{ decklight: 'stop', at: START.startedAtMs + 1000 }], start);
  const whole = (more: object = {}) =>
    bundleBytes({ info, name: hostile, start, recording, tracks: [], ...more } as Parameters<typeof bundleBytes>[0]);
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'decklight-bundle-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function played(bytes: Uint8Array) {
    const file = join(folder, 'night.gz');
    writeFileSync(file, bytes);
    const { lines, errors, out } = collect();
    const asked: (string | null)[] = [];
    const code = await replayCommand(file, { json: false, relay: false }, out, async profile => {
      asked.push(profile);
      return {
        out,
        bridges: BRIDGES,
        library: { size: 0, withId: () => [], withExact: () => [], withLoose: () => [], all: () => [] },
      };
    });
    return { code, lines, errors, asked };
  }

  it('with names that lead out of its folder writes nothing and looks nowhere', async () => {
    const { code, lines, asked } = await played(whole());
    expect([code, asked]).toEqual([0, [null]]);
    expect(lines.at(-1)).toContain('recording whole');
    expect(readdirSync(folder)).toEqual(['night.gz']);
    expect(existsSync('/tmp/decklight-was-here')).toBe(false);
  });

  it('says when what leaves is not what left where it was made', async () => {
    const { code, errors } = await played(whole());
    expect(code).toBe(0);
    expect(errors.at(-1)).toMatch(
      /night\.gz: warning: what left here is not what left where the bundle was made; both are Decklight/,
    );
  });

  it.each([
    ['cut', whole().subarray(0, 200), 'this bundle is damaged: it is cut, its end is missing'],
    [
      'of another recording',
      gzipSync(Buffer.concat([unzipped(whole()), Buffer.alloc(4)])),
      'not the one that was put into it (SHA-256)',
    ],
    [
      'of a later format',
      gzipSync(Buffer.from(unzipped(whole()).toString('latin1').replace('"format":1', '"format":9'), 'latin1')),
      'of format 9, this Decklight reads up to 1; update Decklight',
    ],
    [
      'without what it says is in it',
      gzipSync(Buffer.from(unzipped(whole()).toString('latin1').replace('"count":0', '"count":7'), 'latin1')),
      'its tracks are not those that were put into it',
    ],
    [
      'that would fill a memory',
      gzipSync(Buffer.alloc(80_000_000)),
      'it would unpack to more than 64000000 bytes; it was not unpacked',
    ],
    ['of nothing', gzipSync(Buffer.alloc(0)), 'no recording of Decklight'],
  ])('%s gives one line', async (_, bytes, line) => {
    const { code, lines, errors } = await played(bytes);
    expect([code, lines, errors.length]).toEqual([2, [], 1]);
    expect(errors[0]).toContain(line);
  });

  it('never throws, whatever the bytes', () => {
    const bytes = unzipped(whole());
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      expect(['bundle', 'recording', 'unusable']).toContain(openBundle(gzipSync(changed, { level: 1 })).kind);
    }
  });
});
