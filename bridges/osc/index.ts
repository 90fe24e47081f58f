/** OSC out, over UDP or TCP, to consoles, media servers and DAWs; and OSC in, from operators. */
import { z } from 'zod';
import type { Bridge } from '../../src/bridge.ts';
import type { FeedValue } from '../../src/core/engine/feed-facts.ts';
import type { Filled } from '../../src/core/rules/template.ts';
import type { OpenUdpPort } from '../../src/output/udp-port.ts';
import { host, ipv4Address } from '../../src/profile/schema/address-fields.ts';
import {
  choice,
  fieldType,
  latency,
  map,
  type Parsed,
  port,
  shape,
  template,
  value,
} from '../../src/profile/schema/field-types.ts';
import { missing, raise } from '../../src/profile/schema/issues.ts';
import { describe, isAddress, type OscArg, type OscMessage } from './codec.ts';
import { type OscDeviceOptions, openOsc } from './device.ts';
import { OSC_RECEIVERS, type OscReceiverKind, unknownReceiver } from './osc-receivers.ts';
import { SPELLINGS, type TimecodeForm, USUAL_FORMS } from './osc-timecode.ts';
import { entryDoubts, feedDoubts, messageDoubts, timecodeDoubts, type WrittenMessage } from './receiver-doubts.ts';
import { type OscTimecodeRequest, threadPort } from './timecode-port.ts';

/** Options of a bridge; `kind` null: the profile does not say who listens there. */
type OscOptions = OscDeviceOptions & { readonly kind: OscReceiverKind | null };

const receiverKind = fieldType<OscReceiverKind>(
  'a kind of receiver (qlcplus)',
  { enum: Object.keys(OSC_RECEIVERS) },
  ({ source }): Parsed<OscReceiverKind> => {
    const kind = Object.hasOwn(OSC_RECEIVERS, source) ? OSC_RECEIVERS[source] : undefined;
    return kind === undefined ? unknownReceiver(source) : { ok: true, value: kind };
  },
);

const endpoint = {
  host: host().meta({ description: 'address or name of the receiver' }),
  port: port().meta({ description: 'its port for OSC' }),
};

/** An address has to fit into a datagram (65,507 bytes) with all that goes with it; real ones have a few dozen. */
const MOST_ADDRESS_CHARACTERS = 1024;

const tooLong = (length: number): string =>
  `this OSC address has ${length} characters; ${MOST_ADDRESS_CHARACTERS} at most, so that it fits into a packet`;

const timecodeAddress = fieldType('an OSC address (/timecode)', { type: 'string' }, ({ source }) => {
  if (source.length > MOST_ADDRESS_CHARACTERS) return { ok: false, message: tooLong(source.length) };
  return isAddress(source) && !source.includes('${')
    ? { ok: true, value: source }
    : { ok: false, message: `"${source}" is no OSC address: a slash, then no space, no # and no \${…}` };
});

const form = map({
  address: timecodeAddress.meta({ description: 'OSC address' }),
  as: choice(SPELLINGS, 'spelling').meta({
    description: 'text "01:02:03:04", hmsf (four ints), seconds since midnight (float), or frames since midnight (int)',
  }),
});

const timecode = shape('{ address: /timecode, as: text }, or a list of such maps', {
  map: form.transform((one): OscDeviceOptions['timecode'] => [one]),
  list: z.array(form).transform((forms, context): OscDeviceOptions['timecode'] => {
    const [first, ...others] = forms as TimecodeForm[];
    if (first !== undefined) return [first, ...others];
    context.addIssue({ code: 'custom', message: 'nothing would leave; name a message, or leave timecode: out' });
    return z.NEVER;
  }),
});

const options = z
  .strictObject({
    receiver: receiverKind
      .meta({ description: 'who listens there: check warns of what it ignores or garbles, and port: is its usual one' })
      .optional(),
    host: endpoint.host,
    port: endpoint.port.optional(),
    also: shape('a list of further receivers', { list: z.array(map(endpoint)) })
      .meta({ description: 'further receivers of the same messages' })
      .optional(),
    transport: choice(['udp', 'tcp'], 'transport')
      .meta({ description: 'udp unless said, or tcp; with receiver: eos it is tcp' })
      .optional(),
    framing: choice(['length', 'slip'], 'framing')
      .meta({
        description: 'over TCP, how the end of a message is marked: length (OSC 1.0) unless said, or slip (OSC 1.1)',
      })
      .optional(),
    bundles: choice(['none', 'immediate', 'timed'], 'kind of bundle')
      .meta({ description: 'put each message in a bundle; grandMA3 takes none, so ask for it only where it is wanted' })
      .optional(),
    timecode: timecode
      .meta({ description: 'the messages of each frame of timecode; /timecode and /timecode/hmsf unless said' })
      .optional(),
    latency: latency()
      .meta({ description: 'what the receiver takes; timecode is sent so much earlier; 0 ms unless said' })
      .optional(),
    listen: port()
      .meta({ description: 'a UDP port of this machine for OSC in: /decklight/in/…; nothing listens unless said' })
      .optional(),
    trust: shape('a list of addresses', { list: z.array(ipv4Address()) })
      .meta({ description: 'who is heard on that port beside this machine; without it nobody is' })
      .optional(),
  })
  .transform(
    (
      {
        receiver: kind = null,
        host,
        port: written,
        also = [],
        transport: asked,
        framing,
        bundles = 'none',
        timecode = USUAL_FORMS,
        latency = 0,
        listen,
        trust,
      },
      context,
    ): OscOptions => {
      const fail = (key: string, message: string): OscOptions => {
        context.addIssue({ code: 'custom', message, path: [key] });
        return z.NEVER;
      };
      const transport = asked ?? kind?.transports[0] ?? 'udp';
      const port = written ?? kind?.ports[transport];
      if (port === undefined) {
        raise(context, [missing(kind === null ? 'a port number (1 to 65535)' : noUsualPort(kind), ['port'])]);
        return z.NEVER;
      }
      if (framing !== undefined && transport === 'udp') {
        return fail('framing', 'framing is for TCP, and this goes over UDP; add "transport: tcp", or leave it out');
      }
      if (trust !== undefined && listen === undefined) {
        return fail('trust', 'nobody is heard without a port; add "listen: 9001", or leave it out');
      }
      const twice = also.find((one, i) =>
        [{ host, port }, ...also.slice(0, i)].some(each => each.host === one.host && each.port === one.port),
      );
      if (twice !== undefined) {
        return fail('also', `${twice.host}:${twice.port} is there already, and would get every message twice`);
      }
      return {
        kind,
        receivers: [{ host, port }, ...also].map(({ host: address, port }) => ({ address, port })),
        framing: transport === 'udp' ? null : (framing ?? 'length'),
        bundles,
        timecode,
        latencyMs: latency,
        listen: listen === undefined ? null : { port: listen, trust: trust ?? [] },
      };
    },
  );

