/** `decklight run`: the show, live. */
import { readFileSync } from 'node:fs';
import type { Bridge, Simulation } from '../bridge.ts';
import type { Cancel, Ms } from '../core/clock.ts';
import type { Deck } from '../core/deck.ts';
import { becauseText } from '../core/intents.ts';
import { positionAt } from '../core/position.ts';
import { phraseNow } from '../core/scope.ts';
import { onAir, type Show } from '../core/show.ts';
import { type OpenShow, openShow } from '../open-show.ts';
import { readProfile } from './check.ts';
import { liveClock, toMonotonicNs } from './live-clock.ts';
import { liveWire } from './live-wire.ts';
import { type LogLine, openLog } from './log.ts';
import type { Out } from './out.ts';
import { packageFile } from './package-file.ts';
import { bridgeLine, COLOURS, deckLine, NO_COLOURS, nextCues, statusLines } from './status.ts';
import { every10Ms, openTrace, positionLines, sentTraceLine, truthLines } from './trace.ts';
import { droppedLine, sentLine, showTime } from './transcript.ts';

export interface RunOptions {
  /** The unit is a simulated one, within this program. */
  readonly simulate: boolean;
  /** What the simulated DJ plays; null: the demo set. */
  readonly set: string | null;
  readonly dryRun: boolean;
  readonly trace: string | null;
  readonly forMs: Ms | null;
  readonly json: boolean;
  readonly require: boolean;
  readonly log: string | null;
}

const REDRAW_EVERY_MS: Ms = 200;
const PLAIN_EVERY_MS: Ms = 2000;
const JSON_EVERY_MS: Ms = 1000;
/** How long `--require` waits for what the profile names. */
const REQUIRE_WITHIN_MS: Ms = 10_000;
const LAST_SHOWN = 6;
const MESSAGES_SHOWN = 4;

