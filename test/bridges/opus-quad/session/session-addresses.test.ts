/** What is said when a cable, an interface or an address is not what it was, and how soon the decks are back. */
import { describe, expect, it } from 'vitest';
import { PORTS } from '../../../../bridges/opus-quad/layout.ts';
import type { InterfaceAbsence } from '../../../../src/network/network.ts';
import { textOf } from './player-mode-rig.ts';
import { type Bench, bench, hello, nic, opusKeepAlive, statusOf, UNIT, unitKeepAlive } from './session-rig.ts';

const lo = { name: 'lo', address: '127.0.0.1', netmask: '255.0.0.0', mac: '00:00:00:00:00:00' };
const wifi = { name: 'wlan0', address: '192.168.7.5', netmask: '255.255.255.0', mac: '02:00:00:00:00:05' };
const MOVED = '10.0.0.77';
const OTHER_MAC = 'c8:3d:fc:99:99:99';

/** A session that is served: a status every 200 ms. */
function served(interfaces = [lo, nic, wifi]): Bench {
  const session = bench({}, interfaces);
  session.hear(PORTS.presence, opusKeepAlive);
  session.hear(PORTS.status, hello);
  passServed(session, 2000);
  return session;
}

let counter = 0;
function passServed(session: Bench, ms: number, address = UNIT): void {
  for (let elapsed = 0; elapsed < ms; elapsed += 200) {
    if (elapsed % 2000 === 0) session.hear(PORTS.presence, unitKeepAlive(address), address);
    session.hear(PORTS.status, statusOf({ packetCounter: ++counter, trackId: null }), address);
    session.pass(200);
  }
}

const keepAliveAddresses = (session: Bench, from: number): readonly string[] =>
  session.sent.flatMap(({ at, packet }) => (at >= from && packet.kind === 'keep-alive' ? [packet.address] : []));

