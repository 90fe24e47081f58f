/** `decklight regions`: the order of a playlist as it gets from a stick to the labels. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { regionsCommand } from '../../../src/cli/plan/give-regions.ts';
import { libraryOf } from '../../../src/core/track/media-library.ts';
import type { MediaTrack } from '../../../src/core/track/media-track.ts';
import { scratch } from '../../bridges/rekordbox-media/temporary-stick.ts';
import { mediaTrack } from '../../core/track/media-samples.ts';
import { listen } from '../doctor/doctor-rig.ts';

const folderNamed = scratch();
const PROFILE = `decklight: 1
bridges:
  opus: { type: opus-quad, interface: 127.0.0.1 }
  daw: { type: midi, device: Nowhere }
cues: { safe: [{ daw: { note: C3 } }] }
panic: safe
timecode: { main: { to: [daw], rate: 25, unknown-track: "23:00:00:00" } }
`;
async function given(tracks: readonly MediaTrack[]) {
  const file = join(folderNamed('show'), 'show.yaml');
  writeFileSync(file, PROFILE);
  const out = listen();
  const options = { timecode: null, packed: false, from: '01:00:00:00' };
  const code = await regionsCommand(file, 'Friday', options, { out, bridges: BRIDGES, library: libraryOf(tracks) });
  return { code, lines: out.lines.slice(0, -1), errors: out.errors };
}
const track = (title: string, places: Partial<MediaTrack>): MediaTrack =>
  mediaTrack({
    title,
    artist: null,
    file: `Contents/${title}.mp3`,
    fingerprint: null,
    playlists: ['Friday'],
    ...places,
  });

describe('the regions of a playlist', () => {
  it('are given in its order, not in that of the numbers of its tracks', async () => {
    const tracks = [
      track('Numbered first', { id: 1, playlistPlaces: [3] }),
      track('Numbered second', { id: 2, playlistPlaces: [1] }),
      track('Numbered third', { id: 3, playlistPlaces: [2] }),
    ];
    expect(await given(tracks)).toEqual({
      code: 0,
      errors: [],
      lines: [
        '01:00:00:00  given   Numbered second',
        '02:00:00:00  given   Numbered third',
        '03:00:00:00  given   Numbered first',
      ],
    });
  });

  it('say where the order is not known, and what to do', async () => {
    const { code, lines, errors } = await given([track('A', { stick: 'OLD' }), track('B', { stick: 'OLD' })]);
    expect([code, lines.length]).toEqual([0, 2]);
    expect(errors).toEqual([
      'OLD: the order of "Friday" is not known: an older Decklight imported the stick without it; import it again (decklight media import)',
    ]);
  });
});
