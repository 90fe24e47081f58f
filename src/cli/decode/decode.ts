/** The command `decklight decode`: a capture of the network, or a recording, as decoded DJ Link packets, one a line. */
import { readFile } from 'node:fs/promises';
import { decode } from '../../../bridges/opus-quad/codec.ts';
import { PORTS } from '../../../bridges/opus-quad/layout.ts';
import { readCapture } from '../../capture/capture.ts';
import { type FileKind, whyUnreadable } from '../../files/file-errors.ts';
import { countDatagram, countsSummary, noCounts, recordKind, tally } from './decode-counts.ts';
import { datagramJson, recordJson } from './decode-json.ts';
import { datagramText, recordLine } from './decode-text.ts';

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
      for (const text of countsSummary(counts, item)) {
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
      if (options.json) out.line(recordJson(item));
      else if (kind !== 'wake') out.line(recordLine(item));
      continue;
    }
    counts.furtherFragments += item.packets - 1;
    if (!DJ_LINK_PORTS.has(item.to.port)) {
      tally(counts.udpElsewhere, 'UDP to other ports', 1);
      continue;
    }
    const decoded = decode(item.to, item.bytes);
    countDatagram(counts, item, decoded);
    out.line(options.json ? datagramJson(item, decoded) : datagramText(item, decoded));
  }
  return EXIT.done;
}
