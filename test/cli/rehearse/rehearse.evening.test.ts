/** A rehearsal finds each planted fault, invents none, and says the same of the same seeds. */
import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { type EveningResult, rehearseEvening } from '../../../src/cli/rehearse/evening-result.ts';
import { type Found, reportOf } from '../../../src/cli/rehearse/rehearsal-report.ts';
import { readyRehearsal } from '../../../src/cli/rehearse/rehearsal-setup.ts';
import { rehearsedTracks } from '../../../src/cli/rehearse/rehearsed-tracks.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { isOfWeather } from '../../../src/rehearsal/findings.ts';
import { CLEAN, PLANTED } from './shows.ts';

/** @param seeds of evenings of so many minutes */
async function rehearsed(source: string, seeds: readonly number[], minutes: number) {
  const loaded = loadProfile(source, 'show.yaml', BRIDGES, NO_LIBRARY);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const { profile, sources } = loaded;
  const chosen = rehearsedTracks(profile, NO_LIBRARY, null);
  if (!chosen.ok) throw new Error(chosen.lines.join('\n'));
  const ready = await readyRehearsal({ profile, bridges: BRIDGES, library: NO_LIBRARY }, chosen.tracks);
  const results: EveningResult[] = [];
  for (const seed of seeds) results.push(await rehearseEvening(ready, seed, minutes * 60_000));
  const { shelf, judging } = ready;
  return { results, report: reportOf({ profile, sources }, { shelf, placesOf: judging.placesOf }, results) };
}

const lineOf = (source: string, text: string): number => source.slice(0, source.indexOf(text)).split('\n').length;

describe('a rehearsal', () => {
  it('finds a cue that doubles in a loop, one that can never leave, a level that stays on, rules against each other and a region that overruns', async () => {
    // Seeds of the first 30 at which `decklight rehearse` finds each for the first time.
    const { report } = await rehearsed(PLANTED, [2, 10, 16], 3);
    const faults = report.found.filter(each => !isOfWeather(each));
    const named = ({ kind, names }: Found): string => `${kind}: ${names.join(', ')}`;
    expect(faults.map(named)).toEqual([
      'stays-on: strobe on',
      'never: can never leave',
      'against: wash off, wash on',
      'overrun: main, Night Tram',
      'loop-again: doubles in a loop',
    ]);
    for (const { names, line, kind } of faults) {
      if (kind !== 'overrun') expect(line).toBe(lineOf(PLANTED, `name: ${names[0]},`));
    }
  });

  it('invents nothing in a clean show, and the same seeds give the same report', async () => {
    const first = await rehearsed(CLEAN, [3, 4], 2);
    expect(first.report.found.filter(each => !isOfWeather(each))).toEqual([]);
    expect(first.report.moments).toBeGreaterThan(20);
    const again = await rehearsed(CLEAN, [4], 2);
    expect(again.results).toEqual(first.results.slice(1));
  });
});
