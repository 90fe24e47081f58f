/** Parts of a track, as rekordbox analysed it. Beats are 1-based numbers of the track's beats. */

export const PHRASE_KINDS = ['intro', 'verse', 'up', 'down', 'bridge', 'chorus', 'outro', 'unknown'] as const;
export type PhraseKind = (typeof PHRASE_KINDS)[number];

export const MOODS = ['high', 'mid', 'low'] as const;
export type Mood = (typeof MOODS)[number];

/** Lighting styles; `default` behaves as cool. */
export const BANKS = ['default', 'cool', 'natural', 'hot', 'subtle', 'warm', 'vivid', 'club1', 'club2'] as const;
export type Bank = (typeof BANKS)[number];

/** A song structure as its bytes say it, before any label: the PSSI tag of a rekordbox analysis, unmasked. */
export interface RawSongStructure {
  /** 1 high, 2 mid, 3 low. */
  readonly mood: number;
  readonly endBeat: number;
  /** 0..8 as in BANKS; other values occur and mean nothing. */
  readonly bank: number;
  readonly entries: readonly RawPhrase[];
}

export interface RawPhrase {
  readonly index: number;
  readonly beat: number;
  readonly kind: number;
  readonly k1: number;
  readonly k2: number;
  readonly k3: number;
  readonly b: number;
  readonly beat2: number;
  readonly beat3: number;
  readonly beat4: number;
  readonly fill: number;
  readonly fillBeat: number;
}

export interface Phrase {
  /** 1-based place in the track. */
  readonly index: number;
  readonly startBeat: number;
  /** First beat after it. */
  readonly endBeat: number;
  readonly kind: PhraseKind;
  /** As rekordbox shows it: "Chorus 2". */
  readonly label: string;
  /** Label in the other vocabulary; null unless the structure's labels are suspect. */
  readonly alternativeLabel: string | null;
  readonly rawKind: number;
  readonly k1: number;
  readonly k2: number;
  readonly k3: number;
  readonly b: number;
  /** Change points inside an "Up 3", rising, each once. */
  readonly extraBeats: readonly number[];
  /** First beat of its fill, which then lasts to the end of the phrase; null: no fill. */
  readonly fillBeat: number | null;
}

export interface SongStructure {
  readonly mood: Mood | null;
  readonly bank: Bank | null;
  readonly rawBank: number;
  readonly phrases: readonly Phrase[];
  readonly endBeat: number;
  /** Vocabulary of the entries, whatever the header says. */
  readonly vocabulary: 'high' | 'verse' | null;
  /** The header's mood contradicts the entries: the labels may be wrong, the beats are not. */
  readonly isLabelSuspect: boolean;
}

/**
 * The phrases of a track with the names that rekordbox shows for them.
 *
 * @returns `structure` null: the track has no phrases. Entries that begin at beat 0 or not after the one before are left
 *          out and named in `warnings`; an unknown mood or kind costs the label, never the timing.
 *
 * The label follows the header's mood, as in all other software. Where the entries use the other vocabulary (the mood was
 * probably changed by hand) `isLabelSuspect` is set and each phrase carries its alternative.
 * Source: crate-digger's analysis and beat-link's labels, compared with 216 real entries.
 */
export function songStructure(raw: RawSongStructure): {
  readonly structure: SongStructure | null;
  readonly warnings: readonly string[];
} {
  const warnings: string[] = [];
  const entries: RawPhrase[] = [];
  for (const [i, entry] of raw.entries.entries()) {
    if (entry.beat > (entries[entries.length - 1]?.beat ?? 0)) entries.push(entry);
    else warnings.push(`phrase ${i + 1} is left out: it begins at beat ${entry.beat}, not after the one before`);
  }
  const last = entries[entries.length - 1];
  if (last === undefined) return { structure: null, warnings };
  if (raw.endBeat <= last.beat) {
    warnings.push(`the last phrase begins at beat ${last.beat} and the track ends at ${raw.endBeat}: it has no beats`);
  }
  const endBeat = Math.max(raw.endBeat, last.beat);
  const mood = MOODS[raw.mood - 1] ?? null;
  const vocabulary = vocabularyOf(entries);
  const isLabelSuspect = mood !== null && vocabulary !== null && (mood === 'high') !== (vocabulary === 'high');
  const otherMood = !isLabelSuspect ? null : mood === 'high' ? 'mid' : 'high';

  const phrases = entries.map((entry, i): Phrase => {
    const end = entries[i + 1]?.beat ?? endBeat;
    const { kind, label } = nameOf(mood, entry);
    return {
      index: i + 1,
      startBeat: entry.beat,
      endBeat: end,
      kind,
      label,
      alternativeLabel: otherMood === null ? null : nameOf(otherMood, entry).label,
      rawKind: entry.kind,
      k1: entry.k1,
      k2: entry.k2,
      k3: entry.k3,
      b: entry.b,
      extraBeats: extraBeatsOf(entry),
      // quirk(rekordbox): a fill may be announced beyond its phrase, and a fill beat given though there is no fill.
      fillBeat: entry.fill !== 0 && entry.fillBeat >= entry.beat && entry.fillBeat < end ? entry.fillBeat : null,
    };
  });
  const bank = BANKS[raw.bank] ?? null;
  return { structure: { mood, bank, rawBank: raw.bank, phrases, endBeat, vocabulary, isLabelSuspect }, warnings };
}

