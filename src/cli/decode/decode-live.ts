/** `decklight decode --live`: joins a unit, sends no cue, and prints each packet as it comes. */
import { decode } from '../../../bridges/opus-quad/codec.ts';
import { openOpusQuad } from '../../../bridges/opus-quad/device.ts';
import { type Mode, USUAL_OPTIONS } from '../../../bridges/opus-quad/session/session-state.ts';
import { NO_VIEW } from '../../bridge.ts';
import type { CapturedDatagram } from '../../capture/capture.ts';
import { liveClock } from '../../live/live-clock.ts';
import { liveNetwork } from '../../live/live-network.ts';
import { packetTap } from '../../live/packet-tap.ts';
import { recordingNetwork } from '../../recording/recording-network.ts';
import type { DecodeOutput } from './decode.ts';
import { countDatagram, countLines, noCounts } from './decode-counts.ts';
import { datagramJson } from './decode-json.ts';
import { datagramText } from './decode-text.ts';

export interface LiveOptions {
  readonly json: boolean;
  readonly interface: string | null;
  readonly unit: string | null;
  readonly mode: Mode;
  /** Name of this machine as the unit is told. */
  readonly computerName: string;
}

/**
 * Prints every datagram of the three ports until it is stopped, then the counts. The lines are those of a capture.
 *
 * @returns exit code 0
 */
export async function decodeLive(options: LiveOptions, out: DecodeOutput, stop: AbortSignal): Promise<number> {
  const clock = liveClock();
  const counts = noCounts();
  const begunAt = clock.now();
  const begunUnixMs = Date.now();
  let packets = 0;
  function print(datagram: CapturedDatagram): void {
    packets++;
    const decoded = decode(datagram.to, datagram.bytes);
    countDatagram(counts, datagram, decoded);
    out.line(options.json ? datagramJson(datagram, decoded) : datagramText(datagram, decoded));
  }
  const network = recordingNetwork(
    liveNetwork(clock),
    {
      datagram({ from, port, bytes, stamp }, address) {
        const sinceFirstMs = stamp.at - begunAt;
        const times = { timeMs: begunUnixMs + sinceFirstMs, sinceFirstMs };
        print({ kind: 'datagram', ...times, from, to: { address, port }, bytes, packets: 1, comment: null });
      },
      interfaces() {},
    },
    clock.now,
  );
  const say = (_: unknown, text: string): void => out.error(text);
  const { mode, computerName } = options;
  const joining = {
    ...USUAL_OPTIONS,
    ...{ unit: 'unit', computerName, mode },
    interface: options.interface ?? USUAL_OPTIONS.interface,
    unitAddress: options.unit ?? USUAL_OPTIONS.unitAddress,
  };
  const bridge = openOpusQuad(joining, {
    ...{ clock, network, packets: packetTap(), view: NO_VIEW, hears: true },
    log: { info: say, warn: say, error: say },
    needs: { phrases: true, beats: true, positions: mode === 'cdj', phrasesKnownBy: null },
    unixMs: at => begunUnixMs + (at - begunAt),
    emit() {},
    ready() {},
    lost() {},
  });
  await new Promise<void>(done => {
    if (stop.aborted) done();
    else stop.addEventListener('abort', () => done(), { once: true });
  });
  await bridge.close();
  for (const text of ['', `${packets} packets heard, of which`, ...countLines(counts)]) {
    if (options.json) out.error(text);
    else out.line(text);
  }
  return 0;
}
