import { describe, expect, it } from 'vitest';
import { bigLabel } from '../../../src/cli/terminal/big-digits.ts';
import { type Drawing, NO_COLOURS, statusLines } from '../../../src/cli/terminal/status-text.ts';
import { prepare } from '../../../src/core/engine/engine-state.ts';
import type { OperatorAction } from '../../../src/core/operator-action.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { momentRule, profileOf, timecode } from '../../core/core-samples.ts';
import { drive } from '../../core/show-driver.ts';

const profile = profileOf([momentRule('beat', { kind: 'every', count: 1, unit: 'beats' })], {
  timecodes: [timecode()],
  name: 'Friday',
});

function shown(acts: readonly OperatorAction[], columns = 100, rows = 40, drawings: readonly Drawing[] = []): string[] {
  const driver = drive(profile, { playsAtBeat: 33 });
  driver.play(1000);
  for (const act of acts) driver.act(act);
  const message = { level: 'warn', bridge: 'daw', text: 'it is gone' } as const;
  const lists = {
    last: ['one', 'two', 'three'],
    messages: [message],
    notices: ['SIMULATED opus: a set'],
    drawings,
    tally: {},
  };
  const told = { program: prepare(profile, NO_LIBRARY), state: driver.state(), bridges: [] };
  return statusLines({ ...told, ...lists, startedAt: 0, columns, rows }, driver.now(), NO_COLOURS);
}

describe('the status', () => {
  it('has the timecode as its largest thing, and says what it does', () => {
    const lines = shown([]);
    // Beat 35 at 120 BPM is 17 s into the track, within the half second that a report leaves open.
    const [label] = lines.flatMap(line => /main (01:00:1[67]:\d\d) {2}running with deck 1/.exec(line)?.[1] ?? []);
    expect(label).toBeDefined();
    for (const line of bigLabel(label ?? '')) expect(lines).toContain(line);
    expect(shown([], 40).some(line => line.includes('█'))).toBe(false);
  });

  it('says what hands hold, so that nobody wonders why nothing leaves', () => {
    expect(shown([]).join('\n')).not.toMatch(/MUTED|pinned|locked/);
    const held = shown([
      { kind: 'mute', bridge: null, isOn: true },
      { kind: 'pin', deck: 1 },
      { kind: 'lock', isOn: true },
      { kind: 'nudge', timecode: null, frames: 2 },
    ]).join('\n');
    expect(held).toMatch(/MUTED: cues are held back · deck 1 pinned · keys locked/);
    expect(held).toMatch(/nudged \+2/);
    expect(held).toMatch(/L unlocks/);
    expect(shown([{ kind: 'mute', bridge: 'daw', isOn: true }]).join('\n')).toMatch(/daw muted/);
  });

  it('says that it came upon a deck in mid-track, and what is simulated', () => {
    const lines = shown([]).join('\n');
    expect(lines).toMatch(/met in mid-track, at beat 33/);
    expect(lines).toMatch(/SIMULATED opus: a set/);
  });
});

describe('a simulated surface', () => {
  const lines = ['CDJ: logged in', '[PLAY]', 'cue', '0:00', ...Array.from({ length: 9 }, (_, i) => `|row ${i + 1}`)];
  const drawings = [{ name: 'booth', lines, keys: 'space PLAY' }];

  it('is drawn whole where there is room, with its keys', () => {
    const text = shown([], 100, 50, drawings);
    expect(text).toContain('SIMULATED booth, CDJ: logged in');
    expect(text).toContain('  |row 9');
    expect(text).toContain('booth: space PLAY');
    expect(text.some(line => line.includes('█'))).toBe(true);
  });

  it('on a terminal of 24 rows keeps its first lines, and everything fits', () => {
    const text = shown([], 80, 23, drawings);
    expect(text).toContain('SIMULATED booth, CDJ: logged in');
    expect(text).toContain('  [PLAY]');
    expect(text.some(line => line.includes('█'))).toBe(false);
    expect(text.length).toBeLessThanOrEqual(23);
    expect(text.at(-1)).toContain('M mute');
  });
});

describe('a small terminal', () => {
  it('shows where the deck is and how well that is known, what is wrong, and the keys', () => {
    const lines = shown([], 80, 12);
    expect(lines.length).toBeLessThanOrEqual(14);
    const deck = lines.findIndex(line => line.startsWith('1 ▶'));
    expect(lines[deck]?.slice(0, 80)).toMatch(/^1 ▶ air\+master track 7 +120\.00 BPM \+0\.00%/);
    expect(lines[deck + 1]?.slice(0, 80)).toMatch(/^ +beat 3\d\.\d .* ±\d+ ms/);
    expect(lines.at(-1)).toMatch(/P panic/);
    expect(lines.at(-2)).toBe('daw: it is gone');
    expect(lines).not.toContain('one');
    expect(shown([], 80, 40)).toContain('one');
  });
});

describe('large digits', () => {
  it('are three lines of one width, and tell every digit from the others', () => {
    const glyphs = [...'0123456789:;'].map(digit => bigLabel(digit).join('\n'));
    expect(new Set(glyphs).size).toBe(glyphs.length);
    const lines = bigLabel('01:02:03;04');
    expect(lines).toHaveLength(3);
    expect(new Set(lines.map(line => line.length)).size).toBe(1);
  });
});
