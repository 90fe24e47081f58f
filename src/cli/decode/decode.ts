/** The command `decklight decode`: a capture of the network, or a recording, as decoded DJ Link packets, one a line. */
import { readFile } from 'node:fs/promises';
import { type Decoded, decode, describe, type Packet } from '../../../bridges/opus-quad/codec.ts';
import { deckOfRaw, type Flags, OPUS_NAME, PORTS, type StatusValue } from '../../../bridges/opus-quad/layout.ts';
import { toHex } from '../../bytes/hex.ts';
import {
  type CapturedDatagram,
  type CaptureEnd,
  type CaptureEndpoint,
  type RecordItem,
  readCapture,
} from '../../capture/capture.ts';
import { assertNever } from '../../core/assert-never.ts';
import { operatorActionText } from '../../core/operator-action.ts';
import { type FileKind, whyUnreadable } from '../../files/file-errors.ts';
import { partOf, type ShowRecord, showRecord } from '../../recording/recording-format.ts';

export interface DecodeOutput {
  line(text: string): void;
  error(text: string): void;
}

const EXIT = { done: 0, unreadable: 1, notACapture: 2 } as const;

const CAPTURE_FILE: FileKind = {
  what: 'a capture (.pcap or .pcapng; editcap -c splits one that is too large)',
  ifMissing: 'check its name',
};

const DJ_LINK_PORTS: ReadonlySet<number> = new Set(Object.values(PORTS));

/**
 * Prints every DJ Link datagram of a capture, then a summary whose counts add up to the packets in the file.
 *
 * A datagram is one of DJ Link when its destination port is; the source port says nothing. The summary goes to
 * `out.line`, with `json` to `out.error`, so that the lines stay machine readable. Of a recording the records are printed
 * too; timer wake-ups, of which there are many, are only counted, but with `json` they are lines like all others.
 *
 * With `json` a line is one object; of a datagram:
 *
 * | key | value |
 * | --- | --- |
 * | `timeMs` | Unix time in ms, with fractions; null when the capture states none |
 * | `sinceFirstS` | seconds since the first packet of the file that has a time; null likewise |
 * | `from`, `to` | `{ address, port }` |
 * | `outcome` | `decoded`, `passed-over` (known by name, not read) or `refused` |
 * | `type` | the type byte as two hex digits; null when the datagram is too short to have one |
 * | `kind` | name of the packet; null when refused |
 * | `lengthAgrees` | decoded only: whether the packet's length field says what came |
 * | `fields` | decoded only: the fields of its table, units in their names, bytes as hex |
 * | `reason`, `offset` | refused only: why, and at which byte of the datagram |
 *
 * and of a record `timeMs`, `sinceFirstS`, `outcome` (`record`), `kind` (`start`, `act`, …) and `fields`, the rest of it as
 * it was recorded; null when it is nested too deep to be written again.
 *
 * @returns exit code: 0 done, also when the file is cut or damaged further on (the summary says so); 1 the file cannot
 *          be read; 2 it is no capture
 */
export async function decodeCommand(file: string, options: { json: boolean }, out: DecodeOutput): Promise<number> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    out.error(`${file}: error: ${whyUnreadable(error, CAPTURE_FILE)}`);
    return EXIT.unreadable;
  }

  const counts = noCounts();
  for (const item of readCapture(bytes)) {
    if (item.kind === 'end') {
      if (item.how === 'not-a-capture') {
        out.error(`${file}: error: ${item.message}`);
        return EXIT.notACapture;
      }
      for (const text of summary(counts, item)) {
        if (options.json) out.error(text);
        else out.line(text);
      }
      return EXIT.done;
    }
    if (item.kind === 'other') {
      tally(counts[item.what], item.reason, item.packets);
      continue;
    }
    if (item.kind === 'record') {
      const kind = recordKind(item);
      tally(counts.records, kind, 1);
      if (options.json) out.line(recordAsJson(item));
      else if (kind !== 'wake') out.line(recordAsText(item));
      continue;
    }
    counts.furtherFragments += item.packets - 1;
    if (!DJ_LINK_PORTS.has(item.to.port)) {
      tally(counts.udpElsewhere, 'UDP to other ports', 1);
      continue;
    }
    const decoded = decode(item.to, item.bytes);
    count(counts, item, decoded);
    out.line(options.json ? asJson(item, decoded) : asText(item, decoded));
  }
  return EXIT.done;
}

