/** What `check` says of messages that a named receiver ignores or garbles. Levels of QLC+ and OLA: test/receivers shows them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { OSC_RECEIVERS, unknownReceiver, WITHOUT_OSC } from '../../../bridges/osc/osc-receivers.ts';
import { STARTER_MESSAGES } from '../../../bridges/osc/receiver-starters.ts';
import { initCommand } from '../../../src/cli/init.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { listen } from '../../cli/doctor/doctor-rig.ts';

const load = (source: string) => loadProfile(source, 'x.yaml', BRIDGES, NO_LIBRARY);

/** Warnings of a profile, or its errors, as `line:column message`. */
function said(source: string): readonly string[] {
  const loaded = load(source);
  const problems = loaded.ok ? loaded.warnings : loaded.problems;
  return problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

const profile = (bridge: string, message: string, rest = ''): string => `decklight: 1
bridges:
  opus: { type: opus-quad }
  x: { type: osc, host: 127.0.0.1, ${bridge} }
cues:
  safe: [{ x: ${message} }]
panic: safe
rules: [{ name: a, when: chorus, do: safe }]
${rest}`;

describe('receiver: qlcplus', () => {
  it.each([
    ['/go', 'QLC+ ignores a message without an argument; write { address: /go, args: [1.0] }'],
    ['{ address: /a, args: [true] }', 'QLC+ ignores true and false; write 1.0 or 0.0'],
    ['{ address: /a, args: [text] }', 'QLC+ ignores a text'],
    ['{ address: /a, args: [{ int64: 1 }] }', 'ignores a whole number of 64 bits; write a whole number of 32 bits'],
    ['{ address: /a, args: [50.0] }', 'takes a float from 0.0 to 1.0, and makes 206 of 255 out of 50.0'],
    ['{ address: /a, args: [1.01] }', 'makes 1 of 255 out of 1.01'],
    ['{ address: /a, args: [-0.5] }', 'makes 129 of 255 out of -0.5'],
    ['{ address: /a, args: [{ double: 2 }] }', 'makes 254 of 255 out of 2.0'],
    ['{ address: /a, args: [300] }', 'takes a whole number from 0 to 255, and makes 0 of 300'],
    [
      '{ address: /a, args: ["${deck.tempoBpm}"] }',
      'and deck.tempoBpm goes beyond; round(deck.tempoBpm) is a whole number',
    ],
    ['{ address: /a, args: ["${phrase.kind}"] }', 'QLC+ ignores a text'],
    ['{ address: /a, args: ["${deck.isOnAir}"] }', 'QLC+ ignores true and false'],
  ])('%s is warned of', (message, warning) => {
    const [first, ...others] = said(profile('receiver: qlcplus', message));
    expect(first).toContain(warning);
    expect(first).toMatch(/^6:/);
    expect(others).toEqual([]);
  });

  it.each(['[1.0]', '[0.0]', '[255]', '["${round(deck.tempoBpm)}"]', '["${deck.tempoBpm / 255}"]', '[0.5, 1]'])(
    'args %s pass without a word',
    args => expect(said(profile('receiver: qlcplus', `{ address: /a, args: ${args} }`))).toEqual([]),
  );

  it('the column is that of the argument', () => {
    expect(said(profile('receiver: qlcplus', '{ address: /a, args: [1.0, 50.0] }'))[0]).toMatch(/^6:42 /);
  });

  it('its port is 7700 unless another is said, and 9000 is warned of', () => {
    const loaded = load(profile('receiver: qlcplus', '{ address: /a, args: [1] }'));
    expect(loaded.ok && loaded.profile.bridges[1]?.options).toMatchObject({
      receivers: [{ address: '127.0.0.1', port: 7700 }],
    });
    expect(said(profile('receiver: qlcplus, port: 9000', '{ address: /a, args: [1] }'))).toEqual([
      '4:61 port 9000 is where QLC+ sends to; it listens on 7700 for its first universe, 7701 for the next',
    ]);
  });

  it('timecode and the state feed are warned of as far as they are garbled', () => {
    const rest = 'timecode: { main: { follow: on-air, rate: 30, to: [x] } }\nfeed: { x: {} }\n';
    const told = said(profile('receiver: qlcplus', '{ address: /a, args: [1] }', rest));
    expect(told[0]).toContain('QLC+ ignores /timecode of the timecode: a text (as: text)');
    expect(told[1]).toContain('QLC+ ignores title, artist,');
    expect(told[1]).toContain(
      'and garbles energy, track-tempo, pitch, phrase-energy, tempo, position, uncertainty of the state feed',
    );
    expect(told).toHaveLength(2);
  });
});

describe('other receivers', () => {
  it.each([
    [
      'ola',
      '{ address: /dmx/universe/1, args: [{ blob: 00 ff }] }',
      'makes the universe as long as this blob: 2 instead of 512',
    ],
    ['ola', '{ address: /dmx/universe/1/3, args: [2.5] }', 'OLA takes a float from 0.0 to 1.0, and makes 1.0 of 2.5'],
    ['ola', '{ address: /go, args: [1] }', 'OLA listens to addresses that begin with /dmx/universe/'],
    [
      'puredata, port: 3000',
      '{ address: /a, args: [{ double: 2 }] }',
      'makes nonsense of a double and of what stands behind it',
    ],
    ['puredata, port: 3000', '{ address: /a, args: [16777217] }', 'loses digits of 16777217'],
    ['eos', '/cue/1', 'ETC Eos listens to addresses that begin with /eos/'],
  ])('receiver: %s, %s is warned of', (receiver, message, warning) => {
    expect(said(profile(`receiver: ${receiver}`, message)).join('\n')).toContain(warning);
  });

  it('bundles that a receiver does not take as they are meant are warned of', () => {
    const grandma = said(profile('receiver: grandma3, bundles: immediate', '{ address: /cmd, args: [Go] }'));
    expect(grandma.join()).toContain('grandMA3 takes no bundles; write bundles: none');
    const ola = said(profile('receiver: ola, bundles: timed', '{ address: /dmx/universe/1/1, args: [1] }'));
    expect(ola.join()).toContain('OLA holds a bundle whose time is still to come');
  });

  it('Eos is reached over TCP on 3032 unless said otherwise, and over UDP its port has to be said', () => {
    const loaded = load(profile('receiver: eos', '/eos/cue/1/1/fire'));
    expect(loaded.ok && loaded.profile.bridges[1]?.options).toMatchObject({
      receivers: [{ address: '127.0.0.1', port: 3032 }],
      framing: 'length',
    });
    expect(said(profile('receiver: eos, transport: udp', '/eos/cue/1/1/fire')).join()).toContain('missing key "port"');
  });

  it('without receiver: nothing is warned of, whatever is sent', () => {
    expect(said(profile('port: 7700', '/go'))).toEqual([]);
  });
});

describe('a receiver that is none', () => {
  it.each([
    ['qlcpls', 'unknown receiver "qlcpls"; did you mean "qlcplus"?'],
    ['QLC+', 'unknown receiver "QLC+"; did you mean "qlcplus"?'],
    ['grandMA3', 'did you mean "grandma3"?'],
    ['Titan', WITHOUT_OSC['titan'] ?? 'none'],
  ])('%s is told what would do', (word, message) => {
    expect(unknownReceiver(word).message).toContain(message);
    expect(said(profile(`receiver: ${word}`, '/go')).join()).toContain(message);
  });
});

describe('decklight init --receiver', () => {
  it.each(Object.keys(OSC_RECEIVERS))('%s writes a profile without a warning', async receiver => {
    const folder = mkdtempSync(join(tmpdir(), 'decklight-'));
    try {
      const path = join(folder, 'show.yaml');
      expect(await initCommand(path, receiver, listen())).toBe(0);
      const source = readFileSync(path, 'utf8');
      expect(source).toContain(`receiver: ${receiver}`);
      expect(said(source)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('has messages for every receiver of the table, and for no other', () => {
    expect(Object.keys(STARTER_MESSAGES).sort()).toEqual(Object.keys(OSC_RECEIVERS).sort());
  });

  it('of a receiver that is none says which there are, with exit code 2', async () => {
    const out = listen();
    expect(await initCommand('never-written.yaml', 'qlcpls', out)).toBe(2);
    expect(out.errors.join('\n')).toMatch(/did you mean "qlcplus".*\n.*known here: qlcplus, ola/);
  });
});

describe('docs/receivers.md', () => {
  const page = readFileSync(new URL('../../../docs/receivers.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(
    ([, word = '', cells = '']) => [word, cells.split(' | ')] as const,
  );

  it('has one row for each receiver of the table', () => {
    expect(rows.map(([word]) => word)).toEqual(Object.keys(OSC_RECEIVERS));
  });

  it.each(rows)(
    'says of %s what the table says: name, ports, version that was run, source',
    (word, [name, port, , , ran, source]) => {
      const kind = OSC_RECEIVERS[word];
      expect({ name, ran, source }).toEqual({ name: kind?.label, ran: kind?.ran ?? '–', source: kind?.source });
      const ports = Object.entries(kind?.ports ?? {}).map(
        ([transport, number]) => `${transport.toUpperCase()} ${number}`,
      );
      expect(ports.filter(each => !port?.includes(each))).toEqual([]);
      if (ports.length === 0) expect(port).toMatch(/^as /);
    },
  );
});

/** CRC-16/X-25 of a text, as Qt's qChecksum counts it: QLC+ numbers its OSC input channels so. */
function inputChannel(address: string): number {
  let crc = 0xffff;
  for (const byte of new TextEncoder().encode(address)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1;
  }
  return crc ^ 0xffff;
}

describe('the workspace for QLC+', () => {
  const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
  const channels = [...read('profiles/qlcplus.qxw').matchAll(/<Input Universe="0" Channel="(\d+)"/g)].map(([, n]) =>
    Number(n),
  );

  it('numbers of input channels are those that QLC+ itself has shown', () => {
    expect(['/go', '/level', '/cue/1', '/timecode'].map(inputChannel)).toEqual([15516, 35536, 31498, 23385]);
  });

  it.each([
    ['the demo', read('profiles/demo.yaml')],
    [
      'what init writes',
      Object.values(STARTER_MESSAGES['qlcplus'] ?? {})
        .map(message => `console: ${message}`)
        .join('\n'),
    ],
  ])('%s says nothing to the console that it has no fader for', (_, source) => {
    const told = [...source.matchAll(/console: \{ address: ([^,]+),/g)].map(([, address = '']) => address);
    expect(told.length).toBeGreaterThan(4);
    expect(told.map(inputChannel).filter(channel => !channels.includes(channel))).toEqual([]);
  });
});
