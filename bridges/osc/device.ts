/** OSC on the network: every message to every target, and OSC in. Decides nothing. */
import type { Host, OpenBridge } from '../../src/bridge.ts';
import type { Endpoint } from '../../src/wire.ts';
import { encode, encodeBundle, isAddress, type OscMessage } from './codec.ts';
import { type EarOptions, openEar } from './ear.ts';
import type { Framing } from './framing.ts';
import { openTarget } from './target.ts';

export interface OscDeviceOptions {
  readonly targets: readonly Endpoint[];
  /** Over TCP, how a packet's end is told; null: UDP. */
  readonly framing: Framing | null;
  /** `none`: plain messages; `immediate`, `timed`: each in a bundle with that time tag. */
  readonly bundles: 'none' | 'immediate' | 'timed';
  /** null: nothing listens. */
  readonly listen: EarOptions | null;
}

export function openOsc(
  options: OscDeviceOptions,
  host: Host,
  toMessage: (message: unknown) => OscMessage,
): OpenBridge {
  const targets = options.targets.map(endpoint => openTarget(endpoint, options.framing, host));
  const ear = options.listen === null || !host.hears ? null : openEar(options.listen, host);
  let sent = 0;
  /** Messages that no target could be given. */
  let lost = 0;

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
      const bytes =
        options.bundles === 'none'
          ? encode(osc)
          : encodeBundle(osc, options.bundles === 'timed' ? host.unixMs(at) : null);
      // Every one is asked, though the first may have taken it.
      const hasLeft = targets.map(target => target.send(bytes)).includes(true);
      if (hasLeft) sent++;
      else lost++;
      return hasLeft;
    },
    run() {}, // it takes no timecode
    release() {}, // an OSC message sounds no longer than it takes to arrive: there is nothing to let go of
    status() {
      const alone = targets.length === 1;
      const nameOf = ({ name, missed }: (typeof targets)[number]): string =>
        alone || missed() === 0 ? name : `${name} (${missed()} missed)`;
      const trouble = targets.map(target => target.trouble()).find(text => text !== null) ?? null;
      const counts = `${sent} sent${lost === 0 ? '' : `, ${lost} not`}`;
      const out = `${targets.map(nameOf).join(', ')}, ${counts}${trouble === null ? '' : ` (${trouble})`}`;
      const heard = ear?.status() ?? null;
      const isReady = targets.every(target => target.isReady()) && heard?.state !== 'waiting';
      return { state: isReady ? 'ready' : 'waiting', text: heard === null ? out : `${out}; ${heard.text}` };
    },
    async close() {
      await Promise.all([...targets.map(target => target.close()), ear?.close()]);
    },
  };
}
