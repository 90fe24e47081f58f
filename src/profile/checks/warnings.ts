/** What is allowed in a profile and hardly meant. */
import type { Bridge } from '../../bridge.ts';
import type { Expression, Value } from '../../core/rules/expression.ts';
import { readOperands } from '../../core/rules/expression-checks.ts';
import { DECK_NAMES } from '../../core/rules/facts.ts';
import type { OncePer, Place } from '../../core/rules/rule.ts';
import { isShowHappening } from '../../core/show-happening.ts';
import type { SurfaceEntry } from '../../core/surfaces/surface-entry.ts';
import { hasNote, type MatchedNote, namedNotes } from '../../core/track/matched-note.ts';
import type { MediaLibrary } from '../../core/track/media-library.ts';
import type { MediaTrack } from '../../core/track/media-track.ts';
import { bestMatch, factsOf, nearTitles } from '../../core/track/track-match.ts';
import { nearest } from '../../text/did-you-mean.ts';
import { quote } from '../../text/quote.ts';
import { type Issue, issue, type Path } from '../schema/issues.ts';
import type { CheckedProfile } from '../schema/profile-schema.ts';
import type { CheckedStep } from '../schema/sections/cue-lists-section.ts';
import type { CheckedState } from '../schema/sections/rules-section.ts';
import type { CheckedTrack } from '../schema/sections/tracks-section.ts';
import { bridgeDoubts } from './bridge-doubts.ts';
import { expressionsOf } from './expressions-of.ts';
import { type KnownValues, neverReached, neverTrue, type SearchBudget, searchBudget } from './never-true.ts';
import { jumpFactDoubts } from './placed-facts.ts';
import { shownTwice } from './shown-twice.ts';

/**
 * @param bridges  the kinds of bridge there are
 * @param library  the tracks of imported sticks
 */
export function warningsOf(
  profile: CheckedProfile,
  bridges: readonly Bridge[],
  library: MediaLibrary,
): readonly Issue[] {
  const left = searchBudget();
  // With media a title may be anything.
  const names = library.size > 0 ? null : namesSaid(profile.tracks);
  const anywhere = givenOf(names, null);
  return [
    ...aboutAll(profile, bridges),
    ...profile.tracks.flatMap((track, i) => aboutMatch(track, i, library)),
    ...(names === null ? [] : aboutNames(profile, names)),
    ...profile.rules.flatMap((rule, i) => {
      const path = ['rules', i];
      if (rule.kind === 'when')
        return aboutMoment(
          { path, key: 'when', place: rule.place, condition: rule.options.if, once: rule.options.once, grid: null },
          anywhere,
          left,
        );
      return [...aboutUndo(rule, path), ...aboutConditions(path, { while: rule.while, if: rule.if }, anywhere, left)];
    }),
    ...profile.tracks.flatMap((track, i) =>
      track.cues.flatMap(({ place, options }, j) => {
        const path = ['tracks', i, 'cues', j];
        const written = {
          path,
          key: 'at',
          place,
          condition: options.if,
          once: options.once,
          grid: track.grid,
        } as const;
        return aboutMoment(written, givenOf(names, track), left);
      }),
    ),
    ...[...profile.lists].flatMap(([list, { steps }]) => aboutLast(list, steps)),
    ...profile.surfaces.flatMap(aboutRows),
    ...profile.feeds.flatMap(({ bridge, tempo }) => aboutTempo(bridge, tempo?.roots ?? [])),
    ...jumpFactDoubts(profile),
    ...shownTwice(profile),
    ...bridgeDoubts(profile, bridges),
  ];
}

function aboutAll(
  { rules, tracks, lists, timecodes, clocks, feeds, surfaces, cues, panic, bridges: used }: CheckedProfile,
  kinds: readonly Bridge[],
) {
  const issues: Issue[] = [];
  const stepsOfLists = [...lists.values()].flatMap(({ steps }) => steps);
  const followDecks = stepsOfLists.some(({ at, follow }) => at !== null || follow?.kind === 'beats');
  const ofDecks = rules.filter(rule => rule.kind === 'while' || !isOfShow(rule.place));
  const hasRules = followDecks || ofDecks.length > 0 || tracks.some(track => track.cues.length > 0);
  const isDeaf = !used.some(({ type }) => kinds.some(kind => kind.type === type && bringsDecks(kind)));
  const wantsDecks = hasRules || timecodes.size > 0 || clocks.size > 0 || feeds.length > 0;
  if (!wantsDecks && rules.length === 0) {
    // A surface and a console alone are a whole show, and so is a cue list that keys move, or a relay.
    const isServed = used.some(({ type }) => kinds.some(kind => kind.type === type && kind.serves));
    if (surfaces.length === 0 && lists.size === 0 && !isServed)
      issues.push(issue('this profile has no rules and no cues of tracks: nothing will ever leave by itself'));
  } else if (wantsDecks && isDeaf) {
    const types = kinds.filter(bringsDecks).map(({ type }) => `type: ${type}`);
    const message = `no bridge here brings decks (${types.join(', ')}): no rule will ever fire, no timecode run`;
    issues.push(issue(message, { path: ['bridges'], at: 'key' }));
  }
  if (panic === null && cues.size > 0) {
    const message =
      'panic: names the cue that makes the stage safe; without it P mutes and lets notes go, and nothing else leaves';
    issues.push(issue(message, { path: ['cues'], at: 'key' }));
  }
  return issues;
}

