/** A decoded capture as text: one line a datagram or record, for people. */
import { type Decoded, describe, type Packet } from '../../../bridges/opus-quad/codec.ts';
import { deckOfRaw, type Flags, OPUS_NAME, type StatusValue } from '../../../bridges/opus-quad/layout.ts';
import type { CapturedDatagram, CaptureEndpoint, RecordItem } from '../../capture/capture.ts';
import { assertNever } from '../../core/assert-never.ts';
import { becauseText } from '../../core/engine/intents.ts';
import { operatorActionText } from '../../core/operator-action.ts';
import type { ControlEvent } from '../../core/surface-control.ts';
import { partOf, type ShowRecord, showRecord } from '../../recording/recording-format.ts';
import { reasonText } from '../terminal/reason-text.ts';
import { recordKind } from './decode-counts.ts';

/** Wide enough for `255.255.255.255:65535`, so that the lines of an IPv4 network stand in columns. */
const ENDPOINT_WIDTH = 21;
const KIND_WIDTH = 13;

/** Its time, from where to where, and what it says. */
export function datagramText({ sinceFirstMs, from, to }: CapturedDatagram, decoded: Decoded): string {
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

/** Its time, its kind and what it says. */
export function recordLine(item: RecordItem): string {
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
    case 'control':
      return gestureText(record.event);
    case 'show':
      return record.happening;
    case 'ready':
      return `${record.bridge} can send again`;
    case 'bridge-state':
      return `${record.bridge} ${record.isReady ? 'is ready' : 'is not ready'}`;
    case 'unsent':
      return `${record.cue} could not be sent to ${record.bridge}`;
    case 'profile':
      return profileText(record);
    case 'came': {
      const { because, sentTo, heldBack } = record.outcome;
      const to = sentTo.length === 0 ? [] : [`sent to ${sentTo.join(', ')}`];
      const held = heldBack.map(reason => `held back: ${reasonText(reason)}`);
      return [becauseText(because), ...to, ...held].join('  ');
    }
    case 'took':
      return `${record.bridge} ${record.isThere ? 'takes messages again' : 'could not take a message'}`;
    case 'gap':
      return `${record.packets} packets before it were not recorded`;
    case 'wake':
    case 'stop':
      return '';
    default:
      return assertNever(record);
  }
}

function gestureText(event: ControlEvent): string {
  const { surface, control, gesture } = event;
  const much = gesture === 'turn' ? ` ${event.count} ${event.direction}` : gesture === 'value' ? ` ${event.value}` : '';
  return `${gesture} of ${control}${much} at ${surface}`;
}

const profileText = ({ file, source }: { readonly file: string; readonly source: string }): string =>
  `${file}, ${Buffer.byteLength(source)} bytes`;

/** Without what would move a terminal's cursor, and without the spaces at its end. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, '?').trimEnd();
