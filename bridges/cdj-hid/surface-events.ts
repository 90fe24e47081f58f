/** What comes from a surface, as plain data: hands at its controls, and its coming and going. */
import type { ControlEvent } from '../../src/core/surface-control.ts';
import type { InputId } from './controls/input-controls.ts';

/** A hand at a control that a player has. */
export type PlayerControl = ControlEvent & { readonly control: InputId };

export type SurfaceEvent =
  | PlayerControl
  /** It is logged in: it reports its controls, and shows what it is told. */
  | {
      readonly kind: 'surface.found';
      readonly surface: string;
      readonly product: string;
      readonly firmware: string | null;
    }
  /** It is gone; what was held has been released. */
  | { readonly kind: 'surface.lost'; readonly surface: string; readonly why: string };

/** Something the operator should read. */
export interface SurfaceNote {
  readonly level: 'info' | 'warn';
  readonly text: string;
  readonly facts: Readonly<Record<string, unknown>>;
}
