/** The law of moments: a fact read at a moment is the fact of that moment. */
import { describe, expect, it } from 'vitest';
import type { Deck } from '../../../src/core/deck/deck.ts';
import { positionAt } from '../../../src/core/deck/position.ts';
import { type Random, seededRandom } from '../../../src/core/random.ts';
import type { Expression, Scope, Value } from '../../../src/core/rules/expression.ts';
import { DECK_NAMES, FACTS } from '../../../src/core/rules/facts.ts';
import type { MomentRule } from '../../../src/core/rules/rule.ts';
import type { BeatGrid } from '../../../src/core/track/beat-grid.ts';
import type { Phrase } from '../../../src/core/track/phrase.ts';
import type { Track } from '../../../src/core/track/track.ts';
import { ROUNDS, rounds } from '../../rounds.ts';
import {
  type Expected,
  expectedNeighbours,
  expectedPhrase,
  expectedPlace,
  type GridNumbers,
  momentOf,
  phraseAround,
  type ReferenceTrack,
} from './moment-reference.ts';
import { playRandomly, type RandomTrack, randomRule, randomTrack, type ToldBy } from './random-show.ts';
import { isPartOf, type Rational, toNumber } from './rational.ts';

/** Crossings that a quick run holds to the law; with TEST_ROUNDS=40 there are 100,000. */
const CROSSINGS = rounds(2500);

const ROOTS = ['track', 'phrase', 'now', ...DECK_NAMES];

/** A crossing: the rule, the place that it named, and all that its condition and its message could read there. */
interface Seen {
  readonly rule: MomentRule;
  readonly place: string;
  readonly trueTime: number;
  readonly scopes: readonly Scope[];
  /** The deck before the step and after it: the facts are those of one of the two. */
  readonly decks: readonly Deck[];
}

/** An expression that is true and notes what it could have read. */
function noting(into: Scope[]): Expression {
  const evaluate = (scope: Scope): Value => {
    into.push(scope);
    return true;
  };
  const condition = () => ({ kind: 'open', offset: 0, length: 0 }) as const;
  return { text: 'noting', facts: [], roots: ROOTS, isWhole: false, evaluate, condition, parts: () => [] };
}

/** The crossings of an evening. */
function crossingsOf(random: Random, track: RandomTrack, toldBy: ToldBy): readonly Seen[] {
  const noted: Scope[] = [];
  const expression = noting(noted);
  const message = { address: '/a', args: [{ template: [expression], isWhole: false }] };
  const rules = Array.from({ length: 40 }, (_, i): MomentRule => {
    const actions = [{ bridge: 'console', message, roots: ROOTS }];
    return { ...randomRule(random, `rule ${i}`, track), if: expression, do: actions };
  });
  const byName = new Map(rules.map(rule => [rule.name, rule]));
  const seen = playRandomly(random, track, rules, toldBy).flatMap(({ before, after, cues }) =>
    cues.map(({ because, trueTime }): Seen => {
      const rule = byName.get(because.rule);
      if (rule === undefined) throw new Error(`no ${because.rule}`);
      const decks = [before, after].flatMap(({ show }) => [...show.decks.values()]);
      return { rule, place: because.place ?? '', trueTime, scopes: noted.splice(0, 2), decks };
    }),
  );
  if (noted.length > 0) throw new Error('a rule read facts and sent nothing');
  return seen;
}

/** What is known of the track on a deck, by the numbers that it was made of. */
function referenceOf({ line, track: known }: Deck, track: RandomTrack): ReferenceTrack | null {
  if (line === null || known === null) return null;
  const { grid, durationMs } = known.known;
  const isCounted = line.coordinate === 'beats' && grid === null;
  const found = grid ?? (isCounted ? known.timeline : null);
  return {
    grid: track.hasGrid ? track.numbers : found === null ? null : steadyNumbers(found),
    gridBeats: grid?.beats ?? null,
    isCounted,
    structure: known.structure ?? null,
    firstDownbeat: known.firstDownbeat,
    durationMs,
    cuePoints: track.media === null ? [] : track.cuePoints,
  };
}

