/** Lines of a line check: some bridges of a profile, opened without a show. */
import { type Bridge, type BridgeHost, NO_VIEW, type OpenBridge } from '../../bridge.ts';
import type { Clock, Ms } from '../../core/clock.ts';
import type { BridgeEntry } from '../../core/profile.ts';
import { liveNetwork } from '../../live/live-network.ts';
import { packetTap } from '../../live/packet-tap.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Time that a bridge gets to be ready. */
const READY_WITHIN_MS: Ms = 3000;
const LOOK_EVERY_MS: Ms = 20;

export const waitFor = (clock: Clock, ms: Ms): Promise<void> => new Promise(done => clock.at(clock.now() + ms, done));

export interface TestedLine {
  readonly entry: BridgeEntry;
  readonly kind: Bridge;
  readonly bridge: OpenBridge;
  /** Number of its complaints so far; each was said. */
  complaints(): number;
}

export interface LineSetup {
  readonly bridges: readonly Bridge[];
  readonly clock: Clock;
  readonly out: Terminal;
}

/** Opens some bridges of a profile and gives them time to be ready. */
export async function openLines(
  entries: readonly BridgeEntry[],
  { bridges, clock, out }: LineSetup,
): Promise<readonly TestedLine[]> {
  const network = liveNetwork(clock);
  const lines = entries.flatMap((entry): TestedLine[] => {
    const kind = bridges.find(({ type }) => type === entry.type);
    const unixMs = (at: Ms): number => Date.now() + (at - clock.now());
    let complaints = 0;
    const complain = (_: unknown, text: string): void => {
      complaints++;
      out.error(text);
    };
    const host: BridgeHost = {
      clock,
      network,
      log: { info() {}, warn: complain, error: complain },
      unixMs,
      packets: packetTap(),
      view: NO_VIEW,
      emit() {},
      hears: false,
      needs: { phrases: true, beats: true, positions: false, phrasesKnownBy: null },
      ready() {},
      lost() {},
    };
    if (kind === undefined) return [];
    return [{ entry, kind, bridge: kind.open(entry.name, entry.options, host), complaints: () => complaints }];
  });
  const isReady = ({ bridge }: TestedLine): boolean => bridge.status().state === 'ready';
  for (let waited = 0; waited < READY_WITHIN_MS && !lines.every(isReady); waited += LOOK_EVERY_MS) {
    await waitFor(clock, LOOK_EVERY_MS);
  }
  return lines;
}

/** A bridge that did not take what it was given says why in its status. */
export const whyNotThere = ({ entry, bridge }: TestedLine): string =>
  `${entry.name} is not there: ${bridge.status().text}`;
