import { describe, expect, it } from 'vitest';
import { PANEL } from '../../../bridges/cdj-hid/controls/panel.ts';
import { cdjHidBridge } from '../../../bridges/cdj-hid/index.ts';

const spots = Object.entries(PANEL.spots);

describe('the panel of a CDJ', () => {
  it('has a place for each control that can be bound, and for no other', () => {
    const bindable = Object.keys({
      ...cdjHidBridge.controls?.buttons,
      ...cdjHidBridge.controls?.wheels,
      ...cdjHidBridge.controls?.values,
    });
    expect(spots.map(([id]) => id).sort()).toEqual(bindable.sort());
  });

  it('holds them all, and none lies on another', () => {
    for (const [id, a] of spots) {
      expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= PANEL.width && a.y + a.height <= PANEL.height, id).toBe(true);
      for (const [other, b] of spots) {
        if (id >= other) continue;
        const isApart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(isApart, `${id} and ${other}`).toBe(true);
      }
    }
  });
});
