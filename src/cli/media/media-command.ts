/** The words of `decklight media`. */
import type { Command } from 'commander';
import { stopSignal } from '../terminal/stop-signal.ts';
import type { Terminal, Terminals } from '../terminal/terminal.ts';

const MEDIA_OPTION = ['--media <folder>', 'where imported sticks lie; else in the data folder of this user'] as const;

interface MediaFlags {
  readonly media?: string;
}

async function folderOf({ media }: MediaFlags): Promise<string> {
  const { mediaFolder, thisMachine } = await import('./media-folder.ts');
  return mediaFolder(media ?? null, thisMachine());
}

export function addMediaCommand(program: Command, { out }: Terminals): void {
  const media = program
    .command('media')
    .description('what is on rekordbox sticks: import, list, show, artwork, forget');
  addImport(media, out);
  addArtwork(media, out);
  addList(media, out);
  addShow(media, out);
  addForget(media, out);
}

function addImport(media: Command, out: Terminal): void {
  media
    .command('import <folder>')
    .description('take in a mounted stick or a copy of it; again, what has changed since')
    .option('--name <stick>', 'what it is to be called; else as it is in rekordbox')
    .option(...MEDIA_OPTION)
    .option(
      '--key-file <file>',
      'a file with the key of its library; else DECKLIGHT_LIBRARY_KEY or the one that is kept',
    )
    .action(async (folder: string, options: MediaFlags & { name?: string; keyFile?: string }) => {
      const { name = null, media: into = null, keyFile = null } = options;
      const { thisMachine } = await import('./media-folder.ts');
      const { liveClock } = await import('../../live/live-clock.ts');
      const { mediaImportCommand } = await import('./import-media.ts');
      const surroundings = { machine: thisMachine(), clock: liveClock(), unixMs: Date.now(), out };
      process.exitCode = await mediaImportCommand(folder, { name, media: into, keyFile }, surroundings, stopSignal());
    });
}

function addArtwork(media: Command, out: Terminal): void {
  media
    .command('artwork <track>')
    .description('the cover of a track, by a part of its title, its number or its file, from its stick into a file')
    .requiredOption('--stick <folder>', 'the stick the track is on, or a copy of it; it is only read')
    .requiredOption('--to <file>', 'where the picture goes')
    .option(...MEDIA_OPTION)
    .action(async (track: string, { stick, to, ...flags }: MediaFlags & { stick: string; to: string }) => {
      const { mediaArtworkCommand } = await import('./artwork.ts');
      process.exitCode = await mediaArtworkCommand(await folderOf(flags), track, { stick, to }, out);
    });
}

function addList(media: Command, out: Terminal): void {
  media
    .command('list')
    .description('imported sticks: how many tracks, how old, how much is known of them')
    .option(...MEDIA_OPTION)
    .action(async (flags: MediaFlags) => {
      const { mediaListCommand } = await import('./media.ts');
      process.exitCode = await mediaListCommand(await folderOf(flags), out, Date.now());
    });
}

function addShow(media: Command, out: Terminal): void {
  media
    .command('show <track>')
    .description('a track by a part of its title, its number or its file: phrases, cues, grid')
    .option(...MEDIA_OPTION)
    .action(async (track: string, flags: MediaFlags) => {
      const { mediaShowCommand } = await import('./media.ts');
      process.exitCode = await mediaShowCommand(await folderOf(flags), track, out);
    });
}

function addForget(media: Command, out: Terminal): void {
  media
    .command('forget <stick>')
    .description('delete what was imported of a stick, by its name')
    .option(...MEDIA_OPTION)
    .action(async (stick: string, flags: MediaFlags) => {
      const { mediaForgetCommand } = await import('./media.ts');
      process.exitCode = await mediaForgetCommand(await folderOf(flags), stick, out);
    });
}
