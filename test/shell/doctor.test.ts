import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../bridges/index.ts';
import { keepAlive, LIGHTING_NUMBER, OPUS_NAME, PORTS } from '../../bridges/opus-quad/layout.ts';
import { type Cancel, virtualClock } from '../../src/core/clock.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { doctorCommand, report } from '../../src/shell/doctor.ts';
import { type Facts, gatherFacts } from '../../src/shell/doctor-facts.ts';
import { readFirewalld, readIptables, readNft, readUfw, readUfwConfig } from '../../src/shell/doctor-firewall.ts';
import { reach } from '../../src/shell/doctor-hosts.ts';
import { type Finding, judge } from '../../src/shell/doctor-judge.ts';
import { latenessOf, measureLateness } from '../../src/shell/doctor-lateness.ts';
import { type Need, needsOf } from '../../src/shell/doctor-needs.ts';
import { liveClock } from '../../src/shell/live-clock.ts';
import type { Out } from '../../src/shell/out.ts';
import { holderOfUdpPort } from '../../src/shell/port-holder.ts';
import { listenForPeers } from '../../src/shell/presence.ts';
import { type Interface, memoryNetwork, type Wire } from '../../src/wire.ts';

const nic = (name: string, address: string, netmask = '255.255.255.0'): Interface => ({
  ...{ name, address, netmask },
  mac: '02:00:00:00:00:01',
});
const LOOPBACK = nic('lo', '127.0.0.1', '255.0.0.0');
const ETHERNET = nic('eth0', '10.0.0.5');
const LINK_LOCAL = nic('eth0', '169.254.3.4', '255.255.0.0');
const UNIT = { name: OPUS_NAME, address: '10.0.0.7', number: 9 };

/** A machine on which nothing is wrong. */
const SOUND: Facts = {
  platform: 'linux',
  node: { has: '20.19.0', wants: '>=20.19' },
  interfaces: [LOOPBACK, ETHERNET],
  withoutIpv4: [],
  ports: Object.values(PORTS).map(port => ({ kind: 'free', port })),
  peers: [UNIT],
  listenedMs: 3000,
  firewall: null,
  midi: { kind: 'ports', inputs: [], outputs: ['Midi Through', 'Show Control 24:0'] },
  hid: { kind: 'players', players: [] },
  lateness: { p99Ms: 1.2, mostMs: 3.4 },
  governor: { name: 'performance', driver: 'acpi-cpufreq' },
  disk: { folder: '/home/dj', isWritable: true, freeBytes: 50e9 },
  needs: null,
  reaches: [],
};
const TOPICS = [
  'Node.js',
  'network',
  'DJ Link ports',
  'unit',
  'firewall',
  'MIDI',
  'USB HID',
  'timers',
  'processor',
  'disk',
];

const unitNeed = (change: Partial<Extract<Need, { kind: 'unit' }>> = {}): Need => ({
  ...{ kind: 'unit', bridge: 'opus', interface: 'auto', unitAddress: 'auto' },
  ...change,
});
const hostNeed: Need = { kind: 'host', bridge: 'console', host: 'desk.local' };
const midiNeed: Need = { kind: 'midi-output', bridge: 'daw', device: 'Show Control', isVirtual: false };

function listen(): Out & { readonly lines: string[]; readonly errors: string[] } {
  const lines: string[] = [];
  const errors: string[] = [];
  return {
    ...{ lines, errors, isTerminal: false },
    columns: () => 80,
    rows: () => 24,
    line: text => void lines.push(text),
    error: text => void errors.push(text),
    redraw: () => {},
  };
}

function said(findings: readonly Finding[]): readonly string[] {
  const out = listen();
  report(findings, out);
  return out.lines;
}

