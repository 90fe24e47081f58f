import { describe, expect, it } from 'vitest';
import { DISHONESTIES, DISHONESTY_WORDS, type Dishonesty } from '../../../../bridges/cdj-hid/simulator/dishonesty.ts';
import { surfaceRig } from '../session-rig.ts';

/** What the operator is told of each; null: it gets in, and there is nothing to say. */
const TOLD: Readonly<Record<Dishonesty, RegExp | null>> = {
  'bad-hash':
    /CDJ2000NXS2 does not prove itself: it says [0-9A-F]{8}, expected [0-9A-F]{8}; .*try "login: serato" or "login: traktor"$/,
  reset: /CDJ2000NXS2 refuses the login as rekordbox; .*"login: serato" or "login: traktor".*device-id/,
  silence: /the player says nothing to its question for 2 s; .*switch its control mode off and on$/,
  resend: null,
  'odd-lengths': null,
  'other-counts': null,
  'lost-fragment': /the player says nothing to its question for 2 s; /,
  'old-firmware': null,
  'never-accepts': /the player says nothing to its answer for 2 s; /,
  'early-reports': null,
};

it('ten ways of doing a login wrong are known, each with what it does', () => {
  expect(DISHONESTY_WORDS).toHaveLength(10);
  for (const word of DISHONESTY_WORDS) expect(DISHONESTIES[word]).not.toBe('');
});

/** Reports are few: nothing here depends on how many there are. */
const REPORTS = { reportEveryMs: 100 };

describe.each(DISHONESTY_WORDS)('a player that does %s', dishonesty => {
  const told = TOLD[dishonesty];
  const output = { 'play-led': 'on', title: 'Cue 12' } as const;

  it(
    told === null
      ? 'is logged in at its first announcement'
      : 'is not logged in while it does so, and the line says what to do',
    () => {
      const rig = surfaceRig({}, { ...REPORTS, dishonesty, dishonestLogins: Number.POSITIVE_INFINITY });
      rig.show(output);
      rig.plug();
      rig.pass(15_000);
      if (told === null) {
        expect(rig.kinds()).toEqual(['surface.found']);
        expect(rig.events[0]?.at).toBeLessThanOrEqual(1000);
        expect(rig.player().shown['play-led']).toBe(1);
        expect(rig.notes).toEqual([]);
      } else {
        expect(rig.kinds()).toEqual([]);
        expect(rig.player().shown['play-led']).toBe(0);
        // Each once, though it has been tried many times.
        expect(new Set(rig.notes).size).toBe(rig.notes.length);
        expect(rig.notes.some(text => told.test(text))).toBe(true);
        for (const text of rig.notes) expect(text).not.toMatch(/\n/);
      }
      expect(rig.player().violations).toEqual([]);
    },
  );

  it('and is honest the third time is logged in, and what it shows and reports is right', () => {
    const rig = surfaceRig({}, { ...REPORTS, dishonesty, dishonestLogins: 2 });
    rig.show(output);
    rig.plug();
    rig.pass(12_000);
    expect(rig.kinds()).toEqual(['surface.found']);
    expect(rig.player()).toMatchObject({
      shown: { 'play-led': 1 },
      screen: { texts: { title: 'Cue 12' } },
      violations: [],
    });
    rig.act({ kind: 'hold', control: 'hot-cue-c' });
    rig.pass(50);
    rig.act({ kind: 'let-go', control: 'hot-cue-c' });
    rig.pass(50);
    expect(rig.gestures()).toEqual(['hot-cue-c press', 'hot-cue-c release']);
  });

  it('asks and is answered at most so often: it makes nobody talk without end', () => {
    const rig = surfaceRig({}, { ...REPORTS, dishonesty, dishonestLogins: Number.POSITIVE_INFINITY });
    rig.plug();
    rig.pass(20_000);
    expect(rig.sent.length).toBeLessThan(20 * 8);
  });
});
