/** A scene played on simulated time, or a recorded evening run again: what left, why, and where it was expected. */
import type { DjScript, TimedAction } from '../../../bridges/opus-quad/simulator/dj-script.ts';
import { NO_QUIRKS } from '../../../bridges/opus-quad/simulator/quirks.ts';
import type { Bridge } from '../../bridge.ts';
import { type Ms, type VirtualClock, virtualClock } from '../../core/clock.ts';
import { FRESH_START } from '../../core/engine/engine-state.ts';
import type { Profile } from '../../core/profile.ts';
import type { MomentRule } from '../../core/rules/rule.ts';
import type { Gesture } from '../../core/surface-control.ts';
import type { MediaLibrary } from '../../core/track/media-library.ts';
import type { Watcher } from '../../live/engine.ts';
import type { OpenShow } from '../../live/open-show.ts';
import type { ProfileSources } from '../../profile/profile-sources.ts';
import { settled } from '../../recording/replay-clock.ts';
import type { PlayableTrack } from '../../rehearsal/playable-tracks.ts';
import { trackPlaces } from '../../rehearsal/track-places.ts';
import { openTrialRoom, openTrialShow } from '../../rehearsal/trial-show.ts';
import { byOtherProfile } from '../replay/recorded-evening.ts';
import { runAgain, SHOW_ALONE } from '../replay/run-again.ts';
import { type Absence, absenceOf } from '../why/absence.ts';
import { type Explanation, type ExplanationList, explanationList } from '../why/explanation-list.ts';
import type { Expected, HeardMessage, Scene, Spot } from './scene.ts';

/** What is tested. */
export interface Tested {
  readonly file: string;
  readonly profile: Profile;
  readonly sources: ProfileSources;
  readonly bridges: readonly Bridge[];
  readonly library: MediaLibrary;
}

/** What a scene came to. */
export interface Heard {
  readonly messages: readonly HeardMessage[];
  readonly explanations: readonly Explanation[];
  /** Moments of each expectation with a place, in order. */
  readonly spots: ReadonlyMap<Expected, readonly Spot[]>;
  /** Reasons why nothing of a name was ever due. */
  missing(name: string): readonly string[];
  /** Rules and cues of which something left, or that had nothing to say. */
  readonly fired: ReadonlySet<string>;
  /** Tracks of the profile that were on a deck, by their place in its list; and titles of all that were. */
  readonly entries: ReadonlySet<number>;
  readonly titles: ReadonlySet<string>;
  readonly startedAt: Ms;
}

/** By then a show has joined the unit in every mode, and knows the phrases of a track that was loaded at once. */
const PLAY_AT_MS: Ms = 24_000;
const LOAD_AT_MS: Ms = 1000;
/** What is due at the end of a track may leave after it. */
const AFTER_MS: Ms = 3000;
const CHUNK_MS: Ms = 10_000;
const PRESSED_FOR_MS: Ms = 100;
const PRESSES_APART_MS: Ms = 2000;
const FIRST_PRESS_MS: Ms = 1000;
/** What a hand has begun goes on for a while. */
const AFTER_HANDS_MS: Ms = 20_000;

export async function playScene(tested: Tested, scene: Scene): Promise<Heard> {
  const probes = new Map<string, Expected>();
  const listened = scene.expected.filter(({ expectation: { at } }) => at !== null && !isInTrack(scene, at.anchor.kind));
  for (const each of listened) probes.set(probeName(each), each);
  const rules = [...tested.profile.rules, ...[...probes].map(([name, each]) => probeRule(name, each))];
  const probed: Tested = { ...tested, profile: { ...tested.profile, rules } };
  const ear = listenFor(probed, scene.expected, probes);
  if (scene.kind === 'recording') {
    await runAgain(
      byOtherProfile(scene.evening, probed.profile, probed.sources),
      { ...SHOW_ALONE, watcher: ear.watcher },
      true,
    );
    return ear.heard(scene.evening.start.startedAtMs, new Map());
  }
  await simulate(probed, scene, ear);
  return ear.heard(0, scene.kind === 'track' ? spotsInTrack(tested, scene) : new Map());
}