/** A grid that nobody gave: beats and positions have taught it, or beats are counted at the track tempo. */
const steadyNumbers = ({ msOfBeat, tempi }: BeatGrid): GridNumbers => ({
  kind: 'steady',
  firstBeatMs: msOfBeat(1),
  tempoBpm: tempi[0] ?? Number.NaN,
});

/** The number at the end of the name of a place: `bar 12`, `4 beats before chorus 2`; of `hot cue B` that of its button. */
function numberIn(place: string): number | null {
  const [, letter] = /hot cue ([A-H])$/.exec(place) ?? [];
  if (letter !== undefined) return 'ABCDEFGH'.indexOf(letter) + 1;
  const [, digits] = /(?:^| )(-?\d+)$/.exec(place) ?? [];
  return digits === undefined ? null : Number(digits);
}

type Facts = Readonly<Record<string, Expected>>;

/** Each fact as it should be, by its path; null: by what is known of the deck there is no such moment. */
function expectedAt(
  { rule, place, trueTime }: Seen,
  deck: Deck,
  track: RandomTrack,
): ReadonlyMap<string, Expected> | null {
  const reference = referenceOf(deck, track);
  if (reference === null || deck.track === null || !deck.isPlaying) return null;
  const moment = momentOf(reference, rule.place.anchor, rule.place.offset, numberIn(place));
  if (moment === null) return null;
  const { beat } = moment.place;
  const ofDeck: Facts = { ...expectedPlace(reference, moment.place), ...ofTime(deck, trueTime) };
  const factsOf = (phrase: Phrase | null): Facts => ({
    ...expectedPhrase(phrase, beat),
    ...expectedNeighbours(reference.structure?.phrases ?? [], phrase),
  });
  const own = factsOf(moment.phrase);
  const playing = factsOf(phraseAround(reference, moment.place));
  const ofTrack = trackFacts(deck.track, track);
  const under = (root: string, record: Facts): [string, Expected][] =>
    Object.entries(record).map(([name, value]) => [`${root}.${name}`, value]);
  const named = (root: string, phrase: Facts): [string, Expected][] => [
    ...under(root, ofDeck),
    ...under(`${root}.phrase`, phrase),
    ...under(`${root}.track`, ofTrack),
  ];
  return new Map<string, Expected>([
    // A deck that is not there has no facts.
    ...[...FACTS.keys()].map((path): [string, Expected] => [path, null]),
    ...named('deck', own),
    ...under('phrase', own),
    ...under('track', ofTrack),
    ...under('now.phrase', playing),
    ...named('deck1', playing),
    ...(deck.isMaster ? named('master', playing) : []),
  ]);
}

/** Facts of a deck that its place does not decide. */
function ofTime(deck: Deck, at: number): Facts {
  const { beatUncertainty, uncertaintyMs, basis } = positionAt(deck, at);
  const tempoBpm = deck.track?.tempoBpm ?? null;
  return {
    ...{ number: 1, playState: deck.playState, isPlaying: deck.isPlaying, isStale: at - deck.reportedAt > 1000 },
    // The lamp means nothing before it has once been on; the one deck that plays is heard all the same.
    ...{ isOnAir: deck.isOnAirLamp || null, isHeard: true, isMaster: deck.isMaster, isSynced: deck.isSynced },
    tempoBpm: tempoBpm === null ? null : tempoBpm * deck.pitchSpeed,
    pitchPercent: (deck.pitchSpeed - 1) * 100,
    ...{ pass: deck.pass, beatUncertainty, uncertaintyMs, basis },
  };
}

function trackFacts({ tempoBpm, structure, known: { confidence, durationMs } }: Track, { media }: RandomTrack): Facts {
  return {
    ...{ id: 7, title: media?.title ?? null, artist: media?.artist ?? null, album: media?.album ?? null },
    ...{ genre: null, musicalKey: media?.musicalKey ?? null, durationMs, confidence, tempoBpm },
    ...{ mood: structure?.mood ?? null, bank: structure?.bank ?? null },
    hasPhrases: structure === undefined ? null : structure !== null,
  };
}