describe('the judge', () => {
  it('finds nothing wrong with a sound machine, and says so topic by topic', () => {
    const findings = judge(SOUND);
    expect(findings.map(({ topic }) => topic)).toEqual(TOPICS);
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(said(findings).at(-1)).toBe('ready, 0 warnings');
  });

  it.each<[string, Partial<Facts>, RegExp]>([
    [
      'a Node.js that is too old',
      { node: { has: '20.18.3', wants: '>=20.19' } },
      /^fail {2}Node.js: 20\.18\.3 .*>=20\.19.*install/,
    ],
    ['no network', { interfaces: [LOOPBACK] }, /^fail {2}network: no interface.*plug in a cable/],
    ['an interface without IPv4', { withoutIpv4: ['eth1'] }, /^warn {2}network: eth1 is up.*automatic.*169\.254/],
    [
      'two link-local interfaces',
      { interfaces: [LINK_LOCAL, nic('eth1', '169.254.9.9', '255.255.0.0')] },
      /^warn {2}network: eth0 169\.254\.3\.4 and eth1 169\.254\.9\.9 are all link-local.*unplug/,
    ],
    [
      'two interfaces on one subnet',
      { interfaces: [ETHERNET, nic('wlan0', '10.0.0.6')] },
      /^warn {2}network: eth0 10\.0\.0\.5 and wlan0 10\.0\.0\.6 are on one subnet.*Wi-Fi.*interface: 10\.0\.0\.5/,
    ],
    [
      'two interfaces towards the unit',
      { interfaces: [ETHERNET, nic('wlan0', '10.0.0.6')] },
      /^warn {2}unit: OPUS-QUAD at 10\.0\.0\.7, by eth0 10\.0\.0\.5 and wlan0 10\.0\.0\.6; unplug one/,
    ],
    [
      'rekordbox on the ports',
      { ports: [{ kind: 'held', port: 50000, holder: 'rekordbox (pid 77)', message: '' }] },
      /^fail {2}DJ Link ports: UDP 50000 is held by rekordbox \(pid 77\); quit rekordbox, and its agent/,
    ],
    [
      'Beat Link Trigger on the ports',
      { ports: [{ kind: 'held', port: 50002, holder: 'java (pid 78)', message: '' }] },
      /^fail {2}DJ Link ports: UDP 50002 is held by java \(pid 78\); quit Beat Link Trigger/,
    ],
    [
      'a prolink program on the ports',
      { ports: [{ kind: 'held', port: 50001, holder: 'prolink-tools (pid 79)', message: '' }] },
      /^fail {2}DJ Link ports: .*quit that prolink program/,
    ],
    [
      'a program of no known name on the ports',
      { ports: [{ kind: 'held', port: 50000, holder: 'lights (pid 80)', message: '' }] },
      /^fail {2}DJ Link ports: .*quit lights \(pid 80\)/,
    ],
    [
      'ports held by nobody knows whom',
      { ports: [{ kind: 'held', port: 50000, holder: null, message: '' }] },
      /^fail {2}DJ Link ports: UDP 50000 is held by another program; quit rekordbox and every other bridge/,
    ],
    [
      'a port that the system refuses',
      { ports: [{ kind: 'refused', port: 50000, message: 'bind EACCES' }] },
      /^fail {2}DJ Link ports: UDP 50000: bind EACCES; look at the rights/,
    ],
    [
      'nobody heard because the port is held',
      { ports: [{ kind: 'held', port: 50000, holder: null, message: '' }], peers: [] },
      /^warn {2}unit: nobody could be heard.*free UDP port 50000/,
    ],
    ['a silent network', { peers: [] }, /^warn {2}unit: no OPUS-QUAD heard in 3 s, nor anyone else; switch it on/],
    [
      'other players alone',
      { peers: [{ name: 'CDJ-3000', address: '10.0.0.8', number: 2 }] },
      /^warn {2}unit: no OPUS-QUAD heard in 3 s, only CDJ-3000/,
    ],
    [
      'a unit that nothing here leads to',
      { interfaces: [LOOPBACK, nic('eth0', '192.168.1.5')] },
      /^fail {2}unit: OPUS-QUAD at 10\.0\.0\.7 is on the subnet of no interface.*the unit's subnet/,
    ],
    [
      'a link-local unit and a machine that is not',
      { peers: [{ ...UNIT, address: '169.254.20.1' }] },
      /^fail {2}unit: OPUS-QUAD at 169\.254\.20\.1.*automatic \(link-local\)/,
    ],
    [
      'two units',
      { peers: [UNIT, { ...UNIT, address: '10.0.0.8' }] },
      /^warn {2}unit: 2 units: 10\.0\.0\.7, 10\.0\.0\.8; write "unit: 10\.0\.0\.7"/,
    ],
    [
      'another that poses as rekordbox',
      { peers: [UNIT, { name: 'rekordbox', address: '10.0.0.9', number: LIGHTING_NUMBER }] },
      /^warn {2}unit: "rekordbox" at 10\.0\.0\.9.*quit it there/,
    ],
    [
      'a firewall',
      { firewall: { name: 'ufw', isOn: true, namesPorts: false } },
      /^warn {2}firewall: ufw is on; .*sudo ufw allow 50000:50002\/udp/,
    ],
    ['silence on Windows', { platform: 'win32', peers: [] }, /^warn {2}firewall: .*Windows Security.*Node\.js/],
    ['silence on macOS', { platform: 'darwin', peers: [] }, /^warn {2}firewall: .*System Settings.*node/],
    [
      'no MIDI',
      { midi: { kind: 'none', why: 'there is no /dev/snd/seq', advice: 'run modprobe' } },
      /^warn {2}MIDI: not to be had: there is no \/dev\/snd\/seq; run modprobe/,
    ],
    [
      'no HID',
      { hid: { kind: 'none', why: 'libusb is missing', advice: 'install it' } },
      /^warn {2}USB HID: not to be had: libusb is missing; install it/,
    ],
    [
      'a player that this user may not open',
      {
        hid: {
          kind: 'players',
          players: [{ product: 'CDJ-350', usbId: '08e4:0161', path: '/dev/hidraw3', mayOpen: false }],
        },
      },
      /^warn {2}USB HID: CDJ-350 08e4:0161 at \/dev\/hidraw3 may not.*idVendor.=="08e4".*udevadm/,
    ],
    [
      'timers that are late',
      { lateness: { p99Ms: 20.1, mostMs: 500 } },
      /^warn {2}timers: .*20\.1 ms.*500\.0 ms.*power saving.*virtual machine/,
    ],
    [
      'a processor at its lowest speed',
      { governor: { name: 'powersave', driver: 'acpi-cpufreq' } },
      /^warn {2}processor: governor powersave by acpi-cpufreq.*performance/,
    ],
    [
      'a full disk',
      { disk: { folder: '/home/dj', isWritable: true, freeBytes: 1.9e9 } },
      /^warn {2}disk: only 1\.9 GB free in \/home\/dj.*make room/,
    ],
    [
      'a disk that does not tell',
      { disk: { folder: '/home/dj', isWritable: true, freeBytes: null } },
      /^warn {2}disk: \/home\/dj: free space not known; see that/,
    ],
    [
      'a folder that cannot be written',
      { disk: { folder: '/mnt/stick', isWritable: false, freeBytes: 50e9 } },
      /^fail {2}disk: \/mnt\/stick cannot be written.*rights/,
    ],
  ])('says what to do about %s', (_, change, line) => {
    const lines = said(judge({ ...SOUND, ...change }));
    expect(lines.filter(text => line.test(text))).toHaveLength(1);
  });

  it.each<[string, Partial<Facts>]>([
    ['a link-local machine and unit', { interfaces: [LINK_LOCAL], peers: [{ ...UNIT, address: '169.254.20.1' }] }],
    [
      'two addresses on one interface',
      { interfaces: [LOOPBACK, ETHERNET, nic('eth0', '10.0.0.6')], peers: [], needs: [] },
    ],
    ['a newer Node.js', { node: { has: '22.0.0', wants: '>=20.19' } }],
    ['a firewall that lets the decks in', { firewall: { name: 'ufw', isOn: true, namesPorts: true } }],
    ['a firewall that is off', { firewall: { name: 'ufw', isOn: false, namesPorts: false } }],
    ['Windows where the unit is heard', { platform: 'win32' }],
    ['timers at the limit', { lateness: { p99Ms: 20, mostMs: 20 } }],
    ['powersave that speeds up under load', { governor: { name: 'powersave', driver: 'intel_pstate' } }],
    ['a system that does not tell its power plan', { governor: null }],
  ])('has nothing against %s', (_, change) => {
    expect(judge({ ...SOUND, ...change }).filter(({ level }) => level !== 'ok')).toEqual([]);
  });

  it.each<[string, readonly Need[], Partial<Facts>, RegExp]>([
    ['a unit that is not heard', [unitNeed()], { peers: [] }, /^fail {2}unit: no OPUS-QUAD heard/],
    [
      'an interface that is not here',
      [unitNeed({ interface: '10.0.0.6' })],
      {},
      /^fail {2}opus: no interface here has the address 10\.0\.0\.6; there are: eth0 10\.0\.0\.5; .*interface: auto/,
    ],
    [
      'an interface on another subnet than the unit',
      [unitNeed({ interface: '192.168.1.5' })],
      { interfaces: [ETHERNET, nic('eth1', '192.168.1.5')] },
      /^fail {2}opus: the unit at 10\.0\.0\.7 is not on the subnet of eth1 192\.168\.1\.5; .*interface: auto/,
    ],
    [
      'a unit at another address',
      [unitNeed({ unitAddress: '10.0.0.99' })],
      {},
      /^fail {2}opus: no OPUS-QUAD at 10\.0\.0\.99; heard: 10\.0\.0\.7; .*unit: auto/,
    ],
    [
      'a host of no known name',
      [hostNeed],
      { reaches: [{ host: 'desk.local', address: null, from: null }] },
      /^fail {2}console: no machine called desk\.local is known here; .*IPv4 address/,
    ],
    [
      'a host that no network leads to',
      [hostNeed],
      { reaches: [{ host: 'desk.local', address: '10.9.9.9', from: null }] },
      /^fail {2}console: desk\.local is 10\.9\.9\.9: no network leads there; interfaces here: eth0 10\.0\.0\.5; plug/,
    ],
    [
      'a host behind a router',
      [hostNeed],
      { reaches: [{ host: 'desk.local', address: '10.9.9.9', from: '10.0.0.5' }] },
      /^warn {2}console: desk\.local is 10\.9\.9\.9 is on the subnet of no interface here.*router; .*wrong address/,
    ],
    [
      'a MIDI output that is not there',
      [midiNeed],
      { midi: { kind: 'ports', inputs: ['Show Control'], outputs: ['Midi Through'] } },
      /^fail {2}daw: no MIDI output is called "Show Control"; there are: Midi Through; plug it in/,
    ],
    [
      'MIDI that is not to be had',
      [midiNeed],
      { midi: { kind: 'none', why: 'there is no /dev/snd/seq', advice: 'run modprobe' } },
      /^fail {2}MIDI: not to be had: there is no \/dev\/snd\/seq; run modprobe/,
    ],
    [
      'a MIDI port to be made on Windows',
      [{ kind: 'midi-output', bridge: 'daw', device: 'Decklight', isVirtual: true }],
      { platform: 'win32' },
      /^fail {2}daw: Windows.*"Decklight" with loopMIDI/,
    ],
  ])('holds the profile against the machine: %s', (_, needs, change, line) => {
    const lines = said(judge({ ...SOUND, needs, ...change }));
    expect(lines.filter(text => line.test(text))).toHaveLength(1);
  });

  it('what the profile needs and finds is said as well', () => {
    const needs = [unitNeed({ interface: '10.0.0.5', unitAddress: '10.0.0.7' }), hostNeed, midiNeed];
    const lines = said(
      judge({ ...SOUND, needs, reaches: [{ host: 'desk.local', address: '10.0.0.20', from: '10.0.0.5' }] }),
    );
    expect(lines.slice(-4)).toEqual([
      'ok    opus: interface: 10.0.0.5, unit: 10.0.0.7',
      'ok    console: desk.local is 10.0.0.20, by eth0 10.0.0.5',
      'ok    daw: MIDI output "Show Control 24:0"',
      'ready, 0 warnings',
    ]);
  });

  it('a profile that needs no decks and no MIDI does not fail for want of them', () => {
    const midi: Facts['midi'] = { kind: 'none', why: 'no sound system', advice: 'install it' };
    const ports: Facts['ports'] = [{ kind: 'held', port: 50000, holder: 'rekordbox (pid 7)', message: '' }];
    const bare = { ...SOUND, interfaces: [LOOPBACK], peers: [], midi, ports };
    for (const needs of [[], [unitNeed({ interface: '127.0.0.1', unitAddress: '127.0.0.2' })]]) {
      expect(judge({ ...bare, needs }).filter(({ level }) => level === 'fail')).toEqual([]);
    }
    expect(judge({ ...bare, needs: [unitNeed()] }).filter(({ level }) => level === 'fail')).not.toEqual([]);
  });

  it('two interfaces towards the unit are right where the profile says which', () => {
    const interfaces = [ETHERNET, nic('wlan0', '10.0.0.6')];
    const lines = said(judge({ ...SOUND, interfaces, needs: [unitNeed({ interface: '10.0.0.6' })] }));
    expect(lines).toContain(
      'ok    unit: OPUS-QUAD at 10.0.0.7, by eth0 10.0.0.5 and wlan0 10.0.0.6; the profile says which',
    );
  });
});

