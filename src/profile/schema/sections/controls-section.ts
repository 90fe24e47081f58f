/** `controls:`: what hands do at the controls of each surface. */
import { z } from 'zod';
import type { Bridge, SurfaceControls } from '../../../bridge.ts';
import type { Action, RuleStep } from '../../../core/rules/rule.ts';
import type {
  ButtonEntry,
  LayerEntry,
  SurfaceEntry,
  ValueEntry,
  WheelEntry,
} from '../../../core/surfaces/surface-entry.ts';
import { action, actions, wordOrCue } from '../actions.ts';
import { findBridge, HAS_CONTROLS } from '../bridge-name.ts';
import type { Names } from '../declared-names.ts';
import { boolean, choice, duration, number } from '../field-types.ts';
import { check, isMap, issue, raise, unknownKey, unknownWord } from '../issues.ts';
import { namedEach, namedMap } from '../named-map.ts';
import { type FieldType, fieldType, jsonSchemaOf, lazyJson, map, type Parsed, shape } from '../schema-builder.ts';
import { lamps, screen } from './surface-output-section.ts';

type Surface = Omit<SurfaceEntry, 'bridge'>;

/** The surfaces, by the bridge that each is. */
export function surfaces(bridges: readonly Bridge[], names: Names): FieldType<readonly SurfaceEntry[]> {
  const steps = handSteps(bridges, names);
  const told = actions(bridges, names);
  const all = bridges.flatMap(({ controls }) => (controls === null ? [] : [controls]));
  const any = surface(joined(all), { steps, told }, names);
  return namedEach(any, 'a map of surfaces (booth: { buttons: … })', name => {
    const found = findBridge(name, names, bridges, HAS_CONTROLS);
    if (!found.ok) return found;
    const controls = found.bridge?.controls ?? null;
    return { ok: true, entry: controls === null ? any : surface(controls, { steps, told }, names) };
  }).transform(entries => [...entries].map(([bridge, entry]): SurfaceEntry => ({ bridge, ...entry })));
}

/** Controls of every kind of surface, for editors, which know no bridge by its name. */
const joined = (all: readonly SurfaceControls[]): SurfaceControls => ({
  buttons: Object.assign({}, ...all.map(({ buttons }) => buttons)),
  wheels: Object.assign({}, ...all.map(({ wheels }) => wheels)),
  values: Object.assign({}, ...all.map(({ values }) => values)),
  lamps: Object.assign({}, ...all.map(({ lamps }) => lamps)),
  unlit: Object.assign({}, ...all.map(({ unlit }) => unlit)),
  screen: all.map(({ screen }) => screen).find(each => each !== null) ?? null,
  unbindable: Object.assign({}, ...all.map(({ unbindable }) => unbindable)),
  panel: null,
});

/** What controls may do, and what may follow them. */
interface Said {
  readonly steps: FieldType<readonly RuleStep[]>;
  readonly told: FieldType<readonly Action[]>;
}

function surface(controls: SurfaceControls, said: Said, names: Names) {
  const bound = bindings(controls, said, names);
  return map(
    {
      ...bound,
      layers: namedMap(layer(controls, bound), 'a map of layers (shift: { while: … })')
        .meta({ description: 'what controls do while a button is held' })
        .optional(),
      leds: lamps(controls).meta({ description: 'what each lamp shows' }).optional(),
      screen: screen(controls, names).meta({ description: 'what the screen shows' }).optional(),
      'drop-if-late-by': duration()
        .meta({ description: 'a press that may have waited longer is dropped; unless said none is' })
        .optional(),
    },
    'a surface ({ buttons: … })',
  ).transform(
    ({
      buttons = new Map(),
      turns = new Map(),
      values = new Map(),
      layers = new Map<string, Omit<LayerEntry, 'name'>>(),
      leds = new Map(),
      screen = null,
      'drop-if-late-by': dropIfLateByMs = null,
    }): Surface => ({
      dropIfLateByMs,
      buttons,
      wheels: turns,
      values,
      layers: [...layers].map(([name, entry]) => ({ name, ...entry })),
      lamps: leds,
      screen,
    }),
  );
}

