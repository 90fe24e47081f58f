/** `feed:`: the state of the show, told to consoles that want no rules. */
import { z } from 'zod';
import type { Bridge } from '../../bridge.ts';
import type { Ms } from '../../core/clock.ts';
import { FEED_EVERY_MS, type FeedEntry } from '../../core/profile.ts';
import type { Action } from '../../core/rules/rule.ts';
import { rootsOf } from '../../core/rules/template.ts';
import { findBridge, TELLS } from './bridge-name.ts';
import type { Names } from './declared-names.ts';
import { duration } from './field-types.ts';
import { issue, raise } from './issues.ts';
import { namedEach } from './named-map.ts';
import { type FieldType, jsonSchemaOf, lazyJson, map } from './schema-builder.ts';

/** More often than this no console looks, and the network has other things to do. */
const LEAST_EVERY_MS: Ms = 10;

/** The feeds, by the bridge that each goes through. */
export function feeds(bridges: readonly Bridge[], names: Names): FieldType<readonly FeedEntry[]> {
  const anyMessage: FieldType<unknown> = z.unknown().meta(
    lazyJson(() => {
      const told = bridges.filter(TELLS.has).flatMap(({ message }) => (message === null ? [] : [message]));
      const [only, ...more] = told.map(jsonSchemaOf);
      return more.length === 0 ? { ...only } : { anyOf: [only, ...more] };
    }),
  );
  return namedEach(feed(anyMessage), 'a map of bridges (console: { every: 50 ms })', name => {
    const found = findBridge(name, names, bridges, TELLS);
    if (!found.ok) return found;
    const message: FieldType<unknown> = found.bridge?.message ?? anyMessage;
    return { ok: true, entry: feed(message) };
  }).transform(entries =>
    [...entries].map(([bridge, { everyMs, tempo }]): FeedEntry => {
      const action: Action | null = tempo === undefined ? null : { bridge, message: tempo, roots: rootsOf(tempo) };
      return { bridge, everyMs, tempo: action };
    }),
  );
}

const interval = (): FieldType<Ms> =>
  duration().transform((everyMs, context) => {
    if (everyMs < LEAST_EVERY_MS) raise(context, [issue(`a feed tells at most every ${LEAST_EVERY_MS} ms`)]);
    return everyMs;
  });

const feed = (message: FieldType<unknown>) =>
  map(
    {
      every: interval()
        .meta({ description: 'least time between two values of a fact that moves all the time; 50 ms unless said' })
        .optional(),
      tempo: message
        .meta({
          description: 'what is told whenever the tempo of the master changes: a message with ${master.tempoBpm}',
        })
        .optional(),
    },
    'a feed ({ every: 50 ms })',
  ).transform(({ every = FEED_EVERY_MS, tempo }) => ({ everyMs: every, tempo }));
