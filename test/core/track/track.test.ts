import { describe, expect, it } from 'vitest';
import { freshTrack, type Know, relearnt, type Track, withSaid, withTempo } from '../../../src/core/track/track.ts';
import { NOTHING_KNOWN } from '../../../src/core/track/track-knowledge.ts';
import { report, structure } from '../core-samples.ts';
import { print } from './media-samples.ts';

const nothing: Know = () => NOTHING_KNOWN;
const atTempo = (track: Track, trackTempoBpm: number): Track =>
  withTempo(track, report({ trackTempoBpm, beat: 1 }), nothing);

/** Number 7, at 128 BPM, whose phrases the unit has told. */
const told = (): Track =>
  withSaid(atTempo(freshTrack(7, null, nothing), 128), { structure, fingerprint: print('a') }, nothing);

describe('the same number loaded again', () => {
  it('has the phrases it had, once its tempo is the same', () => {
    const again = atTempo(freshTrack(7, told(), nothing), 128);
    expect(again.structure).toBe(structure);
    expect(again.said.fingerprint).toEqual(print('a'));
  });

  it('at another tempo is a track of another stick: nothing that was told of the one before proves what it is', () => {
    const other = atTempo(freshTrack(7, told(), nothing), 174);
    expect(other.structure).toBeUndefined();
    expect(other.said.fingerprint).toBeUndefined();
  });

  it('another number begins with nothing', () => {
    expect(freshTrack(8, told(), nothing).structure).toBeUndefined();
  });
});

describe('the tempo of a track', () => {
  it('is not taken from reports that have no beat, which may still be of the track before', () => {
    const track = withTempo(freshTrack(7, null, nothing), report({ trackTempoBpm: 174, beat: null }), nothing);
    expect([track.timeline, track.said.tempoBpm]).toEqual([null, null]);
  });

  it('that proves it is the one first told: later it may change within the track', () => {
    expect(atTempo(atTempo(freshTrack(7, null, nothing), 128), 140).said.tempoBpm).toBe(128);
  });
});

it('what is known anew and is the same leaves the track the same object', () => {
  const track = told();
  expect(relearnt(track, nothing)).toBe(track);
  expect(atTempo(track, 128)).toBe(track);
  expect(relearnt(track, () => ({ ...NOTHING_KNOWN, title: 'Strobe' })).known.title).toBe('Strobe');
});
