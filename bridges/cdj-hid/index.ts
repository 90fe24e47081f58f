/** A CDJ in the operator's hands, by USB HID: what its controls do comes in, its lamps and its screen show the show. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Bridge, SurfaceControls } from '../../src/bridge.ts';
import type { Filled } from '../../src/core/rules/template.ts';
import { map, shape, template } from '../../src/profile/schema/field-types.ts';
import {
  INPUT_IDS,
  type InputId,
  type InputKind,
  inputControl,
  JOG_STEPS_PER_TURN,
  UNREPORTED_CONTROLS,
} from './controls/input-controls.ts';
import { outputControl } from './controls/output-controls.ts';
import { PANEL } from './controls/panel.ts';
import { openCdj } from './device.ts';
import { type HidSystem, loadHidSystem } from './hid-port.ts';
import { ROWS_MOST } from './layout.ts';
import { type CdjProfileOptions, cdjOptions } from './options.ts';
import {
  ALARM_OUTPUT,
  LIGHT_IDS,
  NOTHING_SHOWN,
  outputNamed,
  outputProblem,
  SHOWN_NAMES,
  type SurfaceOutput,
} from './output-state.ts';
import { shownOf } from './shown-message.ts';

/** A lamp's name may leave off its `-led`. */
const MESSAGE_NAMES = SHOWN_NAMES.filter(name => name !== 'rows' && name !== 'artwork').flatMap(name =>
  name.endsWith('-led') ? [name, name.slice(0, -'-led'.length)] : [name],
);

const message = map({
  ...Object.fromEntries(
    MESSAGE_NAMES.map(name => [
      name,
      template(`what ${name} shows`)
        .transform((value, context) => {
          const problem = typeof value === 'string' ? outputProblem(name, shownOf(name, value)) : null;
          if (problem !== null) context.addIssue({ code: 'custom', message: problem });
          return value;
        })
        .meta({ description: `what ${name} shows` })
        .optional(),
    ]),
  ),
  rows: shape(`a list of at most ${ROWS_MOST} texts`, { list: z.array(template()).max(ROWS_MOST) })
    .meta({ description: 'rows of the browse view, from the top' })
    .optional(),
});

/** Names of the show that are no output of the tables. */
const ALARMS = ['link-alarm', 'engine-alarm'];

/** What is shown after a message, by the names of the tables; null of a name: nothing. */
function shownAfter(before: SurfaceOutput, message: unknown): SurfaceOutput {
  const shown: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(message as Readonly<Record<string, Filled>>)) {
    const id = outputNamed(name) ?? name;
    if (value === undefined || ALARMS.includes(name)) continue;
    if (value === null) delete shown[id];
    else shown[id] = value instanceof Uint8Array ? value : shownOf(name, value);
  }
  return shown;
}

/** What is shown of the show's trouble after a message. */
const alarmsAfter = (before: ReadonlySet<string>, message: unknown): ReadonlySet<string> => {
  const said = message as Readonly<Record<string, Filled>>;
  return new Set(ALARMS.filter(name => said[name] ?? before.has(name)));
};

const describeShown = (filled: Filled): string =>
  Object.entries(filled as Readonly<Record<string, Filled>>)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(' / ') : String(value)}`)
    .join(', ');

const labelsOf = (...kinds: readonly InputKind[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    INPUT_IDS.filter(id => kinds.includes(inputControl(id).kind)).map(id => [id, inputControl(id).label]),
  );

/** The selector has steps that a hand feels; the jog wheel has thousands a turn. */
const WHEELS: readonly InputId[] = ['browse-encoder'];

/** A slider, dials and the needle pad, the jog wheel, and states of the player's own. */
const VALUES = INPUT_IDS.filter(id => inputControl(id).kind !== 'button' && !WHEELS.includes(id));

const PADS = INPUT_IDS.filter(id => /^hot-cue-[a-h]$/.test(id));

const CONTROLS: SurfaceControls = {
  buttons: labelsOf('button'),
  wheels: Object.fromEntries(WHEELS.map(id => [id, inputControl(id).label])),
  values: Object.fromEntries(
    VALUES.map(id => [
      id,
      { label: inputControl(id).label, stepsPerTurn: id === 'jog-position' ? JOG_STEPS_PER_TURN : null },
    ]),
  ),
  lamps: Object.fromEntries(LIGHT_IDS.map(id => [id, outputControl(id).label])),
  unlit: Object.fromEntries(
    PADS.map(id => [id, `${id}: the pads of a CDJ have no lamps that can be reached; lamps are the other names`]),
  ),
  screen: {
    rowsMost: ROWS_MOST,
    fields: SHOWN_NAMES.filter(name => !name.endsWith('-led') && !['rows', 'artwork', 'elapsed-time'].includes(name)),
    problem: (field, value) => outputProblem(field, shownOf(field, value)),
  },
  unbindable: Object.fromEntries(
    UNREPORTED_CONTROLS.map(id => [id, `${id} is not reported by the player: nothing can be bound to it`]),
  ),
  panel: PANEL,
};

/** A CDJ by the HID devices of this system, those of the machine or simulated ones. */
export const cdjHidBridgeOver = (load: () => Promise<HidSystem>): Bridge => ({
  type: 'cdj-hid',
  options: cdjOptions,
  message,
  takesTimecode: false,
  serves: false,
  takesClock: false,
  latencyMs: () => 0,
  feedMessage: null,
  controls: CONTROLS,
  doubts: () => [],
  simulate: null,
  claims(opened) {
    const { serial, path } = opened as CdjProfileOptions;
    if (serial !== null) return [`the player with serial ${serial}`];
    return path === null ? [] : [`the player at ${path}`];
  },
  describe: describeShown,
  open(name, opened, host) {
    let shown = NOTHING_SHOWN;
    let alarms: ReadonlySet<string> = new Set();
    const cdj = openCdj(
      { ...(opened as CdjProfileOptions), surface: name, seed: randomBytes(8) },
      host,
      load,
      (event, stamp) => {
        if (event.kind === 'surface.found') host.ready();
        if (event.kind === 'control' && host.hears) host.emit(event, stamp);
      },
    );
    return {
      send(filled) {
        shown = shownAfter(shown, filled);
        alarms = alarmsAfter(alarms, filled);
        cdj.show(alarms.size === 0 ? shown : { ...shown, ...ALARM_OUTPUT });
        return cdj.isReady();
      },
      timecode() {}, // it takes none as a stream; the time field is a value like any other
      clock() {}, // nor a MIDI clock
      release() {}, // a lamp is a level: it stays until something else is wanted
      status: cdj.status,
      close: cdj.close,
    };
  },
});

export const cdjHidBridge: Bridge = cdjHidBridgeOver(loadHidSystem);