/** The controls by their kinds, in a surface and in each of its layers. */
function bindings({ buttons, wheels, values, unbindable }: SurfaceControls, { steps, told }: Said, names: Names) {
  const elsewhere = (ids: object, is: string, section: string) =>
    Object.keys(ids).map((id): [string, string] => [id, `${id} ${is}: it belongs to ${section}`]);
  const turned = elsewhere(wheels, 'is turned step by step', 'turns');
  const pressed = elsewhere(buttons, 'is pressed', 'buttons');
  const followed = elsewhere(values, 'tells a value', 'values');
  const refusals = Object.entries(unbindable);
  return {
    buttons: controlMap(() => button(steps), 'a map of buttons (play-pause: { press: … })', {
      ids: Object.keys(buttons),
      refusals: new Map([...refusals, ...turned, ...followed]),
    })
      .meta({ description: 'what is pressed: press, release, long-press, double-press of each' })
      .optional(),
    turns: controlMap(() => wheel(steps, names), 'a map of what is turned (browse-encoder: { forward: … })', {
      ids: Object.keys(wheels),
      refusals: new Map([...refusals, ...pressed, ...followed]),
    })
      .meta({ description: 'what is turned: done once for each step forward or in reverse' })
      .optional(),
    values: controlMap(id => value(told, values[id]?.stepsPerTurn ?? null), VALUES_EXPECTED, {
      ids: Object.keys(values),
      refusals: new Map([...refusals, ...pressed, ...turned]),
    })
      .meta({ description: 'messages that follow where a control stands: sliders, dials, the jog wheel' })
      .optional(),
  };
}

function layer({ buttons }: SurfaceControls, bound: ReturnType<typeof bindings>): FieldType<Omit<LayerEntry, 'name'>> {
  const held = choice(Object.keys(buttons), 'button').meta({ description: 'the button that has to be held' });
  return map({ while: held, ...bound }, 'a layer ({ while: slip, buttons: … })').transform(
    ({ while: control, buttons = new Map(), turns = new Map(), values = new Map() }, context) => {
      if (buttons.size + turns.size + values.size === 0) {
        raise(context, [issue('nothing is bound in it; expected buttons, turns or values')]);
      }
      if (buttons.has(control)) {
        const message = `${control} is what makes this layer: nothing can be bound to it here`;
        raise(context, [issue(message, { path: ['buttons', control], at: 'key' })]);
      }
      return { control, buttons, wheels: turns, values };
    },
  );
}

interface ControlNames {
  readonly ids: readonly string[];
  /** Names that are known and do not belong here, each with why. */
  readonly refusals: ReadonlyMap<string, string>;
}

/** Controls that are all read alike. Not a map with a key for each: editors are told once what each may be. */
function controlMap<T>(
  entryOf: (id: string) => FieldType<T>,
  expected: string,
  names: ControlNames,
): FieldType<ReadonlyMap<string, T>> {
  const { ids, refusals } = names;
  const read = z
    .unknown()
    .transform((input, context): ReadonlyMap<string, T> => {
      const entries = new Map<string, T>();
      for (const [id, node] of Object.entries(isMap(input) ? input : {})) {
        const refusal = refusals.get(id);
        if (refusal !== undefined) raise(context, [issue(refusal, { path: [id], at: 'key' })]);
        else if (!ids.includes(id)) raise(context, [unknownKey(id, ids, [])]);
        else {
          const checked = check(entryOf(id), node);
          if (checked.ok) entries.set(id, checked.value);
          else
            raise(
              context,
              checked.issues.map(one => ({ ...one, path: [id, ...one.path] })),
            );
        }
      }
      return entries;
    })
    .meta(
      lazyJson(() => ({
        type: 'object',
        propertyNames: { enum: ids },
        additionalProperties: jsonSchemaOf(entryOf('')),
      })),
    );
  return shape(expected, { map: read });
}

