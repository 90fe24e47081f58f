/** Report of a rehearsal: for people a few lines a finding, for machines one object. */
import { FINDINGS, isOfWeather } from '../../rehearsal/findings.ts';
import { showTime } from '../terminal/transcript.ts';
import type { Found, RehearsalReport } from './rehearsal-report.ts';

export interface RehearsalAsked {
  readonly file: string;
  readonly minutes: number;
  /** Evenings that were asked for. */
  readonly asked: number;
  readonly mode: string;
  readonly tracks: readonly string[];
  /** The options that play the same evening again, but for the seed. */
  readonly again: string;
}

export const namesText = ({ names }: Found): string => names.map(name => `"${name}"`).join(' and ');

export const countText = ({ kind, count, evenings }: Found): string =>
  kind === 'never' ? '' : `${count} time${count === 1 ? '' : 's'} in ${evenings} evening${evenings === 1 ? '' : 's'}`;

export function foundLines(found: Found, { file, again }: RehearsalAsked): readonly string[] {
  const { kind, line, text, example, seed, weather } = found;
  const place = line === null ? file : `${file}:${line}`;
  const first = `${FINDINGS[kind]}: ${namesText(found)}  ${place}`;
  if (example === null || seed === null) return [first, `    ${text}`];
  const where = example.deck === null ? '' : `deck ${example.deck}, `;
  const incident = example.incident === null ? '' : ` (${example.incident})`;
  return [
    `${first}  ${countText(found)}`,
    `    first at ${showTime(example.atMs)}: ${where}${text}${incident}; ${weather ?? ''}`,
    `    decklight rehearse ${again} --seed ${seed}`,
  ];
}

export function reportLines(report: RehearsalReport, asked: RehearsalAsked): readonly string[] {
  const { found, unreached, evenings, messages, moments } = report;
  const cut = evenings < asked.asked ? `, stopped before ${asked.asked}` : '';
  return [
    ...found.flatMap(each => foundLines(each, asked)),
    ...unreached.map(
      ({ rule, line, text }) => `not reached: "${rule}"  ${asked.file}${line === null ? '' : `:${line}`}: ${text}`,
    ),
    `SIMULATED: ${evenings} evenings of ${asked.minutes} min${cut}, ${asked.mode} mode, ${asked.tracks.length} tracks: ${moments} moments, ${messages} messages; ` +
      `${faultsText(report)}${found.some(isOfWeather) ? '; what the weather alone did stands last' : ''}`,
  ];
}

function faultsText({ found, evenings }: RehearsalReport): string {
  const faults = found.filter(each => !isOfWeather(each)).length;
  if (evenings === 0) return 'nothing was played';
  return faults === 0 ? 'nothing found' : faults === 1 ? '1 finding' : `${faults} findings`;
}

/** As docs/json.md promises it. */
export const rehearsalJson = (report: RehearsalReport, asked: RehearsalAsked) => ({
  ...{ file: asked.file, evenings: report.evenings, minutes: asked.minutes, mode: asked.mode, tracks: asked.tracks },
  ...{ moments: report.moments, messages: report.messages },
  findings: report.found.map(({ kind, names, count, evenings, seed, weather, example, text, line }) => ({
    ...{ kind, names, line, count, evenings, seed, weather, text },
    atMs: example?.atMs ?? null,
    deck: example?.deck ?? null,
    incident: example?.incident ?? null,
  })),
  unreached: report.unreached,
});
