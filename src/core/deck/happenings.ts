/** Happenings of a deck that rules can name, from its state before a report and its state after it. Pure. */
import type { Ms } from '../clock.ts';
import type { ShowHappening } from '../show-happening.ts';
import type { Coordinate } from '../track/beat-grid.ts';
import { toBeat } from '../track/track.ts';
import type { Deck } from './deck.ts';
import { placeAt } from './line.ts';

/** In the order in which they are told where several come at once. */
export const HAPPENINGS = [
  'found',
  'unload',
  'load',
  'stop',
  'track end',
  'jump',
  'loop',
  'reverse',
  'play',
  'on air',
  'off air',
  'master',
  'lost',
] as const;
export type DeckHappening = (typeof HAPPENINGS)[number];

/** What rules can name that is no place of a track. */
export type Happening = DeckHappening | ShowHappening;

/** Distance of a jump; below 0 back. null: nothing carries its place into that unit. */
export interface JumpDistance {
  readonly beats: number | null;
  readonly ms: Ms | null;
}

/** A jump back of a deck, to tell a loop by: the next one that lands there from as far is its second turn. */
export interface JumpBack {
  readonly loads: number;
  readonly coordinate: Coordinate;
  readonly landing: number;
  readonly distance: number;
}

export interface Happened {
  readonly happening: DeckHappening;
  /** As it is now; of an unload as it was before. */
  readonly deck: Deck;
  /** Of jumps and turns of loops; null: of nothing else. */
  readonly jump: JumpDistance | null;
}

/**
 * Finds what has happened to a deck.
 *
 * @param before   null: it was not met before
 * @param isLost   it had been silent
 * @param jumpBack its last jump back; null: none
 * @param at       of the report
 */
export function happened(
  before: Deck | null,
  deck: Deck,
  { isLost, jumpBack }: { readonly isLost: boolean; readonly jumpBack: JumpBack | null },
  at: Ms,
): { readonly happened: readonly Happened[]; readonly jumpBack: JumpBack | null } {
  const list: Happened[] = [];
  const tell = (isSo: boolean, happening: DeckHappening, of = deck, jump: JumpDistance | null = null): void => {
    if (isSo) list.push({ happening, deck: of, jump });
  };
  // Nobody has seen the beginning of what a deck did when it was met.
  if (before === null) return { happened: [{ happening: 'found', deck, jump: null }], jumpBack: null };
  tell(isLost, 'found');
  tell(before.track !== null && deck.track === null, 'unload', before);
  tell(deck.loads > before.loads && deck.track !== null, 'load');
  tell(before.isPlaying && !deck.isPlaying, 'stop');
  tell(before.playState !== 'ended' && deck.playState === 'ended', 'track end');
  const jump = jumpOf(before, deck, at);
  const isTurn = jump !== null && jumpBack !== null && isSameJump(jumpBack, jump);
  if (jump !== null) tell(true, isTurn ? 'loop' : 'jump', deck, distanceOf(deck, jump));
  tell(before.runSpeed >= 0 && deck.runSpeed < 0, 'reverse');
  tell(!before.isPlaying && deck.isPlaying, 'play');
  tell(!before.isOnAirLamp && deck.isOnAirLamp, 'on air');
  tell(before.isOnAirLamp && !deck.isOnAirLamp, 'off air');
  tell(!before.isMaster && deck.isMaster, 'master');
  const isBack = jump !== null && jump.distance < 0;
  return { happened: list, jumpBack: jump === null ? jumpBack : isBack ? jump : null };
}

/** A new pass within one load, of a deck whose place was known before. */
function jumpOf(before: Deck, { pass, loads, line, mark }: Deck, at: Ms): JumpBack | null {
  if (loads !== before.loads || pass === before.pass || before.line === null || line === null || mark === null)
    return null;
  if (before.line.coordinate !== line.coordinate) return null;
  const distance = mark.crossed - placeAt(before.line, Math.min(at, mark.at));
  return { loads, coordinate: line.coordinate, landing: mark.crossed, distance };
}

/** Two turns of a loop are told this alike, in beats: each is known to about a beat. In ms a beat of a slow track. */
const SAME_TURN = { beats: 1.01, ms: 500 } as const;

const isSameJump = (a: JumpBack, b: JumpBack): boolean =>
  a.loads === b.loads &&
  b.distance < 0 &&
  Math.abs(a.landing - b.landing) < SAME_TURN[a.coordinate] &&
  Math.abs(a.distance - b.distance) < SAME_TURN[a.coordinate];

function distanceOf({ track, line }: Deck, { landing, distance }: JumpBack): JumpDistance {
  if (track === null || line === null) return { beats: null, ms: null };
  if (line.coordinate === 'beats') {
    const { timeline } = track;
    const ms = timeline === null ? null : timeline.msOfBeat(landing) - timeline.msOfBeat(landing - distance);
    return { beats: distance, ms };
  }
  const [from, to] = [toBeat(track, 'ms', landing - distance), toBeat(track, 'ms', landing)];
  return { beats: from === null || to === null ? null : to - from, ms: distance };
}
