/** The steps at an OPUS-QUAD: what nobody knows of it, and how ten minutes at one would tell. Pure. */
import { DECK_NUMBERS, type DeckNumber } from '../../core/deck-report.ts';
import { known, notKnown, type ProbeAnswer, type ProbePlan, type ProbeStep, type StepEnd } from './probe.ts';
import { beginWatch, type DeckWatch, gapsOf, type UnitSaid, type UnitWatch, watchUnit } from './unit-watch.ts';

type Step = ProbeStep<UnitWatch>;

/** Statuses of a deck after which what they say is no accident. */
const ENOUGH = 10;

const missing = (end: StepEnd, what: string): string =>
  end === 'done' ? `it was said to be done, and ${what}` : `${what} in time`;

const STEPS: readonly Step[] = [
  {
    id: 'found',
    todo: 'Switch the unit on and load nothing.',
    watched: 'its keep-alives, and the statuses of empty decks',
    limitMs: 45_000,
    mode: 'lighting',
    questions: ['keep-alive', 'status', 'empty-decks', 'deck-byte'],
    isSeen: (watch, sinceMs) => sinceMs > 6000 && watch.keepAliveAt.length >= 3 && allStatuses(watch) >= 4 * ENOUGH,
    answers(watch, end) {
      return [keepAliveAnswer(watch, end), statusAnswer(watch, end), emptyAnswer(watch), deckByteAnswer(watch)];
    },
  },
  {
    id: 'load',
    todo: 'Load a track that rekordbox has analysed from a stick on deck 1.',
    watched: 'where the unit says that it comes from, and its number',
    limitMs: 60_000,
    mode: 'lighting',
    questions: ['stick-track'],
    isSeen: ({ decks }) => decks[1].hasTrack && decks[1].statuses >= ENOUGH && settledTrack(decks[1]),
    answers: ({ decks }, end) => [originAnswer('stick-track', decks[1], end)],
  },
  {
    id: 'second',
    todo: 'Load another track on deck 3.',
    watched: 'which byte of a status says the deck',
    limitMs: 60_000,
    mode: 'lighting',
    questions: ['deck-byte'],
    isSeen: ({ decks, deckByte }) => decks[3].hasTrack && deckByte !== 'unknown',
    answers: watch => [deckByteAnswer(watch)],
  },
  {
    id: 'play',
    todo: 'Play deck 1, its fader and the master up.',
    watched: 'how often a status comes, and whether they are counted',
    limitMs: 60_000,
    mode: 'lighting',
    questions: ['status-cadence'],
    isSeen: ({ decks }) => decks[1].playingMs > 8000,
    answers: ({ decks }, end) => [cadenceAnswer(decks[1], end)],
  },
  {
    id: 'fader-down',
    todo: 'Deck 1 plays on. Move its fader all the way down, leave it there, then press Enter.',
    watched: 'the bit "on air" (0x89, 0x08) of every deck',
    limitMs: 60_000,
    mode: 'lighting',
    questions: ['on-air'],
    isSeen: () => false,
    answers: () => [],
  },
  {
    id: 'fader-up',
    todo: 'Move it all the way up, then press Enter.',
    watched: 'the same bit',
    limitMs: 60_000,
    mode: 'lighting',
    questions: ['on-air'],
    isSeen: () => false,
    answers: (watch, end, past) => [onAirAnswer(watch, past.get('fader-down') ?? null, end)],
  },
  {
    id: 'loop',
    todo: 'Set a loop of 4 beats on deck 1, let it turn three times, leave it, then press Enter.',
    watched: 'its play state, and beat numbers that fall',
    limitMs: 90_000,
    mode: 'lighting',
    questions: ['loops'],
    isSeen: ({ decks }) => decks[1].loops > ENOUGH,
    answers: ({ decks }, end) => [loopAnswer(decks[1], end)],
  },
  {
    id: 'streamed',
    todo: 'Load a streamed track on deck 2. No service at hand: S.',
    watched: 'where the unit says that it comes from, and whether its number is 0',
    limitMs: 120_000,
    mode: 'lighting',
    questions: ['streamed-track'],
    isSeen: ({ decks }) => decks[2].hasTrack && decks[2].statuses >= ENOUGH && settledTrack(decks[2]),
    answers: ({ decks }, end) => [originAnswer('streamed-track', decks[2], end)],
  },
  {
    id: 'unanalysed',
    todo: 'Load a file that rekordbox has never seen on deck 4. None at hand: S.',
    watched: 'the same',
    limitMs: 120_000,
    mode: 'lighting',
    questions: ['unanalysed-track'],
    isSeen: ({ decks }) => decks[4].hasTrack && decks[4].statuses >= ENOUGH && settledTrack(decks[4]),
    answers: ({ decks }, end) => [originAnswer('unanalysed-track', decks[4], end)],
  },
  {
    id: 'positions',
    todo: 'Unload decks 2 and 4, let deck 1 play on and wait: this machine is silent for 20 s, then joins as a player.',
    watched: 'positions: how often, of which decks, under which numbers',
    limitMs: 90_000,
    mode: 'cdj',
    questions: ['positions', 'position-numbers', 'empty-positions'],
    isSeen: ({ decks }) => decks[1].positions >= 200,
    answers: (watch, end) => positionAnswers(watch, end),
  },
  {
    id: 'pause',
    todo: 'Pause deck 1.',
    watched: 'whether positions go on while it stands',
    limitMs: 45_000,
    mode: 'cdj',
    questions: ['still-positions'],
    isSeen: ({ decks }) => decks[1].hasTrack && !decks[1].isPlaying && stillMs(decks[1]) > 3000,
    answers: ({ decks }, end) => [stillAnswer(decks[1], end)],
  },
];

