/** An intent on its last step: to the bridge that it is for. */
import type { OpenBridge } from '../bridge.ts';
import type { Ms } from '../core/clock.ts';
import type { Intent } from '../core/engine/intents.ts';
import type { Filled } from '../core/rules/template.ts';

/** Path from the engine to a bridge that is open. */
export interface OutputPath {
  readonly bridge: OpenBridge;
  /** Message in which this kind of bridge says a fact of the state feed. */
  readonly feedMessage: (intent: Extract<Intent, { kind: 'tell' }>) => Filled | null;
}

/** @returns false: nothing could leave */
export function deliver(intent: Intent, { bridge, feedMessage }: OutputPath, at: Ms): boolean {
  switch (intent.kind) {
    case 'run':
      bridge.timecode(intent.anchor);
      return true;
    case 'tick':
      bridge.clock(intent.anchor);
      return true;
    case 'release':
      bridge.release();
      return true;
    case 'tell': {
      const message = feedMessage(intent);
      return message !== null && bridge.send(message, at);
    }
    case 'show':
      return bridge.send(intent.shown, at);
    case 'tempo':
    case 'follow':
      return bridge.send(intent.message, at);
    default:
      return bridge.send(intent.message, intent.trueTime);
  }
}
