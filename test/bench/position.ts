/**
 * How far the published position is from the truth, over many seeds, against the simulated unit in simulated time and any
 * weather; beside it, on the same statuses, the known method. Prints figures; judges nothing.
 *
 *   node --import tsx test/bench/position.ts [seeds] [starts|jumps|positions|acts|all] [weather|all] [--beside|--of CHECKOUT]
 *
 * `--beside`: every row once more with the program of another checkout, on the same datagrams; `--of`: with that one alone.
 *
 * With 20 seeds, the default, all parts in one weather take some ten minutes of one core.
 */
import { parseArgs } from 'node:util';
import type { DeckAction } from '../../bridges/opus-quad/simulator/simulated-deck.ts';
import type { Ms } from '../../src/core/clock.ts';
import { WEATHER_NAMES, WEATHERS, type WeatherName, weatherNamed } from '../../src/network/weather.ts';
import { figures, insideOf, percent, type WorstRows, worstRows } from './position-figures.ts';
import { type MeasuredProgram, programIn, THIS_PROGRAM } from './programs.ts';
import { quantile } from './quantile.ts';
import { type Sample, type Scenario, watchDeck } from './watched-deck.ts';

const { values: options, positionals } = parseArgs({
  options: { beside: { type: 'string' }, of: { type: 'string' } },
  allowPositionals: true,
});
const SEEDS = Number(positionals[0] ?? 20);
const PROGRAMS: readonly MeasuredProgram[] = [
  options.of === undefined ? THIS_PROGRAM : await programIn(options.of),
  ...(options.beside === undefined ? [] : [await programIn(options.beside)]),
];

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const sizes = (values: readonly number[]): number[] => values.map(Math.abs);
const count = (value: number): string => String(value).padStart(6);

// ---- lighting mode: beat numbers in statuses

const MOMENTS_S = [4, 15, 30, 60] as const;

async function startSamples(program: MeasuredProgram, scenario: Scenario) {
  const all = new Map<number, Sample[]>(MOMENTS_S.map(second => [second, []]));
  let passes = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const deck = await watchDeck(program, scenario, seed);
    const passBefore = deck.look()?.pass;
    deck.act({ kind: 'play' });
    let elapsedMs = 0;
    for (const second of MOMENTS_S) {
      deck.clock.advance(second * 1000 - elapsedMs);
      for (let i = 0; i < 100; i++) {
        deck.clock.advance(20);
        const sample = deck.look();
        if (sample !== null) all.get(second)?.push(sample);
      }
      elapsedMs = second * 1000 + 2000;
    }
    passes += (deck.look()?.pass ?? 0) - (passBefore ?? 0);
    await deck.close();
  }
  return { all, passes };
}

async function startRow(scenario: Scenario, worst: WorstRows): Promise<void> {
  const found = [];
  for (const program of PROGRAMS) found.push({ program, ...(await startSamples(program, scenario)) });
  const { track, pitch, statuses, loss } = scenario;
  for (const second of MOMENTS_S) {
    for (const { program, all, passes } of found) {
      const samples = all.get(second) ?? [];
      const errors = sizes(samples.map(({ errorMs }) => errorMs));
      const known = sizes(samples.map(({ knownErrorMs }) => knownErrorMs));
      const bars = samples.map(({ barMs }) => barMs);
      const isLast = second === MOMENTS_S.at(-1);
      worst.note(program.name, samples, errors, isLast ? passes : 0);
      say(
        `${`${track}, ${pitch} %, ${statuses}, ${loss * 100} %`.padEnd(46)}${String(second).padStart(3)} s ` +
          `${program.name.padEnd(9)}${figures(errors, [0.5, 0.95, 0.99, 1])}  ${figures(bars, [0.5])}` +
          `  ${percent(insideOf(samples))}${isLast ? count(passes) : '      '}  ${figures(known, [0.5, 0.99])}`,
      );
    }
  }
}

// ---- jumps in lighting mode

