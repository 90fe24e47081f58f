/** What x42's libltc hears: needs gcc and ltc.h (on Debian: gcc, libltc-dev), and is left out without them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { Sound } from '../../../bridges/ltc/render.ts';
import { bytesOf } from '../../../bridges/ltc/wav.ts';
import type { TimecodeAnchor } from '../../../src/core/timecode/stream-anchor.ts';
import { FRAME_RATES, framesPerMs, labelOf, labelText } from '../../../src/core/timecode/timecode.ts';
import { placeOf, rateNamed, runAt } from '../midi/sample-anchors.ts';
import { locateAt, overMidnight } from './ltc-runs.ts';
import { SOUND, soundOf } from './rendered-sound.ts';

const folder = mkdtempSync(join(tmpdir(), 'decklight-ltc-'));
const program = join(folder, 'words');
const source = fileURLToPath(new URL('./words.c', import.meta.url));
const isThere = spawnSync('gcc', ['-O1', '-o', program, source, '-lltc']).status === 0;
afterAll(() => rmSync(folder, { recursive: true }));

interface Heard {
  readonly from: number;
  readonly label: string;
  readonly userBits: string;
  readonly way: string;
}

function hear(anchors: readonly TimecodeAnchor[], ms: number, sound: Sound): readonly Heard[] {
  const samples = soundOf(anchors, 0, ms, sound);
  const [{ rate } = { rate: rateNamed('30') }] = anchors;
  const apv = String(Math.round(sound.sampleRateHz / (1000 * framesPerMs(rate))));
  const text = execFileSync(program, [apv], { input: bytesOf(samples), encoding: 'utf8', maxBuffer: 1 << 26 });
  return text
    .trim()
    .split('\n')
    .map(line => {
      const [from = '', label = '', userBits = '', way = ''] = line.split(' ');
      return { from: Number(from), label, userBits, way };
    });
}

describe.skipIf(!isThere)('libltc (left out where gcc or ltc.h is not there)', () => {
  const over = (seconds: number) =>
    FRAME_RATES.flatMap(({ name }) => [44_100, 48_000].map(sampleRateHz => [seconds, name, sampleRateHz] as const));
  // The long one goes on over a minute that drops two labels.
  const cases = [...over(10), [62, '29.97df', 48_000] as const];

  it.each(cases)('hears in %i s every label at %s and %i Hz, in its place, over midnight', (s, name, sampleRateHz) => {
    const rate = rateNamed(name);
    const anchor = overMidnight(rate);
    const heard = hear([anchor], 1000 * s + 5, { ...SOUND, sampleRateHz, userBits: 0x0123abcd });
    const frameSamples = sampleRateHz / (1000 * framesPerMs(rate));
    // The first word it may need to find the level and the length of a bit.
    const all = Math.floor(1000 * s * framesPerMs(rate));
    expect(heard.length).toBeGreaterThanOrEqual(all - 1);
    for (const [i, { from, label, userBits, way }] of heard.entries()) {
      const n = all - heard.length + i;
      expect([label, userBits, way]).toEqual([labelText(rate, labelOf(rate, anchor.place + n)), '0123abcd', 'F']);
      expect(Math.abs(from - n * frameSamples)).toBeLessThan(frameSamples / 80);
    }
  });

  it.each([0.25, 0.5, 0.84, 1.16, 2, 4, -0.5, -1, -2])('follows at %f times the speed', pace => {
    const rate = rateNamed('25');
    const place = placeOf(rate, '10:00:00:00');
    const heard = hear([locateAt(rate, place, pace, 0)], 4010 / Math.abs(pace), SOUND);
    const step = Math.sign(pace);
    const first = pace > 0 ? 100 - heard.length : -2 - (99 - heard.length);
    expect(heard.length).toBeGreaterThanOrEqual(98);
    expect(heard.map(({ label }) => label)).toEqual(
      heard.map((_, i) => labelText(rate, labelOf(rate, place + first + step * i))),
    );
    expect(heard.every(({ way }) => way === (pace > 0 ? 'F' : 'R'))).toBe(true);
  });

  it('hears no wrong label after any of a hundred jumps, and is right again after two words', () => {
    const rate = rateNamed('30');
    const anchors: TimecodeAnchor[] = [runAt(rate, '01:00:00:00', 0)];
    for (let i = 1; i <= 100; i++) {
      // A cut at another place of a word each time, and a landing at another.
      const jump = runAt(rate, `${String(2 + (i % 20)).padStart(2, '0')}:00:00:00`, 300 * i + 0.337 * i);
      anchors.push({ ...jump, place: jump.place + ((i * 37) % 80) / 80, since: jump.place + ((i * 37) % 80) / 80 });
    }
    const heard = hear(anchors, 30_500, SOUND);
    const labelAt = (sample: number): string => {
      const at = sample / 48 + 1;
      const anchor = anchors.findLast(({ from }) => from <= at) as TimecodeAnchor;
      return labelText(rate, labelOf(rate, anchor.place + anchor.speed * (at - anchor.from)));
    };
    expect(heard.filter(({ from, label }) => label !== labelAt(from))).toEqual([]);
    // Nine frames between two jumps: one cut, up to one until the next edge.
    expect(heard.length).toBeGreaterThan(101 * 6);
  });
});
