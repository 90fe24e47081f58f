/** `decklight media`: import, list, show, forget, as an operator meets them. */
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { SIMULATED_STICK_KEY } from '../../../bridges/rekordbox-media/simulator/simulated-stick.ts';
import { simulatedStickTracks } from '../../../bridges/rekordbox-media/simulator/stick-tracks.ts';
import { storeFileOf } from '../../../bridges/rekordbox-media/store/store.ts';
import { mediaArtworkCommand } from '../../../src/cli/media/artwork.ts';
import { mediaImportCommand } from '../../../src/cli/media/import-media.ts';
import { ageText, mediaForgetCommand, mediaListCommand, mediaShowCommand } from '../../../src/cli/media/media.ts';
import { readMediaLibrary } from '../../../src/cli/media/media-folder.ts';
import type { Terminal } from '../../../src/cli/terminal/terminal.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import { lockState } from '../../../src/files/state-lock.ts';
import { put, scratch, writeSimStick } from '../../bridges/rekordbox-media/temporary-stick.ts';
import { listen } from '../doctor/doctor-rig.ts';

const folderNamed = scratch();
const DAY_MS = 24 * 3_600_000;
const NOW = 1_800_000_000_000;
const never = new AbortController().signal;
const [FIRST, SECOND] = simulatedStickTracks(10);

let stick = '';
let media = '';
beforeAll(async () => {
  stick = folderNamed('USB');
  media = folderNamed('media');
  await writeSimStick(stick);
  expect(await importing(stick, media, listen())).toBe(0);
});

const MACHINE = { platform: 'linux', env: {}, home: '/nowhere' } as const;
const KEYED = { ...MACHINE, env: { DECKLIGHT_LIBRARY_KEY: SIMULATED_STICK_KEY } };
const importing = (
  from: string,
  into: string,
  out: Terminal,
  { name = null, machine = KEYED, signal = never, keyFile = null }: Partial<Options> = {},
): Promise<number> =>
  mediaImportCommand(
    from,
    { name, media: into, keyFile },
    { machine, clock: virtualClock(0), unixMs: NOW, out },
    signal,
  );
interface Options {
  readonly name: string | null;
  readonly machine: Parameters<typeof mediaImportCommand>[2]['machine'];
  readonly signal: AbortSignal;
  readonly keyFile: string | null;
}

