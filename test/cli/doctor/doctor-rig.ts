/** A machine on which nothing is wrong, for what the doctor says when something is. */
import { keepAlive, OPUS_NAME, PORTS } from '../../../bridges/opus-quad/layout.ts';
import { report } from '../../../src/cli/doctor/doctor.ts';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import type { MachineFacts } from '../../../src/cli/doctor/machine-facts.ts';
import type { HostNeed } from '../../../src/cli/doctor/needs.ts';
import type { Terminal } from '../../../src/cli/terminal/terminal.ts';
import type { Interface } from '../../../src/network/network.ts';

export const nic = (name: string, address: string, netmask = '255.255.255.0'): Interface => ({
  ...{ name, address, netmask },
  mac: '02:00:00:00:00:01',
});
export const LOOPBACK = nic('lo', '127.0.0.1', '255.0.0.0');
export const ETHERNET = nic('eth0', '10.0.0.5');
export const UNIT = { name: OPUS_NAME, address: '10.0.0.7', number: 9 };

/** A machine on which nothing is wrong. */
export const SOUND: MachineFacts = {
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
export const TOPICS = [
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

export const unitNeed = (change: Partial<Extract<HostNeed, { kind: 'unit' }>> = {}): HostNeed => ({
  ...{ kind: 'unit', bridge: 'opus', interface: 'auto', unitAddress: 'auto', model: 'opus-quad', mode: 'lighting' },
  ...change,
});

export function listen(): Terminal & { readonly lines: string[]; readonly errors: string[] } {
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

export function said(findings: readonly Finding[]): readonly string[] {
  const out = listen();
  report(findings, out);
  return out.lines;
}

/** The unit makes itself known. */
export const unitKeepAlive = keepAlive.encode({
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

/** Hears nothing. */
export const DEAF = { datagram() {}, failed() {} };
