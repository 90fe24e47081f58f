/** The evening as one HTML file: what the plan draws. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { planCommand } from '../../../src/cli/plan/plan.ts';
import { steadyGrid } from '../../../src/core/track/beat-grid.ts';
import { libraryOf } from '../../../src/core/track/media-library.ts';
import type { MediaTrack } from '../../../src/core/track/media-track.ts';
import { structure } from '../../core/core-samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'decklight-plan-html-'));
afterAll(() => rmSync(folder, { recursive: true }));

const EVIL = '<script>alert("1")</script> & \'more\' \u0007';

const media = (change: Partial<MediaTrack>): MediaTrack => ({
  ...{ stick: 'STICK', id: 7, file: '/Contents/strobe.mp3', title: 'Strobe', artist: 'deadmau5', album: null },
  ...{ genre: null, musicalKey: null, tempoBpm: 120, durationMs: 41_000, playlists: [], playlistPlaces: [] },
  ...{ artworkFile: null, grid: steadyGrid(110, 120), firstDownbeat: 1, structure, cuePoints: [] },
  fingerprint: { exact: 'e'.repeat(64), loose: '1'.repeat(64) },
  ...change,
});

const PROFILE = `decklight: 1
name: "${EVIL.replaceAll('"', '\\"').replace('\u0007', '')}"
bridges:
  opus: { type: opus-quad, interface: 127.0.0.1 }
  console: { type: osc, host: 127.0.0.1, port: 9 }
  daw: { type: midi, device: Nowhere }
timecode:
  main: { follow: on-air, rate: 25, to: [daw], unknown-track: 23:00:00:00 }
tracks:
  - { match: { title: Strobe }, timecode: { main: 01:00:00:00 } }
  - { match: { title: Late }, timecode: { main: 02:00:00:00 } }
rules:
  - { name: "</title><img src=x onerror=alert(1)>", when: chorus, do: [ { console: /go } ] }
`;

async function drawn(tracks: readonly MediaTrack[], change = (profile: string) => profile) {
  const file = join(folder, 'show.yaml');
  writeFileSync(file, change(PROFILE));
  const html = join(folder, 'plan.html');
  const said: string[] = [];
  const line = (text: string): void => void said.push(text);
  const out = { isTerminal: false, columns: () => 80, rows: () => 24, line, error: line, redraw() {} };
  const options = { track: null, all: true, csv: null, html, json: false };
  const code = await planCommand(file, options, { out, bridges: BRIDGES, library: libraryOf(tracks) });
  return { code, said, text: readFileSync(html, 'utf8') };
}

/** Everything that a browser would take as markup, by name. */
const tagsOf = (html: string): ReadonlySet<string> =>
  new Set([...html.matchAll(/<\/?([a-z]+)[\s>]/gi)].map(([, tag = '']) => tag.toLowerCase()));

it('a plan draws each track with its phrases at their places, its cues and its start', async () => {
  const { code, said, text } = await drawn([media({})], profile =>
    profile.replace(/ {2}- \{ match: \{ title: Late.*\n/, ''),
  );
  expect([code, said.at(-1)]).toEqual([0, `wrote ${join(folder, 'plan.html')}`]);
  // 120 BPM, beat 1 at 110 ms, 41 s on 1000 units: a beat is 500 ms.
  for (const { label, startBeat } of structure.phrases) {
    const x = Number((((110 + (startBeat - 1) * 500) / 41_000) * 1000).toFixed(2));
    expect(text).toContain(`<g><title>${label}</title><rect x="${x}" `);
  }
  expect(text).toContain('begins at main 01:00:00:00');
  expect(text).toMatch(/<td>1<\/td><td>01:00:\d\d:\d\d<\/td>.*console \/go/);
});

it('texts of people stay texts, and the file loads and runs nothing', async () => {
  const { text } = await drawn([
    media({ title: EVIL, artist: EVIL, file: `/${EVIL}` }),
    media({ id: 8, title: 'Strobe' }),
  ]);
  expect([...tagsOf(text)].sort()).toEqual(
    ['body', 'g', 'head', 'html', 'line', 'meta', 'p', 'rect', 'section', 'style', 'svg', 'table', 'tbody', 'td']
      .concat(['text', 'th', 'thead', 'title', 'tr'])
      .sort(),
  );
  expect(text).toContain('&lt;script&gt;');
  expect(text).not.toContain('\u0007');
  const bare = [...text.matchAll(/<[^>]+>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '""'));
  expect(bare.filter(tag => /\s(src|href|on\w+|style|srcset|data)=/i.test(tag))).toEqual([]);
  expect(/<style>([\s\S]*?)<\/style>/.exec(text)?.[1]).not.toMatch(/url\(|@import/);
  expect(text).toContain("default-src 'none'");
});

it('regions that overlap are named and marked', async () => {
  const apart = [media({}), media({ id: 8, title: 'Late', file: '/late.mp3', fingerprint: null })];
  expect((await drawn(apart)).text).not.toContain('overlap in');
  const over = (await drawn(apart, profile => profile.replace('02:00:00:00', '01:00:30:00'))).text;
  expect(over).toContain('overlap in main: deadmau5 - Strobe (01:00:00:00) and deadmau5 - Late (01:00:30:00)');
  expect(over.match(/#ff8080/g)).toHaveLength(2);
});
