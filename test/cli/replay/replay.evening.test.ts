import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import type { Bridge } from '../../../src/bridge.ts';
import { replayCommand } from '../../../src/cli/replay/replay.ts';
import type { Interface } from '../../../src/network/network.ts';
import type { ShowRecord } from '../../../src/recording/recording-format.ts';
import { pcap } from '../../capture/write-capture.ts';
import { arrivalBlock, recordingOf, START } from '../../recording/sample-recordings.ts';
import { demoProfile } from '../../show/hour-show.ts';
import { collect, contextFor, type RecordedShow, recordShow, replayed } from './recorded-show.ts';

let folder = '';
let file = '';
let live: RecordedShow;
let whole: Awaited<ReturnType<typeof replayed>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'decklight-replay-'));
  file = join(folder, 'evening.pcapng');
  live = await recordShow(file);
  whole = await replayed(file);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('replay', () => {
  it('everything that left leaves again, at its time to the ms, and nothing else', async () => {
    const { code, lines, errors } = whole;
    expect([code, errors]).toEqual([0, []]);
    const said = lines.slice(1, -1).filter(line => !line.includes('profile demo.yaml taken'));
    expect(said).toEqual(live.plain);
    // The evening is worth replaying: rules, hands, a muted console, the rule of the other profile.
    for (const part of [
      '/cue/7/go ,f 1.0',
      '/look/chorus ,f 1.0',
      'by hand  console  /cue/7/go',
      'console is muted',
      '/bar ',
      '/cue/1/go',
    ]) {
      expect(live.plain.join('\n')).toContain(part);
    }
    expect(lines[0]).toBe(
      'REPLAY of Demo, two decks and a console (demo.yaml) · recorded 2026-11-21T21:15:00.000Z, 00:05:30.000 long, ' +
        'by Decklight 0.1.0 · SIMULATED opus',
    );
    const sent = live.plain.filter(line => !line.includes('not sent: ')).length;
    expect(lines.at(-1)).toMatch(
      new RegExp(
        `^${sent} sent, ${live.plain.length - sent} not sent; \\d+ datagrams, ${live.acts} acts, \\d+ wakes; `,
      ),
    );
    expect(lines.at(-1)).toMatch(/; recording whole$/);
    expect(lines.filter(line => line.includes('profile demo.yaml taken'))).toEqual([
      '00:02:10.000  profile demo.yaml taken',
      '00:04:10.000  profile demo.yaml taken',
    ]);
  });

  it('draws as one HTML file every moment that it counts, and the tracks that were played', async () => {
    const html = join(folder, 'evening.html');
    const { out, lines } = collect();
    expect(await replayCommand(file, { json: false, relay: false, html }, out, contextFor(out))).toBe(0);
    expect(lines).toEqual([`wrote ${html}`]);
    const drawn = readFileSync(html, 'utf8');
    const counts = new Map(
      [...(whole.lines.at(-1) ?? '').matchAll(/(?<=came: |, )(\d+) ([a-z ]+?)(?=[,;])/g)].map(([, n, what = '']) => [
        what,
        Number(n),
      ]),
    );
    const numberOf = (what: string): number => counts.get(what) ?? 0;
    const [, sent = 0, late = 0, held, dropped, unheard] = (
      /; (\d+) sent, (\d+) sent more .* late, (\d+) held back, (\d+) dropped: .*; (\d+) of decks/.exec(drawn) ?? []
    ).map(Number);
    expect(sent + late).toBe(numberOf('sent'));
    expect(numberOf('sent')).toBeGreaterThan(0);
    expect(dropped).toBe(numberOf('late') + numberOf('bridge down'));
    expect(unheard).toBe(numberOf('deck not heard'));
    const others = ['if false', 'value not known', 'muted', 'step not armed', 'once'].map(numberOf);
    expect(held).toBe(others.reduce((sum, count) => sum + count, 0));
    for (const title of ['Night Tram', 'Copper Awning']) {
      expect(drawn).toMatch(new RegExp(`<title>deck \\d · .*${title}`));
    }
  });

  it('as JSON it is what the show said as JSON, down to the ns, between what was recorded and how it ended', async () => {
    const { lines } = await replayed(file, true);
    const said = lines.filter(line => !/"kind":"(recording|profile|end)"/.test(line));
    expect(said).toEqual(live.json);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      monotonicNs: 123_456_789_012,
      ...{ kind: 'recording', profile: 'Demo, two decks and a console', file: 'demo.yaml' },
      ...{ recordedAt: '2026-11-21T21:15:00.000Z', lengthMs: 330_000, version: '0.1.0' },
      ...{ simulate: true, dryRun: false, simulated: ['opus'] },
    });
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ kind: 'end', acts: live.acts, how: 'whole' });
  });

  it('a recording that was cut is replayed up to there', async () => {
    const bytes = readFileSync(file);
    const cutFile = join(folder, 'cut.pcapng');
    for (const share of [0.9, 0.5, 0.1]) {
      const cut = Math.floor(bytes.length * share) - 1;
      writeFileSync(cutFile, bytes.subarray(0, cut));
      const { code, lines } = await replayed(cutFile);
      expect(code).toBe(0);
      const at = Number(/cut at byte (\d+): replayed up to there$/.exec(lines.at(-1) ?? '')?.[1]);
      expect(at).toBeLessThanOrEqual(cut);
      expect(at).toBeGreaterThan(cut - 2000);
      expect(lines.slice(1, -1)).toEqual(whole.lines.slice(1, lines.length - 1));
    }
  });

  it('a bridge sees an interface no later than its next look saw it that evening, and none longer than it was there', async () => {
    const at = START.startedAtMs;
    const [eth0] = START.interfaces as readonly [Interface];
    const eth1 = { ...eth0, name: 'eth1', address: '10.1.0.1' };
    const records: ShowRecord[] = [
      { decklight: 'interfaces', at: at + 5000, interfaces: [] },
      { decklight: 'interfaces', at: at + 9000.5, interfaces: [eth0, eth1] },
      { decklight: 'stop', at: at + 12_000 },
    ];
    const path = join(folder, 'interfaces.pcapng');
    writeFileSync(path, recordingOf([], records, { ...START, profile: { file: 'demo.yaml', source: demoProfile() } }));
    const seen: [number, string][] = [];
    /** Looks every 500 ms, and notes what is other than before. */
    const open: Bridge['open'] = (_name, _options, { clock, network }) => {
      let known = '';
      const look = (): void => {
        const names = network.interfaces().map(({ name }) => name);
        if (String(names) !== known) seen.push([clock.now() - at, names.join(' ')]);
        known = String(names);
        clock.at(clock.now() + 500, look);
      };
      look();
      const nothing = { send: () => false, timecode() {}, clock() {}, release() {}, close: async () => {} };
      return { ...nothing, status: () => ({ state: 'ready', text: '' }) };
    };
    const bridges = BRIDGES.map(bridge => (bridge.message === null ? { ...bridge, open } : bridge));
    const { out } = collect();
    expect(await replayCommand(path, { json: false, relay: false }, out, contextFor(out, bridges))).toBe(0);
    expect(seen).toEqual([
      [0, 'eth0'],
      [5000, ''],
      // Up to 2 s before it was noted.
      [7500, 'eth0 eth1'],
    ]);
  });

  it('packets that are missing are told where they are missing, and a profile that is not taken changes nothing', async () => {
    const at = START.startedAtMs;
    const records: ShowRecord[] = [
      { decklight: 'gap', at: at + 61_000, packets: 12 },
      { decklight: 'profile', at: at + 62_000, allocated: [], file: 'show.yaml', source: 'decklight: 2' },
    ];
    const path = join(folder, 'gap.pcapng');
    writeFileSync(path, recordingOf([], records, { ...START, profile: { file: 'demo.yaml', source: demoProfile() } }));
    const { code, lines } = await replayed(path);
    expect(code).toBe(0);
    expect(lines.slice(1)).toEqual([
      '00:01:01.000  12 packets before here were not recorded: what follows may differ',
      '00:01:02.000  profile show.yaml not taken by this version',
      '0 sent, 0 not sent; 0 datagrams, 0 acts, 0 wakes; recording without its end: the show was killed, or is still running',
    ]);
  });

  it('a moment beyond all sense, or before the start, is passed over and waited for by nobody', async () => {
    const from = { address: '10.0.0.2', port: 1606 };
    const to = { address: '10.0.0.1', port: 50_002 };
    const strange = [1e300, 1e12, 0].map(at =>
      Buffer.from(arrivalBlock({ from, to, bytes: new Uint8Array(9), stamp: { at: 200_000, notBefore: at } })),
    );
    // The comment says when it came; its text is changed in place, so that the time stamp may stay.
    for (const block of strange) block.write('at 9e99999', block.indexOf('at 200000'));
    const start = recordingOf([], [], { ...START, profile: { file: 'demo.yaml', source: demoProfile() } });
    const late = recordingOf([], [{ decklight: 'wake', at: 1 }]).subarray(recordingOf([], []).length);
    const path = join(folder, 'strange.pcapng');
    writeFileSync(path, Buffer.concat([start, ...strange, late]));
    const { code, lines } = await replayed(path);
    expect(code).toBe(0);
    expect(lines.at(-1)).toBe(
      '0 sent, 0 not sent; 0 datagrams, 0 acts, 0 wakes, 4 packets passed over; recording without its end: the show was killed, or is still running',
    );
  });

  it('answers 1 for a file that is not there', async () => {
    const { code, errors, lines } = await replayed(join(folder, 'missing.pcapng'));
    expect([code, lines]).toEqual([1, []]);
    expect(errors.join('\n')).toContain('missing.pcapng: error: there is no such file; check its name');
  });

  it.each([
    ['a plain capture', pcap(101, []), 'decklight decode reads other captures'],
    ['a text', Buffer.from('decklight: 1\n'), 'no recording of Decklight'],
    ['an empty file', Buffer.alloc(0), 'no recording of Decklight'],
    ['one whose profile this version does not take', recordingOf([], []), 'is none this version takes'],
  ])('answers 2 for %s, in one clear line', async (_, content, text) => {
    const path = join(folder, 'other.pcapng');
    writeFileSync(path, content);
    const { code, errors, lines } = await replayed(path);
    expect([code, lines]).toEqual([2, []]);
    expect(errors.at(-1)).toContain(text);
  });
});
