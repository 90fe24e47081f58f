/** OSC on the network: every message and every frame of timecode to every receiver, and OSC in. Decides nothing. */
import type { BridgeHost, BridgeStatus, OpenBridge } from '../../src/bridge.ts';
import type { Ms } from '../../src/core/clock.ts';
import type { TimecodeAnchor } from '../../src/core/timecode/stream-anchor.ts';
import type { Endpoint } from '../../src/network/network.ts';
import { NO_COUNTS, together } from '../../src/output/lateness-histogram.ts';
import { openTimecodeConnection, type TimecodeConnection, timecodeText } from '../../src/output/timecode-connection.ts';
import type { OpenUdpPort } from '../../src/output/udp-port.ts';
import { type Bundles, isAddress, type OscMessage, pack } from './codec.ts';
import { type OscIn, type OscInOptions, openOscIn } from './osc-in.ts';
import type { OscTimecode } from './osc-timecode.ts';
import { type OscReceiver, openReceiver } from './receiver.ts';
import type { Framing } from './tcp-framing.ts';
import { type OscTimecodeRequest, receiverPort } from './timecode-port.ts';

export interface OscDeviceOptions {
  readonly receivers: readonly Endpoint[];
  /** Mark of a packet's end over TCP; null: UDP. */
  readonly framing: Framing | null;
  readonly bundles: Bundles;
  readonly timecode: OscTimecode['forms'];
  /** Time by which timecode is to leave earlier. */
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
  const receivers = options.receivers.map(endpoint => openReceiver(endpoint, framing, host));
  const oscIn = options.listen === null || !host.hears ? null : openOscIn(options.listen, host);
  /** One to each receiver, from the first anchor on: a bridge that carries no timecode needs none. */
  let connections: readonly TimecodeConnection[] = [];
  let standing: TimecodeAnchor | null = null;
  let sent = 0;
  /** Messages that no receiver could be given. */
  let lost = 0;
  let isClosed = false;

  const connectionTo = (receiver: OscReceiver): TimecodeConnection =>
    openTimecodeConnection(FORMAT, receiver.name, host, listener => {
      const timecode: OscTimecode = { forms: options.timecode, bundles, epochUnixMs: host.unixMs(0) };
      if (framing !== null) return receiverPort(receiver, timecode, host.clock, listener);
      return openPort({ to: receiver.endpoint, format: FORMAT, ...timecode }, host, listener);
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
      const hasLeft = receivers.map(receiver => receiver.send(bytes)).includes(true);
      if (hasLeft) sent++;
      else lost++;
      return hasLeft;
    },
    timecode(anchor) {
      if (isClosed) return;
      if (standing === null) connections = receivers.map(connectionTo);
      standing = anchor;
      for (const connection of connections) connection.run(anchor);
    },
    clock() {}, // OSC carries no MIDI clock
    release() {}, // an OSC message sounds no longer than it takes to arrive: there is nothing to let go of
    status: () => statusOf({ receivers, connections, oscIn, standing, sent, lost }),
    async close() {
      isClosed = true;
      // The last word of timecode may go through the connection of a receiver.
      await Promise.all(connections.map(each => each.close()));
      await Promise.all(receivers.map(each => each.close()));
      await oscIn?.close();
    },
  };
}

interface OscParts {
  readonly receivers: readonly OscReceiver[];
  readonly connections: readonly TimecodeConnection[];
  readonly oscIn: OscIn | null;
  readonly standing: TimecodeAnchor | null;
  readonly sent: number;
  readonly lost: number;
}

function statusOf({ receivers, connections, oscIn, standing, sent, lost }: OscParts): BridgeStatus {
  const parts = [...receivers, ...connections];
  const isAlone = receivers.length === 1;
  const names = receivers.map(({ name, missed }) =>
    isAlone || missed() === 0 ? name : `${name} (${missed()} missed)`,
  );
  const trouble = parts.map(each => each.trouble()).find(text => text !== null) ?? null;
  const out = [
    ...names,
    `${sent} sent`,
    ...(lost === 0 ? [] : [`${lost} not`]),
    ...(standing === null
      ? []
      : [
          timecodeText(
            standing,
            connections.map(each => each.counts()),
          ),
        ]),
  ].join(', ');
  const heard = oscIn?.status() ?? null;
  const isReady = parts.every(each => each.isReady()) && heard?.state !== 'waiting';
  const text = `${out}${trouble === null ? '' : ` (${trouble})`}${heard === null ? '' : `; ${heard.text}`}`;
  const frames = connections.map(each => each.counts()).reduce(together, NO_COUNTS);
  return { state: isReady ? 'ready' : 'waiting', text, ...(connections.length === 0 ? {} : { frames }) };
}
