/** A CDJ in the operator's hands, by USB HID: what its controls do comes in, its lamps and its screen show the show. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Bridge, BridgeHost } from '../../src/bridge.ts';
import type { Stamp } from '../../src/core/clock.ts';
import type { Filled } from '../../src/core/rules/template.ts';
import { map, shape, template } from '../../src/profile/schema/field-types.ts';
import { openCdj } from './device.ts';
import { type HidSystem, loadHidSystem } from './hid-port.ts';
import { ROWS_MOST } from './layout.ts';
import { type CdjProfileOptions, cdjOptions } from './options.ts';
import { NOTHING_SHOWN, outputNamed, outputProblem, SHOWN_NAMES, type SurfaceOutput } from './output-state.ts';
import { shownOf } from './shown-message.ts';
import type { SurfaceEvent } from './surface-events.ts';

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

/** Hands an event of a surface to the show. */
export type HearSurface = (host: BridgeHost, event: SurfaceEvent, stamp: Stamp) => void;

/** A CDJ by the HID devices of this system, those of the machine or simulated ones; what its hands do goes to `hear`. */
export const cdjHidBridgeOver = (load: () => Promise<HidSystem>, hear: HearSurface): Bridge => ({
  type: 'cdj-hid',
  options: cdjOptions,
  message,
  takesTimecode: false,
  takesClock: false,
  latencyMs: () => 0,
  feedMessage: null,
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
        if (host.hears) hear(host, event, stamp);
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

/** The show has no event for what hands do yet: it is counted in the status, and goes nowhere else. */
export const cdjHidBridge: Bridge = cdjHidBridgeOver(loadHidSystem, () => {});
