/** Doubts about a receiver that the profile names: messages that it ignores or garbles. Pure. */
import type { BridgeDoubt } from '../../src/bridge.ts';
import { FEED } from '../../src/core/engine/feed-facts.ts';
import { FACTS } from '../../src/core/rules/facts.ts';
import type { Template } from '../../src/core/rules/template.ts';
import type { OscValue } from '../../src/profile/schema/field-types.ts';
import type { OscArg } from './codec.ts';
import type { OscDeviceOptions } from './device.ts';
import type { ArgumentFate, OscReceiverKind } from './osc-receivers.ts';
import type { TimecodeForm } from './osc-timecode.ts';

/** A message as the profile writes it, its templates not filled. */
export interface WrittenMessage {
  readonly address: string | Template;
  readonly args: readonly OscValue[];
}

type ArgType = OscArg['type'];

const WORDS: Readonly<Record<ArgType, string>> = {
  int: 'a whole number',
  float: 'a float',
  double: 'a double',
  string: 'a text',
  bool: 'true and false',
  blob: 'a blob',
  int64: 'a whole number of 64 bits',
};

/** Types that may be written instead of an ignored one. */
const INSTEAD: Readonly<Partial<Record<ArgType, string>>> = {
  bool: '; write 1.0 or 0.0',
  double: '; write a float: 0.5',
  int64: '; write a whole number of 32 bits',
};

/** Of the bridge's own entry. */
export function entryDoubts(kind: OscReceiverKind, options: OscDeviceOptions): readonly BridgeDoubt[] {
  const { label, mistaken, transports, bundles } = kind;
  const doubts: BridgeDoubt[] = [];
  const transport = options.framing === null ? 'udp' : 'tcp';
  if (!transports.includes(transport)) {
    doubts.push({ path: ['transport'], message: `${label} takes OSC over ${transports.join(' and ')} alone` });
  }
  for (const [i, { port }] of options.receivers.entries()) {
    const path = i === 0 ? ['port'] : ['also', i - 1, 'port'];
    if (port === mistaken?.port) doubts.push({ path, message: `port ${port} is ${mistaken.is}` });
  }
  const held = bundles[options.bundles];
  if (held !== undefined) doubts.push({ path: ['bundles'], message: `${held}; write bundles: none` });
  return doubts;
}

/** Of a message. */
export function messageDoubts(kind: OscReceiverKind, { address, args }: WrittenMessage): readonly BridgeDoubt[] {
  const { label, addresses } = kind;
  const begins = typeof address === 'string' ? address : address.template[0];
  if (addresses !== null && typeof begins === 'string' && !addresses.some(each => begins.startsWith(each))) {
    return [{ path: ['address'], message: listensTo(kind) }];
  }
  if (args.length === 0 && kind.isDeafToBare) {
    const shown = typeof address === 'string' ? address : '…';
    const message = `${label} ignores a message without an argument; write { address: ${shown}, args: [1.0] }`;
    return [{ path: [], message }];
  }
  return args.flatMap((arg, i) => {
    const message = argumentDoubt(kind, arg);
    return message === null ? [] : [{ path: ['args', i], message }];
  });
}

/** Of timecode, where it is told to such a bridge. */
export function timecodeDoubts(kind: OscReceiverKind, forms: readonly TimecodeForm[]): readonly BridgeDoubt[] {
  return forms.flatMap(({ as, address }, i) => {
    const { type, most } = TIMECODE_ARGS[as];
    const fate = kind.args[type];
    if (fate === undefined || (fate.kind === 'range' && fate.most >= most)) return [];
    const does = fate.kind === 'ignored' ? 'ignores' : 'garbles';
    const path = ['timecode', ...(forms.length === 1 ? [] : [i]), 'as'];
    return [{ path, message: `${kind.label} ${does} ${address} of the timecode: ${WORDS[type]} (as: ${as})` }];
  });
}

/** The arguments of each form, and how large one gets in a day, at 30 frames a second. */
const TIMECODE_ARGS: Readonly<Record<TimecodeForm['as'], { readonly type: ArgType; readonly most: number }>> = {
  text: { type: 'string', most: Infinity },
  hmsf: { type: 'int', most: 59 },
  seconds: { type: 'float', most: 86_400 },
  frames: { type: 'int', most: 2_592_000 },
};

