/** A session and a simulated player on one virtual clock, cable and all. */
import type { SurfaceOutput } from '../../../bridges/cdj-hid/output-state.ts';
import { USUAL_QUIRKS } from '../../../bridges/cdj-hid/quirks.ts';
import { type SurfaceInput, type SurfaceVerdict, stepSurface } from '../../../bridges/cdj-hid/session.ts';
import { openSurface, type SurfaceOptions, type SurfaceState } from '../../../bridges/cdj-hid/session-state.ts';
import {
  openPlayer,
  type PlayerAct,
  type PlayerInput,
  type PlayerOptions,
  stepPlayer,
} from '../../../bridges/cdj-hid/simulator/player.ts';
import { USUAL_PLAYER } from '../../../bridges/cdj-hid/simulator/player-options.ts';
import type { SurfaceEvent } from '../../../bridges/cdj-hid/surface-events.ts';
import { type Cancel, virtualClock } from '../../../src/core/clock.ts';
import { bytesOf } from './capture-samples.ts';

export const USUAL_SURFACE: SurfaceOptions = {
  surface: 'booth',
  login: 'rekordbox',
  quirks: USUAL_QUIRKS,
  longTime: 'hour-in-title',
  seed: bytesOf('02664E6EA8E7A2CB'),
};

export interface SentPacket {
  readonly at: number;
  readonly bytes: Uint8Array;
}

export function surfaceRig(options: Partial<SurfaceOptions> = {}, player: Partial<PlayerOptions> = {}) {
  const clock = virtualClock();
  let state: SurfaceState = openSurface({ ...USUAL_SURFACE, ...options }, 0);
  let simulated = openPlayer({ ...USUAL_PLAYER, ...player }, 0);
  const sent: SentPacket[] = [];
  const events: (SurfaceEvent & { readonly at: number })[] = [];
  const notes: string[] = [];
  const verdicts: SurfaceVerdict[] = [];
  let isPlugged = false;
  let cancelWake: Cancel = () => {};
  let cancelPlayer: Cancel = () => {};
  /** Packets to the session are held back while it is busy. */
  let busy: Uint8Array[] | null = null;

  function feed(input: SurfaceInput): void {
    const at = clock.now();
    const stepped = stepSurface(state, input, at);
    state = stepped.state;
    cancelWake();
    cancelWake = stepped.wakeAt === null ? () => {} : clock.at(stepped.wakeAt, () => busy ?? feed({ kind: 'wake' }));
    events.push(...stepped.events.map(event => ({ ...event, at })));
    notes.push(...stepped.notes.map(({ text }) => text));
    const { verdict } = stepped;
    if (verdict.kind !== 'go-on') verdicts.push(verdict);
    if (verdict.kind === 'rest') clock.at(at + verdict.ms, () => isPlugged && feed({ kind: 'opened' }));
    for (const bytes of stepped.send) {
      sent.push({ at, bytes });
      feedPlayer({ kind: 'written', packet: bytes });
    }
  }

  function feedPlayer(input: PlayerInput): void {
    const stepped = stepPlayer(simulated, input, clock.now());
    simulated = stepped.player;
    cancelPlayer();
    cancelPlayer = stepped.wakeAt === null ? () => {} : clock.at(stepped.wakeAt, () => feedPlayer({ kind: 'wake' }));
    for (const bytes of stepped.send) {
      if (!isPlugged) continue;
      if (busy !== null) busy.push(bytes);
      else clock.at(clock.now(), () => feed({ kind: 'report', bytes, notBefore: clock.now() }));
    }
  }

  feedPlayer({ kind: 'wake' });
  return {
    clock,
    sent,
    events,
    notes,
    verdicts,
    feed,
    feedPlayer,
    state: () => state,
    player: () => simulated,
    plug() {
      isPlugged = true;
      feed({ kind: 'opened' });
    },
    unplug() {
      isPlugged = false;
      feed({ kind: 'gone', why: 'it has been unplugged' });
    },
    act: (act: PlayerAct) => feedPlayer({ kind: 'act', act }),
    show: (output: SurfaceOutput) => feed({ kind: 'show', output }),
    pass: (ms: number) => clock.advance(ms),
    /** The program is busy for so long: what comes waits, and then comes at once; its own timers come first. */
    stall(ms: number) {
      const from = clock.now();
      busy = [];
      clock.advance(ms);
      const waiting = busy;
      busy = null;
      feed({ kind: 'wake' });
      for (const bytes of waiting) feed({ kind: 'report', bytes, notBefore: from });
    },
    gestures: () => events.flatMap(event => (event.kind === 'control' ? [`${event.control} ${event.gesture}`] : [])),
    kinds: () => events.map(({ kind }) => kind),
  };
}

export type SurfaceRig = ReturnType<typeof surfaceRig>;