// ---- one datagram

/** The type byte as hex; null in a datagram too short to have one. */
function typeOf({ bytes }: CapturedDatagram): string | null {
  const type = bytes[0x0a];
  return type === undefined ? null : type.toString(16).padStart(2, '0');
}

const inSeconds = (ms: number | null): number | null => (ms === null ? null : Number((ms / 1000).toFixed(6)));

function asJson(datagram: CapturedDatagram, decoded: Decoded): string {
  const { timeMs, sinceFirstMs, from, to } = datagram;
  const start = { timeMs, sinceFirstS: inSeconds(sinceFirstMs), from, to };
  const type = typeOf(datagram);
  if (!decoded.ok) {
    const { reason, offset } = decoded;
    return JSON.stringify({ ...start, outcome: 'refused', type, kind: null, reason, offset });
  }
  if (decoded.packet === null) {
    return JSON.stringify({ ...start, outcome: 'passed-over', type, kind: decoded.passedOver });
  }
  const { kind, ...fields } = decoded.packet;
  const { lengthAgrees } = decoded;
  return JSON.stringify({ ...start, outcome: 'decoded', type, kind, lengthAgrees, fields }, (_, value) =>
    value instanceof Uint8Array ? toHex(value) : value,
  );
}

/** Wide enough for `255.255.255.255:65535`, so that the lines of an IPv4 network stand in columns. */
const ENDPOINT_WIDTH = 21;
const KIND_WIDTH = 13;

function asText({ sinceFirstMs, from, to }: CapturedDatagram, decoded: Decoded): string {
  const time = timeText(sinceFirstMs);
  const way = `${endpoint(from).padEnd(ENDPOINT_WIDTH)} -> ${endpoint(to).padEnd(ENDPOINT_WIDTH)}`;
  return `${time}  ${way}  ${saying(decoded)}`;
}

const timeText = (sinceFirstMs: number | null): string =>
  (sinceFirstMs === null ? '-' : (sinceFirstMs / 1000).toFixed(6)).padStart(12);

const endpoint = ({ address, port }: CaptureEndpoint): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

function saying(decoded: Decoded): string {
  if (!decoded.ok) return `refused: ${decoded.reason} at byte ${decoded.offset}`;
  if (decoded.packet === null) return `${decoded.passedOver.padEnd(KIND_WIDTH)} passed over`;
  const remark = decoded.lengthAgrees ? '' : '  (its length field disagrees)';
  return `${packetText(decoded.packet)}${remark}`;
}

/** The packets that tell of the music as a person reads them, the others with all their fields. */
function packetText(packet: Packet): string {
  switch (packet.kind) {
    case 'status':
      return columns(packet.kind, sender(packet.name, packet.numberAgain), ...statusTexts(packet));
    case 'beat':
      return columns(
        packet.kind,
        sender(packet.name, packet.number),
        `beat in bar ${orDash(packet.beatInBar)}`,
        tempoText(packet.trackTempoBpm, packet.speed),
        percentText((packet.speed - 1) * 100),
        `next beat in ${packet.nextBeatMs === null ? '-' : `${packet.nextBeatMs} ms`}`,
      );
    case 'position':
      return columns(
        packet.kind,
        sender(packet.name, packet.number),
        `${clockText(packet.playheadMs)} of ${clockText(packet.trackLengthS * 1000).slice(0, -4)}`,
        packet.tempoBpm === null ? '- BPM' : `${packet.tempoBpm.toFixed(1)} BPM`,
        percentText(packet.pitchPercent),
      );
    default: {
      const text = describe(packet);
      return columns(packet.kind, text.slice(packet.kind.length + 1));
    }
  }
}

