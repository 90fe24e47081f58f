/**
 * The cue sheet of a track: what would leave where in it, as far as that can be known before it is played.
 *
 * The track is put on a deck that stands, and asked what the show asks: the same moments, conditions and levels. So sheet
 * and show cannot differ.
 */
import type { Ms } from '../clock.ts';
import { type Deck, deckKey } from '../deck/deck.ts';
import { EMPTY_SHOW, reduce, type Show } from '../deck/decks.ts';
import type { DeckRef, DeckReport } from '../deck-report.ts';
import type { Because } from '../engine/intents.ts';
import type { ShowEvent } from '../events.ts';
import type { Profile } from '../profile.ts';
import { type Expression, isTrue } from '../rules/expression.ts';
import { scopeOf } from '../rules/fact-values.ts';
import { diffHolds, type SentHolds } from '../rules/hold-diff.ts';
import { isStateRule } from '../rules/holds.ts';
import { type Moment, momentsOf, seriesBetween } from '../rules/moments.ts';
import type { Action, MomentRule, Rule, StateRule } from '../rules/rule.ts';
import type { TimecodeEntry } from '../timecode/stream-entry.ts';
import { regionOf } from '../timecode/stream-units.ts';
import { framesOfMs, labelOf, labelText } from '../timecode/timecode.ts';
import { libraryOf } from '../track/media-library.ts';
import type { MediaTrack } from '../track/media-track.ts';
import { type Phrase, phraseAt } from '../track/phrase.ts';
import type { Said, Track } from '../track/track.ts';
import type { TrackBook } from '../track/track-book.ts';
import { type Knowledge, type Known, NO_KNOWLEDGE } from '../track/track-knowledge.ts';

/** A track that is to be planned: what a unit would say of it, and what there is to know of it then. */
export interface SheetSubject {
  readonly knowledge: Knowledge;
  readonly said: Said;
}

export interface CueSheet {
  readonly known: Known;
  /** Where it begins in each timecode of the profile, in its order. */
  readonly starts: readonly TimecodePlace[];
  /** In the order in which they would leave. Where nothing carries beats into ms: those in beats, then those in ms. */
  readonly lines: readonly CueLine[];
  /** What the lines do not tell, in the order of the rules. */
  readonly unplanned: readonly Unplanned[];
}

export interface TimecodePlace {
  readonly timecode: string;
  /** Of the frame that the place is in: `01:00:31:14`. */
  readonly label: string;
  /** The track has no region of its own there. */
  readonly isUnknownTrack: boolean;
}

export interface CueLine {
  /** One of each timecode of the profile, in its order; none where `positionMs` is not known. */
  readonly labels: readonly TimecodePlace[];
  /** From the start of the track at normal speed; null: nothing carries its beat into ms. */
  readonly positionMs: Ms | null;
  /** 1-based; the beats before the first downbeat are in bar 0. null: not known. */
  readonly bar: number | null;
  /** 1..4; null: not known. */
  readonly beatInBar: number | null;
  /** The phrase it lies in, as rekordbox shows it; null: none, or not known. */
  readonly phrase: string | null;
  readonly rule: string;
  readonly phase: Because['phase'];
  /** Which place of its rule: `4 beats before chorus 1`; of a level the phrase that makes it so. */
  readonly place: string;
  /** What has to be so on the evening for it to leave; null: nothing. */
  readonly condition: string | null;
  readonly actions: readonly Action[];
}

/**
 * What a sheet cannot tell of a rule, and why: `absent`, its place is not in this track; `unknown`, the place is not known,
 * since something is that media would tell; `outside`, it lies before the start or after the end; `live`, it depends on what
 * a deck does.
 */
export interface Unplanned {
  readonly rule: string;
  readonly kind: 'absent' | 'unknown' | 'outside' | 'live';
  /** The place, or the state, as the profile writes it; for `live` the facts: `deck.tempoBpm`. */
  readonly what: string;
  /** What somebody would have to know; null but for `unknown`. */
  readonly lacking: string | null;
}

/** A number that no unit gives to a track. */
const NO_ID = 0;

/** What a unit would say of an imported track; its number is 0 where it has none. */
export const saidOf = ({ id, grid, tempoBpm, structure, fingerprint }: MediaTrack): Said => ({
  ...{ id: id ?? NO_ID, tempoBpm: grid?.tempi[0] ?? tempoBpm, lengthS: null },
  ...{ structure, fingerprint, carriedTempoBpm: null },
});

/** An imported track, whatever else is imported. */
export const ofMedia = ({ tracks, allocated }: Profile, track: MediaTrack): SheetSubject => ({
  knowledge: { ...NO_KNOWLEDGE, entries: tracks, allocated, library: libraryOf([track]) },
  said: saidOf(track),
});