/**
 * The phrase a beat lies in.
 *
 * @param beat 1-based, may have a fraction
 * @returns null before the first phrase and from the end beat on
 */
export function phraseAt(structure: SongStructure, beat: number): Phrase | null {
  const { phrases } = structure;
  let low = 0;
  let high = phrases.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((phrases[middle]?.startBeat ?? Number.POSITIVE_INFINITY) <= beat) low = middle + 1;
    else high = middle;
  }
  const phrase = phrases[low - 1];
  return phrase !== undefined && beat < phrase.endBeat ? phrase : null;
}

interface Name {
  readonly kind: PhraseKind;
  readonly label: string;
}

const UNKNOWN: Name = { kind: 'unknown', label: 'Unknown' };

function nameOf(mood: Mood | null, entry: RawPhrase): Name {
  switch (mood) {
    case 'high':
      return highName(entry);
    case 'mid':
      return verseName(entry.kind, entry.kind - 1);
    case 'low':
      // Kinds 2, 3, 4 and 5, 6, 7 are distinct on disk and shown alike.
      return verseName(entry.kind, entry.kind <= 4 ? 1 : 2);
    case null:
      return UNKNOWN;
  }
}

function highName({ kind, k1, k2, k3 }: RawPhrase): Name {
  const variant = k1 === 1 ? 1 : 2;
  switch (kind) {
    case 1:
      return { kind: 'intro', label: `Intro ${variant}` };
    case 2:
      return { kind: 'up', label: `Up ${k2 !== 0 ? 3 : k3 !== 0 ? 2 : 1}` };
    case 3:
      return { kind: 'down', label: 'Down' };
    case 5:
      return { kind: 'chorus', label: `Chorus ${variant}` };
    case 6:
      return { kind: 'outro', label: `Outro ${variant}` };
    default:
      return UNKNOWN;
  }
}

function verseName(kind: number, verse: number): Name {
  if (kind >= 2 && kind <= 7) return { kind: 'verse', label: `Verse ${verse}` };
  switch (kind) {
    case 1:
      return { kind: 'intro', label: 'Intro' };
    case 8:
      return { kind: 'bridge', label: 'Bridge' };
    case 9:
      return { kind: 'chorus', label: 'Chorus' };
    case 10:
      return { kind: 'outro', label: 'Outro' };
    default:
      return UNKNOWN;
  }
}

/** Only "Up 3" has change points, whatever mood the header claims; they do not fall, but several may be one beat. */
function extraBeatsOf({ kind, k2, b, beat2, beat3, beat4 }: RawPhrase): number[] {
  if (kind !== 2 || k2 === 0) return [];
  const beats = b === 0 ? [beat2] : [beat2, beat3, beat4];
  return [...new Set(beats.filter(beat => beat > 0))].sort((a, c) => a - c);
}

const HIGH_KINDS: readonly number[] = [1, 2, 3, 5, 6];
const VERSE_KINDS: readonly number[] = [4, 7, 8, 9, 10];

function vocabularyOf(entries: readonly RawPhrase[]): 'high' | 'verse' | null {
  if (entries.some(({ kind }) => VERSE_KINDS.includes(kind))) return 'verse';
  const hasFlags = entries.some(({ k1, k2, k3, b, beat2 }) => k1 + k2 + k3 + b + beat2 > 0);
  return hasFlags && entries.every(({ kind }) => HIGH_KINDS.includes(kind)) ? 'high' : null;
}
