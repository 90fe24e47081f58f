/**
 * Many seeded evenings in every weather, each cue that leaves held against an oracle that shares no line with the core:
 * none twice, none invented, none lost without a line. Prints a table, and the seed of each evening that went wrong.
 *
 *   node --import tsx test/bench/evenings.ts [--evenings 2000] [--starved 400] [--from 1] [--minutes 3] [--of CHECKOUT]
 *   node --import tsx test/bench/evenings.ts --seed N [--weather X] [--mode lighting|cdj] [--play straight|acts] [--told FROM-TO]
 *
 * At three minutes each, 2,400 evenings pass within an hour
 * of one core; at ten minutes they take about three hours.
 *
 * `--from`: the first seed of both kinds. `--of`: with the program of another checkout. `--seed`: one evening with everything that happens in it; its kind follows
 * from the seed unless it is said. `--told`: between two moments in seconds also what the unit tells.
 *
 * Exit code: 0 no fault, 1 a cue was doubled, invented or lost without a line, 2 asked wrongly.
 */
import { parseArgs } from 'node:util';
import type { TrackBook } from '../../src/core/track/track-book.ts';
import { WEATHER_NAMES, weatherNamed } from '../../src/network/weather.ts';
import { describeAct, type EveningKind, planEvening, planSoundCheck } from '../../src/rehearsal/evening-plan.ts';
import { kindOfSeed, STARVED_FROM_SEED } from '../../src/rehearsal/evening-seeds.ts';
import { type Account, isFault, judge, type PlayedEvening, timeOf } from '../../src/rehearsal/verdict.ts';
import { oraclePlaces } from '../show/due-cues.ts';
import { PLAIN_SHELF } from '../show/plain-tracks.ts';
import { playEvening } from '../show/weathered-evening.ts';
import { programIn, THIS_PROGRAM } from './programs.ts';
import { quantile } from './quantile.ts';

const { values: asked } = parseArgs({
  options: {
    evenings: { type: 'string', default: '2000' },
    starved: { type: 'string', default: '400' },
    from: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '3' },
    of: { type: 'string' },
    seed: { type: 'string' },
    weather: { type: 'string' },
    mode: { type: 'string' },
    play: { type: 'string' },
    told: { type: 'string' },
  },
});
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const program = asked.of === undefined ? THIS_PROGRAM : await programIn(asked.of);
const LENGTH_MS = Number(asked.minutes) * 60_000;

// ---- the table

interface Row {
  evenings: number;
  due: number;
  late: number[];
  readonly counts: Record<Account['kind'], number>;
  overrunMostMs: number;
}

const emptyRow = (): Row => ({
  ...{ evenings: 0, due: 0, late: [], overrunMostMs: 0 },
  counts: {
    ...{ sent: 0, dropped: 0, untold: 0, ahead: 0, lost: 0 },
    ...{ landing: 0, overrun: 0, doubled: 0, invented: 0 },
  },
});

function add(row: Row, accounts: readonly Account[]): void {
  row.evenings++;
  for (const account of accounts) {
    row.counts[account.kind]++;
    if ('due' in account && account.due.kind === 'must') row.due++;
    if (account.kind === 'sent') row.late.push(account.lateMs);
    if (account.kind === 'overrun') row.overrunMostMs = Math.max(row.overrunMostMs, account.afterMs);
  }
}

const rowName = ({ weather, mode, play, isStarved }: EveningKind): string =>
  `${weather.padEnd(12)}${mode.padEnd(9)}${play.padEnd(9)}${isStarved ? 'starved' : ''}`.padEnd(38);
const cell = (value: number, width = 8): string =>
  (Number.isFinite(value) ? String(Math.round(value)) : '-').padStart(width);

function sayRow(name: string, { evenings, due, late, counts, overrunMostMs }: Row): void {
  say(
    name +
      cell(evenings, 5) +
      cell(due) +
      cell(counts.sent) +
      [0, 0.5, 0.99, 1].map(share => cell(quantile(late, share), 6)).join('') +
      [counts.dropped, counts.untold, counts.ahead].map(count => cell(count)).join('') +
      `${cell(counts.overrun)}${cell(overrunMostMs, 6)}${cell(counts.landing)}` +
      [counts.doubled, counts.invented, counts.lost].map(count => cell(count, 9)).join(''),
  );
}

const HEAD = [
  '                                                            late, ms                  by           left   said after   at a',
  'weather     mode     play               of     due    sent   min   p50   p99   max dropped  untold   ahead overrun  most landing  doubled invented     lost',
];

function command(seed: number, { weather, mode, play }: EveningKind): string {
  const of = asked.of === undefined ? '' : ` --of ${asked.of}`;
  return `--seed ${seed} --weather ${weather} --mode ${mode} --play ${play} --minutes ${asked.minutes}${of}`;
}

