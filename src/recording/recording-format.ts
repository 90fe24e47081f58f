/**
 * Format of a recording of a show, written and read: a pcapng file of one section with two interfaces. On the first is
 * each datagram that came in, on the second what else the show was told, one JSON object a packet. Pure: told the time.
 */
import { z } from 'zod';
import {
  type CapturedDatagram,
  type CaptureEnd,
  RECORD_LINK_TYPE,
  type RecordItem,
  readCapture,
} from '../capture/capture.ts';
import { assertNever } from '../core/assert-never.ts';
import type { Ms, Stamp } from '../core/clock.ts';
import type { Outcome } from '../core/engine/outcome.ts';
import type { SavedState } from '../core/engine/restart-state.ts';
import type { OperatorAction } from '../core/operator-action.ts';
import { SHOW_HAPPENINGS, type ShowHappening } from '../core/show-happening.ts';
import type { ControlEvent } from '../core/surface-control.ts';
import type { BookEntry } from '../core/track/track-book.ts';
import type { AllocatedRegion } from '../core/track/track-entry.ts';
import { deckSchema, memorySchema } from '../files/restart-state-schema.ts';
import { allocatedSchema, bookEntrySchema } from '../files/track-schemas.ts';
import type { Datagram, Interface } from '../network/network.ts';
import type { KnownStick } from './known-sticks.ts';
import { outcomeSchema } from './outcome-schema.ts';
import { interfaceBlock, packetBlock, sectionBlock } from './pcapng-writer.ts';
import { udpPacket } from './udp-packet.ts';

/** Start of a show: with it and all that follows the same show can be run again. */
export interface StartRecord {
  readonly decklight: 'start';
  /** Of the program that recorded. */
  readonly version: string;
  readonly profile: ProfileText;
  /** The moment from which the show counts its time. */
  readonly startedAtMs: Ms;
  /** Unix time of that moment, a whole number as text: it does not fit a JSON number. */
  readonly startedAtUnixNs: string;
  readonly options: { readonly simulate: boolean; readonly dryRun: boolean };
  /** Options with which bridges that met a simulated device were opened, instead of the profile's. */
  readonly instead: Readonly<Record<string, unknown>>;
  readonly interfaces: readonly Interface[];
  /** State that the run before had left, and its age; null: none. */
  readonly memory: SavedState | null;
  /** Regions of tracks that were kept beside the profile. */
  readonly allocated: readonly AllocatedRegion[];
  /** The track book, as the show found it. */
  readonly book: readonly BookEntry[];
  /** Imported sticks as they were known; absent: a version has recorded it that did not say. */
  readonly sticks?: readonly KnownStick[] | undefined;
}

/** A moment that came, its outcome, and when its messages had been handed over. */
export interface CameMoment {
  readonly at: Ms;
  readonly by: 'packet' | 'timer';
  readonly handedOverAt: Ms;
  readonly outcome: Outcome;
}

export interface ProfileText {
  readonly file: string;
  readonly source: string;
}

export type ShowRecord =
  | StartRecord
  /** The interfaces of the machine, at the start and whenever they have changed. */
  | { readonly decklight: 'interfaces'; readonly at: Ms; readonly interfaces: readonly Interface[] }
  | { readonly decklight: 'act'; readonly at: Ms; readonly source: string; readonly act: OperatorAction }
  /** A hand at a control; not before, and noticed at. */
  | { readonly decklight: 'control'; readonly at: Ms; readonly notBefore: Ms; readonly event: ControlEvent }
  /** A bridge that had missed something could send again. */
  | { readonly decklight: 'ready'; readonly at: Ms; readonly bridge: string }
  /** The device of a bridge was there, or was there no longer. */
  | { readonly decklight: 'bridge-state'; readonly at: Ms; readonly bridge: string; readonly isReady: boolean }
  /** A message of a cue could not be sent. */
  | {
      readonly decklight: 'unsent';
      readonly at: Ms;
      readonly bridge: string;
      readonly cue: string;
      readonly id: string;
    }
  /** The show's one timer went off. */
  /** The show began, or was about to end. */
  | { readonly decklight: 'show'; readonly at: Ms; readonly happening: ShowHappening }
  | { readonly decklight: 'wake'; readonly at: Ms }
  /** A changed profile was taken. */
  | ({
      readonly decklight: 'profile';
      readonly at: Ms;
      readonly allocated: readonly AllocatedRegion[];
    } & ProfileText)
  /** A moment came: told after what brought it up. A replay finds its outcome itself, but not what bridges could not take. */
  | ({ readonly decklight: 'came' } & CameMoment)
  /** A bridge could not take a message, or could again. */
  | { readonly decklight: 'took'; readonly at: Ms; readonly bridge: string; readonly isThere: boolean }
  /** So many packets that came before it could not be recorded. */
  | { readonly decklight: 'gap'; readonly at: Ms; readonly packets: number }
  /** The show was ended, not killed. */
  | { readonly decklight: 'stop'; readonly at: Ms };

