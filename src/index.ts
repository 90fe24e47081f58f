/** The public surface; all else is internal and may change. */
export { BRIDGES } from '../bridges/index.ts';
export type { Bridge, BridgeStatus, Host, OpenBridge } from './bridge.ts';
export { type Clock, type Ms, type Stamp, type VirtualClock, virtualClock } from './core/clock.ts';
export type { Input, ShowEvent } from './core/events.ts';
export type { Intent } from './core/intents.ts';
export { type Position, positionAt } from './core/position.ts';
export type { Profile } from './core/profile.ts';
export { memoryNetwork } from './memory-wire.ts';
export { type OpenShow, openShow, type ShowSetup } from './open-show.ts';
export { type Loaded, loadProfile } from './profile/load.ts';
export { liveClock } from './shell/live-clock.ts';
export { liveWire } from './shell/live-wire.ts';
export type { Wire } from './wire.ts';