const beatsBy = (byBeats: number): DeckAction => ({ kind: 'jump', to: { byBeats } });
const JUMPS: readonly (readonly [name: string, act: DeckAction])[] = [
  ...[1, -1, 4, -4, 32, -32, 0.5, -0.5].map(by => [`by ${by > 0 ? '+' : ''}${by} beats`, beatsBy(by)] as const),
  ['hot cue, on a beat', { kind: 'jump', to: { beat: 193 } }],
  ['needle search', { kind: 'jump', to: { ms: 150_300 } }],
  ...[4, 1, 0.5].map(beats => [`loop of ${beats} beats`, { kind: 'loop', beats }] as const),
];
/** From here on after a start the place is known well. */
const SETTLED_MS: Ms = 30_000;
const LOOK_FOR_MS: Ms = 10_000;
const LOOK_EVERY_MS: Ms = 10;
const RECOVERED_MS = 15;

async function jumpRow(
  program: MeasuredProgram,
  [name, act]: (typeof JUMPS)[number],
  loss: number,
  weather: WeatherName,
): Promise<void> {
  const noticed: Ms[] = [];
  const recovered: Ms[] = [];
  const samples: Sample[] = [];
  // By then the second report after an act has come, if none is lost.
  const twoReportsMs = 400 + WEATHERS[weather].mostMs;
  const scenario = { mode: 'lighting', weather, track: 'Night Tram', pitch: 3.2, statuses: 'sharp', loss } as const;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const deck = await watchDeck(program, scenario, seed);
    deck.act({ kind: 'play' });
    deck.clock.advance(SETTLED_MS + ((389 * seed) % 1000));
    const before = deck.look();
    deck.act(act);
    let noticedAt: Ms = Infinity;
    let wrongUntil: Ms = 0;
    let movedAt: Ms = 0;
    let last = before;
    for (let since = LOOK_EVERY_MS; since <= LOOK_FOR_MS; since += LOOK_EVERY_MS) {
      deck.clock.advance(LOOK_EVERY_MS);
      const sample = deck.look();
      if (sample === null) continue;
      if (sample.pass !== before?.pass) noticedAt = Math.min(noticedAt, since);
      if (Math.abs(sample.errorMs) > RECOVERED_MS) wrongUntil = since;
      // A loop moves the playhead at every turn.
      if (Math.abs(sample.trueBeat - (last?.trueBeat ?? 0)) > 0.1) movedAt = since;
      if (since - movedAt > twoReportsMs) samples.push(sample);
      last = sample;
    }
    noticed.push(noticedAt);
    recovered.push(wrongUntil === LOOK_FOR_MS ? Infinity : wrongUntil);
    await deck.close();
  }
  const errors = sizes(samples.map(({ errorMs }) => errorMs));
  const known = sizes(samples.map(({ knownErrorMs }) => knownErrorMs));
  say(
    `${`${name}, ${loss * 100} %`.padEnd(26)}${program.name.padEnd(9)}${figures(noticed, [0.5, 1])}` +
      `  ${figures(recovered, [0.5, 0.95])}  ${figures(errors, [0.5, 0.95, 0.99])}  ${percent(insideOf(samples))}` +
      `  ${figures(known, [0.5, 0.99])}`,
  );
}

// ---- cdj mode: absolute positions every 30 ms beside the statuses

const PLAYED_FOR_MS: Ms = 30_000;
/** From then on after a start its figures count. */
const COUNTS_AFTER_MS: Ms = 2000;
const POSITION_LOOK_EVERY_MS: Ms = 5;

