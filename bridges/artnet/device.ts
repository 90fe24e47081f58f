/** One receiver of Art-Net timecode: opens the way to it, hands over how timecode goes on, tries again. Decides nothing. */
import type { Host, OpenBridge } from '../../src/bridge.ts';
import type { Anchor } from '../../src/core/anchor.ts';
import type { Cancel, Ms } from '../../src/core/clock.ts';
import { TROUBLE_SHOWN_MS } from '../../src/network-errors.ts';
import { countsText, type StreamCounts } from '../../src/timed/lateness.ts';
import type { TimedPort } from '../../src/timed/port.ts';
import { isRunning, locatedAgain } from '../../src/timed/standing.ts';
import type { ArtnetRequest, OpenArtnetPort } from './port.ts';

export interface ArtnetDeviceOptions extends ArtnetRequest {
  /** How much earlier timecode is sent; below 0: later. */
  readonly latencyMs: Ms;
}

/** After this a receiver that could not be reached is tried again. */
const AGAIN_AFTER_MS: Ms = 5000;

/** A way to the receiver from the moment it is asked for until it is given up. */
interface Held {
  readonly port: TimedPort;
  isReady: boolean;
  counts: StreamCounts | null;
}

export function openArtnet(options: ArtnetDeviceOptions, host: Host, openPort: OpenArtnetPort): OpenBridge {
  const { clock, log } = host;
  const name = `${options.host}:${options.port}`;
  let held: Held | null = null;
  /** How timecode goes on, moved by the latency, whether the way is there or not. */
  let standing: Anchor | null = null;
  let trouble: { readonly text: string; readonly at: Ms } | null = null;
  let isClosed = false;
  let cancelAgain: Cancel = () => {};

  function connect(): void {
    const port = openPort(options, host, {
      opened: () => held === mine && begin(mine),
      troubled: reason => held === mine && complain(reason),
      failed: reason => held === mine && lose(reason),
      counted(counts) {
        mine.counts = counts;
      },
    });
    const mine: Held = { port, isReady: false, counts: null };
    held = mine;
  }

  function begin(mine: Held): void {
    mine.isReady = true;
    trouble = null;
    log.info({ to: name }, `Art-Net timecode goes to ${name}`);
    const anchor = standing === null ? null : locatedAgain(standing, clock.now());
    if (anchor !== null) mine.port.run(anchor);
    host.ready();
  }

  function lose(reason: string): void {
    held = null;
    complain(`${reason}; tried again every ${AGAIN_AFTER_MS / 1000} s`);
    cancelAgain = clock.at(clock.now() + AGAIN_AFTER_MS, connect);
  }

  /** Said once per kind of trouble: a receiver that is switched off must not fill the log. */
  function complain(text: string): void {
    if (text !== trouble?.text) log.warn({ to: name }, `Art-Net to ${name}: ${text}`);
    trouble = { text, at: clock.now() };
  }

  connect();
  return {
    send: () => false,
    run(anchor) {
      standing = { ...anchor, from: anchor.from - options.latencyMs };
      if (held?.isReady === true) held.port.run(standing);
    },
    release() {}, // it carries timecode alone, and that runs on
    status() {
      if (held === null || !held.isReady) return { state: 'waiting', text: trouble?.text ?? `opening ${name}` };
      const doubt = trouble !== null && clock.now() - trouble.at < TROUBLE_SHOWN_MS ? ` (${trouble.text})` : '';
      return { state: 'ready', text: `${name}, ${timecodeText(standing, held.counts)}${doubt}` };
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      cancelAgain();
      const last = held;
      held = null;
      await last?.port.close();
    },
  };
}

function timecodeText(standing: Anchor | null, counts: StreamCounts | null): string {
  if (standing === null || standing.join === 'silence') return 'silent';
  if (!isRunning(standing)) return 'timecode stands';
  const punctual = counts === null ? null : countsText(counts);
  return punctual === null ? 'timecode runs' : `timecode runs, ${punctual}`;
}
