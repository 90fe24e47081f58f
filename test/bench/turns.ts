/**
 * Loops and hot-cue drumming: how many turns fire the cue at their start, how late, and what fires that should not. Held
 * against the oracle of the evenings. Prints figures; judges nothing.
 *
 *   node --import tsx test/bench/turns.ts [seeds] [weather|all] [--beside|--of CHECKOUT]
 *
 * A row: 20 turns of a loop, or 12 presses of a hot cue that lies on a beat, half a minute after the start of a track, at
 * each seed. By beat numbers alone nobody can tell a loop of half a beat from one of a whole beat.
 */
import { parseArgs } from 'node:util';
import { trackTitled } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import type { Quirks } from '../../bridges/opus-quad/simulator/quirks.ts';
import type { DeckAction } from '../../bridges/opus-quad/simulator/simulated-deck.ts';
import { WEATHER_NAMES, type WeatherName, weatherNamed } from '../../src/network/weather.ts';
import { type EveningKind, planned } from '../../src/rehearsal/evening-plan.ts';
import type { PlannedAct } from '../../src/rehearsal/true-path.ts';
import { type Account, judge } from '../../src/rehearsal/verdict.ts';
import { oraclePlaces } from '../show/due-cues.ts';
import { beatOfMs, msOfBeat, PLAIN_TRACKS, type PlainTrack } from '../show/plain-tracks.ts';
import { playEvening } from '../show/weathered-evening.ts';
import { type MeasuredProgram, programIn, THIS_PROGRAM } from './programs.ts';
import { quantile } from './quantile.ts';

const { values: options, positionals } = parseArgs({
  options: { beside: { type: 'string' }, of: { type: 'string' } },
  allowPositionals: true,
});
const SEEDS = Number(positionals[0] ?? 20);
const programs: readonly MeasuredProgram[] = [
  options.of === undefined ? THIS_PROGRAM : await programIn(options.of),
  ...(options.beside === undefined ? [] : [await programIn(options.beside)]),
];
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const TRACK = PLAIN_TRACKS[0] as PlainTrack;
const PLAY_AT = { lighting: 9000, cdj: 20_000 } as const;
const SETTLED_MS = 30_000;
const TURNS = 20;
const PRESSES = 12;
const AFTER_MS = 6000;

interface Repetition {
  readonly name: string;
  /** From a moment on, given the place of the deck then. */
  readonly acts: (at: number, beat: number) => readonly { readonly at: number; readonly act: DeckAction }[];
  /** The beat that each turn begins with. */
  readonly startBeat: (beat: number) => number;
}

const loopOf = (beats: number): Repetition => ({
  name: `loop of ${beats} beats`,
  acts: at => [
    { at, act: { kind: 'loop', beats } },
    { at: at + Math.round(((TURNS + 0.3) * beats * 60_000) / TRACK.tempoBpm), act: { kind: 'loop', beats: null } },
  ],
  startBeat: beat => Math.floor(beat),
});

const HOT_CUE_BEAT = 193;
const drumming = (everyMs: number): Repetition => ({
  name: `hot cue every ${everyMs} ms`,
  acts: at =>
    Array.from({ length: PRESSES }, (_, i) => ({
      at: at + everyMs * i,
      act: { kind: 'jump', to: { beat: HOT_CUE_BEAT } } as const,
    })),
  startBeat: () => HOT_CUE_BEAT,
});

const REPETITIONS = [0.5, 1, 2, 4].map(loopOf).concat([200, 300, 500, 1000].map(drumming));

