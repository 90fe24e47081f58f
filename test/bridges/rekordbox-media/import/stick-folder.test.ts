/** A stick as files: what is found on it, and that nothing outside it is. */
import { mkdirSync, readdirSync, realpathSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analysisKey, openStick, StickGone } from '../../../../bridges/rekordbox-media/import/stick-folder.ts';
import { opened, put, scratch } from '../temporary-stick.ts';

const folderNamed = scratch();
const DAT = 'PIONEER/USBANLZ/P016/0000875E/ANLZ0000.DAT';

describe('opening', () => {
  it.each(['PIONEER', '.PIONEER', 'pioneer'])(
    'a folder with %s in it is a stick, and so is that folder',
    async name => {
      const folder = folderNamed('stick');
      put(folder, { [`${name}/rekordbox/export.pdb`]: 'x' });
      expect((await opened(folder)).root).toBe(realpathSync(folder));
      expect((await opened(join(folder, name))).root).toBe(realpathSync(folder));
    },
  );

  it('of anything else one line says what is wrong', async () => {
    const folder = folderNamed('music');
    put(folder, { 'a.mp3': 'x' });
    const reasonOf = async (path: string) => {
      const stick = await openStick(path);
      return stick.ok ? null : stick.reason;
    };
    expect(await reasonOf(folder)).toMatch(/no folder PIONEER/);
    expect(await reasonOf(join(folder, 'nope'))).toMatch(/no such folder; is the stick mounted\?/);
    expect(await reasonOf(join(folder, 'a.mp3'))).toMatch(/this is no folder/);
  });
});

describe('finding', () => {
  it('a path is found whatever its case, its slashes, and whether PIONEER is hidden', async () => {
    const folder = folderNamed('stick');
    put(folder, { '.PIONEER/Usbanlz/p016/0000875e/anlz0000.dat': 'twelve bytes' });
    const stick = await opened(folder);
    for (const path of [DAT, `/${DAT}`, DAT.toLowerCase(), DAT.replaceAll('/', '\\'), `//./${DAT}`]) {
      expect(await stick.find(path)).toMatchObject({
        ...{ path: '.PIONEER/Usbanlz/p016/0000875e/anlz0000.dat', sizeBytes: 12 },
      });
    }
    expect([...(await stick.analyses()).found]).toEqual([
      [analysisKey(DAT), { dat: '.PIONEER/Usbanlz/p016/0000875e/anlz0000.dat', ext: null }],
    ]);
  });

  it('of two names that differ in case alone the one that is meant', async () => {
    const folder = folderNamed('stick');
    put(folder, { 'PIONEER/a.txt': '1', 'PIONEER/A.txt': '22' });
    if (readdirSync(join(folder, 'PIONEER')).length < 2) return;
    const stick = await opened(folder);
    expect(await stick.find('PIONEER/a.txt')).toMatchObject({ sizeBytes: 1 });
    expect(await stick.find('PIONEER/A.txt')).toMatchObject({ sizeBytes: 2 });
  });

  it('what a Mac leaves beside files, folders, and what is not there are no files', async () => {
    const folder = folderNamed('stick');
    put(folder, { [DAT]: 'x', [DAT.replace('/ANLZ', '/._ANLZ')]: 'x' });
    const stick = await opened(folder);
    expect(await stick.find(DAT.replace('/ANLZ', '/._ANLZ'))).toBeNull();
    expect(await stick.find('PIONEER/USBANLZ')).toBeNull();
    expect(await stick.find('PIONEER/rekordbox/export.pdb')).toBeNull();
    expect(await stick.find(`${DAT}/more`)).toBeNull();
    expect((await stick.analyses()).found.size).toBe(1);
  });

  it('no path leads out of the stick', async () => {
    const folder = folderNamed('stick');
    const outside = join(dirname(folder), 'secret');
    put(dirname(folder), { 'secret/file.DAT': 'x' });
    put(folder, { [DAT]: 'x' });
    symlinkSync(outside, join(folder, 'PIONEER', 'out'));
    symlinkSync(join(outside, 'file.DAT'), join(folder, 'PIONEER', 'USBANLZ', 'P016', '0000875E', 'ANLZ0001.DAT'));
    symlinkSync('..', join(folder, 'PIONEER', 'USBANLZ', 'round'));
    const stick = await opened(folder);
    for (const path of [
      ...['../secret/file.DAT', 'PIONEER/../../secret/file.DAT', '/../secret/file.DAT', '..\\secret\\file.DAT'],
      ...[join(outside, 'file.DAT'), 'PIONEER/out/file.DAT', DAT.replace('0.DAT', '1.DAT'), 'PIONEER/\0', ''],
    ]) {
      expect(await stick.find(path), path).toBeNull();
    }
    // A link within the stick is as good as what it leads to.
    expect(await stick.find('PIONEER/USBANLZ/round/USBANLZ/P016/0000875E/ANLZ0000.DAT')).not.toBeNull();
  });

  it('whatever a path says, what is found is on the stick', async () => {
    const folder = folderNamed('stick');
    put(dirname(folder), { 'secret/file.DAT': 'x' });
    put(folder, { [DAT]: 'x', 'PIONEER/b/c': 'x' });
    symlinkSync('../../secret', join(folder, 'PIONEER', 'b', 'out'));
    const stick = await opened(folder);
    const part = fc.constantFrom(
      '..',
      '.',
      '',
      'PIONEER',
      'b',
      'c',
      'out',
      'secret',
      'file.DAT',
      'stick',
      '\0',
      '~',
      'C:',
    );
    const path = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(part, { maxLength: 8 }).map(parts => parts.join('/')),
    );
    await fc.assert(
      fc.asyncProperty(path, async each => {
        const found = await stick.find(each);
        if (found !== null) expect(realpathSync(join(stick.root, found.path)).startsWith(`${stick.root}/`)).toBe(true);
      }),
    );
  });
});

describe('a stick that is pulled', () => {
  it('is gone, whatever is asked of it next', async () => {
    const folder = folderNamed('stick');
    put(folder, { [DAT]: 'x', 'PIONEER/rekordbox/export.pdb': 'x' });
    const [looked, fresh] = [await opened(folder), await opened(folder)];
    expect(await looked.find(DAT)).not.toBeNull();
    renameSync(folder, `${folder} elsewhere`);
    mkdirSync(folder);
    for (const stick of [looked, fresh]) {
      await expect(stick.find(DAT)).rejects.toThrow(StickGone);
      await expect(stick.read(DAT)).rejects.toThrow(/nothing is lost; put it back/);
    }
    await expect(fresh.analyses()).rejects.toThrow(StickGone);
  });

  it('a file that is deleted meanwhile is no such file, and the stick is still there', async () => {
    const folder = folderNamed('stick');
    put(folder, { [DAT]: 'x', 'PIONEER/other': 'x' });
    const stick = await opened(folder);
    await stick.find(DAT);
    rmSync(join(folder, DAT));
    expect(await stick.find(DAT)).toBeNull();
    await expect(stick.read(DAT)).rejects.toThrow(/ENOENT/);
  });
});

it('nothing is written to a stick', async () => {
  const folder = folderNamed('stick');
  put(folder, { [DAT]: 'x' });
  const before = statSync(join(folder, DAT));
  const stick = await opened(folder);
  await stick.analyses();
  await stick.read((await stick.find(DAT))?.path ?? '');
  expect(readdirSync(folder)).toEqual(['PIONEER']);
  expect(statSync(join(folder, DAT)).mtimeMs).toBe(before.mtimeMs);
});