describe('media import', () => {
  it('says what was found and where it is kept, and the key nowhere', async () => {
    const out = listen();
    const into = folderNamed('media');
    expect(await importing(stick, into, out)).toBe(0);
    expect(out.lines.filter(line => !/ analyses$/.test(line))).toEqual([
      'the key of its library is taken from DECKLIGHT_LIBRARY_KEY',
      'DECKLIGHT: 10 tracks from exportLibrary.db in 0.0 s',
      '  9 with phrases, 10 with a beat grid, 10 with cues',
      `kept in ${storeFileOf(into, 'DECKLIGHT')}`,
    ]);
    expect(out.errors).toEqual([]);
    expect(readFileSync(storeFileOf(into, 'DECKLIGHT'), 'utf8')).not.toContain(SIMULATED_STICK_KEY);
  });

  it('draws a bar on a terminal, ten times a second at most', async () => {
    const drawn: string[] = [];
    const out = { ...listen(), isTerminal: true, redraw: (lines: readonly string[]) => void drawn.push(...lines) };
    const large = folderNamed('LARGE');
    await writeSimStick(large, 20);
    expect(await importing(large, folderNamed('media'), out)).toBe(0);
    // No time passes on this clock: the first one, and the last, which is always shown.
    expect(drawn.length).toBe(2);
    expect(drawn[1]).toBe(`DECKLIGHT  ${'█'.repeat(40)}  20 of 20 analyses`);
  });

  it('of what is no stick says so with exit code 3', async () => {
    for (const from of [join(media, 'nope'), media]) {
      const out = listen();
      expect(await importing(from, media, out)).toBe(3);
      expect(out.errors).toEqual([expect.stringMatching(new RegExp(`^${from}: error: .*stick`))]);
    }
  });

  it('of a stick with nothing on it leaves what was imported', async () => {
    const empty = folderNamed('DECKLIGHT');
    await writeSimStick(empty, 1, path => path.includes('Artwork'));
    const before = readFileSync(storeFileOf(media, 'DECKLIGHT'));
    const out = listen();
    expect(await importing(empty, media, out)).toBe(1);
    expect(out.errors).toEqual([expect.stringMatching(/no database and no analysis is in it/)]);
    expect(readFileSync(storeFileOf(media, 'DECKLIGHT'))).toEqual(before);
  });

  it('a key file that is none is said before anything is read, with exit code 2', async () => {
    const out = listen();
    expect(await importing(stick, media, out, { machine: MACHINE, keyFile: join(media, 'nope') })).toBe(2);
    expect(out.errors).toEqual([expect.stringMatching(/nope: error: there is no such file; check its name/)]);
  });

  it('where the folder cannot be written says why', async () => {
    const into = join(folderNamed('media'), 'file');
    writeFileSync(into, '');
    const out = listen();
    expect(await importing(stick, into, out)).toBe(1);
    expect(out.errors).toEqual([expect.stringMatching(/a part of this path is no folder/)]);
  });

  it('of a stick that is being imported already says by whom', async () => {
    const into = folderNamed('media');
    const lock = await lockState(storeFileOf(into, 'DECKLIGHT'));
    const out = listen();
    expect(await importing(stick, into, out)).toBe(1);
    expect(out.errors).toEqual([`DECKLIGHT is being imported already (pid ${process.pid}): wait for that one`]);
    expect(await mediaForgetCommand(into, 'DECKLIGHT', out)).toBe(1);
    if (lock.isOurs) await lock.release();
    expect(await importing(stick, into, listen())).toBe(0);
  });

  it('two at once: each does it or says that the other does, and what is kept is whole', async () => {
    const into = folderNamed('media');
    const outs = [listen(), listen()];
    const codes = await Promise.all(outs.map(out => importing(stick, into, out)));
    // Where one has ended before the other gets to it both are done.
    expect(codes).toContain(0);
    for (const [i, { errors }] of outs.entries()) {
      const refusal = `DECKLIGHT is being imported already (pid ${process.pid}): wait for that one`;
      expect(codes[i] === 0 ? [] : [refusal]).toEqual(errors);
    }
    expect(readMediaLibrary([into])).toMatchObject({ library: { size: 10 }, lines: [] });
    expect(readdirSync(into).length).toBe(1);
  });

  it('does not write over what a newer Decklight has imported', async () => {
    const into = folderNamed('media');
    await importing(stick, into, listen());
    const file = storeFileOf(into, 'DECKLIGHT');
    const newer = readFileSync(file, 'utf8').replace('"version":1', '"version":9');
    writeFileSync(file, newer);
    const out = listen();
    expect(await importing(stick, into, out)).toBe(0);
    expect(out.errors).toEqual([expect.stringMatching(/version 9/), `it was set aside as ${file}.aside`]);
    expect(readFileSync(`${file}.aside`, 'utf8')).toBe(newer);
    expect(readMediaLibrary([into]).library.size).toBe(10);
  });

  it('another stick of the same name does not take its place', async () => {
    const other = folderNamed('OTHER');
    await writeSimStick(other, 30, path => !/PIONEER\/rekordbox/.test(path));
    // Without the analyses of the ten it shares nothing with the first.
    const shared = new Set(readdirSync(join(stick, 'PIONEER/USBANLZ')));
    for (const parent of readdirSync(join(other, 'PIONEER/USBANLZ'))) {
      if (shared.has(parent)) rmSync(join(other, 'PIONEER/USBANLZ', parent), { recursive: true });
    }
    const out = listen();
    expect(await importing(other, media, out, { name: 'DECKLIGHT' })).toBe(2);
    expect(out.errors).toEqual([expect.stringMatching(/another stick is called "DECKLIGHT": .*--name/)]);
    expect(readMediaLibrary([media]).library.size).toBe(10);
  });

  it('nor does one that has a few of its tracks', async () => {
    const other = folderNamed('OTHER');
    await writeSimStick(other, 30, path => !/PIONEER\/rekordbox/.test(path));
    const [kept, ...shared] = readdirSync(join(stick, 'PIONEER/USBANLZ'));
    for (const parent of shared) rmSync(join(other, 'PIONEER/USBANLZ', parent), { recursive: true, force: true });
    expect(existsSync(join(other, 'PIONEER/USBANLZ', kept ?? ''))).toBe(true);
    const out = listen();
    expect(await importing(other, media, out, { name: 'DECKLIGHT' })).toBe(2);
    expect(out.errors).toEqual([
      expect.stringMatching(
        /another stick is called "DECKLIGHT": only \d of its tracks .*--name.*decklight media forget/,
      ),
    ]);
  });

  it.each([
    [10, 60],
    [60, 10],
  ])('a stick of %i tracks that has %i of them and others now is itself', async (before, after) => {
    const into = folderNamed('media');
    for (const tracks of [before, after]) {
      const folder = folderNamed('USB');
      await writeSimStick(folder, tracks);
      expect(await importing(folder, into, listen())).toBe(0);
      expect(readMediaLibrary([into]).library.size).toBe(tracks);
    }
  });

  it('without the key is of the stick that has its tracks, and keeps their numbers', async () => {
    const into = folderNamed('media');
    await importing(stick, into, listen());
    const out = listen();
    expect(await importing(stick, into, out, { machine: MACHINE })).toBe(0);
    expect(out.lines).toContain('by its tracks this is "DECKLIGHT" (--name calls it otherwise)');
    expect(out.lines).toContain('  10 keep the number of an earlier import with the key: with it they are read anew');
    expect(out.lines.join()).not.toMatch(/without the number/);
    const ids = [...readMediaLibrary([into]).library.all()].map(({ id }) => id);
    expect(ids.sort()).toEqual(
      simulatedStickTracks(10)
        .map(({ id }) => id)
        .sort(),
    );
  });

  it('with the key is of the stick that was imported without, by the name it has', async () => {
    const into = folderNamed('media');
    await importing(stick, into, listen(), { machine: MACHINE });
    await importing(stick, into, listen());
    expect(readdirSync(into)).toEqual([basename(storeFileOf(into, 'USB'))]);
  });

  it('a few tracks of a large stick are not taken for it', async () => {
    const into = folderNamed('media');
    const large = folderNamed('LARGE');
    await writeSimStick(large, 60);
    await importing(large, into, listen());
    await importing(stick, into, listen(), { machine: MACHINE });
    expect(readMediaLibrary([into]).library.size).toBe(70);
  });

  it('of two sticks with the same tracks asks which, unless it lies where one of them was', async () => {
    const into = folderNamed('media');
    const copy = folderNamed('COPY');
    await writeSimStick(copy);
    await importing(stick, into, listen(), { name: 'One' });
    await importing(copy, into, listen(), { name: 'Two' });
    const out = listen();
    const elsewhere = folderNamed('ELSEWHERE');
    await writeSimStick(elsewhere);
    expect(await importing(elsewhere, into, out, { machine: MACHINE })).toBe(2);
    expect(out.errors).toEqual([`${elsewhere}: its tracks are those of "One" and "Two": say which it is (--name)`]);
    const known = listen();
    expect(await importing(copy, into, known, { machine: MACHINE })).toBe(0);
    expect(known.lines).toContain('by its tracks this is "Two" (--name calls it otherwise)');
  });

  it('stopped by the operator says that nothing is lost', async () => {
    const out = listen();
    expect(await importing(stick, folderNamed('media'), out, { signal: AbortSignal.abort() })).toBe(1);
    expect(out.errors).toEqual(['DECKLIGHT: stopped; what was read is kept: import it again to go on from there']);
  });
});

