/** Bundles of an hour: the same night to the byte elsewhere, and nothing of whose it was when it is masked. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { type BundleOptions, bundleCommand } from '../../../src/cli/bundle/bundle.ts';
import { replayCommand } from '../../../src/cli/replay/replay.ts';
import type { MediaLibrary } from '../../../src/core/track/media-library.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { imported, TRACKS } from '../../show/media-night.ts';
import { collect } from '../replay/recorded-show.ts';
import { NAMED_PROFILE, NAMES, PROFILE_FILE, STICK } from './named-night.ts';
import { recordHour } from './recorded-hour.ts';

const KEY = 'secret-of-a-library-0123456789';
let folder = '';
let recording = '';
let library: MediaLibrary;

const options = (more: Partial<BundleOptions>): BundleOptions => ({
  ...{ to: null, mask: false, doctor: false, media: join(folder, 'media'), ...more },
});

async function bundled(file: string, more: Partial<BundleOptions> = {}) {
  const { lines, errors, out } = collect();
  const code = await bundleCommand(file, options(more), out, async () => ({ out, bridges: BRIDGES, library }));
  return { code, lines, errors };
}

/** As somebody with nothing imported plays it. */
async function played(file: string, library = NO_LIBRARY) {
  const { lines, errors, out } = collect();
  const code = await replayCommand(file, { json: false, relay: false }, out, async () => ({
    out,
    bridges: BRIDGES,
    library,
  }));
  return { code, lines, errors };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'decklight-bundle-'));
  process.env['DECKLIGHT_LIBRARY_KEY'] = KEY;
  library = await imported(join(folder, 'media'), STICK, TRACKS, null);
  recording = join(folder, 'hour.pcapng');
  await recordHour(recording, { file: PROFILE_FILE, source: NAMED_PROFILE }, library);
});
afterAll(() => {
  delete process.env['DECKLIGHT_LIBRARY_KEY'];
  rmSync(folder, { recursive: true });
});

describe('a bundle of an hour', () => {
  it('replays to the same bytes in an empty folder, where nothing is imported, and leaves nothing there', async () => {
    const { code, errors } = await bundled(recording);
    expect([code, errors]).toEqual([0, []]);
    const [whole, elsewhere] = [await played(recording, library), join(folder, 'elsewhere')];
    mkdirSync(elsewhere);
    const moved = join(elsewhere, 'night.gz');
    cpSync(join(folder, 'hour.bundle.pcapng.gz'), moved);
    const there = await played(moved);
    expect(there.lines).toEqual(whole.lines);
    expect(whole.lines.join('\n')).toMatch(/01:00:00\.000 long[\s\S]*by hand[\s\S]*00:59:\d\d\.\d{3} {2}deck/);
    expect(there.errors.at(-1)).toMatch(/^the same as where the bundle was made, to the byte \(\d+ lines\)$/);
    expect(readdirSync(elsewhere)).toEqual(['night.gz']);
    // Without the stick the recording alone is another night, so the bundle has brought it along.
    expect((await played(recording)).lines).not.toEqual(whole.lines);
  });

  it('has of a library the tracks that the night asked for, and never its key', () => {
    const bytes = gunzipSync(readFileSync(join(folder, 'hour.bundle.pcapng.gz'))).toString('latin1');
    expect(bytes).toContain('"title":"Night Tram"');
    expect(bytes).not.toContain('"title":"Untitled Yard"');
    expect(bytes).not.toContain(KEY);
  });

  it('masked, holds no title, no name, no path and no address of the original, packed or not', async () => {
    const to = join(folder, 'masked.gz');
    const { code, errors, lines } = await bundled(recording, { mask: true, to });
    expect([code, errors]).toEqual([0, []]);
    expect(lines.join('\n')).toMatch(/masked: .*\btitles?, .*comments of the profile/);
    const packed = readFileSync(to);
    const bytes = gunzipSync(packed);
    expect(foundIn(packed, [...NAMES, recording])).toEqual([]);
    expect(foundIn(bytes, [...NAMES, recording])).toEqual([]);
    // The search finds what is there: the same one in the bundle that is not masked.
    const open = gunzipSync(readFileSync(join(folder, 'hour.bundle.pcapng.gz')));
    expect(foundIn(open, ['Night Tram', 'Wilhelmina', '10.9.8.66', '02:11:22:33:44:55'])).toHaveLength(4);
    const [own, other] = [await played(recording, library), await played(to)];
    expect(other.errors.at(-1)).toMatch(/^the same as where the bundle was made/);
    expect(other.lines.at(-1)).toBe(own.lines.at(-1));
    const shape = (all: readonly string[]) =>
      all.slice(1).map(line => line.replace(/(Night Tram|Title-\d+).*|".*/, ''));
    expect(shape(other.lines)).toEqual(shape(own.lines));
  });

  it('cut or changed anywhere, gives one line and no night', async () => {
    const whole = readFileSync(join(folder, 'hour.bundle.pcapng.gz'));
    const file = join(folder, 'broken.gz');
    for (const share of [0.999, 0.5, 0.01]) {
      writeFileSync(file, whole.subarray(0, Math.floor(whole.length * share)));
      const { code, lines, errors } = await played(file);
      expect([code, lines.length, errors.length]).toEqual([2, 0, 1]);
      expect(errors[0]).toMatch(
        /^.*broken\.gz: error: this bundle is damaged: .*; copy it again from where it was made$/,
      );
    }
    for (const at of [100, Math.floor(whole.length / 2), whole.length - 6]) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      writeFileSync(file, changed);
      const { code, lines, errors } = await played(file);
      expect([code, lines.length, errors.length]).toEqual([2, 0, 1]);
    }
  });
});

/** Which of these stand in the bytes: as text in any case, as UTF-16, or as the bytes of an address. */
function foundIn(bytes: Buffer, names: readonly string[]): readonly string[] {
  const text = bytes.toString('latin1').toLowerCase();
  const wide = text.replaceAll('\0', '');
  return names.filter(name => {
    const needle = Buffer.from(name.toLowerCase()).toString('latin1');
    return text.includes(needle) || wide.includes(needle) || bytes.includes(addressBytes(name));
  });
}

/** The bytes of an IPv4 or a MAC address; of all else its text. */
function addressBytes(name: string): Buffer {
  if (/^[\d.]+$/.test(name)) return Buffer.from(name.split('.').map(Number));
  if (/^([0-9a-f]{2}:){5}/.test(name)) return Buffer.from(name.replaceAll(':', ''), 'hex');
  return Buffer.from(name);
}