async function positionSamples(program: MeasuredProgram, scenario: Scenario) {
  const errors: number[] = [];
  const samples: Sample[] = [];
  let stepsBack = 0;
  let passes = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const deck = await watchDeck(program, scenario, seed);
    const passBefore = deck.look()?.pass ?? 0;
    deck.act({ kind: 'play' });
    const found: Sample[] = [];
    let last: Sample | null = null;
    for (let since = 0; since < PLAYED_FOR_MS; since += POSITION_LOOK_EVERY_MS) {
      deck.clock.advance(POSITION_LOOK_EVERY_MS);
      const sample = deck.look();
      if (sample === null) continue;
      if (last !== null && sample.place < last.place - 1e-6) stepsBack++;
      if (since >= COUNTS_AFTER_MS) found.push(sample);
      last = sample;
    }
    passes += (last?.pass ?? passBefore) - passBefore;
    const errorsHere = found.map(({ errorMs }) => errorMs);
    const constant = quantile(errorsHere, 0.5);
    errors.push(...errorsHere.map(error => Math.abs(error - constant)));
    samples.push(...found);
    await deck.close();
  }
  return { errors, samples, stepsBack, passes };
}

async function positionRow(scenario: Scenario, worst: WorstRows): Promise<void> {
  const { track, pitch, loss } = scenario;
  for (const program of PROGRAMS) {
    const { errors, samples, stepsBack, passes } = await positionSamples(program, scenario);
    const bars = samples.map(({ barMs }) => barMs);
    worst.note(program.name, samples, errors, passes);
    say(
      `${`${track}, ${pitch} %, ${loss * 100} %`.padEnd(40)}${program.name.padEnd(9)}` +
        `${figures(errors, [0.5, 0.95, 0.99, 1])}  ${figures(bars, [0.5])}  ${percent(insideOf(samples))}` +
        `  ${count(stepsBack)}${count(passes)}`,
    );
  }
}

/** When an act in cdj mode is seen: until the error stays within 15 ms, or until play is said to be what it is. */
async function seenRow(
  program: MeasuredProgram,
  [name, act]: readonly [string, DeckAction],
  loss: number,
  weather: WeatherName,
): Promise<void> {
  const right: Ms[] = [];
  const said: Ms[] = [];
  const noticed: Ms[] = [];
  const scenario = { mode: 'cdj', weather, track: 'Night Tram', pitch: 0, statuses: 'sharp', loss } as const;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const deck = await watchDeck(program, scenario, seed);
    if (act.kind !== 'play') deck.act({ kind: 'play' });
    deck.clock.advance(5000 + ((137 * seed) % 1000));
    const passBefore = deck.look()?.pass;
    deck.act(act);
    const last = { right: 0, said: 0, noticed: Infinity };
    for (let since = POSITION_LOOK_EVERY_MS; since <= 2000; since += POSITION_LOOK_EVERY_MS) {
      deck.clock.advance(POSITION_LOOK_EVERY_MS);
      const sample = deck.look();
      if (sample === null || Math.abs(sample.errorMs) > RECOVERED_MS) last.right = since;
      if (deck.saysPlaying() !== deck.plays()) last.said = since;
      if (sample !== null && sample.pass !== passBefore) last.noticed = Math.min(last.noticed, since);
    }
    right.push(last.right === 2000 ? Infinity : last.right);
    said.push(last.said === 2000 ? Infinity : last.said);
    noticed.push(last.noticed);
    await deck.close();
  }
  say(
    `${`${name}, ${loss * 100} %`.padEnd(40)}${program.name.padEnd(9)}${figures(right, [0.5, 0.95, 1])}` +
      `  ${figures(said, [0.5, 0.95, 1])}  ${act.kind === 'jump' || act.kind === 'loop' ? figures(noticed, [0.5, 1]) : ''}`,
  );
}

const LOSSES = [0, 0.05] as const;

