/** Two programs on one network that want to pose as rekordbox's lighting. */
import { describe, expect, it } from 'vitest';
import type { Ms } from '../../../src/core/clock.ts';
import { firstReportAfter, keepAlivesIn, longestGap, type Program, rivalStage } from './rivals-rig.ts';

const A = '10.0.0.11';
const B = '10.0.0.12';
/** Four decks report 200 ms apart each; the network takes up to 2 ms. */
const NO_GAP_MS = 150;

/** A unit, a Decklight that runs for 20 s, and a second one that began 10 s ago. */
async function secondComes() {
  const stage = await rivalStage();
  const unit = await stage.unit();
  const first = await stage.open(A);
  stage.pass(10_000);
  const second = await stage.open(B);
  stage.pass(10_000);
  return { stage, unit, first, second };
}

describe('a second Decklight', () => {
  it('says not a word while the first one runs, and the first one misses nothing', async () => {
    const { stage, first, second } = await secondComes();
    stage.pass(40_000);
    expect(second.sent).toEqual([]);
    expect(second.reportsAt).toEqual([]);
    expect(longestGap(first, 4000, 60_000)).toBeLessThan(NO_GAP_MS);
    expect(first.log.join('\n')).not.toMatch(/poses|yielding/);
  });

  it('says whom it heard and where at once, and within 6 s on which machine that Decklight runs', async () => {
    const stage = await rivalStage();
    await stage.unit();
    await stage.open(A);
    stage.pass(10_000);
    const second = await stage.open(B);
    stage.pass(2000);
    expect(second.text()).toMatch(/^yielding to .*10\.0\.0\.11.*joins by itself when that is gone$/);
    stage.pass(4000);
    expect(second.text()).toMatch(/^yielding to Decklight on "booth 10\.0\.0\.11" at 10\.0\.0\.11/);
    expect(second.log).toEqual([
      '"rekordbox" at 10.0.0.11 already poses as rekordbox\'s lighting: yielding to it, since this program comes second; it joins by itself when that one is gone',
      '"rekordbox" at 10.0.0.11 is Decklight on "booth 10.0.0.11" at 10.0.0.11',
    ]);
  });

  it('follows within 5 s of the end of the first one, whenever that comes', async () => {
    for (const afterMs of [0, 400, 800, 1200]) {
      const { stage, first, second } = await secondComes();
      stage.pass(afterMs);
      await first.end();
      const endedAt = stage.clock.now();
      stage.pass(8000);
      expect(firstReportAfter(second, endedAt) - endedAt).toBeLessThan(5000);
      expect(second.log.join('\n')).toMatch(/no longer poses as lighting: its turn is ours/);
      expect(second.isReady()).toBe(true);
    }
  });

  it('does not take the turn of the first one when the unit is switched off and on', async () => {
    const { stage, unit, first, second } = await secondComes();
    unit.act({ kind: 'reboot', forMs: 25_000 });
    stage.pass(24_999);
    const backAt = stage.clock.now();
    stage.pass(20_000);
    expect(second.sent).toEqual([]);
    // Its keep-alive, ours, its hello, our request, a status: five ways of at most 2 ms each, and four decks in 200 ms.
    expect(firstReportAfter(first, backAt) - backAt).toBeLessThan(16);
    expect(first.isReady()).toBe(true);
  });
});

