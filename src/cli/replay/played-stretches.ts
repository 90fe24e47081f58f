/** Stretches of an evening in which each deck played one phrase of one track, found by looks at the show as it runs again. */
import type { Ms } from '../../core/clock.ts';
import { positionAt } from '../../core/deck/position.ts';
import type { OpenShow } from '../../live/open-show.ts';
import type { PlayedStretch } from '../pictures/evening-picture.ts';
import { phraseAhead } from '../terminal/phrase-ahead.ts';

/** Time of the evening between two looks. */
const LOOK_EVERY_MS: Ms = 250;

export interface StretchWatch {
  /** Looks, if it is time to. */
  look(show: OpenShow, at: Ms): void;
  /** All stretches, those that go on ended. */
  ended(at: Ms): readonly PlayedStretch[];
}

export function watchStretches(startedAt: Ms): StretchWatch {
  const done: PlayedStretch[] = [];
  const open = new Map<string, PlayedStretch>();
  let lookedAt = Number.NEGATIVE_INFINITY;

  function end(deck: string, toMs: Ms): void {
    const stretch = open.get(deck);
    if (stretch !== undefined) done.push({ ...stretch, toMs });
    open.delete(deck);
  }

  return {
    look({ engine }, at) {
      if (at - lookedAt < LOOK_EVERY_MS) return;
      lookedAt = at;
      const now = at - startedAt;
      for (const deck of engine.state().show.decks.values()) {
        const { key, track } = deck;
        if (track === null || !deck.isPlaying) {
          end(key, now);
          continue;
        }
        const name = [track.known.artist, track.known.title ?? `track ${track.id}`].filter(Boolean).join(' - ');
        const phrase = phraseAhead(deck, positionAt(deck, at)).now;
        const before = open.get(key);
        if (before?.track === name && before.phrase?.label === phrase?.label) continue;
        end(key, now);
        const shown = phrase === null ? null : { kind: phrase.kind, label: phrase.label };
        open.set(key, { deck: key, fromMs: now, toMs: now, track: name, phrase: shown });
      }
    },
    ended(at) {
      for (const deck of [...open.keys()]) end(deck, at - startedAt);
      return done;
    },
  };
}