/** The accounts of the cue that every turn begins with. */
async function turnsOf(
  program: MeasuredProgram,
  kind: EveningKind,
  repetition: Repetition,
  seed: number,
): Promise<{ readonly turns: readonly Account[]; readonly others: readonly Account[] }> {
  const track = trackTitled(TRACK.title);
  if (track === null) throw new Error(`no track ${TRACK.title}`);
  const playAt = PLAY_AT[kind.mode] + ((137 * seed) % 1000);
  const actAt = playAt + SETTLED_MS + ((389 * seed) % 1000);
  // Just after a beat, as a DJ presses: a loop then begins there.
  const beat = Math.floor(beatOfMs(TRACK, actAt - playAt)) + 0.05 + 0.2 * ((seed * 0.618) % 1);
  const at = playAt + Math.round(msOfBeat(TRACK, beat));
  const repeated = repetition.acts(at, beat);
  const acts: readonly PlannedAct[] = [
    { at: 1000, deck: 1, act: { kind: 'load', track } },
    { at: playAt, deck: 1, act: { kind: 'play' } },
    ...repeated.map(each => ({ ...each, deck: 1 as const })),
  ];
  const until = (repeated.at(-1)?.at ?? at) + AFTER_MS;
  const statusMode: Quirks['statusMode'] = (['on-change', 'raster', 'sharp'] as const)[seed % 3] ?? 'sharp';
  const plan = planned(kind, { seed, lengthMs: until + 3000, acts, loss: 0 }, statusMode, []);
  const accounts = judge(await playEvening(program, plan), oraclePlaces).filter(account => {
    const time = 'due' in account ? account.due.at : account.outcome.at;
    return time >= at && time <= until;
  });
  const start = `beat ${repetition.startBeat(beat)}`;
  const isTurn = (account: Account): boolean => {
    const { rule, place } = 'due' in account ? account.due : account.outcome;
    return rule === 'beat' && place === start;
  };
  return { turns: accounts.filter(isTurn), others: accounts.filter(account => !isTurn(account)) };
}

async function row(program: MeasuredProgram, kind: EveningKind, repetition: Repetition): Promise<void> {
  const turns: Account[] = [];
  const others: Account[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const found = await turnsOf(program, kind, repetition, seed);
    turns.push(...found.turns);
    others.push(...found.others);
  }
  const count = (accounts: readonly Account[], ...kinds: readonly Account['kind'][]): string =>
    String(accounts.filter(account => kinds.includes(account.kind)).length).padStart(8);
  const late = turns.flatMap(account => (account.kind === 'sent' ? [account.lateMs] : []));
  const figure = (share: number): string => {
    const value = quantile(late, share);
    return (Number.isNaN(value) ? '-' : value.toFixed(0)).padStart(7);
  };
  say(
    `${repetition.name.padEnd(24)}${kind.mode.padEnd(9)}${program.name.padEnd(9)}` +
      `${count(turns, 'sent', 'dropped', 'untold', 'ahead', 'lost')}${count(turns, 'sent')}` +
      `${[0.5, 0.99, 1].map(figure).join('')}${count(turns, 'dropped')}${count(turns, 'untold')}${count(turns, 'lost')}` +
      `${count(turns, 'doubled')}${count(turns, 'invented')}${count(others, 'doubled')}` +
      `${count(others, 'invented')}${count(others, 'overrun')}${count(others, 'lost')}`,
  );
}

async function table(weather: WeatherName): Promise<void> {
  say(
    `${SEEDS} seeds, ${weather}                                     at the start of each turn`.padEnd(118) +
      'elsewhere',
  );
  say(
    `${'act'.padEnd(24)}mode     program      due    fired   p50    p99    max dropped  untold    lost doubled invented doubled invented overrun    lost`,
  );
  for (const repetition of REPETITIONS) {
    for (const mode of ['lighting', 'cdj'] as const) {
      for (const program of programs) await row(program, { mode, weather, play: 'acts', isStarved: false }, repetition);
    }
  }
  say('');
}

const asked = positionals[1] ?? '0-10';
const weather = weatherNamed(asked);
if (asked !== 'all' && weather === null) {
  say(`turns.ts [seeds] [${WEATHER_NAMES.join('|')}|all] [--beside|--of CHECKOUT]`);
  process.exitCode = 2;
}
for (const each of asked === 'all' ? WEATHER_NAMES : weather === null ? [] : [weather]) await table(each);