describe('the interface that led to the unit', () => {
  const words: readonly (readonly [InterfaceAbsence, RegExp])[] = [
    ['no-cable', /^eth0 \(10\.0\.0\.1\).* has no link: plug its cable in at both ends/],
    ['switched-off', /^eth0 \(10\.0\.0\.1\).* is switched off on this machine: switch it on/],
    ['no-address', /^eth0 \(10\.0\.0\.1\).* has lost its address: set it to automatic/],
    ['not-there', /^eth0 \(10\.0\.0\.1\).* is gone: plug its adapter in again/],
    ['unknown', /^eth0 \(10\.0\.0\.1\).* is down or gone: its cable is out/],
  ];
  it.each(words)(
    'that is missing (%s) is named, at once and after the unit is forgotten, in log and status',
    (absence, text) => {
      const session = served();
      session.see([lo, wifi], absence);
      expect(textOf(session)).toMatch(text);
      expect(session.notes.at(-1)).toMatch(text);
      session.pass(20_000);
      expect(textOf(session)).toMatch(text);
      expect(session.notes.join('\n')).not.toMatch(/on the subnet of no interface/);
    },
  );

  it('that is back is said, and the unit is spoken to at once', () => {
    const session = served();
    session.see([lo, wifi], 'no-cable');
    session.pass(3000);
    const before = session.sent.length;
    session.see([lo, nic, wifi]);
    expect(session.notes.at(-1)).toBe('eth0 (10.0.0.1), which leads to the unit, is back');
    expect(session.kinds().slice(before)).toContain('keep-alive');
  });

  it('with an address beside the subnet of the unit: both addresses are said', () => {
    const session = served();
    session.see([lo, { ...nic, address: '172.16.0.9' }, wifi]);
    expect(textOf(session)).toMatch(/^eth0 has the address 172\.16\.0\.9 now and had 10\.0\.0\.1/);
  });

  it('that never was: nothing is up, or the subnet is another', () => {
    expect(textOf(bench({}, [lo]))).toMatch(/^no network interface of this machine is up/);
    const astray = bench({}, [lo, wifi]);
    astray.hear(PORTS.presence, opusKeepAlive);
    expect(textOf(astray)).toMatch(/is on the subnet of no interface here .*set this machine's address to automatic/);
  });

  it('is up and the unit is silent: its cable is asked for, not ours', () => {
    const session = served();
    session.pass(5000);
    expect(textOf(session)).toMatch(
      /^OPUS-QUAD at 10\.0\.0\.2 silent for 5 s, asking again: is it on, and its network cable in\?$/,
    );
  });
});

describe('our own address', () => {
  it('that changes is in every keep-alive from that moment on, the first at once, and status is asked for anew', () => {
    const session = served();
    const movedAt = session.now();
    session.see([lo, { ...nic, address: '10.0.0.44' }, wifi]);
    session.hear(PORTS.status, hello);
    expect(session.kinds().slice(-2)).toEqual(['keep-alive', 'status-request']);
    expect(session.sent.at(-1)?.at).toBe(movedAt);
    session.pass(6000);
    expect(new Set(keepAliveAddresses(session, movedAt))).toEqual(new Set(['10.0.0.44']));
    expect(session.notes.join('\n')).toMatch(
      /has the address 10\.0\.0\.44 towards the unit now \(10\.0\.0\.1 before\)/,
    );
  });
});

describe('the address of the unit', () => {
  it('that changes while it goes on is followed with its next keep-alive, and its decks go on', () => {
    const session = served();
    const events = session.events.length;
    session.hear(PORTS.presence, unitKeepAlive(MOVED), MOVED);
    const movedAt = session.now();
    passServed(session, 1000, MOVED);
    expect(session.events.slice(events).map(({ kind }) => kind)).toEqual([
      'unit.found',
      ...Array.from({ length: 5 }, () => 'deck.report'),
    ]);
    const requests = session.sent.filter(({ packet }) => packet.kind === 'status-request');
    expect(requests.at(-1)?.at).toBe(movedAt + 500);
    expect(session.notes.join('\n')).toMatch(
      /has the address 10\.0\.0\.77 now \(10\.0\.0\.2 before\): following it there/,
    );
    expect(session.notes.join('\n')).not.toMatch(/second/);
  });

  it('that changes over a restart: followed at once, whether or not the profile named the old one', () => {
    for (const unitAddress of ['auto', UNIT]) {
      const session = bench({ unitAddress });
      session.hear(PORTS.presence, opusKeepAlive);
      session.pass(20_000);
      session.hear(PORTS.presence, unitKeepAlive(MOVED), MOVED);
      expect(session.notes.at(-1)).toBe('the OPUS-QUAD is back, at 10.0.0.77 now (10.0.0.2 before)');
      expect(session.events.at(-1)).toMatchObject({ kind: 'unit.found', address: MOVED });
    }
  });

  it('statuses from an unknown address are no second unit before a keep-alive says so', () => {
    const session = served();
    session.hear(PORTS.status, statusOf({ packetCounter: ++counter }), MOVED);
    expect(session.notes.join('\n')).not.toMatch(/second/);
    session.hear(PORTS.presence, unitKeepAlive(MOVED, OTHER_MAC), MOVED);
    expect(session.notes.join('\n')).toMatch(/a second OPUS-QUAD at 10\.0\.0\.77 is passed over/);
  });

  it('of another unit: going over to it and back is said each time', () => {
    const session = served();
    const from = session.notes.length;
    for (let turn = 0; turn < 2; turn++) {
      session.pass(12_000);
      session.hear(PORTS.presence, unitKeepAlive(MOVED, OTHER_MAC), MOVED);
      session.pass(12_000);
      session.hear(PORTS.presence, opusKeepAlive);
    }
    expect(session.notes.slice(from)).toEqual(
      [1, 2].flatMap(() => [
        'the OPUS-QUAD at 10.0.0.2 is gone: not a word for 10 s',
        'following the OPUS-QUAD at 10.0.0.77 now; the one at 10.0.0.2 is silent',
        'the OPUS-QUAD at 10.0.0.77 is gone: not a word for 10 s',
        'following the OPUS-QUAD at 10.0.0.2 now; the one at 10.0.0.77 is silent',
      ]),
    );
  });

  it('of a unit that was off: its end and its return are said each time', () => {
    const session = served();
    const from = session.notes.length;
    for (let turn = 0; turn < 2; turn++) {
      session.pass(12_000);
      session.hear(PORTS.presence, opusKeepAlive);
    }
    expect(session.notes.slice(from)).toEqual(
      [0, 1].flatMap(() => [
        'the OPUS-QUAD at 10.0.0.2 is gone: not a word for 10 s',
        'the OPUS-QUAD at 10.0.0.2 is back',
      ]),
    );
  });
});
