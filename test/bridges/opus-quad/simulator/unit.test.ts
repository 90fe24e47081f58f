/** Whom a simulated unit talks to and what it hands out. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { claimStage3 } from '../../../../bridges/opus-quad/layout.ts';
import { NO_QUIRKS, type Quirks } from '../../../../bridges/opus-quad/simulator/quirks.ts';
import { step } from '../../../../bridges/opus-quad/simulator/unit.ts';
import { type DjAction, poweredUp } from '../../../../bridges/opus-quad/simulator/unit-state.ts';
import { decodeSongStructure } from '../../../../bridges/rekordbox-media/analysis/song-structure.ts';
import { toHex } from '../../../../src/bytes/hex.ts';
import type { Ms } from '../../../../src/core/clock.ts';
import {
  acts,
  asksForPhrases,
  asksForStatus,
  hears,
  keepsAlive,
  type Left,
  lighting,
  lightingKeepAlive,
  ofKind,
  PEER,
  player,
  playerKeepAlive,
  rehearse,
  sends,
  settings,
  type Timed,
  titled,
} from './simulator-rig.ts';

const tram = titled('Night Tram');
const yard = titled('Untitled Yard');
const load = (deck: 1 | 2 | 3 | 4, track = tram): DjAction => ({ kind: 'load', deck, track });

/** The data of a kind, its fragments joined by their index. */
function joined(left: readonly Left[], dataType: string): Uint8Array {
  const pieces = ofKind(left, 'fragment')
    .filter(({ packet }) => packet.dataType === dataType)
    .sort((a, b) => a.packet.index - b.packet.index);
  expect(pieces.map(({ packet }) => packet.index)).toEqual(pieces.map((_, i) => i));
  for (const { packet } of pieces) expect(packet.count).toBe(pieces.length);
  return Uint8Array.from(pieces.flatMap(({ packet }) => [...packet.data]));
}

describe('presence', () => {
  test('the very first step sends a keep-alive, and then one leaves every 2.0 s', () => {
    const { left } = rehearse(settings(), [], 10_000);
    expect(left.map(({ at }) => at)).toEqual([0, 2000, 4000, 6000, 8000, 10_000]);
    expect(new Set(left.map(({ packet }) => packet?.kind))).toEqual(new Set(['keep-alive']));
  });

  test('with a peer of its own it goes there alone', () => {
    const { left } = rehearse({ ...settings(), peer: '127.0.0.1' }, [], 1000);
    expect(left.map(({ to }) => to)).toEqual(['127.0.0.1']);
  });

  test('under the other numbering it is there three times', () => {
    const { left } = rehearse(settings({ numbering: 'one-two-thirty-three' }), [], 1000);
    expect(ofKind(left, 'keep-alive').map(({ packet }) => packet.number)).toEqual([1, 2, 33]);
  });
});

