import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEMO_TRACKS } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import { songStructure } from '../../src/core/track/phrase.ts';
import { IDEAL_NETWORK } from '../../src/network/memory-network.ts';
import { countedKinds } from '../bridges/opus-quad/session/packet-budget.ts';
import { demoProfile, demoSet, type Evening, openEvening } from './hour-show.ts';

const WEATHER = { ...IDEAL_NETWORK, delayMinMs: 0, delayMaxMs: 10 };

/** A set in which nothing but play happens: what must be fired can be worked out from the library alone. */
const PLAIN_SET = `
set: plain
seed: 3
acts:
  - { at: 0:00, deck: 1, load: Night Tram, on-air: on }
  - { at: 0:04, deck: 1, play }
  - { at: 0:10, deck: 2, load: Glass Quay }
  - { at: 1:00, deck: 2, play }
  - { at: 1:30, deck: 2, on-air: on }
  - { at: 2:00, deck: 1, on-air: off }
  - { at: 2:05, deck: 1, pause }
`;

const PHRASES = `
decklight: 1
name: phrases
bridges:
  opus: { type: opus-quad }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
rules:
  - name: phrase
    when: phrase
    do: [ { console: { address: /phrase, args: ["\${track.id}", "\${round(phrase.index)}", "\${phrase.kind}"] } } ]
  - name: before
    when: 4 beats before chorus
    do: [ { console: { address: /before, args: ["\${track.id}", "\${round(phrase.startBeat)}"] } } ]
`;

/** The phrases of a track, from the library the simulated unit plays, not from what the program says. */
function phrasesOf(title: string) {
  const track = DEMO_TRACKS.find(each => each.title === title);
  const structure = track?.structure == null ? null : songStructure(track.structure).structure;
  if (track === undefined || structure === null) throw new Error(title);
  return { track, phrases: structure.phrases };
}

/** Texts of fires by their track: `/phrase ,fis 829 3 "down"`. */
const of = (evening: Evening, address: string): string[] =>
  evening.received.map(({ text }) => text).filter(text => text.startsWith(`${address} `));

describe('an evening in simulated time', () => {
  it('every phrase of the decks on air arrives once, in order, with the right types, at its time', async () => {
    const evening = await openEvening(PHRASES, PLAIN_SET, WEATHER);
    evening.pass(240_000);
    const expected: { at: number; text: string }[] = [];
    for (const [title, fromMs, heardFromMs, heardToMs] of [
      ['Night Tram', 4000, 0, 120_000],
      ['Glass Quay', 60_000, 90_000, 240_000],
    ] as const) {
      const { track, phrases } = phrasesOf(title);
      for (const { startBeat, index, kind } of phrases) {
        // The tracks are cued at their start: the playhead reaches a beat when the grid says.
        const at = fromMs + track.grid.msOfBeat(startBeat);
        const isHeard = at >= heardFromMs && at < heardToMs;
        if (isHeard) expected.push({ at, text: `/phrase ,fis ${track.id}.0 ${index} "${kind}"` });
      }
    }
    expected.sort((a, b) => a.at - b.at);
    const arrived = evening.received.filter(({ text }) => text.startsWith('/phrase '));
    expect(arrived.map(({ text }) => text)).toEqual(expected.map(({ text }) => text));
    for (const [i, { at, text }] of arrived.entries()) {
      expect(Math.abs(at - (expected[i]?.at ?? 0)), text).toBeLessThan(300);
    }
    expect(of(evening, '/before')).toHaveLength(of(evening, '/phrase').filter(text => text.includes('chorus')).length);
    await evening.close();
    evening.pass(1000);
    expect(evening.clock.pending()).toBe(0);
  });

  it('an hour of four decks, twice: the same transcript to the byte, readable', async () => {
    const set = readFileSync(new URL('../../profiles/sets/one-hour.yaml', import.meta.url), 'utf8');
    const hashes: string[] = [];
    let transcript: readonly string[] = [];
    for (let i = 0; i < 2; i++) {
      const evening = await openEvening(demoProfile(), set, WEATHER);
      evening.pass(3_600_000);
      transcript = evening.transcript;
      hashes.push(createHash('sha256').update(transcript.join('\n')).digest('hex'));
      const ids = evening.departures.map(({ intent }) => intent).filter(({ kind }) => kind === 'fire');
      // An id names a moment of one pass of one load: none leaves twice. One rule may have several actions.
      const once = new Set(ids.map(({ id, message }) => `${id} ${JSON.stringify(message)}`));
      expect(once.size).toBe(ids.length);
      await evening.close();
    }
    expect(hashes[0]).toBe(hashes[1]);
    expect(transcript.length).toBeGreaterThan(100);
    for (const line of transcript)
      expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}deck [1-4] \S.* {2}(console|visuals) {2}\/\S+/);
  });

  it('disturbs nobody: every datagram of ten minutes is of a kind we may send, and within the budget', async () => {
    const evening = await openEvening(demoProfile(), demoSet(), WEATHER);
    evening.pass(600_000);
    const kinds = countedKinds(evening.toUnit, 0x17);
    expect([...kinds.keys()].sort()).toEqual(['binary-request', 'keep-alive', 'status-request']);
    // One every 1.5 s and, while status arrives, one request every 5 s.
    expect(kinds.get('keep-alive')).toBeGreaterThanOrEqual(395);
    expect(kinds.get('keep-alive')).toBeLessThanOrEqual(401);
    expect(kinds.get('status-request')).toBeLessThanOrEqual(125);
    await evening.close();
    const before = evening.toUnit.length;
    evening.pass(30_000);
    expect(evening.toUnit).toHaveLength(before);
  });

  it('first keep-alive to first status within a second', async () => {
    const evening = await openEvening(PHRASES, PLAIN_SET, WEATHER);
    let ms = 0;
    while (evening.show.engine.state().show.decks.size === 0 && ms < 5000) {
      evening.pass(10);
      ms += 10;
    }
    expect(ms).toBeLessThanOrEqual(1000);
    await evening.close();
  });
});
