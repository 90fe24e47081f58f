import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { surfaceCommand } from '../../../src/cli/surface/surface.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { listen } from '../doctor/doctor-rig.ts';

const PROFILE = `
decklight: 1
name: Left & right <1>
bridges:
  booth: { type: cdj-hid, serial: A }
  other: { type: cdj-hid, serial: B }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
cues:
  drop: [{ console: /drop }]
  on: [{ console: /on }]
cue-lists:
  main: [drop, on]
panic: drop
controls:
  booth:
    buttons:
      play-pause: { press: go main, long-press: panic }
      hot-cue-a: { press: [drop, { console: { address: /bpm, args: ["\${master.tempoBpm}"] } }], release: on }
      hot-cue-b: { press: drop, double-press: on, wait: true }
    turns:
      browse-encoder: { forward: select next main, reverse: select previous main }
`;

const OTHER = `  other: { buttons: { cue: { press: back main } } }\n`;

async function run(source: string, options: { readonly svg?: boolean; readonly of?: string } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'surface-'));
  const file = join(folder, 'show.yaml');
  writeFileSync(file, source);
  const heard = listen();
  const svg = options.svg === true ? join(folder, 'surface.svg') : null;
  const code = await surfaceCommand(
    file,
    { svg, of: options.of ?? null },
    { out: heard, bridges: BRIDGES, library: NO_LIBRARY },
  );
  const drawing = svg !== null && code === 0 ? readFileSync(svg, 'utf8') : '';
  return { code, lines: heard.lines, errors: heard.errors, drawing };
}

describe('decklight surface', () => {
  it('says for each control and each gesture what it does', async () => {
    const { code, lines } = await run(PROFILE);
    expect(code).toBe(0);
    expect(lines).toEqual([
      'booth',
      '  rotary selector turned  forward              select next main',
      '                          reverse              select previous main',
      '  PLAY/PAUSE              short press          go main',
      '                          long press           panic',
      '  HOT CUE A               press                drop, console /bpm ,s "${master.tempoBpm}"',
      '                          release              on',
      '  HOT CUE B               press, after 300 ms  drop',
      '                          double press         on',
    ]);
  });

  it('of a profile without a surface, or of one that is not there, is one line', async () => {
    const bare = PROFILE.slice(0, PROFILE.indexOf('controls:'));
    expect((await run(bare)).errors.at(-1)).toMatch(
      /show\.yaml: error: no surface is used; nothing stands under controls: yet$/,
    );
    const wrong = await run(PROFILE, { of: 'both' });
    expect(wrong.code).toBe(2);
    expect(wrong.errors.at(-1)).toMatch(/no surface is called "both"; did you mean "booth"\?; there are: booth$/);
  });

  it('draws one surface: of two it asks which', async () => {
    const both = await run(PROFILE + OTHER, { svg: true });
    expect(both.code).toBe(2);
    expect(both.errors.at(-1)).toBe('--svg: one drawing is of one surface; write --of booth or --of other');
    expect((await run(PROFILE + OTHER, { svg: true, of: 'other' })).drawing).toContain('CUE:  press: back main');
  });
});

describe('the drawing of a surface', () => {
  it('is black on white, has a number for each control that is used, and says beside it in full what it does', async () => {
    const { drawing } = await run(PROFILE, { svg: true });
    expect(new Set(drawing.match(/(?<=fill="|stroke=")[^"]+/g))).toEqual(new Set(['black', 'none', 'white']));
    expect(drawing.match(/stroke-width="4"/g)).toHaveLength(4);
    for (const text of [
      '2  PLAY/PAUSE:  short press: go main;  long press: panic',
      '3  HOT CUE A:  press: drop, console /bpm ,s &quot;${master.tempoBpm}&quot;;  release: on',
    ]) {
      expect(drawing).toContain(`>${text}</text>`);
    }
    expect(drawing).toContain('<title>Left &amp; right &lt;1&gt; · booth</title>');
  });

  it('is well-formed, whatever names a profile has', async () => {
    const { drawing } = await run(PROFILE.replace('Left & right <1>', '"a\\"b\'c\\u0001 & <svg> ]]>"'), { svg: true });
    const open: string[] = [];
    for (const [, close, name, rest = ''] of drawing.matchAll(/<(\/?)([a-z]+)([^<>]*)>/g)) {
      if (close === '/') expect(open.pop()).toBe(name);
      else if (!rest.endsWith('/')) open.push(name ?? '');
    }
    expect(open).toEqual([]);
    expect(drawing.replace(/<[^<>]*>|\n/g, '')).not.toMatch(/[<>\p{Cc}]|&(?!amp;|lt;|gt;|quot;)/u);
  });
});

describe('the drawing in the README', () => {
  it('is that of the profile that comes with the program', async () => {
    const heard = listen();
    const svg = join(mkdtempSync(join(tmpdir(), 'surface-')), 'surface.svg');
    const profile = 'profiles/cdj-cue-surface.yaml';
    await surfaceCommand(profile, { svg, of: null }, { out: heard, bridges: BRIDGES, library: NO_LIBRARY });
    expect(readFileSync(svg, 'utf8')).toBe(readFileSync('docs/cdj-cue-surface.svg', 'utf8'));
  });
});
