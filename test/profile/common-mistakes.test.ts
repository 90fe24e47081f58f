/**
 * Mistakes that people make in a profile, each with what is said of it.
 *
 * common-mistakes.txt holds blocks: a part of the profile below, what it is replaced by, and the lines that are told.
 * `WRITE_GOLDENS=1` writes them anew; read each one before it is kept: is it the cause, and the remedy?
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BRIDGES } from '../../bridges/index.ts';
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { loadProfile } from '../../src/profile/load.ts';

const FILE = new URL('common-mistakes.txt', import.meta.url);
const BETWEEN = '\n=====\n';

const PROFILE = `decklight: 1
name: Friday
bridges:
  opus: { type: opus-quad }
  console: { type: osc, host: 10.0.0.20, port: 8000 }
  daw: { type: midi, device: Show Control }
timecode:
  main: { follow: on-air, rate: 30, to: [daw] }
tracks:
  - match: { id: 414 }
    title: Strobe
    grid: { first-beat: 0.5 s, tempo: 128 }
    timecode: { main: 01:00:00:00 }
    cues:
      - { at: 3:27.500, do: drop }
cues:
  drop:
    - console: { address: /eos/cue/1/10/fire, args: [1, 0.5] }
    - daw: { note: C3, velocity: 127, channel: 1, for: 100 ms }
  safe: [{ console: /eos/cue/1/1/fire }]
panic: safe
rules:
  - name: chorus look
    while: phrase.kind == chorus
    do: [{ console: /eos/cue/1/11/fire }]
    undo: [{ console: /eos/cue/1/12/fire }]
  - name: strobe before the chorus
    when: 4 beats before chorus
    if: deck.uncertaintyMs < 20
    do: [{ console: { address: /strobe/arm, args: [1, "\${deck.tempoBpm}"] } }]
`;

interface Mistake {
  readonly from: string;
  readonly to: string;
  readonly told: string;
}

const mistakes = readFileSync(FILE, 'utf8')
  .split(BETWEEN)
  .map((block): Mistake => {
    const [from = '', rest = ''] = block.split('\n-->\n');
    const [to = '', told = ''] = rest.split('\n==>');
    return { from, to, told: told.trim() };
  });

/** What is said of a profile: line:column, message, and its second line. */
function toldOf(source: string): string {
  const loaded = loadProfile(source, 'show.yaml', BRIDGES, NO_LIBRARY);
  const problems = loaded.ok ? loaded.warnings : loaded.problems;
  if (problems.length === 0) return 'nothing: it is right';
  return problems
    .map(({ severity, line, column, message, note }) => {
      const more =
        note === null || note.startsWith('known ') || note.startsWith('a place is one of') ? '' : ` // ${note}`;
      return `${line}:${column} ${severity === 'warning' ? 'warning: ' : ''}${message}${more}`;
    })
    .join('\n');
}

function withMistake({ from, to }: Mistake): string {
  if (PROFILE.split(from).length < 2) throw new Error(`the profile does not hold ${from}`);
  return PROFILE.replace(from, () => to);
}

test('the profile that mistakes are made in is right', () => {
  expect(toldOf(PROFILE)).toBe('nothing: it is right');
});

if (process.env['WRITE_GOLDENS'] === '1') {
  const blocks = mistakes.map(each => `${each.from}\n-->\n${each.to}\n==>\n${toldOf(withMistake(each))}`);
  writeFileSync(FILE, `${blocks.join(BETWEEN)}\n`);
}

describe('each mistake is told by its cause and its remedy', () => {
  test.each(mistakes.map(each => [each.to.trim(), each] as const))('%s', (_, mistake) => {
    expect(toldOf(withMistake(mistake))).toBe(mistake.told);
  });
});

test('no message is a word of a library, of ours between programs, or a mask', () => {
  for (const { told } of mistakes) expect(told).not.toMatch(/x{4,}|undefined|NaN|\[object|Unexpected|Invalid input/);
});
