/** What a profile says of a unit's quirks changes what is read of it, and nothing else does. */
import { describe, expect, it } from 'vitest';
import { onAir } from '../../../../src/core/deck/decks.ts';
import { openEvening } from '../../../show/hour-show.ts';

const profile = (quirks: string, mode = 'lighting'): string => `
decklight: 1
name: quirks
bridges:
  opus: { type: opus-quad, mode: ${mode}${quirks === '' ? '' : `, quirks: { ${quirks} }`} }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
rules:
  - name: bar
    when: downbeat
    do: [ { console: /bar } ]
`;
const set = (quirks: string): string => `
quirks: { ${quirks} }
acts:
  - { at: 0:00, deck: 2, load: Night Tram, on-air: on }
  - { at: 0:02, deck: 2, play }
`;

async function played(quirks: string, ofUnit: string, { acts = set(ofUnit), mode = 'lighting' } = {}) {
  const evening = await openEvening(profile(quirks, mode), acts);
  evening.pass(9000);
  const { show } = evening.show.engine.state();
  const decks = new Map([...show.decks.values()].map(deck => [deck.ref.number as number, deck]));
  await evening.close();
  return {
    trackOf: (number: number) => decks.get(number)?.track?.id ?? null,
    isOnAir: (number: number) => {
      const deck = decks.get(number);
      return deck === undefined ? undefined : onAir(show, deck);
    },
    hasPosition: (number: number) => (decks.get(number)?.playhead ?? null) !== null,
  };
}

describe('of a unit', () => {
  it('that tells its decks at 0x21 alone the deck is known only where the profile says so', async () => {
    expect((await played('deck-byte: 0x21', 'constant-deck-byte-again: on')).trackOf(2)).toBe(829);
    expect((await played('', 'constant-deck-byte-again: on')).trackOf(2)).toBeNull();
    expect((await played('', 'constant-deck-byte: on')).trackOf(2)).toBe(829);
  });

  it('whose on-air bit is stuck nothing is said of it where the profile ignores it', async () => {
    const stuck = await played('', 'on-air-stuck: on');
    expect([stuck.isOnAir(1), stuck.isOnAir(2)]).toEqual([true, true]);
    const ignored = await played('on-air: ignored', 'on-air-stuck: on');
    expect([ignored.isOnAir(1), ignored.isOnAir(2)]).toEqual([null, null]);
  });

  it('that sends positions of empty decks none of these is taken', async () => {
    const told = await played('', 'empty-positions: on', { mode: 'cdj' });
    expect([told.hasPosition(1), told.hasPosition(2)]).toEqual([false, true]);
  });
});