/** A place lies in the track that is played, and is known before. */
const isInTrack = ({ kind }: Scene, anchor: string): boolean => kind === 'track' && anchor !== 'happening';

const probeName = ({ line }: Expected): string => `expect at line ${line}`;

/** A rule that says nothing: its outcomes tell when its place was passed. */
const probeRule = (name: string, { expectation: { at } }: Expected): MomentRule => ({
  ...{ kind: 'when', name, if: null, do: [], decks: 'any', track: null, once: null, onJump: 'skip', begins: null },
  place: at as NonNullable<typeof at>,
  dropIfLateByMs: Number.MAX_SAFE_INTEGER,
});

async function simulate({ profile, bridges, library }: Tested, scene: Scene, ear: Ear): Promise<void> {
  const clock = virtualClock();
  const set = setOf(scene);
  const room = await openTrialRoom(clock, set, null);
  const beginnings = { ...FRESH_START, library };
  const show = openTrialShow(room, { profile, bridges, beginnings, explains: true, watcher: ear.watcher });
  await settled();
  if (scene.kind === 'hands') pressAll(show, clock, profile, scene);
  for (let at = 0; at < set.lengthMs; at += CHUNK_MS) {
    clock.advance(Math.min(CHUNK_MS, set.lengthMs - at));
    await settled();
  }
  await show.close();
  await room.close();
}

function setOf(scene: Scene): DjScript {
  const plain = { name: 'a test', seed: 1, repeats: false, quirks: NO_QUIRKS };
  if (scene.kind === 'set') return { ...scene.set, repeats: false };
  if (scene.kind !== 'track') {
    const presses = scene.kind === 'hands' ? scene.press.length : 0;
    return { ...plain, acts: [], lengthMs: FIRST_PRESS_MS + presses * PRESSES_APART_MS + AFTER_HANDS_MS };
  }
  const { track } = scene.track;
  const acts: TimedAction[] = [
    { at: LOAD_AT_MS, act: { kind: 'load', track, deck: 1 }, text: `load ${track.title}` },
    { at: LOAD_AT_MS + 100, act: { kind: 'on-air', isOn: true, deck: 1 }, text: 'on air' },
    { at: PLAY_AT_MS, act: { kind: 'play', deck: 1 }, text: 'play' },
  ];
  return { ...plain, acts, lengthMs: PLAY_AT_MS + track.lengthMs + AFTER_MS };
}

function pressAll(
  show: OpenShow,
  clock: VirtualClock,
  profile: Profile,
  scene: Extract<Scene, { kind: 'hands' }>,
): void {
  for (const [i, control] of scene.press.entries()) {
    const surface = profile.surfaces.find(
      ({ bridge, buttons }) => (scene.surface === null || scene.surface === bridge) && buttons.has(control),
    );
    if (surface === undefined) continue;
    const event = (gesture: Gesture): void => {
      const at = clock.now();
      const told = { kind: 'control', surface: surface.bridge, deck: 0, control, ...gesture } as const;
      show.engine.emit(surface.bridge, told, { notBefore: at, at });
    };
    const at = FIRST_PRESS_MS + i * PRESSES_APART_MS;
    clock.at(at, () => event({ gesture: 'press' }));
    clock.at(at + PRESSED_FOR_MS, () =>
      event({ gesture: 'release', heldMs: PRESSED_FOR_MS, wasLong: false, isGone: false }),
    );
  }
}

