/** The house: which room may know which, no folder too full, and no two exports of one name. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const top = fileURLToPath(new URL('../', import.meta.url));

/**
 * The rooms from the ground up: a file imports from its own room and from rooms further down, never from one further up.
 * A room is a folder, or one file where several rooms share a folder.
 */
const ROOMS = [
  'src/core/clock',
  'src/core/random',
  'src/core/assert-never',
  'src/core/deck-report',
  'src/text',
  'src/core/track',
  'src/core/operator-action',
  'src/core/show-happening',
  'src/core/surface-control',
  'src/core/events',
  'src/core/deck',
  'src/core/timecode',
  'src/core/rules',
  'src/core/cue-lists',
  'src/core/operator-state',
  'src/core/surfaces',
  'src/core/expectation',
  'src/core/profile',
  'src/core/required-data',
  'src/network',
  'src/core/engine',
  'src/core/engine/surfaces',
  'src/core/engine/step',
  'src/core/planning',
  'src/bridge',
  'src/profile/yaml',
  'src/profile/schema',
  'src/profile/schema/sections',
  'src/profile/schema/profile-schema',
  'src/profile/checks',
  'src/profile',
  'src/output',
  'src/bytes',
  'src/files',
  'src/capture',
  'src/recording',
  'src/live',
  'bridges/rekordbox-media/analysis',
  'bridges/rekordbox-media/library-plus',
  'bridges/rekordbox-media/device-library',
  'bridges/rekordbox-media/store',
  'bridges/rekordbox-media/import',
  'bridges/artnet',
  'bridges/ltc',
  'bridges/midi',
  'bridges/cdj-hid/controls',
  'bridges/cdj-hid/login',
  'bridges/cdj-hid',
  'bridges/cdj-hid/simulator',
  'bridges/opus-quad/layout',
  'bridges/opus-quad/codec',
  'bridges/opus-quad/models',
  'bridges/opus-quad/session',
  'bridges/opus-quad',
  'bridges/opus-quad/simulator',
  'bridges/osc',
  'bridges/relay',
  'bridges/monitor',
  'bridges/rekordbox-media/simulator',
  'bridges/index',
  'src/rehearsal',
  'src/cli/terminal',
  'src/cli/pictures',
  'src/cli/media',
  'src/cli/command-line',
  'src/cli/decode',
  'src/cli/doctor',
  'src/cli/plan',
  'src/cli/replay',
  'src/cli/bundle',
  'src/cli/probe',
  'src/cli/why',
  'src/cli/test',
  'src/cli/rehearse',
  'src/cli/replay/replay-diff',
  'src/cli/replay/replay-command',
  'src/cli/run',
  'src/cli/send',
  'src/cli/simulate',
  'src/cli/surface',
  'src/cli',
  'src/index',
];

/** More files than these in a folder are more than one concept. */
const MOST_FILES = 20;

/** Names that several files export, each with its reason; every other name is exported once. */
const SHARED_NAMES: Readonly<Record<string, string>> = {
  encode: 'each bridge has a codec with the same functions',
  decode: 'each bridge has a codec with the same functions',
  describe: 'each bridge has a codec with the same functions',
  step: 'each pure state machine has one step: session, simulated unit, engine, port',
  streamFor: 'the worker thread imports one module per kind of port, each with the same functions',
  openOutput: 'the worker thread imports one module per kind of port, each with the same functions',
  threadPort: 'each kind of timecode port opens in a thread of its own',
  networkPort: 'each kind of timecode port opens on a network',
};

const sources = ['src', 'bridges'].flatMap(folder =>
  readdirSync(join(top, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .map(file => `${folder}/${file}`),
);
const textOf = new Map(sources.map(file => [file, readFileSync(join(top, file), 'utf8')]));

function roomOf(file: string): string {
  const bare = file.replace(/(\.d)?\.ts$/, '');
  return ROOMS.includes(bare) ? bare : dirname(file);
}

function importsOf(file: string): readonly string[] {
  const specifiers = (textOf.get(file) ?? '').matchAll(/\b(?:from|import\()\s*'(\.[^']+)'/g);
  return [...specifiers].map(([, path = '']) => normalize(join(dirname(file), path)));
}

describe('the rooms of the source', () => {
  it('every file stands in a room that is named here, and every room named here is there', () => {
    const rooms = new Set(sources.map(roomOf));
    expect([...rooms].filter(room => !ROOMS.includes(room))).toEqual([]);
    expect(ROOMS.filter(room => !rooms.has(room))).toEqual([]);
  });

  it('no import runs upwards', () => {
    const upward = sources.flatMap(file =>
      importsOf(file)
        .filter(imported => ROOMS.indexOf(roomOf(imported)) > ROOMS.indexOf(roomOf(file)))
        .map(imported => `${file} -> ${imported}`),
    );
    expect(upward).toEqual([]);
  });

  it('every import names a file that is there', () => {
    const missing = sources.flatMap(file => importsOf(file).filter(imported => !textOf.has(imported)));
    expect(missing).toEqual([]);
  });

  it(`no folder holds more than ${MOST_FILES} files`, () => {
    const counts = new Map<string, number>();
    for (const file of sources) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > MOST_FILES)).toEqual([]);
  });

  it('the top of src holds the public surface and the shape of a bridge alone', () => {
    expect(sources.filter(file => dirname(file) === 'src').sort()).toEqual(['src/bridge.ts', 'src/index.ts']);
  });
});

describe('the names of exports', () => {
  it('no name is exported by two files, but for those listed with a reason', () => {
    const files = new Map<string, string[]>();
    for (const [file, text] of textOf) {
      for (const [, name = ''] of text.matchAll(
        /^export (?:async )?(?:function\*?|const|let|class|interface|type) (\w+)/gm,
      )) {
        const known = files.get(name) ?? [];
        if (!known.includes(file)) files.set(name, [...known, file]);
      }
    }
    const twice = [...files].filter(([, found]) => found.length > 1).map(([name]) => name);
    expect(twice.filter(name => !(name in SHARED_NAMES))).toEqual([]);
    expect(Object.keys(SHARED_NAMES).filter(name => !twice.includes(name))).toEqual([]);
  });
});
