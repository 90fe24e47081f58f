/** Messages that left on a recorded evening and those that did not, found by running it again. */
import type { RecordedEvening } from '../replay/recorded-evening.ts';
import { runAgain, SHOW_ALONE } from '../replay/run-again.ts';
import {
  type Explanation,
  type ExplanationList,
  explanationList,
  type Looker,
  type NamedSources,
} from './explanation-list.ts';

/** @param look called before each event, for who wants to see the show as it stood */
export async function explanationsOf(evening: RecordedEvening, look: Looker): Promise<readonly Explanation[]> {
  let profile: NamedSources = { file: evening.start.profile.file, sources: evening.sources };
  let list: ExplanationList | null = null;
  await runAgain(
    evening,
    {
      ...SHOW_ALONE,
      watcher: show => {
        list = explanationList(show, () => profile, look);
        return list.watcher;
      },
      recorded(record) {
        if (record.decklight === 'came') list?.recorded(record);
      },
      reloaded(file, sources) {
        if (sources !== null) profile = { file, sources };
      },
    },
    true,
  );
  return (list as ExplanationList | null)?.ended() ?? [];
}
