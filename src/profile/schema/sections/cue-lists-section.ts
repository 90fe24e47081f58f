/** `cue-lists:`: steps in order, begun one after the other by GO, by time or at a place. */
import { z } from 'zod';
import type { Bridge } from '../../../bridge.ts';
import type { Ms } from '../../../core/clock.ts';
import { type AutoFollow, SAME_GO_WITHIN_MS } from '../../../core/cue-lists/cue-list.ts';
import type { Place } from '../../../core/rules/rule.ts';
import { quote } from '../../../text/quote.ts';
import { type CueRef, cueRef, type Step, steps } from '../actions.ts';
import type { Names } from '../declared-names.ts';
import { duration, text } from '../field-types.ts';
import { issue } from '../issues.ts';
import { type Naming, namedEach } from '../named-map.ts';
import { namedUnlessWord, WORDS_OF_LISTS } from '../operator-words.ts';
import { type FieldType, fieldType, map, type Parsed, shape } from '../schema-builder.ts';
import { placeOfDeck } from './rules-section.ts';

export interface CheckedStep {
  readonly cue: string;
  readonly name: string | null;
  readonly follow: AutoFollow | null;
  readonly at: Place | null;
  readonly undo: readonly Step[];
}

export interface CheckedList {
  readonly sameGoWithinMs: Ms;
  readonly steps: readonly CheckedStep[];
}

export function cueLists(bridges: readonly Bridge[], names: Names): FieldType<ReadonlyMap<string, CheckedList>> {
  const list = cueList(bridges, names);
  return namedEach(list, 'a map of cue lists (main: [ { cue: … } ])', name => naming(name, list));
}

function naming<T>(name: string, list: FieldType<T>): Naming<T> {
  if (!WORDS_OF_LISTS.includes(name)) return namedUnlessWord('cue list', name, list);
  const message = `${quote(name)} is a word of operators (go to …, select next …), so that no cue list can be called so`;
  return { ok: false, issue: issue(message) };
}

function cueList(bridges: readonly Bridge[], names: Names): FieldType<CheckedList> {
  const all = shape('a list of steps ({ cue: … })', { list: z.array(step(bridges, names)).min(1) });
  return shape('a list of steps ({ cue: … }), or a map with steps', {
    list: all.transform(steps => ({ steps, sameGoWithinMs: SAME_GO_WITHIN_MS })),
    map: map({
      steps: all.meta({ description: 'the steps in their order' }),
      'same-go-within': duration()
        .meta({ description: 'a second GO of one control within this time is the same one; 150 ms unless said' })
        .optional(),
    }).transform(({ steps, 'same-go-within': sameGoWithinMs = SAME_GO_WITHIN_MS }) => ({ steps, sameGoWithinMs })),
  });
}

function step(bridges: readonly Bridge[], names: Names): FieldType<CheckedStep> {
  const whole = map(
    {
      cue: cueRef(names).meta({ description: 'the cue that leaves when the step begins' }),
      name: text('a name').meta({ description: "what the step is called; its cue's name unless said" }).optional(),
      follow: follow()
        .meta({ description: 'the list goes on by itself so long after this step began: 8 beats, 2 bars, 3 s' })
        .optional(),
      at: placeOfDeck()
        .meta({ description: 'while the step is armed it begins here by itself: 16 beats before end' })
        .optional(),
      undo: steps(bridges, names)
        .meta({ description: 'makes a level of the step: what takes it back when the list goes back behind it' })
        .optional(),
    },
    'a step ({ cue: … })',
  );
  const bare = cueRef(names).transform(({ cue }: CueRef): CheckedStep => ({ cue, ...NOTHING_MORE }));
  return shape("a step ({ cue: … }) or a cue's name", {
    text: bare,
    map: whole.transform(
      ({ cue, name = null, follow = null, at = null, undo = [] }): CheckedStep => ({
        cue: cue.cue,
        name,
        follow,
        at,
        undo,
      }),
    ),
  });
}

const NOTHING_MORE = { name: null, follow: null, at: null, undo: [] } as const;

const BEATS = /^(\d+(?:\.\d+)?|\.\d+)[ \t]*(beats?|bars?)$/;
const TIME = /^(\d+(?:\.\d+)?|\.\d+)[ \t]*(ms|s|min)$/;
const MS_PER: Readonly<Record<string, Ms>> = { ms: 1, s: 1000, min: 60_000 };
const MOST_BEATS = 100_000;
const MOST_MS: Ms = 24 * 3_600_000;

const follow = (): FieldType<AutoFollow> =>
  fieldType(
    'beats, bars or a length of time (8 beats, 2 bars, 3 s)',
    { type: 'string', pattern: `${BEATS.source}|${TIME.source}` },
    ({ source }): Parsed<AutoFollow> => {
      const [, count = '', unit = ''] = BEATS.exec(source) ?? [];
      const beats = Number(count) * (unit.startsWith('bar') ? 4 : 1);
      if (unit !== '' && beats > 0 && beats <= MOST_BEATS) return { ok: true, value: { kind: 'beats', beats } };
      const [, amount = '', timeUnit = ''] = TIME.exec(source) ?? [];
      const ms = Number(amount) * (MS_PER[timeUnit] ?? Number.NaN);
      if (ms > 0 && ms <= MOST_MS) return { ok: true, value: { kind: 'time', ms } };
      return {
        ok: false,
        message: `expected more than no beats, bars or time (8 beats, 2 bars, 3 s), found ${quote(source)}`,
      };
    },
  );
