/** Bindings of a profile at the controls of a surface, control by control, in words. Pure. */
import type { SurfaceControls } from '../../bridge.ts';
import type { RuleStep } from '../../core/rules/rule.ts';
import type { Bindings, ButtonEntry, SurfaceEntry, WheelEntry } from '../../core/surfaces/surface-entry.ts';
import type { Speaker } from '../command-line/step-text.ts';

export interface BoundControl {
  readonly control: string;
  /** As printed on the device. */
  readonly label: string;
  /** `press`, `long press`, `forward`, each with what it does. */
  readonly gestures: readonly { readonly gesture: string; readonly does: string }[];
}

/** Labels of all that can be bound, in the order of the surface's tables. */
export const controlLabels = ({ wheels, buttons, values }: SurfaceControls): Readonly<Record<string, string>> => ({
  ...wheels,
  ...buttons,
  ...Object.fromEntries(Object.entries(values).map(([id, { label }]) => [id, label])),
});

/** In the order of the surface's tables. */
export function boundControls(entry: SurfaceEntry, controls: SurfaceControls, speak: Speaker): readonly BoundControl[] {
  const doing = (gesture: string, steps: readonly RuleStep[] | null) =>
    steps === null || steps.length === 0
      ? []
      : [{ gesture, does: steps.map(step => shortened(speak(step))).join(', ') }];
  const buttonGestures = ({ press, waits, longPress, doublePress, release }: ButtonEntry) => [
    ...doing(waits ? 'press, after 300 ms' : longPress === null ? 'press' : 'short press', press),
    ...doing('long press', longPress),
    ...doing('double press', doublePress),
    ...doing('release', release),
  ];
  const wheelGestures = ({ forward, reverse }: WheelEntry) => [
    ...doing('forward', forward),
    ...doing('reverse', reverse),
  ];
  const labels = controlLabels(controls);
  const gesturesOf = (control: string, { buttons, wheels, values }: Bindings) => {
    const button = buttons.get(control);
    const wheel = wheels.get(control);
    return [
      ...(button === undefined ? [] : buttonGestures(button)),
      ...(wheel === undefined ? [] : wheelGestures(wheel)),
      ...doing('moved', values.get(control)?.do ?? null),
    ];
  };
  return Object.entries(labels).flatMap(([control, label]) => {
    const inLayers = entry.layers.flatMap(layer => [
      ...gesturesOf(control, layer).map(({ gesture, does }) => ({
        gesture: `with ${labels[layer.control] ?? layer.control}, ${gesture}`,
        does,
      })),
      ...(layer.control === control ? [{ gesture: 'held', does: `layer ${layer.name}` }] : []),
    ]);
    const gestures = [...gesturesOf(control, entry), ...inLayers];
    return gestures.length === 0 ? [] : [{ control, label, gestures }];
  });
}

/** A cue is known by its name. */
const shortened = (text: string): string => text.replace(/^fire /, '');
