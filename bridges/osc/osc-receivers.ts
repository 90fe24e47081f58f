/**
 * Table of programs and consoles that take OSC: their ports, and what each ignores or garbles of what may be sent to it.
 *
 * `ran` names the version that our tests run (test/receivers); without it all is as its documentation says. docs/receivers.md
 * tells the same for people, and a test holds the two together.
 */
import { unknownWord } from '../../src/profile/schema/issues.ts';
import type { Refused } from '../../src/profile/schema/schema-builder.ts';
import { quote } from '../../src/text/quote.ts';
import type { Bundles, OscArg } from './codec.ts';

/** Fate of an argument at a receiver; of a type that its table leaves out nothing is known to go wrong. */
export type ArgumentFate =
  /** As if it had not been sent. */
  | { readonly kind: 'ignored' }
  /** The argument and all behind it come out as nonsense. */
  | { readonly kind: 'nonsense' }
  /**
   * Taken from `least` to `most`. Beyond: the `nearest` of them, `zero`, the `low-byte` of 255 times the value, or a number
   * that `loses-digits`.
   */
  | {
      readonly kind: 'range';
      readonly least: number;
      readonly most: number;
      readonly beyond: 'nearest' | 'zero' | 'low-byte' | 'loses-digits';
    }
  /** Bytes that become the whole of something as long as they are. */
  | { readonly kind: 'length'; readonly of: string; readonly whole: number };

export interface OscReceiverKind {
  /** Its name for people. */
  readonly label: string;
  /** Ports that it listens on unless it is set otherwise; of a transport that is left out there is none to rely on. */
  readonly ports: Partial<Readonly<Record<'udp' | 'tcp', number>>>;
  /** Port that people mistake for it, and what that port is; null: none is known. */
  readonly mistaken: { readonly port: number; readonly is: string } | null;
  /** Version that our tests run; null: never run by us. */
  readonly ran: string | null;
  readonly source: string;
  /** The one to choose first. */
  readonly transports: readonly ['udp' | 'tcp', ...('udp' | 'tcp')[]];
  /** Bundles that it does not take, or not at once, each with what happens. */
  readonly bundles: Partial<Readonly<Record<Bundles, string>>>;
  /** true: a message without an argument does nothing. */
  readonly isDeafToBare: boolean;
  readonly args: Partial<Readonly<Record<OscArg['type'], ArgumentFate>>>;
  /** Beginnings of all addresses that it listens to; null: any address. */
  readonly addresses: readonly string[] | null;
}

/** Its documentation tells of nothing that goes wrong with what we send. */
const AS_DOCUMENTED = {
  mistaken: null,
  ran: null,
  transports: ['udp'],
  bundles: {},
  isDeafToBare: false,
  args: {},
  addresses: null,
} as const satisfies Partial<OscReceiverKind>;

const IGNORED: ArgumentFate = { kind: 'ignored' };
const NONSENSE: ArgumentFate = { kind: 'nonsense' };
/** QLC+ keeps the low 8 bits of 255 times the value. */
const LOW_BYTE: ArgumentFate = { kind: 'range', least: 0, most: 1, beyond: 'low-byte' };

