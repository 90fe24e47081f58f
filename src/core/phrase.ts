/** What a track is made of, as rekordbox analysed it. Beats are 1-based numbers of the track's beats. */

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
  /** What it would be called in the other vocabulary; null unless the structure's labels are suspect. */
  readonly alternativeLabel: string | null;
  readonly rawKind: number;
  readonly k1: number;
  readonly k2: number;
  readonly k3: number;
  readonly b: number;
  /** Change points inside an "Up 3", rising, each once. */
  readonly extraBeats: readonly number[];
  /** Where its fill begins, which then lasts to the end of the phrase; null: no fill. */
  readonly fillBeat: number | null;
}

export interface SongStructure {
  readonly mood: Mood | null;
  readonly bank: Bank | null;
  readonly rawBank: number;
  readonly phrases: readonly Phrase[];
  readonly endBeat: number;
  /** Which vocabulary the entries use, whatever the header says. */
  readonly vocabulary: 'high' | 'verse' | null;
  /** The header's mood contradicts the entries: the labels may be wrong, the beats are not. */
  readonly isLabelSuspect: boolean;
}
