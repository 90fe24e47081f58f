/** `leds:` and `screen:` of a surface: what it shows of the show. */
import { z } from 'zod';
import type { SurfaceControls } from '../../../bridge.ts';
import type { Template } from '../../../core/rules/template.ts';
import type { LampEntry, RowsEntry, ScreenEntry, TimeEntry } from '../../../core/surfaces/surface-entry.ts';
import type { Names } from '../declared-names.ts';
import { choice, expression, template } from '../field-types.ts';
import { check, isMap, issue, raise, unknownKey, unknownWord } from '../issues.ts';
import { type FieldType, fieldType, jsonSchemaOf, lazyJson, map, type Parsed, shape } from '../schema-builder.ts';
import { readTemplate } from '../template-field.ts';

const lampExpression = () => expression('an expression (cue.drop.isRunning)');

const lamp: FieldType<LampEntry> = shape('an expression (cue.drop.isRunning), or a map of on, blink and pulse', {
  text: lampExpression().transform(on => ({ on, blink: null, pulse: null })),
  map: map({
    on: lampExpression().meta({ description: 'lit while this is true' }).optional(),
    blink: lampExpression().meta({ description: 'blinks while this is true, and on is not' }).optional(),
    pulse: lampExpression()
      .meta({ description: 'lit on each beat while this is true, and neither on nor blink is' })
      .optional(),
  }).transform(({ on = null, blink = null, pulse = null }, context): LampEntry => {
    if (on === null && blink === null && pulse === null) {
      raise(context, [issue('nothing lights it; expected on, blink or pulse')]);
    }
    return { on, blink, pulse };
  }),
});

/** Lamps as they are written. A name that leaves off `-led` is the same lamp. */
export function lamps({ lamps: labels, unlit }: SurfaceControls): FieldType<ReadonlyMap<string, LampEntry>> {
  const full = (name: string): string => (name in labels ? name : `${name}-led`);
  const known = Object.keys(labels).flatMap(id => [id, id.replace(/-led$/, '')]);
  const read = z
    .unknown()
    .transform((input, context): ReadonlyMap<string, LampEntry> => {
      const entries = new Map<string, LampEntry>();
      const written = new Set<string>();
      for (const [name, node] of Object.entries(isMap(input) ? input : {})) {
        const at = { path: [name], at: 'key' } as const;
        const refusal = unlit[name];
        if (refusal !== undefined) raise(context, [issue(refusal, at)]);
        else if (!known.includes(name)) raise(context, [unknownKey(name, known, [])]);
        else if (written.has(full(name))) raise(context, [issue(`${full(name)} is written twice: it is one lamp`, at)]);
        else {
          const checked = check(lamp, node);
          written.add(full(name));
          if (checked.ok) entries.set(name, checked.value);
          else
            raise(
              context,
              checked.issues.map(one => ({ ...one, path: [name, ...one.path] })),
            );
        }
      }
      return entries;
    })
    .meta(
      lazyJson(() => ({ type: 'object', propertyNames: { enum: known }, additionalProperties: jsonSchemaOf(lamp) })),
    );
  return shape('a map of lamps (play: cue.drop.isRunning)', { map: read });
}

export function screen(controls: SurfaceControls, names: Names): FieldType<ScreenEntry> {
  const { fields, rowsMost, problem } = controls.screen ?? NO_SCREEN;
  const ofField = (name: string): FieldType<string | Template> =>
    template(`what ${name} shows`).transform((value, context) => {
      const found = typeof value === 'string' ? problem(name, value) : null;
      if (found !== null) raise(context, [issue(found)]);
      return value;
    });
  const keys = Object.fromEntries(
    fields.map(name => [
      name,
      ofField(name)
        .meta({ description: `what ${name} shows` })
        .optional(),
    ]),
  );
  return map(
    {
      rows: rows(rowsMost, names)
        .meta({ description: 'list NAME: steps of a cue list; or texts, from the top' })
        .optional(),
      time: time(names).meta({ description: 'timecode NAME, next cue, or ms' }).optional(),
      artwork: choice(['track'], 'artwork').meta({ description: 'track: the artwork of the track' }).optional(),
      ...keys,
    },
    'a screen ({ rows: … })',
  ).transform((shown): ScreenEntry => {
    const {
      rows = null,
      time = null,
      artwork,
      ...texts
    } = shown as {
      readonly rows?: RowsEntry;
      readonly time?: TimeEntry;
      readonly artwork?: string;
    };
    return { rows, time, artwork: artwork !== undefined, fields: new Map(Object.entries(texts)) };
  });
}

const NO_SCREEN: NonNullable<SurfaceControls['screen']> = { fields: [], rowsMost: 0, problem: () => null };

function rows(most: number, { lists }: Names): FieldType<RowsEntry> {
  const list = fieldType('list and the name of a cue list', { type: 'string' }, ({ source }): Parsed<RowsEntry> => {
    const [word, name = '', ...more] = source.trim().split(/\s+/);
    if (word !== 'list' || more.length > 0) {
      return { ok: false, message: 'expected list and the name of a cue list (list main), or a list of texts' };
    }
    if (lists.has(name)) return { ok: true, value: { kind: 'list', list: name } };
    if (lists.size === 0) return { ok: false, message: 'this profile has no cue lists; they stand under cue-lists:' };
    const { message, note } = unknownWord('cue list', name, [...lists.keys()]);
    return { ok: false, message, note };
  });
  const texts = z.array(template()).max(most);
  return shape<RowsEntry, RowsEntry>('list and the name of a cue list, or a list of texts', {
    text: list,
    list: texts.transform(texts => ({ kind: 'texts', texts })),
  });
}

const time = ({ timecodes }: Names): FieldType<TimeEntry> =>
  fieldType('timecode NAME, next cue, or ms', { type: 'string' }, ({ source }): Parsed<TimeEntry> => {
    const words = source.trim().split(/\s+/);
    if (words.join(' ') === 'next cue') return { ok: true, value: { kind: 'next-cue' } };
    if (words[0] === 'timecode' && words.length === 2) {
      const [, name = ''] = words;
      if (timecodes.has(name)) return { ok: true, value: { kind: 'timecode', timecode: name } };
      if (timecodes.size === 0)
        return { ok: false, message: 'this profile has no timecode; it stands under timecode:' };
      const { message, note } = unknownWord('timecode', name, [...timecodes.keys()]);
      return { ok: false, message, note };
    }
    const read = readTemplate(source);
    if (!read.ok) return read;
    if (typeof read.value === 'string' && !/^\d+$/.test(read.value)) {
      return {
        ok: false,
        message: 'expected timecode and its name (timecode main), next cue, or ms (${deck.positionMs})',
      };
    }
    return { ok: true, value: { kind: 'value', value: read.value } };
  });
