import { describe, expect, it } from 'vitest';
import { LIGHTING_NUMBER } from '../../../bridges/opus-quad/layout.ts';
import { findings } from '../../../src/cli/doctor/findings.ts';
import type { MachineFacts } from '../../../src/cli/doctor/machine-facts.ts';
import type { HostNeed } from '../../../src/cli/doctor/needs.ts';
import { ETHERNET, LOOPBACK, nic, SOUND, said, TOPICS, UNIT, unitNeed } from './doctor-rig.ts';

const LINK_LOCAL = nic('eth0', '169.254.3.4', '255.255.0.0');
const hostNeed: HostNeed = { kind: 'host', bridge: 'console', host: 'desk.local' };
const midiNeed: HostNeed = { kind: 'midi-output', bridge: 'daw', device: 'Show Control', isVirtual: false };

const CDJ = {
  product: 'CDJ2000NXS2',
  vendorId: 0x2b73,
  productId: 5,
  serial: 'A1',
  path: '/dev/hidraw3',
  mayOpen: true,
};
const playerNeed = (serial: string | null, bridge = 'booth'): HostNeed => ({
  kind: 'player',
  bridge,
  serial,
  path: null,
});

describe('the judge', () => {
  it('finds nothing wrong with a sound machine, and says so topic by topic', () => {
    const found = findings(SOUND);
    expect(found.map(({ topic }) => topic)).toEqual(TOPICS);
    expect(found.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(said(found).at(-1)).toBe('ready, 0 warnings');
  });

  it.each<[string, Partial<MachineFacts>, RegExp]>([
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
      { hid: { kind: 'none', why: 'HID cannot be used on this machine: libusb is missing; install it' } },
      /^warn {2}USB HID: HID cannot be used on this machine: libusb is missing; install it/,
    ],
    [
      'a player that this user may not open',
      {
        hid: {
          kind: 'players',
          players: [{ ...CDJ, product: 'CDJ-350', vendorId: 0x8e4, productId: 0x161, mayOpen: false }],
        },
      },
      /^warn {2}USB HID: CDJ-350 {2}08e4:0161 {2}serial A1 {2}\/dev\/hidraw3 may not.*udevadm.*idVendor.=="08e4".*devices --udev/,
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
    const lines = said(findings({ ...SOUND, ...change }));
    expect(lines.filter(text => line.test(text))).toHaveLength(1);
  });

  it.each<[string, Partial<MachineFacts>]>([
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
    expect(findings({ ...SOUND, ...change }).filter(({ level }) => level !== 'ok')).toEqual([]);
  });

  it.each<[string, readonly HostNeed[], Partial<MachineFacts>, RegExp]>([
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
      { reaches: [{ host: 'desk.local', address: null, from: null, neighbour: null }] },
      /^fail {2}console: no machine called desk\.local is known here; .*IPv4 address/,
    ],
    [
      'a host that no network leads to',
      [hostNeed],
      { reaches: [{ host: 'desk.local', address: '10.9.9.9', from: null, neighbour: null }] },
      /^fail {2}console: desk\.local is 10\.9\.9\.9: no network leads there; interfaces here: eth0 10\.0\.0\.5; plug/,
    ],
    [
      'a host behind a router',
      [hostNeed],
      { reaches: [{ host: 'desk.local', address: '10.9.9.9', from: '10.0.0.5', neighbour: null }] },
      /^warn {2}console: desk\.local is 10\.9\.9\.9 is on the subnet of no interface here.*router, and .* not proven; .*wrong address/,
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
    const lines = said(findings({ ...SOUND, needs, ...change }));
    expect(lines.filter(text => line.test(text))).toHaveLength(1);
  });

  it('what the profile needs and finds is said as well', () => {
    const needs = [unitNeed({ interface: '10.0.0.5', unitAddress: '10.0.0.7' }), hostNeed, midiNeed];
    const lines = said(
      findings({
        ...SOUND,
        needs,
        reaches: [{ host: 'desk.local', address: '10.0.0.20', from: '10.0.0.5', neighbour: 'answers' }],
      }),
    );
    expect(lines.slice(-4)).toEqual([
      'ok    opus: interface: 10.0.0.5, unit: 10.0.0.7',
      'ok    console: desk.local is 10.0.0.20 answers on eth0 10.0.0.5',
      'ok    daw: MIDI output "Show Control"',
      'ready, 0 warnings',
    ]);
  });

  it('a bridge that wants a player is told whether it is there, may be opened, and is the only one', () => {
    const of = (needs: readonly HostNeed[], ...players: readonly (typeof CDJ)[]): readonly string[] =>
      said(findings({ ...SOUND, needs, hid: { kind: 'players', players } })).slice(-1 - needs.length, -1);
    const other = { ...CDJ, serial: 'B2', path: '/dev/hidraw4' };
    expect(of([playerNeed(null)], CDJ)).toEqual(['ok    booth: CDJ2000NXS2 (serial A1)']);
    expect(of([playerNeed('B2')], CDJ, other)).toEqual(['ok    booth: CDJ2000NXS2 (serial B2)']);
    expect(of([playerNeed(null)])).toEqual([
      'fail  booth: no player is plugged in by USB; plug it in and switch its control mode on',
    ]);
    expect(of([playerNeed('B3')], CDJ)).toEqual([
      'fail  booth: no player with serial B3; there are: CDJ2000NXS2 (serial A1)',
    ]);
    expect(of([playerNeed(null)], { ...CDJ, mayOpen: false })).toEqual([
      'fail  booth: CDJ2000NXS2 (serial A1) may not be opened; see USB HID above',
    ]);
    expect(of([playerNeed(null)], CDJ, other)).toEqual([
      expect.stringMatching(/^warn {2}booth: 2 players .*"serial:"/),
    ]);
    const two = of([playerNeed(null, 'left'), playerNeed(null, 'right')], CDJ);
    expect(two).toEqual([
      expect.stringMatching(/^fail .*2 bridges want a player and 1 is plugged in/),
      expect.stringMatching(/^fail /),
    ]);
  });

  it('a bridge that wants a player fails where there is no HID, and no other profile does', () => {
    const hid: MachineFacts['hid'] = { kind: 'none', why: 'HID cannot be used: no libusb; install it' };
    const failed = (needs: readonly HostNeed[]): readonly string[] =>
      said(findings({ ...SOUND, hid, needs })).filter(line => line.startsWith('fail'));
    expect(failed([playerNeed(null)])).toEqual([
      'fail  USB HID: HID cannot be used: no libusb; install it',
      'fail  booth: no player without HID; see USB HID above',
    ]);
    expect(failed([])).toEqual([]);
  });

  it('a profile that needs no decks and no MIDI does not fail for want of them', () => {
    const midi: MachineFacts['midi'] = { kind: 'none', why: 'no sound system', advice: 'install it' };
    const ports: MachineFacts['ports'] = [{ kind: 'held', port: 50000, holder: 'rekordbox (pid 7)', message: '' }];
    const bare = { ...SOUND, interfaces: [LOOPBACK], peers: [], midi, ports };
    for (const needs of [[], [unitNeed({ interface: '127.0.0.1', unitAddress: '127.0.0.2' })]]) {
      expect(findings({ ...bare, needs }).filter(({ level }) => level === 'fail')).toEqual([]);
    }
    expect(findings({ ...bare, needs: [unitNeed()] }).filter(({ level }) => level === 'fail')).not.toEqual([]);
  });

  it('a unit that nobody has tried is followed where the profile names it, and said to be untried either way', () => {
    const peers = [{ name: 'OMNIS-DUO', address: '10.0.0.7', number: 9 }];
    const lines = (needs: MachineFacts['needs']): string =>
      said(findings({ ...SOUND, peers, needs }))
        .filter(line => line.includes('unit:'))
        .join('\n');
    expect(lines([unitNeed({ model: 'omnis-duo' })])).toContain(
      'ok    unit: OMNIS-DUO (never tried) at 10.0.0.7, by eth0',
    );
    expect(lines([unitNeed()])).toMatch(/no OPUS-QUAD heard in 3 s, only OMNIS-DUO \(never tried\)/);
  });

  it('another that poses as rekordbox is in the way of lighting mode alone', () => {
    const peers = [UNIT, { name: 'rekordbox', address: '10.0.0.9', number: LIGHTING_NUMBER }];
    const about = (needs: MachineFacts['needs']) =>
      said(findings({ ...SOUND, peers, needs })).filter(line => line.includes('10.0.0.9'));
    expect(about(null)).toEqual([expect.stringMatching(/^warn /)]);
    expect(about([unitNeed()])).toEqual([expect.stringMatching(/^warn .*in lighting mode; quit it there/)]);
    expect(about([unitNeed({ mode: 'cdj' })])).toEqual([expect.stringMatching(/^ok .*; this profile does not$/)]);
    expect(about([])).toEqual([expect.stringMatching(/^ok /)]);
  });

  it('two interfaces towards the unit are right where the profile says which', () => {
    const interfaces = [ETHERNET, nic('wlan0', '10.0.0.6')];
    const lines = said(findings({ ...SOUND, interfaces, needs: [unitNeed({ interface: '10.0.0.6' })] }));
    expect(lines).toContain(
      'ok    unit: OPUS-QUAD at 10.0.0.7, by eth0 10.0.0.5 and wlan0 10.0.0.6; the profile says which',
    );
  });
});
