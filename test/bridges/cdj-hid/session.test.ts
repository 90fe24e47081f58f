import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOutput, EMPTY_PACKET, readPacket } from '../../../bridges/cdj-hid/codec.ts';
import { INPUT_IDS, type InputId, inputControl } from '../../../bridges/cdj-hid/controls/input-controls.ts';
import { PACKETS, REPORT_BYTES } from '../../../bridges/cdj-hid/layout.ts';
import { USUAL_QUIRKS } from '../../../bridges/cdj-hid/quirks.ts';
import { OUTPUT_EVERY_MS, OUTPUT_REST_MS, stepSurface } from '../../../bridges/cdj-hid/session.ts';
import { describeSurface, openSurface } from '../../../bridges/cdj-hid/session-state.ts';
import { toHex } from '../../../src/bytes/hex.ts';
import { rounds } from '../../rounds.ts';
import { HID_LOGINS } from './capture-samples.ts';
import { ARBITRARY_REPORTS } from './property-runs.ts';
import { type SentPacket, type SurfaceRig, surfaceRig, USUAL_SURFACE } from './session-rig.ts';

const kindOf = ({ bytes }: SentPacket): string => {
  const read = readPacket(bytes);
  return read.ok ? read.kind : 'empty';
};

const outputsOf = (rig: SurfaceRig): readonly SentPacket[] =>
  rig.sent.filter(each => kindOf(each) === 'control-output');

const gaps = (packets: readonly { readonly at: number }[]): readonly number[] =>
  packets.slice(1).map(({ at }, i) => at - (packets[i]?.at ?? 0));

function loggedIn(options: Parameters<typeof surfaceRig>[0] = {}, player: Parameters<typeof surfaceRig>[1] = {}) {
  const rig = surfaceRig(options, player);
  rig.plug();
  rig.pass(1100);
  expect(rig.events.map(({ kind }) => kind)).toEqual(['surface.found']);
  return rig;
}

describe('before the player has accepted', () => {
  it('nothing leaves but messages of the login, whatever is wanted', () => {
    const rig = surfaceRig({}, { dishonesty: 'never-accepts', dishonestLogins: Number.POSITIVE_INFINITY });
    rig.show({ 'play-led': 'blink', title: 'Cue 12', rows: [], 'elapsed-time': { ms: 0, at: 0, rate: 1 } });
    rig.plug();
    rig.pass(60_000);
    expect(rig.sent.length).toBeGreaterThan(10);
    expect(new Set(rig.sent.map(kindOf))).toEqual(new Set(['handshake']));
    expect(rig.player().violations).toEqual([]);
  });

  it('reports make no press', () => {
    const rig = surfaceRig({}, { dishonesty: 'early-reports', dishonestLogins: 9 });
    rig.plug();
    rig.pass(3000);
    expect(rig.kinds()).toEqual(['surface.found']);
  });
});

describe('a login', () => {
  it('is told with who it is, and what is wanted is shown at once', () => {
    const rig = surfaceRig();
    rig.show({ 'play-led': 'on' });
    rig.plug();
    rig.pass(1000);
    expect(rig.events).toMatchObject([
      { kind: 'surface.found', surface: 'booth', product: 'CDJ2000NXS2', firmware: '1.85', at: 1000 },
    ]);
    expect(rig.player().shown['play-led']).toBe(1);
    expect(describeSurface(rig.state())).toEqual({
      isReady: true,
      text: 'CDJ2000NXS2, firmware 1.85, as rekordbox, 0 presses',
    });
  });

  it('works on any deck of a unit with several', () => {
    const rig = loggedIn({}, { deck: 3 });
    rig.show({ 'cue-led': 'on', title: 'Strobe' });
    rig.pass(100);
    rig.act({ kind: 'hold', control: 'cue' });
    rig.pass(10);
    expect(rig.player()).toMatchObject({ shown: { 'cue-led': 1 }, screen: { texts: { title: 'Strobe' } } });
    expect(rig.events.at(-1)).toMatchObject({ control: 'cue', gesture: 'press', deck: 3 });
    expect(rig.sent.every(({ bytes }) => (bytes[0] ?? 0) >> 4 === 3 || toHex(bytes) === toHex(EMPTY_PACKET))).toBe(
      true,
    );
  });
});

