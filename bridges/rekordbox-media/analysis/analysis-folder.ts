/** The folder of a track's analysis files on a stick. Pure. */

/** The analysis files of one track, from the root of the stick, without a slash before it. */
export interface AnalysisFiles {
  readonly dat: string;
  readonly ext: string;
  /** The waveforms of newer players, `.2EX`. */
  readonly twoEx: string;
}

/**
 * The folder that rekordbox chooses for the analysis of an audio file, under `PIONEER/USBANLZ`.
 *
 * @param audioPath as the databases store it: `/Contents/Artist/Album/track.mp3`
 * @returns such as `P016/0000875E`. Two tracks may share one; their files are then `ANLZ0000` and `ANLZ0001`, and the path
 *          inside a file says whose it is
 *
 * Source: measured on 3886 of 3886 tracks of a real export, 177 of them beyond ASCII; characters outside the basic plane
 * are counted by their UTF-16 halves, which nobody has seen confirmed.
 */
export function analysisFolder(audioPath: string): string {
  let hash = 0;
  for (let i = 0; i < audioPath.length; i++) {
    const unit = audioPath.charCodeAt(i);
    hash = (Math.imul(hash, 0x5bc9) + unit) | 0;
    hash = (Math.imul(hash, 0x93b5) + unit) | 0;
  }
  const name = (hash >>> 0) % 200_003;
  const parent = PARENT_BITS.reduce((bits, from, to) => bits | (((name >> from) & 1) << to), 0);
  return `P${hex(parent, 3)}/${hex(name, 8)}`;
}

/** The bits of the folder's name that its parent's name is made of, lowest first. */
const PARENT_BITS: readonly number[] = [0, 2, 6, 7, 9, 13, 16];

const hex = (n: number, digits: number): string => n.toString(16).toUpperCase().padStart(digits, '0');

/**
 * The analysis files of a track from what its database says.
 *
 * @param stored `/PIONEER/USBANLZ/P01F/00004BC5/ANLZ0000.DAT`; without the suffix, or only its folder, as some programs
 *               write it
 * @returns null: it is empty, or would lead out of the stick
 */
export function analysisFiles(stored: string): AnalysisFiles | null {
  const parts = stored.split('/').filter(part => part !== '' && part !== '.');
  if (parts.length === 0 || /(^|[\\/])\.\.([\\/]|$)|\0/.test(stored)) return null;
  const path = parts.join('/').replace(/\.(DAT|EXT|2EX)$/i, '');
  const isFile = path.length < parts.join('/').length || /(^|\/)ANLZ\d+$/i.test(path);
  const stem = isFile ? path : `${path}/ANLZ0000`;
  return { dat: `${stem}.DAT`, ext: `${stem}.EXT`, twoEx: `${stem}.2EX` };
}
