/** OSC on the network: every message and every frame of timecode to every target, and OSC in. Decides nothing. */
import type { BridgeHost, OpenBridge } from '../../src/bridge.ts';
import type { Ms } from '../../src/core/clock.ts';
import type { TimecodeAnchor } from '../../src/core/timecode/stream-anchor.ts';
import type { Endpoint } from '../../src/network/network.ts';
import { openTimecodeConnection, type TimecodeConnection, timecodeText } from '../../src/output/timecode-connection.ts';
import type { OpenUdpPort } from '../../src/output/udp-port.ts';
import { type Bundles, isAddress, type OscMessage, pack } from './codec.ts';
import { type OscInOptions, openOscIn } from './osc-in.ts';
import type { OscTimecode } from './osc-timecode.ts';
import { type OscReceiver, openReceiver } from './receiver.ts';
import type { Framing } from './tcp-framing.ts';
import { type OscTimecodeRequest, receiverPort } from './timecode-port.ts';

export interface OscDeviceOptions {
  readonly targets: readonly Endpoint[];
  /** Over TCP, how a packet's end is told; null: UDP. */
  readonly framing: Framing | null;
  readonly bundles: Bundles;
  readonly timecode: OscTimecode['forms'];
  /** How much earlier timecode is to leave. */
  readonly latencyMs: Ms;
  /** null: nothing listens. */
  readonly listen: OscInOptions | null;
}

const FORMAT = 'OSC';

export function openOsc(
  options: OscDeviceOptions,
  host: BridgeHost,
  toMessage: (message: unknown) => OscMessage,
  openPort: OpenUdpPort<OscTimecodeRequest>,
): OpenBridge {
  const { framing, bundles } = options;
  const targets = options.targets.map(endpoint => openReceiver(endpoint, framing, host));
  const oscIn = options.listen === null || !host.hears ? null : openOscIn(options.listen, host);
  /** One to each target, from the first anchor on: a bridge that carries no timecode needs none. */
  let ways: readonly TimecodeConnection[] = [];
  let standing: TimecodeAnchor | null = null;
  let sent = 0;
  /** Messages that no target could be given. */
  let lost = 0;
  let isClosed = false;

  const wayTo = (target: OscReceiver): TimecodeConnection =>
    openTimecodeConnection(FORMAT, target.name, host, listener => {
      const timecode: OscTimecode = { forms: options.timecode, bundles, epochUnixMs: host.unixMs(0) };
      if (framing !== null) return receiverPort(target, timecode, host.clock, listener);
      return openPort({ to: target.endpoint, format: FORMAT, ...timecode }, host, listener);
    });

  return {
    send(message, at) {
      const osc = toMessage(message);
      if (!isAddress(osc.address)) {
        host.log.warn(
          { address: osc.address },
          `not sent: "${osc.address}" is no OSC address (a slash, then no space and no #)`,
        );
        return false;
      }
      const bytes = pack(osc, bundles, host.unixMs(at));
      // Every one is asked, though the first may have taken it.
      const hasLeft = targets.map(target => target.send(bytes)).includes(true);
      if (hasLeft) sent++;
      else lost++;
      return hasLeft;
    },
    timecode(anchor) {
      if (isClosed) return;
      if (standing === null) ways = targets.map(wayTo);
      standing = anchor;
      for (const way of ways) way.run(anchor);
    },
    clock() {}, // OSC carries no MIDI clock
    release() {}, // an OSC message sounds no longer than it takes to arrive: there is nothing to let go of
    status() {
      const alone = targets.length === 1;
      const nameOf = ({ name, missed }: OscReceiver): string =>
        alone || missed() === 0 ? name : `${name} (${missed()} missed)`;
      const trouble = [...targets, ...ways].map(each => each.trouble()).find(text => text !== null) ?? null;
      const counts = `${sent} sent${lost === 0 ? '' : `, ${lost} not`}`;
      const timecode =
        standing === null
          ? ''
          : `, ${timecodeText(
              standing,
              ways.map(way => way.counts()),
            )}`;
      const doubt = trouble === null ? '' : ` (${trouble})`;
      const out = `${targets.map(nameOf).join(', ')}, ${counts}${timecode}${doubt}`;
      const heard = oscIn?.status() ?? null;
      const isReady = [...targets, ...ways].every(each => each.isReady()) && heard?.state !== 'waiting';
      return { state: isReady ? 'ready' : 'waiting', text: heard === null ? out : `${out}; ${heard.text}` };
    },
    async close() {
      isClosed = true;
      await Promise.all([...targets, ...ways].map(each => each.close()));
      await oscIn?.close();
    },
  };
}
