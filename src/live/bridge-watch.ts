/** Bridges whose state somebody shows: looked at now and then, and told to the show when it is another. */
import type { Cancel, Clock, Ms } from '../core/clock.ts';
import type { Engine } from './engine.ts';
import type { NamedStatus } from './open-bridges.ts';

const LOOK_EVERY_MS: Ms = 200;

export interface BridgeWatch {
  /** Begins to look, or looks again: another profile may show other bridges. */
  look(): void;
  end(): void;
}

export function watchBridges(engine: Engine, status: () => readonly NamedStatus[], clock: Clock): BridgeWatch {
  const told = new Map<string, boolean>();
  let cancel: Cancel = () => {};
  function look(): void {
    cancel();
    const names = bridgesShown(engine);
    if (names.size === 0) return;
    for (const { name, state } of status()) {
      const isReady = state === 'ready';
      if (!names.has(name) || told.get(name) === isReady) continue;
      told.set(name, isReady);
      const at = clock.now();
      engine.emit(name, { kind: 'bridge.state', bridge: name, isReady }, { notBefore: at, at });
    }
    cancel = clock.at(clock.now() + LOOK_EVERY_MS, look);
  }
  return { look, end: () => cancel() };
}

/** `bridge.console.isReady`, wherever it is read. */
const bridgesShown = (engine: Engine): ReadonlySet<string> =>
  new Set(
    engine
      .program()
      .readings.flatMap(({ ofShow }) =>
        ofShow.flatMap(path => (path.startsWith('bridge.') ? [path.split('.')[1] ?? ''] : [])),
      ),
  );
