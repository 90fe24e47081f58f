import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Deck } from '../../../src/core/deck/deck.ts';
import { EMPTY_SHOW, reduce, type Show } from '../../../src/core/deck/decks.ts';
import { DECK_NUMBERS, type DeckNumber, type DeckReport } from '../../../src/core/deck-report.ts';
import { FEED, type FeedValue, MASTER_DECK, MASTER_TEMPO } from '../../../src/core/engine/feed-facts.ts';
import { type FeedState, feed, NO_FEED } from '../../../src/core/engine/state-feed.ts';
import type { ShowEvent } from '../../../src/core/events.ts';
import type { FeedEntry } from '../../../src/core/profile.ts';
import type { Scope } from '../../../src/core/rules/expression.ts';
import { scopeOf } from '../../../src/core/rules/fact-values.ts';
import type { Action } from '../../../src/core/rules/rule.ts';
import { steadyGrid } from '../../../src/core/track/beat-grid.ts';
import { NO_KNOWLEDGE } from '../../../src/core/track/track-knowledge.ts';
import { expression, report, reportEvent, stampAt, structureEvent, trackEntry } from '../core-samples.ts';

const EVERY_MS = 50;
const plain: FeedEntry = { bridge: 'console', everyMs: EVERY_MS, tempo: null };

/** Asks the feed at every event and whenever it wants to be asked, and keeps what a receiver would know. */
function listen(entry: FeedEntry = plain) {
  let show: Show = {
    ...EMPTY_SHOW,
    knowledge: { ...NO_KNOWLEDGE, entries: [trackEntry(8, 'Strobe', 'deadmau5', steadyGrid(130, 128))] },
  };
  let state: FeedState = NO_FEED;
  let at = 1000;
  let wakeAt: number | null = null;
  let asked = 0;
  const heard: (FeedValue & { readonly at: number })[] = [];
  const known = new Map<string, number | string>();
  const tempos: { readonly at: number; readonly message: unknown }[] = [];

  function ask(isAll = false): readonly FeedValue[] {
    const fed = feed({ entry, show, at, isAll }, state);
    asked++;
    state = fed.state;
    wakeAt = fed.wakeAt;
    if (wakeAt !== null && wakeAt <= at) throw new Error(`to wake at ${wakeAt} is no help at ${at}`);
    for (const told of fed.told) {
      heard.push({ ...told, at });
      known.set(told.address, told.value);
    }
    if (fed.tempo !== null) tempos.push({ at, message: fed.tempo });
    return fed.told;
  }
  function pass(ms: number): void {
    const end = at + ms;
    while (wakeAt !== null && wakeAt <= end) {
      at = wakeAt;
      ask();
    }
    at = end;
  }
  return {
    heard,
    known,
    tempos,
    ask,
    pass,
    take(event: ShowEvent) {
      show = reduce(show, { source: 'opus', event, stamp: stampAt(at) });
      return ask();
    },
    /** Another show, with nothing reported. */
    change(to: (show: Show) => Show) {
      show = to(show);
    },
    show: () => show,
    now: () => at,
    wakeAt: () => wakeAt,
    asked: () => asked,
    /** The values of one address, in order. */
    values: (address: string) => heard.filter(told => told.address === address).map(({ value }) => value),
  };
}

/** A deck that plays from beat 1 on at 120 BPM, reported every 230 ms: in time that finds every part of a beat. */
function playing(ms: number, change: Partial<DeckReport> = {}, entry: FeedEntry = plain) {
  const oscIn = listen(entry);
  const start = oscIn.now();
  const end = start + ms;
  while (oscIn.now() < end) {
    const beat = Math.floor((oscIn.now() - start) / 500) + 1;
    oscIn.take(reportEvent(1, report({ beat, beatInBar: ((beat - 1) % 4) + 1, ...change })));
    if (oscIn.now() === start) oscIn.take(structureEvent(1));
    oscIn.pass(Math.min(230, end - oscIn.now()));
  }
  return oscIn;
}

const TYPES = new Map(FEED.map(({ name, type }) => [name, type]));
const isMoving = (address: string): boolean =>
  address === MASTER_TEMPO.address || FEED.some(({ name, moves }) => moves && address.endsWith(`/${name}`));

