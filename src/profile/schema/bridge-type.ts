/** The `type` of a bridge, and what people call it who know the device and not our word. */
import { quote } from '../../text/quote.ts';
import { unknownWord } from './issues.ts';
import { type FieldType, fieldType } from './schema-builder.ts';

/** Names of protocols and programs that people ask for, in small letters, and how each is had. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  'type: midi, for MTC and MIDI clock too': ['mtc', 'midi-timecode', 'midi-clock', 'clock', 'mmc', 'msc'],
  'type: midi (MTC), type: ltc (sound), type: artnet or type: osc': ['timecode', 'smpte', 'tc'],
  'type: osc': [
    'eos',
    'etc',
    'qlc',
    'qlc+',
    'qlcplus',
    'ma',
    'grandma',
    'grandma2',
    'grandma3',
    'chamsys',
    'magicq',
    'hog',
    'onyx',
    'avolites',
    'titan',
    'resolume',
    'ableton',
    'live',
    'reaper',
    'touchdesigner',
    'millumin',
    'qlab',
    'udp',
    'tcp',
    'console',
    'desk',
  ],
  'type: artnet, for timecode alone': ['art-net', 'art_net', 'dmx', 'sacn', 'e131'],
  'type: cdj-hid': ['cdj', 'hid', 'xdj', 'cdj-2000', 'cdj2000', 'cdj-2000nxs2'],
  'type: opus-quad': [
    'pioneer',
    'alphatheta',
    'rekordbox',
    'pro-dj-link',
    'prodjlink',
    'dj-link',
    'omnis-duo',
    'xdj-az',
  ],
  'type: ltc': ['audio', 'sound', 'wav'],
};

const ADVICE: ReadonlyMap<string, string> = new Map(
  Object.entries(OTHER_NAMES).flatMap(([advice, names]) => names.map(name => [name, advice] as const)),
);

/** @param types  those that there are */
export const bridgeType = (types: readonly string[]): FieldType<string> =>
  fieldType(`one of: ${types.join(', ')}`, { enum: types }, ({ source }) => {
    if (types.includes(source)) return { ok: true, value: source };
    const advice = ADVICE.get(source.trim().toLowerCase());
    const { message, note } = unknownWord('bridge type', source, types);
    const known = { note, choices: types };
    if (advice === undefined) return { ok: false, message, ...known };
    return { ok: false, message: `unknown bridge type ${quote(source)}; write ${advice}`, ...known };
  });
