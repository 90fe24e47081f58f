import { isIPv4 } from 'node:net';
import { Command, InvalidArgumentError } from 'commander';
import { BRIDGES } from '../../bridges/index.ts';
import type { Ms } from '../core/clock.ts';
import { type MediaLibrary, NO_LIBRARY } from '../core/track/media-library.ts';
import { packageVersion } from '../files/package-file.ts';
import { liveClock } from '../live/live-clock.ts';
import { checkCommand } from './check.ts';
import { decodeCommand } from './decode/decode.ts';
import { devicesCommand } from './doctor/devices.ts';
import { doctorCommand } from './doctor/doctor.ts';
import { initCommand } from './init.ts';
/** The command line: what each command is called and takes. What it does stands in the file of its name. */
import { mediaArtworkCommand } from './media/artwork.ts';
import { mediaImportCommand } from './media/import-media.ts';
import { mediaForgetCommand, mediaListCommand, mediaShowCommand } from './media/media.ts';
import { mediaFolder, mediaFolders, readMediaLibrary, thisMachine } from './media/media-folder.ts';
import { regionsCommand } from './plan/give-regions.ts';
import { planCommand } from './plan/plan.ts';
import { replayCommand } from './replay/replay.ts';
import { runCommand } from './run/run.ts';
import { sendCommand, timecodeCommand } from './send/send.ts';
import { simulateCommand } from './simulate/simulate-opus-quad.ts';
import { simulateStickCommand } from './simulate/simulate-stick.ts';
import { openTerminal } from './terminal/terminal.ts';

interface RunFlags {
  readonly simulate: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly require: boolean;
  readonly record: boolean;
  readonly set?: string;
  readonly trace?: string;
  readonly log?: string;
  readonly media?: string;
  readonly for?: Ms;
}

const out = openTerminal(process.stdout, process.stderr);
/** Where a show speaks whose sound goes to standard output. */
const aside = openTerminal(process.stderr, process.stderr);

const UNITS_MS: Readonly<Record<string, Ms>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

function duration(text: string): Ms {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|min|h)$/.exec(text) ?? [];
  const unitMs = UNITS_MS[unit ?? ''];
  if (amount === undefined || unitMs === undefined) {
    throw new InvalidArgumentError('Expected a length of time: 90s, 5min, 1h.');
  }
  return Number(amount) * unitMs;
}

function ipv4(text: string): string {
  if (!isIPv4(text)) throw new InvalidArgumentError('Expected an IPv4 address: 127.0.0.1, 10.0.0.5.');
  return text;
}

const MOST_STICK_TRACKS = 100_000;