const isOfShow = ({ anchor }: Place): boolean => anchor.kind === 'happening' && isShowHappening(anchor.happening);

/** Nothing can be sent to it, so it is there for what it says. */
const bringsDecks = ({ message, takesTimecode, serves }: Bridge): boolean =>
  message === null && !takesTimecode && !serves;

/** A track that no import knows, though only imports can tell it. */
function aboutMatch({ match }: CheckedTrack, i: number, library: MediaLibrary): readonly Issue[] {
  const { id, title, playlist, notes = [] } = match;
  if (id !== null) return [];
  const at = { path: ['tracks', i, 'match'], at: 'key' as const };
  if (library.size === 0) {
    const message =
      'only an imported stick can tell this track: decklight media import <stick>; or say id: (decklight run shows it)';
    return [issue(message, at)];
  }
  const all = [...library.all()];
  const isMet = all.some(media => bestMatch([match], factsOf(media)) !== null);
  if (isMet) return [];
  const near =
    title !== null
      ? nearTitles(
          title,
          all.flatMap(media => media.title ?? []),
        )
      : playlist !== null
        ? (nearest(playlist, new Set(all.flatMap(media => media.playlists.flatMap(namesOf)))) ?? [])
        : notes.flatMap(each => nearNote(each, all));
  const advice = near.length === 0 ? '' : `; did you mean ${[near].flat().map(quote).join(' or ')}?`;
  return [issue(`no imported stick has this track${advice}`, at)];
}

/** The note that a match may mean, where no imported track has the one it says. */
function nearNote(wanted: MatchedNote, all: readonly MediaTrack[]): readonly string[] {
  if (!('text' in wanted) || all.some(track => hasNote(track, wanted))) return [];
  const near = nearest(wanted.text, new Set(all.flatMap(track => namedNotes(track, wanted.note))));
  return near === null ? [] : [near];
}

/** The names that a playlist may be called by: with all folders before it, and with none. */
const namesOf = (playlist: string): readonly string[] => [playlist, playlist.split('/').at(-1) ?? playlist];

/** A state whose end nobody sees. */
function aboutUndo({ undo }: CheckedState, path: Path): readonly Issue[] {
  if (undo !== null) return [];
  const message =
    'this rule has no undo: what it does stays when the state ends; say what takes it back, or undo: [] if nothing is to';
  return [issue(message, { path: [...path, 'while'], at: 'key' })];
}

/** What only the profile can say of a track: no unit tells it. */
const NAMES = { title: 'a title', artist: 'an artist' } as const;
type Name = keyof typeof NAMES;

/** What the tracks that are loaded are called; a name that none of them says is left out. */
type NamesSaid = ReadonlyMap<Name, readonly string[]>;

const namesSaid = (tracks: readonly CheckedTrack[]): NamesSaid =>
  new Map(
    (Object.keys(NAMES) as Name[]).flatMap(name => {
      const said = tracks.flatMap(track => (track.match.id === null ? [] : (track[name] ?? [])));
      return said.length === 0 ? [] : [[name, [...new Set(said)]]];
    }),
  );

/** What a condition can count on: titles and artists are those of the profile, on a cue of a track its own. */
function givenOf(names: NamesSaid | null, track: CheckedTrack | null): KnownValues {
  const given = new Map<string, readonly Value[]>();
  for (const [name, said] of names ?? []) {
    for (const deck of DECK_NAMES) given.set(`${deck}.track.${name}`, [null, ...said]);
    given.set(`track.${name}`, track === null ? [null, ...said] : [track[name]]);
  }
  if (track !== null && track.match.id !== null) given.set('track.id', [track.match.id]);
  return given;
}

/** Whatever reads a title that nobody says. */
function aboutNames(profile: CheckedProfile, names: NamesSaid): readonly Issue[] {
  const unsaid = (Object.keys(NAMES) as Name[]).filter(name => !names.has(name));
  return expressionsOf(profile).flatMap(({ expression, path, offset }) => {
    const read = readOperands(expression.text);
    return unsaid.flatMap(name => {
      const fact = expression.facts.find(each => each.endsWith(`track.${name}`));
      const word = read.ok
        ? read.operands.find(operand => operand.word === fact && operand.sort === 'name')
        : undefined;
      if (fact === undefined || word === undefined) return [];
      const message = `no unit says ${NAMES[name]}: ${fact} is never known; say ${name}: under tracks:, with id`;
      return [issue(message, { path, part: { offset: offset + word.offset, length: word.length } })];
    });
  });
}

