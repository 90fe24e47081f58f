/** Expressions that the lamps and the screen of a surface read, worked out once per profile. */
import type { Expression } from '../rules/expression.ts';
import { factAt, isShowRoot } from '../rules/show-facts.ts';
import { isTemplate } from '../rules/template.ts';
import type { LampEntry, ScreenEntry, SurfaceEntry } from './surface-entry.ts';

export interface SurfaceReading {
  readonly surface: SurfaceEntry;
  /** First parts of the facts of decks. */
  readonly roots: readonly string[];
  /** Paths of facts of the show. */
  readonly ofShow: readonly string[];
  /** Some of it moves with the playhead. */
  readonly moves: boolean;
  readonly pulses: boolean;
}

/** null: nothing is shown on it. */
export function readingOf(surface: SurfaceEntry): SurfaceReading | null {
  const { lamps, screen } = surface;
  if (lamps.size === 0 && screen === null) return null;
  const expressions = [...[...lamps.values()].flatMap(inLamp), ...(screen === null ? [] : inScreen(screen))];
  const facts = new Set(expressions.flatMap(each => [...each.facts]));
  const roots = new Set(expressions.flatMap(each => [...each.roots]).filter(root => !isShowRoot(root)));
  return {
    surface,
    roots: [...roots],
    ofShow: [...facts].filter(path => isShowRoot(path.split('.', 1)[0] ?? '')),
    moves: [...facts].some(path => factAt(path)?.changes === 'position'),
    pulses: [...lamps.values()].some(({ pulse }) => pulse !== null),
  };
}

const inLamp = ({ on, blink, pulse }: LampEntry): readonly Expression[] =>
  [on, blink, pulse].filter(each => each !== null);

export const inScreen = ({ rows, time, fields }: ScreenEntry): readonly Expression[] =>
  [...fields.values(), ...(rows?.kind === 'texts' ? rows.texts : []), ...(time?.kind === 'value' ? [time.value] : [])]
    .flatMap(text => (isTemplate(text) ? text.template : []))
    .filter(part => typeof part !== 'string');
