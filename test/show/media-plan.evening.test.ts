/** A cue sheet against the show: when the track is played, its cues leave where the sheet says. */
import { beforeAll, describe, expect, it } from 'vitest';
import { DEMO_TRACKS } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import { SIMULATED_STICK_KEY } from '../../bridges/rekordbox-media/simulator/simulated-stick.ts';
import { positionAt } from '../../src/core/deck/position.ts';
import { cueSheet } from '../../src/core/planning/cue-sheet.ts';
import { ofMedia } from '../../src/core/planning/sheet-subject.ts';
import { type MediaLibrary, NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { EMPTY_BOOK } from '../../src/core/track/track-book.ts';
import { openEvening } from './hour-show.ts';
import { folderNamed, framesOfLabel, imported, TRACKS } from './media-night.ts';

let library: MediaLibrary = NO_LIBRARY;
beforeAll(async () => {
  library = await imported(folderNamed('media'), 'FRIDAY', TRACKS, SIMULATED_STICK_KEY);
});

describe('a cue sheet', () => {
  const SHEET_FPS = 30;
  const planned = `
decklight: 1
name: planned
bridges:
  opus: { type: opus-quad, mode: cdj }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
  daw: { type: midi, device: Show Control }
timecode:
  main: { follow: on-air, rate: ${SHEET_FPS}, to: [daw], unknown-track: "23:00:00:00" }
tracks:
  - match: { title: Night Tram }
    timecode: { main: "01:00:00:00" }
    cues: [{ at: 1:02.345, do: start }, { at: 16 beats before end, do: start }, { at: 250 ms after hot cue C, do: start }]
  - match: { title: The Hill and the Bend }
    timecode: { main: "02:00:00:00" }
    cues: [{ at: 2:31.007, do: start }, { at: 2 bars before end, do: start }]
cues:
  start: [{ console: /go }]
rules:
  - { name: phrases, when: phrase, do: start }
  - { name: before, when: 4 beats before chorus, do: start }
  - { name: after, when: 333 ms after chorus, do: start }
  - { name: bars, when: every 8 bars, do: start }
  - { name: fills, when: fill, do: start }
  - { name: look, while: phrase.kind == chorus, do: start, undo: start }
`;

  it.each([
    ['Night Tram', 1, 0],
    ['The Hill and the Bend', 2, 3.2],
  ] as const)(
    'of %s says to the frame when each cue leaves, in hour %i, at a pitch of %s per cent',
    async (title, hour, percent) => {
      const track = DEMO_TRACKS.find(each => each.title === title);
      const media = [...library.all()].find(each => each.title === title);
      if (track === undefined || media === undefined) throw new Error();
      const speed = 1 + percent / 100;
      const set = `
set: One whole track
acts:
  - { at: 0:02, deck: 1, load: ${title}, pitch: +${percent} %, on-air: on }
  - { at: 0:12, deck: 1, play }
`;
      const evening = await openEvening(planned, set, undefined, { memory: null, library, book: EMPTY_BOOK });
      const left: { key: string; placeMs: number; errorMs: number }[] = [];
      for (let ms = 0; ms <= 15_000 + track.lengthMs / speed; ms++) {
        evening.pass(1);
        const now = evening.clock.now();
        const [deck] = evening.show.engine.state().show.decks.values();
        for (const { at, intent } of evening.departures.slice(left.length)) {
          const { rule, phase, place } = intent.because;
          const { positionMs } = evening.truth()[0] ?? {};
          if (positionMs == null || deck === undefined) throw new Error();
          left.push({
            key: phase === 'fire' ? `${rule}: ${place}` : `${rule} ${phase}`,
            // Where the unit truly was.
            placeMs: positionMs - (now - at) * speed,
            errorMs: (positionAt(deck, at).uncertaintyMs ?? 0) + 1,
          });
        }
      }
      const sheet = cueSheet(
        evening.show.engine.program().profile,
        ofMedia(evening.show.engine.program().profile, media),
      );
      await evening.close();
      expect(evening.dropped).toEqual([]);

      const keyOf = ({ rule, phase, place }: (typeof sheet.lines)[number]): string =>
        phase === 'fire' ? `${rule}: ${place}` : `${rule} ${phase}`;
      expect(left.map(({ key }) => key).sort()).toEqual(sheet.lines.map(keyOf).sort());
      expect(left.length).toBeGreaterThan(30);
      const offFrames: number[] = [];
      const offMs: number[] = [];
      for (const key of new Set(left.map(each => each.key))) {
        const lines = sheet.lines.filter(line => keyOf(line) === key);
        for (const [i, { placeMs, errorMs }] of left.filter(each => each.key === key).entries()) {
          const line = lines[i];
          const label = line?.labels[0]?.label ?? '';
          const said = framesOfLabel(label, SHEET_FPS);
          const truly = hour * 3600 * SHEET_FPS + Math.floor((placeMs * SHEET_FPS) / 1000);
          offFrames.push(Math.abs(said - truly));
          offMs.push(Math.abs((line?.positionMs ?? Number.NaN) - placeMs));
          expect(offMs.at(-1), `${key} at ${label}`).toBeLessThanOrEqual(errorMs);
        }
      }
      const same = offFrames.filter(frames => frames === 0).length;
      process.stdout.write(
        `cue sheet of ${title}: ${same} of ${left.length} cues left in the very frame, the others one beside it; at most ${Math.max(...offMs).toFixed(1)} ms off, the bar being ${Math.max(...left.map(({ errorMs }) => errorMs)).toFixed(1)} ms
`,
      );
      expect(Math.max(...offFrames)).toBeLessThanOrEqual(1);
      // A millisecond or two on the wire carries few over the edge of a frame of 33.
      expect(same / left.length).toBeGreaterThan(0.8);
    },
  );
});