export const UNIT_PLAN: ProbePlan<UnitSaid, UnitWatch> = {
  steps: STEPS,
  begin: beginWatch,
  watch: watchUnit,
  isSign: () => true,
};

const decksOf = ({ decks }: UnitWatch): readonly DeckWatch[] => DECK_NUMBERS.map(deck => decks[deck]);
const allStatuses = (watch: UnitWatch): number => decksOf(watch).reduce((sum, { statuses }) => sum + statuses, 0);
const settledTrack = ({ last }: DeckWatch): boolean =>
  last !== null && last.beatInBar !== null && last.playState !== 'loading';
const stillMs = ({ isPlaying, statusAt }: DeckWatch): number =>
  isPlaying ? 0 : (statusAt.at(-1) ?? 0) - (statusAt[0] ?? 0);
const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')}`;
const ms = (value: number): string => `${value.toFixed(0)} ms`;

function keepAliveAnswer({ keepAliveAt, keepAliveNumbers, name }: UnitWatch, end: StepEnd): ProbeAnswer {
  const gaps = gapsOf(keepAliveAt);
  if (gaps === null) return notKnown('keep-alive', missing(end, 'fewer than three were heard'));
  return known('keep-alive', `${name}, number ${keepAliveNumbers.join(', ')}, every ${ms(gaps.median)}`);
}

function statusAnswer({ lengths, subtypes, firmware }: UnitWatch, end: StepEnd): ProbeAnswer {
  if (lengths.length === 0) return notKnown('status', missing(end, 'none came'));
  return known(
    'status',
    `${lengths.map(hex).join(', ')} bytes long, subtype ${subtypes.map(hex).join(', ')}, firmware "${firmware}"`,
  );
}

function emptyAnswer(watch: UnitWatch): ProbeAnswer {
  const question = 'empty-decks';
  const empty = decksOf(watch).filter(({ statuses, hasTrack }) => statuses > 0 && !hasTrack);
  if (decksOf(watch).some(({ hasTrack }) => hasTrack)) return notKnown(question, 'a track was loaded');
  if (empty.length === 0 && watch.keepAliveAt.length === 0) return notKnown(question, 'the unit was not heard');
  if (empty.length === 0) return known(question, 'say nothing');
  const flags = empty.filter(({ flagged }) => flagged > 0).length;
  return known(question, `${empty.length} send statuses, ${flags} of them with flags`);
}

function deckByteAnswer({ deckByte, pairs }: UnitWatch): ProbeAnswer {
  const question = 'deck-byte';
  const seen = `0x21/0x24: ${pairs.map(([a, b]) => `${a}/${b}`).join(' ')}`;
  switch (deckByte) {
    case 'unknown':
      return notKnown(question, pairs.length === 0 ? 'no status came' : `only one deck was heard (${seen})`);
    case 'both':
      return known(question, `0x21 and 0x24 both tell it (${seen})`);
    case '0x24':
      return known(question, `0x24 alone tells it (${seen})`);
    case '0x21':
      return known(question, `0x21 alone tells it (${seen})`, ['deck-byte', '0x21']);
  }
}

function originAnswer(question: string, { last, hasTrack }: DeckWatch, end: StepEnd): ProbeAnswer {
  if (last === null || !hasTrack) return notKnown(question, missing(end, 'no track came on that deck'));
  const { sourceSlot, trackType, trackId } = last;
  const text = `slot ${sourceSlot}, kind ${trackType}, number ${trackId ?? 0}`;
  const isOther = trackType !== 'rekordbox' && trackType !== 'none';
  const hint: ProbeAnswer['quirk'] = question === 'stick-track' && isOther ? ['track-kind', 'ignored'] : null;
  return known(question, text, hint);
}