const anyEvent = fc.record({
  deck: fc.constantFrom<DeckNumber>(1, 2, 4),
  trackId: fc.constantFrom(7, 7, 8, null),
  beat: fc.option(fc.integer({ min: 0, max: 90 }), { nil: null }),
  tempo: fc.constantFrom(120, 128.5, null),
  pitchSpeed: fc.constantFrom(1, 1.032, 0.5),
  playState: fc.constantFrom('playing' as const, 'playing' as const, 'paused' as const, 'empty' as const),
  runs: fc.constantFrom(1, 1, 1.032, -1),
  isMaster: fc.boolean(),
  isOnAir: fc.boolean(),
  hasPhrases: fc.boolean(),
  /** An absolute position beside the report; only track 8 has a grid that makes beats of it. */
  positionMs: fc.option(fc.integer({ min: 0, max: 40_000 }), { nil: null }),
  afterMs: fc.integer({ min: 1, max: 1500 }),
});
const anyEvening = fc.array(anyEvent, { minLength: 1, maxLength: 25 });
type AnyEvent = typeof anyEvent extends fc.Arbitrary<infer T> ? T : never;

function happen(oscIn: ReturnType<typeof listen>, event: AnyEvent): void {
  const { deck, trackId, beat, tempo, pitchSpeed, playState, runs, isMaster, isOnAir, hasPhrases, positionMs } = event;
  const said = report({
    trackId,
    beat,
    beatInBar: beat === null || beat === 0 ? null : ((beat - 1) % 4) + 1,
    trackTempoBpm: tempo,
    pitchSpeed,
    runSpeed: playState === 'playing' ? runs : 0,
    playState,
    flags: { isMaster, isSynced: false, isOnAir },
  });
  oscIn.take(reportEvent(deck, said));
  if (hasPhrases) oscIn.take(structureEvent(deck));
  if (positionMs !== null)
    oscIn.take({ kind: 'deck.position', deck: { unit: 'opus', number: deck }, positionMs, lengthS: 300, pitchSpeed });
}

