/** A program that writes LTC from its first word on into the file it is told, or to standard output, until it is killed. */
import { ltcBridge } from '../../../bridges/ltc/index.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { liveClock } from '../../../src/live/live-clock.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { testHost } from '../fake-host.ts';
import { rateNamed, runAt } from '../midi/sample-anchors.ts';

const clock = liveClock();
const source = `decklight: 1\nname: night\nbridges:\n  it: ${process.argv[2]}\n`;
const loaded = loadProfile(source, 'night.yaml', [ltcBridge], NO_LIBRARY);
if (!loaded.ok) throw new Error(loaded.problems[0]?.message);
const say = (_: unknown, text: string): void => void process.stderr.write(`${text}\n`);
let hasBegun = false;
const host = {
  ...testHost(clock).host,
  log: { info: say, warn: say, error: say },
  /** Only what is open hears the first word, however long this machine took to open it. */
  ready() {
    if (hasBegun) return;
    hasBegun = true;
    bridge.timecode(runAt(rateNamed('25'), '01:00:00:00', clock.now() + 100));
  },
};
const bridge = ltcBridge.open('it', loaded.profile.bridges[0]?.options, host);
clock.at(clock.now() + 30_000, () => void bridge.close());
