import { describe, expect, it } from 'vitest';
import { begin, FRESH_START, prepare } from '../../../src/core/engine/engine-state.ts';
import { step } from '../../../src/core/engine/step.ts';
import type { ShowEvent } from '../../../src/core/events.ts';
import { type CueSheet, cueSheet } from '../../../src/core/planning/cue-sheet.ts';
import { ofMedia, ofNumber } from '../../../src/core/planning/sheet-subject.ts';
import type { Profile } from '../../../src/core/profile.ts';
import type { PlaceAnchor, Rule } from '../../../src/core/rules/rule.ts';
import { anchoredAt } from '../../../src/core/timecode/stream-anchor.ts';
import { labelOf, labelText } from '../../../src/core/timecode/timecode.ts';
import { steadyGrid } from '../../../src/core/track/beat-grid.ts';
import { libraryOf } from '../../../src/core/track/media-library.ts';
import type { MediaTrack } from '../../../src/core/track/media-track.ts';
import { EMPTY_BOOK } from '../../../src/core/track/track-book.ts';
import {
  expression,
  frameRate,
  momentRule,
  profileOf,
  report,
  reportEvent,
  stampAt,
  stateRule,
  structure,
  timecode,
  trackEntry,
} from '../core-samples.ts';

/** 120 BPM, beat 1 at 110 ms: beat n lies at 110 + 500 (n - 1) ms. Bars begin on beats 1, 5, 9 … */
const media: MediaTrack = {
  ...{ stick: 'STICK', id: 7, file: '/Contents/strobe.mp3', title: 'Strobe', artist: 'deadmau5', album: null },
  ...{ genre: null, musicalKey: null, tempoBpm: 120, durationMs: 41_000, playlists: [], artworkFile: null },
  ...{ grid: steadyGrid(110, 120), firstDownbeat: 1, structure, cuePoints: [] },
  fingerprint: { exact: 'e'.repeat(64), loose: '1'.repeat(64) },
};
const chorus: PlaceAnchor = { kind: 'phrase-kind', phraseKind: 'chorus', nth: null };
const profile = (rules: readonly Rule[], change: Partial<Profile> = {}): Profile =>
  profileOf(rules, { timecodes: [timecode()], ...change });
const told = ({ lines }: CueSheet): string[] =>
  lines.map(({ labels, positionMs, bar, beatInBar, phrase, rule, phase, place }) =>
    [...labels.map(({ label }) => label), positionMs, `${bar}.${beatInBar}`, phrase, rule, phase, place].join(' | '),
  );
const missed = ({ unplanned }: CueSheet): string[] =>
  unplanned.map(({ rule, kind, what, lacking }) => [rule, kind, what, lacking].join(' | '));

