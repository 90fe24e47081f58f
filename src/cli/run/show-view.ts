/** The show as bridges show it elsewhere: what the screen is told goes to them as well. */
import type { ShownLine, ShowView } from '../../bridge.ts';
import type { Ms } from '../../core/clock.ts';
import type { Deck } from '../../core/deck/deck.ts';
import { NO_TALLY, tallied } from '../../core/engine/outcome.ts';
import type { OpenShow } from '../../live/open-show.ts';
import { type Screen, statusFacts } from '../terminal/screens.ts';
import { droppedLine, sentLine } from '../terminal/transcript.ts';

export interface ViewedScreen {
  readonly screen: Screen;
  readonly view: ShowView;
  /** Gives the view its show, once that is open. */
  opened(show: OpenShow): void;
}

/** Puts a view beside a screen. @param now the clock by which lines of the log are dated */
export function viewedScreen(
  screen: Screen,
  { startedAt, notices, now }: { readonly startedAt: Ms; notices(): readonly string[]; now(): Ms },
): ViewedScreen {
  const listeners = new Set<(line: ShownLine) => void>();
  let tally = NO_TALLY;
  let show: OpenShow | null = null;
  function tell(line: ShownLine): void {
    for (const listener of listeners) listener(line);
  }
  return {
    opened(opened) {
      show = opened;
    },
    view: {
      status: at => (show === null ? null : statusFacts(show, { notices: notices(), simulated: {}, tally }, at)),
      tracks: () => (show === null ? [] : [...show.engine.state().show.decks.values()].flatMap(trackFacts)),
      listen(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    screen: {
      ...screen,
      sent(departure, message) {
        screen.sent(departure, message);
        const { at, intent } = departure;
        const text = sentLine(at - startedAt, intent, message);
        tell({ kind: 'sent', at, text, lateMs: at - intent.trueTime });
      },
      dropped(dropped, at) {
        screen.dropped(dropped, at);
        // Decks that are cued for what comes next pass places all the time: those are counted, not listed.
        if (dropped.reason.kind === 'not-heard') return;
        tell({ kind: 'held-back', at, text: droppedLine(at - startedAt, dropped), lateMs: null });
      },
      came(outcome) {
        screen.came(outcome);
        tally = tallied(tally, outcome);
      },
      logged(line) {
        screen.logged(line);
        tell({ kind: 'log', at: now(), text: `${line.level}: ${line.bridge}: ${line.text}`, lateMs: null });
      },
    },
  };
}

/** Track of a deck as plain data; empty: nothing is loaded. */
function trackFacts({ ref, track }: Deck): readonly Readonly<Record<string, unknown>>[] {
  if (track === null) return [];
  const { known, structure } = track;
  const { title, artist, durationMs, grid, cuePoints } = known;
  return [
    {
      ...{ deck: ref.number, trackId: track.id, title, artist, durationMs },
      endBeat: structure?.endBeat ?? null,
      phrases: (structure?.phrases ?? []).map(({ label, kind, startBeat, endBeat }) => ({
        ...{ label, kind, startBeat, endBeat },
      })),
      cuePoints: cuePoints.map(({ name, positionMs }) => ({
        name,
        positionMs,
        beat: grid === null ? null : grid.beatOfMs(positionMs),
      })),
    },
  ];
}
