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
  UNREPORTED_CONTROLS,
} from './controls/input-controls.ts';
import { PANEL } from './controls/panel.ts';
import { openCdj } from './device.ts';
import { type HidSystem, loadHidSystem } from './hid-port.ts';
import { ROWS_MOST } from './layout.ts';
import { type CdjProfileOptions, cdjOptions } from './options.ts';
import { NOTHING_SHOWN, outputNamed, outputProblem, SHOWN_NAMES, type SurfaceOutput } from './output-state.ts';
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

/** What a message shows, by the names of the tables. */
function toShown(filled: unknown): SurfaceOutput {
  const entries = Object.entries(filled as Readonly<Record<string, Filled>>).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [outputNamed(name) ?? name, shownOf(name, value)]));
}

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

const CONTROLS: SurfaceControls = {
  buttons: labelsOf('button'),
  wheels: Object.fromEntries(WHEELS.map(id => [id, inputControl(id).label])),
  unbindable: Object.fromEntries([
    ...UNREPORTED_CONTROLS.map(id => [id, `${id} is not reported by the player: nothing can be bound to it`]),
    ...INPUT_IDS.filter(id => inputControl(id).kind !== 'button' && !WHEELS.includes(id)).map(id => [
      id,
      `${id} is told as a value, and nothing can be bound to one`,
    ]),
  ]),
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
        shown = { ...shown, ...toShown(filled) };
        cdj.show(shown);
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
