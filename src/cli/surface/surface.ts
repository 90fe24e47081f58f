/** `decklight surface`: what each control of the profile's surfaces does, as text and as a drawing. */
import { writeFileSync } from 'node:fs';
import type { Bridge } from '../../bridge.ts';
import type { Profile } from '../../core/profile.ts';
import type { SurfaceEntry } from '../../core/surfaces/surface-entry.ts';
import { whyUnwritable } from '../../files/file-errors.ts';
import { readProfile } from '../../files/profile-file.ts';
import { didYouMean } from '../../text/did-you-mean.ts';
import type { ProfileContext } from '../command-line/profile-context.ts';
import { speaker } from '../command-line/step-text.ts';
import { type BoundControl, boundControls } from './bound-controls.ts';
import { surfaceDrawing } from './surface-drawing.ts';

export interface SurfaceCommandOptions {
  /** File for the drawing; null: text alone. */
  readonly svg: string | null;
  /** Name of the surface; null: all as text, and the one that there is as a drawing. */
  readonly of: string | null;
}

/** @returns the exit code: 0 done, 1 the drawing could not be written, 2 the profile or an option is wrong */
export async function surfaceCommand(
  file: string,
  { svg, of }: SurfaceCommandOptions,
  { out, bridges, library }: ProfileContext,
): Promise<number> {
  const { profile, lines } = readProfile(file, bridges, library);
  for (const line of lines) out.error(line);
  if (profile === null) return 2;
  const names = profile.surfaces.map(({ bridge }) => bridge);
  const chosen = profile.surfaces.filter(({ bridge }) => of === null || bridge === of);
  const [first] = chosen;
  if (first === undefined) {
    const known = names.length === 0 ? 'nothing stands under controls: yet' : `there are: ${names.join(', ')}`;
    const wanted = of === null ? 'no surface is used' : `no surface is called "${of}"${didYouMean(of, names)}`;
    out.error(`${file}: error: ${wanted}; ${known}`);
    return 2;
  }
  for (const entry of chosen) {
    for (const line of surfaceText(entry, boundAt(entry, profile, bridges))) out.line(line);
  }
  if (svg === null) return 0;
  if (chosen.length > 1) {
    out.error(`--svg: one drawing is of one surface; write --of ${names.join(' or --of ')}`);
    return 2;
  }
  const controls = kindOf(first, profile, bridges)?.controls ?? null;
  if (controls?.panel == null) {
    out.error(`--svg: nobody has drawn the surface of ${first.bridge} yet`);
    return 2;
  }
  const { panel } = controls;
  const bound = boundAt(first, profile, bridges);
  try {
    writeFileSync(svg, surfaceDrawing({ title: `${profile.name} · ${first.bridge}`, controls, panel, bound }));
  } catch (error) {
    out.error(`${svg}: error: ${whyUnwritable(error)}`);
    return 1;
  }
  out.line(`wrote ${svg}`);
  return 0;
}

function kindOf({ bridge }: SurfaceEntry, profile: Profile, kinds: readonly Bridge[]): Bridge | null {
  const type = profile.bridges.find(({ name }) => name === bridge)?.type;
  return kinds.find(kind => kind.type === type) ?? null;
}

function boundAt(entry: SurfaceEntry, profile: Profile, kinds: readonly Bridge[]): readonly BoundControl[] {
  const controls = kindOf(entry, profile, kinds)?.controls ?? null;
  return controls === null ? [] : boundControls(entry, controls, speaker(profile, kinds));
}

/** The surface's name, then a line for each gesture. */
function surfaceText({ bridge }: SurfaceEntry, bound: readonly BoundControl[]): readonly string[] {
  const width = Math.max(0, ...bound.map(({ label }) => label.length));
  const gestureWidth = Math.max(0, ...bound.flatMap(({ gestures }) => gestures.map(({ gesture }) => gesture.length)));
  return [
    bridge,
    ...bound.flatMap(({ label, gestures }) =>
      gestures.map(
        ({ gesture, does }, i) => `  ${(i === 0 ? label : '').padEnd(width)}  ${gesture.padEnd(gestureWidth)}  ${does}`,
      ),
    ),
  ];
}