describe('keep-alive', () => {
  it('leaves every 400 ms while nothing else does, and the player stays', () => {
    const rig = loggedIn({}, { reportEveryMs: 100 });
    rig.pass(60_000);
    const empty = rig.sent.filter(({ bytes }) => toHex(bytes) === toHex(EMPTY_PACKET));
    expect(empty.length).toBe(150);
    expect(Math.max(...gaps(empty))).toBe(400);
    expect(rig.kinds()).toEqual(['surface.found']);
  });

  it('is not needed while reports leave', () => {
    const rig = loggedIn();
    rig.show({ 'play-led': 'on' });
    const before = rig.sent.length;
    rig.pass(10_000);
    expect(rig.sent.slice(before).map(kindOf)).not.toContain('empty');
  });
});

describe('reports of what is shown', () => {
  it('leave every 200 ms at rest, and every 20 ms while a clock runs', () => {
    const rig = loggedIn();
    rig.show({ 'play-led': 'on' });
    rig.pass(10_000);
    expect(new Set(gaps(outputsOf(rig)))).toEqual(new Set([OUTPUT_REST_MS]));
    const before = outputsOf(rig).length;
    rig.show({ 'elapsed-time': { ms: 0, at: rig.clock.now(), rate: 1 } });
    rig.pass(10_000);
    const running = outputsOf(rig).slice(before + 1);
    expect(new Set(gaps(running))).toEqual(new Set([OUTPUT_EVERY_MS]));
    expect(running.length).toBeGreaterThan(490);
  });

  it('show a change within 20 ms, however many there are', () => {
    const rig = loggedIn();
    for (let i = 0; i < 500; i++) {
      const isOn = i % 2 === 0;
      rig.show({ 'sync-led': isOn });
      rig.pass(OUTPUT_EVERY_MS);
      expect(rig.player().shown['sync-led']).toBe(isOn ? 1 : 0);
    }
    expect(Math.min(...gaps(outputsOf(rig)))).toBeGreaterThanOrEqual(OUTPUT_EVERY_MS);
  });

  it('follow a lamp that blinks by its edges, without fifty reports a second', () => {
    const rig = loggedIn();
    rig.show({ 'cue-led': 'blink' });
    rig.pass(10_000);
    const lit = outputsOf(rig).map(({ at, bytes }) => ({ at, isOn: decodeOutput(bytes)?.['cue-led'] === 1 }));
    for (const { at, isOn } of lit) expect(isOn, `${at}`).toBe(at % 500 < 250);
    expect(lit.filter(({ isOn }, i) => isOn !== lit[i - 1]?.isOn).length).toBeGreaterThanOrEqual(40);
    expect(lit.length).toBeLessThan(100);
  });

  it('are 64 bytes each, like all that leaves', () => {
    const rig = loggedIn();
    rig.show({ title: 'x'.repeat(200), artwork: new Uint8Array(3000), key: 'Am', bpm: 128 });
    rig.pass(2000);
    expect(new Set(rig.sent.map(({ bytes }) => bytes.length))).toEqual(new Set([REPORT_BYTES]));
  });
});

