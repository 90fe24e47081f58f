/** Packets of the unit on their way from the bridge that hears it to those that pass them on. */
import type { PacketTap, UnitPacket } from '../bridge.ts';

export function packetTap(): PacketTap {
  const listeners = new Set<(packet: UnitPacket) => void>();
  return {
    heard(packet) {
      for (const listener of listeners) listener(packet);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