const PARTS: Readonly<Record<string, (weather: WeatherName) => Promise<void>>> = {
  async starts(weather) {
    const worst = worstRows();
    say(
      `lighting mode, ${SEEDS} seeds, ${WEATHERS[weather].text} on the way; error and half-width of the bar in ms of play`,
    );
    say(
      'track, pitch, statuses, loss                  after              p50    p95    p99    max  bar p50      truth  new  known  method',
    );
    say(
      '                                                                                                     in bar passes    p50    p99',
    );
    const mode = 'lighting';
    for (const track of ['Slow Lantern', 'Copper Awning', 'Night Tram', 'Fast Allotment', 'The Hill and the Bend']) {
      for (const pitch of [0, 3.2, -8]) {
        for (const loss of LOSSES) await startRow({ mode, weather, track, pitch, statuses: 'sharp', loss }, worst);
      }
    }
    for (const track of ['Slow Lantern', 'Copper Awning', 'Night Tram', 'Fast Allotment']) {
      for (const pitch of [0, 3.2]) {
        for (const loss of LOSSES) await startRow({ mode, weather, track, pitch, statuses: 'on-change', loss }, worst);
      }
    }
    for (const line of worst.lines()) say(line);
  },
  async jumps(weather) {
    say(
      `jumps in lighting mode, Night Tram +3.2 %, sharp, 30 s after its start, ${WEATHERS[weather].text} on the way; ms.`,
    );
    say(
      'Noticed: a new pass; right: within 15 ms for good, of the 10 s after. Error and bar from the second report after the',
    );
    say('act, and after each turn of a loop');
    say(
      'act, loss                          noticed          right            error                   truth   known method',
    );
    say(
      '                                       p50    max      p50    p95      p50    p95    p99     in bar      p50    p99',
    );
    for (const loss of LOSSES) {
      for (const jump of JUMPS) for (const program of PROGRAMS) await jumpRow(program, jump, loss, weather);
    }
  },
  async positions(weather) {
    const worst = worstRows();
    say(`cdj mode, ${SEEDS} seeds, ${WEATHERS[weather].text} on the way; from 2 s after the start to 30 s, ms`);
    say(
      'track, pitch, loss                                   p50    p95    p99    max  bar p50     truth   steps   new',
    );
    say(
      '                                                 (error up to a constant)                 in bar    back passes',
    );
    const [mode, statuses] = ['cdj', 'sharp'] as const;
    for (const track of ['Slow Lantern', 'Night Tram', 'Fast Allotment', 'The Hill and the Bend']) {
      for (const pitch of [0, 3.2, -8]) {
        for (const loss of LOSSES) await positionRow({ mode, weather, track, pitch, statuses, loss }, worst);
      }
    }
    for (const line of worst.lines()) say(line);
  },
  async acts(weather) {
    say(
      `acts in cdj mode, Night Tram, ${WEATHERS[weather].text} on the way; ms until the position is within 15 ms, until its play is`,
    );
    say('said as it is, and until a new pass');
    say(
      'act, loss                                      right p50    p95    max  said p50   p95    max  pass p50   max',
    );
    const acts: readonly (readonly [string, DeckAction])[] = [
      ['start', { kind: 'play' }],
      ['pause', { kind: 'pause' }],
      ['cue', { kind: 'cue' }],
      ...JUMPS.filter(([, { kind }]) => kind === 'jump'),
      ['loop of 4 beats', { kind: 'loop', beats: 4 }],
    ];
    for (const loss of LOSSES) {
      for (const act of acts) for (const program of PROGRAMS) await seenRow(program, act, loss, weather);
    }
  },
};

const asked = { part: positionals[1] ?? 'all', weather: positionals[2] ?? '0-10' };
const weather = weatherNamed(asked.weather);
const weathers = asked.weather === 'all' ? WEATHER_NAMES : weather === null ? [] : [weather];
const parts = asked.part === 'all' ? Object.values(PARTS) : [PARTS[asked.part]].filter(part => part !== undefined);
if (weathers.length === 0 || parts.length === 0 || !(SEEDS > 0)) {
  say(
    `position.ts [seeds] [${Object.keys(PARTS).join('|')}|all] [${WEATHER_NAMES.join('|')}|all] [--beside|--of CHECKOUT]`,
  );
  process.exitCode = 2;
}
for (const each of weathers) {
  for (const part of parts) {
    await part(each);
    say('');
  }
}
