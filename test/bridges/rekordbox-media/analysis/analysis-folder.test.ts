import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analysisFiles, analysisFolder } from '../../../../bridges/rekordbox-media/analysis/analysis-folder.ts';

/** The same sum in whole numbers without end. */
function slowFolder(path: string): string {
  let hash = 0n;
  for (let i = 0; i < path.length; i++) {
    const unit = BigInt(path.charCodeAt(i));
    hash = (hash * 0x5bc9n + unit) % 2n ** 32n;
    hash = (hash * 0x93b5n + unit) % 2n ** 32n;
  }
  const r = Number(hash % 200_003n);
  const p =
    (r & 1) | ((r >> 1) & 2) | ((r >> 4) & 4) | ((r >> 4) & 8) | ((r >> 5) & 16) | ((r >> 8) & 32) | ((r >> 10) & 64);
  const hex = (n: number, digits: number) => n.toString(16).toUpperCase().padStart(digits, '0');
  return `P${hex(p, 3)}/${hex(r, 8)}`;
}

describe('the folder of an analysis', () => {
  // From real exports, by way of the published rule.
  test.each([
    ['/Contents/Loopmasters/UnknownAlbum/Demo Track 1.mp3', 'P016/0000875E'],
    ['/Contents/UnknownArtist/UnknownAlbum/HORN.wav', 'P021/00006D2B'],
    ['/Contents/UnknownArtist/UnknownAlbum/NOISE.wav', 'P019/00020AA9'],
  ])('%s is analysed in %s', (path, folder) => expect(analysisFolder(path)).toBe(folder));

  test('is what arithmetic without rounding says, for any path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), path => {
        expect(analysisFolder(path)).toBe(slowFolder(path));
      }),
    );
  });
});

describe('the analysis files of a track', () => {
  const stem = 'PIONEER/USBANLZ/P01F/00004BC5/ANLZ0000';
  const files = { dat: `${stem}.DAT`, ext: `${stem}.EXT`, twoEx: `${stem}.2EX` };

  test.each([
    ['as rekordbox writes it', '/PIONEER/USBANLZ/P01F/00004BC5/ANLZ0000.DAT'],
    ['without a slash before it', 'PIONEER/USBANLZ/P01F/00004BC5/ANLZ0000.DAT'],
    ['the .EXT', '/PIONEER/USBANLZ/P01F/00004BC5/ANLZ0000.EXT'],
    ['a suffix in small letters', '/PIONEER/USBANLZ/P01F/00004BC5/ANLZ0000.dat'],
    ['without a suffix', '/PIONEER/USBANLZ/P01F/00004BC5/ANLZ0000'],
    ['a folder', '/PIONEER/USBANLZ/P01F/00004BC5'],
    ['a folder with a slash after it', '/PIONEER/USBANLZ/P01F/00004BC5/'],
  ])('%s', (_, stored) => expect(analysisFiles(stored)).toEqual(files));

  test('the second track of a folder keeps its number', () => {
    expect(analysisFiles('/PIONEER/USBANLZ/P01F/00004BC5/ANLZ0001.DAT')?.ext).toBe(
      'PIONEER/USBANLZ/P01F/00004BC5/ANLZ0001.EXT',
    );
    expect(analysisFiles('/pioneer/usbanlz/p01f/00004bc5/anlz0001')?.ext).toBe(
      'pioneer/usbanlz/p01f/00004bc5/anlz0001.EXT',
    );
    expect(analysisFiles('.PIONEER/USBANLZ/P01F/00004BC5/ANLZ0012')?.dat).toBe(
      '.PIONEER/USBANLZ/P01F/00004BC5/ANLZ0012.DAT',
    );
  });

  test.each([
    ['nothing', ''],
    ['the root', '/'],
    ['a way out of the stick', '/PIONEER/../../etc/ANLZ0000.DAT'],
    ['a way out at its end', 'PIONEER/..'],
    ['a way out in the manner of Windows', '/PIONEER\\..\\..\\ANLZ0000.DAT'],
    ['a NUL', 'PIONEER/\0/ANLZ0000.DAT'],
  ])('%s is refused', (_, stored) => expect(analysisFiles(stored)).toBeNull());

  test('never lead out of the stick, whatever is stored', () => {
    const pieces = fc.constantFrom('..', '.', '/', '\\', 'PIONEER', 'ANLZ0000', '.DAT', 'a', '\0', '');
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 12 }).map(parts => parts.join('')),
        stored => {
          for (const file of Object.values(analysisFiles(stored) ?? {})) {
            expect(file).not.toMatch(/^\/|\0/);
            expect(file.split(/[\\/]/)).not.toContain('..');
          }
        },
      ),
    );
  });
});