describe('rekordbox itself', () => {
  it('before Decklight: Decklight is silent and names it, and follows within 5 s of its end', async () => {
    const stage = await rivalStage();
    await stage.unit();
    const endRekordbox = await stage.rekordbox();
    const program = await stage.open(A);
    stage.pass(30_000);
    expect(program.sent).toEqual([]);
    expect(program.text()).toMatch(/^yielding to "rekordbox" at 10\.0\.0\.66/);
    endRekordbox();
    const endedAt = stage.clock.now();
    stage.pass(8000);
    expect(firstReportAfter(program, endedAt) - endedAt).toBeLessThan(5000);
  });

  it('after Decklight, which was told to stay: Decklight goes on, names it, and says so while it is there', async () => {
    const stage = await rivalStage();
    await stage.unit();
    const program = await stage.open(A);
    stage.pass(10_000);
    const endRekordbox = await stage.rekordbox();
    stage.pass(30_000);
    expect(longestGap(program, 4000, 40_000)).toBeLessThan(NO_GAP_MS);
    expect(program.log.join('\n')).toMatch(/"rekordbox" at 10\.0\.0\.66 begins to pose.*going on/);
    expect(program.text()).toMatch(/; "rekordbox" at 10\.0\.0\.66 poses as lighting too$/);
    endRekordbox();
    stage.pass(6000);
    expect(program.text()).not.toMatch(/rekordbox/);
    expect(program.log.at(-1)).toBe('"rekordbox" at 10.0.0.66 no longer poses as lighting');
  });

  it('in the same moment as Decklight: Decklight gives way to it, whatever it was told', async () => {
    const stage = await rivalStage();
    await stage.unit();
    const program = await stage.open(A);
    // It listens for 2.1 to 2.3 s, and hears nobody in that time.
    stage.pass(2050);
    while (program.sent.length === 0) stage.pass(1);
    await stage.rekordbox();
    stage.pass(10_000);
    expect(keepAlivesIn(program, 2500, 13_000)).toBe(0);
    expect(program.log.join('\n')).toMatch(/was not heard before this program began: yielding to it/);
  });

  it('after Decklight, which was told to yield: Decklight falls silent, and follows within 5 s of its end', async () => {
    const stage = await rivalStage();
    await stage.unit();
    const program = await stage.open(A, { onRival: 'yield' });
    stage.pass(10_000);
    const endRekordbox = await stage.rekordbox();
    stage.pass(30_000);
    expect(keepAlivesIn(program, 13_000, 40_000)).toBe(0);
    expect(program.log.join('\n')).toMatch(/yielding to it \(on-rival: yield\)/);
    endRekordbox();
    const endedAt = stage.clock.now();
    stage.pass(8000);
    expect(firstReportAfter(program, endedAt) - endedAt).toBeLessThan(5000);
  });
});

/** Which of them keeps itself alive in the last 3 s. */
const speakers = (programs: readonly Program[], now: Ms): readonly string[] =>
  programs.filter(program => keepAlivesIn(program, now - 3000, now) > 0).map(({ address }) => address);

describe('two that begin together', () => {
  it.each([0, 0.3, 1, 2, 3, 4, 5])('%s ms apart: one speaks within 10 s, and it alone from then on', async apartMs => {
    for (let seed = 1; seed <= 4; seed++) {
      const stage = await rivalStage({ seed });
      await stage.unit();
      stage.pass(seed * 137);
      const startedAt = stage.clock.now();
      const one = await stage.open(A);
      stage.pass(apartMs);
      const two = await stage.open(B);
      stage.pass(10_000);
      const [winner, ...more] = speakers([one, two], stage.clock.now());
      expect(more).toEqual([]);
      const speaker = winner === A ? one : two;
      expect(firstReportAfter(speaker, startedAt) - startedAt).toBeLessThan(10_000);
      stage.pass(20_000);
      expect(speakers([one, two], stage.clock.now())).toEqual([winner]);
    }
  });

  it('waiting for a unit that is switched on: one speaks within 10 s of that, and it alone from then on', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const stage = await rivalStage({ seed });
      const one = await stage.open(A);
      stage.pass(seed * 171);
      const two = await stage.open(B);
      stage.pass(5000);
      await stage.unit();
      stage.pass(10_000);
      const [winner, ...more] = speakers([one, two], stage.clock.now());
      expect(winner).toBeDefined();
      expect(more).toEqual([]);
      stage.pass(20_000);
      expect(speakers([one, two], stage.clock.now())).toEqual([winner]);
    }
  });

  it('out of earshot of each other, as soon as they hear each other the one that has run longer goes on alone', async () => {
    const stage = await rivalStage();
    await stage.unit();
    const older = await stage.open(A);
    older.partFrom(B);
    stage.pass(20_000);
    const younger = await stage.open(B);
    younger.partFrom(A);
    stage.pass(20_000);
    expect(speakers([older, younger], stage.clock.now())).toEqual([A, B]);
    older.partFrom(null);
    younger.partFrom(null);
    stage.pass(10_000);
    expect(speakers([older, younger], stage.clock.now())).toEqual([A]);
    expect(younger.log.join('\n')).toMatch(
      /Decklight on "booth 10\.0\.0\.11" at 10\.0\.0\.11 has run for as long as this program or longer: yielding/,
    );
    expect(longestGap(older, 4000, 50_000)).toBeLessThan(NO_GAP_MS);
  });

  it('on a network that loses one datagram in ten: never both for longer than it takes to hear each other', async () => {
    const stage = await rivalStage({ loss: 0.1, seed: 7 });
    await stage.unit();
    const programs = [await stage.open(A), await stage.open(B)];
    let both = 0;
    for (let s = 0; s < 120; s += 10) {
      stage.pass(10_000);
      if (speakers(programs, stage.clock.now()).length > 1) both++;
    }
    expect(both).toBeLessThanOrEqual(1);
    expect(speakers(programs, stage.clock.now())).toHaveLength(1);
  });
});
