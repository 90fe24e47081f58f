/** What has been sent to the unit and its network, held against what may be sent. */
import { expect } from 'vitest';
import { decode } from '../../../../bridges/opus-quad/codec.ts';
import { BUDGET_PER_SECOND } from '../../../../bridges/opus-quad/session/session-draft.ts';
import type { Ms } from '../../../../src/core/clock.ts';

export interface SentPacket {
  readonly at: Ms;
  readonly port: number;
  readonly bytes: Uint8Array;
}

/** In no second more leave than the budget allows. @param times when each left, rising */
export function expectWithinBudget(times: readonly Ms[]): void {
  for (const [i, at] of times.entries()) {
    expect((times[i + BUDGET_PER_SECOND] ?? Infinity) - at).toBeGreaterThanOrEqual(1000 - 1e-6);
  }
}

/** How many of each kind were sent, all within the budget and none with another device number than ours. */
export function countedKinds(sent: readonly SentPacket[], ourNumber: number): ReadonlyMap<string, number> {
  const kinds = new Map<string, number>();
  for (const { port, bytes } of sent) {
    const decoded = decode({ port }, bytes);
    if (!decoded.ok || decoded.packet === null) throw new Error('sent something nobody can read');
    const { packet } = decoded;
    kinds.set(packet.kind, (kinds.get(packet.kind) ?? 0) + 1);
    if ('number' in packet) expect(packet.number).toBe(ourNumber);
  }
  expectWithinBudget(sent.map(({ at }) => at));
  return kinds;
}