/** Times at which the playhead is at each expected place, by the grid that it is played by and not by what the show says. */
function spotsInTrack(
  { profile }: Tested,
  { expected, track }: { readonly expected: readonly Expected[]; readonly track: PlayableTrack },
): Map<Expected, readonly Spot[]> {
  const { grid } = track.track;
  return new Map(
    expected.flatMap((each): [Expected, readonly Spot[]][] => {
      const { at } = each.expectation;
      if (at === null || at.anchor.kind === 'happening') return [];
      const { places } = trackPlaces(profile, track, [probeRule(probeName(each), each)]);
      const spots = places.map(({ place, ms }): Spot => {
        const beatMs = grid.msOfBeat(grid.beatOfMs(ms) + 1) - ms;
        return { at: PLAY_AT_MS + ms, label: place, deck: 1, beatMs };
      });
      return [[each, spots]];
    }),
  );
}

interface Ear {
  watcher(show: () => OpenShow): Watcher;
  heard(startedAt: Ms, inTrack: ReadonlyMap<Expected, readonly Spot[]>): Heard;
}

const USUAL_BEAT_MS = 500;

function listenFor(tested: Tested, expected: readonly Expected[], probes: ReadonlyMap<string, Expected>): Ear {
  const messages: HeardMessage[] = [];
  const spots = new Map<Expected, Spot[]>();
  const fired = new Set<string>();
  const entries = new Set<number>();
  const titles = new Set<string>();
  const absences = new Map<string, Absence>();
  const names = expected.flatMap(({ expectation: { sends, ends } }) => [...sends, ...(ends === null ? [] : [ends])]);
  let list: ExplanationList | null = null;
  const absenceFor = (name: string): void => {
    const users = tested.sources.usedBy.get(name) ?? [];
    absences.set(name, absenceOf(new Set([name, ...users]), null, 0));
  };
  for (const name of names) if (!absences.has(name)) absenceFor(name);
  const look = (show: OpenShow, at: Ms): void => {
    for (const each of absences.values()) each.look(show, at);
  };
  return {
    watcher(show) {
      list = explanationList(show, () => ({ file: tested.file, sources: tested.sources }), look);
      const { watcher } = list;
      const trackOn = (deck: number | null) =>
        [...show().engine.state().show.decks.values()].find(({ ref }) => ref.number === deck)?.track ?? null;
      const noteTracks = (): void => {
        for (const { track } of show().engine.state().show.decks.values()) {
          if (track?.known.entry != null) entries.add(track.known.entry);
          if (track?.known.title != null) titles.add(track.known.title);
        }
      };
      return {
        ...watcher,
        received(input) {
          watcher.received(input);
          noteTracks();
        },
        sent(departure) {
          watcher.sent(departure);
          const { at, intent } = departure;
          const { because, cue, id, bridge } = intent;
          const title = trackOn(because.deck)?.known.title ?? null;
          const { rule, phase, deck } = because;
          messages.push({ ...{ at, id, rule, cue, phase, deck, bridge, title }, message: show().describe(intent) });
          for (const name of [rule, ...(cue === null ? [] : [cue])]) fired.add(name);
        },
        came(arrival) {
          const { because, trueTime, heldBack } = arrival.outcome;
          const probe = probes.get(because.rule);
          if (probe === undefined) {
            watcher.came(arrival);
            if (heldBack.length === 0) fired.add(because.rule);
            return;
          }
          const track = trackOn(because.deck);
          if (probe.expectation.play !== null && !isCalled(track?.known.title ?? null, probe.expectation.play)) return;
          const beatMs = track?.tempoBpm == null ? USUAL_BEAT_MS : 60_000 / track.tempoBpm;
          const spot = { at: trueTime, label: because.place ?? '', deck: because.deck, beatMs };
          spots.set(probe, [...(spots.get(probe) ?? []), spot]);
        },
      };
    },
    heard: (startedAt, inTrack) => ({
      ...{ messages, fired, entries, titles, startedAt },
      explanations: list?.ended() ?? [],
      spots: new Map<Expected, readonly Spot[]>([...spots, ...inTrack]),
      missing: name => absences.get(name)?.lines() ?? [],
    }),
  };
}

/** Tells if a title is the one that is meant. */
export const isCalled = (title: string | null, called: string): boolean =>
  title !== null && title.trim().toLowerCase() === called.trim().toLowerCase();
