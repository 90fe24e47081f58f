/**
 * One player by HID: looks for it, opens it, carries reports to and from the session, and wakes it. Decides nothing.
 *
 * A player that is lost is looked for again, under whatever path it comes back.
 */
import type { BridgeHost, OpenBridge } from '../../src/bridge.ts';
import type { Cancel, Ms, Stamp } from '../../src/core/clock.ts';
import { type HidLink, isHeld, openHidLink } from './hid-link.ts';
import { choosePlayer, type HidSystem, type ListedPlayer, type MeantPlayer, playerText } from './hid-port.ts';
import type { SurfaceOutput } from './output-state.ts';
import { hearAgain, type SurfaceInput, type SurfaceVerdict, stepSurface } from './session.ts';
import { describeSurface, openSurface, type SurfaceOptions, type SurfaceState } from './session-state.ts';
import type { SurfaceEvent } from './surface-events.ts';

/** How often players are looked for: one that is plugged in is used within this time. */
const LOOK_EVERY_MS: Ms = 500;

export interface CdjDeviceOptions extends SurfaceOptions, MeantPlayer {}

export interface OpenCdj extends Pick<OpenBridge, 'status' | 'close'> {
  /** What it is to show from now on. */
  show(output: SurfaceOutput): void;
  /** Somebody is logged in to it now. */
  isReady(): boolean;
}

/** Where events go: each with when it reached us. */
export type DeliverSurface = (event: SurfaceEvent, stamp: Stamp) => void;

/** A player that is looked for or open. */
interface CdjRun {
  readonly options: CdjDeviceOptions;
  readonly host: Pick<BridgeHost, 'clock' | 'log'>;
  readonly load: () => Promise<HidSystem>;
  readonly deliver: DeliverSurface;
  /** Paths of devices that are of another kind; forgotten when they are unplugged. */
  readonly refused: Set<string>;
  state: SurfaceState;
  system: HidSystem | null;
  link: HidLink | null;
  trouble: string | null;
  isClosed: boolean;
  cancelLook: Cancel;
  cancelWake: Cancel;
}

export function openCdj(
  options: CdjDeviceOptions,
  host: Pick<BridgeHost, 'clock' | 'log'>,
  load: () => Promise<HidSystem>,
  deliver: DeliverSurface,
): OpenCdj {
  const run: CdjRun = {
    options,
    host,
    load,
    deliver,
    refused: new Set(),
    state: openSurface(options, host.clock.now()),
    system: null,
    link: null,
    trouble: null,
    isClosed: false,
    cancelLook: () => {},
    cancelWake: () => {},
  };
  void look(run);
  return {
    show(output) {
      if (!run.isClosed) feed(run, { kind: 'show', output }, stampNow(run));
    },
    isReady: () => describeSurface(run.state).isReady,
    status() {
      const { isReady, text } = describeSurface(run.state);
      if (run.link?.isOpen() !== true) return { state: 'waiting', text: run.trouble ?? 'looking for a player' };
      return { state: isReady ? 'ready' : 'waiting', text };
    },
    close: () => leave(run),
  };
}

const stampNow = ({ host }: CdjRun): Stamp => ({ notBefore: host.clock.now(), at: host.clock.now() });

function feed(run: CdjRun, input: SurfaceInput, stamp: Stamp): void {
  const { options, host, link } = run;
  const stepped = stepSurface(run.state, input, stamp.at);
  run.state = stepped.state;
  for (const { level, facts, text } of stepped.notes) {
    host.log[level]({ surface: options.surface, ...facts }, text);
  }
  run.cancelWake();
  const wake = (): void => feed(run, { kind: 'wake' }, stampNow(run));
  run.cancelWake = stepped.wakeAt === null || run.isClosed ? () => {} : host.clock.at(stepped.wakeAt, wake);
  link?.send(stepped.send);
  if (link !== null) obey(run, link, stepped.verdict);
  // Last: who hears of an event may have something to show at once.
  for (const event of stepped.events) tell(run, event, stamp);
}

function obey(run: CdjRun, link: HidLink, verdict: SurfaceVerdict): void {
  if (verdict.kind === 'go-on') return;
  if (verdict.kind === 'refuse') run.refused.add(link.player.path);
  link.close();
  run.link = null;
  lookAgain(run, verdict.kind === 'rest' ? verdict.ms : LOOK_EVERY_MS);
}

function tell({ host: { log }, deliver }: CdjRun, event: SurfaceEvent, stamp: Stamp): void {
  // The event itself stands in the log, for who reads it as JSON.
  if (event.kind === 'surface.found') log.info({ event }, `${event.product} is logged in`);
  if (event.kind === 'surface.lost') log.warn({ event }, `the player is lost, ${event.why}`);
  deliver(event, stamp);
}

/** Said once for each kind of trouble. */
function complain(run: CdjRun, text: string): void {
  const { surface } = run.options;
  if (text !== run.trouble) run.host.log.warn({ surface }, text);
  run.trouble = text;
}

function lookAgain(run: CdjRun, afterMs: Ms): void {
  const { clock } = run.host;
  run.cancelLook();
  if (!run.isClosed) run.cancelLook = clock.at(clock.now() + afterMs, () => void look(run));
}

async function look(run: CdjRun): Promise<void> {
  try {
    run.system ??= await run.load();
    const { system, refused, options } = run;
    const players = await system.list();
    for (const path of refused) if (!players.some(player => player.path === path)) refused.delete(path);
    if (run.isClosed || run.link !== null) return;
    const { player, text } = choosePlayer(players, options, ({ path }) => {
      if (refused.has(path)) return 'is of a kind that cannot be used; a CDJ-2000NXS2 or CDJ-3000 can';
      return isHeld(system, path) ? 'is used by another bridge of this profile' : null;
    });
    if (text !== null) complain(run, text);
    if (player !== null) return open(run, system, player);
  } catch (error) {
    complain(run, (error as Error).message);
  }
  lookAgain(run, LOOK_EVERY_MS);
}

function open(run: CdjRun, system: HidSystem, player: ListedPlayer): void {
  const { host, options } = run;
  const link = openHidLink(system, player, host.clock, {
    opened() {
      run.trouble = null;
      host.log.info({ surface: options.surface, ...player }, `opened ${playerText(player)}`);
      feed(run, { kind: 'opened' }, stampNow(run));
    },
    report(bytes, stamp) {
      const again = hearAgain(run.state, bytes, stamp.at);
      // What is due meanwhile is done by the timer, which stands.
      if (again !== null) run.state = again;
      else feed(run, { kind: 'report', bytes, notBefore: stamp.notBefore }, stamp);
    },
    failed(why) {
      if (run.link === link) run.link = null;
      if (run.isClosed) return;
      complain(run, `${playerText(player)}: ${why}; it is used again as soon as it can be`);
      feed(run, { kind: 'gone', why }, stampNow(run));
      lookAgain(run, LOOK_EVERY_MS);
    },
  });
  run.link = link;
}

async function leave(run: CdjRun): Promise<void> {
  if (run.isClosed) return;
  run.isClosed = true;
  run.cancelLook();
  feed(run, { kind: 'close' }, stampNow(run));
  run.cancelWake();
  await run.link?.drained();
  run.link?.close();
  run.link = null;
}
