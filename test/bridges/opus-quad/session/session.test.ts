import { describe, expect, it } from 'vitest';
import { fragment, OPUS_NAME, PORTS } from '../../../../bridges/opus-quad/layout.ts';
import { describeSession } from '../../../../bridges/opus-quad/session/session-text.ts';
import { DEMO_TRACKS } from '../../../../bridges/opus-quad/simulator/demo-tracks.ts';
import { readCaptures } from '../../../capture-folders.ts';
import { expectWithinBudget } from './packet-budget.ts';
import { bench, hello, nic, opusKeepAlive, statusOf, UNIT } from './session-rig.ts';

describe('joining', () => {
  it('says nothing before the unit does, then keep-alive at once and a request on its hello', () => {
    const session = bench();
    session.pass(5000);
    expect(session.sent).toEqual([]);
    session.hear(PORTS.presence, opusKeepAlive);
    expect(session.kinds()).toEqual(['keep-alive']);
    expect(session.sent[0]).toMatchObject({ to: '10.0.0.255', port: PORTS.presence });
    session.pass(100);
    session.hear(PORTS.status, hello);
    expect(session.kinds()).toEqual(['keep-alive', 'status-request']);
    expect(session.sent[1]).toMatchObject({
      to: UNIT,
      port: PORTS.status,
      packet: { computerName: 'Decklight on booth for 0 s' },
    });
  });

  it('tells a unit that the profile names who it is as soon as that is switched on, and never twice within 200 ms', () => {
    for (const afterMs of [700, 100]) {
      const session = bench({ unitAddress: UNIT });
      const keepAlives = () => session.sent.filter(({ packet }) => packet.kind === 'keep-alive').map(({ at }) => at);
      session.pass(5000);
      const last = keepAlives().at(-1) ?? Number.NaN;
      session.pass(last + 1500 + afterMs - session.now());
      session.hear(PORTS.presence, opusKeepAlive);
      session.pass(150);
      expect(keepAlives().slice(-2)).toEqual([last + 1500, last + 1500 + Math.max(200, afterMs)]);
    }
  });

  it('sends the very keep-alive that was recorded, but for address and MAC', () => {
    const session = bench();
    session.hear(PORTS.presence, opusKeepAlive);
    expect(session.sent[0]?.packet).toMatchObject({
      name: 'rekordbox',
      structure: 3,
      number: 0x17,
      seniority: 1,
      peers: 4,
      deviceKind: 'rekordbox',
      generation: 8,
      mac: nic.mac,
      address: nic.address,
    });
  });

  it('asks even a unit that never greets, within half a second', () => {
    const session = bench();
    session.hear(PORTS.presence, opusKeepAlive);
    session.pass(600);
    expect(session.kinds()).toContain('status-request');
  });

  it('asks again every 1.5 s until status arrives, then every 5 s, and 1 s after it stops', () => {
    const session = bench();
    session.hear(PORTS.presence, opusKeepAlive);
    session.hear(PORTS.status, hello);
    const requests = () => session.sent.filter(({ packet }) => packet.kind === 'status-request').map(({ at }) => at);
    session.pass(4000);
    expect(requests().map(at => Math.round(at))).toEqual([0, 1500, 3000]);
    const before = requests().length;
    for (let i = 0; i < 50; i++) {
      session.hear(PORTS.status, statusOf({ packetCounter: i, trackId: null }));
      session.pass(200);
    }
    expect(requests().length - before).toBeLessThanOrEqual(3);
    const stoppedAt = session.now();
    session.pass(1600);
    expect(requests().at(-1)).toBeGreaterThan(stoppedAt);
    expect(describeSession(session.state(), session.now())).toMatchObject({ isReady: false });
  });

  it('names both interfaces when two lead to the unit, and says which it uses', () => {
    const other = { ...nic, name: 'eth1', address: '10.0.0.7' };
    const session = bench({}, [nic, other]);
    session.hear(PORTS.presence, opusKeepAlive);
    session.pass(10);
    expect(session.notes.join()).toMatch(
      /two interfaces lead to the unit: 10\.0\.0\.1 \(eth0\) and 10\.0\.0\.7 \(eth1\)/,
    );
    expect(session.sent[0]?.to).toBe('10.0.0.255');
  });

  it('says so when the unit is on no subnet of this machine, and when the named interface is not here', () => {
    const astray = bench();
    astray.hear(PORTS.presence, opusKeepAlive, '169.254.3.4');
    expect(astray.notes.join()).toMatch(/on the subnet of no interface here \(10\.0\.0\.1 \(eth0\)\)/);
    expect(astray.sent).toEqual([]);
    const missing = bench({ interface: '10.0.0.99' });
    missing.hear(PORTS.presence, opusKeepAlive);
    expect(missing.notes.join()).toMatch(/no interface here has the address 10\.0\.0\.99/);
  });

  it('joins again after the unit has been off, and after the cable was out', () => {
    const session = bench();
    session.hear(PORTS.presence, opusKeepAlive);
    session.pass(12_000);
    expect(session.events.map(({ kind }) => kind)).toEqual(['unit.found', 'unit.lost']);
    const before = session.sent.length;
    session.pass(30_000);
    expect(session.sent).toHaveLength(before);
    session.hear(PORTS.presence, opusKeepAlive);
    expect(session.sent.length).toBeGreaterThan(before);

    session.see([]);
    const unplugged = session.sent.length;
    session.pass(5000);
    expect(session.sent).toHaveLength(unplugged);
    // Out for longer than others wait for a keep-alive: it listens first, as at a start.
    session.see([nic]);
    session.hear(PORTS.presence, opusKeepAlive);
    session.pass(2000);
    expect(session.sent).toHaveLength(unplugged);
    session.pass(300);
    expect(session.sent.length).toBeGreaterThan(unplugged);
  });

  it('after a cable was out for 2 s goes on at once', () => {
    const session = bench();
    session.hear(PORTS.presence, opusKeepAlive);
    session.pass(100);
    session.see([]);
    session.pass(2000);
    const unplugged = session.sent.length;
    session.see([nic]);
    expect(session.sent.length).toBeGreaterThan(unplugged);
  });

  it('follows a unit that comes back under another address', () => {
    const session = bench();
    session.hear(PORTS.presence, opusKeepAlive);
    session.pass(4000);
    session.hear(PORTS.presence, opusKeepAlive, '10.0.0.77');
    session.hear(PORTS.status, hello, '10.0.0.77');
    session.pass(10);
    expect(session.sent.at(-1)?.to).toBe('10.0.0.77');
  });
});

