/** The live status: what an operator must see in the dark. Pure: from the state of the show to lines of text. */
import { styleText } from 'node:util';
import type { BridgeStatus } from '../../bridge.ts';
import type { Ms } from '../../core/clock.ts';
import { type Deck, isStale } from '../../core/deck/deck.ts';
import { decksForRules, onAir, type Show } from '../../core/deck/decks.ts';
import { barsLacking, type Position, positionAt } from '../../core/deck/position.ts';
import { NO_TRACK_NUMBER } from '../../core/deck-report.ts';
import type { EngineState, Program } from '../../core/engine/engine-state.ts';
import { type ListFacts, listFacts } from '../../core/engine/list-facts.ts';
import { cameIn, type Tally } from '../../core/engine/outcome.ts';
import { tempoBpmOf } from '../../core/rules/fact-values.ts';
import { clockText } from '../../core/rules/moments.ts';
import { type Generator, generatorPlaceAt, NO_GENERATOR } from '../../core/timecode/generator.ts';
import type { TimecodeEntry } from '../../core/timecode/stream-entry.ts';
import { labelOf, labelText } from '../../core/timecode/timecode.ts';
import type { LogLine } from '../../live/log.ts';
import { BIG_LABEL_COLUMNS, bigLabel } from './big-digits.ts';
import { KEY_HELP, LIST_KEY_HELP } from './keys.ts';
import { nextCues } from './next-cues.ts';
import { phraseAhead } from './phrase-ahead.ts';
import { tallyText } from './reason-text.ts';
import { showTime } from './transcript.ts';

export interface StatusInput {
  readonly program: Program;
  readonly state: EngineState;
  readonly bridges: readonly (BridgeStatus & { readonly name: string })[];
  /** The last lines sent and dropped, oldest first. */
  readonly last: readonly string[];
  /** The last lines of the log, oldest first. */
  readonly messages: readonly LogLine[];
  /** Lines that stay on the screen: a simulated device, a saved profile that is broken. */
  readonly notices: readonly string[];
  /** What simulated devices show. */
  readonly drawings: readonly Drawing[];
  /** How many moments had which outcome. */
  readonly tally: Tally;
  readonly startedAt: Ms;
  /** Of the terminal. */
  readonly columns: number;
  readonly rows: number;
}

/** A simulated device as text. */
export interface Drawing {
  /** Name of the bridge that meets it. */
  readonly name: string;
  /** What matters most first. */
  readonly lines: readonly string[];
  /** Which keys are its controls, as one line. */
  readonly keys: string;
}

type Format = Parameters<typeof styleText>[0];
export type Paint = (format: Format, text: string) => string;
export const COLOURS: Paint = (format, text) => styleText(format, text, { validateStream: false });
export const NO_COLOURS: Paint = (_, text) => text;

/** Lines that what comes next and what has left keep when a simulated device wants room as well. */
const KEPT_BESIDE_DRAWINGS = 3;
/** Terminals of fewer rows than these have no large timecode beside a drawing, and fewer messages. */
const ROWS_FOR_ALL = 36;

