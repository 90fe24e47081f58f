/**
 * Cue lists of analysis files, PCOB and PCO2, to values and back, and the cue points of a track that they come to. Pure;
 * the tables are in layout.ts.
 */
import type { Ms } from '../../../src/core/clock.ts';
import type { CuePoint } from '../../../src/core/track/media-track.ts';
import { TRACK_COLOURS } from '../../../src/core/track/track-notes.ts';
import {
  COMMENT_FROM,
  CUE_BYTES,
  CUE_LIST_HEADER_BYTES,
  cue,
  cueListHead,
  ENVELOPE_BYTES,
  EXTENDED_CUE_BYTES,
  EXTENDED_CUE_LEAST_BYTES,
  EXTENDED_CUE_LIST_HEADER_BYTES,
  extendedCue,
  extendedCueListHead,
  tagHead,
} from './analysis-layout.ts';

/** A list of cues as one tag stores it. */
export interface CueList {
  /** `basic`: PCOB; `extended`: PCO2, which alone has colours and comments. */
  readonly form: 'basic' | 'extended';
  /** The kind that the tag says it is a list of; what a cue is, its own number says. */
  readonly kind: 'memory' | 'hot' | 'unknown';
  /** In the order of the file, which need not be that of their places. */
  readonly cues: readonly StoredCue[];
}

/** A cue as it is stored. */
export interface StoredCue {
  /** 0: a memory cue; 1, 2 …: hot cue A, B … */
  readonly button: number;
  readonly type: 'point' | 'loop' | 'unknown';
  /** From the start of the track at normal speed. */
  readonly positionMs: Ms;
  /** From the start of the track; null: no loop. */
  readonly loopEndMs: Ms | null;
  /** Beats of a loop of whole beats or simple parts of one; null: another loop, or none. */
  readonly loopBeats: { readonly numerator: number; readonly denominator: number } | null;
  /** Colour of a memory cue, 1..8; 0: none. */
  readonly colourId: number;
  /** Comment of the DJ; null: none. */
  readonly comment: string | null;
  /** Colour of a hot cue; null: none was chosen. */
  readonly colour: HotCueColour | null;
}

