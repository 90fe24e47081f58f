/** Rules of a simulated show that read the bar, the beat and the place of their own moment. */
import { describe, expect, it } from 'vitest';
import { beatInBarOf, DEMO_TRACKS, type DemoTrack } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import { songStructure } from '../../src/core/track/phrase.ts';
import { type Evening, openEvening } from './hour-show.ts';

const SECONDS = 40;
const TIMES = Array.from({ length: SECONDS - 5 }, (_, i) => i + 1);

function trackNamed(title: string): DemoTrack {
  const found = DEMO_TRACKS.find(track => track.title === title);
  if (found === undefined) throw new Error(`no track ${title}`);
  return found;
}

const gridOf = ({ grid, tempi }: DemoTrack): string =>
  `grid: { first-beat: ${grid.msOfBeat(1) / 1000} s, tempo: ${tempi[0]?.tempoBpm} }`;

/** One message with the facts under test. */
const tells = (...facts: readonly string[]): string =>
  `[{ console: { address: /facts, args: [${facts.map(fact => `"\${${fact}}"`).join(', ')}] } }]`;

const profile = (mode: string, { id }: DemoTrack, grid: string): string => `
decklight: 1
name: moments
bridges:
  opus: { type: opus-quad, mode: ${mode} }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
tracks:
  - match: { id: ${id} }
    ${grid}
    cues:
${TIMES.map(s => `      - { at: 0:${String(s).padStart(2, '0')}.000, if: deck.positionMs >= ${s * 1000}, do: ${tells('deck.positionMs')} }`).join('\n')}
rules:
  - { name: bars, when: downbeat, do: ${tells('deck.bar', 'deck.beatInBar', 'deck.beat')} }
  - { name: beats, when: every 1 beats, if: deck.beatInBar == 1, do: ${tells('deck.bar', 'deck.beatInBar', 'deck.beat')} }
  - { name: phrases, when: phrase, do: ${tells('deck.bar', 'deck.beatInBar', 'deck.beat', 'phrase.index', 'phrase.beatsLeft')} }
  - { name: coming, when: 4 beats before phrase, do: ${tells('deck.bar', 'deck.beatInBar', 'deck.beat', 'phrase.index', 'phrase.beatsLeft')} }
`;

async function played(source: string, title: string, percent: string): Promise<Evening> {
  const set = `
set: One track
acts:
  - { at: 0:02, deck: 1, load: ${title}, pitch: ${percent} %, on-air: on }
  # There the unit tells which beat of the bar it is.
  - { at: 0:05, deck: 1, jump: to beat 1 }
  - { at: 0:12, deck: 1, play }
`;
  const evening = await openEvening(source, set);
  evening.pass(12_000 + (SECONDS * 1000) / (1 + Number(percent) / 100));
  await evening.close();
  return evening;
}

/** The values that a rule sent, with the number at the end of the name of the place: `bar 12`, `4 beats before phrase 3`. */
function sentBy(evening: Evening, rule: string): readonly { readonly number: number; readonly values: unknown[] }[] {
  return evening.departures
    .filter(({ intent }) => intent.because.rule === rule)
    .map(({ intent }) => ({
      number: Number(/\d+$/.exec(intent.because.place ?? '')?.[0]),
      values: valuesIn(intent.message),
    }));
}

function valuesIn(message: unknown): unknown[] {
  const { args } = message as { readonly args: readonly { readonly value: unknown }[] };
  return args.map(({ value }) => value);
}

/** Bar, beat in the bar and beat, counted from the simulated track alone. */
function placeOf(track: DemoTrack, beat: number): readonly number[] {
  let bar = beatInBarOf(track, 1) === 1 ? 1 : 0;
  for (let each = 2; each <= beat; each++) if (beatInBarOf(track, each) === 1) bar++;
  for (let each = 1; each > beat; each--) if (beatInBarOf(track, each) === 1) bar--;
  return [bar, beatInBarOf(track, beat), beat];
}

/** Downbeats of a simulated track, by the number of their bar. */
const downbeatOf = (track: DemoTrack, bar: number): number =>
  4 * (bar - 1) + ([1, 2, 3, 4].find(beat => beatInBarOf(track, beat) === 1) ?? Number.NaN);

/** How many messages of a rule say something else than they should, and how many there are. */
function judged(
  evening: Evening,
  rule: string,
  expected: (number: number) => readonly unknown[],
): { readonly wrong: number; readonly of: number } {
  const sent = sentBy(evening, rule);
  const isRight = ({ number, values }: (typeof sent)[number]): boolean =>
    JSON.stringify(values) === JSON.stringify(expected(number));
  return { wrong: sent.filter(each => !isRight(each)).length, of: sent.length };
}

describe('a rule of a show', () => {
  it.each([
    ['lighting', 'Night Tram', '0', ''],
    ['lighting', 'The Hill and the Bend', '+3.2', ''],
    ['lighting', 'Glass Quay', '-6', gridOf(trackNamed('Glass Quay'))],
    ['cdj', 'Night Tram', '0', gridOf(trackNamed('Night Tram'))],
    ['cdj', 'Copper Awning', '+2.4', gridOf(trackNamed('Copper Awning'))],
  ])('reads the facts of its own moment: in %s mode, %s at %s per cent %s', async (mode, title, percent, grid) => {
    const track = trackNamed(title);
    const evening = await played(profile(mode, track, grid), title, percent);
    // In cdj mode no phrases are told.
    const structure = track.structure === null || mode === 'cdj' ? null : songStructure(track.structure).structure;
    const ofPhrase = (number: number, before: number): readonly unknown[] => {
      const phrase = structure?.phrases[number - 1];
      if (phrase === undefined) throw new Error(`no phrase ${number}`);
      return [...placeOf(track, phrase.startBeat - before), number, phrase.endBeat - phrase.startBeat];
    };
    const rules = {
      bars: judged(evening, 'bars', bar => placeOf(track, downbeatOf(track, bar))),
      beats: judged(evening, 'beats', beat => placeOf(track, beat)),
      phrases: judged(evening, 'phrases', number => ofPhrase(number, 0)),
      coming: judged(evening, 'coming', number => ofPhrase(number, 4)),
    };
    const figures = Object.entries(rules).map(([rule, { wrong, of }]) => `${rule} ${wrong} of ${of}`);
    process.stdout.write(`facts of another moment, ${mode} mode, ${title}: ${figures.join(', ')}\n`);
    expect(Object.values(rules).map(({ wrong }) => wrong)).toEqual([0, 0, 0, 0]);
    expect(rules.bars.of).toBeGreaterThan(15);
    if (structure !== null) expect(rules.phrases.of + rules.coming.of).toBeGreaterThan(2);

    // `every 1 beats` with `deck.beatInBar == 1` is `downbeat`, and a time is never before itself.
    const bars = sentBy(evening, 'bars').map(({ number }) => downbeatOf(track, number));
    expect(sentBy(evening, 'beats').map(({ number }) => number)).toEqual(bars);
    const times = evening.departures.filter(({ intent }) => /^0:\d\d\.000$/.test(intent.because.place ?? ''));
    expect(times.map(({ intent }) => valuesIn(intent.message))).toEqual(TIMES.map(s => [s * 1000]));
    // Beats that begin no bar are held back by their condition, and nothing else is.
    const others = evening.dropped.filter(
      ({ because, reason }) => because.rule !== 'beats' || reason.kind !== 'condition',
    );
    expect(others).toEqual([]);
  });
});