function cadenceAnswer({ statusAt, counterRises, statuses, playingMs }: DeckWatch, end: StepEnd): ProbeAnswer {
  const gaps = gapsOf(statusAt);
  if (gaps === null || playingMs === 0) return notKnown('status-cadence', missing(end, 'deck 1 did not play'));
  // A unit that tells changes has gaps far shorter than its period.
  const way = gaps.least < 0.6 * gaps.median || gaps.median < 150 ? 'on changes too' : 'in a raster';
  const counted = counterRises > statuses / 2 ? 'counted at 0xc8' : 'not counted at 0xc8';
  return known('status-cadence', `${way}, every ${ms(gaps.median)}, ${ms(gaps.least)} at least, ${counted}`);
}

function onAirAnswer(up: UnitWatch, down: UnitWatch | null, end: StepEnd): ProbeAnswer {
  const question = 'on-air';
  const [isUp, isDown] = [up.decks[1].isOnAir, down?.decks[1].isOnAir];
  if (end === 'time' || down === null) return notKnown(question, 'nobody said that the fader was moved');
  if (isUp === null || isDown === null || isDown === undefined)
    return notKnown(question, 'statuses came without flags');
  if (isUp && !isDown) return known(question, 'reported: the bit follows the fader');
  if (!isUp && isDown)
    return known(question, 'reported the other way round: set with the fader down', ['on-air', 'ignored']);
  const empty = decksOf(up).filter(({ statuses, hasTrack }) => statuses > 0 && !hasTrack);
  if (isUp) {
    // Only a deck that nobody can hear shows that it is the bit, and not the hand, that did not move.
    if (empty.length > 0 && empty.every(deck => deck.isOnAir === true))
      return known(question, 'set on every deck, empty ones too: it tells nothing', ['on-air', 'ignored']);
    return notKnown(question, 'the bit stayed set; was the fader of deck 1 moved?');
  }
  return known(question, 'never set, though the fader was said to be up');
}

function loopAnswer({ loops, jumpsBack }: DeckWatch, end: StepEnd): ProbeAnswer {
  if (loops > 0) return known('loops', 'reported by the play state (0x7b, 04)');
  if (jumpsBack >= 2)
    return known('loops', `not reported: ${jumpsBack} beat numbers fell, the play state did not change`);
  return notKnown('loops', missing(end, 'neither the play state nor the beats showed one'));
}

function positionAnswers(watch: UnitWatch, end: StepEnd): readonly ProbeAnswer[] {
  const { decks, positionNumbers } = watch;
  const gaps = gapsOf(decks[1].positionAt);
  const sending = DECK_NUMBERS.filter(deck => decks[deck].positions > 0);
  const statuses = allStatuses(watch);
  if (gaps === null) {
    const why = statuses > 0 ? 'statuses came as to a player, and no position' : 'nothing came as to a player';
    const none =
      statuses > 0 && end !== 'done' ? known('positions', `none: ${why}`) : notKnown('positions', missing(end, why));
    return [none, notKnown('position-numbers', why), notKnown('empty-positions', why)];
  }
  return [
    known('positions', `every ${ms(gaps.median)} of decks ${sending.join(', ')}`),
    known('position-numbers', positionNumbers.join(', ')),
    emptyPositions(watch),
  ];
}

function emptyPositions({ decks }: UnitWatch): ProbeAnswer {
  const question = 'empty-positions';
  const empty = DECK_NUMBERS.filter((deck: DeckNumber) => decks[deck].last !== null && !decks[deck].hasTrack);
  if (empty.length === 0) return notKnown(question, 'every deck had a track, or no empty deck sent a status');
  const sent = empty.filter(deck => decks[deck].positionsEmpty > ENOUGH);
  if (sent.length === 0) return known(question, `none from ${empty.length} decks without a track`);
  return known(question, `sent by decks ${sent.join(', ')}, which have no track`);
}

function stillAnswer({ positionsStill, positions, isPlaying, hasTrack }: DeckWatch, end: StepEnd): ProbeAnswer {
  if (!hasTrack || isPlaying) return notKnown('still-positions', missing(end, 'deck 1 did not stand'));
  if (positions === 0) return notKnown('still-positions', 'no positions came before either');
  return known('still-positions', positionsStill > ENOUGH ? 'go on' : 'end');
}