describe('texts, rows and artwork', () => {
  const row = (text: string) => ({ text, color: 'white', icon: 'none', isSelected: false }) as const;

  it('are on the screen soon, and are sent again only when they change', () => {
    const rig = loggedIn();
    const artwork = Uint8Array.from({ length: 900 }, (_, i) => i % 250);
    const output = { title: 'Strobe', artist: 'deadmau5', genre: 'House', key: 'Am', rows: [row('drop')], artwork };
    rig.show(output);
    rig.pass(200);
    expect(rig.player().screen).toMatchObject({
      texts: { title: 'Strobe', artist: 'deadmau5', genre: 'House' },
      key: 'Am',
      artwork,
    });
    expect(rig.player().screen.rows[0]).toEqual(row('drop'));
    const before = rig.sent.length;
    for (let i = 0; i < 50; i++) {
      rig.show({ ...output, rows: [row('drop')], artwork: artwork.slice(), 'play-led': i % 2 === 0 });
      rig.pass(50);
    }
    expect(new Set(rig.sent.slice(before).map(kindOf))).toEqual(new Set(['control-output']));
    rig.show({ title: 'Ghosts' });
    rig.pass(200);
    expect(rig.player().screen).toMatchObject({ texts: { title: 'Ghosts', artist: '' }, key: '', artwork: null });
    expect(rig.player().violations).toEqual([]);
  });

  it('rows leave at most ten times a second, and the last ones always arrive', () => {
    const rig = loggedIn();
    for (let i = 0; i < 200; i++) {
      rig.show({ rows: [row(`${i}`)] });
      rig.pass(10);
    }
    rig.pass(100);
    const rows = rig.sent.filter(each => kindOf(each) === 'rows');
    expect(Math.min(...gaps(rows))).toBeGreaterThanOrEqual(100);
    expect(rows.length).toBeGreaterThanOrEqual(19);
    expect(rig.player().screen.rows[0]?.text).toBe('199');
  });

  it.each([
    ['allowed', true],
    ['never', false],
  ] as const)('a long artwork with lamps between its packets %s: they change meanwhile is %s', (between, changes) => {
    const rig = loggedIn({ quirks: { ...USUAL_QUIRKS, betweenFragments: between } });
    const artwork = new Uint8Array(20_000).fill(7);
    rig.show({ artwork });
    rig.pass(100);
    rig.show({ artwork, 'play-led': 'on' });
    rig.pass(40);
    expect(rig.player().screen.artwork).toBeNull();
    expect(rig.player().shown['play-led'] === 1).toBe(changes);
    rig.pass(2000);
    expect(rig.player().screen.artwork).toEqual(artwork);
    expect(rig.player().shown['play-led']).toBe(1);
    expect(rig.kinds()).toEqual(['surface.found']);
  });

  it('of a time beyond the field have the hour in the title', () => {
    const rig = loggedIn();
    rig.show({ title: 'Friday', 'elapsed-time': { ms: 6 * 3_600_000 - 2000, at: rig.clock.now(), rate: 1 } });
    rig.pass(1000);
    expect(rig.player().screen.texts.title).toBe('5 h Friday');
    rig.pass(2000);
    expect(rig.player().screen.texts.title).toBe('6 h Friday');
    expect(rig.player().shown['elapsed-time']).toBeLessThan(2000);
  });
});