/** A track by its number alone: known from the profile and from the track book. */
export function ofNumber({ tracks, allocated }: Profile, id: number, book: TrackBook): SheetSubject {
  const tempoBpm = book.get(id)?.tempoBpm ?? null;
  return {
    knowledge: { ...NO_KNOWLEDGE, entries: tracks, allocated, book },
    said: { id, tempoBpm, lengthS: null, structure: undefined, fingerprint: undefined, carriedTempoBpm: null },
  };
}

const DECK: DeckRef = { unit: 'plan', number: 1 };

export function cueSheet(profile: Profile, subject: SheetSubject): CueSheet {
  const show = loaded(subject);
  const { track } = deckOf(show);
  if (track === null) throw new Error('a report with a track loads it');
  const sheet: Sheet = { profile, show, track, said: subject.said };
  const rules = profile.rules.filter(
    rule => isStateRule(rule) || rule.track === null || rule.track === track.known.entry,
  );
  const fired = fires(
    sheet,
    rules.filter((rule): rule is MomentRule => !isStateRule(rule)),
  );
  const held = levels(sheet, rules.filter(isStateRule));
  const { inside, outside } = bounded(track, [...fired.found, ...held.found].sort(byPlace));
  const order = new Map(rules.map(({ name }, i) => [name, i]));
  const unplanned = [...fired.unplanned, ...held.unplanned, ...outside];
  return {
    known: track.known,
    starts: profile.timecodes.map(entry => placeIn(entry, track.known, 0)),
    lines: inside.map(each => lineOf(sheet, each)),
    unplanned: unplanned.sort((a, b) => (order.get(a.rule) ?? 0) - (order.get(b.rule) ?? 0)),
  };
}

interface Sheet {
  readonly profile: Profile;
  readonly show: Show;
  readonly track: Track;
  readonly said: Said;
}

/** Something that would leave. */
interface Found {
  /** null: its place is known in ms alone. */
  readonly beat: number | null;
  readonly ms: Ms | null;
  readonly rule: Rule;
  readonly phase: Because['phase'];
  readonly place: string;
  readonly condition: string | null;
}

/** Stable: what has one place keeps its order. */
const byPlace = (a: Found, b: Found): number =>
  a.beat !== null && b.beat !== null
    ? a.beat - b.beat
    : a.beat === null && b.beat === null
      ? (a.ms ?? 0) - (b.ms ?? 0)
      : a.beat === null
        ? 1
        : -1;

/** The show after a deck has told all that it can of the track. */
function loaded({ knowledge, said }: SheetSubject): Show {
  const met = reported({ ...EMPTY_SHOW, knowledge }, said, 1);
  const { id, structure, fingerprint } = said;
  if (structure === undefined || fingerprint === undefined) return met;
  return told(met, { kind: 'deck.structure', deck: DECK, trackId: id, structure, fingerprint });
}

/** The show with the deck standing at a beat; its time does not pass. */
function reported(show: Show, { id, tempoBpm }: Said, beat: number): Show {
  const report: DeckReport = {
    ...{ trackId: id, trackTempoBpm: tempoBpm, pitchSpeed: 1, runSpeed: 0, beat, beatInBar: null },
    playState: 'cued',
    flags: { isMaster: true, isSynced: false, isOnAir: true },
    ...{ isOrderProved: true, isAfterLoss: false },
  };
  return told(show, { kind: 'deck.report', deck: DECK, report });
}

const told = (show: Show, event: ShowEvent): Show =>
  reduce(show, { stamp: { notBefore: 0, at: 0 }, source: DECK.unit, event });

const KEY = deckKey(DECK);

function deckOf({ decks }: Show): Deck {
  const deck = decks.get(KEY);
  if (deck === undefined) throw new Error('a report makes its deck');
  return deck;
}

function standingAt({ show, said }: Sheet, beat: number): Show {
  // Put there, not moved there: a deck that has been nowhere yet lands where it is reported.
  const fresh = { ...show, decks: new Map(show.decks).set(KEY, { ...deckOf(show), line: null, mark: null }) };
  return reported(fresh, said, beat);
}

