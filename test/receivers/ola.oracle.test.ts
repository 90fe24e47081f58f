/** OLA, its universe read back through its web page. Prints what was sent and what it reported. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeBundle, type OscArg, type OscMessage, describe as spell } from '../../bridges/osc/codec.ts';
import { answered, becauseOf, openRoom, type ReceiverRoom, tell, whyNot } from './receiver-room.ts';

const reason = whyNot('olad', 'ola_patch', 'setpriv');
const PORT = 7770;
const MARK_SLOT = 20;
/** Plugins of OLA beside OSC: none of them is to look for devices here. */
const OTHERS = [
  ...['artnet', 'dummy', 'espnet', 'ftdidmx', 'gpio', 'karate', 'kinet', 'milinst', 'nanoleaf', 'opendmx', 'renard'],
  ...[
    'openpixelcontrol',
    'pathport',
    'sandnet',
    'shownet',
    'spi',
    'stageprofi',
    'uartdmx',
    'usbdmx',
    'usbserial',
    'e131',
  ],
];

let room: ReceiverRoom;
let folder = '';
let mark = 0;

async function slots(): Promise<readonly number[]> {
  return (JSON.parse(await room.get('http://127.0.0.1:9190/get_dmx?u=1')) as { dmx: number[] }).dmx;
}

const put = (slot: number, ...args: readonly OscArg[]): OscMessage => ({ address: `/dmx/universe/1/${slot}`, args });
const frame = (length: number, fill: number): OscMessage => ({
  address: '/dmx/universe/1',
  args: [{ type: 'blob', value: new Uint8Array(length).fill(fill) }],
});
const int = (value: number): OscArg => ({ type: 'int', value });

/** The universe once OLA has taken in all that was sent before. */
async function afterAllThat(): Promise<readonly number[]> {
  mark = (mark % 200) + 1;
  await room.say(PORT, put(MARK_SLOT, int(mark)));
  return answered(slots, found => found[MARK_SLOT - 1] === mark);
}

describe.skipIf(reason !== null)(`OLA${becauseOf(reason)}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'decklight-ola-'));
    const conf = join(folder, 'conf');
    mkdirSync(conf);
    for (const path of [folder, conf]) chmodSync(path, 0o777);
    for (const plugin of OTHERS) writeFileSync(join(conf, `ola-${plugin}.conf`), 'enabled = false\n', { mode: 0o666 });
    const addresses = [0, 1].map(n => `port_${n}_address = /dmx/universe/%d\n`).join('');
    const osc = `enabled = true\ninput_ports = 2\noutput_ports = 1\nudp_listen_port = ${PORT}\n${addresses}`;
    writeFileSync(join(conf, 'ola-osc.conf'), osc, { mode: 0o666 });
    room = await openRoom();
    // olad refuses to run as root, and without a running Avahi it fills its log.
    const nobody = ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups'];
    const server = room.start([...nobody, 'olad', '-c', conf, '-l', '1', '--no-register-with-dns-sd', '-p', '9190']);
    await answered(
      () => room.get('http://127.0.0.1:9190/json/server_stats'),
      text => text !== '',
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${server.output()}`);
    });
    // The number of the OSC device depends on which plugins there are.
    const list = room.start(['ola_dev_info']);
    await answered(
      async () => list.child.exitCode,
      code => code !== null,
    );
    const device = /Device (\d+): OSC/.exec(list.output())?.[1];
    expect(device, list.output()).toBeDefined();
    const patch = room.start(['ola_patch', '-d', String(device), '-p', '0', '-i', '-u', '1']);
    await answered(
      async () => patch.child.exitCode,
      code => code !== null,
    );
    expect(patch.child.exitCode, patch.output()).toBe(0);
    await answered(
      async () => {
        await room.say(PORT, frame(512, 0));
        return slots();
      },
      found => found.length === 512,
    );
  });
  afterAll(async () => {
    await room.close();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['a float is a share of 255', [{ type: 'float', value: 0.5 }], 127],
    ['a float above 1 is all of it', [{ type: 'float', value: 2.5 }], 255],
    ['a whole number is the level', [int(200)], 200],
    ['a whole number above 255 is 255', [int(300)], 255],
    ['no argument changes nothing', [], 3],
    ['true changes nothing', [{ type: 'bool', value: true }], 3],
    ['a text changes nothing', [{ type: 'string', value: 'full' }], 3],
    ['a double changes nothing', [{ type: 'double', value: 0.5 }], 3],
    ['a 64-bit number changes nothing', [{ type: 'int64', value: 100n }], 3],
  ] as readonly [string, readonly OscArg[], number][])('%s', async (_, args, expected) => {
    await room.say(PORT, frame(512, 0));
    await room.say(PORT, put(5, int(3)));
    await room.say(PORT, put(5, ...args));
    const found = await afterAllThat();
    tell(`sent ${spell(put(5, ...args))}; OLA reports slot 5 at ${found[4]}`);
    expect(found[4]).toBe(expected);
  });

  it('a blob becomes the universe, as long as it is', async () => {
    await room.say(PORT, frame(512, 9));
    await answered(slots, found => found.length === 512 && found[400] === 9);
    await room.say(PORT, frame(24, 7));
    const found = await answered(slots, now => now[0] === 7);
    await room.say(PORT, put(100, int(50)));
    const later = await afterAllThat();
    tell(`sent 512, then 24 slots, then slot 100; OLA reports ${found.length} slots, then ${later.length}`);
    expect([found.length, later.length]).toEqual([24, 24]);
  });

  it('a bundle whose time is still to come is held', async () => {
    await room.say(PORT, frame(512, 0));
    await room.say(PORT, put(5, int(3)));
    await room.send(PORT, encodeBundle(put(5, int(77)), Date.UTC(2035, 0, 1)));
    const held = await afterAllThat();
    await room.send(PORT, encodeBundle(put(5, int(78)), null));
    const immediate = await afterAllThat();
    tell(`sent a bundle of 2035, then one of now; OLA reports slot 5 at ${held[4]}, then at ${immediate[4]}`);
    expect([held[4], immediate[4]]).toEqual([3, 78]);
  });

  it('what init --receiver ola writes moves its slots, as users start it', async () => {
    await room.say(PORT, frame(512, 0));
    const run = (...args: readonly string[]) =>
      room.start([process.execPath, '--import', 'tsx', 'src/cli/main.ts', ...args]);
    const profile = join(folder, 'show.yaml');
    const init = run('init', '--receiver', 'ola', profile);
    await answered(
      async () => init.child.exitCode,
      code => code !== null,
    );
    const show = run('run', '--simulate', '--no-record', profile);
    const found = await answered(slots, now => now[3] === 255 && now[4] !== 0).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${init.output()}\n${show.output()}`);
    });
    tell(`ran what init wrote; OLA reports slots 1 to 5 at ${found.slice(0, 5).join(' ')}`);
    // The chorus is phrase 5 of Night Tram, at 128 BPM. The strobe is armed only if the position is known well enough by then.
    const [drop, safe, strobe = 0, look, phrase] = found;
    expect([drop, safe, look, phrase]).toEqual([255, 0, 255, 5]);
    expect([0, 128]).toContain(strobe);
    show.child.kill('SIGINT');
    await answered(
      async () => show.child.exitCode,
      code => code !== null,
    );
  });
});
