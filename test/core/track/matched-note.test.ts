import { describe, expect, it } from 'vitest';
import { hasNote, type MatchedNote, matchedNoteText } from '../../../src/core/track/matched-note.ts';
import { bestMatch, factsOf, matchName, type TrackMatch } from '../../../src/core/track/track-match.ts';
import { NO_TRACK_NOTES, type TrackNotes } from '../../../src/core/track/track-notes.ts';
import { mediaTrack } from './media-samples.ts';

const noted = (notes: Partial<TrackNotes>) =>
  mediaTrack({ genre: 'Deep  House ', musicalKey: '4A', notes: { ...NO_TRACK_NOTES, ...notes } });
const track = noted({
  ...{ rating: 4, colour: 'pink', comment: 'Big drop, no vocals', label: 'Anjuna', year: 1999, playCount: 0 },
  ...{ dateAdded: '2026-01-31', tags: ['Peak', 'Warm-up, late'], histories: ['HISTORY 001'] },
});
const order = (note: 'rating' | 'year' | 'play-count', comparison: '>=' | '<' | '=' | '!=', value: number) =>
  ({ note, comparison, value }) as const;
const day = (comparison: '>=' | '<', value: string) => ({ note: 'added', comparison, value }) as const;

describe('a note of a track', () => {
  const has: MatchedNote[] = [
    { note: 'tag', text: ' peak ' },
    { note: 'tag', text: 'Warm-up, late' },
    { note: 'colour', text: 'Pink' },
    { note: 'label', text: 'anjuna' },
    { note: 'genre', text: 'deep house' },
    { note: 'key', text: '4a' },
    { note: 'comment', text: 'Drop' },
    { note: 'history', text: 'history 001' },
    order('rating', '>=', 4),
    order('year', '<', 2000),
    order('play-count', '=', 0),
    order('rating', '!=', 5),
    day('>=', '2026-01-31'),
    day('<', '2026-02-01'),
  ];
  it.each(has.map(each => [matchedNoteText(each), each] as const))(
    '%s is met, and by no track without notes',
    (_, each) => {
      expect(hasNote(track, each)).toBe(true);
      expect(hasNote(mediaTrack(), each)).toBe(false);
    },
  );

  const hasNot: MatchedNote[] = [
    { note: 'tag', text: 'Pea' },
    { note: 'tag', text: 'Warm-up' },
    { note: 'colour', text: 'red' },
    { note: 'label', text: 'Anjunadeep' },
    order('rating', '>=', 5),
    order('year', '<', 1999),
    day('>=', '2026-02-01'),
  ];
  it.each(hasNot.map(each => [matchedNoteText(each), each] as const))('%s is not met', (_, each) => {
    expect(hasNote(track, each)).toBe(false);
  });
});

describe('a match by notes', () => {
  const none: TrackMatch = { id: null, fingerprint: null, file: null, title: null, artist: null, playlist: null };
  const peak: TrackMatch = { ...none, notes: [{ note: 'tag', text: 'Peak' }, order('rating', '>=', 4)] };

  it('wants all of them, and says less than a playlist', () => {
    expect(bestMatch([peak], factsOf(track))).toBe(0);
    expect(bestMatch([peak], factsOf(noted({ rating: 3, tags: ['Peak'] })))).toBeNull();
    expect(bestMatch([{ ...none, notes: [order('rating', '>=', 4)] }, peak], factsOf(track))).toBe(1);
    const listed = { ...track, playlists: ['Friday'] };
    expect(bestMatch([peak, { ...none, playlist: 'Friday' }], factsOf(listed))).toBe(1);
  });

  it('fits no track that no stick knows, whatever its number is', () => {
    const facts = { id: 7, title: null, artist: null, fingerprint: null, media: null };
    expect(bestMatch([peak], facts)).toBeNull();
  });

  it('is called by what it says', () => {
    expect(matchName(peak)).toBe('tag Peak, rating >= 4');
  });
});