/** By the word in the profile. */
export const OSC_RECEIVERS: Readonly<Record<string, OscReceiverKind>> = {
  qlcplus: {
    label: 'QLC+',
    ports: { udp: 7700 },
    mistaken: { port: 9000, is: 'where QLC+ sends to; it listens on 7700 for its first universe, 7701 for the next' },
    ran: '4.12.6',
    source: 'run; plugins/osc of its source',
    transports: ['udp'],
    bundles: {},
    isDeafToBare: true,
    args: {
      float: LOW_BYTE,
      double: LOW_BYTE,
      int: { kind: 'range', least: 0, most: 255, beyond: 'zero' },
      bool: IGNORED,
      string: IGNORED,
      int64: IGNORED,
      blob: IGNORED,
    },
    addresses: null,
  },
  ola: {
    label: 'OLA',
    ports: { udp: 7770 },
    mistaken: null,
    ran: '0.10.9',
    source: 'run; plugins/osc/README of its source',
    transports: ['udp'],
    bundles: { timed: 'OLA holds a bundle whose time is still to come until the next packet arrives' },
    isDeafToBare: true,
    args: {
      float: { kind: 'range', least: 0, most: 1, beyond: 'nearest' },
      int: { kind: 'range', least: 0, most: 255, beyond: 'nearest' },
      bool: IGNORED,
      string: IGNORED,
      double: IGNORED,
      int64: IGNORED,
      blob: { kind: 'length', of: 'the universe', whole: 512 },
    },
    addresses: ['/dmx/universe/'],
  },
  puredata: {
    ...AS_DOCUMENTED,
    label: 'Pure Data',
    ports: {},
    ran: '0.53.1',
    source: 'run: netreceive -u -b and oscparse',
    args: {
      bool: IGNORED,
      double: NONSENSE,
      int64: NONSENSE,
      int: { kind: 'range', least: -(2 ** 24), most: 2 ** 24, beyond: 'loses-digits' },
    },
  },
  liblo: {
    ...AS_DOCUMENTED,
    label: 'liblo (oscdump)',
    ports: {},
    ran: '0.31',
    source: 'run',
    transports: ['udp', 'tcp'],
  },
  eos: {
    ...AS_DOCUMENTED,
    label: 'ETC Eos',
    ports: { tcp: 3032 },
    source: "ETC's online help, Eos OSC Setup and Conventions",
    transports: ['tcp', 'udp'],
    addresses: ['/eos/'],
  },
  grandma3: {
    ...AS_DOCUMENTED,
    label: 'grandMA3',
    ports: { udp: 8000 },
    source: "MA Lighting's help, OSC; the port from public set-ups",
    bundles: { immediate: 'grandMA3 takes no bundles', timed: 'grandMA3 takes no bundles' },
  },
  magicq: {
    ...AS_DOCUMENTED,
    label: 'ChamSys MagicQ',
    ports: { udp: 8000 },
    source: "ChamSys' manual, Open Sound Control",
  },
  resolume: {
    ...AS_DOCUMENTED,
    label: 'Resolume',
    ports: { udp: 7000 },
    mistaken: { port: 7001, is: 'where Resolume sends to; it listens on 7000' },
    source: "Resolume's page on OSC; the port from public clients",
  },
  madmapper: {
    ...AS_DOCUMENTED,
    label: 'MadMapper',
    ports: { udp: 8010 },
    source: 'public set-ups; older ones say 8000',
  },
  touchdesigner: { ...AS_DOCUMENTED, label: 'TouchDesigner', ports: {}, source: "Derivative's page of OSC In CHOP" },
  reaper: {
    ...AS_DOCUMENTED,
    label: 'Reaper',
    ports: { udp: 8000 },
    mistaken: { port: 9000, is: 'where Reaper usually sends to; it usually listens on 8000' },
    source: 'Default.ReaperOSC; the port from public set-ups',
  },
  abletonosc: {
    ...AS_DOCUMENTED,
    label: 'AbletonOSC',
    ports: { udp: 11000 },
    mistaken: { port: 11001, is: 'where AbletonOSC answers to; it listens on 11000' },
    source: 'its README',
    addresses: ['/live/'],
  },
};

/** Consoles that people look for here and that take no OSC, each with what they do take. */
export const WITHOUT_OSC: Readonly<Record<string, string>> = {
  titan: 'Avolites Titan takes no OSC; it takes MIDI, MIDI timecode and Art-Net: use type: midi',
  grandma2: 'grandMA2 takes no OSC; it takes MIDI notes, MIDI show control and timecode: use type: midi',
};

/** Says why a word names no receiver. */
export function unknownReceiver(word: string): Refused {
  const key = word.toLowerCase().replaceAll(/[^a-z0-9+]/g, '');
  const none = Object.hasOwn(WITHOUT_OSC, key) ? WITHOUT_OSC[key] : undefined;
  const words = Object.keys(OSC_RECEIVERS);
  if (none !== undefined) return { ok: false, message: none };
  const { message, note } = unknownWord('receiver', word, words);
  // People write the name of the program as it writes itself: `QLC+`, `grandMA3`, `ETC Eos`.
  const meant = words.find(each => labelKey(OSC_RECEIVERS[each]?.label ?? '') === labelKey(word));
  if (meant === undefined) return { ok: false, message, note, choices: words };
  return { ok: false, message: `unknown receiver ${quote(word)}; did you mean "${meant}"?`, note, choices: words };
}

const labelKey = (label: string): string =>
  label
    .toLowerCase()
    .replaceAll('+', 'plus')
    .replaceAll(/[^a-z0-9]/g, '');
