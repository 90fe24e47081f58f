/** The mark of a deck: how far its pass has been looked at for moments, and what a jump makes of it. */
import type { Ms } from '../clock.ts';
import type { Coordinate } from '../track/beat-grid.ts';
import { type Track, toBeat, toCoordinate } from '../track/track.ts';
import { type Line, placeAt } from './line.ts';
import type { Observed } from './observe.ts';

/**
 * How far a pass has been looked at for moments: only ever forward within a pass. A fresh mark stands on the landing
 * place and has not looked at it yet.
 */
export interface Mark {
  readonly crossed: number;
  /** When the playhead was there. */
  readonly at: Ms;
  readonly isFresh: boolean;
  /** What its pass has been looked at by; null: no moment of it has been looked for yet. */
  readonly looked: Looked | null;
}

/** A stretch of a pass that has been looked at for moments, and by what knowledge of the track. */
export interface Looked {
  readonly track: Track;
  /** Where the stretch begins. */
  readonly since: Pick<Mark, 'crossed' | 'at' | 'isFresh'>;
  /** Names of moments that were passed, and that by what is known now do not lie behind the mark: they do not come again. */
  readonly spent: ReadonlySet<string>;
}

/** A jump forward within one load that no crossing has seen yet. */
export interface Jump {
  readonly from: number;
  readonly to: number;
  /** When it was noticed. */
  readonly at: Ms;
}

/** The part of a deck that marks are made from. */
export interface MarkedDeck {
  readonly track: Track | null;
  readonly line: Line | null;
  readonly isPlaying: boolean;
  /** Raised by every load, jump and loop wrap. */
  readonly pass: number;
  readonly mark: Mark | null;
  /** null: no jump that is still to be seen. */
  readonly jump: Jump | null;
  /** The beat at which we came upon it, when that was in the middle of its play; null: we have seen it from its start. */
  readonly joinedAtBeat: number | null;
}

/** A deck first seen playing beyond its second bar was not started under our eyes. */
const JOINED_AFTER_BEATS = 8;

/** The deck on its new line: where that jumped, with a fresh mark and in a new pass. */
export function withObserved<D extends MarkedDeck>(deck: D, observed: Observed, at: Ms): D {
  const { line, jumpTarget, borneOut } = observed;
  if (jumpTarget === null) return { ...deck, line };
  const carried = carriedMark(deck, line.coordinate);
  if (carried !== null) return { ...deck, line, mark: carried, jump: null };
  const isFirst = deck.line === null;
  const targetBeat = deck.track === null ? null : toBeat(deck.track, line.coordinate, jumpTarget);
  const isJoin = isFirst && deck.isPlaying && targetBeat !== null && targetBeat > JOINED_AFTER_BEATS;
  return {
    ...deck,
    joinedAtBeat: isFirst ? (isJoin ? targetBeat : null) : deck.joinedAtBeat,
    line,
    pass: isFirst ? deck.pass : deck.pass + 1,
    mark: { crossed: crossedAfter(deck, observed, at), at: borneOut?.since ?? at, isFresh: true, looked: null },
    jump: isFirst ? null : jumpForward(deck, jumpTarget, at),
  };
}

/**
 * Where crossing begins after a jump. What the line passed while the jump was in doubt, and the playhead after it, is not
 * passed again: it was the one playhead.
 */
function crossedAfter({ mark }: MarkedDeck, { line, jumpTarget, borneOut }: Observed, at: Ms): number {
  const target = jumpTarget ?? line.place;
  const reached = placeAt(line, at);
  if (borneOut === null || mark === null || mark.crossed <= borneOut.doubtedFrom || reached <= borneOut.doubtedFrom)
    return target;
  return Math.max(target, Math.min(mark.crossed, reached));
}

/** The mark in another coordinate: a source that changes is no jump where a grid carries one into the other. */
function carriedMark({ line, mark, track }: MarkedDeck, coordinate: Coordinate): Mark | null {
  if (line === null || mark === null || track === null || line.coordinate === coordinate) return null;
  const beat = toBeat(track, line.coordinate, mark.crossed);
  const crossed = beat === null ? null : toCoordinate(track, coordinate, beat);
  if (crossed === null) return null;
  const { at, isFresh, looked } = mark;
  return { crossed, at, isFresh, looked: looked === null ? null : { ...looked, since: { crossed, at, isFresh } } };
}

function jumpForward(deck: MarkedDeck, to: number, at: Ms): Jump | null {
  const from = deck.mark?.crossed ?? (deck.line === null ? to : placeAt(deck.line, at));
  return to > from ? { from, to, at } : null;
}