describe('the report', () => {
  const ok: Finding = { level: 'ok', topic: 'MIDI', what: 'outputs: none' };
  const warn: Finding = { level: 'warn', topic: 'disk', what: 'only 1 GB free', advice: 'make room' };
  const fail: Finding = { level: 'fail', topic: 'unit', what: 'not heard', advice: 'switch it on' };

  it('is a line for each finding with what to do, and the sum', () => {
    expect(said([ok, warn, fail])).toEqual([
      'ok    MIDI: outputs: none',
      'warn  disk: only 1 GB free; make room',
      'fail  unit: not heard; switch it on',
      'not ready: 1 failed, 1 warning',
    ]);
  });

  it('ends with exit code 3 when something failed, and with 0 for warnings alone', () => {
    expect(report([ok, fail], listen())).toBe(3);
    expect(report([ok, warn], listen())).toBe(0);
  });

  it('a wrong profile: its problems, exit code 2, and nothing is looked at', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'decklight-')), 'wrong.yaml');
    writeFileSync(file, 'decklight: 1\nbridges: { opus: { type: opus-quod } }\n');
    const out = listen();
    expect(await doctorCommand(file, out, BRIDGES)).toBe(2);
    expect(out.errors[0]).toContain(`${file}:2:26: error: `);
    expect(out.lines).toEqual([]);
  });
});

