/** One evening of a rehearsal, played: what came, what left, and the anchors of timecode, with a show that may be killed and started again. */
import type { Bridge } from '../bridge.ts';
import { virtualClock } from '../core/clock.ts';
import { FRESH_START, type StartState } from '../core/engine/engine-state.ts';
import { type Outcome, verdictOf } from '../core/engine/outcome.ts';
import type { RestartState } from '../core/engine/restart-state.ts';
import type { Profile } from '../core/profile.ts';
import { seededRandom } from '../core/random.ts';
import type { TimecodeAnchor } from '../core/timecode/stream-anchor.ts';
import type { MediaLibrary } from '../core/track/media-library.ts';
import type { TrackBook } from '../core/track/track-book.ts';
import { NO_WATCHER, type Watcher } from '../live/engine.ts';
import type { OpenShow } from '../live/open-show.ts';
import { WEATHERS } from '../network/weather.ts';
import type { RehearsalPlan } from './rehearsal-plan.ts';
import { openTrialRoom, openTrialShow, type TrialRoom } from './trial-show.ts';
import { type PathOf, type PlayedDeck, type TruePath, truePath } from './true-path.ts';
import type { LeftCue, ToldOf } from './verdict.ts';

/** What is rehearsed. */
export interface Rehearsed {
  readonly profile: Profile;
  readonly bridges: readonly Bridge[];
  readonly library: MediaLibrary;
  /** What a sound-check has taught. */
  readonly book: TrackBook;
}

/** A message that left. */
export interface SentMessage {
  readonly at: number;
  readonly trueTime: number;
  readonly rule: string;
  readonly phase: 'fire' | 'do' | 'undo';
  readonly deck: number | null;
  readonly bridge: string;
  readonly text: string;
}

export interface PlayedRehearsal {
  readonly plan: RehearsalPlan;
  readonly path: TruePath;
  /** Moments of rules with `when:` that came, in order. */
  readonly outcomes: readonly LeftCue[];
  /** The same as the engine tells them. */
  readonly came: readonly Outcome[];
  readonly told: readonly ToldOf[];
  readonly sent: readonly SentMessage[];
  readonly anchors: readonly { readonly bridge: string; readonly anchor: TimecodeAnchor }[];
  readonly book: TrackBook;
}

/** What leaves at the very end may be early for what is due after it. */
const AFTER_END_MS = 2000;
const CHUNK_MS = 5000;

const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

/** @param listen a watcher besides, of each show that is opened: for who asks why */
export async function playRehearsal(
  rehearsed: Rehearsed,
  plan: RehearsalPlan,
  pathOf: PathOf,
  listen: (show: () => OpenShow) => Watcher = () => NO_WATCHER,
): Promise<PlayedRehearsal> {
  const clock = virtualClock();
  const draw = seededRandom(plan.seed + 0x10000);
  const told: ToldOf[] = [];
  const room = await openTrialRoom(clock, plan.set, {
    road: WEATHERS[plan.weather].open(plan.seed),
    isLost: () => draw() < plan.loss,
    taken(sentAt, { port, bytes }) {
      const of = toldDeck(port, bytes);
      if (of !== null) told.push({ ...of, sentAt, takenAt: clock.now() });
    },
  });
  const heard = hearing(rehearsed, listen);
  for (const { at, forMs } of plan.blocks) clock.at(at, () => room.block(forMs));
  const until = async (end: number): Promise<void> => {
    while (clock.now() < end) {
      clock.advance(Math.min(CHUNK_MS, end - clock.now()));
      await settled();
    }
  };
  let show = heard.open(room, null);
  await settled();
  const restart = plan.incidents.find(({ kind }) => kind === 'restart');
  if (restart !== undefined) {
    await until(restart.at);
    show.engine.stop();
    await show.close();
    await until(restart.at + restart.forMs);
    show = heard.open(room, restart.forMs);
    await settled();
  }
  await until(plan.lengthMs);
  await show.close();
  await room.close();
  told.sort((a, b) => a.sentAt - b.sentAt);
  const path = truePath(plan.pathActs, plan.lengthMs + AFTER_END_MS, pathOf);
  return { plan, path, told, ...heard.all() };
}

interface Hearing {
  /** Opens a show; @param downMs time since the one before was killed, null: it is the first */
  open(room: TrialRoom, downMs: number | null): OpenShow;
  all(): Pick<PlayedRehearsal, 'outcomes' | 'came' | 'sent' | 'anchors' | 'book'>;
}

function hearing({ profile, bridges, library, book }: Rehearsed, listen: (show: () => OpenShow) => Watcher): Hearing {
  const outcomes: LeftCue[] = [];
  const came: Outcome[] = [];
  const sent: SentMessage[] = [];
  const anchors: { bridge: string; anchor: TimecodeAnchor }[] = [];
  let memory: RestartState | null = null;
  let learnt = book;
  return {
    open(room, downMs) {
      const beginnings: StartState = {
        ...FRESH_START,
        ...{ library, book: learnt },
        memory: memory === null || downMs === null ? null : { memory, ageMs: downMs },
      };
      const watcher = (show: () => OpenShow): Watcher => {
        const own = listen(show);
        return {
          ...own,
          remember(state) {
            memory = state;
            own.remember(state);
          },
          learnt(all) {
            learnt = all;
            own.learnt(all);
          },
          sent(departure) {
            const { at, intent } = departure;
            const { because, bridge, trueTime } = intent;
            const { rule, phase, deck } = because;
            sent.push({ at, trueTime, rule, phase, deck, bridge, text: show().describe(intent) });
            own.sent(departure);
          },
          came(arrival) {
            const { outcome, at } = arrival;
            came.push(outcome);
            const { rule, deck, place } = outcome.because;
            const verdict = verdictOf(outcome);
            if (deck === 1 || deck === 2) {
              const droppedFor = verdict === 'sent' ? null : verdict;
              outcomes.push({ rule, deck: deck as PlayedDeck, place: place ?? '', at, droppedFor });
            }
            own.came(arrival);
          },
        };
      };
      return openTrialShow(room, {
        ...{ profile, bridges, beginnings, watcher },
        explains: true,
        anchored: (bridge, anchor) => void anchors.push({ bridge, anchor }),
      });
    },
    all: () => ({ outcomes, came, sent, anchors, book: learnt }),
  };
}

/** Decks stand in two kinds of datagram, by their port and type byte; the byte at 0x21 is the number, 9 for the first. */
export function toldDeck(port: number, bytes: Uint8Array): Pick<ToldOf, 'deck' | 'kind'> | null {
  const kind =
    port === 50_002 && bytes[0x0a] === 0x0a ? 'status' : port === 50_001 && bytes[0x0a] === 0x0b ? 'position' : null;
  const number = bytes[0x21];
  if (kind === null || (number !== 9 && number !== 10)) return null;
  return { kind, deck: number === 9 ? 1 : 2 };
}