/** The moment and its Unix time that all other times of a recording are counted from. */
export interface TimeBase {
  readonly startedAtMs: Ms;
  readonly startedAtUnixNs: bigint;
}

/** Unix time of a moment in ns: exact to the rounding of a ns, whatever the wall clock has done since. */
export const unixNsOf = ({ startedAtMs, startedAtUnixNs }: TimeBase, at: Ms): bigint =>
  startedAtUnixNs + BigInt(Math.round((at - startedAtMs) * 1e6));

// ---- writing

const INTERFACE = { network: 0, decklight: 1 } as const;
/** LINKTYPE_RAW: begins with the IP header. */
const RAW_IP_LINK_TYPE = 101;

/** Blocks that every recording begins with. */
export const recordingHead = (): readonly Uint8Array[] => [
  sectionBlock('Decklight'),
  interfaceBlock('network', RAW_IP_LINK_TYPE),
  interfaceBlock('decklight', RECORD_LINK_TYPE),
];

/**
 * A datagram that came in, as a packet.
 *
 * @param to what it was sent to; the port is the datagram's
 * @returns  null: an address is not IPv4, or the datagram is longer than any can be
 *
 * The comment keeps the stamp exactly; the time stamp of a packet is rounded to ns.
 */
export function datagramBlock(base: TimeBase, datagram: Datagram, to: string): Uint8Array | null {
  const { from, port, bytes, stamp } = datagram;
  const packet = udpPacket(from, { address: to, port }, bytes);
  if (packet === null) return null;
  return packetBlock({
    interfaceNumber: INTERFACE.network,
    timeNs: unixNsOf(base, stamp.at),
    bytes: packet,
    comment: `at ${stamp.at} notBefore ${stamp.notBefore}`,
  });
}

/**
 * Text of this many UTF-16 units goes into one packet: written as JSON once more it stays below 262144 bytes, beyond
 * which Wireshark takes a packet for damage.
 */
const MOST_TEXT_IN_PACKET = 65_536;

const utf8 = new TextEncoder();

/** A record that stands beside a recording and tells the show nothing. */
export interface BesideRecord {
  readonly decklight: `bundle${string}`;
}

/** A record, as a packet; one with a very long profile in it as several, each a `part` of its JSON text. */
export function recordBlocks(base: TimeBase, at: Ms, record: ShowRecord | BesideRecord): readonly Uint8Array[] {
  const text = JSON.stringify(record);
  const count = Math.ceil(text.length / MOST_TEXT_IN_PACKET);
  const texts = Array.from({ length: count }, (_, i) => {
    const part = text.slice(i * MOST_TEXT_IN_PACKET, (i + 1) * MOST_TEXT_IN_PACKET);
    return JSON.stringify({ decklight: 'part', number: i + 1, of: count, text: part });
  });
  return (count === 1 ? [text] : texts).map(each =>
    packetBlock({
      interfaceNumber: INTERFACE.decklight,
      timeNs: unixNsOf(base, at),
      bytes: utf8.encode(each),
      comment: null,
    }),
  );
}

// ---- reading

