/** An evening on which tracks come from elsewhere than the stick, under the number of a prepared track. */
import { describe, expect, it } from 'vitest';
import { openEvening } from './hour-show.ts';

/** Number 829 is that of Night Tram on the simulated stick; its first beat lies at 123 ms, its tempo is 128. */
const profile = (opus: string): string => `
decklight: 1
name: kinds
bridges:
  opus: { type: opus-quad${opus} }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
  daw: { type: midi, device: Show Control }
timecode:
  main: { rate: 25, to: [daw], unknown-track: 23:00:00:00 }
tracks:
  - match: { id: 829 }
    timecode: { main: 01:00:00:00 }
    cues:
      - { at: beat 9, do: drop }
cues:
  drop:
    - console: /drop
rules:
  - name: beat
    when: every 1 beats
    do: [ { console: { address: /beat, args: ["\${round(deck.beat)}"] } } ]
`;
const set = (loaded: string): string => `
acts:
  - { at: 0:00, deck: 1, load: ${loaded}, on-air: on }
  - { at: 0:02, deck: 1, play }
`;

async function played(loaded: string, opus = '') {
  const evening = await openEvening(profile(opus), set(loaded));
  evening.pass(10_000);
  const { engine } = evening.show;
  const deck = engine.state().show.decks.get('opus/1');
  const result = {
    drops: evening.received.filter(({ text }) => text.startsWith('/drop')).length,
    beats: evening.received.filter(({ text }) => text.startsWith('/beat')).length,
    /** The hour of the last full frame or quarter frames: of the track's region, or of the unknown ones. */
    hours: new Set(
      evening.midi.flatMap(({ bytes }) => (bytes[0] === 0xf0 && bytes[3] === 0x01 ? [(bytes[5] ?? 0) & 0x1f] : [])),
    ),
    known: deck?.track?.known,
    log: evening.log,
  };
  await evening.close();
  return result;
}

describe('a track with the number of a prepared one', () => {
  it('from a stick has its region and its cues, whether the unit says where it comes from or not', async () => {
    for (const loaded of ['Night Tram', 'Night Tram as untold']) {
      const { drops, hours } = await played(loaded);
      expect(drops).toBe(1);
      expect([...hours]).toEqual([1]);
    }
  });

  it.each([
    ['streamed', 'it is streamed'],
    ['unanalysed', 'rekordbox has not analysed it'],
    ['link', 'it comes from a rekordbox on the network'],
    ['audio-cd', 'it is on a CD'],
  ])('that is %s has neither, its beats count all the same, and why is said', async (kind, why) => {
    const { drops, beats, hours, known } = await played(`Night Tram as ${kind}`);
    expect(drops).toBe(0);
    expect([...hours]).toEqual([23]);
    expect(beats).toBeGreaterThan(12);
    expect(known?.advice).toBe(`${why}, so nothing is known of it by its number`);
  });

  it('that is streamed has both where the profile says that the unit is not to be believed', async () => {
    const { drops, hours } = await played('Night Tram as streamed', ', track-kind: ignored');
    expect(drops).toBe(1);
    expect([...hours]).toEqual([1]);
  });
});

it('a playing track without a number is not an empty deck: timecode and beats run, and it is said', async () => {
  const { beats, hours, log } = await played('Night Tram as streamed with number 0');
  expect(beats).toBeGreaterThan(12);
  expect([...hours]).toEqual([23]);
  expect(log.join('\n')).toMatch(/deck 1 has a track without a number: it is not known/);
});
