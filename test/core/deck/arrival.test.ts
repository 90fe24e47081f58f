/** How a report came, by nothing but when it came and what came before it. */
import { describe, expect, it } from 'vitest';
import {
  type Arrival,
  arrivalOf,
  POSITION_SPACING,
  RASTER_SPACING,
  type Spacing,
  STATUS_SPACING,
} from '../../../src/core/deck/arrival.ts';
import { stampAt } from '../core-samples.ts';

interface Come {
  readonly spacing?: Spacing;
  readonly isAfterLoss?: boolean;
  readonly tellsLateMs?: number;
}

const come = (last: Arrival | null, at: number, { spacing = STATUS_SPACING, ...rest }: Come = {}): Arrival =>
  arrivalOf(last, stampAt(at), { spacing, usualDelayMs: 10, isAfterLoss: false, tellsLateMs: 0, ...rest });

describe('a report that comes in its turn', () => {
  const first = come(null, 1000);

  it('left when it came, as long as none is overdue: statuses leave every 198 to 202 ms and are 0 to 10 ms on their way', () => {
    for (const at of [1063, 1150, 1190, 1200, 1212]) {
      expect(come(first, at)).toMatchObject({ stamp: stampAt(at), isHeldUp: false, heldSince: null });
    }
  });

  it('shows by how much it was later than the one before, and one that came sooner shows nothing', () => {
    expect(come(first, 1200).deviationMs).toBe(0);
    expect(come(first, 1207).deviationMs).toBe(7);
    expect(come(first, 1350).deviationMs).toBe(150);
    expect(come(first, 1351).deviationMs).toBeNull();
    expect(come(first, 1199).deviationMs).toBeNull();
    expect(come(first, 1207, { isAfterLoss: true }).deviationMs).toBeNull();
  });

  it('after a lost one is overdue only when the next but one was', () => {
    expect(come(first, 1414, { isAfterLoss: true }).isHeldUp).toBe(false);
    expect(come(first, 1415, { isAfterLoss: true }).isHeldUp).toBe(true);
  });

  it('shows no backlog, but for the first one, of which nobody knows', () => {
    expect(come(first, 1200).backlogMs).toBe(0);
    expect(first.backlogMs).toBe(3000);
    expect(come(first, 4001)).toMatchObject({ stamp: stampAt(4001), isHeldUp: false, backlogMs: 3000 });
    expect(come(first, 4000).isHeldUp).toBe(true);
  });
});

describe('a report that was held up', () => {
  const first = come(null, 1000);
  const held = come(first, 1600);

  it('comes when it was long due: it left any time since the last one', () => {
    expect(come(first, 1213)).toMatchObject({ isHeldUp: true, lateMs: 11, heldSince: 1213 });
    expect(held).toMatchObject({ stamp: { notBefore: 1060, at: 1600 }, lateMs: 398, backlogMs: 540, heldSince: 1600 });
  });

  it('is followed by others, each of which left at least as much later as reports are apart', () => {
    const second = come(held, 1602);
    expect(second).toMatchObject({
      stamp: { notBefore: 1120, at: 1602 },
      lateMs: 198,
      isHeldUp: true,
      heldSince: 1600,
    });
    expect(second.backlogMs).toBe(540);
    const onRaster = come(come(first, 1600, { spacing: RASTER_SPACING }), 1602, { spacing: RASTER_SPACING });
    expect(onRaster.stamp).toEqual({ notBefore: 1392, at: 1602 });
  });

  it('may be followed by portions of what was held up with it for half a second, and then by what comes in its turn', () => {
    const portion = come(held, 1750);
    expect(portion.isHeldUp).toBe(true);
    expect(come(portion, 2099).isHeldUp).toBe(true);
    expect(come(portion, 1950).isHeldUp).toBe(true);
    const later = come(come(portion, 1950), 2150);
    expect(later).toMatchObject({ stamp: stampAt(2150), isHeldUp: false, heldSince: null, backlogMs: 0 });
    expect(come(come(portion, 1950), 2100).isHeldUp).toBe(false);
    // Quick ones alone do not go on with it: where each is delayed by itself, some always come soon after another.
    expect(come(come(portion, 2090), 2180).isHeldUp).toBe(false);
  });

  it('is known by what it tells as well', () => {
    expect(come(first, 1200, { tellsLateMs: 10 }).isHeldUp).toBe(false);
    expect(come(first, 1200, { tellsLateMs: 11 })).toMatchObject({ isHeldUp: true, lateMs: 11 });
  });

  it('does not leave later than the program itself can say', () => {
    const busy = { notBefore: 1050, at: 1600 };
    const context = { spacing: STATUS_SPACING, usualDelayMs: 10, isAfterLoss: false, tellsLateMs: 0 };
    expect(arrivalOf(first, busy, context).stamp).toEqual(busy);
    const little = { notBefore: 1100, at: 1190 };
    expect(arrivalOf(first, little, context).stamp).toEqual(little);
  });

  it('is overdue sooner where reports are closer together', () => {
    const position = come(null, 1000, { spacing: POSITION_SPACING });
    expect(come(position, 1043, { spacing: POSITION_SPACING }).isHeldUp).toBe(false);
    expect(come(position, 1044, { spacing: POSITION_SPACING })).toMatchObject({ isHeldUp: true, lateMs: 11 });
  });
});