export function statusLines(input: StatusInput, at: Ms, paint: Paint): string[] {
  const { program, state, bridges, notices } = input;
  const { show } = state;
  const { by } = decksForRules(show);
  const top = [
    `${paint('bold', `Decklight · ${program.profile.name}`)}  ${showTime(at - input.startedAt)}`,
    ...notices.flatMap(notice => wrapped(notice, input.columns).map(line => paint('yellow', line))),
    ...handsLines(state, paint),
    ...timecodeLines(input, at, paint),
    ...listLines(program, state, at).map(line => paint('bold', line)),
    ...bridges.map(bridge => bridgeLine(bridge, paint)),
    '',
    ...deckLines(input, at, paint),
    ...(HEARING[by] === null ? [] : [paint('dim', HEARING[by])]),
    '',
    ...holdLines(state, paint),
    ...(cameIn(input.tally) === 0 ? [] : [paint('dim', tallyText(input.tally))]),
  ];
  const isTight = hasNoRoomForAll(input);
  const bottom = [
    ...input.messages
      .slice(isTight ? -2 : 0)
      .flatMap(({ level, bridge, text }) =>
        wrapped(`${bridge}: ${text}`, input.columns).map(line => paint(level === 'info' ? 'dim' : 'yellow', line)),
      ),
    ...input.drawings.slice(0, 1).map(({ name, keys }) => paint('dim', `${name}: ${keys}`)),
    ...wrapped(state.hands.isLocked ? 'L unlocks the keys  P panic' : keyHelp(program), input.columns).map(line =>
      paint('dim', line),
    ),
  ];
  // What is coming and what has gone make room for what is wrong and what can be done.
  const free = Math.max(0, input.rows - top.length - bottom.length);
  const drawn = drawingLines(input, paint).slice(0, Math.max(0, free - KEPT_BESIDE_DRAWINGS));
  const room = free - drawn.length;
  const next = nextCues(program, show, at).slice(0, Math.ceil(room / 2));
  const last = room === next.length ? [] : input.last.slice(next.length - room);
  return [...top, ...drawn, ...next.map(line => paint('cyan', line)), ...last, ...bottom];
}

/** Most lines that one text takes: what is longer stands in the log. */
const MOST_WRAPPED = 4;

/** A text as lines of a terminal: broken between words, those after the first set in. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const part of text.split('\n')) {
    let line = '';
    for (const word of part.split(/(?<=\s)(?=\S)/)) {
      const isFull = line.trim() !== '' && line.length + word.trimEnd().length > columns;
      if (isFull) lines.push(line.trimEnd());
      line = isFull ? `  ${word}` : line + word;
    }
    lines.push(line.trimEnd());
  }
  return lines.slice(0, MOST_WRAPPED);
}

const hasNoRoomForAll = ({ drawings, rows }: StatusInput): boolean => drawings.length > 0 && rows < ROWS_FOR_ALL;

const drawingLines = ({ drawings }: StatusInput, paint: Paint): string[] =>
  drawings.flatMap(({ name, lines: [head = '', ...lines] }) => [
    paint('cyan', `SIMULATED ${name}, ${head}`),
    ...lines.map(line => `  ${line}`),
  ]);

const keyHelp = ({ profile }: Program): string => `${profile.lists.length === 0 ? '' : LIST_KEY_HELP}${KEY_HELP}`;

/** Where each cue list stands: `main  The drop → Outro at 16 beats before end`. */
export const listLines = ({ profile }: Program, state: EngineState, at: Ms): string[] =>
  profile.lists.map(list => {
    const { name, step, next, follows, place } = listFacts(state, list);
    const byItself = [follows === null ? '' : followText(follows, at), place === null ? '' : `at ${place}`].filter(
      part => part !== '',
    );
    const going = next === null ? 'done' : [next, byItself.join(' or ')].filter(part => part !== '').join(' ');
    return `${name}  ${step ?? '–'} → ${going}`;
  });

function followText({ at: dueAt, beatsLeft }: NonNullable<ListFacts['follows']>, at: Ms): string {
  if (dueAt !== null) return `by itself in ${Math.max(0, (dueAt - at) / 1000).toFixed(1)} s`;
  return `by itself in ${Math.max(0, beatsLeft ?? 0).toFixed(1)} beats, which do not pass now`;
}

/** Mutes, pins and locks of the operator: nobody must wonder why nothing leaves. */
function handsLines({ hands }: EngineState, paint: Paint): string[] {
  const named = [...hands.muted].map(bridge => `${bridge} muted`);
  const parts = [
    hands.isPanic
      ? 'PANIC: all is muted, M lets cues leave again'
      : hands.isAllMuted
        ? 'MUTED: cues are held back'
        : '',
    ...named,
    hands.pinned === null ? '' : `deck ${hands.pinned} pinned`,
    hands.isLocked ? 'keys locked' : '',
  ].filter(part => part !== '');
  const format: Format = hands.isPanic ? ['bgRed', 'white', 'bold'] : ['inverse', 'bold'];
  return parts.length === 0 ? [] : [paint(format, ` ${parts.join(' · ')} `)];
}

