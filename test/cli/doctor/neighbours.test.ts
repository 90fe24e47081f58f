/** Whether a machine on our subnet is there: what the tables of the system say, and what is made of it. */
import { describe, expect, test } from 'vitest';
import { proofOf } from '../../../src/cli/doctor/hosts.ts';
import { arpState, neighState } from '../../../src/cli/doctor/neighbours.ts';
import { ETHERNET, LOOPBACK } from './doctor-rig.ts';

test.each([
  ['10.0.0.20 dev eth0 lladdr 02:00:00:00:00:02 REACHABLE\n', 'reachable'],
  ['10.0.0.20 dev eth0 lladdr 02:00:00:00:00:02 STALE \n', 'stale'],
  ['10.0.0.20 dev eth0 lladdr 02:00:00:00:00:02 used 0/0/0 probes 1 DELAY\n', 'stale'],
  ['10.0.0.20 dev eth0  FAILED\n', 'failed'],
  ['10.0.0.20 dev eth0  INCOMPLETE\n', 'asking'],
  ['10.0.0.20 dev eth0 lladdr 02:00:00:00:00:02 PERMANENT\n', 'stale'],
  ['', 'asking'],
  ['who knows\n', 'unknown'],
])('ip neigh says %j: %s', (told, state) => expect(neighState(told)).toBe(state));

test('/proc/net/arp tells an address that is complete from one that nobody has answered for', () => {
  const table = `IP address       HW type     Flags       HW address            Mask     Device
10.0.0.20        0x1         0x2         02:00:00:00:00:02     *        eth0
10.0.0.21        0x1         0x0         00:00:00:00:00:00     *        eth0
`;
  expect(['10.0.0.20', '10.0.0.21', '10.0.0.2'].map(address => arpState(address, table))).toEqual([
    'complete',
    'asking',
    'asking',
  ]);
  expect(arpState('10.0.0.20', null)).toBe('unknown');
});

describe('what is proven of a receiver, and what not', () => {
  const HERE = [LOOPBACK, ETHERNET];
  const way = { host: '10.0.0.20', address: '10.0.0.20', from: '10.0.0.5' };
  test.each([
    ['one that answers is there', { ...way, neighbour: 'answers' }, true, '10.0.0.20 is there: it answers on eth0'],
    [
      'one that was asked and did not answer is not',
      { ...way, neighbour: 'silent' },
      false,
      '10.0.0.20 does not answer on eth0; is it on, its cable in, its address right?',
    ],
    [
      'one that has answered before may have been switched off',
      { ...way, neighbour: 'was-there' },
      null,
      '10.0.0.20 has answered on eth0 a while ago: that it is there is not proven',
    ],
    [
      'a system without a table',
      { ...way, neighbour: null },
      null,
      '10.0.0.20 is on the subnet of eth0, and this system does not tell more: that it is there is not proven',
    ],
    [
      'a router answers for nobody',
      { host: 'desk.local', address: '10.9.0.1', from: '10.0.0.5', neighbour: null },
      null,
      'desk.local (10.9.0.1) is behind a router: that it is there is not proven',
    ],
    [
      'a broadcast is for whoever hears it',
      { host: '10.0.0.255', address: '10.0.0.255', from: '10.0.0.5', neighbour: null },
      null,
      '10.0.0.255 is for everybody on eth0: that somebody hears it is not proven',
    ],
  ] as const)('%s', (_, of, isThere, text) => expect(proofOf(of, HERE)).toEqual({ isThere, text }));

  test('of this machine nothing is in doubt', () => {
    const itself = { host: '10.0.0.5', address: '10.0.0.5', from: '10.0.0.5', neighbour: null };
    expect(proofOf(itself, HERE)).toBeNull();
    expect(proofOf({ ...itself, host: '127.0.0.1', address: '127.0.0.1', from: '127.0.0.1' }, HERE)).toBeNull();
  });
});