describe('media list', () => {
  it('tells of each stick how much and how old', async () => {
    const out = listen();
    expect(await mediaListCommand(media, out, NOW + 3 * DAY_MS)).toBe(0);
    expect(out.lines).toEqual([
      `DECKLIGHT            10 tracks  90 % with phrases  100 % with numbers  imported 3 days ago from ${stick} (exportLibrary.db)`,
    ]);
  });

  it('says when what is there now is not what was imported', async () => {
    const changed = folderNamed('CHANGED');
    await writeSimStick(changed);
    const into = folderNamed('media');
    await importing(changed, into, listen());
    utimesSync(join(changed, 'PIONEER/rekordbox/exportLibrary.db'), 1, 4_000_000_000);
    const out = listen();
    await mediaListCommand(into, out, NOW);
    expect(out.lines[1]).toMatch(/stale: what is in .* has changed since; if it is DECKLIGHT, import it again/);
    rmSync(changed, { recursive: true });
    const absent = listen();
    await mediaListCommand(into, absent, NOW);
    expect(absent.lines.length).toBe(1);
  });

  it('says where nothing is imported, and what to do', async () => {
    const out = listen();
    expect(await mediaListCommand(join(media, 'none'), out, NOW)).toBe(0);
    expect(out.lines).toEqual([`no stick is imported in ${join(media, 'none')}: decklight media import`]);
  });

  it.each([
    [0, 'just now'],
    [59_999, 'just now'],
    [60_000, '1 minute ago'],
    [7_200_000, '2 hours ago'],
    [DAY_MS, '1 day ago'],
    [-5, 'just now'],
  ])('an age of %i ms is %s', (ageMs, text) => expect(ageText(ageMs)).toBe(text));
});

