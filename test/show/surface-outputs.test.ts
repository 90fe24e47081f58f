/** Every output of the sheet is written by an expression of a profile: what a player then shows, before and after a press. */
import { describe, expect, it } from 'vitest';
import { TEXT_KINDS } from '../../bridges/cdj-hid/codec.ts';
import { OUTPUT_IDS, type OutputId, outputControl } from '../../bridges/cdj-hid/controls/output-controls.ts';
import { hold, openBooth } from './booth.ts';

/** What the profile says before and after the press, and what the bits of the sheet are then. */
interface Said {
  readonly before: string;
  readonly after: string;
  readonly raw: number;
}

/** Numbers of the sheet for numbers that are no bits, each with what makes them: percent times 100, tenths, ms. */
const NUMBERS: Readonly<Partial<Record<OutputId, readonly [said: string, raw: number]>>> = {
  'bpm-integer': ['128', 128],
  'bpm-tenths': ['5', 5],
  'tempo-delta': ['-2.35', -235],
  'tempo-delta-2': ['4', 400],
};

function saidOf(id: OutputId): Said {
  const { kind, names } = outputControl(id);
  if (kind === 'switch') return { before: 'false', after: 'true', raw: 1 };
  if (kind === 'choice') return { before: `"${names[0]}"`, after: `"${names.at(-1)}"`, raw: names.length - 1 };
  if (kind === 'time') return { before: '0', after: '83456', raw: 83_456 };
  const [after, raw] = NUMBERS[id] ?? ['', Number.NaN];
  return { before: '0', after, raw };
}

const lamps = OUTPUT_IDS.filter(id => outputControl(id).kind === 'light');
const others = OUTPUT_IDS.filter(id => !lamps.includes(id));
const said = new Map(others.map(id => [id, saidOf(id)]));
const texts = [...TEXT_KINDS, 'key'];

const line = (name: string, before: string, after: string): string =>
  `      ${name}: '\${list.main.isRunning ? ${after} : ${before}}'`;

const PROFILE = `
decklight: 1
bridges:
  booth: { type: cdj-hid }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
cues: { one: [{ console: /one }] }
cue-lists: { main: [one] }
panic: one
controls:
  booth:
    buttons: { play-pause: { press: go main } }
    leds:
${lamps.map(id => `      ${id}: list.main.isRunning`).join('\n')}
    screen:
${[...said].map(([id, { before, after }]) => line(id === 'elapsed-time' ? 'time' : id, before, after)).join('\n')}
${texts.map(name => line(name, '""', `"${name.slice(0, 5)}"`)).join('\n')}
      rows: ['\${list.main.isRunning ? "up" : ""}']
`;

describe('an output of the sheet', () => {
  it('is shown by an expression, each with its own number, and all are dark before it is true', async () => {
    const booth = openBooth(PROFILE);
    await booth.pass(2500);
    const dark = Object.fromEntries(OUTPUT_IDS.map(id => [id, 0]));
    expect(booth.player.player().shown).toMatchObject(dark);
    await hold(booth, 'play-pause', 50);
    await booth.pass(400);
    const { shown, screen } = booth.player.player();
    const wanted = Object.fromEntries(OUTPUT_IDS.map(id => [id, lamps.includes(id) ? 1 : said.get(id)?.raw]));
    expect(shown).toMatchObject(wanted);
    expect({ ...screen.texts, key: screen.key }).toEqual(
      Object.fromEntries(texts.map(name => [name, name.slice(0, 5)])),
    );
    expect(screen.rows[0]?.text).toBe('up');
    await booth.show.close();
  });

  it.each(others.filter(id => outputControl(id).kind === 'choice'))(
    '%s takes each of its words, and no other',
    async id => {
      const { names } = outputControl(id);
      for (const [raw, name] of names.entries()) {
        const booth = openBooth(profileShowing(id, name));
        await booth.pass(2500);
        expect([name, booth.player.player().shown[id]]).toEqual([name, raw]);
        await booth.show.close();
      }
      expect(() => openBooth(profileShowing(id, 'nonsense'))).toThrow(/expected one of/);
    },
  );
});

const profileShowing = (id: OutputId, text: string): string =>
  PROFILE.replace(/ {4}leds:[\s\S]*/, `    screen: { ${id}: "${text}" }\n`);