describe('keeping out of the way', () => {
  it('sends nothing after it was closed', () => {
    const session = bench();
    session.hear(PORTS.presence, opusKeepAlive);
    session.feed({ kind: 'close' });
    const before = session.sent.length;
    session.hear(PORTS.status, hello);
    session.pass(60_000);
    expect(session.sent).toHaveLength(before);
  });

  it('stays within its budget whatever the unit asks of it', () => {
    const session = bench();
    session.hear(PORTS.presence, opusKeepAlive);
    for (let i = 0; i < 600; i++) {
      session.hear(PORTS.status, hello);
      const number = 9 + (i % 4);
      session.hear(PORTS.status, statusOf({ number, numberAgain: number, trackId: i + 1, packetCounter: i }));
      session.pass(10);
    }
    expectWithinBudget(session.sent.map(({ at }) => at));
  });
});

describe('song structures', () => {
  const asks = (session: ReturnType<typeof bench>) =>
    session.sent.filter(({ packet }) => packet.kind === 'binary-request').map(({ at }) => Math.round(at));
  const withTrack = () => {
    const session = bench();
    session.hear(PORTS.presence, opusKeepAlive);
    session.hear(PORTS.status, statusOf({ number: 9, numberAgain: 9, trackId: 184 }));
    return session;
  };

  it('is asked for as recorded, at once, then after 0.3, 1 and 3 s, and no more', () => {
    const session = withTrack();
    for (let i = 0; i < 40; i++) {
      session.hear(PORTS.status, statusOf({ number: 9, numberAgain: 9, trackId: 184, packetCounter: 5000 + i }));
      session.pass(500);
    }
    expect(asks(session)).toEqual([0, 300, 1300, 4300]);
    expect(session.sent.find(({ packet }) => packet.kind === 'binary-request')?.packet).toMatchObject({
      trackId: 184,
      dataType: 0x0a,
      rawDeck: 9,
    });
    expect(session.notes.join()).toMatch(/deck 1: the unit was asked for the phrases of track 184 and sent none/);
  });

  it('with a fragment missing, is asked for again 0.3 s after the last one that came', () => {
    const session = withTrack();
    session.pass(50);
    const piece = {
      name: OPUS_NAME,
      number: 9,
      numberAgain: 9,
      dataType: 'song-structure',
      trackId: 184,
      index: 0,
      count: 2,
      data: Uint8Array.of(1, 2, 3),
    } as const;
    session.hear(PORTS.status, fragment.encode(piece));
    session.pass(1000);
    expect(asks(session).slice(0, 2)).toEqual([0, 350]);
  });

  it('arrives as an event; an answer of another form means that the track has none', () => {
    const golden = readCaptures('opus-quad').find(({ name }) => name === 'song-structure-fragment');
    const session = withTrack();
    session.hear(PORTS.status, golden?.bytes ?? new Uint8Array());
    const arrived = session.events.find(event => event.kind === 'deck.structure');
    expect(arrived).toMatchObject({
      trackId: 184,
      structure: { phrases: [{ kind: 'intro', startBeat: 1, endBeat: 321 }] },
    });
    expect(asks(session)).toEqual([0]);

    const none = withTrack();
    const other = { name: OPUS_NAME, number: 9, numberAgain: 9, trackId: 184, index: 0, count: 1 };
    const data = new TextEncoder().encode('nothing here');
    none.hear(PORTS.status, fragment.encode({ ...other, dataType: 'song-structure', data }));
    expect(none.events.find(event => event.kind === 'deck.structure')).toMatchObject({ structure: null });
    none.pass(10_000);
    expect(asks(none)).toEqual([0]);
  });

  it('that is damaged is neither phrases nor none: said once, and asked for again', () => {
    const golden = readCaptures('opus-quad').find(({ name }) => name === 'song-structure-fragment');
    const whole = golden?.bytes ?? new Uint8Array();
    const bytes = whole.slice();
    // Its data begin at 0x34; there a phrase is said to have 25 bytes.
    bytes[0x34 + 0x0f] = 25;
    const session = withTrack();
    session.hear(PORTS.status, bytes);
    session.pass(400);
    session.hear(PORTS.status, bytes);
    expect(session.events.filter(event => event.kind === 'deck.structure')).toEqual([]);
    expect(session.notes.filter(text => text.includes('cannot be read'))).toEqual([
      'track 184: what the unit sent cannot be read, song structure: 25 bytes per phrase, expected 24',
    ]);
    expect(asks(session)).toEqual([0, 300]);
    session.hear(PORTS.status, whole);
    expect(session.events.filter(event => event.kind === 'deck.structure')).toHaveLength(1);
    session.pass(10_000);
    expect(asks(session)).toEqual([0, 300]);
  });
});