describe('media show', () => {
  const show = async (wanted: string) => {
    const out = listen();
    return { code: await mediaShowCommand(media, wanted, out), ...out };
  };

  it('finds a track by its number, its title, a part of it in any case, and its file', async () => {
    const { id = 0, title = '', file = '' } = FIRST ?? {};
    for (const wanted of [
      String(id),
      title,
      title.toUpperCase(),
      title.slice(0, -2),
      file,
      file.split('/').at(-1) ?? '',
    ]) {
      const { code, lines } = await show(wanted);
      expect(code).toBe(0);
      expect(lines[0], wanted).toContain(title);
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^stick +DECKLIGHT, track ${id}$`)));
    }
  });

  it('lists several, with what names each', async () => {
    const { code, lines } = await show('a');
    expect(code).toBe(0);
    expect(lines[0]).toMatch(/^\d+ tracks: name one by its number, its whole title or its file$/);
    expect(lines.length).toBeGreaterThan(2);
  });

  it('of one that is not there says which is near, with exit code 2', async () => {
    const { code, errors } = await show(`${SECOND?.title.slice(0, -1)}x`);
    expect(code).toBe(2);
    expect(errors).toEqual([expect.stringContaining(`did you mean "${SECOND?.title}"?`)]);
    expect((await show('')).code).toBe(2);
    expect((await show('(')).code).toBe(2);
  });
});

describe('media artwork', () => {
  const copying = async (wanted: string, to: string, { from = stick, kept = media } = {}) => {
    const out = listen();
    return { code: await mediaArtworkCommand(kept, wanted, { stick: from, to }, out), ...out };
  };
  const cover = () => join(folderNamed('covers'), 'cover.jpg');
  const LARGER = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0x4d, 0xff, 0xd9]);

  it('copies the cover of the track into the file, over what was there, and says from where', async () => {
    const to = cover();
    for (const track of simulatedStickTracks(10).slice(0, 2)) {
      const { code, lines, errors } = await copying(track.title, to);
      expect(errors).toEqual([]);
      expect(code).toBe(0);
      expect(lines).toEqual([
        expect.stringMatching(/^wrote .*cover\.jpg: the cover of ".*", PIONEER\/Artwork\/.*jpg$/),
      ]);
      expect(new Uint8Array(readFileSync(to))).toEqual(new Uint8Array(track.artwork));
    }
  });

  it('takes the larger picture where the stick has both, whichever was there at the import', async () => {
    const both = folderNamed('BOTH');
    await writeSimStick(both);
    const before = folderNamed('media');
    await importing(both, before, listen());
    put(both, { 'PIONEER/Artwork/00001/b1_m.jpg': LARGER });
    const after = folderNamed('media');
    await importing(both, after, listen());
    const to = cover();
    for (const kept of [before, after]) {
      expect((await copying(FIRST?.title ?? '', to, { from: both, kept })).code).toBe(0);
      expect(new Uint8Array(readFileSync(to))).toEqual(LARGER);
    }
    rmSync(join(both, 'PIONEER/Artwork/00001/b1_m.jpg'));
    expect((await copying(FIRST?.title ?? '', to, { from: both, kept: after })).code).toBe(0);
    expect(new Uint8Array(readFileSync(to))).toEqual(new Uint8Array(FIRST?.artwork ?? []));
  });

  it('never writes to the stick, not by a link either', async () => {
    const own = folderNamed('OWN');
    await writeSimStick(own, 1);
    const kept = folderNamed('media');
    await importing(own, kept, listen());
    const elsewhere = folderNamed('elsewhere');
    symlinkSync(own, join(elsewhere, 'link'));
    symlinkSync(join(own, 'PIONEER/Artwork/00001/b1.jpg'), join(elsewhere, 'b1.jpg'));
    const ways = [
      ...[join(own, 'cover.jpg'), join(own, 'PIONEER/Artwork/00001/b1.jpg'), join(own, '..cover.jpg')],
      ...[join(elsewhere, 'link', 'cover.jpg'), join(elsewhere, 'b1.jpg')],
    ];
    const before = readdirSync(own, { recursive: true });
    for (const to of ways) {
      const { code, errors } = await copying(FIRST?.title ?? '', to, { from: own, kept });
      expect(code, to).toBe(2);
      expect(errors).toEqual([
        `${to}: error: this is on the stick, which is never written to; choose a file elsewhere`,
      ]);
    }
    expect(readdirSync(own, { recursive: true })).toEqual(before);
    // A folder beside it whose name begins as its own does is not on it.
    expect((await copying(FIRST?.title ?? '', `${own}.jpg`, { from: own, kept })).code).toBe(0);
  });

  it('says in one line where there is none, and writes nothing', async () => {
    const without = folderNamed('WITHOUT');
    await writeSimStick(without, 10, path => !path.includes('/Artwork/'));
    const kept = folderNamed('media');
    await importing(without, kept, listen());
    const to = cover();
    const none = await copying(FIRST?.title ?? '', to, { from: without, kept });
    expect(none.code).toBe(1);
    expect(none.errors).toEqual([`"${FIRST?.title}" has no cover on DECKLIGHT`]);
    // The import has seen one that the copy lacks.
    const lost = await copying(FIRST?.title ?? '', to, { from: without });
    expect(lost.code).toBe(1);
    expect(lost.errors).toEqual([
      `"${FIRST?.title}" has a cover, PIONEER/Artwork/00001/b1.jpg, and it is not in ${without}; was the whole stick copied?`,
    ]);
    expect(existsSync(to)).toBe(false);
  });

  it('takes no cover from another stick, whose first cover is that of another track', async () => {
    const other = folderNamed('OTHER');
    await writeSimStick(other, 10, path => !path.includes('/USBANLZ/'));
    const to = cover();
    const { code, errors } = await copying(FIRST?.title ?? '', to, { from: other });
    expect(code).toBe(3);
    expect(errors).toEqual([`"${FIRST?.title}" is not on the stick in ${other}; put in DECKLIGHT, or import this one`]);
    expect(existsSync(to)).toBe(false);
  });

  it('of what is no stick, no track, several tracks, or cannot be written says so', async () => {
    const title = FIRST?.title ?? '';
    const nowhere = join(media, 'nope');
    expect(await copying(title, cover(), { from: nowhere })).toMatchObject({
      code: 3,
      errors: [expect.stringMatching(/nope: error: there is no such folder; is the stick mounted\?/)],
    });
    expect((await copying('No such track', cover())).code).toBe(2);
    const several = simulatedStickTracks(10).filter(track => track.title.toLowerCase().includes('a'));
    const vague = await copying('a', cover());
    expect(vague.code).toBe(2);
    expect(vague.errors[0]).toMatch(new RegExp(`^"a" may be one of ${several.length} tracks: name one by`));
    expect(vague.errors.length).toBe(several.length + 1);
    expect(await copying(title, join(nowhere, 'cover.jpg'))).toMatchObject({
      code: 1,
      errors: [`${join(nowhere, 'cover.jpg')}: error: its folder is not there; make it first`],
    });
  });
});

describe('media forget', () => {
  it('deletes what was imported and says so; the stick itself is left alone', async () => {
    const into = folderNamed('media');
    await importing(stick, into, listen(), { name: 'Old one' });
    const out = listen();
    expect(await mediaForgetCommand(into, 'Old one', out)).toBe(0);
    expect(out.lines).toEqual([`Old one is forgotten: deleted ${storeFileOf(into, 'Old one')}`]);
    expect(readdirSync(into)).toEqual([]);
    expect(existsSync(join(stick, 'PIONEER/rekordbox/export.pdb'))).toBe(true);
  });

  it('of one that is not there says which are, with exit code 2', async () => {
    const out = listen();
    expect(await mediaForgetCommand(media, 'Old one', out)).toBe(2);
    expect(out.errors).toEqual([`no stick "Old one" is imported in ${media}; there is: DECKLIGHT`]);
  });
});