/** Of the state feed, where such a bridge is told it. */
export function feedDoubts(kind: OscReceiverKind): readonly BridgeDoubt[] {
  if (kind.addresses !== null) {
    return [{ path: [], message: `${kind.label} has no use for the state feed: ${listensTo(kind)}` }];
  }
  const parts = FEED_TYPES.flatMap(type => {
    const fate = kind.args[type];
    if (fate === undefined || (fate.kind === 'range' && fate.beyond !== 'low-byte')) return [];
    const names = FEED.filter(fact => fact.type === type).map(({ name }) => name);
    return [`${fate.kind === 'ignored' ? 'ignores' : 'garbles'} ${names.join(', ')}`];
  });
  if (parts.length === 0) return [];
  return [{ path: [], message: `${kind.label} ${parts.join(' and ')} of the state feed` }];
}

const FEED_TYPES = ['string', 'float'] as const;

const listensTo = ({ label, addresses }: OscReceiverKind): string =>
  `${label} listens to addresses that begin with ${(addresses ?? []).join(' or ')}`;

/** Value of an argument as far as the profile tells it; null: only the show does. */
interface KnownArg {
  readonly type: ArgType;
  /** As the profile writes it. */
  readonly text: string;
  readonly least: number | null;
  readonly most: number | null;
}

function argumentDoubt({ label, args }: OscReceiverKind, arg: OscValue): string | null {
  const known = knownArg(arg);
  const fate = args[known.type];
  switch (fate?.kind) {
    case undefined:
      return null;
    case 'ignored':
      return `${label} ignores ${WORDS[known.type]}${INSTEAD[known.type] ?? ''}`;
    case 'nonsense':
      return `${label} makes nonsense of ${WORDS[known.type]} and of what stands behind it${INSTEAD[known.type] ?? ''}`;
    case 'length':
      if (arg.type !== 'blob' || arg.value.length >= fate.whole) return null;
      return `${label} makes ${fate.of} as long as this blob: ${arg.value.length} instead of ${fate.whole}`;
    case 'range':
      return rangeDoubt(label, fate, known);
  }
}

function rangeDoubt(
  label: string,
  { least, most, beyond }: Extract<ArgumentFate, { readonly kind: 'range' }>,
  known: KnownArg,
): string | null {
  if (known.least === null || known.most === null || (known.least >= least && known.most <= most)) return null;
  const spelt = (value: number): string => (known.type === 'int' ? String(value) : value.toFixed(1));
  const takes = `${label} takes ${WORDS[known.type]} from ${spelt(least)} to ${spelt(most)}`;
  if (known.least !== known.most) {
    const isShort = known.type !== 'int' && beyond === 'low-byte';
    return `${takes}, and ${known.text} goes beyond${isShort ? `; round(${known.text}) is a whole number, from 0 to 255` : ''}`;
  }
  const value = known.most;
  switch (beyond) {
    case 'zero':
      return `${takes}, and makes 0 of ${value}`;
    case 'nearest':
      return `${takes}, and makes ${spelt(value > most ? most : least)} of ${known.text}`;
    case 'low-byte':
      return `${takes}, and makes ${lowByte(value)} of 255 out of ${known.text}`;
    case 'loses-digits':
      return `${takes} as they are, and loses digits of ${known.text}`;
  }
}

/** Level that QLC+ makes of a float: the low 8 bits of 255 times the value, its fraction cut off. */
export const lowByte = (value: number): number => Math.trunc(value * 255) & 0xff;

function knownArg(arg: OscValue): KnownArg {
  switch (arg.type) {
    case 'int':
    case 'float':
    case 'double': {
      const text =
        arg.type === 'int' ? String(arg.value) : Number.isInteger(arg.value) ? arg.value.toFixed(1) : String(arg.value);
      return { type: arg.type, text, least: arg.value, most: arg.value };
    }
    case 'auto':
      return knownTemplate(arg.value);
    default:
      return { type: arg.type, text: String(arg.value), least: null, most: null };
  }
}

/** `${…}` alone: of a fact it is known what it can be, of a calculation only whether `round()` makes it whole. */
function knownTemplate({ template, isWhole }: Template): KnownArg {
  const [part] = template;
  const text = typeof part === 'object' ? part.text.trim() : '';
  const is = FACTS.get(text)?.is;
  if (is?.kind === 'truth') return { type: 'bool', text, least: null, most: null };
  if (is?.kind === 'text') return { type: 'string', text, least: null, most: null };
  const type = isWhole ? 'int' : 'float';
  return { type, text, least: is?.least ?? null, most: is?.most ?? null };
}