describe('other data', () => {
  it('artwork comes in pieces, in any order, and leaves as the JPEG it was', () => {
    const { artwork } = DEMO_TRACKS[0] ?? { artwork: new Uint8Array() };
    const session = bench();
    session.hear(PORTS.presence, opusKeepAlive);
    const most = 900;
    const count = Math.ceil(artwork.length / most);
    expect(count).toBeGreaterThan(1);
    for (let index = count - 1; index >= 0; index--) {
      const data = artwork.subarray(index * most, (index + 1) * most);
      const head = { name: OPUS_NAME, number: 10, numberAgain: 10, dataType: 'artwork', trackId: 414 } as const;
      session.hear(PORTS.status, fragment.encode({ ...head, index, count, data }));
    }
    const arrived = session.events.find(event => event.kind === 'deck.artwork');
    expect(arrived).toMatchObject({ deck: { unit: 'opus', number: 2 }, trackId: 414 });
    const jpeg = arrived?.kind === 'deck.artwork' ? arrived.jpeg : new Uint8Array();
    expect(Buffer.from(jpeg).equals(Buffer.from(artwork))).toBe(true);
    expect([...jpeg.subarray(0, 2), ...jpeg.subarray(-2)]).toEqual([0xff, 0xd8, 0xff, 0xd9]);
  });

  it('an absolute position, which comes in another mode, is passed on in ms', () => {
    const golden = readCaptures('opus-quad').find(({ name }) => name === 'position');
    const session = bench();
    session.hear(PORTS.presence, opusKeepAlive);
    session.hear(PORTS.timing, golden?.bytes ?? new Uint8Array());
    const arrived = session.events.find(event => event.kind === 'deck.position');
    expect(arrived).toMatchObject({ deck: { number: 1 }, positionMs: 83_456 });
    expect(arrived?.kind === 'deck.position' && arrived.pitchSpeed).toBeCloseTo(1.0326, 6);
  });
});