describe('the state feed', () => {
  it('has addresses of its table alone, each with one type for good', () => {
    fc.assert(
      fc.property(anyEvening, events => {
        const oscIn = listen();
        for (const event of events) {
          happen(oscIn, event);
          oscIn.pass(event.afterMs);
        }
        for (const { address, type, value } of oscIn.heard) {
          const [, , where = '', ...rest] = address.split('/');
          const name = rest.at(-1) ?? '';
          if (address === MASTER_TEMPO.address) expect(type).toBe('float');
          else if (address === MASTER_DECK.address) expect(type).toBe('int');
          else {
            expect(where === 'master' ? rest.length === 1 : where === 'deck' && /^[124]$/.test(rest[0] ?? '')).toBe(
              true,
            );
            expect(type).toBe(TYPES.get(name));
          }
          expect(typeof value).toBe(type === 'string' ? 'string' : 'number');
          if (type === 'int') expect(Number.isInteger(value)).toBe(true);
          else if (type === 'float') expect(Number.isFinite(value)).toBe(true);
        }
      }),
    );
  });

  it('what a receiver has heard is what expressions see, at any moment between beats', () => {
    const yes = (value: unknown): unknown => (value === null ? -1 : value ? 1 : 0);
    const number = (value: unknown): unknown => value ?? -1;
    const text = (value: unknown): unknown => value ?? '';
    const place = (value: unknown): unknown => (typeof value === 'number' ? Math.max(0, Math.floor(value)) : -1);
    fc.assert(
      fc.property(anyEvening, events => {
        const oscIn = listen();
        for (const event of events) {
          // Backwards is another law: see below.
          happen(oscIn, { ...event, runs: event.runs === -1 ? 1 : event.runs });
          oscIn.pass(event.afterMs);
          // A hair later: at the very moment of a beat, or of falling silent, either side is right.
          const now = oscIn.now() + 0.002;
          const scope = scopeOf(oscIn.show(), { deck: null }, ['deck1', 'deck2', 'deck4', 'master'], now);
          for (const [root, prefix] of [
            ['deck1', 'deck/1'],
            ['deck2', 'deck/2'],
            ['deck4', 'deck/4'],
            ['master', 'master'],
          ] as const) {
            if (!oscIn.known.has(`/decklight/${prefix}/loaded`)) continue;
            const deck = scope[root] as Scope & { readonly track: Scope; readonly phrase: Scope };
            const told = (name: string): unknown => oscIn.known.get(`/decklight/${prefix}/${name}`);
            const beat = deck['beat'];
            if (typeof beat === 'number' && Math.abs(beat - Math.round(beat)) < 1e-4) continue;
            expect({
              loaded: told('loaded'),
              track: told('track'),
              playing: told('playing'),
              onAir: told('on-air'),
              heard: told('heard'),
              state: told('state'),
              stale: told('stale'),
              phrase: told('phrase'),
              label: told('phrase-label'),
              left: told('beats-left'),
              fill: told('fill'),
              beatInBar: told('beat-in-bar'),
              trackTempo: told('track-tempo'),
            }).toEqual({
              loaded: deck['number'] === null ? -1 : deck.track['id'] === null ? 0 : 1,
              track: number(deck.track['id']),
              playing: yes(deck['isPlaying']),
              onAir: yes(deck['isOnAir']),
              heard: yes(deck['isHeard']),
              state: text(deck['playState']),
              stale: yes(deck['isStale']),
              phrase: text(deck.phrase['kind']),
              label: text(deck.phrase['label']),
              left: number(deck.phrase['beatsLeft']),
              fill: yes(deck.phrase['isFill']),
              beatInBar: number(deck['beatInBar']),
              trackTempo: number(deck.track['tempoBpm']),
            });
            expect(told('beat')).toBe(place(beat));
          }
        }
      }),
    );
  });

  it('the whole state on request is what has been heard piece by piece, once all has come to rest', () => {
    fc.assert(
      fc.property(anyEvening, events => {
        const oscIn = listen();
        oscIn.ask();
        for (const event of events) {
          happen(oscIn, event);
          oscIn.pass(event.afterMs);
        }
        oscIn.pass(3000);
        expect(oscIn.wakeAt()).toBeNull();
        const before = new Map(oscIn.known);
        const all = new Map(oscIn.ask(true).map(({ address, value }) => [address, value]));
        expect(all).toEqual(before);
      }),
    );
  });

  it('a fact that changes now and then is told once per change', () => {
    fc.assert(
      fc.property(anyEvening, events => {
        const oscIn = listen();
        const last = new Map<string, unknown>();
        for (const event of events) {
          happen(oscIn, event);
          oscIn.pass(event.afterMs);
        }
        for (const { address, value } of oscIn.heard) {
          if (!isMoving(address)) expect(value).not.toBe(last.get(address));
          last.set(address, value);
        }
      }),
    );
  });

  it('one that moves is told at most once in its time', () => {
    fc.assert(
      fc.property(anyEvening, fc.integer({ min: 10, max: 300 }), (events, everyMs) => {
        const oscIn = listen({ ...plain, everyMs });
        const last = new Map<string, number>();
        for (const event of events) {
          happen(oscIn, event);
          oscIn.pass(event.afterMs);
        }
        for (const { address, at } of oscIn.heard.filter(told => isMoving(told.address))) {
          // By the same sum the feed counts with: a difference of two large doubles may come out a hair short.
          expect(at).toBeGreaterThanOrEqual((last.get(address) ?? -Infinity) + everyMs);
          last.set(address, at);
        }
      }),
    );
  });

  it('beats, bars and phrases are told when the playhead gets there, not when a report comes', () => {
    const oscIn = playing(19_800);
    const beats = oscIn.heard.filter(({ address }) => address === '/decklight/deck/1/beat');
    expect(beats.map(({ value }) => value)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    // The line begins in the middle of what the first report leaves open, a quarter of a second off, and has caught up
    // after 13 s at 2 %. From then on it errs by far less than what lies between two reports.
    for (const { value, at } of beats.slice(27)) {
      expect(Math.abs(at - (1000 + ((value as number) - 1) * 500))).toBeLessThan(23);
    }
    expect(oscIn.values('/decklight/deck/1/beat-in-bar').slice(0, 6)).toEqual([1, 2, 3, 4, 1, 2]);
    expect(oscIn.values('/decklight/deck/1/bar')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(oscIn.values('/decklight/deck/1/phrase')).toEqual(['', 'intro', 'chorus', 'down']);
    expect(oscIn.values('/decklight/deck/1/phrase-label')).toEqual(['', 'Intro 1', 'Chorus 1', 'Down']);
    expect(oscIn.values('/decklight/deck/1/phrase-index')).toEqual([-1, 1, 2, 3]);
    expect(oscIn.values('/decklight/deck/1/fill')).toEqual([-1, 0, 1, 0]);
    // Sixteen beats of intro, counted down to its last, and again in the chorus.
    const countdown = Array.from({ length: 16 }, (_, i) => 16 - i);
    expect(oscIn.values('/decklight/deck/1/beats-left').slice(0, 33)).toEqual([-1, ...countdown, ...countdown]);
  });

  it('while it plays its position is told every so often, and its last place after it has stopped', () => {
    const oscIn = playing(10_000);
    const positions = oscIn.heard.filter(({ address }) => address === '/decklight/deck/1/position');
    expect(positions.length).toBeGreaterThan(150);
    expect(positions.length).toBeLessThanOrEqual(10_000 / EVERY_MS + 1);
    oscIn.take(reportEvent(1, report({ beat: 21, playState: 'paused' })));
    oscIn.pass(EVERY_MS);
    const rest = scopeOf(oscIn.show(), { deck: null }, ['deck1'], oscIn.now())['deck1'] as Scope;
    expect(oscIn.known.get('/decklight/deck/1/position')).toBeCloseTo((rest['positionMs'] as number) / 1000, 9);
    const heard = oscIn.heard.length;
    // Nothing moves: it wants to be asked again only when the deck would be silent.
    expect(oscIn.wakeAt()).toBe(oscIn.now() - EVERY_MS + 1000);
    oscIn.pass(900);
    expect(oscIn.heard.length).toBe(heard);
  });

  it('a deck that falls silent is stale, and then nothing of it moves any more', () => {
    const oscIn = playing(2000);
    oscIn.pass(60_000);
    expect(oscIn.known.get('/decklight/deck/1/stale')).toBe(1);
    expect(oscIn.known.get('/decklight/deck/1/uncertainty')).toBe(-1);
    expect(oscIn.heard.at(-1)?.at).toBeLessThan(1000 + 2000 + 1000);
    expect(oscIn.wakeAt()).toBeNull();
  });

  it('backwards its beats are told within the time of what moves', () => {
    const oscIn = listen();
    oscIn.take(reportEvent(1, report({ beat: 40, runSpeed: -1 })));
    oscIn.pass(900);
    const beats = oscIn.values('/decklight/deck/1/beat') as number[];
    expect(beats.length).toBeGreaterThan(1);
    expect(beats).toEqual([...beats].sort((x, y) => y - x));
  });

  it('what is not known is -1 or empty, and a fader that nobody knows is at 0', () => {
    const oscIn = listen();
    oscIn.ask(true);
    const all = new Map(oscIn.known);
    expect(all.size).toBe(FEED.length + 2);
    expect(all.get('/decklight/master/pitch')).toBe(0);
    all.delete('/decklight/master/pitch');
    for (const [address, value] of all) {
      const type = TYPES.get(address.slice('/decklight/master/'.length));
      expect(value, address).toBe(type === 'string' ? '' : -1);
    }
    oscIn.take(reportEvent(3, report({ trackId: null, beat: null, playState: 'empty', trackTempoBpm: null })));
    expect(oscIn.known.get('/decklight/deck/3/loaded')).toBe(0);
    expect(oscIn.known.get('/decklight/deck/3/track')).toBe(-1);
    expect(oscIn.known.get('/decklight/deck/3/phrase')).toBe('');
    expect(oscIn.known.get('/decklight/deck/3/on-air')).toBe(1);
    expect(oscIn.known.has('/decklight/deck/1/loaded')).toBe(false);
  });

  it('on request all is told again, decks by number, then the master, each in the order of the table', () => {
    const oscIn = playing(1000);
    oscIn.take(reportEvent(4, report({ flags: { isMaster: false, isSynced: false, isOnAir: false } })));
    const names = FEED.map(({ name }) => name);
    expect(oscIn.ask(true).map(({ address }) => address)).toEqual([
      ...names.map(name => `/decklight/deck/1/${name}`),
      ...names.map(name => `/decklight/deck/4/${name}`),
      '/decklight/master/deck',
      ...names.map(name => `/decklight/master/${name}`),
      '/decklight/tempo',
    ]);
  });

  it('the master is whichever deck has the lamp, and its tempo is told apart', () => {
    const oscIn = listen();
    const flags = (isMaster: boolean) => ({ isMaster, isSynced: false, isOnAir: true });
    oscIn.take(reportEvent(1, report({ trackTempoBpm: 120, flags: flags(true) })));
    oscIn.take(reportEvent(2, report({ trackId: 8, trackTempoBpm: 128, pitchSpeed: 0.5, flags: flags(false) })));
    oscIn.pass(200);
    expect(oscIn.values('/decklight/master/deck')).toEqual([1]);
    expect(oscIn.known.get('/decklight/tempo')).toBe(120);
    oscIn.take(reportEvent(1, report({ flags: flags(false) })));
    oscIn.take(reportEvent(2, report({ trackId: 8, trackTempoBpm: 128, pitchSpeed: 0.5, flags: flags(true) })));
    oscIn.pass(200);
    expect(oscIn.values('/decklight/master/deck')).toEqual([1, -1, 2]);
    expect(oscIn.known.get('/decklight/master/track')).toBe(8);
    expect(oscIn.known.get('/decklight/tempo')).toBe(64);
  });

  it('a deck of which nothing was heard is not looked at again', () => {
    const oscIn = listen();
    for (const number of DECK_NUMBERS) {
      oscIn.take(
        reportEvent(
          number,
          report({ playState: 'paused', flags: { isMaster: false, isSynced: false, isOnAir: true } }),
        ),
      );
    }
    oscIn.pass(EVERY_MS);
    let looks = 0;
    const watched = (deck: Deck): Deck =>
      new Proxy(deck, {
        get(target, key, receiver) {
          if (key === 'line') looks++;
          return Reflect.get(target, key, receiver);
        },
      });
    oscIn.change(show => ({
      ...show,
      decks: new Map([...show.decks].map(([key, deck]) => [key, deck.ref.number === 2 ? watched(deck) : deck])),
    }));
    oscIn.ask();
    expect(looks).toBeGreaterThan(0);
    looks = 0;
    for (let i = 0; i < 4; i++) {
      oscIn.take(reportEvent(1, report({ beat: 5 + i })));
      oscIn.pass(200);
    }
    expect(oscIn.values('/decklight/deck/1/beat')).toContain(8);
    expect(looks).toBe(0);
  });
});

describe('the tempo line', () => {
  const words = (text: string): Action => {
    const value = expression(text);
    const message = { address: '/live/song/set/tempo', args: [{ template: [value], isWhole: value.isWhole }] };
    return { bridge: 'console', message, roots: value.roots };
  };
  const tempoLine = (text = 'master.tempoBpm'): FeedEntry => ({ ...plain, tempo: words(text) });
  const said = (tempo: number) => ({ address: '/live/song/set/tempo', args: [tempo] });
  const turned = (pitchSpeed: number) => reportEvent(1, report({ pitchSpeed, trackTempoBpm: 120 }));

  it('is told when it comes out another, and not when it does not', () => {
    const oscIn = playing(5000, {}, tempoLine());
    expect(oscIn.tempos).toEqual([{ at: 1000, message: said(120) }]);
    oscIn.take(turned(1.05));
    oscIn.pass(1000);
    expect(oscIn.tempos.map(({ message }) => message)).toEqual([said(120), said(126)]);
  });

  it('is told at most once in its time, the last value always', () => {
    const oscIn = listen(tempoLine());
    for (const pitchSpeed of [1, 1.01, 1.02, 1.05]) {
      oscIn.take(turned(pitchSpeed));
      oscIn.pass(10);
    }
    oscIn.pass(500);
    expect(oscIn.tempos).toEqual([
      { at: 1000, message: said(120) },
      { at: 1050, message: said(126) },
    ]);
  });

  it('a value that came and went within that time is not told', () => {
    const oscIn = listen(tempoLine());
    for (const pitchSpeed of [1, 1.05, 1]) {
      oscIn.take(turned(pitchSpeed));
      oscIn.pass(10);
    }
    oscIn.pass(500);
    expect(oscIn.tempos).toEqual([{ at: 1000, message: said(120) }]);
  });

  it('says nothing while there is no master', () => {
    const oscIn = listen(tempoLine());
    oscIn.ask();
    oscIn.take(reportEvent(1, report({ flags: { isMaster: false, isSynced: false, isOnAir: true } })));
    oscIn.ask(true);
    expect(oscIn.tempos).toEqual([]);
  });

  it('is told again on request', () => {
    const oscIn = playing(1000, {}, tempoLine());
    oscIn.ask(true);
    expect(oscIn.tempos).toEqual([
      { at: 1000, message: said(120) },
      { at: 2000, message: said(120) },
    ]);
  });

  it('one that is a whole number is told when that changes', () => {
    const oscIn = listen(tempoLine('round(master.tempoBpm)'));
    for (const pitchSpeed of [1, 1.001, 1.01]) {
      oscIn.take(turned(pitchSpeed));
      oscIn.pass(100);
    }
    expect(oscIn.tempos.map(({ message }) => message)).toEqual([said(120), said(121)]);
  });
});