function fires(sheet: Sheet, rules: readonly MomentRule[]): { found: Found[]; unplanned: Unplanned[] } {
  const { track } = sheet;
  const inBeats = momentsOf(track, 'beats', rules);
  // Where nothing carries one into the other, times are known all the same, by themselves.
  const rest = inBeats.unknown.map(({ rule }) => rule);
  const inMs = track.timeline === null ? momentsOf(track, 'ms', [...new Set(rest)]) : null;
  const unknown = inMs?.unknown ?? inBeats.unknown;
  const end = endBeatOf(track);
  const first = Math.min(1, track.timeline?.beatOfMs(0) ?? 1);
  const repeated = end === null ? [] : inBeats.series.flatMap(each => seriesBetween(inBeats, each, first, end));
  const at = (beat: number | null, ms: Ms | null, { rule, label, phrase }: Moment): readonly Found[] => {
    const outlook = rule.if === null ? true : foretell(sheet, rule.if, beat, phrase);
    if (outlook === false) return [];
    const condition = outlook === null ? (rule.if?.text ?? null) : null;
    return [{ beat, ms, rule, phase: 'fire', place: label, condition }];
  };
  const found = [
    ...[...inBeats.single, ...repeated].flatMap(moment => at(moment.position, msOf(track, moment.position), moment)),
    ...(inMs?.single ?? []).flatMap(moment => at(null, moment.position, moment)),
  ];
  const endless = (end === null ? inBeats.series : []).map(
    ({ rule }): Unplanned => ({
      rule: rule.name,
      kind: 'unknown',
      what: rule.place.text,
      lacking: 'how long the track is',
    }),
  );
  const met = new Set<Rule>(
    [...inBeats.single, ...(inMs?.single ?? []), ...unknown, ...inBeats.series].map(({ rule }) => rule),
  );
  const absent = rules
    .filter(rule => !met.has(rule))
    .map((rule): Unplanned => ({ rule: rule.name, kind: 'absent', what: rule.place.text, lacking: null }));
  const missing = new Map(
    unknown.map(({ rule, missing }): readonly [string, Unplanned] => [
      rule.name,
      { rule: rule.name, kind: 'unknown', what: rule.place.text, lacking: missing },
    ]),
  );
  return { found, unplanned: [...missing.values(), ...endless, ...absent] };
}

/** Rules that hold, where nothing but the track and its phrases decides: what begins and ends at the edges of phrases. */
function levels(sheet: Sheet, rules: readonly StateRule[]): { found: Found[]; unplanned: Unplanned[] } {
  const { track } = sheet;
  const found: Found[] = [];
  const unplanned: Unplanned[] = [];
  const foretold = rules.filter(({ name: rule, while: held, if: condition }) => {
    const open = [...openFacts(sheet, held), ...(condition === null ? [] : openFacts(sheet, condition))];
    const live = open.filter(path => !isOfTrack(path) || track.structure !== undefined);
    if (live.length > 0) unplanned.push({ rule, kind: 'live', what: [...new Set(live)].join(', '), lacking: null });
    else if (open.length > 0)
      unplanned.push({ rule, kind: 'unknown', what: held.text, lacking: 'the phrases, not received yet' });
    return open.length === 0;
  });
  if (foretold.length === 0) return { found, unplanned };
  let sent: SentHolds = new Map();
  for (const beat of edgesOf(track)) {
    const isSo = (expression: Expression | null): boolean =>
      expression === null || foretell(sheet, expression, beat, undefined) === true;
    const wanted = foretold.filter(rule => isSo(rule.while) && isSo(rule.if)).map(rule => ({ rule, deck: KEY }));
    const planned = diffHolds(sent, wanted, null);
    sent = planned.sent;
    const phrase = track.structure == null ? null : phraseAt(track.structure, beat);
    const place = phrase?.label.toLowerCase() ?? 'outside the phrases';
    for (const { rule, phase } of planned.changes) {
      found.push({ beat, ms: msOf(track, beat), rule, phase, place, condition: null });
    }
  }
  return { found, unplanned };
}

/** Where what is known of the phrase changes: the start of the track, and each start and end of a phrase or fill. */
function edgesOf({ structure }: Track): readonly number[] {
  const phrases = structure?.phrases ?? [];
  const edges = phrases.flatMap(({ startBeat, fillBeat, endBeat }) => [startBeat, fillBeat ?? startBeat, endBeat]);
  return [...new Set([Math.min(1, ...edges), ...edges])].sort((a, b) => a - b);
}

/**
 * Whether a condition will be true there; null: that depends on the evening.
 *
 * @param phrase the one a moment belongs to; undefined: that under the playhead
 */
function foretell(
  sheet: Sheet,
  condition: Expression,
  beat: number | null,
  phrase: Phrase | null | undefined,
): boolean | null {
  if (beat === null || openFacts(sheet, condition).length > 0) return null;
  const show = standingAt(sheet, beat);
  const of = phrase === undefined ? { deck: deckOf(show) } : { deck: deckOf(show), phrase };
  return isTrue(condition.evaluate(scopeOf(show, of, condition.roots, 0)));
}