async function table(book: TrackBook): Promise<boolean> {
  const rows = new Map<string, Row>();
  const all = emptyRow();
  const bad: string[] = [];
  const seeds = [
    ...Array.from({ length: Number(asked.evenings) }, (_, i) => Number(asked.from) + i),
    ...Array.from({ length: Number(asked.starved) }, (_, i) => STARVED_FROM_SEED + Number(asked.from) - 1 + i),
  ];
  const begun = process.cpuUsage();
  for (const [i, seed] of seeds.entries()) {
    const kind = kindOfSeed(seed);
    const accounts = judge(
      await playEvening(program, planEvening(kind, seed, LENGTH_MS, PLAIN_SHELF), book),
      oraclePlaces,
    );
    const row = rows.get(rowName(kind)) ?? emptyRow();
    rows.set(rowName(kind), row);
    for (const each of [row, all]) add(each, accounts);
    const faults = accounts.filter(isFault);
    if (faults.length > 0) {
      bad.push(`${command(seed, kind)}: ${[...new Set(faults.map(faultText))].slice(0, 3).join('; ')}`);
      process.stderr.write(`${process.stderr.isTTY ? '\r' : ''}${bad.at(-1)}\n`);
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${i + 1} of ${seeds.length}, ${bad.length} bad `);
  }
  const { user, system } = process.cpuUsage(begun);
  say(
    `${program.name}: ${seeds.length} evenings of ${asked.minutes} min, ${((user + system) / 60e6).toFixed(1)} min of a core`,
  );
  for (const line of HEAD) say(line);
  for (const [name, row] of [...rows].sort(([a], [b]) => a.localeCompare(b))) sayRow(name, row);
  sayRow('all'.padEnd(38), all);
  for (const line of bad) say(line);
  return bad.length === 0;
}

const faultText = (fault: Account & { kind: 'doubled' | 'invented' | 'lost' }): string => {
  const of = 'outcome' in fault ? fault.outcome : fault.due;
  return `${fault.kind} ${of.rule === 'beat' ? '' : `${of.rule} `}${of.place} at ${(timeOf(fault) / 1000).toFixed(3)}`;
};

// ---- one evening

function tell(evening: PlayedEvening, accounts: readonly Account[]): void {
  const { plan, path, told, log } = evening;
  const lines: { at: number; text: string }[] = [
    ...plan.acts.map(({ at, deck, act }) => ({ at, text: `          deck ${deck}: ${describeAct(act)}` })),
    ...plan.blocks.map(({ at, forMs }) => ({ at, text: `          kept from running for ${forMs} ms` })),
    ...log.map(({ at, text }) => ({ at, text: `          log: ${text}` })),
    ...accounts.map(account => ({ at: timeOf(account), text: accountText(account) })),
  ];
  const [from = Infinity, to = -Infinity] = (asked.told ?? '')
    .split('-')
    .filter(Boolean)
    .map(text => Number(text) * 1000);
  for (const { deck, kind, sentAt, takenAt } of told) {
    if (takenAt < from || takenAt > to) continue;
    const place = path.placeAt(deck, sentAt)?.toFixed(1);
    if (place === undefined) continue;
    lines.push({
      at: takenAt,
      text: `          deck ${deck}: ${kind} of ${(sentAt / 1000).toFixed(3)}, then at ${place} ms`,
    });
  }
  say(`seed ${plan.seed}, ${rowName(plan)}, status ${plan.set.quirks.statusMode}, ${plan.loss * 100} % lost`);
  for (const { at, text } of lines.sort((a, b) => a.at - b.at)) say(`${(at / 1000).toFixed(3).padStart(8)} ${text}`);
}

function accountText(account: Account): string {
  const { deck, rule, place } = 'outcome' in account ? account.outcome : account.due;
  const name = `deck ${deck} ${rule}: ${place}`;
  switch (account.kind) {
    case 'sent':
      return `sent      ${name}, ${account.lateMs.toFixed(1)} ms late`;
    case 'dropped':
      return `dropped   ${name}, due at ${(account.due.at / 1000).toFixed(3)}, ${account.outcome.droppedFor}`;
    case 'overrun':
      return `overrun   ${name}, ${account.afterMs.toFixed(0)} ms after the deck had left`;
    case 'doubled':
    case 'invented':
    case 'lost':
      return `${account.kind.toUpperCase().padEnd(9)} ${name}`;
    default:
      return `${account.kind.padEnd(9)} ${name}`;
  }
}

async function one(seed: number, book: TrackBook): Promise<boolean> {
  const kind = kindOfSeed(seed);
  const weather = weatherNamed(asked.weather ?? kind.weather);
  const mode = asked.mode ?? kind.mode;
  const play = asked.play ?? kind.play;
  if (weather === null || !(mode === 'lighting' || mode === 'cdj') || !(play === 'straight' || play === 'acts')) {
    say(`--weather ${WEATHER_NAMES.join('|')} --mode lighting|cdj --play straight|acts`);
    process.exit(2);
  }
  const plan = planEvening({ ...kind, weather, mode, play }, seed, LENGTH_MS, PLAIN_SHELF);
  const evening = await playEvening(program, plan, book);
  const accounts = judge(evening, oraclePlaces);
  tell(evening, accounts);
  return !accounts.some(isFault);
}

const { book } = await playEvening(program, planSoundCheck(PLAIN_SHELF));
const isGood = asked.seed === undefined ? await table(book) : await one(Number(asked.seed), book);
process.exitCode = isGood ? 0 : 1;