describe('a cue sheet', () => {
  it('tells every moment in order: timecode, position, bar and beat, phrase, rule and place', () => {
    // Beat 13: 6110 ms, 152.75 frames of 40 ms, second 6 and frame 2. Beat 17: 8110 ms, 202.75. Beats 45 and 49: 22110
    // and 24110 ms, 552.75 and 602.75 frames.
    const sheet = cueSheet(
      profile([momentRule('look', chorus), momentRule('arm', chorus, { amount: -4, unit: 'beats' })]),
      ofMedia(profile([]), media),
    );
    expect(told(sheet)).toEqual([
      '01:00:06:02 | 6110 | 4.1 | Intro 1 | arm | fire | 4 beats before chorus 1',
      '01:00:08:02 | 8110 | 5.1 | Chorus 1 | look | fire | chorus 1',
      '01:00:22:02 | 22110 | 12.1 | Down | arm | fire | 4 beats before chorus 2',
      '01:00:24:02 | 24110 | 13.1 | Chorus 1 | look | fire | chorus 2',
    ]);
    expect(sheet.unplanned).toEqual([]);
  });

  it('counts frames of every rate exactly, drop-frame too, with the offset of the timecode', () => {
    // 30 s are 30 * 30000 / 1001 = 899.1 frames of 29.97: label 29 s and 29 frames. Two frames earlier: 27.
    const df = frameRate('29.97df');
    const timecodes = [
      timecode({ name: 'a', rate: df, regions: new Map([[0, 107_892]]) }),
      timecode({ name: 'b', rate: df, regions: new Map([[0, 107_892]]), offsetFrames: -2 }),
      timecode({ name: 'c', rate: frameRate('24'), regions: new Map(), unknownTrack: 24 * 7200 }),
    ];
    const rules = [momentRule('at', { kind: 'time', positionMs: 30_000 })];
    const { lines, starts } = cueSheet(profile(rules, { timecodes }), ofMedia(profile([]), media));
    expect(starts.map(({ label, isUnknownTrack }) => [label, isUnknownTrack])).toEqual([
      ['01:00:00;00', false],
      ['00:59:59;28', false],
      ['02:00:00:00', true],
    ]);
    expect(lines.flatMap(({ labels }) => labels.map(({ label }) => label))).toEqual([
      '01:00:29;29',
      '01:00:29;27',
      '02:00:30:00',
    ]);
  });

  it('a place that is a whole frame but for the rounding of doubles is in that frame', () => {
    // 1 + 2.04 s * 127 / 60 beats and back: 51 frames of 25 a second.
    const grid = steadyGrid(0, 127);
    const rules = Array.from({ length: 200 }, (_, i) => momentRule(`at ${i}`, { kind: 'time', positionMs: i * 40 }));
    const { lines } = cueSheet(profile(rules), ofMedia(profile([]), { ...media, grid, tempoBpm: 127 }));
    expect(lines.map(({ labels }) => labels[0]?.label)).toEqual(
      Array.from({ length: 200 }, (_, i) => labelText(frameRate('25'), labelOf(frameRate('25'), 90_000 + i))),
    );
  });

  it('goes on with what comes again until the end of the track, and not beyond', () => {
    const rules = [momentRule('every', { kind: 'every', count: 8, unit: 'bars' })];
    // 41 s at 120 BPM end in beat 82.78: bars 1, 9, 17 begin on beats 1, 33, 65.
    expect(told(cueSheet(profile(rules), ofMedia(profile([]), media)))).toEqual([
      '01:00:00:02 | 110 | 1.1 | Intro 1 | every | fire | bar 1',
      '01:00:16:02 | 16110 | 9.1 | Down | every | fire | bar 9',
      '01:00:32:02 | 32110 | 17.1 | Outro 1 | every | fire | bar 17',
    ]);
    const absurd = { ...media, durationMs: 1e15 };
    expect(cueSheet(profile(rules), ofMedia(profile([]), absurd)).lines.length).toBe(3125);
  });

  it('levels that the phrase alone decides: what begins and ends at the edges of phrases and fills', () => {
    const rules = [stateRule('look', 'phrase.kind == chorus'), stateRule('fill', 'phrase.isFill and track.id == 7')];
    expect(told(cueSheet(profile(rules), ofMedia(profile([]), media)))).toEqual([
      '01:00:07:02 | 7110 | 4.3 | Intro 1 | fill | do | intro 1',
      '01:00:08:02 | 8110 | 5.1 | Chorus 1 | fill | undo | chorus 1',
      '01:00:08:02 | 8110 | 5.1 | Chorus 1 | look | do | chorus 1',
      '01:00:16:02 | 16110 | 9.1 | Down | look | undo | down',
      '01:00:24:02 | 24110 | 13.1 | Chorus 1 | look | do | chorus 1',
      '01:00:32:02 | 32110 | 17.1 | Outro 1 | look | undo | outro 1',
    ]);
  });

  it('says what it cannot tell, and of whom that depends', () => {
    const rules = [
      momentRule('third', { ...chorus, nth: 3 } as PlaceAnchor),
      momentRule('early', { kind: 'beat', beat: 1 }, { amount: -4, unit: 'beats' }),
      momentRule('late', { kind: 'time', positionMs: 60_000 }),
      stateRule('fast', 'phrase.kind == chorus and deck.tempoBpm > 120'),
    ];
    const sheet = cueSheet(profile(rules), ofMedia(profile([]), media));
    expect(sheet.lines).toEqual([]);
    expect(missed(sheet)).toEqual([
      'third | absent | third | ',
      'early | outside | 4 beats before beat 1, before the start of the track | ',
      'late | outside | 1:00.000, after the end of the track | ',
      'fast | live | deck.tempoBpm | ',
    ]);
  });

  it('a condition that the track decides is decided; one that the evening decides is told', () => {
    const rules = [
      momentRule('never', chorus, null, { if: expression('phrase.index > 9') }),
      momentRule('second', chorus, null, { if: expression('phrase.index == 4') }),
      momentRule('perhaps', { kind: 'end' }, null, { if: expression('deck.uncertaintyMs < 20') }),
    ];
    const { lines } = cueSheet(profile(rules), ofMedia(profile([]), media));
    expect(lines.map(({ rule, place, condition }) => [rule, place, condition])).toEqual([
      ['second', 'chorus 2', null],
      ['perhaps', 'end', 'deck.uncertaintyMs < 20'],
    ]);
  });

  it('a condition on what an import says of the track is decided', () => {
    const known = { ...media, genre: 'House ', musicalKey: 'Am', album: 'One' };
    const conditions = {
      yes: ["track.genre == 'house'", "track.musicalKey == 'Am'", "track.album == 'One'", 'track.durationMs == 41000'],
      no: ["track.genre == 'Techno'", 'track.musicalKey == null', 'track.durationMs > 41000'],
    };
    const rules = [...conditions.yes, ...conditions.no].map(text => ({
      ...momentRule(text, { kind: 'time' as const, positionMs: 1000 }),
      if: expression(text),
    }));
    const { lines } = cueSheet(profile(rules), ofMedia(profile([]), known));
    expect(lines.map(({ rule, condition }) => [rule, condition])).toEqual(conditions.yes.map(text => [text, null]));
  });

  it('a condition on the place of the moment is decided by the place, where a grid tells it', () => {
    const rules = [
      momentRule('bars', { kind: 'every', count: 1, unit: 'beats' }, null, {
        if: expression('deck.beatInBar == 1 and phrase.beatsLeft > 12'),
      }),
      momentRule('late', { kind: 'time', positionMs: 8110 }, null, { if: expression('deck.positionMs >= 8110') }),
      momentRule('early', { kind: 'time', positionMs: 8110 }, null, { if: expression('deck.positionMs < 8110') }),
      momentRule('down', { kind: 'time', positionMs: 20_000 }, null, { if: expression('phrase.kind == down') }),
      momentRule('near', { kind: 'end' }, null, { if: expression('deck.remainingMs < 1000') }),
    ];
    const { lines } = cueSheet(profile(rules), ofMedia(profile([]), media));
    // Phrases begin on beats 1, 17, 33, 49, 65 and have 16 beats; the end is beat 81, at 40,110 of 41,000 ms.
    expect(lines.map(({ rule, place, condition }) => [rule, place, condition])).toEqual([
      ['bars', 'beat 1', null],
      ['late', '0:08.110', null],
      ['bars', 'beat 17', null],
      ['bars', 'beat 33', null],
      ['down', '0:20.000', null],
      ['bars', 'beat 49', null],
      ['bars', 'beat 65', null],
      ['near', 'end', null],
    ]);
    const bare = cueSheet(profile(rules), ofMedia(profile([]), { ...media, grid: null }));
    const conditions = bare.lines.map(({ rule, condition }) => [rule, condition !== null]);
    expect(new Map(conditions as [string, boolean][])).toEqual(
      new Map(['bars', 'late', 'early', 'down', 'near'].map(rule => [rule, true])),
    );
  });

  it('of a track by its number alone: times by themselves, beats by the grid of the profile, phrases not', () => {
    const rules = [
      momentRule('at', { kind: 'time', positionMs: 2000 }),
      momentRule('beat', { kind: 'beat', beat: 5 }),
      momentRule('chorus', chorus),
      stateRule('look', 'phrase.kind == chorus'),
      momentRule('of another', { kind: 'time', positionMs: 0 }, null, { track: 1 }),
    ];
    const bare = cueSheet(profile(rules), ofNumber(profile([]), 7, EMPTY_BOOK));
    expect(told(bare)).toEqual([
      ' | null.null |  | beat | fire | beat 5',
      '01:00:02:00 | 2000 | null.null |  | at | fire | 0:02.000',
    ]);
    expect(bare.unplanned.map(({ rule, kind }) => [rule, kind])).toEqual([
      ['chorus', 'unknown'],
      ['look', 'unknown'],
    ]);
    const gridded = profile(rules, { tracks: [trackEntry(7, null, null, steadyGrid(0, 120)), trackEntry(8)] });
    const sheet = cueSheet(gridded, ofNumber(gridded, 7, EMPTY_BOOK));
    expect(sheet.lines.map(({ rule, positionMs }) => [rule, positionMs])).toEqual([
      ['at', 2000],
      ['beat', 2000],
    ]);
  });
});