const OF_PHRASES = ['kind', 'label', 'index', 'startBeat', 'endBeat', 'isFill'].map(name => `phrase.${name}`);
const OF_STRUCTURE: ReadonlySet<string> = new Set([...OF_PHRASES, 'track.mood', 'track.bank', 'track.hasPhrases']);

/** `deck.track.title` is the same fact as `track.title`. */
const ownPath = (path: string): string => path.replace(/^deck\.(?=track\.|phrase\.)/, '');

const isOfTrack = (path: string): boolean => OF_STRUCTURE.has(ownPath(path));

/** The facts a condition reads that nobody knows before the evening. */
function openFacts({ track, said }: Sheet, { facts }: Expression): readonly string[] {
  const isKnown = (path: string): boolean => {
    switch (path) {
      case 'track.title':
      case 'track.artist':
        return true;
      case 'track.id':
        return said.id !== NO_ID;
      case 'track.tempoBpm':
        // As analysed at the place where the deck is: one of several in a track of variable tempo.
        return said.tempoBpm !== null && (track.known.grid?.tempi.length ?? 1) === 1;
      default:
        return OF_STRUCTURE.has(path) && track.structure !== undefined;
    }
  };
  return facts.filter(path => !isKnown(ownPath(path)));
}

const msOf = ({ timeline }: Track, beat: number): Ms | null => timeline?.msOfBeat(beat) ?? null;

/** A track is not planned beyond this many beats: half a day at a usual tempo. */
const MOST_BEATS = 100_000;

/** The last beat that is played; null: nobody knows. */
function endBeatOf({ known, timeline, structure }: Track): number | null {
  const { durationMs, grid } = known;
  const end = durationMs !== null && timeline !== null ? timeline.beatOfMs(durationMs) : null;
  const last = end ?? grid?.beats ?? structure?.endBeat ?? null;
  return last === null ? null : Math.min(last, MOST_BEATS);
}

/** Rounding of doubles: what is so little before the start is at it. */
const SAME_PLACE_MS: Ms = 1e-6;
/** Databases tell a length in whole seconds. */
const LENGTH_ERROR_MS: Ms = 1000;

/** Without what a deck that plays the track never passes. */
function bounded(
  { known: { durationMs } }: Track,
  all: readonly Found[],
): { readonly inside: readonly Found[]; readonly outside: readonly Unplanned[] } {
  const endMs = (durationMs ?? Infinity) + LENGTH_ERROR_MS;
  const outside = new Map<string, Unplanned>();
  const inside = all.filter(({ ms, rule, place }) => {
    const isBefore = ms !== null && ms < -SAME_PLACE_MS;
    const isAfter = ms !== null && ms > endMs;
    const what = `${place}, ${isBefore ? 'before the start' : 'after the end'} of the track`;
    if (isBefore || isAfter)
      outside.set(`${rule.name}/${what}`, { rule: rule.name, kind: 'outside', what, lacking: null });
    return !isBefore && !isAfter;
  });
  return { inside, outside: [...outside.values()] };
}

function lineOf({ profile, track }: Sheet, { beat, ms, rule, phase, place, condition }: Found): CueLine {
  const positionMs = ms === null ? null : Math.max(0, ms);
  const whole = beat === null ? null : Math.floor(beat + SAME_BEAT);
  const beatsIn = whole === null || track.firstDownbeat === null ? null : whole - track.firstDownbeat;
  const phrase = beat === null || track.structure == null ? null : phraseAt(track.structure, beat + SAME_BEAT);
  return {
    labels: positionMs === null ? [] : profile.timecodes.map(entry => placeIn(entry, track.known, positionMs)),
    positionMs,
    bar: beatsIn === null ? null : Math.floor(beatsIn / 4) + 1,
    beatInBar: beatsIn === null ? null : (((beatsIn % 4) + 4) % 4) + 1,
    phrase: phrase?.label ?? null,
    ...{ rule: rule.name, phase, place, condition },
    actions: phase === 'undo' && isStateRule(rule) ? rule.undo : rule.do,
  };
}

/** Two beats closer than this are one. */
const SAME_BEAT = 1e-6;
/** So are two places of timecode: a place that is a frame but for the rounding of doubles is in that frame. */
const SAME_FRAME = 1e-6;

function placeIn(timecode: TimecodeEntry, known: Known, ms: Ms) {
  const { name, rate, unknownTrack, offsetFrames } = timecode;
  const own = regionOf(timecode, known);
  const place = (own ?? unknownTrack) + framesOfMs(rate, ms) + offsetFrames;
  return {
    timecode: name,
    label: labelText(rate, labelOf(rate, place + SAME_FRAME)),
    isUnknownTrack: own === null,
  };
}
