import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PHRASE_KINDS } from '../../../src/core/track/phrase.ts';
import { parsePlace } from '../../../src/profile/schema/place.ts';
import { profileJsonSchema } from '../../../src/profile/schema/profile-schema.ts';
import { FAKES } from '../fake-bridges.ts';

const anchorOf = (text: string) => {
  const parsed = parsePlace(text);
  return parsed.ok ? parsed.value.anchor : parsed.message;
};
const offsetOf = (text: string) => {
  const parsed = parsePlace(text);
  return parsed.ok ? parsed.value.offset : parsed.message;
};

describe('places', () => {
  test.each([
    ['3:27.500', { kind: 'time', positionMs: 207_500 }],
    ['3:27', { kind: 'time', positionMs: 207_000 }],
    ['0:00.5', { kind: 'time', positionMs: 500 }],
    ['1:02:03', { kind: 'time', positionMs: 3_723_000 }],
    ['63:00', { kind: 'time', positionMs: 3_780_000 }],
    ['beat 512', { kind: 'beat', beat: 512 }],
    ['chorus', { kind: 'phrase-kind', phraseKind: 'chorus', nth: null }],
    ['chorus 2', { kind: 'phrase-kind', phraseKind: 'chorus', nth: 2 }],
    ['phrase', { kind: 'phrase', nth: null }],
    ['phrase 5', { kind: 'phrase', nth: 5 }],
    ['fill', { kind: 'fill', nth: null }],
    ['fill 2', { kind: 'fill', nth: 2 }],
    ['end', { kind: 'end' }],
    ['downbeat', { kind: 'downbeat' }],
    ['hot cue', { kind: 'hot-cue', button: null }],
    ['hot cue A', { kind: 'hot-cue', button: 1 }],
    ['hot cue h', { kind: 'hot-cue', button: 8 }],
    ['memory cue', { kind: 'memory-cue', nth: null }],
    ['memory cue 2', { kind: 'memory-cue', nth: 2 }],
    ['every 8 bars', { kind: 'every', count: 8, unit: 'bars' }],
    ['every 2 beats', { kind: 'every', count: 2, unit: 'beats' }],
    ['every bar', { kind: 'every', count: 1, unit: 'bars' }],
  ])('%s', (text, anchor) => expect(anchorOf(text)).toEqual(anchor));

  test.each([
    ['4 beats before chorus', { amount: -4, unit: 'beats' }],
    ['1 bar after fill', { amount: 1, unit: 'bars' }],
    ['0.5 beats before end', { amount: -0.5, unit: 'beats' }],
    ['100 ms before 3:27.500', { amount: -100, unit: 'ms' }],
    ['100ms before chorus', { amount: -100, unit: 'ms' }],
    ['2 s after phrase 5', { amount: 2000, unit: 'ms' }],
  ])('%s', (text, offset) => expect(offsetOf(text)).toEqual(offset));
});

describe('what is no place says where and what was meant', () => {
  const fault = (text: string): string => {
    const parsed = parsePlace(text);
    if (parsed.ok) return 'a place';
    const { offset = 0, length = text.length, message } = parsed;
    return `${text.slice(offset, offset + length)} | ${message}`;
  };
  test.each([
    ['chrous', /^chrous \| unknown place "chrous"; did you mean "chorus"\?/],
    ['Chorus', /did you mean "chorus"/],
    ['4 beats before chrous', /^chrous \|/],
    ['4 beets before chorus', /^beets \| .*did you mean "beats"/],
    ['4 beats befor chorus', /^befor \| .*did you mean "before"/],
    ['4 beats', /^beats \| before or after what/],
    ['4 beats before', /^before \| before what/],
    ['chorus two', /^two \| expected which chorus/],
    ['chorus 0', /^0 \| expected which chorus/],
    ['chorus 2 and 3', /^and 3 \| nothing can follow chorus 2/],
    ['end 2', /^2 \| nothing can follow end/],
    ['3:7', /^3:7 \| .*m:ss/],
    ['3:77', /^3:77 \|/],
    ['207.5 s', /before or after what/],
    ['every 8', /^8 \| every 8 what/],
    ['every 8 phrases', /^phrases \| expected bars or beats/],
    ['beat', /^beat \| which beat/],
    ['hot', /^hot \| expected hot cue, as in hot cue A$/],
    ['hot cue I', /^I \| expected which hot cue \(A to H, or its name in quotes/],
    ['hot cue A B', /^B \| nothing can follow hot cue A$/],
    ['4 bars before memory', /^memory \| expected memory cue, as in memory cue 2$/],
    ['memory cue A', /^A \| expected which memory cue \(1, 2, …\)/],
  ])('%s', (text, message) => expect(fault(text)).toMatch(message));
});

const times = fc
  .record({ m: fc.nat(999), s: fc.nat(59), ms: fc.nat(999) })
  .map(({ m, s, ms }) => `${m}:${String(s).padStart(2, '0')}.${String(ms).padStart(3, '0')}`);
const anchors = fc.oneof(
  times,
  fc.constantFrom(...PHRASE_KINDS, 'phrase', 'fill', 'end', 'downbeat', 'every bar'),
  fc
    .tuple(fc.constantFrom(...PHRASE_KINDS, 'phrase', 'fill', 'beat'), fc.integer({ min: 1, max: 9999 }))
    .map(parts => parts.join(' ')),
);
const offsets = fc
  .tuple(fc.integer({ min: 0, max: 999 }), fc.constantFrom('beats', 'bars', 'ms'), fc.constantFrom('before', 'after'))
  .map(parts => `${parts.join(' ')} `);
const places = fc.tuple(fc.oneof(fc.constant(''), offsets), anchors).map(parts => parts.join(''));

test('whatever the grammar makes is read, and editors think so too', () => {
  const { properties } = JSON.parse(profileJsonSchema(FAKES));
  const { anyOf } = properties.rules.items.anyOf[0].properties.when;
  const pattern = new RegExp(anyOf[1].pattern);
  fc.assert(
    fc.property(places, text => {
      const parsed = parsePlace(text);
      expect(parsed).toMatchObject({ ok: true, value: { text } });
      expect(text).toMatch(pattern);
    }),
  );
});

test('any other text is a fault within the text, never thrown', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc
          .array(fc.constantFrom('4', 'beats', 'before', 'chorus', '3:27', 'every', ' ', '-'))
          .map(words => words.join(' ')),
      ),
      text => {
        const parsed = parsePlace(text);
        if (parsed.ok || parsed.offset === undefined) return;
        expect(parsed.offset).toBeGreaterThanOrEqual(0);
        expect(parsed.offset + (parsed.length ?? 0)).toBeLessThanOrEqual(text.length);
      },
    ),
  );
});

describe('what a deck does', () => {
  test.each(['load', 'on air', '  track   end ', 'lost'])('%s is no place, and is read as one', text => {
    expect(parsePlace(text)).toMatchObject({ ok: true, value: { anchor: { kind: 'happening' }, offset: null } });
  });

  test('a slip in it is told with the nearest, and an offset is refused', () => {
    expect(parsePlace('laod')).toMatchObject({ ok: false, message: 'unknown place "laod"; did you mean "load"?' });
    expect(parsePlace('4 beats before load')).toMatchObject({
      ok: false,
      message: 'nobody knows before when a deck does this; leave out 4 beats before',
    });
  });
});
