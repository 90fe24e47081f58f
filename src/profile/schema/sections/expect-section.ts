/** `expect:`, what must leave: the tests of a show, which `decklight test` runs. */
import { z } from 'zod';
import type { Bridge } from '../../../bridge.ts';
import type { Expectation, Within } from '../../../core/expectation.ts';
import type { Action } from '../../../core/rules/rule.ts';
import { action } from '../actions.ts';
import type { Names } from '../declared-names.ts';
import { boolean, type FieldType, fieldType, integer, map, type Parsed, shape, text } from '../field-types.ts';
import { issue, raise } from '../issues.ts';
import { place } from '../place.ts';

/** Names and messages, as `sends:` may mix them. */
type Sent = string | readonly Action[];

const MOST_TIMES = 100_000;

/** An expectation of a profile. */
export function expectation(bridges: readonly Bridge[], names: Names): FieldType<Expectation> {
  const button = text('the name of a button');
  const name = text('the name of a rule or a cue');
  const keys = {
    play: text('the title or the number of a track')
      .meta({ description: 'the track that is played through; left out: the whole evening' })
      .optional(),
    press: shape<readonly string[], readonly string[]>('a button or a list of buttons', {
      text: button.transform(one => [one]),
      list: z.array(button).min(1),
    })
      .meta({ description: 'a button of a surface that is pressed, or several one after the other' })
      .optional(),
    surface: text('the name of a surface').meta({ description: 'the surface whose button it is' }).optional(),
    at: place().meta({ description: 'where: 4 beats before chorus 1, 3:27.500, load' }).optional(),
    sends: shape<readonly Sent[], readonly Sent[]>('the name of a rule or a cue, or a list of names and actions', {
      text: name.transform(one => [one]),
      list: z.array(sent(bridges, names, name)).min(1),
    })
      .meta({ description: 'the rules, cues or messages that must leave' })
      .optional(),
    ends: text('the name of a rule').meta({ description: 'the rule with while: whose undo must leave' }).optional(),
    times: integer(1, MOST_TIMES, 'how often (1, 2, …)')
      .meta({ description: 'how often; unless said once at each place, without a place at least once' })
      .optional(),
    never: boolean().meta({ description: 'true: it must not leave' }).optional(),
    within: within()
      .meta({ description: 'how far from the place it may leave: 1 frame, 20 ms, 1 beat; 250 ms unless said' })
      .optional(),
  };
  return map(keys, 'an expectation ({ play, at, sends })').transform((said, context): Expectation => {
    raise(context, odd(said));
    const sends = said.sends ?? [];
    return {
      play: said.play ?? null,
      press: said.press ?? [],
      surface: said.surface ?? null,
      at: said.at ?? null,
      sends: sends.filter(each => typeof each === 'string'),
      messages: sends.flatMap(each => (typeof each === 'string' ? [] : each)),
      ends: said.ends ?? null,
      times: said.never === true ? 0 : (said.times ?? null),
      within: said.within ?? null,
    };
  });
}

/** One name, or one message. */
const sent = (bridges: readonly Bridge[], names: Names, name: FieldType<string>): FieldType<Sent> =>
  shape<string, never, readonly Action[]>("a rule's or a cue's name, or an action ({ bridge: message })", {
    text: name,
    map: action(bridges, names).transform(told => [told]),
  });

const WITHIN = /^(\d+(?:\.\d+)?)[ \t]*(ms|s|frames?|beats?)$/;

/** A distance in time: `20 ms`, `1 frame`, `0.5 beats`. */
const within = (): FieldType<Within> =>
  fieldType(
    'a distance (1 frame, 20 ms, 1 beat)',
    { type: 'string', pattern: WITHIN.source },
    ({ source }): Parsed<Within> => {
      const [, amount, unit = ''] = WITHIN.exec(source) ?? [];
      if (amount === undefined) {
        return { ok: false, message: `expected a distance (1 frame, 20 ms, 1 beat), found "${source}"` };
      }
      if (unit === 'ms' || unit === 's') {
        return { ok: true, value: { amount: Number(amount) * (unit === 's' ? 1000 : 1), unit: 'ms' } };
      }
      return { ok: true, value: { amount: Number(amount), unit: unit.startsWith('frame') ? 'frames' : 'beats' } };
    },
  );

interface SaidKeys {
  readonly sends?: unknown;
  readonly ends?: unknown;
  readonly times?: number | undefined;
  readonly never?: boolean | undefined;
  readonly press?: unknown;
  readonly surface?: unknown;
  readonly at?: unknown;
  readonly within?: unknown;
}

/** Parts that do not go together. */
function odd({ sends, ends, times, never, press, surface, at, within: distance }: SaidKeys) {
  const issues = [];
  if (sends === undefined && ends === undefined) {
    issues.push(issue('an expectation says what sends or ends, found neither', { path: ['sends'], at: 'missing' }));
  }
  if (sends !== undefined && ends !== undefined) {
    issues.push(issue('sends and ends are two expectations; write one for each', { path: ['ends'], at: 'key' }));
  }
  if (never === true && times !== undefined) {
    issues.push(issue('never: true and times contradict each other', { path: ['times'], at: 'key' }));
  }
  if (surface !== undefined && press === undefined) {
    issues.push(issue('surface says whose button is pressed; press is missing', { path: ['surface'], at: 'key' }));
  }
  if (press !== undefined && at !== undefined) {
    issues.push(issue('a button is pressed while nothing plays: leave at out', { path: ['at'], at: 'key' }));
  }
  if (distance !== undefined && at === undefined) {
    issues.push(issue('within is a distance from a place; at is missing', { path: ['within'], at: 'key' }));
  }
  return issues;
}