export type RecordingItem =
  | { readonly kind: 'datagram'; readonly stamp: Stamp; readonly datagram: CapturedDatagram }
  | { readonly kind: 'record'; readonly record: ShowRecord }
  /** A packet of the file that tells the show nothing. */
  | { readonly kind: 'passed-over'; readonly reason: string }
  | CaptureEnd;

/**
 * Reads a recording.
 *
 * @param file all its bytes; any capture may be given, and one that is no recording has no `start` in it
 * @returns    items in the order of the file, the last one a `CaptureEnd`
 *
 * Never throws, whatever the bytes; a record in parts of which some are missing is not given.
 */
export function* readRecording(file: Uint8Array): Generator<RecordingItem, void> {
  for (const item of readItems(file)) yield item.kind === 'value' ? recordItem(item.value) : item;
}

/** Reads a recording with its records as they stand there, those in parts put together. */
export function* readItems(
  file: Uint8Array,
): Generator<Exclude<RecordingItem, { kind: 'record' }> | { readonly kind: 'value'; readonly value: unknown }, void> {
  let parts: string[] = [];
  for (const item of readCapture(file)) {
    switch (item.kind) {
      case 'end':
        yield item;
        return;
      case 'other':
        yield { kind: 'passed-over', reason: item.reason };
        break;
      case 'datagram': {
        const stamp = stampOf(item.comment);
        yield stamp === null
          ? { kind: 'passed-over', reason: 'a packet without the comment that says when it came' }
          : { kind: 'datagram', stamp, datagram: item };
        break;
      }
      case 'record': {
        const part = partOf(item.value);
        if (part === null) {
          yield { kind: 'value', value: item.value };
          break;
        }
        if (part.number === 1) parts = [];
        if (part.number !== parts.length + 1) {
          yield { kind: 'passed-over', reason: 'a part of a record whose other parts are missing' };
          break;
        }
        parts.push(part.text);
        if (part.number < part.of) break;
        yield { kind: 'value', value: parsed(parts.join('')) };
        parts = [];
        break;
      }
      default:
        assertNever(item);
    }
  }
}

const STAMP = /^at (\S+) notBefore (\S+)$/;

function stampOf(comment: string | null): Stamp | null {
  const [, at, notBefore] = STAMP.exec(comment ?? '') ?? [];
  const stamp = { notBefore: Number(notBefore), at: Number(at) };
  return Number.isFinite(stamp.notBefore) && Number.isFinite(stamp.at) ? stamp : null;
}

export interface RecordPart {
  /** From 1. */
  readonly number: number;
  readonly of: number;
  readonly text: string;
}

/** A part of a record too long for one packet; null: it is a whole one. */
export function partOf({ decklight, number, of, text }: RecordItem['value']): RecordPart | null {
  const isPart =
    decklight === 'part' && typeof number === 'number' && typeof of === 'number' && typeof text === 'string';
  return isPart ? { number, of, text } : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function recordItem(value: unknown): RecordingItem {
  const record = showRecord(value);
  return record === null
    ? { kind: 'passed-over', reason: 'a record that is none this version knows' }
    : { kind: 'record', record };
}

const at = z.number();
const onOff = z.boolean().nullable();

const act = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pin'), deck: deckSchema }),
  z.object({ kind: z.literal('automatic') }),
  z.object({ kind: z.literal('mute'), bridge: z.string().nullable(), isOn: onOff }),
  z.object({ kind: z.literal('panic') }),
  z.object({ kind: z.literal('nudge'), timecode: z.string().nullable(), frames: z.number() }),
  z.object({ kind: z.literal('nudge-to'), timecode: z.string().nullable(), frames: z.number() }),
  z.object({ kind: z.literal('latency'), bridge: z.string(), addMs: z.number() }),
  z.object({ kind: z.literal('latency-to'), bridge: z.string(), ms: z.number() }),
  z.object({ kind: z.literal('capture') }),
  z.object({ kind: z.literal('lock'), isOn: onOff }),
  z.object({ kind: z.literal('resend') }),
  z.object({ kind: z.literal('fire'), cue: z.string() }),
  z.object({ kind: z.literal('go'), list: z.string().nullable() }),
  z.object({ kind: z.literal('back'), list: z.string().nullable() }),
  z.object({ kind: z.literal('select'), list: z.string().nullable(), by: z.number().int() }),
  z.object({ kind: z.literal('go-to'), list: z.string().nullable(), step: z.string() }),
  z.object({ kind: z.literal('tell') }),
]) satisfies z.ZodType<OperatorAction>;