function trackCount(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > MOST_STICK_TRACKS) {
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${MOST_STICK_TRACKS}.`);
  }
  return count;
}

function someText(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected at least one character.');
  return text;
}

/** Stops at Ctrl-C, at a polite kill and when its terminal is closed; a second one ends the program at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      controller.abort();
      process.once(signal, () => process.exit(1));
    });
  }
  return controller.signal;
}

/** The tracks of imported sticks, for a command that works with them by a profile; what is wrong with them is said. */
function libraryFor(profile: string, folder: string | undefined): MediaLibrary {
  const { library, lines } = readMediaLibrary(mediaFolders(folder ?? null, profile, thisMachine()));
  for (const line of lines) out.error(line);
  return library;
}

const IMPORTED = [
  '--media <folder>',
  'where imported sticks lie; else in media beside the profile, or of this user',
] as const;

const program = new Command('decklight')
  .description("The bridge from a DJ's decks to light, video and sound.")
  .version(packageVersion())
  .exitOverride()
  .showHelpAfterError('(decklight --help, or decklight <command> --help, tells more)')
  .configureHelp({ showGlobalOptions: true })
  .addHelpText(
    'after',
    `
To try it without any hardware:
  decklight init                        writes show.yaml, a profile to start from
  decklight check show.yaml             finds its mistakes
  decklight run --simulate show.yaml    plays it against a simulated OPUS-QUAD

Exit codes: 0 done, 1 failed, 2 the profile or the command line is wrong, 3 something required is not there.`,
  );

program
  .command('run')
  .description('the show: follow the decks and send what the profile says')
  .argument('<profile>', 'show profile (YAML)')
  .option('--simulate', 'play against a simulated OPUS-QUAD within this program', false)
  .option('--set <file>', 'what the simulated DJ plays (YAML); else a demo')
  .option(...IMPORTED)
  .option('--dry-run', 'show what would leave, and send nothing', false)
  .option('--no-record', 'record nothing; else all that comes in is recorded beside the profile')
  .option('--trace <file>', 'write positions (100 a second) and everything sent, one JSON object a line')
  .option('--log <file>', 'write the log as JSON lines')
  .option('--for <time>', 'stop after this time (90s, 5min, 1h)', duration)
  .option('--json', 'one JSON object a line instead of the status', false)
  .option('--require', 'stop with exit code 3 when something the profile names is not there within 10 s', false)
  .action(async (profile: string, options: RunFlags) => {
    const { set = null, trace = null, log = null, for: forMs = null, media, ...flags } = options;
    process.exitCode = await runCommand(
      profile,
      { ...flags, set, trace, log, forMs },
      { out, aside },
      BRIDGES,
      libraryFor(profile, media),
      stopSignal(),
    );
  });

program
  .command('check')
  .description('every problem of a profile at once, each with file:line:column')
  .argument('<profile>', 'show profile (YAML)')
  .option(...IMPORTED)
  .action(async (profile: string, options: { media?: string }) => {
    process.exitCode = await checkCommand(profile, out, BRIDGES, libraryFor(profile, options.media));
  });

program
  .command('plan')
  .description('the cue sheet: what would leave when in each track, to the frame')
  .argument('<profile>', 'show profile (YAML)')
  .option(...IMPORTED)
  .option('--track <name>', 'this track alone: a part of its title, artist or file, or its number')
  .option('--all', 'every imported track, not just those that the profile prepares', false)
  .option('--csv <file>', 'write CSV instead of text; - for standard output')
  .action(async (profile: string, options: { media?: string; track?: string; all: boolean; csv?: string }) => {
    const { media: folder, track = null, all, csv = null } = options;
    process.exitCode = await planCommand(profile, { track, all, csv }, out, BRIDGES, libraryFor(profile, folder));
  });

program
  .command('regions')
  .description('give each track of a playlist a region of a timecode, kept in a CSV beside the profile')
  .argument('<profile>', 'show profile (YAML)')
  .argument('<playlist>', 'a playlist of an imported stick')
  .option(...IMPORTED)
  .option('--timecode <name>', 'which timecode of the profile; else its first')
  .option('--packed', 'one track after the other, each from a whole minute; else an hour for each', false)
  .option('--from <label>', 'no region begins before', '01:00:00:00')
  .action(
    async (
      profile: string,
      playlist: string,
      options: { media?: string; timecode?: string; packed: boolean; from: string },
    ) => {
      const { media: folder, timecode = null, packed, from } = options;
      const library = libraryFor(profile, folder);
      process.exitCode = await regionsCommand(profile, playlist, { timecode, packed, from }, out, BRIDGES, library);
    },
  );

program
  .command('init')
  .description('write a commented profile to start from')
  .argument('[file]', 'where to', 'show.yaml')
  .action(async (file: string) => {
    process.exitCode = await initCommand(file, out);
  });

program
  .command('send')
  .description('the line check: send a cue now')
  .argument('<profile>', 'show profile (YAML)')
  .argument('<cue>', 'a name under cues:')
  .action(async (profile: string, cue: string) => {
    process.exitCode = await sendCommand(profile, cue, out, BRIDGES, libraryFor(profile, undefined));
  });

program
  .command('timecode')
  .description('the line check for timecode: free-running, from no deck')
  .argument('<start>', 'where it begins: 01:00:00:00')
  .requiredOption('--to <bridge>', 'the bridge of the profile that it goes to')
  .option('--profile <file>', 'show profile (YAML)', 'show.yaml')
  .option('--rate <rate>', '24, 25, 29.97df, 29.97ndf or 30; else that of the profile')
  .option('--for <time>', 'stop after this time (90s, 5min)', duration)
  .action(async (start: string, options: { to: string; profile: string; rate?: string; for?: Ms }) => {
    const { rate = null, for: forMs = null, ...names } = options;
    process.exitCode = await timecodeCommand(
      start,
      { ...names, rate, forMs },
      out,
      BRIDGES,
      libraryFor(names.profile, undefined),
      stopSignal(),
    );
  });

program
  .command('replay')
  .description('a recorded evening again, in seconds: what left, and why not')
  .argument('<recording>', 'a recording of decklight run (.pcapng)')
  .option(...IMPORTED)
  .option('--json', 'one JSON object a line', false)
  .action(async (recording: string, options: { json: boolean; media?: string }) => {
    process.exitCode = await replayCommand(recording, options, out, BRIDGES, file => libraryFor(file, options.media));
  });

program
  .command('doctor')
  .description('is this machine ready for the show? what to do if not')
  .argument('[profile]', 'show profile (YAML), to look for what it needs')
  .action(async (profile: string | undefined) => {
    process.exitCode = await doctorCommand(
      profile ?? null,
      out,
      BRIDGES,
      profile === undefined ? NO_LIBRARY : libraryFor(profile, undefined),
    );
  });

const simulate = program.command('simulate').description('a virtual unit on the wire, or a made-up stick');

simulate
  .command('opus-quad')
  .description('a virtual unit on the wire, with a scripted DJ, for any client')
  .option('--set <file>', 'what the DJ plays (YAML); else a demo')
  .option('--interface <address>', 'address of the unit, one of this machine: 127.0.0.2, 10.0.0.5')
  .option('--peer <address>', 'send keep-alives to this address alone; needed on loopback', ipv4)
  .option('--trace <file>', 'write the true positions (100 a second), one JSON object a line')
  .action(async (options: Record<string, string | undefined>) => {
    const { set = null, interface: address = null, peer = null, trace = null } = options;
    process.exitCode = await simulateCommand({ set, interface: address, peer, trace }, out, stopSignal());
  });

simulate
  .command('stick')
  .description('a rekordbox stick with the tracks of the virtual unit, to try the import with')
  .requiredOption('--to <folder>', 'where to write it')
  .option('--tracks <number>', 'how many; else the ten of the virtual unit, and beyond them made-up ones', trackCount)
  .option('--key <text>', 'what its library is encrypted with; else a key of ours', someText)
  .option('--wal', 'all rows of its library in the -wal file alone, as after a fresh export', false)
  .action(async (options: { to: string; tracks?: number; key?: string; wal: boolean }) => {
    const { tracks = null, key = null, ...rest } = options;
    process.exitCode = await simulateStickCommand({ ...rest, tracks, key }, out, stopSignal());
  });

const media = program.command('media').description('what is on rekordbox sticks: import, list, show, artwork, forget');
const MEDIA_OPTION = ['--media <folder>', 'where imported sticks lie; else in the data folder of this user'] as const;
const mediaIn = ({ media: folder }: { media?: string }): string => mediaFolder(folder ?? null, thisMachine());

media
  .command('import <folder>')
  .description('take in a mounted stick or a copy of it; again, what has changed since')
  .option('--name <stick>', 'what it is to be called; else as it is in rekordbox')
  .option(...MEDIA_OPTION)
  .option('--key-file <file>', 'a file with the key of its library; else DECKLIGHT_LIBRARY_KEY or the one that is kept')
  .action(async (folder: string, options: { name?: string; media?: string; keyFile?: string }) => {
    const { name = null, media: into = null, keyFile = null } = options;
    const surroundings = { machine: thisMachine(), clock: liveClock(), unixMs: Date.now() };
    process.exitCode = await mediaImportCommand(
      folder,
      { name, media: into, keyFile },
      surroundings,
      out,
      stopSignal(),
    );
  });

media
  .command('artwork <track>')
  .description('the cover of a track, by a part of its title, its number or its file, from its stick into a file')
  .requiredOption('--stick <folder>', 'the stick the track is on, or a copy of it; it is only read')
  .requiredOption('--to <file>', 'where the picture goes')
  .option(...MEDIA_OPTION)
  .action(async (track: string, { stick, to, ...options }: { stick: string; to: string; media?: string }) => {
    process.exitCode = await mediaArtworkCommand(mediaIn(options), track, { stick, to }, out);
  });

media.addCommand(
  new Command('list')
    .description('imported sticks: how many tracks, how old, how much is known of them')
    .option(...MEDIA_OPTION)
    .action(async (options: { media?: string }) => {
      process.exitCode = await mediaListCommand(mediaIn(options), out, Date.now());
    }),
);

media
  .command('show <track>')
  .description('a track by a part of its title, its number or its file: phrases, cues, grid')
  .option(...MEDIA_OPTION)
  .action(async (track: string, options: { media?: string }) => {
    process.exitCode = await mediaShowCommand(mediaIn(options), track, out);
  });

media
  .command('forget <stick>')
  .description('delete what was imported of a stick, by its name')
  .option(...MEDIA_OPTION)
  .action(async (stick: string, options: { media?: string }) => {
    process.exitCode = await mediaForgetCommand(mediaIn(options), stick, out);
  });

program
  .command('decode')
  .description('a capture of the network (.pcap, .pcapng) as decoded packets, one a line, and their counts')
  .argument('<capture>', 'capture file')
  .option('--json', 'one JSON object a line; the counts go to standard error', false)
  .action(async (capture: string, options: { json: boolean }) => {
    process.exitCode = await decodeCommand(capture, options, out);
  });

program
  .command('devices')
  .description('interfaces, units on the network, MIDI ports, HID players, and who holds a port')
  .option('--for <time>', 'how long to listen for units (3s)', duration)
  .action(async (options: { for?: Ms }) => {
    process.exitCode = await devicesCommand(options.for ?? 3000, out);
  });

try {
  await program.parseAsync();
} catch (error) {
  const { exitCode, code } = error as { exitCode?: number; code?: string };
  // Commander has said what is wrong; its own code for that is 1, ours for a wrong command line is 2.
  if (code?.startsWith('commander.') === true) process.exitCode = exitCode === 0 ? 0 : 2;
  else {
    out.error(`decklight stopped because of a mistake of its own: ${(error as Error).stack ?? String(error)}`);
    process.exitCode = 1;
  }
}

// Nothing is left to do. A terminal that does not read what is still to be said does not keep the program.
setTimeout(() => process.exit(), 1000).unref();
