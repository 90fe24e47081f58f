/** Texts, rows, artwork and key: which of them a player has to be sent, and the packets of each. */
import type { Ms } from '../../src/core/clock.ts';
import {
  encodeArtwork,
  encodeKey,
  encodeRows,
  encodeTextMessage,
  isTextKind,
  TEXT_KINDS,
  type TextKind,
} from './codec.ts';
import { ARTWORK_MOST_BYTES } from './layout.ts';
import { hoursInTitle, type OutputOptions, type SurfaceOutput } from './output-state.ts';
import type { CdjQuirks } from './quirks.ts';

export type ScreenKind = TextKind | 'key' | 'rows' | 'artwork';

/** In the order in which they are sent when several are due: what is seen first, first; an artwork takes longest. */
const SCREEN_KINDS: readonly ScreenKind[] = ['rows', ...TEXT_KINDS, 'key', 'artwork'];

/** Rows are sent at most ten times a second. */
export const ROWS_EVERY_MS: Ms = 100;

/** What a player shows of each kind, as we last sent it; `null` of a kind: nobody knows what it shows. */
export type SentScreen = ReadonlyMap<ScreenKind, ScreenContent | null>;

export type ScreenContent = string | Uint8Array | SurfaceOutput['rows'];

/** A player that was away may show anything where we have written. */
export const unknownScreen = (sent: SentScreen): SentScreen => new Map([...sent.keys()].map(kind => [kind, null]));

const NO_ARTWORK = new Uint8Array(0);

/** What is wanted of a kind, blank when nothing is. */
export function wantedContent(kind: ScreenKind, output: SurfaceOutput, at: Ms, options: OutputOptions): ScreenContent {
  if (kind === 'rows') return output.rows ?? [];
  // One that is too long for its length field cannot be sent; half of it would be no picture.
  if (kind === 'artwork')
    return (output.artwork?.length ?? 0) > ARTWORK_MOST_BYTES ? NO_ARTWORK : (output.artwork ?? NO_ARTWORK);
  const text = output[kind] ?? '';
  const hours = kind === 'title' ? hoursInTitle(output, at, options) : null;
  return hours === null ? text : `${hours} h ${text}`.trim();
}

function sameContent(a: ScreenContent | null, b: ScreenContent): boolean {
  if (a === b) return true;
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return a.length === b.length && a.every((byte, i) => byte === b[i]);
  }
  return Array.isArray(a) && Array.isArray(b) && JSON.stringify(a) === JSON.stringify(b);
}

const isBlank = (content: ScreenContent): boolean => content === undefined || content.length === 0;

/** The kinds that differ from what is wanted. What was never sent and is blank is left alone. */
export function dueScreen(sent: SentScreen, wanted: (kind: ScreenKind) => ScreenContent): readonly ScreenKind[] {
  return SCREEN_KINDS.filter(kind => {
    const content = wanted(kind);
    const known = sent.get(kind);
    return known === undefined ? !isBlank(content) : !sameContent(known, content);
  });
}

/** The packets that put this on the screen. */
export function screenPackets(
  kind: ScreenKind,
  deck: number,
  content: ScreenContent,
  { artworkLength }: Pick<CdjQuirks, 'artworkLength'>,
): readonly Uint8Array[] {
  if (content instanceof Uint8Array) return encodeArtwork(deck, content.length === 0 ? null : content, artworkLength);
  if (typeof content === 'string') {
    if (kind === 'key') return [encodeKey(deck, content)];
    return isTextKind(kind) ? encodeTextMessage(kind, deck, content) : [];
  }
  return encodeRows(deck, content ?? []);
}
