/** What a bridge may use of the world, in a test. */
import { type BridgeHost, NO_VIEW } from '../../src/bridge.ts';
import type { Clock } from '../../src/core/clock.ts';
import { packetTap } from '../../src/live/packet-tap.ts';
import { memoryNetwork } from '../../src/network/memory-network.ts';
import type { Network } from '../../src/network/network.ts';

export interface TestHost {
  readonly host: BridgeHost;
  /** What the bridge has logged, at whatever level. */
  readonly log: readonly string[];
  /** How often it has said that it can send again. */
  readied(): number;
}

const LOOPBACK = { name: 'lo', address: '127.0.0.1', netmask: '255.0.0.0', mac: '00:00:00:00:00:00' };

/**
 * @param network one on which nobody else is, for a bridge that meets nobody by it
 * @param emit told of each event
 */
export function testHost(
  clock: Clock,
  network: Network = memoryNetwork(clock).host(LOOPBACK),
  emit: BridgeHost['emit'] = () => {},
): TestHost {
  const log: string[] = [];
  const say = (_: unknown, text: string): void => void log.push(text);
  let readied = 0;
  const host: BridgeHost = {
    clock,
    network,
    log: { info: say, warn: say, error: say },
    hears: true,
    needs: { phrases: true, beats: true, positions: false, phrasesKnownBy: null },
    unixMs: at => at,
    packets: packetTap(),
    view: NO_VIEW,
    emit,
    ready: () => void readied++,
    lost() {},
  };
  return { host, log, readied: () => readied };
}