describe('sheet and show', () => {
  it('every cue leaves in the frame and in the order that the sheet says', () => {
    const rules = [
      momentRule('look', chorus),
      momentRule('arm', chorus, { amount: -4, unit: 'beats' }),
      momentRule('at', { kind: 'time', positionMs: 12_345 }),
      momentRule('bars', { kind: 'every', count: 4, unit: 'bars' }, { amount: 1, unit: 'beats' }),
      momentRule('fills', { kind: 'fill', nth: null }),
      momentRule('out', { kind: 'end' }, { amount: -300, unit: 'ms' }),
      momentRule('asked', { kind: 'phrase', nth: null }, null, { if: expression('phrase.kind == down') }),
      momentRule('second bars', { kind: 'every', count: 1, unit: 'beats' }, null, {
        if: expression('deck.beatInBar == 1 and deck.bar % 2 == 0 and phrase.beatsIn < 8'),
      }),
      momentRule('soon', { kind: 'downbeat' }, { amount: -3, unit: 'beats' }, { if: expression('phrase.isFill') }),
      momentRule('ms', chorus, { amount: -400, unit: 'ms' }, { if: expression('deck.remainingMs > 20000') }),
      stateRule('level', 'phrase.kind == chorus or phrase.isFill'),
    ];
    const show = profile(rules);
    const sheet = cueSheet(show, ofMedia(show, media));
    const library = libraryOf([media]);
    const program = prepare(show, library);
    let at = 1000;
    let state = begin(program, { ...FRESH_START, library }, at);
    const left: string[] = [];
    const take = (event: ShowEvent | null): number | null => {
      const input = event === null ? null : { source: 'opus', event, stamp: stampAt(at) };
      const stepped = step(program, state, input, at);
      state = stepped.state;
      for (const intent of stepped.intents) {
        if (intent.kind !== 'fire' && intent.kind !== 'hold') continue;
        const anchor = state.timecodes.get('main')?.anchor;
        const frames = anchor == null ? 0 : anchoredAt(anchor, intent.trueTime);
        const label = labelText(frameRate('25'), labelOf(frameRate('25'), frames));
        left.push(`${label} ${intent.because.rule} ${intent.because.phase}`);
      }
      return stepped.wakeAt;
    };
    // A player that sends its position every 30 ms and its status every 210, from the start of the track to its end.
    for (let i = 0, positionMs = 0; positionMs < 41_000; i++, positionMs += 30) {
      const beat = Math.max(0, Math.floor(1 + (positionMs - 110) / 500));
      const said = report({ beat, beatInBar: beat === 0 ? null : ((beat - 1) % 4) + 1 });
      if (i % 7 === 0) take(reportEvent(1, said));
      const playhead = { positionMs, lengthS: 41, pitchSpeed: 1 };
      let wakeAt = take({ kind: 'deck.position', deck: { unit: 'opus', number: 1 }, ...playhead });
      const next = 1000 + positionMs + 30;
      for (; wakeAt !== null && wakeAt < next; wakeAt = take(null)) at = Math.max(at, wakeAt);
      at = next;
    }
    expect(sheet.lines.length).toBeGreaterThan(15);
    expect(left).toEqual(sheet.lines.map(({ labels, rule, phase }) => `${labels[0]?.label} ${rule} ${phase}`));
  });
});