describe('a lighting peer', () => {
  test('is greeted at once and each second, until it asks', () => {
    const inputs = [...keepsAlive(lightingKeepAlive(), 100, 9000), asksForStatus(4500)];
    const { left } = rehearse(settings(), inputs, 9000);
    const hellos = ofKind(left, 'lighting-hello');
    expect(hellos.map(({ at }) => at)).toEqual([100, 1100, 2100, 3100, 4100]);
    expect(hellos.every(({ to, port, fromPort }) => to === PEER && port === 50002 && fromPort === null)).toBe(true);
    expect(ofKind(left, 'status')[0]?.at).toBe(4500);
  });

  test('hears nothing of the decks before it has asked', () => {
    const { left } = rehearse(settings(), keepsAlive(lightingKeepAlive(), 0, 9000), 9000);
    expect(ofKind(left, 'status')).toEqual([]);
  });

  test('a request as short as its head will do', () => {
    const [, input] = asksForStatus(0);
    const bytes = input.kind === 'datagram' ? input.bytes : new Uint8Array();
    const short = sends(500, 50002, bytes.subarray(0, 0x24));
    const { left } = rehearse(settings(), [...keepsAlive(lightingKeepAlive(), 0, 2000), short], 2000);
    expect(ofKind(left, 'status').length).toBeGreaterThan(0);
  });

  test('a request from somebody without a keep-alive is not answered', () => {
    expect(ofKind(rehearse(settings(), [asksForStatus(500)], 3000).left, 'status')).toEqual([]);
  });

  // One wrong byte in the keep-alive and the real unit keeps its data to itself.
  test.each([0x21, 0x30, 0x31, 0x34, 0x35])('one wrong byte at 0x%s and it is nobody', offset => {
    const wrong = lightingKeepAlive();
    wrong[offset] = 7;
    const { left } = rehearse(settings(), [...keepsAlive(wrong, 0, 5000), asksForStatus(500)], 5000);
    expect(left.every(({ packet }) => packet?.kind === 'keep-alive')).toBe(true);
  });

  test('silent for ten seconds it is forgotten, and greeted anew when it comes back', () => {
    const back = keepsAlive(lightingKeepAlive(), 15_000, 18_000);
    const { left } = rehearse(
      settings(),
      [...keepsAlive(lightingKeepAlive(), 0, 3000), asksForStatus(1), ...back],
      18_000,
    );
    const last = ofKind(left, 'status').at(-1)?.at ?? 0;
    expect(last).toBeGreaterThan(12_500);
    expect(last).toBeLessThan(13_000);
    expect(ofKind(left, 'lighting-hello').map(({ at }) => at)).toEqual([0, 15_000, 16_000, 17_000, 18_000]);
  });
});

describe('a player peer', () => {
  test('gets status and positions, no greeting and no data', () => {
    const { left } = rehearse(settings(), [...player(9000), ...acts([0, load(1)])], 9000);
    expect(new Set(left.map(({ packet }) => packet?.kind))).toEqual(new Set(['keep-alive', 'status', 'position']));
  });

  test('of a unit that needs a claim gets nothing before it has claimed its number to the end', () => {
    const claim = (at: Ms, number: number, attempt: number): Timed =>
      hears(at, claimStage3.encode({ name: 'decklight', structure: 3, number, attempt }));
    const begun = [claim(2700, 7, 1), claim(3000, 7, 2), claim(3200, 8, 3)];
    const servedFrom = (claims: readonly Timed[]): Ms | undefined => {
      const inputs = [...player(9000), ...acts([0, load(1)]), ...claims];
      return ofKind(rehearse(settings({ needsClaim: true }), inputs, 9000).left, 'status')[0]?.at;
    };
    expect(servedFrom([])).toBeUndefined();
    expect(servedFrom(begun)).toBeUndefined();
    // The first keep-alive after the claim.
    expect(servedFrom([...begun, claim(3300, 7, 3)])).toBe(4500);
  });

  test('gets its positions alone, with everybody, or not at all, as the unit is told', () => {
    const receivers = (positions: Quirks['positions']): readonly string[] => {
      const { left } = rehearse(settings({ positions }), [...player(9000), ...acts([0, load(1)])], 9000);
      return [...new Set(ofKind(left, 'position').map(({ to }) => to))];
    };
    expect([receivers('unicast'), receivers('broadcast'), receivers('off')]).toEqual([[PEER], ['192.168.112.255'], []]);
  });

  test('gets no answer about phrases', () => {
    const { left } = rehearse(settings(), [...player(9000), ...acts([0, load(1)]), asksForPhrases(3000, 829, 9)], 9000);
    expect(ofKind(left, 'fragment')).toEqual([]);
  });
});

describe('a peer that changes its class', () => {
  const changed = (silentMs: Ms): readonly Left[] => {
    const until = 5000 + silentMs + 8000;
    const first = [...keepsAlive(lightingKeepAlive(), 0, 4500), asksForStatus(1)];
    return rehearse(settings(), [...first, ...keepsAlive(playerKeepAlive(), 4500 + silentMs, until)], until).left;
  };

  test.each([1500, 12_000, 19_900])('after %i ms of silence is not heard', silentMs => {
    expect(ofKind(changed(silentMs), 'status').every(({ at }) => at <= 4500 + silentMs)).toBe(true);
  });

  test('after 20 s of silence is heard', () => {
    expect(ofKind(changed(20_000), 'status').at(-1)?.at).toBeGreaterThan(24_500);
  });

  test('must be silent on every port', () => {
    const noise = [9000, 14_000, 19_000, 24_000].map((at): Timed => asksForStatus(at));
    const first = [...keepsAlive(lightingKeepAlive(), 0, 4500), asksForStatus(1), hears(6000, playerKeepAlive())];
    const inputs = [...first, ...noise, ...keepsAlive(playerKeepAlive(), 27_000, 33_000)];
    expect(ofKind(rehearse(settings(), inputs, 33_000).left, 'status').every(({ at }) => at <= 6000)).toBe(true);
  });
});

