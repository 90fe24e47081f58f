/** Our own address changes, or a cable is pulled, in front of a simulated unit: how soon the decks are back. */
import { describe, expect, it } from 'vitest';
import type { Mode } from '../../../bridges/opus-quad/session/session-state.ts';
import { firstReportAfter, rivalStage } from './rivals-rig.ts';

const A = '10.0.0.11';
const NEW = '10.0.0.44';

/** A program that has been served for a while. */
async function served(mode: Mode) {
  const stage = await rivalStage();
  await stage.unit();
  const program = await stage.open(A, { mode });
  stage.pass(20_000);
  return { stage, program };
}

describe.each([
  // Half a second until it is looked at; then keep-alive, hello, request, status.
  ['lighting', 600],
  // Half a second; then nine words of a claim, 300 ms apart; then keep-alive and status.
  ['cdj', 3500],
] as const)('in %s mode', (mode, withinMs) => {
  it(`after a change of our address the decks are back within ${withinMs} ms`, async () => {
    const { stage, program } = await served(mode);
    program.renumber(NEW);
    const movedAt = stage.clock.now();
    stage.pass(8000);
    expect(firstReportAfter(program, movedAt + 5) - movedAt).toBeLessThan(withinMs);
  });

  it('no keep-alive carries an address that is ours no more, whenever it changes', async () => {
    const { stage, program } = await served(mode);
    let address = A;
    for (let turn = 0; turn < 40; turn++) {
      address = address === NEW ? A : NEW;
      program.renumber(address);
      const from = program.sent.length;
      stage.pass(1000 + 37 * turn);
      const said = program.sent.slice(from).flatMap(({ ourAddress }) => (ourAddress === null ? [] : [ourAddress]));
      expect(new Set(said).size).toBeLessThanOrEqual(1);
      expect(said.every(each => each === address)).toBe(true);
    }
  });

  it('a cable that is out for 3 s: the decks are back with the next status, and the status says what is missing', async () => {
    const { stage, program } = await served(mode);
    program.plug(false);
    stage.pass(2900);
    expect(program.text()).toMatch(
      /^eth0 \(10\.0\.0\.11\), by which the unit was reached, has no link: plug its cable in/,
    );
    stage.pass(100);
    program.plug(true);
    const backAt = stage.clock.now();
    stage.pass(3000);
    expect(firstReportAfter(program, backAt) - backAt).toBeLessThan(250);
    expect(program.isReady()).toBe(true);
  });
});