describe('what a profile needs', () => {
  it('is read from its bridges, in its order', () => {
    const source = `decklight: 1
name: needs
bridges:
  opus: { type: opus-quad, unit: 10.0.0.7 }
  console: { type: osc, host: 10.0.0.20, port: 8000, also: [{ host: desk.local, port: 9000 }] }
  daw: { type: midi, device: Show Control }
  ours: { type: midi, virtual: Decklight }
`;
    const loaded = loadProfile(source, 'needs.yaml', BRIDGES);
    expect(loaded.ok && needsOf(loaded.profile.bridges)).toEqual([
      { kind: 'unit', bridge: 'opus', interface: 'auto', unitAddress: '10.0.0.7' },
      { kind: 'host', bridge: 'console', host: '10.0.0.20' },
      { kind: 'host', bridge: 'console', host: 'desk.local' },
      { kind: 'midi-output', bridge: 'daw', device: 'Show Control', isVirtual: false },
      { kind: 'midi-output', bridge: 'ours', device: 'Decklight', isVirtual: true },
    ]);
  });

  it('a kind of bridge that is not known needs nothing', () => {
    expect(needsOf([{ name: 'new', type: 'hologram', options: {} }])).toEqual([]);
  });
});

describe('late timers', () => {
  it('on a clock that is never late there is no lateness', async () => {
    const clock = virtualClock(500);
    const measured = measureLateness(clock, 2000);
    clock.advance(3000);
    expect(await measured).toEqual({ p99Ms: 0, mostMs: 0 });
    expect(clock.pending()).toBe(0);
  });

  it('a pause counts for every moment slept through', () => {
    // Moments at 10, 20 … 1000 after the start; a pause from 100 to 200 makes those from 110 to 190 late by 90 to 10.
    const wokenAt = [...Array(100).keys()].map(i => (i + 1) * 10).filter(at => at <= 100 || at >= 200);
    expect(latenessOf(0, wokenAt)).toEqual({ p99Ms: 80, mostMs: 90 });
  });

  it('one moment in a hundred may be late', () => {
    const wokenAt = [...Array(100).keys()].map(i => (i + 1) * 10 + (i === 49 ? 9 : 0));
    expect(latenessOf(0, wokenAt)).toEqual({ p99Ms: 0, mostMs: 9 });
  });
});