describe('data', () => {
  test('artwork and two opaque kinds follow a load by a second', () => {
    const { left } = rehearse(settings(), [...lighting(4000), ...acts([500, load(3)])], 4000);
    const fragments = ofKind(left, 'fragment');
    expect(fragments[0]?.at).toBe(1500);
    expect(fragments.at(-1)?.at).toBeLessThan(1510);
    expect([...new Set(fragments.map(({ packet }) => packet.dataType))]).toEqual(['artwork', 'type-4', 'type-6']);
    expect(
      fragments.every(({ packet }) => packet.trackId === 829 && packet.number === 11 && packet.numberAgain === 11),
    ).toBe(true);
    expect(toHex(joined(left, 'artwork'))).toBe(toHex(tram.artwork));
  });

  test('artwork of a track that was replaced within the second is not sent', () => {
    const { left } = rehearse(settings(), [...lighting(4000), ...acts([500, load(3)], [1200, load(3, yard)])], 4000);
    expect(new Set(ofKind(left, 'fragment').map(({ packet }) => packet.trackId))).toEqual(new Set([yard.id]));
  });

  test('phrases are answered within a few ms, masked, and only for the deck that was asked for', () => {
    const inputs = [
      ...lighting(4000),
      ...acts([0, load(1)], [0, load(2, titled('Glass Quay'))]),
      asksForPhrases(3000, 829, 9),
    ];
    const { left } = rehearse(settings(), inputs, 4000);
    const answer = ofKind(left, 'fragment').filter(({ packet }) => packet.dataType === 'song-structure');
    expect(answer.map(({ packet }) => packet.trackId)).toEqual([829]);
    expect(answer[0]?.at).toBeLessThan(3005);
    const decoded = decodeSongStructure(joined(left, 'song-structure'));
    expect(decoded).toMatchObject({ ok: true, raw: tram.structure, wasMasked: true, warnings: [] });
  });

  test('a request that fits no deck is answered for all of them, as beat-link relies on', () => {
    const inputs = [
      ...lighting(4000),
      ...acts([0, load(1)], [0, load(2, titled('Glass Quay'))]),
      asksForPhrases(3000, 54, 2),
    ];
    const answer = ofKind(rehearse(settings(), inputs, 4000).left, 'fragment').filter(({ at }) => at > 3000);
    expect(answer.map(({ packet }) => packet.trackId)).toEqual([829, 414]);
  });

  test('a track without phrases is answered with something that is no song structure', () => {
    const inputs = [...lighting(4000), ...acts([0, load(1, yard)]), asksForPhrases(3000, yard.id, 9)];
    const body = joined(rehearse(settings(), inputs, 4000).left, 'song-structure');
    expect(body.length).toBeLessThan(32);
    expect(decodeSongStructure(body).ok).toBe(false);
  });
});

