/** Screen of a surface as it should be now. Pure. */
import type { Ms } from '../../clock.ts';
import type { CueListEntry } from '../../cue-lists/cue-list.ts';
import { isStale } from '../../deck/deck.ts';
import { decksForRules } from '../../deck/decks.ts';
import { upcoming } from '../../rules/crossings.ts';
import type { Scope } from '../../rules/expression.ts';
import { type Filled, fill, type Template } from '../../rules/template.ts';
import type { Shown, ShownClock } from '../../surfaces/shown.ts';
import type { RowsEntry, ScreenEntry, TimeEntry } from '../../surfaces/surface-entry.ts';
import { generatorPlaceAt } from '../../timecode/generator.ts';
import { type FrameRate, labelOf } from '../../timecode/timecode.ts';
import type { EngineDraft } from '../engine-state.ts';
import { followDueAt, placed } from '../list-acts.ts';
import { subject } from '../show-subject.ts';

/** Names that every surface with a screen gives these. */
const ROWS = 'rows';
const TIME = 'elapsed-time';
const ARTWORK = 'artwork';

export function screenShown(draft: EngineDraft, { rows, time, artwork, fields }: ScreenEntry, scope: Scope): Shown {
  const shown: Record<string, Filled> = {};
  for (const [name, text] of fields) shown[name] = filled(text, scope);
  if (rows !== null) shown[ROWS] = rowsShown(draft, rows, scope);
  if (time !== null) shown[TIME] = timeShown(draft, time, scope);
  if (artwork) shown[ARTWORK] = artworkOf(draft);
  return shown;
}

/** null: something in it is not known, so nothing is shown. */
function filled(text: string | Template, scope: Scope): Filled {
  const filling = fill(text, scope);
  return filling.ok ? filling.value : null;
}

/** Rows that fit on a screen. */
const ROWS_SHOWN = 9;

function rowsShown(draft: EngineDraft, rows: RowsEntry, scope: Scope): Filled {
  if (rows.kind === 'texts') return rows.texts.map(text => filled(text, scope) ?? '');
  const list = draft.program.profile.lists.find(({ name }) => name === rows.list);
  return list === undefined ? [] : listRows(draft, list);
}

/** The steps around the armed one, which is marked; done ones are grey, one that stands is green, failed ones are red. */
function listRows({ state }: EngineDraft, list: CueListEntry): Filled {
  const { current, armed } = placed(state, list).state;
  const focus = armed ?? current ?? 0;
  const first = Math.max(0, Math.min(focus - Math.floor(ROWS_SHOWN / 2), list.steps.length - ROWS_SHOWN));
  return list.steps.slice(first, first + ROWS_SHOWN).map(({ name, cue }, i) => {
    const index = first + i;
    const hasBegun = index <= (current ?? -1);
    const isFailed = hasBegun && state.cueRuns.get(cue)?.isFailed === true;
    const color = isFailed ? 'red' : index === current ? 'light-green' : hasBegun ? 'grey' : 'white';
    return { text: `${index + 1} ${name}`, color, isSelected: index === armed };
  });
}

function timeShown(draft: EngineDraft, time: TimeEntry, scope: Scope): Filled {
  switch (time.kind) {
    case 'timecode':
      return timecodeClock(draft, time.timecode);
    case 'next-cue': {
      const dueAt = nextCueAt(draft);
      return dueAt === null ? null : clock(Math.max(0, dueAt - draft.at), draft.at, -1);
    }
    case 'value':
      return filled(time.value, scope);
  }
}

const clock = (ms: Ms, at: Ms, rate: number): ShownClock => ({ ms, at, rate });

/** The label of a timecode as a time that runs by itself; null: it is nowhere. */
function timecodeClock({ state, program, at }: EngineDraft, name: string): ShownClock | null {
  const entry = program.profile.timecodes.find(each => each.name === name);
  const generator = state.timecodes.get(name);
  const place = generator === undefined ? null : generatorPlaceAt(generator, at);
  if (entry === undefined || generator === undefined || place === null) return null;
  const speed = generator.anchor?.speed ?? 0;
  return clock(labelMs(entry.rate, place), at, speed * (1000 / entry.rate.base));
}

function labelMs(rate: FrameRate, place: number): Ms {
  const { hours, minutes, seconds, frames } = labelOf(rate, place);
  const whole = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  return whole + ((frames + (place - Math.floor(place))) * 1000) / rate.base;
}

/** Gives the time of the next thing that comes by itself: a moment of a deck that rules hear, or a step of a list; null: none known. */
function nextCueAt({ state, program, at }: EngineDraft): Ms | null {
  const { keys } = decksForRules(state.show);
  const ofDecks = [...state.show.decks.values()]
    .filter(deck => !isStale(deck, at))
    .flatMap(deck => {
      const isMeant = (decks: 'on-air' | 'any'): boolean => decks === 'any' || keys.has(deck.key);
      return upcoming(program.moments, deck, 4).flatMap(({ moment, at: due }) =>
        isMeant(moment.rule.decks) ? [due] : [],
      );
    });
  const ofLists = program.profile.lists.flatMap(list => followDueAt({ state }, list) ?? []);
  const times = [...ofDecks, ...ofLists].filter(due => due >= at);
  return times.length === 0 ? null : Math.min(...times);
}

function artworkOf({ state }: EngineDraft): Filled {
  const deck = subject(state);
  const known = deck === null ? undefined : state.artworks.get(deck.key);
  return known !== undefined && deck?.track?.id === known.trackId ? known.jpeg : null;
}