/** The first timecode, as large as there is room for, and a line for each. */
function timecodeLines(input: StatusInput, at: Ms, paint: Paint): string[] {
  const { program, state, columns } = input;
  const isLarge = columns >= BIG_LABEL_COLUMNS && !hasNoRoomForAll(input);
  const { timecodes, hands, show } = state;
  return program.profile.timecodes.flatMap((entry, i) => {
    const generator = timecodes.get(entry.name) ?? NO_GENERATOR;
    const label = timecodeLabel(entry, generator, at);
    const isRunning = generator.run === 'running';
    const format: Format = isRunning ? 'green' : generator.run === 'stopped' ? 'dim' : 'yellow';
    const big = i === 0 && isLarge ? bigLabel(label) : [];
    const deck = generator.deck === null ? null : (show.decks.get(generator.deck) ?? null);
    const nudged = hands.nudges.get(entry.name) ?? 0;
    const line = [
      `${entry.name} ${label}`,
      `${generator.run}${deck === null ? '' : ` with deck ${deck.ref.number}`}`,
      `${entry.rate.name} fps to ${entry.to.join(', ')}`,
      nudged === 0 ? '' : `nudged ${nudged > 0 ? '+' : ''}${nudged}`,
    ];
    return [...big.map(text => paint(format, text)), paint(format, line.filter(part => part !== '').join('  '))];
  });
}

const NO_LABEL = '--:--:--:--';

/** Label of a timecode at a moment: `01:02:03:04`, or dashes if it is nowhere. */
export function timecodeLabel({ rate }: TimecodeEntry, generator: Generator, at: Ms): string {
  const frames = generatorPlaceAt(generator, at);
  return frames === null ? NO_LABEL : labelText(rate, labelOf(rate, frames));
}

const HEARING = {
  'on-air': null,
  master: 'no deck has reported on air yet: rules hear the master',
  'longest-playing': 'no deck has reported on air or master yet: rules hear the deck that has played longest',
  none: null,
} as const;

export const bridgeLine = ({ name, state, text }: BridgeStatus & { readonly name: string }, paint: Paint): string =>
  `${paint(state === 'ready' ? 'green' : 'yellow', state === 'ready' ? '●' : '○')} ${name}  ${text}`;

/** Columns that hold all of a deck in one line. */
const DECK_COLUMNS = 120;
/** Rows that hold two lines of each of four decks, and what else must be seen. */
const ROWS_FOR_TWO = 20;

function deckLines({ state: { show }, columns, rows }: StatusInput, at: Ms, paint: Paint): string[] {
  const loaded = [...show.decks.values()].filter(({ track }) => track !== null).length;
  const isBroken = columns < DECK_COLUMNS && (rows >= ROWS_FOR_TWO || loaded === 1);
  const several = new Set([...show.decks.values()].map(deck => deck.ref.unit)).size > 1;
  return [...show.decks.values()]
    .sort((a, b) => a.key.localeCompare(b.key))
    .flatMap(deck => {
      const shown = { show, deck, name: several ? deck.key : String(deck.ref.number) };
      return isBroken
        ? deckParts(shown, at).map(line => paintDeck(deck, at, paint, line))
        : [deckLine(shown, at, paint)];
    });
}

export interface ShownDeck {
  readonly show: Show;
  readonly deck: Deck;
  /** Its number, or where there are several units its key. */
  readonly name: string;
}

/** Line of one deck: what plays, where in it, how well that is known. */
export const deckLine = (shown: ShownDeck, at: Ms, paint: Paint): string =>
  paintDeck(
    shown.deck,
    at,
    paint,
    deckParts(shown, at)
      .map((part, i) => (i === 0 ? part : part.trimStart()))
      .join(' '),
  );

const paintDeck = (deck: Deck, at: Ms, paint: Paint, line: string): string =>
  deck.track !== null && deck.isPlaying && !isStale(deck, at) ? line : paint('dim', line);

