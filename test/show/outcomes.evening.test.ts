/**
 * Outcomes add up: an evening on which all that can hold a moment back does so comes to the moments of the same evening on
 * which nothing does. What the latter sends is held against the true path of the decks in the verdicts on evenings.
 */
import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../src/core/clock.ts';
import { type Outcome, type Tally, tallied, verdictOf } from '../../src/core/engine/outcome.ts';
import type { OperatorAction } from '../../src/core/operator-action.ts';
import { planEvening } from '../../src/rehearsal/evening-plan.ts';
import { THIS_PROGRAM } from '../bench/programs.ts';
import { ORACLE_RULES } from './due-cues.ts';
import { PLAIN_SHELF, PLAIN_TRACKS } from './plain-tracks.ts';
import { DESK, openWeatheredShow } from './weathered-show.ts';

const LENGTH_MS = 80_000;

/** What stands in the way of each rule; a value that is known on every other beat only. */
const IN_THE_WAY: Readonly<Record<string, string>> = {
  beat: 'decks: any, if: deck.beatInBar != 3, do: [ { console: { address: /a, args: [ "${deck.beatInBar == 2 ? 1 : null}" ] } } ]',
  downbeat: 'decks: any, drop-if-late-by: 0 ms, do: [ { console: /a } ]',
  long: 'decks: any, do: [ { dead: /a } ]',
};

const profileOf = (mode: string, of: (rule: string) => string): string => `decklight: 1
bridges:
  opus: { type: opus-quad, mode: ${mode} }
  console: { type: osc, host: ${DESK.address}, port: ${DESK.port} }
  dead: { type: osc, host: 10.0.0.77, port: 9, transport: tcp }
tracks:
${PLAIN_TRACKS.map(({ id, firstBeatMs, tempoBpm }) => `  - { match: { id: ${id} }, grid: { first-beat: ${firstBeatMs} ms, tempo: ${tempoBpm} } }`).join('\n')}
rules:
${ORACLE_RULES.map(({ name, when }) => `  - { name: ${name}, when: "${when}", ${of(name)} }`).join('\n')}
`;

async function evening(mode: 'lighting' | 'cdj', of: (rule: string) => string, isMuted: boolean) {
  const plan = planEvening({ mode, weather: '0-30', play: 'acts', isStarved: false }, 5, LENGTH_MS, PLAIN_SHELF);
  const clock = virtualClock();
  const outcomes: Outcome[] = [];
  const told: string[] = [];
  const nameOf = ({ rule, deck, place }: Outcome['because'], at: number): string => `${at} ${rule} ${deck} ${place}`;
  const shown = await openWeatheredShow(THIS_PROGRAM, {
    ...plan,
    ...{ clock, book: THIS_PROGRAM.FRESH_START.book, profile: profileOf(mode, of) },
    watcher: {
      sent: ({ intent }) => told.push(nameOf(intent.because, intent.trueTime)),
      dropped: ({ because, trueTime }) => told.push(nameOf(because, trueTime)),
      came: ({ outcome }) => outcomes.push(outcome),
    },
  });
  const act = (at: number, act: OperatorAction): void =>
    void clock.at(at, () => {
      shown.show.engine.emit('keys', { kind: 'operator.act', act }, { notBefore: at, at });
    });
  if (isMuted) {
    act(50_000, { kind: 'mute', bridge: null, isOn: true });
    act(58_000, { kind: 'mute', bridge: null, isOn: false });
  }
  clock.advance(LENGTH_MS);
  await shown.close();
  const names = outcomes.map(({ because, trueTime }) => nameOf(because, trueTime));
  return { told: told.sort(), names: names.sort(), outcomes };
}

describe.each(['lighting', 'cdj'] as const)('outcomes of an evening in %s mode', mode => {
  it('add up to the moments that came, one each, whatever holds them back', async () => {
    const free = await evening(mode, () => 'decks: any, drop-if-late-by: 10 s, do: [ { console: /a } ]', false);
    const held = await evening(mode, rule => IN_THE_WAY[rule] ?? 'decks: any, do: [ { console: /a } ]', true);
    expect(free.told.length).toBeGreaterThan(100);
    expect(free.names).toEqual(free.told);
    expect(new Set(free.outcomes.map(verdictOf))).toEqual(new Set(['sent']));

    expect(held.names).toEqual(free.told);
    expect(held.told).toEqual(held.names);
    expect(new Set(held.outcomes.map(({ id }) => id)).size).toBe(held.outcomes.length);
    const tally = held.outcomes.reduce<Tally>(tallied, {});
    expect(Object.values(tally).reduce((sum, count) => sum + count, 0)).toBe(free.told.length);
    for (const verdict of ['sent', 'condition', 'unknown', 'muted', 'absent', 'late'] as const)
      expect([verdict, (tally[verdict] ?? 0) > 0]).toEqual([verdict, true]);
  });
});