describe('going away', () => {
  const inputs = (act: DjAction): Timed[] => [
    ...lighting(30_000),
    ...acts([0, load(1)], [1000, { kind: 'play', deck: 1 }], [5000, act]),
  ];

  test('silent means silent, and the music plays on', () => {
    const { left, unit } = rehearse(settings(), inputs({ kind: 'silence', forMs: 4000 }), 12_000);
    expect(left.filter(({ at }) => at > 5000 && at < 9000)).toEqual([]);
    expect(ofKind(left, 'status').some(({ at }) => at > 9000)).toBe(true);
    expect(unit.decks[0]?.anchor.at).toBe(1000);
  });

  test('restarted it has forgotten decks and peers', () => {
    const { left, unit } = rehearse(settings(), inputs({ kind: 'reboot', forMs: 8000 }), 20_000);
    expect(left.filter(({ at }) => at > 5000 && at < 13_000)).toEqual([]);
    const after = left.filter(({ at }) => at >= 13_000);
    expect(after[0]).toMatchObject({ at: 13_000, port: 50000 });
    expect(after.some(({ packet }) => packet?.kind === 'lighting-hello')).toBe(true);
    expect(ofKind(after, 'status')).toEqual([]);
    expect(unit.decks.every(deck => deck.track === null)).toBe(true);
  });

  test('switched off nothing can be loaded', () => {
    const late: Timed = [6000, { kind: 'act', act: load(2) }];
    const { unit } = rehearse(settings(), [...inputs({ kind: 'reboot', forMs: 8000 }), late], 20_000);
    expect(unit.decks.every(deck => deck.track === null)).toBe(true);
  });
});

describe('quirks', () => {
  const night = (quirks: Partial<Quirks>, seed = 1): readonly Left[] =>
    rehearse(
      settings(quirks, seed),
      [...lighting(60_000), ...acts([0, load(1)], [1000, { kind: 'play', deck: 1 }], [2000, load(2)])],
      60_000,
    ).left;
  const plain = night({});

  test('zero flags: a share of the statuses of loaded decks', () => {
    const statuses = ofKind(night({ zeroFlagsShare: 0.2 }), 'status');
    const share = (numbers: readonly number[]): number => {
      const some = statuses.filter(({ packet }) => numbers.includes(packet.numberAgain));
      return some.filter(({ packet }) => packet.flags === null).length / some.length;
    };
    expect(share([9, 10])).toBeGreaterThan(0.15);
    expect(share([9, 10])).toBeLessThan(0.25);
    expect(share([11, 12])).toBe(0);
  });

  test.each([0xd4, 0x11c, 0x124, 0x200] as const)('statuses of %i bytes', statusBytes => {
    expect(new Set(ofKind(night({ statusBytes }), 'status').map(({ bytes }) => bytes.length))).toEqual(
      new Set([statusBytes]),
    );
  });

  test.each(['6x', '7x', '9x', 'fx'] as const)('motion bytes %s', p2Family => {
    const bytes = new Set(ofKind(night({ p2Family }), 'status').map(each => each.bytes[0x8b]));
    const high = Number.parseInt(p2Family, 16) << 4;
    expect(bytes).toEqual(new Set([high | 0xe, high | 0xa]));
  });

  test('a constant deck byte leaves the second one alone', () => {
    const statuses = ofKind(night({ constantDeckByte: true }), 'status').map(({ packet }) => packet);
    expect(new Set(statuses.map(({ number }) => number))).toEqual(new Set([9]));
    expect(new Set(statuses.map(({ numberAgain }) => numberAgain))).toEqual(new Set([9, 10, 11, 12]));
  });

  test('a counter that does not count', () => {
    const counters = ofKind(night({ counter: 'zero' }), 'status').map(({ packet }) => packet.packetCounter);
    expect(new Set(counters)).toEqual(new Set([0]));
  });

  test('decks 1 to 4 under the other numbering', () => {
    const statuses = ofKind(night({ numbering: 'one-two-thirty-three' }), 'status').map(({ packet }) => packet);
    expect(new Set(statuses.map(({ number }) => number))).toEqual(new Set([1, 2, 3, 4]));
  });

  test('lost and doubled datagrams', () => {
    expect(night({ drop: 0.1 }).length / plain.length).toBeCloseTo(0.9, 1);
    expect(night({ duplicate: 0.1 }).length / plain.length).toBeCloseTo(1.1, 1);
  });

  test('fragments alone may be lost', () => {
    const left = night({ loseFragment: 1 });
    expect(ofKind(left, 'fragment')).toEqual([]);
    expect(ofKind(left, 'status').length).toBeGreaterThan(500);
  });

  const isInOrder = (left: readonly Left[]): boolean => {
    const counters = ofKind(left, 'status')
      .filter(({ packet }) => packet.numberAgain === 9)
      .map(({ packet }) => packet.packetCounter);
    return counters.every((counter, i) => counter > (counters[i - 1] ?? 0));
  };

  test('delays come late and keep the order of a deck; reordering does not', () => {
    const delayed = night({ delayMs: { min: 5, max: 5 } });
    expect(ofKind(delayed, 'status')[0]?.at).toBe((ofKind(plain, 'status')[0]?.at ?? 0) + 5);
    expect(isInOrder(night({ delayMs: { min: 0, max: 10 } }))).toBe(true);
    expect(isInOrder(night({ reorder: 0.1 }))).toBe(false);
  });

  test('position packets may jitter', () => {
    const inputs = [...player(9000), ...acts([0, load(1)])];
    const { left } = rehearse(settings({ positionJitterMs: { min: 0, max: 15 } }), inputs, 9000);
    const times = ofKind(left, 'position').map(({ at }) => at);
    const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    expect(Math.max(...gaps)).toBeGreaterThan(35);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(45);
  });

  test('the same seed gives the same bytes at the same moments, another one does not', () => {
    const quirks: Partial<Quirks> = {
      statusMode: 'raster',
      drop: 0.05,
      duplicate: 0.05,
      reorder: 0.05,
      zeroFlagsShare: 0.1,
    };
    const transcript = (seed: number) => night(quirks, seed).map(({ at, bytes }) => `${at} ${toHex(bytes)}`);
    expect(transcript(7)).toEqual(transcript(7));
    expect(transcript(7)).not.toEqual(transcript(8));
  });

  test('there is none unless asked for', () => {
    expect(rehearse({ ...settings(), quirks: NO_QUIRKS }, lighting(3000), 3000).left).toEqual(
      rehearse(settings(), lighting(3000), 3000).left,
    );
  });
});

