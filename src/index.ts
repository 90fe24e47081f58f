/** The public surface; all else is internal and may change. */
export { BRIDGES } from '../bridges/index.ts';
export type { Bridge, BridgeHost, BridgeStatus, OpenBridge } from './bridge.ts';
export { type Clock, type Ms, type Stamp, type VirtualClock, virtualClock } from './core/clock.ts';
export { type Position, positionAt } from './core/deck/position.ts';
export type { Intent } from './core/engine/intents.ts';
export type { Input, ShowEvent } from './core/events.ts';
export type { Profile } from './core/profile.ts';
export { liveClock } from './live/live-clock.ts';
export { liveNetwork } from './live/live-network.ts';
export { type OpenShow, openShow, type ShowSetup } from './live/open-show.ts';
export { memoryNetwork } from './network/memory-network.ts';
export type { Network } from './network/network.ts';
export { type Loaded, loadProfile } from './profile/load.ts';