describe('hands', () => {
  const buttons = INPUT_IDS.filter(id => inputControl(id).kind === 'button' && inputControl(id).place !== null);

  it('held when the player is found make no press; held when it goes they are released', () => {
    const rig = surfaceRig();
    rig.act({ kind: 'hold', control: 'play-pause' });
    rig.plug();
    rig.pass(2000);
    rig.act({ kind: 'hold', control: 'cue' });
    rig.pass(100);
    rig.act({ kind: 'let-go', control: 'play-pause' });
    rig.pass(100);
    rig.unplug();
    expect(rig.events).toMatchObject([
      { kind: 'surface.found' },
      { control: 'cue', gesture: 'press' },
      { control: 'cue', gesture: 'release', wasLong: false, isGone: true },
      { kind: 'surface.lost', why: 'it has been unplugged' },
    ]);
  });

  it('long press comes by itself, at its moment', () => {
    const rig = loggedIn();
    rig.act({ kind: 'hold', control: 'hot-cue-a' });
    rig.pass(1000);
    const [press, long] = rig.events.slice(1);
    expect((long?.at ?? 0) - (press?.at ?? 0)).toBe(600);
  });

  it('behind a stall lose no press and double none', () => {
    const presses = fc.array(
      fc.record({
        control: fc.constantFrom<InputId>(...buttons),
        heldMs: fc.integer({ min: 1, max: 50 }),
        isStalled: fc.boolean(),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(presses, list => {
        const rig = loggedIn({}, { reportEveryMs: 50 });
        rig.show({ 'play-led': 'on' });
        rig.pass(50);
        for (const { control, heldMs, isStalled } of list) {
          rig.clock.at(rig.clock.now() + 5, () => rig.act({ kind: 'hold', control }));
          rig.clock.at(rig.clock.now() + 5 + heldMs, () => rig.act({ kind: 'let-go', control }));
          // Shorter than the second after which a player takes us for gone.
          if (isStalled) rig.stall(700);
          else rig.pass(700);
        }
        const told = rig.gestures().filter(text => !text.includes('needle-search-position'));
        expect(told).toEqual(list.flatMap(({ control }) => [`${control} press`, `${control} release`]));
      }),
      { numRuns: 15 },
    );
  });
});

describe('a session that is lost', () => {
  it.each([
    [
      'unplugged for a while',
      (rig: SurfaceRig) => {
        rig.unplug();
        rig.pass(3000);
        rig.plug();
      },
    ],
    ['reset by the player', (rig: SurfaceRig) => rig.feedPlayer({ kind: 'reset' })],
    [
      'left by the player for a while',
      (rig: SurfaceRig) => {
        rig.feedPlayer({ kind: 'control-mode', isOn: false });
        rig.pass(3000);
        rig.feedPlayer({ kind: 'control-mode', isOn: true });
      },
    ],
    ['starved by a stall of this program', (rig: SurfaceRig) => rig.stall(5000)],
  ])('%s is back by itself within two seconds, and all lamps and texts are as wanted', (_, lose) => {
    const rig = loggedIn();
    rig.show({ 'play-led': 'on', title: 'Strobe', 'loop-size': 4 });
    rig.pass(500);
    rig.act({ kind: 'hold', control: 'sync' });
    rig.pass(50);
    lose(rig);
    rig.pass(2000);
    expect(rig.kinds().filter(kind => kind !== 'control')).toEqual(['surface.found', 'surface.lost', 'surface.found']);
    // Of a player that falls silent nobody knows that the button is held no more.
    expect(rig.gestures().filter(text => text !== 'sync long-press')).toEqual(['sync press', 'sync release']);
    expect(rig.player().shown).toMatchObject({ 'play-led': 1, 'loop-size': 14 });
    expect(rig.player().screen.texts.title).toBe('Strobe');
  });

  it('says nothing of texts that were never ours, and blanks those that were', () => {
    const rig = loggedIn();
    rig.show({ title: 'Strobe' });
    rig.pass(100);
    rig.unplug();
    rig.show({ 'play-led': 'on' });
    rig.plug();
    const before = rig.sent.length;
    rig.pass(2500);
    const kinds = new Set(rig.sent.slice(before).map(kindOf));
    expect(kinds).toEqual(new Set(['handshake', 'control-output', 'title']));
  });

  it('starves the player when nobody wakes us: it goes dark', () => {
    const rig = loggedIn();
    rig.show({ 'play-led': 'on' });
    rig.pass(100);
    // Not even a keep-alive: the program is gone.
    rig.feed({ kind: 'gone', why: 'the cable' });
    rig.pass(1500);
    expect(rig.player().shown['play-led']).toBe(0);
  });
});

describe('an evening of cables and resets', () => {
  const CONTROLS = ['play-pause', 'cue', 'hot-cue-a'] as const;

  /** Presses and releases in turn, found and lost in turn, nothing of hands while the player is away. */
  function check(rig: SurfaceRig): void {
    const held = new Set<string>();
    let isThere = false;
    for (const event of rig.events) {
      if (event.kind !== 'control') {
        if ((event.kind === 'surface.found') === isThere) throw new Error(`${event.kind} twice at ${event.at}`);
        if (held.size > 0) throw new Error(`${[...held]} held at ${event.kind} at ${event.at}`);
        isThere = event.kind === 'surface.found';
        continue;
      }
      if (!isThere) throw new Error(`${event.control} ${event.gesture} while it is away, at ${event.at}`);
      if (event.gesture === 'press') {
        if (held.has(event.control)) throw new Error(`${event.control} pressed twice at ${event.at}`);
        held.add(event.control);
      }
      if (event.gesture === 'release' && !held.delete(event.control))
        throw new Error(`${event.control} released twice`);
    }
  }

  const act = fc.record({
    what: fc.constantFrom('press', 'press', 'press', 'reset', 'unplug', 'leave', 'stall', 'rest'),
    control: fc.constantFrom(...CONTROLS),
    ms: fc.integer({ min: 20, max: 2500 }),
  });

  it('loses no press made while the player is there, doubles none, and ends with all lamps as wanted', () => {
    fc.assert(
      fc.property(fc.array(act, { minLength: 5, maxLength: 15 }), acts => {
        const rig = loggedIn({}, { reportEveryMs: 50 });
        let presses = 0;
        acts.forEach(({ what, control, ms }, i) => {
          rig.show({ 'play-led': i % 2 === 0, 'cue-led': 'blink', title: `${i}` });
          if (what === 'press') {
            const isThere = describeSurface(rig.state()).isReady;
            rig.pass(60);
            const isStill = isThere && describeSurface(rig.state()).isReady;
            rig.act({ kind: 'hold', control });
            rig.pass(60);
            rig.act({ kind: 'let-go', control });
            rig.pass(60);
            if (isStill) presses++;
          }
          if (what === 'reset') rig.feedPlayer({ kind: 'reset' });
          if (what === 'leave') {
            rig.feedPlayer({ kind: 'control-mode', isOn: false });
            rig.pass(ms);
            rig.feedPlayer({ kind: 'control-mode', isOn: true });
          }
          if (what === 'unplug') {
            rig.unplug();
            rig.pass(ms);
            rig.plug();
          }
          if (what === 'stall') rig.stall(ms);
          rig.pass(ms);
        });
        rig.pass(3000);
        check(rig);
        expect(rig.gestures().filter(text => text.endsWith(' press')).length).toBeGreaterThanOrEqual(presses);
        expect(describeSurface(rig.state()).isReady).toBe(true);
        expect(rig.player().shown['play-led']).toBe(acts.length % 2);
        expect(rig.player().screen.texts.title).toBe(`${acts.length - 1}`);
      }),
      { numRuns: rounds(20) },
    );
  });
});

describe('a clean stop', () => {
  it('leaves everything dark and blank, and nothing leaves afterwards', () => {
    const rig = loggedIn();
    rig.show({
      'play-led': 'on',
      'cue-led': 'blink',
      title: 'Strobe',
      artwork: new Uint8Array(5000).fill(1),
      bpm: 128,
    });
    rig.pass(60);
    rig.feed({ kind: 'close' });
    const { shown, screen } = rig.player();
    expect(Object.values(shown).filter(raw => typeof raw === 'number' && raw !== 0)).toEqual([
      PACKETS['control-output'].type,
    ]);
    expect(screen.texts.title).toBe('');
    expect(screen.artwork).toBeNull();
    expect(rig.player().violations).toEqual([]);
    const before = rig.sent.length;
    rig.show({ 'play-led': 'on' });
    rig.pass(5000);
    expect(rig.sent.length).toBe(before);
  });
});

describe('a device of another generation', () => {
  it('is refused by the length of its reports, in one line', () => {
    const rig = surfaceRig();
    rig.feed({ kind: 'opened' });
    rig.feed({ kind: 'report', bytes: new Uint8Array(20), notBefore: 0 });
    rig.feed({ kind: 'report', bytes: new Uint8Array(20), notBefore: 0 });
    expect(rig.notes).toEqual([
      'this device sends reports of 20 bytes, expected 64: it is of another generation, and is left alone; a CDJ-2000NXS2 or CDJ-3000 can be used',
    ]);
    expect(rig.verdicts).toEqual([{ kind: 'refuse' }]);
    expect(rig.sent).toEqual([]);
  });
});

describe('arbitrary and mutated reports', () => {
  const known = HID_LOGINS.flatMap(({ packets }) => packets.map(({ bytes }) => bytes));

  it('never throw, never make the session wake in the past, and what it keeps stays small', () => {
    let state = openSurface(USUAL_SURFACE, 0);
    let at = 0;
    const take = (input: Parameters<typeof stepSurface>[1]): void => {
      const stepped = stepSurface(state, input, at);
      state = stepped.state;
      if (stepped.verdict.kind !== 'go-on') state = stepSurface(state, { kind: 'opened' }, at).state;
      if (stepped.wakeAt !== null && stepped.wakeAt < at) throw new Error('asked to be woken in the past');
    };
    take({ kind: 'opened' });
    take({ kind: 'show', output: { 'play-led': 'pulse', title: 'Strobe', rows: [] } });
    const mutated = fc.tuple(fc.constantFrom(...known), fc.nat(63), fc.nat(255)).map(([bytes, where, byte]) => {
      const changed = bytes.slice();
      changed[where] = byte;
      return changed;
    });
    const report = fc.oneof(
      fc.constantFrom(...known),
      mutated,
      fc.uint8Array({ minLength: REPORT_BYTES, maxLength: REPORT_BYTES }),
    );
    fc.assert(
      fc.property(report, fc.nat(30), (bytes, ms) => {
        at += ms;
        take({ kind: 'report', bytes, notBefore: at });
      }),
      { numRuns: Math.ceil(ARBITRARY_REPORTS / 4) },
    );
    expect(state.decks.size).toBeLessThanOrEqual(16);
    expect(state.login.partial.size).toBeLessThanOrEqual(16);
    expect(state.said.size).toBeLessThanOrEqual(50);
  });
});