const button = (steps: FieldType<readonly RuleStep[]>): FieldType<ButtonEntry> =>
  map(
    {
      press: steps
        .meta({ description: 'at once; with long-press at the release, if it was short; with wait: true after 300 ms' })
        .optional(),
      release: steps.meta({ description: 'when it is let go, or its player goes away' }).optional(),
      'long-press': steps.meta({ description: 'once it has been held for 600 ms' }).optional(),
      'double-press': steps.meta({ description: 'at the second press within 300 ms' }).optional(),
      wait: boolean()
        .meta({ description: 'true: press waits until no second press can make it a double one' })
        .optional(),
    },
    'a button ({ press: … })',
  ).transform((keys, context): ButtonEntry => {
    const { press = null, release = null, 'long-press': longPress = null, 'double-press': doublePress = null } = keys;
    const { wait: waits = false } = keys;
    if ([press, release, longPress, doublePress].every(each => each === null)) {
      raise(context, [issue('nothing is bound to it; expected press, release, long-press or double-press')]);
    } else if (waits && (press === null || doublePress === null)) {
      const message = 'wait is about a press that may become a double one; expected both press and double-press';
      raise(context, [issue(message, { path: ['wait'], at: 'key' })]);
    }
    return { press, release, longPress, doublePress, waits };
  });

const VALUES_EXPECTED = 'a map of what stands somewhere (tempo-slider: [{ console: … }])';

const NO_VALUE = { deadBand: 0, everyMs: 0 };

const value = (told: FieldType<readonly Action[]>, stepsPerTurn: number | null): FieldType<ValueEntry> =>
  shape<ValueEntry, ValueEntry, ValueEntry>('a list of actions, or a map of do, dead-band and every', {
    list: told.transform((actions): ValueEntry => ({ do: actions, ...NO_VALUE, stepsPerTurn })),
    map: map({
      do: told.meta({ description: 'messages that follow it: ${control.value} in them is where it stands' }),
      'dead-band': number(0, 1).meta({ description: 'how far it has to move to be told again: 0.02' }).optional(),
      every: duration().meta({ description: 'least time between two messages' }).optional(),
    }).transform(
      ({ do: actions, 'dead-band': deadBand = 0, every: everyMs = 0 }): ValueEntry => ({
        do: actions,
        ...{ deadBand, everyMs, stepsPerTurn },
      }),
    ),
  });

function wheel(steps: FieldType<readonly RuleStep[]>, { lists }: Names): FieldType<WheelEntry> {
  const list = fieldType('the name of a cue list', { type: 'string' }, ({ source }): Parsed<string> => {
    if (lists.has(source)) return { ok: true, value: source };
    if (lists.size === 0) return { ok: false, message: 'this profile has no cue lists; they stand under cue-lists:' };
    const { message, note } = unknownWord('cue list', source, [...lists.keys()]);
    return { ok: false, message, note };
  });
  return map(
    {
      forward: steps.meta({ description: 'for each step clockwise' }).optional(),
      reverse: steps.meta({ description: 'for each step counter-clockwise' }).optional(),
      select: list.meta({ description: 'the cue list of which it arms the next step, or the one before' }).optional(),
    },
    'what turning it does ({ select: main } or { forward: …, reverse: … })',
  ).transform(({ forward, reverse, select }, context): WheelEntry => {
    if (select !== undefined && (forward !== undefined || reverse !== undefined)) {
      raise(context, [issue('select stands alone: it says what both ways do', { path: ['select'], at: 'key' })]);
    } else if (select === undefined && forward === undefined && reverse === undefined) {
      raise(context, [issue('nothing is bound to it; expected select, forward or reverse')]);
    }
    if (select === undefined) return { forward: forward ?? [], reverse: reverse ?? [] };
    const arm = (by: number): readonly RuleStep[] => [{ act: { kind: 'select', list: select, by } }];
    return { forward: arm(1), reverse: arm(-1) };
  });
}

/** A cue's name, words of an operator, or a list of these and of actions. */
function handSteps(bridges: readonly Bridge[], names: Names): FieldType<readonly RuleStep[]> {
  const word = wordOrCue(names, ({ cue }): RuleStep => ({ act: { kind: 'fire', cue } }));
  const item = shape<RuleStep, never, RuleStep>(
    "an action ({ bridge: message }), a cue's name or words of an operator",
    {
      text: word,
      map: action(bridges, names),
    },
  );
  return shape<readonly RuleStep[], readonly RuleStep[]>("a cue's name, words of an operator or a list of actions", {
    text: word.transform(step => [step]),
    list: z.array(item).min(1),
  });
}