describe('firewalls', () => {
  it('ufw says active or inactive, and everyone may read whether it is enabled', () => {
    const rules =
      'Status: active\n\nTo                         Action      From\n--                         ------      ----\n';
    const decks = `${rules}50000:50002/udp            ALLOW       Anywhere\n`;
    expect(readUfw(rules)).toEqual({ name: 'ufw', isOn: true, namesPorts: false });
    expect(readUfw(decks)).toEqual({ name: 'ufw', isOn: true, namesPorts: true });
    expect(readUfw('Status: inactive\n')).toEqual({ name: 'ufw', isOn: false, namesPorts: false });
    expect(readUfw('ERROR: You need to be root to run this script\n')).toBeNull();
    expect(readUfwConfig('# comment\nENABLED=yes\nLOGLEVEL=low\n')).toMatchObject({ isOn: true });
    expect(readUfwConfig('ENABLED=no\n')).toMatchObject({ isOn: false });
    expect(readUfwConfig('')).toBeNull();
  });

  it('firewalld is on while it runs', () => {
    expect(readFirewalld('running\n', '50000-50002/udp\n')).toEqual({
      name: 'firewalld',
      isOn: true,
      namesPorts: true,
    });
    expect(readFirewalld('running\n', '')).toEqual({ name: 'firewalld', isOn: true, namesPorts: false });
    expect(readFirewalld('not running\n', '')).toBeNull();
  });

  it('nftables is on where an input chain drops or rejects, by its policy or by a rule', () => {
    const table = (policy: string, rule: string): string =>
      `table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter; policy ${policy};\n\t\ttcp dport { 22, 80 } accept\n\t\t${rule}\n\t}\n\n\tchain forward {\n\t\ttype filter hook forward priority filter; policy drop;\n\t}\n}\n`;
    expect(readNft(table('drop', ''))).toMatchObject({ isOn: true, namesPorts: false });
    expect(readNft(table('accept', 'reject with icmp type port-unreachable'))).toMatchObject({ isOn: true });
    expect(readNft(table('accept', ''))).toMatchObject({ isOn: false });
    expect(readNft(table('drop', 'udp dport 50000-50002 accept'))).toMatchObject({ isOn: true, namesPorts: true });
    expect(readNft('')).toBeNull();
  });

  it('iptables is on where INPUT drops or rejects', () => {
    const rules = (input: string, more: string): string =>
      `-P INPUT ${input}\n-P FORWARD DROP\n-P OUTPUT ACCEPT\n${more}`;
    expect(readIptables(rules('DROP', ''))).toMatchObject({ isOn: true });
    expect(readIptables(rules('ACCEPT', ''))).toMatchObject({ isOn: false });
    expect(readIptables(rules('ACCEPT', '-A INPUT -j REJECT --reject-with icmp-host-prohibited\n'))).toMatchObject({
      isOn: true,
    });
    expect(readIptables(rules('DROP', '-A INPUT -p udp -m udp --dport 50000:50002 -j ACCEPT\n'))).toMatchObject({
      namesPorts: true,
    });
    expect(readIptables('')).toBeNull();
  });
});

