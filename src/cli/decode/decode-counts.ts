/** Counts of a decoded capture, and the summary that they make. */
import type { Decoded } from '../../../bridges/opus-quad/codec.ts';
import type { CapturedDatagram, CaptureEnd, RecordItem } from '../../capture/capture.ts';

/** The type byte as hex; null in a datagram too short to have one. */
export function typeByteOf({ bytes }: CapturedDatagram): string | null {
  const type = bytes[0x0a];
  return type === undefined ? null : type.toString(16).padStart(2, '0');
}

/** Kind of a record as the summary counts it; a word of a hostile file's own does not reach the terminal. */
export const recordKind = ({ value }: RecordItem): string =>
  /^[a-z]{1,20}$/.test(value.decklight) ? value.decklight : 'of another kind';

export interface DecodeCounts {
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

export const noCounts = (): DecodeCounts => ({
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

export function tally(counts: Map<string, number>, name: string, packets: number): void {
  const key = counts.has(name) || counts.size < MOST_LINES ? name : 'others';
  counts.set(key, (counts.get(key) ?? 0) + packets);
}

export function countDatagram(counts: DecodeCounts, datagram: CapturedDatagram, decoded: Decoded): void {
  const place = `${datagram.to.port}  ${typeByteOf(datagram) ?? '--'}`;
  if (!decoded.ok) tally(counts.refused, `${place}  ${decoded.reason} at byte ${decoded.offset}`, 1);
  else if (decoded.packet === null) tally(counts.passedOver, `${place}  ${decoded.passedOver}`, 1);
  else tally(counts.decoded, `${place}  ${decoded.packet.kind}`, 1);
}

/** Lines of counts of a file, which add up to its packets. */
export const countsSummary = (counts: DecodeCounts, end: CaptureEnd): readonly string[] => [
  '',
  `${end.packets} packets in the file, of which`,
  ...countLines(counts),
  `end of file: ${end.message}`,
];

/** Lines of counts, in the order in which a packet can be passed over. */
export function countLines(counts: DecodeCounts): readonly string[] {
  const further = new Map([['further fragments of datagrams counted above', counts.furtherFragments]]);
  return [
    ...part('decoded (port, type)', counts.decoded),
    ...part('passed over (port, type)', counts.passedOver),
    ...part('refused (port, type)', counts.refused),
    ...part('not DJ Link', new Map([...counts['not-udp'], ...counts.udpElsewhere])),
    ...part('not readable', counts.unreadable),
    ...part('fragments, incomplete', counts.fragments),
    ...(counts.records.size === 0 ? [] : part('records of Decklight', counts.records)),
    ...(counts.furtherFragments === 0 ? [] : part('fragments, complete', further)),
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