/** What plays at which tempo, and, set in, where in it and how well that is known; of an empty deck one part. */
function deckParts({ show, deck, name }: ShownDeck, at: Ms): readonly string[] {
  const { track } = deck;
  if (track === null) return [`${name}   ${deck.playState}`];
  const position = positionAt(deck, at);
  const { title: called, artist } = track.known;
  const number = track.id === NO_TRACK_NUMBER ? 'a track without a number' : `track ${track.id}`;
  const title = called === null ? number : [called, artist].filter(Boolean).join(' – ');
  const lamps = [onAir(show, deck) === true ? 'air' : '', deck.isMaster ? 'master' : ''].filter(Boolean).join('+');
  // What a DJ and an operator talk about comes first: a narrow terminal shows no more than that.
  const what = [
    `${name} ${deck.isPlaying ? '▶' : '‖'}`,
    (isStale(deck, at) ? 'SILENT' : lamps).padEnd(10),
    shortTitle(title).padEnd(TITLE_COLUMNS),
    tempoText(deck).padEnd(18),
  ];
  const where = [
    '   ',
    positionText(deck, position).padEnd(40),
    phraseText(deck, position).padEnd(26),
    track.known.advice === null ? '' : ` [${track.known.confidence}: ${track.known.advice}]`,
    deck.joinedAtBeat === null ? '' : ` met in mid-track, at beat ${Math.floor(deck.joinedAtBeat)}`,
  ];
  return [what.join(' '), where.join(' ')];
}

/** So wide that the tempo stands beside it on 80 columns. */
const TITLE_COLUMNS = 40;

const shortTitle = (title: string): string =>
  [...title].length <= TITLE_COLUMNS ? title : `${[...title].slice(0, TITLE_COLUMNS - 1).join('')}…`;

function phraseText(deck: Deck, position: Position): string {
  const structure = deck.track?.structure;
  if (structure === undefined) return 'phrases not received yet';
  if (structure === null) return 'no phrases';
  if (position.beat === null) return '–';
  const { now, next, beatsLeft } = phraseAhead(deck, position);
  const left = beatsLeft === null ? '' : ` in ${beatsLeft}`;
  return `${now?.label ?? '–'} → ${next?.label ?? 'end'}${left}${structure.isLabelSuspect ? ' (labels doubtful)' : ''}`;
}

function tempoText(deck: Deck): string {
  const tempoBpm = tempoBpmOf(deck);
  if (tempoBpm === null) return '';
  const percent = (deck.pitchSpeed - 1) * 100;
  return `${tempoBpm.toFixed(2)} BPM ${percent >= 0 ? '+' : ''}${percent.toFixed(2)}%`;
}

function positionText(deck: Deck, position: Position): string {
  const { beat, beatInBar, beatUncertainty, positionMs, uncertaintyMs, basis } = position;
  if (beat === null && positionMs === null) return 'position not known';
  const lacking = barsLacking(deck, position);
  const inBar = beatInBar ?? (lacking === 'bars' ? NO_BARS : null);
  const beats =
    beat === null
      ? lacking === 'beats'
        ? NO_BEATS
        : ''
      : `beat ${beat.toFixed(1)}${inBar === null ? '' : ` (${inBar})`}`;
  if (positionMs === null) return `${beats} ±${beatUncertainty?.toFixed(2)} beats`;
  const bar = uncertaintyMs === null ? '' : ` ±${Math.max(1, Math.round(uncertaintyMs))} ms`;
  return `${beats.padEnd(14)} ${clockText(positionMs)}${bar} by ${basis}`;
}

/** Nothing leaves that counts in beats, or in bars, as long as this stands there. */
const NO_BEATS = 'NO BEATS YET';
const NO_BARS = 'NO BARS YET';

function holdLines({ sent }: EngineState, paint: Paint): string[] {
  const names = [...sent.keys()];
  return names.length === 0 ? [] : [paint('magenta', `on: ${names.join(', ')}`)];
}
