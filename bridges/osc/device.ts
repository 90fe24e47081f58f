/** OSC on the network: one UDP socket per target. Decides nothing. */
import type { Host, OpenBridge } from '../../src/bridge.ts';
import type { Cancel, Ms } from '../../src/core/clock.ts';
import { meaningOf, TROUBLE_SHOWN_MS } from '../../src/network-errors.ts';
import type { Endpoint, Socket } from '../../src/wire.ts';
import { encode, encodeBundle, isAddress, type OscMessage } from './codec.ts';

export interface OscDeviceOptions {
  readonly targets: readonly Endpoint[];
  /** `none`: plain messages; `immediate`, `timed`: each in a bundle with that time tag. */
  readonly bundles: 'none' | 'immediate' | 'timed';
}

/** How long until a target that could not be reached is looked up again. */
const RETRY_AFTER_MS: Ms = 5000;

interface Target {
  readonly endpoint: Endpoint;
  socket: Socket | null;
  /** What went wrong last, and when; null: nothing known. Over UDP silence is no proof of success. */
  trouble: { readonly text: string; readonly at: Ms } | null;
}

export function openOsc(
  options: OscDeviceOptions,
  host: Host,
  toMessage: (message: unknown) => OscMessage,
): OpenBridge {
  const { clock, wire, log } = host;
  const targets: Target[] = options.targets.map(endpoint => ({ endpoint, socket: null, trouble: null }));
  const retries = new Map<Target, Cancel>();
  let isClosed = false;
  let sent = 0;
  /** Messages that no target could be given. */
  let lost = 0;

  async function dial(target: Target): Promise<void> {
    const { address, port } = target.endpoint;
    try {
      const socket = await wire.dial(target.endpoint, error => complain(target, meaningOf(error)));
      if (isClosed) return await socket.close();
      target.socket = socket;
    } catch (error) {
      complain(target, `${meaningOf(error as Error)}; trying again every ${RETRY_AFTER_MS / 1000} s`);
      if (isClosed) return;
      retries.set(
        target,
        clock.at(clock.now() + RETRY_AFTER_MS, () => void dial(target)),
      );
      return;
    }
    log.info({ address, port }, `sending OSC to ${address}:${port}`);
  }

  /** Said once per kind of trouble: a console that is switched off must not fill the log. */
  function complain(target: Target, text: string): void {
    const { address, port } = target.endpoint;
    if (target.trouble?.text !== text) log.warn({ address, port }, `OSC to ${address}:${port}: ${text}`);
    target.trouble = { text, at: clock.now() };
  }

  for (const target of targets) void dial(target);
  return {
    send(message, at) {
      const osc = toMessage(message);
      if (!isAddress(osc.address)) {
        log.warn(
          { address: osc.address },
          `not sent: "${osc.address}" is no OSC address (a slash, then no space and no #)`,
        );
        return false;
      }
      const bytes =
        options.bundles === 'none'
          ? encode(osc)
          : encodeBundle(osc, options.bundles === 'timed' ? host.unixMs(at) : null);
      for (const target of targets) target.socket?.send(target.endpoint, bytes);
      const hasLeft = targets.some(({ socket }) => socket !== null);
      if (hasLeft) sent++;
      else lost++;
      return hasLeft;
    },
    status() {
      const names = targets.map(({ endpoint }) => `${endpoint.address}:${endpoint.port}`).join(', ');
      const isShown = ({ trouble }: Target): boolean => trouble !== null && clock.now() - trouble.at < TROUBLE_SHOWN_MS;
      const trouble = targets.find(target => target.socket === null || isShown(target))?.trouble ?? null;
      const counts = `${sent} sent${lost === 0 ? '' : `, ${lost} not`}`;
      const text = `${names}, ${counts}${trouble === null ? '' : ` (${trouble.text})`}`;
      return { state: targets.every(({ socket }) => socket !== null) ? 'ready' : 'waiting', text };
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      for (const cancel of retries.values()) cancel();
      await Promise.all(targets.map(({ socket }) => socket?.close()));
    },
  };
}
