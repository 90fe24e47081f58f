/** Where imported sticks and the key lie on each system, and all sticks as one library. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type StoredTrack, storeFileOf, writeStore } from '../../../bridges/rekordbox-media/store/store.ts';
import { findLibraryKey, keyFileOf } from '../../../src/cli/media/library-key.ts';
import {
  dataFolder,
  type Machine,
  mediaFolder,
  mediaFolders,
  readMediaLibrary,
} from '../../../src/cli/media/media-folder.ts';
import { scratch } from '../../bridges/rekordbox-media/temporary-stick.ts';

const folderNamed = scratch();
const machine = (home: string, env: Machine['env'] = {}): Machine => ({ platform: 'linux', env, home });

describe('where things lie', () => {
  // XDG Base Directory Specification; Apple, File System Programming Guide; Microsoft, Known Folders.
  it.each([
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/decklight'],
    ['linux', {}, '/home/dj/.local/share/decklight'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/dj/.local/share/decklight'],
    ['linux', { XDG_DATA_HOME: '' }, '/home/dj/.local/share/decklight'],
    ['darwin', { XDG_DATA_HOME: '/data' }, '/home/dj/Library/Application Support/Decklight'],
    ['win32', { APPDATA: '/roaming' }, '/roaming/Decklight'],
    ['win32', {}, '/home/dj/AppData/Roaming/Decklight'],
  ] as const)('on %s with %o in %s', (platform, env, folder) => {
    const here = { platform, env, home: '/home/dj' };
    expect(dataFolder(here)).toBe(folder);
    expect(mediaFolder(null, here)).toBe(`${folder}/media`);
    expect(keyFileOf(here)).toBe(`${folder}/library-key`);
    expect(mediaFolder('/given', here)).toBe('/given');
  });

  it('a show looks in the folder that is given, else beside its profile, else in that of all shows', () => {
    const home = folderNamed('home');
    const show = join(folderNamed('show'), 'show.yaml');
    const here = machine(home);
    expect(mediaFolders(null, show, here)).toEqual([]);
    mkdirSync(mediaFolder(null, here), { recursive: true });
    expect(mediaFolders(null, show, here)).toEqual([mediaFolder(null, here)]);
    const beside = join(show, '..', 'media');
    mkdirSync(beside);
    expect(mediaFolders(null, show, here)).toEqual([beside]);
    expect(mediaFolders('/given', show, here)).toEqual(['/given']);
  });
});

const track = (id: number, title: string): StoredTrack => ({
  ...{ id, file: `${title}.mp3`, title, artist: null, album: null, genre: null, musicalKey: null, tempoBpm: null },
  ...{ lengthMs: null, playlists: [], artworkFile: null, analysis: null },
});

function importInto(folder: string, stick: string, tracks: readonly StoredTrack[], isFinished = true): string {
  const head = { stick, from: '/', importedUnixMs: 0, source: 'test', databaseUnixMs: null };
  const writer = writeStore(storeFileOf(folder, stick), head, tracks);
  if (isFinished) writer.finish();
  writer.close();
  return storeFileOf(folder, stick);
}

describe('the library of a show', () => {
  it('has the tracks of every stick; one number on two sticks is two tracks', () => {
    const folder = folderNamed('media');
    importInto(folder, 'A', [track(1, 'one'), track(2, 'two')]);
    importInto(folder, 'B', [track(2, 'deux')]);
    const { library, lines } = readMediaLibrary([folder]);
    expect(lines).toEqual([]);
    expect(library.size).toBe(3);
    expect(
      library
        .withId(2)
        .map(({ stick, title }) => `${stick} ${title}`)
        .sort(),
    ).toEqual(['A two', 'B deux']);
    expect(library.withId(3)).toEqual([]);
  });

  it('takes what can be read, and says what cannot, and why', () => {
    const folder = folderNamed('media');
    importInto(folder, 'A', [track(1, 'one')]);
    const half = importInto(folder, 'B', [track(2, 'two')], false);
    writeFileSync(join(folder, 'broken.jsonl'), 'no stick\n');
    writeFileSync(join(folder, 'notes.txt'), 'not ours');
    const { library, lines } = readMediaLibrary([folder, join(folder, 'nope')]);
    expect(library.size).toBe(2);
    expect([...lines].sort()).toEqual([
      `${half}: the import of B was not finished: 1 tracks of it are known; import it again`,
      expect.stringMatching(/broken\.jsonl: this is no imported stick: it was set aside/),
      `${join(folder, 'nope')}: there is no such folder; import a stick into it: decklight media import`,
    ]);
    expect(readMediaLibrary([join(folder, 'notes.txt')]).lines).toEqual([
      expect.stringMatching(/expected .* a folder/),
    ]);
    expect(readMediaLibrary([])).toMatchObject({ library: { size: 0 }, lines: [] });
  });
});

describe('the key', () => {
  const kept = (content: string): Machine => {
    const here = machine(folderNamed('home'));
    mkdirSync(dataFolder(here), { recursive: true });
    writeFileSync(keyFileOf(here), content);
    return here;
  };
  const fileWith = (content: string): string => {
    const file = join(folderNamed('keys'), 'key');
    writeFileSync(file, content);
    return file;
  };

  it('is that of the environment, else of the file that is given, else the one that is kept', () => {
    const here = kept('of the kept file\n');
    const given = fileWith('  of the given file \r\n');
    const withVariable = { ...here, env: { DECKLIGHT_LIBRARY_KEY: 'of the environment' } };
    expect(findLibraryKey(given, withVariable)).toMatchObject({
      key: 'of the environment',
      from: 'DECKLIGHT_LIBRARY_KEY',
    });
    expect(findLibraryKey(given, here)).toMatchObject({ key: 'of the given file', from: given });
    expect(findLibraryKey(null, here)).toMatchObject({ key: 'of the kept file', from: keyFileOf(here) });
    expect(findLibraryKey(null, machine(folderNamed('home')))).toEqual({ kind: 'none' });
    expect(findLibraryKey(null, machine(folderNamed('home'), { DECKLIGHT_LIBRARY_KEY: ' ' }))).toEqual({
      kind: 'none',
    });
  });

  it('a file that does not hold one says what is wrong, and nothing of what is in it', () => {
    const secret = 'SECRET';
    for (const [content, reason] of [
      ['\n', /this is empty/],
      [`${secret}\n${secret}\n`, /more than one line/],
      [secret.repeat(1000), /this has 6000 bytes; expected the key alone/],
    ] as const) {
      const key = findLibraryKey(fileWith(content), machine('/nowhere'));
      expect(key).toMatchObject({ kind: 'unusable', line: expect.stringMatching(reason) });
      expect(JSON.stringify(key)).not.toContain(secret);
    }
    expect(findLibraryKey('/nowhere/key', machine('/nowhere'))).toMatchObject({ kind: 'unusable' });
    expect(findLibraryKey(folderNamed('folder'), machine('/nowhere'))).toMatchObject({ kind: 'unusable' });
  });
});
