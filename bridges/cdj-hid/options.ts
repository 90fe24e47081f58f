/** A CDJ's part of the profile: which player, as whom to log in, and what a real one does otherwise than the tables say. */
import { z } from 'zod';
import { boolean, choice, fieldType, integer, map, text } from '../../src/profile/schema/field-types.ts';
import { INPUT_IDS, inputControl } from './controls/input-controls.ts';
import type { ReportPlace } from './controls/report-fields.ts';
import type { CdjDeviceOptions } from './device.ts';
import { LOGINS } from './login/login-data.ts';
import { LONG_TIMES } from './output-state.ts';
import { type CdjQuirks, USUAL_QUIRKS } from './quirks.ts';

const usual = (what: string) => choice(['usual', 'inverted'], 'setting').meta({ description: what }).optional();

const PLACE = /^0x([0-9a-f]{2})\/0x([0-9a-f]{2})$/i;

const place = fieldType(
  'a byte and a bit of a report (0x02/0x04)',
  { type: 'string', pattern: PLACE.source },
  ({ source }) => {
    const [, offset = '', mask = ''] = PLACE.exec(source) ?? [];
    const bit = Number.parseInt(mask, 16);
    const value: ReportPlace = { offset: Number.parseInt(offset, 16), bytes: 1, mask: bit };
    const isBit = bit > 0 && (bit & (bit - 1)) === 0;
    if (isBit && value.offset >= 2 && value.offset < 64) return { ok: true, value };
    return {
      ok: false,
      message: `"${source}" is no place of a button; expected a byte from 0x02 to 0x3f and one bit (0x02/0x04)`,
    };
  },
);

const deviceId = fieldType('20 hex digits', { type: 'string', pattern: '^[0-9A-Fa-f]{20}$' }, ({ source }) =>
  /^[0-9a-f]{20}$/i.test(source)
    ? { ok: true, value: source.toUpperCase() }
    : { ok: false, message: `"${source}" is no id of a device: 20 hex digits` },
);

const BUTTONS = INPUT_IDS.filter(id => inputControl(id).kind === 'button');

const camelCase = (key: string): string => key.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

const quirks = map({
  'library-view': usual('whether the bit of the browse view is the other way round'),
  'time-mode': usual('whether the bit that makes time count up is the other way round'),
  'tempo-slider': usual('inverted: the other end of the slider is 1'),
  'tempo-delta': choice(['signed', 'unsigned'], 'setting')
    .meta({ description: 'unsigned: the player cannot show a tempo change below 0' })
    .optional(),
  'jog-wrap': choice(['word', 'turn'], 'setting')
    .meta({ description: 'turn: the counter of the jog wheel begins anew after each turn' })
    .optional(),
  needle: choice(['touched', 'always'], 'setting')
    .meta({ description: 'always: the place on the needle pad is told also when nobody touches it' })
    .optional(),
  'longest-minutes': integer(59, 255, 'minutes (59 to 255)')
    .meta({ description: 'minutes that the time field can show, at most' })
    .optional(),
  'bpm-hundredths': boolean().meta({ description: 'on: the BPM field takes two digits after the point' }).optional(),
  'artwork-length': choice(['little-endian', 'big-endian'], 'order of bytes')
    .meta({ description: 'order of the two bytes before an artwork' })
    .optional(),
  'between-fragments': choice(['allowed', 'never'], 'setting')
    .meta({ description: 'never: lamps wait while an artwork is being sent' })
    .optional(),
  'device-id': deviceId
    .meta({ description: 'the id that answers for the program, instead of the known one' })
    .optional(),
  'announce-length': choice(['4', '6'], 'length')
    .meta({ description: 'of a simulated player: the length it states when it announces itself' })
    .transform((length): CdjQuirks['announceLength'] => (length === '4' ? 4 : 6))
    .optional(),
  'accepted-index': choice(['echo', 'single'], 'setting')
    .meta({ description: 'of a simulated player: how it numbers the packet that accepts' })
    .optional(),
  buttons: map(
    Object.fromEntries(BUTTONS.map(id => [id, place.meta({ description: inputControl(id).label }).optional()])),
  )
    .meta({ description: 'buttons that stand elsewhere in a report: { track-search-reverse: 0x02/0x04 }' })
    .optional(),
}).transform((given): CdjQuirks => {
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...USUAL_QUIRKS, ...Object.fromEntries(said.map(([key, value]) => [camelCase(key), value])) };
});

export type CdjProfileOptions = Omit<CdjDeviceOptions, 'surface' | 'seed'>;

export const cdjOptions = z
  .strictObject({
    serial: text('a serial number')
      .meta({ description: 'which player, by its serial number; the first unless said' })
      .optional(),
    path: text('a path')
      .meta({ description: 'which player, by its path; it changes when it is plugged in again' })
      .optional(),
    login: choice(LOGINS, 'login')
      .meta({
        description:
          'as which program to log in: traktor unless said; rekordbox, serato, or none for a unit that wants no login',
      })
      .optional(),
    'long-time': choice(LONG_TIMES, 'way')
      .meta({
        description:
          'a time beyond 255 minutes: hour-in-title (minutes within the hour, the hour in the title) unless said, or stop',
      })
      .optional(),
    quirks: quirks.meta({ description: 'what a real player does otherwise than the published tables say' }).optional(),
  })
  .transform(
    ({
      serial = null,
      path = null,
      login = 'traktor',
      'long-time': longTime = 'hour-in-title',
      quirks = USUAL_QUIRKS,
    }) => ({ serial, path, login, longTime, quirks }) satisfies CdjProfileOptions,
  );
