/** Values of an action (`booth: { play-led: on, bpm: "${master.tempoBpm}" }`) as what a surface shows. */
import type { Filled } from '../../src/core/rules/template.ts';
import type { BrowseRow } from './codec.ts';
import { OUTPUT_IDS, type OutputId, outputControl } from './controls/output-controls.ts';
import { outputNamed, type RunningTime, type ShownValue } from './output-state.ts';

const TRUTHS: Readonly<Record<string, boolean>> = {
  on: true,
  true: true,
  yes: true,
  off: false,
  false: false,
  no: false,
};

/** A row as an action has it, a text, or as the show has it. */
function rowOf(row: Filled): BrowseRow {
  const usual: BrowseRow = { text: '', color: 'white', icon: 'none', isSelected: false };
  return isRecord(row) ? { ...usual, ...(row as Partial<BrowseRow>) } : { ...usual, text: String(row) };
}

const isRecord = (value: Filled): value is { readonly [key: string]: Filled } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

/** A value as the output of that name takes it: `on` of a switch is true, digits of a time are a number. */
export function shownOf(name: string, value: Filled): ShownValue | readonly BrowseRow[] {
  const id = outputNamed(name);
  if (isRecord(value)) return value as unknown as RunningTime;
  if (id === 'rows') return Array.isArray(value) ? value.map(rowOf) : [];
  const kind = id !== null && isOutput(id) ? outputControl(id).kind : null;
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  const plain = isPlain ? value : String(value);
  if (typeof plain !== 'string') return kind === null && id !== 'bpm' ? String(plain) : plain;
  if (kind === 'light' || kind === 'switch') {
    return plain === 'blink' || plain === 'pulse' ? plain : (TRUTHS[plain] ?? plain);
  }
  return kind === 'time' || kind === 'number' || id === 'bpm' ? Number(plain) : plain;
}

const isOutput = (id: string): id is OutputId => (OUTPUT_IDS as readonly string[]).includes(id);