describe('laws', () => {
  test('it never sends beats, media broadcasts or a defence of its number', () => {
    const inputs = [
      ...lighting(20_000),
      ...keepsAlive(playerKeepAlive('192.168.112.9'), 100, 20_000, '192.168.112.9'),
      ...acts([0, load(1)], [1000, { kind: 'play', deck: 1 }]),
    ];
    const kinds = new Set(rehearse(settings(), inputs, 20_000).left.map(({ packet }) => packet?.kind));
    expect(kinds).toEqual(new Set(['keep-alive', 'lighting-hello', 'status', 'position', 'fragment']));
  });

  test('each peer gets its own copy of a status', () => {
    const second = '192.168.112.9';
    const inputs = [
      ...lighting(5000),
      ...keepsAlive(lightingKeepAlive(second), 0, 5000, second),
      asksForStatus(1, second),
    ];
    const statuses = ofKind(rehearse(settings(), inputs, 5000).left, 'status');
    const to = (address: string) =>
      statuses.filter(each => each.at > 1 && each.to === address).map(({ at, bytes }) => `${at} ${toHex(bytes)}`);
    expect(to(second)).toEqual(to(PEER));
  });

  test('arbitrary datagrams never throw and are never answered', () => {
    const ports = fc.constantFrom(50000, 50001, 50002);
    const unit = poweredUp(settings(), 0);
    fc.assert(
      fc.property(ports, fc.uint8Array({ maxLength: 400 }), (port, bytes) => {
        const from = { address: PEER, port: 50002 };
        const { send } = step(unit, { kind: 'datagram', from, port, bytes }, 1);
        expect(send.every(({ to }) => to.port === 50000)).toBe(true);
      }),
    );
  });

  test('a step changes nothing of the state it was given', () => {
    const { unit } = rehearse(
      settings(),
      [...lighting(5000), ...acts([0, load(1)], [1000, { kind: 'play', deck: 1 }])],
      5000,
    );
    const before = structuredClone({ ...unit, decks: unit.decks.map(deck => ({ ...deck, track: deck.track?.id })) });
    step(unit, { kind: 'act', act: { kind: 'pause', deck: 1 } }, 5001);
    step(unit, { kind: 'wake' }, 5100);
    expect({ ...unit, decks: unit.decks.map(deck => ({ ...deck, track: deck.track?.id })) }).toEqual(before);
  });
});
