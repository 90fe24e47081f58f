/** The show as bridges show it elsewhere: what the screen is told goes to them as well. */
import type { ShownLine, ShowView } from '../../bridge.ts';
import type { Ms } from '../../core/clock.ts';
import { type Deck, type DeckKey, deckKey } from '../../core/deck/deck.ts';
import { becauseText } from '../../core/engine/intents.ts';
import { NO_TALLY, tallied } from '../../core/engine/outcome.ts';
import type { OpenShow } from '../../live/open-show.ts';
import { reasonText } from '../terminal/reason-text.ts';
import { type Screen, statusFacts } from '../terminal/screens.ts';
import { droppedLine, sentLine } from '../terminal/transcript.ts';
import { outlineOf } from './show-outline.ts';

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
  const tellText = (kind: 'answer' | 'log', text: string): void =>
    tell({ kind, at: now(), text, what: text, why: null, lateMs: null });
  return {
    opened(opened) {
      show = opened;
    },
    view: {
      status: at => (show === null ? null : statusFacts(show, { notices: notices(), simulated: {}, tally }, at)),
      bridges: () => show?.status() ?? [],
      tracks() {
        const opened = show;
        if (opened === null) return [];
        return [...opened.engine.state().show.decks.values()].flatMap(deck => trackFacts(opened, deck));
      },
      outline: () => (show === null ? null : outlineOf(show.engine.program().profile)),
      artwork: (unit, number) => (show === null ? null : artworkOn(show, deckKey({ unit, number }))),
      announce: screen.announced,
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
        const what = [intent.bridge, message].filter(part => part !== '').join(' ');
        tell({ kind: 'sent', at, text, what, why: becauseText(intent.because), lateMs: at - intent.trueTime });
      },
      dropped(dropped, at) {
        screen.dropped(dropped, at);
        // Decks that are cued for what comes next pass places all the time: those are counted, not listed.
        if (dropped.reason.kind === 'not-heard') return;
        const { because, reason } = dropped;
        const text = droppedLine(at - startedAt, dropped);
        tell({ kind: 'held-back', at, text, what: becauseText(because), why: reasonText(reason), lateMs: null });
      },
      came(outcome) {
        screen.came(outcome);
        tally = tallied(tally, outcome);
      },
      answered(answer) {
        screen.answered(answer);
        if (answer.text !== null) tellText('answer', answer.text);
      },
      logged(line) {
        screen.logged(line);
        tellText('log', `${line.level}: ${line.bridge}: ${line.text}`);
      },
    },
  };
}

/** Artwork that the unit has sent for the track that is on a deck now; null: none. */
function artworkOn({ engine }: OpenShow, key: DeckKey): Uint8Array | null {
  const { artworks, show } = engine.state();
  const sent = artworks.get(key);
  return sent !== undefined && sent.trackId === show.decks.get(key)?.track?.id ? sent.jpeg : null;
}

/** Track of a deck as plain data; empty: nothing is loaded. */
function trackFacts(show: OpenShow, { key, ref, track }: Deck): readonly Readonly<Record<string, unknown>>[] {
  if (track === null) return [];
  const { known, structure } = track;
  const { title, artist, durationMs, grid, cuePoints } = known;
  return [
    {
      ...{ deck: ref.number, unit: ref.unit, trackId: track.id, title, artist, durationMs },
      hasArtwork: artworkOn(show, key) !== null,
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
