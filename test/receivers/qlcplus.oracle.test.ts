/** QLC+ with the workspace that we ship, its channels read back through its web page. Prints what was sent and reported. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeBundle, type OscArg, describe as spell } from '../../bridges/osc/codec.ts';
import { lowByte } from '../../bridges/osc/receiver-doubts.ts';
import { answered, becauseOf, openRoom, type ReceiverRoom, TOP, tell, whyNot } from './receiver-room.ts';

const reason = whyNot('qlcplus');
const PORT = 7700;
/** Channels of profiles/qlcplus.qxw. */
const CHANNELS = ['/cue/7/go', '/cue/1/go', '/strobe/arm', '/look/chorus', '/phrase', '/cue/8/go'] as const;

let room: ReceiverRoom;
let home = '';
let marker = 0;

/** Levels by address. */
async function levels(): Promise<ReadonlyMap<string, number>> {
  const answer = await room.ask('ws://127.0.0.1:9999/qlcplusWS', 'QLC+API|getChannelsValues|1|1|6');
  const cells = answer.split('|').slice(2);
  return new Map(CHANNELS.map((address, i) => [address, Number(cells[3 * i + 1])]));
}

/** Level of a fader once QLC+ has taken in all that was sent before: it shows a mark that was sent last. */
async function levelOf(address: string): Promise<number | undefined> {
  marker = (marker % 200) + 1;
  await room.say(PORT, { address: '/cue/8/go', args: [{ type: 'int', value: marker }] });
  return (await answered(levels, found => found.get('/cue/8/go') === marker)).get(address);
}

const START = 3;

const float = (value: number): OscArg => ({ type: 'float', value });
const int = (value: number): OscArg => ({ type: 'int', value });

describe.skipIf(reason !== null)(`QLC+${becauseOf(reason)}`, () => {
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'decklight-qlcplus-'));
    chmodSync(home, 0o700);
    room = await openRoom();
    const env = { QT_QPA_PLATFORM: 'offscreen', XDG_RUNTIME_DIR: home, HOME: home };
    room.start(['qlcplus', '-m', '-n', '-p', '-w', '-d', '0', '-o', join(TOP, 'profiles/qlcplus.qxw')], env);
    await answered(levels, found => found.get('/phrase') === 0);
  });
  afterAll(async () => {
    await room.close();
    rmSync(home, { recursive: true });
  });

  it.each([
    ['no argument moves nothing', [], START],
    ['true moves nothing', [{ type: 'bool', value: true }], START],
    ['a text moves nothing', [{ type: 'string', value: '100' }], START],
    ['a 64-bit number moves nothing', [{ type: 'int64', value: 100n }], START],
    ['a blob moves nothing', [{ type: 'blob', value: Uint8Array.of(200, 201, 202, 203) }], START],
    ['a float is a share of 255', [float(0.5)], 127],
    ['0.999 is 254', [float(0.999)], 254],
    ['1.0 is all of it', [float(1)], 255],
    ['1.01 keeps its low byte', [float(1.01)], lowByte(1.01)],
    ['50.0 keeps its low byte', [float(50)], 206],
    ['a float below 0 keeps its low byte', [float(-0.5)], lowByte(-0.5)],
    ['a double is as a float', [{ type: 'double', value: 2 }], 254],
    ['a whole number is the level', [int(100)], 100],
    ['a whole number above 255 is 0', [int(300)], 0],
    ['a whole number below 0 is 0', [int(-1)], 0],
    ['a text beside a float is left out', [{ type: 'string', value: 'up' }, float(0.5)], 127],
    ['two numbers are two channels of other names', [float(0.5), float(1)], START],
  ] as readonly [string, readonly OscArg[], number][])('%s', async (_, args, expected) => {
    await room.say(PORT, { address: '/phrase', args: [int(START)] });
    await room.say(PORT, { address: '/phrase', args });
    const level = await levelOf('/phrase');
    tell(`sent ${spell({ address: '/phrase', args })}; QLC+ reports ${level}`);
    expect(level).toBe(expected);
  });

  it.each([
    ['of now', null],
    ['of the year 2035', Date.UTC(2035, 0, 1)],
  ])('a bundle %s acts at once', async (_, unixMs) => {
    await room.say(PORT, { address: '/phrase', args: [int(START)] });
    await room.send(PORT, encodeBundle({ address: '/phrase', args: [float(0.5)] }, unixMs));
    const level = await levelOf('/phrase');
    tell(`sent a bundle of ${unixMs}; QLC+ reports ${level}`);
    expect(level).toBe(127);
  });

  it('the demo moves its faders, as users start it', async () => {
    for (const address of CHANNELS) await room.say(PORT, { address, args: [int(0)] });
    const args = ['--import', 'tsx', 'src/cli/main.ts', 'run', '--simulate', '--no-record', 'profiles/demo.yaml'];
    const show = room.start([process.execPath, ...args]);
    const found = await answered(levels, now => now.get('/look/chorus') === 255 && now.get('/phrase') !== 0).catch(
      (error: unknown) => {
        throw new Error(`${String(error)}\n${show.output()}`);
      },
    );
    tell(`ran the demo; QLC+ reports ${JSON.stringify([...found])}`);
    // Night Tram at 128 BPM begins its chorus, phrase 5: see profiles/sets/demo.yaml.
    expect([...found]).toEqual([
      ['/cue/7/go', 255],
      ['/cue/1/go', 0],
      ['/strobe/arm', 128],
      ['/look/chorus', 255],
      ['/phrase', 5],
      ['/cue/8/go', 0],
    ]);
    show.child.kill('SIGINT');
    await answered(
      async () => show.child.exitCode,
      code => code !== null,
    );
    expect(show.child.exitCode).toBe(0);
  });
});
