/** `decklight media artwork`: the cover of an imported track, from its stick or a copy of it into a file. */
import { realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { analysisKey, openStick, type Stick, StickGone } from '../../../bridges/rekordbox-media/import/stick-folder.ts';
import { readStick, storeFileOf } from '../../../bridges/rekordbox-media/store/store.ts';
import type { MediaTrack } from '../../core/track/media-track.ts';
import { isSameTrack } from '../../core/track/track-identity.ts';
import { whyUnreadable, whyUnwritable } from '../../files/file-errors.ts';
import { oneLine } from '../../text/one-line.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { MOST_LISTED, tracksMeant } from './media.ts';
import { trackLine } from './track-text.ts';

export interface MediaArtworkOptions {
  /** The stick the track is on, or its copy. It is only read. */
  readonly stick: string;
  /** File for the picture; a file of that name is written over. Not on the stick. */
  readonly to: string;
}

/**
 * Copies the cover of a track, the larger picture where the stick has both.
 *
 * @param folder of imported sticks
 * @param wanted a part of its title, its number, or the end of its file's path
 * @returns the exit code: 0 done; 1 it has no cover, or that cannot be read or written; 2 no one track is meant by it, or the
 *          file is on the stick; 3 there is no stick, it is another one, or it was pulled
 */
export async function mediaArtworkCommand(
  folder: string,
  wanted: string,
  { stick: from, to }: MediaArtworkOptions,
  out: Terminal,
): Promise<number> {
  const hits = tracksMeant(folder, wanted, out);
  const [first] = hits;
  if (first === undefined) return 2;
  if (!hits.every(hit => isSameTrack(hit, first))) {
    out.error(`"${wanted}" may be one of ${hits.length} tracks: name one by its number, its whole title or its file`);
    for (const hit of hits.slice(0, MOST_LISTED)) out.error(`  ${trackLine(hit)}`);
    return 2;
  }
  const opened = await openStick(from);
  if (!opened.ok) {
    out.error(`${from}: error: ${opened.reason}`);
    return 3;
  }
  const { stick } = opened;
  if (isOn(stick, to)) {
    out.error(`${to}: error: this is on the stick, which is never written to; choose a file elsewhere`);
    return 2;
  }
  try {
    return await copied(stick, { folder, hits, to }, out);
  } catch (error) {
    if (!(error instanceof StickGone)) throw error;
    out.error(`the stick in ${stick.root} is gone: put it back and ask again`);
    return 3;
  }
}

interface WantedCover {
  /** Of imported sticks. */
  readonly folder: string;
  /** The track, on each stick that it was imported from. */
  readonly hits: readonly MediaTrack[];
  readonly to: string;
}

async function copied(stick: Stick, { folder, hits, to }: WantedCover, out: Terminal): Promise<number> {
  const { found } = await stick.analyses();
  const here = hits.find(hit => isAnalysedIn(found, folder, hit));
  const name = `"${oneLine(hits[0]?.title ?? hits[0]?.file ?? '')}"`;
  if (here === undefined) {
    const sticks = [...new Set(hits.map(hit => hit.stick))].join(' or ');
    out.error(`${name} is not on the stick in ${stick.root}; put in ${sticks}, or import this one`);
    return 3;
  }
  if (here.artworkFile === null) {
    out.error(`${name} has no cover on ${here.stick}`);
    return 1;
  }
  const plain = here.artworkFile.replace(/_m(\.\w+)$/, '$1');
  const picture = (await stick.find(plain.replace(/(\.\w+)$/, '_m$1'))) ?? (await stick.find(plain));
  if (picture === null) {
    out.error(`${name} has a cover, ${plain}, and it is not in ${stick.root}; was the whole stick copied?`);
    return 1;
  }
  let bytes: Uint8Array;
  try {
    bytes = await stick.read(picture.path);
  } catch (error) {
    if (error instanceof StickGone) throw error;
    out.error(`${join(stick.root, picture.path)}: error: ${whyUnreadable(error, PICTURE)}`);
    return 1;
  }
  try {
    writeFileSync(to, bytes);
  } catch (error) {
    out.error(`${to}: error: ${whyUnwritable(error)}`);
    return 1;
  }
  out.line(`wrote ${to}: the cover of ${name}, ${picture.path}`);
  return 0;
}

const PICTURE = { what: 'a picture', ifMissing: 'export to the stick again' };

/** Every stick numbers its covers from 1: only one that has the analysis of the track has this cover. */
function isAnalysedIn(found: ReadonlyMap<string, unknown>, folder: string, { stick, file }: MediaTrack): boolean {
  const read = readStick(storeFileOf(folder, stick));
  const stored = read.kind === 'stick' ? read.stick.tracks.find(track => track.file === file) : undefined;
  const key = stored?.analysis?.key;
  return key === undefined || found.has(analysisKey(key));
}

/** Tells if a file that is to be written would be on the stick, whatever links lead there. */
function isOn({ root }: Stick, to: string): boolean {
  const place = realOf(to) ?? join(realOf(dirname(to)) ?? dirname(to), basename(to));
  const way = relative(root, place);
  // On Windows there is no way from one drive to another, and the whole path is given.
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function realOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