const columns = (kind: string, ...texts: readonly string[]): string => `${kind.padEnd(KIND_WIDTH)} ${texts.join('  ')}`;

const orDash = (value: number | null): string => (value === null ? '-' : String(value));

/** An OPUS-QUAD's numbers are decks; else 1..6 are players and the rest mixers, computers and what may come. */
function sender(name: string, raw: number): string {
  const deck = name === OPUS_NAME ? deckOfRaw(raw) : null;
  if (deck !== null) return `deck ${deck}`;
  return raw >= 1 && raw <= 6 ? `player ${raw}` : `device ${raw}`;
}

function statusTexts(status: StatusValue): readonly string[] {
  const hasTrack = status.trackId !== null;
  // The beat number is stale or garbage while the beat in bar is unknown: loading, unloaded.
  const beat = status.beatInBar === null ? '-' : `${orDash(status.beat)} (${status.beatInBar}/4)`;
  return [
    hasTrack ? `track ${status.trackId} from ${status.sourcePlayer} ${status.sourceSlot}` : 'no track',
    status.motion === 'unknown' ? status.playState : `${status.playState}, ${status.motion}`,
    `beat ${beat}`,
    tempoText(status.trackTempoBpm, status.pitchSpeed),
    // The pitch bytes mean nothing without a track to play.
    hasTrack ? percentText((status.pitchSpeed - 1) * 100) : '- %',
    flagsText(status.flags),
  ];
}

/** Effective tempo. */
const tempoText = (trackTempoBpm: number | null, speed: number): string =>
  trackTempoBpm === null ? '- BPM' : `${(trackTempoBpm * speed).toFixed(2)} BPM`;

const percentText = (percent: number): string => `${percent < 0 ? '' : '+'}${percent.toFixed(2)} %`;

const FLAG_WORDS: Readonly<Record<keyof Flags, string>> = {
  isPlaying: 'playing',
  isMaster: 'master',
  isSynced: 'sync',
  isOnAir: 'on-air',
  isTempoSyncOnly: 'tempo-sync-only',
};

function flagsText(flags: Flags | null): string {
  if (flags === null) return 'flags not given';
  const set = Object.entries(FLAG_WORDS).filter(([name]) => flags[name as keyof Flags]);
  return `flags ${set.map(([, word]) => word).join('+') || '-'}`;
}

/** `3:27.500` */
function clockText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const seconds = ((ms % 60_000) / 1000).toFixed(3).padStart(6, '0');
  return `${minutes}:${seconds}`;
}

// ---- one record

/** As the summary counts it; a word of a hostile file's own does not reach the terminal. */
const recordKind = ({ value }: RecordItem): string =>
  /^[a-z]{1,20}$/.test(value.decklight) ? value.decklight : 'of another kind';

function recordAsJson({ timeMs, sinceFirstMs, value }: RecordItem): string {
  const { decklight: kind, ...fields } = value;
  const start = { timeMs, sinceFirstS: inSeconds(sinceFirstMs), outcome: 'record', kind };
  try {
    return JSON.stringify({ ...start, fields });
  } catch {
    return JSON.stringify({ ...start, fields: null });
  }
}

function recordAsText(item: RecordItem): string {
  const part = partOf(item.value);
  const record = showRecord(item.value);
  const text =
    part !== null ? `${part.number} of ${part.of}` : record === null ? 'not known to this version' : recordText(record);
  return `${timeText(item.sinceFirstMs)}  ${printable(columns(recordKind(item), text))}`;
}