const noUsualPort = ({ label }: OscReceiverKind): string =>
  `a port number (1 to 65535): ${label} has no usual one, so say what it is set to`;

const address = template('an OSC address (/eos/cue/1/10/fire)').transform((written, context) => {
  const parts = typeof written === 'string' ? [written] : written.template;
  const [first] = parts;
  const length = parts.reduce<number>((sum, part) => sum + (typeof part === 'string' ? part.length : 0), 0);
  if (length > MOST_ADDRESS_CHARACTERS) {
    context.addIssue({ code: 'custom', message: tooLong(length) });
    return z.NEVER;
  }
  // What a `${…}` comes out as is looked at when it leaves.
  const isRight =
    (typeof first !== 'string' || first.startsWith('/')) &&
    parts.every(part => typeof part !== 'string' || isAddress(`/${part}`));
  if (isRight) return written;
  const advice = adviceOnAddress(typeof first === 'string' ? first : '');
  context.addIssue({
    code: 'custom',
    message: `an OSC address begins with a slash and has no space and no # in it${advice}`,
  });
  return z.NEVER;
});

/** What was probably meant: an address without its slash, or with its arguments. */
function adviceOnAddress(text: string): string {
  const [, address, args] = /^(\/[^\s#]+)[ \t]+([^#]+)$/.exec(text) ?? [];
  if (address !== undefined && args !== undefined) {
    const list = args
      .trim()
      .split(/[ \t]+/)
      .join(', ');
    return `; arguments stand beside it: { address: ${address}, args: [${list}] }`;
  }
  return /^[^/\s#][^\s#]*$/.test(text) ? `; write /${text}` : '';
}

const message = shape('an OSC address, or { address: …, args: [ … ] }', {
  text: address.transform(address => ({ address, args: [] })),
  map: map({
    address: address.meta({ description: 'OSC address; may hold ${…}' }),
    args: shape('a list of arguments', { list: z.array(value()) })
      .meta({
        description: '1 is an int, 1.0 a float, true a bool, text a string; { double: 1 } and so on for the rest',
      })
      .optional(),
  }).transform(({ address, args = [] }) => ({ address, args })),
});

/** A message whose templates are filled in, every argument with its type. */
function toMessage(filled: unknown): OscMessage {
  const { address, args } = filled as { address: Filled; args: readonly FilledArg[] };
  return { address: String(address), args: args.map(toArg) };
}

type FilledArg =
  | OscArg
  | { readonly type: 'auto'; readonly value: number | string | boolean; readonly isWhole: boolean };

/** `${…}` alone: a number is a float, a whole one by `round()` an int, text a string, true or false a bool. */
function toArg(arg: FilledArg): OscArg {
  if (arg.type !== 'auto') return arg;
  const { value, isWhole } = arg;
  if (typeof value === 'boolean') return { type: 'bool', value };
  if (typeof value === 'string') return { type: 'string', value };
  return { type: isWhole && Math.abs(value) < 2 ** 31 ? 'int' : 'float', value };
}

/** A fact of the state feed: its address, and its value with the type it always has. */
const feedMessage = ({ address, type, value }: FeedValue): Filled => ({ address, args: [{ type, value }] });

const toOptions = (opened: unknown): OscOptions => opened as OscOptions;

/** OSC whose timecode goes through ports of this kind: those with a thread, or those of an evening in simulated time. */
export const oscBridgeOver = (openPort: OpenUdpPort<OscTimecodeRequest>): Bridge => ({
  type: 'osc',
  options,
  message,
  takesTimecode: true,
  serves: false,
  takesClock: false,
  latencyMs: opened => toOptions(opened).latencyMs,
  controls: null,
  feedMessage,
  claims(opened) {
    const { listen } = toOptions(opened);
    return listen === null ? [] : [`UDP port ${listen.port}`];
  },
  doubts(opened, use) {
    const { kind, timecode } = toOptions(opened);
    if (kind === null) return [];
    switch (use.kind) {
      case 'entry':
        return entryDoubts(kind, toOptions(opened));
      case 'timecode':
        return timecodeDoubts(kind, timecode);
      case 'feed':
        return feedDoubts(kind);
      case 'message':
        return messageDoubts(kind, use.message as WrittenMessage);
    }
  },
  simulate: null,
  describe: filled => describe(toMessage(filled)),
  open: (_name, opened, bridgeHost) => openOsc(toOptions(opened), bridgeHost, toMessage, openPort),
});

export const oscBridge: Bridge = oscBridgeOver(threadPort);