export interface HotCueColour {
  /** Place in rekordbox's own list of colours. */
  readonly code: number;
  /** 0..255, as the two that follow. */
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** A fault in a tag, and where. */
export interface TagWarning {
  readonly reason: string;
  /** In bytes from the start of what was read. */
  readonly offset: number;
}

export type DecodedCueList =
  | { readonly ok: true; readonly value: CueList; readonly warnings: readonly TagWarning[] }
  | { readonly ok: false; readonly reason: string; readonly offset: number };

/**
 * A PCOB or a PCO2 tag as a list of cues.
 *
 * @param tag the whole tag and nothing after it
 * @returns a cue that is not one, or that goes on beyond the tag, ends the list: those before it are kept, with a warning
 */
export function decodeCueList(tag: Uint8Array, form: CueList['form']): DecodedCueList {
  const head = form === 'basic' ? cueListHead.decode(tag) : extendedCueListHead.decode(tag);
  if (!head.ok) return head;
  const { kind, count } = head.value;
  const cues: StoredCue[] = [];
  const warnings: TagWarning[] = [];
  let offset = form === 'basic' ? CUE_LIST_HEADER_BYTES : EXTENDED_CUE_LIST_HEADER_BYTES;
  for (let i = 0; i < count; i++) {
    const entry = entryAt(tag, offset, form);
    if (!entry.ok) {
      warnings.push({ reason: `cue ${i + 1} of ${count}: ${entry.reason}: the list ends before it`, offset });
      break;
    }
    if (entry.warning !== null) warnings.push({ reason: `cue ${i + 1} of ${count}: ${entry.warning}`, offset });
    cues.push(entry.cue);
    offset += entry.bytes;
  }
  if (cues.length === count && entryAt(tag, offset, form).ok) {
    warnings.push({
      reason: `states ${count} cues, and more stand after them: left out; export the track again`,
      offset,
    });
  }
  return { ok: true, value: { form, kind, cues }, warnings };
}

type Entry =
  | { readonly ok: true; readonly cue: StoredCue; readonly bytes: number; readonly warning: string | null }
  | { readonly ok: false; readonly reason: string };

function entryAt(tag: Uint8Array, offset: number, form: CueList['form']): Entry {
  const left = tag.subarray(offset);
  const head = tagHead.decode(left);
  if (!head.ok) {
    return { ok: false, reason: `${left.length} bytes are left of the tag, expected at least ${ENVELOPE_BYTES}` };
  }
  const { name, tagBytes: bytes } = head.value;
  const expected = form === 'basic' ? 'PCPT' : 'PCP2';
  if (name !== expected) return { ok: false, reason: `begins with "${name}", expected "${expected}"` };
  const least = form === 'basic' ? CUE_BYTES : EXTENDED_CUE_LEAST_BYTES;
  if (bytes < least) return { ok: false, reason: `states ${bytes} bytes, expected at least ${least}` };
  if (bytes > left.length) {
    return { ok: false, reason: `states ${bytes} bytes, ${left.length} are left of the tag` };
  }
  const entry = left.subarray(0, bytes);
  const read = form === 'basic' ? basicCue(entry) : commentedCue(entry);
  return read.ok ? { ok: true, cue: read.value, bytes, warning: read.warning } : read;
}

type ReadCue =
  | { readonly ok: true; readonly value: StoredCue; readonly warning: string | null }
  | { readonly ok: false; readonly reason: string };

function basicCue(entry: Uint8Array): ReadCue {
  const read = cue.decode(entry);
  if (!read.ok) return read;
  const { button, type, positionMs, loopEndMs } = read.value;
  const value = {
    button,
    type,
    positionMs,
    loopEndMs,
    loopBeats: null,
    colourId: 0,
    comment: null,
    colour: null,
  };
  return { ok: true, value, warning: null };
}

function commentedCue(entry: Uint8Array): ReadCue {
  const head = extendedCue(0).decode(entry);
  if (!head.ok) return head;
  const stated = head.value.commentBytes ?? 0;
  const isWhole = stated === 0 || (stated % 2 === 0 && COMMENT_FROM + stated <= entry.length);
  const read = extendedCue(isWhole ? stated : 0).decode(entry);
  if (!read.ok) return read;
  const { button, type, positionMs, loopEndMs, colourId, loopNumerator, loopDenominator, comment } = read.value;
  const { colourCode, red, green, blue } = read.value;
  const fault = commentFault(entry, stated, isWhole);
  // The colour follows the comment: where that ends elsewhere it would be made of letters.
  const hasColour = fault === null && red !== null && green !== null && blue !== null && colourCode !== null;
  const isQuantised = loopNumerator !== null && loopDenominator !== null && loopNumerator + loopDenominator > 0;
  return {
    ok: true,
    value: {
      button,
      type,
      positionMs,
      loopEndMs,
      loopBeats: isQuantised ? { numerator: loopNumerator, denominator: loopDenominator } : null,
      colourId: colourId ?? 0,
      comment: comment === '' ? null : comment,
      colour: hasColour && colourCode + red + green + blue > 0 ? { code: colourCode, red, green, blue } : null,
    },
    warning: fault,
  };
}

/** The fault in the length that an entry states of its comment. */
function commentFault(entry: Uint8Array, stated: number, isWhole: boolean): string | null {
  const states = `states a comment of ${stated} bytes`;
  const most = entry.length - COMMENT_FROM;
  if (!isWhole) return `${states}, expected an even number up to ${most}: it has neither comment nor colour`;
  const end = COMMENT_FROM + stated;
  const isClosed = stated === 0 || (entry[end - 2] === 0 && entry[end - 1] === 0);
  return isClosed ? null : `${states}, and no NUL closes it there: it has no colour`;
}

/** A list of cues as a tag. A basic list has no place for colours, comments and beats of loops: they are not written. */
export function encodeCueList({ form, kind, cues }: CueList): Uint8Array {
  const last = cues.length - 1;
  const entries = cues.map((each, i) => (form === 'basic' ? encodeBasic(each, i, last) : encodeCommented(each)));
  const headBytes = form === 'basic' ? CUE_LIST_HEADER_BYTES : EXTENDED_CUE_LIST_HEADER_BYTES;
  const tagBytes = entries.reduce((sum, entry) => sum + entry.length, headBytes);
  const head = { tagBytes, kind, count: cues.length };
  const tag =
    form === 'basic'
      ? cueListHead.encode({ ...head, lastIndex: last < 0 ? null : last }, tagBytes)
      : extendedCueListHead.encode(head, tagBytes);
  let offset = headBytes;
  for (const entry of entries) {
    tag.set(entry, offset);
    offset += entry.length;
  }
  return tag;
}

function encodeBasic({ button, type, positionMs, loopEndMs }: StoredCue, index: number, last: number): Uint8Array {
  return cue.encode({
    entryBytes: CUE_BYTES,
    button,
    type,
    positionMs,
    loopEndMs,
    previousIndex: index === 0 ? null : index - 1,
    nextIndex: index === last ? null : index + 1,
  });
}

function encodeCommented({ button, type, positionMs, loopEndMs, ...more }: StoredCue): Uint8Array {
  const { colourId, loopBeats, comment, colour } = more;
  const commentBytes = comment === null ? 0 : 2 * (comment.length + 1);
  const entryBytes = EXTENDED_CUE_BYTES + commentBytes;
  const fields = {
    entryBytes,
    button,
    type,
    positionMs,
    loopEndMs,
    colourId,
    loopNumerator: loopBeats?.numerator ?? 0,
    loopDenominator: loopBeats?.denominator ?? 0,
    commentBytes,
    comment: comment ?? '',
    colourCode: colour?.code ?? 0,
    red: colour?.red ?? 0,
    green: colour?.green ?? 0,
    blue: colour?.blue ?? 0,
  };
  return extendedCue(commentBytes).encode(fields, entryBytes);
}

/** Hot cues that a player has buttons for. */
const BUTTONS = 'ABCDEFGH';

/**
 * The cue points of a track from the lists of its two analysis files.
 *
 * @param ext lists of its `.EXT`
 * @param dat lists of its `.DAT`
 * @param durationMs length of the track; null: not known
 * @returns in the order of their places, a memory cue before a hot cue at one place, hot cues there by button
 *
 * Extended lists count, and basic ones only for a kind (memory or hot) of which no extended list has any: the first three
 * hot cues are then said to be in `.DAT` and the others in `.EXT`, so that both are read. Of doubles the first counts.
 * Source: beat-link's choice; in the one real track with cues, the two forms held the same.
 */
export function cuePointsOf(
  ext: readonly CueList[],
  dat: readonly CueList[],
  durationMs: Ms | null = null,
): { readonly cuePoints: readonly CuePoint[]; readonly warnings: readonly string[] } {
  const lists = [...ext, ...dat];
  const warnings: string[] = [];
  const chosen = [...ofKind(lists, 'memory'), ...ofKind(lists, 'hot')];
  const endMs = durationMs === null ? LONGEST_TRACK_MS : durationMs + END_ERROR_MS;
  const cuePoints = chosen.flatMap(stored => toCuePoint(stored, endMs, warnings) ?? []);
  cuePoints.sort((a, b) => a.positionMs - b.positionMs || (a.button ?? 0) - (b.button ?? 0));
  return { cuePoints, warnings };
}

function ofKind(lists: readonly CueList[], kind: CuePoint['kind']): readonly StoredCue[] {
  const cuesOf = (form: CueList['form']): StoredCue[] =>
    lists.flatMap(list =>
      list.form === form ? list.cues.filter(({ button }) => button > 0 === (kind === 'hot')) : [],
    );
  const extended = cuesOf('extended');
  return withoutDoubles(extended.length > 0 ? extended : cuesOf('basic'));
}

function withoutDoubles(cues: readonly StoredCue[]): readonly StoredCue[] {
  const seen = new Set<string>();
  return cues.filter(({ button, positionMs, loopEndMs }) => {
    const key = `${button}/${positionMs}/${loopEndMs}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** No track is as long as a day; a place beyond that is damage. */
const LONGEST_TRACK_MS: Ms = 24 * 3_600_000;
/** A waveform may end before the last sound of its file. */
const END_ERROR_MS: Ms = 5000;

function toCuePoint(stored: StoredCue, endMs: Ms, warnings: string[]): CuePoint | null {
  const { button, type, positionMs, loopEndMs } = stored;
  const isHot = button > 0;
  const letter = BUTTONS[button - 1];
  if (isHot && letter === undefined) {
    warnings.push(`hot cue ${button} at ${positionMs} ms is left out: expected 1 to ${BUTTONS.length}, A to H`);
    return null;
  }
  const called = `${isHot ? `hot cue ${letter}` : 'the memory cue'} at ${positionMs} ms`;
  if (positionMs > endMs) {
    warnings.push(`${called} is left out: the track ends before it; set it again in rekordbox`);
    return null;
  }
  if (type === 'unknown') warnings.push(`${called} is neither a point nor a loop: taken as a point`);
  const isLoop = type === 'loop' && loopEndMs !== null && loopEndMs > positionMs && loopEndMs <= endMs;
  if (type === 'loop' && !isLoop) {
    const where = loopEndMs !== null && loopEndMs > endMs ? 'after the end of the track' : 'not after it';
    warnings.push(`${called} is a loop that ends at ${loopEndMs ?? 'no'} ms, ${where}: taken as a point`);
  }
  return {
    kind: isHot ? 'hot' : 'memory',
    button: isHot ? button : null,
    positionMs,
    loopEndMs: isLoop ? loopEndMs : null,
    name: stored.comment,
    colour: colourOf(stored),
  };
}

/** The bytes of a colour say more than the name of one. */
function colourOf({ button, colour, colourId }: StoredCue): string | null {
  if (colour !== null) {
    return `#${[colour.red, colour.green, colour.blue].map(part => part.toString(16).padStart(2, '0')).join('')}`;
  }
  return button > 0 ? null : (TRACK_COLOURS[colourId] ?? null);
}