/** A place that something leaves at, as it stands in the profile. */
interface WrittenMoment {
  readonly path: Path;
  readonly key: 'when' | 'at';
  readonly place: Place;
  readonly condition: Expression | null;
  readonly once: OncePer | null;
  /** Of its track, where the profile gives one. */
  readonly grid: CheckedTrack['grid'];
}

function aboutMoment(
  { path, key, place, condition, grid, once }: WrittenMoment,
  known: KnownValues,
  left: SearchBudget,
): readonly Issue[] {
  const spread = aboutOnce(path, { place, once });
  return [...spread, ...aboutPlace({ path, key, place, condition, grid }, known, left)];
}

/** `on-loop: once` at places that come again: each of them fires once. */
function aboutOnce(
  path: Path,
  { place, once }: { readonly place: Place; readonly once: OncePer | null },
): readonly Issue[] {
  if (once !== 'place' || !isRepeated(place)) return [];
  const message = `on-loop: once is once at each of the places that ${quote(place.text)} names, so this fires several times in a load; once: per load fires once in all`;
  return [issue(message, { path: [...path, 'on-loop'] })];
}

/** Whether a place may be in a track more than once. */
const isRepeated = ({ anchor }: Place): boolean => {
  switch (anchor.kind) {
    case 'phrase-kind':
    case 'phrase':
    case 'fill':
    case 'memory-cue':
      return anchor.nth === null;
    case 'hot-cue':
      return anchor.button === null;
    case 'downbeat':
    case 'every':
      return true;
    default:
      return false;
  }
};

function aboutPlace(
  { path, key, place, condition, grid }: Omit<WrittenMoment, 'once'>,
  known: KnownValues,
  left: SearchBudget,
): readonly Issue[] {
  const why = neverReached(place, grid);
  if (why !== null) return [issue(`this can never fire: ${why}`, { path: [...path, key] })];
  const given = new Map(known);
  // A condition sees the phrase that the place names, whatever stands before it.
  if (place.anchor.kind === 'phrase-kind') given.set('phrase.kind', [place.anchor.phraseKind]);
  return aboutConditions(path, { if: condition }, given, left);
}

function aboutConditions(
  path: Path,
  conditions: Readonly<Record<string, Expression | null>>,
  given: KnownValues,
  left: SearchBudget,
): readonly Issue[] {
  const entries = Object.entries(conditions).filter((entry): entry is [string, Expression] => entry[1] !== null);
  const never = neverTrue(
    entries.map(([, expression]) => expression),
    given,
    left,
  );
  if (never === null) return [];
  const { offset, length, message, note } = never;
  const key = entries.find(([, expression]) => expression === never.expression)?.[0] ?? 'if';
  return [issue(`this can never fire: ${message}`, { path: [...path, key], note, part: { offset, length } })];
}

/** Nothing comes after the last step, so nothing follows it; a place that is never reached begins none. */
const aboutLast = (list: string, steps: readonly CheckedStep[]): readonly Issue[] =>
  steps.flatMap(({ follow, at }, i): readonly Issue[] => {
    const why = at === null ? null : neverReached(at, null);
    const never =
      why === null ? [] : [issue(`this can never begin by itself: ${why}`, { path: ['cue-lists', list, i, 'at'] })];
    if (follow === null || i + 1 < steps.length) return never;
    const message = `${list} has no step after this one: there is nothing to go on to`;
    return [...never, issue(message, { path: ['cue-lists', list, i, 'follow'], at: 'key' })];
  });

/** Without the browse view nobody sees rows: something else should say where the show is. */
function aboutRows({ bridge, screen }: SurfaceEntry): readonly Issue[] {
  if (screen?.rows == null || screen.fields.size > 0 || screen.time !== null) return [];
  const message =
    'rows are seen in the browse view of the player alone, and nothing else is shown: say title: or time: as well';
  return [issue(message, { path: ['controls', bridge, 'screen', 'rows'], at: 'key' })];
}

/** The feed tells of the whole show, not of one deck. */
function aboutTempo(bridge: string, roots: readonly string[]): readonly Issue[] {
  const own = roots.find(root => root === 'deck' || root === 'track' || root === 'phrase' || root === 'now');
  if (own === undefined) return [];
  const message = `${quote(own)} is no deck here, so this is never told; say master or deck1 to deck4: \${master.tempoBpm}`;
  return [issue(message, { path: ['feed', bridge, 'tempo'] })];
}