/** @returns the exit code: 0 done, 1 failed, 2 the profile or command line is wrong, 3 something required is not there */
export async function runCommand(
  file: string,
  options: RunOptions,
  out: Out,
  bridges: readonly Bridge[],
  stopped: AbortSignal,
): Promise<number> {
  const read = readProfile(file, bridges);
  for (const line of read.lines) out.error(line);
  if (read.profile === null) return 2;
  const { profile } = read;

  const clock = liveClock();
  const wire = liveWire(clock);
  const startedAt = clock.now();
  const messages: LogLine[] = [];
  const last: string[] = [];
  const remember = <T>(list: T[], most: number, entry: T): void => {
    list.push(entry);
    if (list.length > most) list.shift();
  };
  const screen = out.isTerminal && !options.json ? 'terminal' : options.json ? 'json' : 'plain';
  const log = openLog(options.log, line => {
    remember(messages, MESSAGES_SHOWN, line);
    if (screen !== 'terminal') out.error(`${line.level}: ${line.bridge}: ${line.text}`);
  });
  const trace =
    options.trace === null ? null : openTrace(options.trace, text => log.of('trace').error({ file: options.trace }, text));

  const instead = new Map<string, Simulation>();
  if (options.simulate) {
    const set = readSet(options.set, out);
    if (set === null) return 2;
    for (const entry of profile.bridges) {
      const kind = bridges.find(({ type }) => type === entry.type);
      if (kind?.simulate == null) continue;
      const acted = (text: string): void => log.of(`simulated ${entry.name}`).info({}, text);
      try {
        instead.set(entry.name, await kind.simulate({ clock, wire, options: entry.options, set, acted }));
      } catch (error) {
        out.error((error as Error).message);
        return 2;
      }
    }
    if (instead.size === 0) {
      out.error(`${file}: --simulate needs a bridge of type opus-quad, and the profile has none`);
      return 2;
    }
  }

  let show: OpenShow | null = null;
  const describe = (intent: Parameters<OpenShow['describe']>[0]): string => show?.describe(intent) ?? '';
  show = openShow({
    profile,
    bridges,
    clock,
    wire,
    log: name => log.of(name),
    unixMs: at => Date.now() + (at - clock.now()),
    isDryRun: options.dryRun,
    instead,
    watcher: {
      received() {},
      sent(departure) {
        const { at, intent } = departure;
        const message = describe(intent);
        remember(last, LAST_SHOWN, sentLine(at - startedAt, intent, message));
        trace?.write([sentTraceLine(departure, message)]);
        if (screen === 'plain') out.line(sentLine(at - startedAt, intent, message));
        if (screen === 'json') {
          const { bridge, because, trueTime, kind, id } = intent;
          out.line(
            JSON.stringify({
              monotonicNs: toMonotonicNs(at),
              kind: 'sent',
              intent: kind,
              id,
              bridge,
              message,
              because: becauseText(because),
              trueTimeNs: toMonotonicNs(trueTime),
              dryRun: options.dryRun,
            }),
          );
        }
      },
      dropped(dropped, at) {
        const line = droppedLine(at - startedAt, dropped);
        remember(last, LAST_SHOWN, line);
        if (screen === 'plain') out.line(line);
        if (screen === 'json') {
          const because = becauseText(dropped.because);
          out.line(JSON.stringify({ monotonicNs: toMonotonicNs(at), kind: 'dropped', because, reason: dropped.reason }));
        }
      },
    },
  });
  const { engine, program } = show;
  const banner = bannerOf(instead, options.dryRun);

  const cancels: Cancel[] = [];
  const repeat = (everyMs: Ms, run: (at: Ms) => void): void => {
    let cancel: Cancel = () => {};
    const next = (): void => {
      run(clock.now());
      cancel = clock.at(clock.now() + everyMs, next);
    };
    next();
    cancels.push(() => cancel());
  };

  if (trace !== null) {
    cancels.push(
      every10Ms(clock, at => {
        trace.write(positionLines(engine.state().show, at));
        for (const simulation of instead.values()) trace.write(truthLines(simulation.truth(at), at));
      }),
    );
  }
  if (screen === 'terminal') {
    repeat(REDRAW_EVERY_MS, at => {
      const lines = statusLines(
        { program, state: engine.state(), bridges: show.status(), last, messages, banner, startedAt },
        at,
        COLOURS,
      );
      out.redraw(lines);
    });
  }
  if (screen === 'plain') {
    if (banner !== null) out.line(banner);
    const said = new Map<string, string>();
    repeat(PLAIN_EVERY_MS, at => {
      for (const bridge of show.status()) {
        const line = `${showTime(at - startedAt)}  ${bridgeLine(bridge, NO_COLOURS)}`;
        // The count of what was sent changes all the time; the state and its reason are what is news.
        const news = `${bridge.state} ${bridge.state === 'ready' ? '' : bridge.text}`;
        if (said.get(bridge.name) !== news) out.line(line);
        said.set(bridge.name, news);
      }
      const { show: now } = engine.state();
      for (const deck of now.decks.values()) {
        if (deck.track !== null) out.line(`${showTime(at - startedAt)}  ${deckLine(now, deck, at, NO_COLOURS)}`);
      }
    });
  }
  if (screen === 'json') {
    repeat(JSON_EVERY_MS, at => {
      const { show: now, sent } = engine.state();
      out.line(
        JSON.stringify({
          monotonicNs: toMonotonicNs(at),
          kind: 'status',
          profile: profile.name,
          simulated: instead.size > 0,
          bridges: show.status(),
          decks: [...now.decks.values()].map(deck => deckFacts(now, deck, at)),
          holds: [...sent.keys()],
          next: nextCues(program, now, at),
        }),
      );
    });
  }

  const code = await new Promise<number>(done => {
    if (stopped.aborted) done(0);
    stopped.addEventListener('abort', () => done(0), { once: true });
    if (options.forMs !== null) cancels.push(clock.at(startedAt + options.forMs, () => done(0)));
    if (options.require) {
      cancels.push(
        clock.at(startedAt + REQUIRE_WITHIN_MS, () => {
          const missing = show.status().filter(({ state }) => state !== 'ready');
          for (const bridge of missing) out.error(`required and not there: ${bridgeLine(bridge, NO_COLOURS)}`);
          if (missing.length > 0) done(3);
        }),
      );
    }
  });
  for (const cancel of cancels) cancel();
  await show.close();
  await Promise.all([...instead.values()].map(simulation => simulation.close()));
  await trace?.close();
  log.flush();
  out.line(`stopped after ${showTime(clock.now() - startedAt)}`);
  return code;
}

function bannerOf(instead: ReadonlyMap<string, Simulation>, isDryRun: boolean): string | null {
  const parts = [...instead].map(([name, { text }]) => `SIMULATED ${name}: ${text}`);
  if (isDryRun) parts.push('DRY RUN: nothing leaves');
  return parts.length === 0 ? null : parts.join(' · ');
}

function readSet(given: string | null, out: Out): { file: string; source: string } | null {
  const file = given ?? packageFile('profiles/sets/demo.yaml');
  try {
    return { file, source: readFileSync(file, 'utf8') };
  } catch (error) {
    out.error(`${file}: the set cannot be read: ${(error as Error).message}`);
    return null;
  }
}

function deckFacts(show: Show, deck: Deck, at: Ms): Readonly<Record<string, unknown>> {
  const position = positionAt(deck, at);
  return {
    deck: deck.ref.number,
    unit: deck.ref.unit,
    trackId: deck.track?.id ?? null,
    title: deck.track?.title ?? null,
    playState: deck.playState,
    playing: deck.isPlaying,
    onAir: onAir(show, deck),
    master: deck.isMaster,
    tempoBpm: deck.track?.tempoBpm == null ? null : deck.track.tempoBpm * deck.pitchSpeed,
    phrase: phraseNow(deck, position)?.label ?? null,
    ...position,
  };
}