describe('order', () => {
  it('drops a copy and a late status where the packet counter counts, and takes them as they come where it does not', () => {
    const session = bench();
    session.hear(PORTS.presence, opusKeepAlive);
    const tell = (packetCounter: number, beat: number): void => {
      session.pass(100);
      session.hear(PORTS.status, statusOf({ packetCounter, beat }));
    };
    for (const counter of [1, 2, 3, 3, 2, 4]) tell(counter, counter);
    const beats = () => session.events.flatMap(event => (event.kind === 'deck.report' ? [event.report.beat] : []));
    expect(beats()).toEqual([1, 2, 3, 4]);
    expect(session.state().counts).toMatchObject({ duplicates: 1, outOfOrder: 1 });

    const uncounted = bench();
    uncounted.hear(PORTS.presence, opusKeepAlive);
    for (let i = 0; i < 4; i++) uncounted.hear(PORTS.status, statusOf({ packetCounter: 0, beat: i }));
    const reports = uncounted.events.flatMap(event => (event.kind === 'deck.report' ? [event.report] : []));
    expect(reports.map(({ isOrderProved }) => isOrderProved)).toEqual([false, false, false, false]);
  });

  it('knows that a status was lost once the counter has shown by how much it rises', () => {
    for (const step of [1, 4]) {
      const session = bench();
      session.hear(PORTS.presence, opusKeepAlive);
      for (const turn of [1, 2, 3, 4, 6, 7]) {
        session.pass(200);
        session.hear(PORTS.status, statusOf({ packetCounter: step * turn, beat: turn }));
      }
      const reports = session.events.flatMap(event => (event.kind === 'deck.report' ? [event.report] : []));
      expect(reports.map(({ isAfterLoss }) => isAfterLoss)).toEqual([false, false, false, false, true, false]);
    }
  });

  it('takes the deck from 0x24 where the two numbers differ', () => {
    const session = bench();
    session.hear(PORTS.presence, opusKeepAlive);
    session.hear(PORTS.status, statusOf({ number: 9, numberAgain: 12 }));
    expect(session.events.find(({ kind }) => kind === 'deck.report')).toMatchObject({ deck: { number: 4 } });
  });
});

describe('hostile datagrams', () => {
  it('an empty one, a foreign one, a fragment cut short and a stranger are counted and nothing else', () => {
    const session = bench();
    session.hear(PORTS.presence, opusKeepAlive);
    const before = { events: session.events.length, sent: session.sent.length };
    session.hear(PORTS.status, new Uint8Array());
    session.hear(PORTS.timing, new TextEncoder().encode('GET / HTTP/1.1'));
    session.hear(PORTS.status, fragmentHead());
    session.hear(PORTS.status, statusOf({ name: 'CDJ-3000' }), '10.0.0.8');
    expect(session.state().counts).toMatchObject({ refused: 3, ignored: 1, received: 5 });
    expect(session.events.length).toBe(before.events);
    expect(session.sent.length).toBe(before.sent);
  });

  const fragmentHead = (): Uint8Array => {
    const golden = readCaptures('opus-quad').find(({ name }) => name === 'song-structure-fragment');
    return (golden?.bytes ?? new Uint8Array()).subarray(0, 0x30);
  };
});