function recordText(record: ShowRecord): string {
  switch (record.decklight) {
    case 'start': {
      const { version, profile, options, instead } = record;
      const simulated = options.simulate ? [`simulated: ${Object.keys(instead).join(', ') || '-'}`] : [];
      return [`Decklight ${version}`, profileText(profile), ...simulated, ...(options.dryRun ? ['dry run'] : [])].join(
        '  ',
      );
    }
    case 'interfaces':
      return record.interfaces.map(({ name, address }) => `${name} ${address}`).join(', ') || '-';
    case 'act':
      return `${operatorActionText(record.act)} by ${record.source}`;
    case 'ready':
      return `${record.bridge} can send again`;
    case 'profile':
      return profileText(record);
    case 'gap':
      return `${record.packets} packets before it were not recorded`;
    case 'wake':
    case 'stop':
      return '';
    default:
      return assertNever(record);
  }
}

const profileText = ({ file, source }: { readonly file: string; readonly source: string }): string =>
  `${file}, ${Buffer.byteLength(source)} bytes`;

/** Without what would move a terminal's cursor, and without the spaces at its end. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, '?').trimEnd();

// ---- the summary

interface Counts {
  /** By their kind. */
  readonly records: Map<string, number>;
  /** By port, type and name. */
  readonly decoded: Map<string, number>;
  readonly passedOver: Map<string, number>;
  /** By port, type and reason. */
  readonly refused: Map<string, number>;
  /** By reason, as the capture's reader sorts them. */
  readonly 'not-udp': Map<string, number>;
  readonly unreadable: Map<string, number>;
  readonly fragments: Map<string, number>;
  readonly udpElsewhere: Map<string, number>;
  /** Packets beyond the first of datagrams that came in fragments and are counted elsewhere. */
  furtherFragments: number;
}

const noCounts = (): Counts => ({
  records: new Map(),
  decoded: new Map(),
  passedOver: new Map(),
  refused: new Map(),
  'not-udp': new Map(),
  unreadable: new Map(),
  fragments: new Map(),
  udpElsewhere: new Map(),
  furtherFragments: 0,
});

/** Different lines in one part of the summary; a hostile file has as many reasons as packets. */
const MOST_LINES = 200;

function tally(counts: Map<string, number>, name: string, packets: number): void {
  const key = counts.has(name) || counts.size < MOST_LINES ? name : 'others';
  counts.set(key, (counts.get(key) ?? 0) + packets);
}

function count(counts: Counts, datagram: CapturedDatagram, decoded: Decoded): void {
  const place = `${datagram.to.port}  ${typeOf(datagram) ?? '--'}`;
  if (!decoded.ok) tally(counts.refused, `${place}  ${decoded.reason} at byte ${decoded.offset}`, 1);
  else if (decoded.packet === null) tally(counts.passedOver, `${place}  ${decoded.passedOver}`, 1);
  else tally(counts.decoded, `${place}  ${decoded.packet.kind}`, 1);
}

function summary(counts: Counts, end: CaptureEnd): readonly string[] {
  const further = new Map([['further fragments of datagrams counted above', counts.furtherFragments]]);
  return [
    '',
    `${end.packets} packets in the file, of which`,
    ...part('decoded (port, type)', counts.decoded),
    ...part('passed over (port, type)', counts.passedOver),
    ...part('refused (port, type)', counts.refused),
    ...part('not DJ Link', new Map([...counts['not-udp'], ...counts.udpElsewhere])),
    ...part('not readable', counts.unreadable),
    ...part('fragments, incomplete', counts.fragments),
    ...(counts.records.size === 0 ? [] : part('records of Decklight', counts.records)),
    ...(counts.furtherFragments === 0 ? [] : part('fragments, complete', further)),
    `end of file: ${end.message}`,
  ];
}

const COUNT_WIDTH = 9;

function part(title: string, counts: ReadonlyMap<string, number>): readonly string[] {
  const sum = [...counts.values()].reduce((a, b) => a + b, 0);
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `${String(sum).padStart(COUNT_WIDTH)}  ${title}`,
    ...sorted.map(([name, packets]) => `${String(packets).padStart(COUNT_WIDTH + 10)}  ${name}`),
  ];
}