/** Reads an act from JSON; null: it is none. */
export function readOperatorAction(json: string): OperatorAction | null {
  try {
    const read = act.safeParse(JSON.parse(json));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

const gesture = z.discriminatedUnion('gesture', [
  z.object({ gesture: z.literal('press') }),
  z.object({ gesture: z.literal('release'), heldMs: z.number(), wasLong: z.boolean(), isGone: z.boolean() }),
  z.object({ gesture: z.literal('long-press') }),
  z.object({ gesture: z.literal('double-press') }),
  z.object({
    gesture: z.literal('turn'),
    count: z.number(),
    direction: z.enum(['forward', 'reverse']),
    turnsPerSecond: z.number().nullable(),
  }),
  z.object({ gesture: z.literal('value'), value: z.union([z.number(), z.string(), z.boolean()]) }),
]);

const control = z.intersection(
  z.object({ kind: z.literal('control'), surface: z.string(), deck: z.number(), control: z.string() }),
  gesture,
) satisfies z.ZodType<ControlEvent>;

const interfaces = z.array(
  z.object({ name: z.string(), address: z.string(), netmask: z.string(), mac: z.string() }),
) satisfies z.ZodType<Interface[]>;

const memory = z.object({ ageMs: z.number(), memory: memorySchema }).nullable() satisfies z.ZodType<
  StartRecord['memory']
>;

const bookEntry = bookEntrySchema.transform(
  (entry): BookEntry => ({ ...entry, structure: entry.structure, isOfTonight: false }),
);

const profile = z.object({ file: z.string(), source: z.string() });

const records = z.discriminatedUnion('decklight', [
  z.object({
    decklight: z.literal('start'),
    version: z.string(),
    profile,
    startedAtMs: at,
    startedAtUnixNs: z.string().regex(/^\d{1,20}$/),
    options: z.object({ simulate: z.boolean(), dryRun: z.boolean() }),
    instead: z.record(z.string(), z.unknown()),
    interfaces,
    memory,
    // A recording of before there were any has none.
    allocated: z.array(allocatedSchema).default([]),
    book: z.array(bookEntry).default([]),
    sticks: z.array(z.object({ name: z.string(), tracks: z.number(), hash: z.string() })).optional(),
  }),
  z.object({ decklight: z.literal('interfaces'), at, interfaces }),
  z.object({ decklight: z.literal('act'), at, source: z.string(), act }),
  z.object({ decklight: z.literal('control'), at, notBefore: z.number(), event: control }),
  z.object({ decklight: z.literal('ready'), at, bridge: z.string() }),
  z.object({ decklight: z.literal('bridge-state'), at, bridge: z.string(), isReady: z.boolean() }),
  z.object({ decklight: z.literal('unsent'), at, bridge: z.string(), cue: z.string(), id: z.string() }),
  z.object({ decklight: z.literal('show'), at, happening: z.enum(SHOW_HAPPENINGS) }),
  z.object({ decklight: z.literal('wake'), at }),
  z.object({ decklight: z.literal('profile'), at, allocated: z.array(allocatedSchema).default([]), ...profile.shape }),
  z.object({
    decklight: z.literal('came'),
    at,
    by: z.enum(['packet', 'timer']),
    handedOverAt: z.number(),
    outcome: outcomeSchema,
  }),
  z.object({ decklight: z.literal('took'), at, bridge: z.string(), isThere: z.boolean() }),
  z.object({ decklight: z.literal('gap'), at, packets: z.number() }),
  z.object({ decklight: z.literal('stop'), at }),
]) satisfies z.ZodType<ShowRecord>;

/** A record with everything in it that its kind needs; null: it is none that this version knows. */
export function showRecord(value: unknown): ShowRecord | null {
  const read = records.safeParse(value);
  return read.success ? read.data : null;
}