function isSame(path: string, value: Value, expected: Expected): boolean {
  if (!isFraction(expected)) return value === expected;
  if (typeof value !== 'number') return false;
  // A whole beat is that beat, and a decimal of a ms is that decimal; else a billionth of a beat or a ns is left open.
  const isExact = isPartOf(expected, path.endsWith('.beat') ? 1n : 1_000_000n);
  return isExact ? value === toNumber(expected) : Math.abs(value - toNumber(expected)) <= 1e-6;
}

const PARTS = new Map([...FACTS.keys()].map(path => [path, path.split('.')]));

function valueAt(scope: Scope, path: string): Value {
  let part: Scope | Value = scope;
  for (const name of PARTS.get(path) ?? []) {
    part = typeof part === 'object' && part !== null ? (part[name] ?? null) : null;
  }
  return typeof part === 'object' ? null : part;
}

/** The facts that are not as they should be, by the deck before the step and by the deck after it. */
function wrongFacts(seen: Seen, track: RandomTrack): readonly string[] {
  let wrong: readonly string[] = ['there is no such moment'];
  for (const deck of seen.decks) {
    const expected = expectedAt(seen, deck, track);
    if (expected === null) continue;
    wrong = [...expected].flatMap(([path, wanted]) => {
      const read = seen.scopes.map(scope => valueAt(scope, path));
      if (read.length === 2 && read.every(value => isSame(path, value, wanted))) return [];
      return [`${path} is ${read.join(' and ')}, not ${isFraction(wanted) ? toNumber(wanted) : wanted}`];
    });
    if (wrong.length === 0) break;
  }
  return wrong;
}

const isFraction = (value: Expected): value is Rational => typeof value === 'object' && value !== null;

/** What sort of crossing it was, for a count of those that chance has made. */
function sortsOf({ rule: { place }, scopes: [scope = {}] }: Seen, { numbers }: RandomTrack): readonly string[] {
  const { anchor, offset } = place;
  return [
    anchor.kind,
    offset === null ? 'at the place' : `${offset.unit} ${offset.amount < 0 ? 'before' : 'after'}`,
    `${numbers.kind} by ${valueAt(scope, 'deck.basis')}`,
    Number(valueAt(scope, 'deck.pitchPercent')) > 50
      ? 'fast'
      : Number(valueAt(scope, 'deck.pitchPercent')) < -50
        ? 'slow'
        : 'usual',
  ];
}

const SORTS = [
  ...['time', 'beat', 'phrase-kind', 'phrase', 'fill', 'end', 'hot-cue', 'memory-cue', 'downbeat', 'every'],
  ...['at the place', 'beats before', 'beats after', 'bars before', 'bars after', 'ms before', 'ms after'],
  ...['steady', 'measured'].flatMap(grid => ['grid', 'absolute', 'beats'].map(basis => `${grid} by ${basis}`)),
  ...['fast', 'slow', 'usual'],
];

describe('a fact read at a moment', () => {
  it(
    `is the fact of that moment: all facts of ${CROSSINGS} crossings of places of any kind, at any pitch, by beats and by ms`,
    () => {
      const counts = new Map(SORTS.map(sort => [sort, 0]));
      let count = 0;
      for (let seed = 1; count < CROSSINGS; seed++) {
        const random = seededRandom(seed);
        const track = randomTrack(random);
        for (const seen of crossingsOf(random, track, random() < 0.5 ? 'beats' : 'positions')) {
          count++;
          for (const sort of sortsOf(seen, track)) counts.set(sort, (counts.get(sort) ?? 0) + 1);
          const wrong = wrongFacts(seen, track);
          if (wrong.length > 0)
            throw new Error(`evening ${seed}, ${seen.place} at ${seen.trueTime}: ${wrong.join('; ')}`);
        }
      }
      process.stdout.write(
        `moments: ${count} crossings (${[...counts].map(([sort, n]) => `${n} ${sort}`).join(', ')})\n`,
      );
      expect([...counts].filter(([, n]) => n < 10)).toEqual([]);
      expect(counts.size).toBe(SORTS.length);
    },
    120_000 * ROUNDS,
  );
});