describe('looking at this machine', () => {
  it.skipIf(process.platform !== 'linux').each(['udp4', 'udp6'] as const)(
    'who holds a port is told, also behind a socket of %s',
    async family => {
      const socket = createSocket(family);
      socket.bind(0, family === 'udp4' ? '127.0.0.1' : '::1');
      await once(socket, 'listening');
      const { port } = socket.address();
      expect(holderOfUdpPort(port, '0.0.0.0')).toContain(`(pid ${process.pid})`);
      await new Promise<void>(done => socket.close(() => done()));
      expect(holderOfUdpPort(port, '0.0.0.0')).toBeNull();
    },
  );

  it('a host is found by its address or name, and one that is nowhere is not', async () => {
    expect(await reach('127.0.0.1')).toEqual({ host: '127.0.0.1', address: '127.0.0.1', from: '127.0.0.1' });
    expect(await reach('localhost')).toEqual({ host: 'localhost', address: '127.0.0.1', from: '127.0.0.1' });
    // RFC 6761: no name under .invalid ever exists.
    expect(await reach('desk.invalid')).toEqual({ host: 'desk.invalid', address: null, from: null });
  });

  const unitKeepAlive = keepAlive.encode({
    name: OPUS_NAME,
    structure: 2,
    number: 9,
    seniority: 1,
    mac: 'c8:3d:fc:01:02:03',
    address: UNIT.address,
    peers: 2,
    reserved: new Uint8Array(3),
    deviceKind: 'player',
    generation: 0,
  });

  it('whoever makes itself known is heard once, ports are given back, and a held one is said', async () => {
    const clock = virtualClock();
    const network = memoryNetwork(clock);
    const ours = network.host(ETHERNET);
    const unit = await network.host(nic('eth0', UNIT.address)).open({ address: '0.0.0.0', port: 50000 }, DEAF);
    const presence = await listenForPeers(ours);
    expect(presence.ports).toEqual(SOUND.ports);
    const again = await listenForPeers(ours);
    expect(again.ports).toMatchObject([50000, 50001, 50002].map(port => ({ kind: 'held', port, holder: null })));
    for (const bytes of [unitKeepAlive, unitKeepAlive, Uint8Array.of(), unitKeepAlive.slice(0, 20)]) {
      unit.send({ address: '10.0.0.255', port: 50000 }, bytes);
    }
    clock.advance(1);
    expect(presence.peers()).toEqual([UNIT]);
    await presence.close();
    const after = await listenForPeers(ours);
    expect(after.ports).toEqual(SOUND.ports);
  });

  it('every topic gets a line from what is really here, and nothing is sent', async () => {
    const clock = liveClock();
    const network = memoryNetwork(clock);
    const sent: unknown[] = [];
    const host = network.host(ETHERNET);
    const wire: Wire = {
      ...host,
      open: async (local, listener) => {
        const socket = await host.open(local, listener);
        return { ...socket, send: (to, bytes) => void sent.push({ to, bytes }) };
      },
    };
    const unit = await network.host(nic('eth0', UNIT.address)).open({ address: '0.0.0.0', port: 50000 }, DEAF);
    let stop: Cancel = () => {};
    const call = (): void => {
      unit.send({ address: '10.0.0.255', port: 50000 }, unitKeepAlive);
      stop = clock.at(clock.now() + 20, call);
    };
    call();
    const folder = mkdtempSync(join(tmpdir(), 'decklight-'));
    const needs: readonly Need[] = [
      unitNeed(),
      { kind: 'host', bridge: 'console', host: '127.0.0.1' },
      { kind: 'midi-output', bridge: 'daw', device: 'no such port', isVirtual: false },
    ];
    const facts = await gatherFacts({
      ...{ wire, clock, folder, needs },
      ...{ nodeWants: '>=20.19', listenMs: 120, watchMs: 60 },
    });
    stop();
    expect(facts.peers).toEqual([UNIT]);
    expect(facts.lateness.mostMs).toBeGreaterThanOrEqual(facts.lateness.p99Ms);
    expect(facts.disk).toMatchObject({ folder, isWritable: true });
    expect(facts.disk.freeBytes).toBeGreaterThan(0);
    const findings = judge(facts);
    expect(new Set(findings.map(({ topic }) => topic))).toEqual(new Set([...TOPICS, 'opus', 'console', 'daw']));
    const lines = said(findings);
    expect(lines).toContain('ok    unit: OPUS-QUAD at 10.0.0.7, by eth0 10.0.0.5');
    expect(lines).toContain('ok    console: 127.0.0.1, this machine');
    expect(lines.find(line => line.includes('daw: '))).toMatch(/^fail {2}daw: no /);
    expect(sent).toEqual([]);
  }, 30_000);
});

const DEAF = { datagram() {}, failed() {} };
